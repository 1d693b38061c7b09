//! The invariants of a state, one broken at a time.

use provisor::model::ids::{Address, Token};
use provisor::model::secret::KeyedDigest;
use provisor::state::{Binding, Change, Kind, Recorded, Row, StateError, TOKENS_KEPT};

use super::random::{self, Rng};
use crate::rows::change;

fn broken(says: &str, change: impl FnOnce(&mut Recorded, &mut Row)) {
    let mut rng = Rng(1);
    let mut recorded = Recorded::empty("x".into());
    recorded.serial = 50;
    let mut row = random::row(&mut rng, 50);
    let at = Address::new("network", "hub");
    recorded.rows.insert(at.clone(), row.clone());
    recorded.verify().unwrap();
    change(&mut recorded, &mut row);
    recorded.rows.insert(at, row);
    let error = recorded.verify().unwrap_err();
    let StateError::Invalid { reason, .. } = &error else { panic!("{error:?}") };
    assert!(reason.contains(says), "{reason}");
}

#[test]
fn each_rule_is_checked() {
    broken("too many tokens", |_, row| {
        let older = (1..=TOKENS_KEPT as u64).map(|n| (n, Token::from(format!("t{n}"))));
        row.tokens.splice(..0, older);
    });
    broken("do not rise", |_, row| row.tokens.insert(0, (50, "t".into())));
    broken("higher number than the last", |_, row| row.tokens.push((51, "t".into())));
    broken("a token twice", |_, row| row.tokens.insert(0, (3, row.tokens[0].1.clone())));
    broken("a token twice", |_, row| row.earlier.push(row.tokens[0].1.clone()));
    broken("one of them is a copy", |recorded, row| {
        recorded.rows.insert(Address::new("other", "hub"), row.clone());
    });
    broken("no provisioned product is known", |_, row| row.applied = Some(applied(row)));
    broken("another number than its last operation", |_, row| row.intent.as_mut().unwrap().op_no = 49);
    broken("not the last one it remembers", |_, row| row.tokens.clear());
    broken("without a content", |_, row| row.intent.as_mut().unwrap().content = None);
    broken("or unmakes one with it", |_, row| row.intent.as_mut().unwrap().kind = Kind::Terminate);
    for (key, location) in
        [("a@b", "hub"), ("../x", "hub"), ("a", "../x"), ("", "hub"), ("a", ""), ("a\0", "hub")]
    {
        broken("no declaration can have", |recorded, row| {
            let mut row = row.clone();
            (row.tokens, row.intent) = (Vec::new(), None);
            recorded.rows.insert(Address::new(key, location), row);
        });
    }
}

#[test]
fn applied_without_a_product_is_legal_while_it_is_terminated() {
    let mut row = random::row(&mut Rng(1), 50);
    row.binding = Some(Binding { id: "pp-1".into(), name: "n".into(), arn: None });
    row.applied = Some(applied(&row));
    let mut recorded = Recorded::empty("x".into());
    recorded.serial = 50;
    let at = Address::new("network", "hub");
    recorded.rows.insert(at.clone(), row);
    recorded.verify().unwrap();
    let row = recorded.rows.get_mut(&at).unwrap();
    row.binding = None;
    let intent = row.intent.as_mut().unwrap();
    (intent.kind, intent.content) = (Kind::Terminate, None);
    recorded.verify().unwrap();
}

#[test]
fn an_output_that_became_sensitive_is_kept_as_a_digest() {
    let mut row = random::row(&mut Rng(1), 50);
    row.binding = Some(Binding { id: "pp-1".into(), name: "n".into(), arn: None });
    let outputs = [("Token", "clear"), ("Url", "http://x")];
    let outputs = outputs.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    row.applied = Some(provisor::state::Applied { outputs, ..applied(&row) });
    let mut recorded = Recorded::empty("x".into());
    recorded.serial = 50;
    let at = Address::new("network", "hub");
    recorded.rows.insert(at.clone(), row);
    let hide = |recorded: &mut Recorded, key: &str| {
        let sensitive = [(key.to_owned(), KeyedDigest("d".into()))].into();
        let (lifecycle, after) = Default::default();
        change(recorded, &at, Change::Remembered { lifecycle, after, sensitive, parameters: [].into() })
    };
    hide(&mut recorded, "Token").unwrap();
    recorded.verify().unwrap();
    let after = recorded.rows[&at].applied.clone().unwrap();
    assert_eq!(after.outputs.keys().collect::<Vec<_>>(), ["Url"]);
    assert_eq!(after.sensitive_outputs["Token"].0, "d");
    assert!(after.content.target.options.sensitive_outputs.contains("Token"));
    for key in ["Token", "Other"] {
        assert!(matches!(hide(&mut recorded, key), Err(StateError::Invalid { .. })), "{key}");
    }
}

fn applied(row: &Row) -> provisor::state::Applied {
    provisor::state::Applied {
        content: row.intent.as_ref().unwrap().content.clone().unwrap(),
        outputs: Default::default(),
        sensitive_outputs: Default::default(),
        record: "rec-1".into(),
        unverified: Default::default(),
    }
}
