//! What the state says, held against what the catalog shows, from outside: what is lost, doubled or untrue. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowClaim {
    /// The declaration's key.
    pub key: String,
    /// The product that it is bound to.
    pub id: Option<String>,
    /// Every token that it knows.
    pub tokens: BTreeSet<String>,
    /// The token of an operation that is under way.
    pub open: Option<String>,
    /// What it calls applied.
    pub applied: Option<AppliedClaim>,
}

/// What a row calls applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppliedClaim {
    /// The record that made it so.
    pub record: String,
    /// The version and the parameters that can be told apart.
    pub content: ShownContent,
}

/// What is in a product, as far as it can be told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownContent {
    /// The version's name.
    pub version: String,
    /// A parameter that is edited.
    pub note: String,
}

/// A product as the catalog shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogFact {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The token that it shows.
    pub token: String,
    /// The record of the last operation that provisioned or updated it.
    pub record: String,
    /// What is in it; `None` while it changes, or if it did not go well.
    pub content: Option<ShownContent>,
}

/// A record as the catalog shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFact {
    /// Its status; empty if there is no such record.
    pub status: String,
    /// The parameter, as its outputs give it back.
    pub note: Option<String>,
}

impl RecordFact {
    /// Nothing about it can change any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        ["SUCCEEDED", "FAILED"].contains(&self.status.as_str())
    }
}

/// What both sides say at one moment in which nobody applies; what the state says was read first.
#[derive(Clone, Debug, Default)]
pub struct BothSides {
    /// The rows.
    pub claims: Vec<RowClaim>,
    /// The products.
    pub facts: Vec<CatalogFact>,
    /// The records that they name.
    pub records: BTreeMap<String, RecordFact>,
}

/// What somebody else did.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    /// Products that are theirs, by id.
    pub made: BTreeSet<String>,
    /// Their records.
    pub records: BTreeSet<String>,
    /// Products that they terminated, by id.
    pub ended: BTreeSet<String>,
}

/// What must not be, one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortfalls {
    /// Products of ours that no row knows.
    pub lost: BTreeSet<String>,
    /// Addresses with more than one product of ours.
    pub doubled: BTreeSet<String>,
    /// What is called applied, and is not so, and was not changed by somebody else.
    pub untrue: BTreeSet<String>,
    /// No shortfall, if the next plan sees it: the records of operations that a row gave up in doubt, and that were done, with the row's
    /// key. It goes on calling applied what was so before.
    pub given_up: BTreeMap<String, String>,
}

impl Shortfalls {
    /// These too.
    pub fn add(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.untrue.extend(other.untrue);
        self.given_up.extend(other.given_up);
    }
}

/// Judges one moment; `tokens` says which one each record was asked for with.
#[must_use]
pub fn judge(seen: &BothSides, deeds: &Deeds, tokens: &BTreeMap<String, String>) -> Shortfalls {
    let BothSides { claims, facts, records } = seen;
    let mut found = Shortfalls::default();
    let mut owned: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| !deeds.made.contains(&fact.id)) {
        match claims.iter().find(|claim| claim.knows(fact)) {
            Some(claim) => owned.entry(&claim.key).or_default().push(&fact.id),
            None => {
                found.lost.insert(format!("{} (`{}`, token {})", fact.id, fact.name, fact.token));
            }
        }
    }
    let many = owned.into_iter().filter(|(_, ids)| ids.len() > 1);
    found.doubled = many.map(|(key, ids)| format!("`{key}`: {}", ids.join(", "))).collect();
    let by_id: BTreeMap<&str, &CatalogFact> = facts.iter().map(|fact| (fact.id.as_str(), fact)).collect();
    for claim in claims {
        let finding = match claim.disproved(records) {
            Some(why) => Finding::Untrue(why),
            None => claim.held_against(&by_id, deeds, tokens),
        };
        match finding {
            Finding::Fine => {}
            Finding::GivenUp(record) => _ = found.given_up.insert(record, claim.key.clone()),
            Finding::Untrue(why) => _ = found.untrue.insert(format!("`{}`: {why}", claim.key)),
        }
    }
    found
}

/// What comes of holding one row against the catalog.
enum Finding {
    Fine,
    /// Its own record, that it gave up.
    GivenUp(String),
    Untrue(String),
}

/// What is untrue of an apply that says that all is done: each row has to say what was declared, whatever somebody else did since.
#[must_use]
pub fn unfinished(declared: &BTreeMap<String, ShownContent>, claims: &[RowClaim]) -> BTreeSet<String> {
    let said = said(claims);
    let open: BTreeSet<&String> =
        claims.iter().filter(|claim| claim.open.is_some()).map(|claim| &claim.key).collect();
    let keys: BTreeSet<&String> = declared.keys().chain(said.keys().copied()).chain(open.clone()).collect();
    let wrong = keys
        .into_iter()
        .filter(|key| open.contains(key) || declared.get(*key) != said.get(*key).copied())
        .map(|key| format!("`{key}`: an apply said that all was done, and this was not"));
    wrong.collect()
}

/// Whether what is declared, by key, is what the state says and what the catalog shows, and nothing else of ours is there.
#[must_use]
pub fn is_reached(declared: &BTreeMap<String, ShownContent>, seen: &BothSides) -> bool {
    let shown: BTreeMap<&String, &ShownContent> =
        seen.facts.iter().filter_map(|fact| Some((&fact.name, fact.content.as_ref()?))).collect();
    let declared: BTreeMap<&String, &ShownContent> = declared.iter().collect();
    said(&seen.claims) == declared && shown == declared && seen.facts.len() == declared.len()
}

fn said(claims: &[RowClaim]) -> BTreeMap<&String, &ShownContent> {
    claims.iter().filter_map(|claim| Some((&claim.key, &claim.applied.as_ref()?.content))).collect()
}

impl RowClaim {
    fn knows(&self, fact: &CatalogFact) -> bool {
        self.id.as_ref() == Some(&fact.id) || self.tokens.contains(&fact.token)
    }

    /// Why the record that it calls applied says something else. That holds whatever happened since.
    fn disproved(&self, records: &BTreeMap<String, RecordFact>) -> Option<String> {
        let AppliedClaim { record, content } = self.applied.as_ref()?;
        let shown = records.get(record).cloned().unwrap_or_default();
        let note = &content.note;
        match (shown.status.as_str(), shown.note) {
            ("SUCCEEDED", Some(shown)) if shown == *note => None,
            ("SUCCEEDED", shown) => Some(format!("{note:?} is said of {record}, which made it {shown:?}")),
            ("", _) => Some(format!("{record} is called applied, and is not there")),
            (status, _) => Some(format!("{record} is called applied, and is {status}")),
        }
    }

    /// Whether its product is still what it calls applied. Of what is under way, nothing is claimed.
    fn held_against(
        &self,
        facts: &BTreeMap<&str, &CatalogFact>,
        deeds: &Deeds,
        tokens: &BTreeMap<String, String>,
    ) -> Finding {
        let (Some(applied), Some(id), None) = (&self.applied, &self.id, &self.open) else {
            return Finding::Fine;
        };
        let Some(fact) = facts.get(id.as_str()) else {
            return if deeds.ended.contains(id) {
                Finding::Fine
            } else {
                Finding::Untrue(format!("{id} is not there"))
            };
        };
        let (record, said) = (&fact.record, &applied.content);
        let is_own = || tokens.get(record).is_some_and(|token| self.tokens.contains(token));
        match &fact.content {
            None => Finding::Fine,
            Some(_) if *record != applied.record && deeds.records.contains(record) => Finding::Fine,
            Some(_) if *record != applied.record && is_own() => Finding::GivenUp(record.clone()),
            Some(_) if *record != applied.record => {
                Finding::Untrue(format!("{record} came after {}, unnoticed", applied.record))
            }
            Some(shown) if said != shown => {
                Finding::Untrue(format!("{said:?} is said of {id}, which is {shown:?}"))
            }
            Some(_) => Finding::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(status: &str, note: &str) -> RecordFact {
        RecordFact { status: status.into(), note: Some(note.into()) }
    }

    fn content(note: &str) -> ShownContent {
        ShownContent { version: "v1".into(), note: note.into() }
    }

    /// A row and its product, in agreement.
    fn settled() -> (RowClaim, CatalogFact) {
        let claim = RowClaim {
            key: "box".into(),
            id: Some("pp-1".into()),
            tokens: BTreeSet::from(["p-1".to_owned()]),
            open: None,
            applied: Some(AppliedClaim { record: "rec-1".into(), content: content("a") }),
        };
        let fact = CatalogFact {
            id: "pp-1".into(),
            name: "box".into(),
            token: "p-1".into(),
            record: "rec-1".into(),
            content: Some(content("a")),
        };
        (claim, fact)
    }

    /// The record that both name went well; the one after it changed the parameter.
    fn seen(claims: &[RowClaim], facts: &[CatalogFact]) -> BothSides {
        let records = [("rec-1", record("SUCCEEDED", "a")), ("rec-2", record("SUCCEEDED", "b"))];
        let records = records.map(|(id, record)| (id.to_owned(), record)).into();
        BothSides { claims: claims.to_vec(), facts: facts.to_vec(), records }
    }

    /// What was asked for with a token of the row, and with another one.
    fn tokens() -> BTreeMap<String, String> {
        [("rec-1", "p-1"), ("rec-2", "p-2")].map(|(record, token)| (record.into(), token.into())).into()
    }

    fn judged(claim: &RowClaim, facts: &[CatalogFact], deeds: &Deeds) -> [usize; 4] {
        let claims = std::slice::from_ref(claim);
        let found = judge(&seen(claims, facts), deeds, &tokens());
        [found.lost.len(), found.doubled.len(), found.untrue.len(), found.given_up.len()]
    }

    #[test]
    fn agreement_is_no_shortfall() {
        let (claim, fact) = settled();
        assert_eq!(judged(&claim, &[fact], &Deeds::default()), [0, 0, 0, 0]);
        assert_eq!(judge(&seen(&[], &[]), &Deeds::default(), &tokens()), Shortfalls::default());
    }

    #[test]
    fn a_product_that_no_row_knows_is_lost_unless_somebody_else_made_it() {
        let (claim, fact) = settled();
        let other = CatalogFact { id: "pp-2".into(), token: "p-2".into(), ..fact.clone() };
        let facts = [fact, other];
        assert_eq!(judged(&claim, &facts, &Deeds::default()), [1, 0, 0, 0]);
        let theirs = Deeds { made: BTreeSet::from(["pp-2".to_owned()]), ..Deeds::default() };
        assert_eq!(judged(&claim, &facts, &theirs), [0, 0, 0, 0]);
        // a row that is not there any more, as somebody else's product at its name does not replace it
        let dropped = judge(&seen(&[], &facts), &theirs, &tokens());
        assert_eq!(dropped.lost, BTreeSet::from(["pp-1 (`box`, token p-1)".to_owned()]));
        // an intent that was written down is knowledge enough
        let known = RowClaim { id: None, applied: None, open: Some("p-1".into()), ..claim };
        assert_eq!(judged(&known, &facts[..1], &Deeds::default()), [0, 0, 0, 0]);
    }

    #[test]
    fn the_end_is_reached_when_all_three_agree() {
        let (claim, fact) = settled();
        let declared = |note: &str| BTreeMap::from([("box".to_owned(), content(note))]);
        let reached = |note: &str, claims: &[RowClaim], facts: &[CatalogFact]| {
            is_reached(&declared(note), &seen(claims, facts))
        };
        let (claims, facts) = ([claim], [fact]);
        assert!(reached("a", &claims, &facts));
        assert!(!reached("b", &claims, &facts), "another value");
        assert!(!is_reached(&BTreeMap::new(), &seen(&claims, &facts)), "too much is there");
        assert!(!reached("a", &claims, &[]), "not there");
        assert!(!reached("a", &[], &facts), "not known");
        let changing = CatalogFact { content: None, ..facts[0].clone() };
        assert!(!reached("a", &claims, &[changing]), "under way");
    }

    #[test]
    fn who_says_that_all_is_done_has_done_all() {
        let (claim, _) = settled();
        let declared = |note: &str| BTreeMap::from([("box".to_owned(), content(note))]);
        assert!(unfinished(&declared("a"), std::slice::from_ref(&claim)).is_empty());
        assert_eq!(unfinished(&declared("b"), std::slice::from_ref(&claim)).len(), 1, "another value");
        assert_eq!(unfinished(&declared("a"), &[]).len(), 1, "not made");
        assert_eq!(unfinished(&BTreeMap::new(), std::slice::from_ref(&claim)).len(), 1, "not terminated");
        let open = RowClaim { open: Some("p-1".into()), ..claim };
        assert_eq!(unfinished(&declared("a"), &[open]).len(), 1, "under way");
    }

    #[test]
    fn two_products_of_one_row_are_one_too_many() {
        let (mut claim, fact) = settled();
        claim.tokens.insert("p-2".into());
        let other = CatalogFact { id: "pp-2".into(), token: "p-2".into(), ..fact.clone() };
        let theirs = Deeds { made: BTreeSet::from(["pp-2".to_owned()]), ..Deeds::default() };
        let facts = [fact, other];
        assert_eq!(judged(&claim, &facts, &theirs), [0, 0, 0, 0]);
        assert_eq!(judged(&claim, &facts, &Deeds::default()), [0, 1, 0, 0]);
    }

    #[test]
    fn what_its_record_did_not_do_is_untrue() {
        let (claim, fact) = settled();
        let said = |content: ShownContent, record: &str| RowClaim {
            applied: Some(AppliedClaim { record: record.into(), content }),
            ..claim.clone()
        };
        let found = |claim: RowClaim, records: &[(&str, RecordFact)]| {
            let facts = [CatalogFact { content: None, ..fact.clone() }];
            let mut seen = seen(&[claim], &facts);
            seen.records.extend(records.iter().map(|(id, record)| ((*id).to_owned(), record.clone())));
            judge(&seen, &Deeds::default(), &tokens()).untrue.len()
        };
        assert_eq!(found(claim.clone(), &[]), 0);
        assert_eq!(found(said(content("b"), "rec-1"), &[]), 1, "another value");
        assert_eq!(found(said(content("a"), "rec-9"), &[]), 1, "no such record");
        for status in ["FAILED", "IN_PROGRESS", "CREATED"] {
            assert_eq!(found(claim.clone(), &[("rec-1", record(status, "a"))]), 1, "{status}");
        }
        // what is under way is about what comes next, not about what was
        let open = RowClaim { open: Some("p-2".into()), ..said(content("b"), "rec-1") };
        assert_eq!(found(open, &[]), 1, "another value, with an update under way");
    }

    #[test]
    fn what_is_not_so_any_more_is_untrue_unless_somebody_else_did_it() {
        let (claim, fact) = settled();
        let none = Deeds::default();
        let other = ShownContent { version: "v2".into(), note: "a".into() };
        let other = CatalogFact { content: Some(other), ..fact.clone() };
        assert_eq!(judged(&claim, &[other], &none), [0, 0, 1, 0], "another version");
        let later = CatalogFact { record: "rec-2".into(), content: Some(content("b")), ..fact.clone() };
        let later = [later];
        assert_eq!(judged(&claim, &later, &none), [0, 0, 1, 0], "a record of nobody");
        assert_eq!(judged(&claim, &[], &none), [0, 0, 1, 0], "gone");
        let mut knowing = claim.clone();
        knowing.tokens.insert("p-2".into());
        assert_eq!(judged(&knowing, &later, &none), [0, 0, 0, 1], "given up in doubt");
        // what somebody else did since is not what was said
        let theirs = Deeds { records: BTreeSet::from(["rec-2".to_owned()]), ..Deeds::default() };
        assert_eq!(judged(&claim, &later, &theirs), [0, 0, 0, 0]);
        let ended = Deeds { ended: BTreeSet::from(["pp-1".to_owned()]), ..Deeds::default() };
        assert_eq!(judged(&claim, &[], &ended), [0, 0, 0, 0]);
        // nothing is said of what is under way, and nothing can be seen of what changes
        let open = RowClaim { open: Some("p-2".into()), ..claim.clone() };
        assert_eq!(judged(&open, &[], &none), [0, 0, 0, 0]);
        let changing = CatalogFact { content: None, record: "rec-2".into(), ..fact };
        assert_eq!(judged(&claim, &[changing], &none), [0, 0, 0, 0]);
    }
}
