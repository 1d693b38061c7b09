//! Steps that ended alike, so that there is the same to say of each: what needs a decision or time, on several locations.

use std::collections::BTreeMap;

use super::heading::spanned;
use super::own::{Own, Pattern, Said, shared};
use super::report::{Detail, EndedView, ReportView};
use crate::apply::report::Outcome;

/// Steps of one declaration of which the same is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedGroup {
    /// An address; of several, the key and where it stands: `net on a00 … a39 (40)`.
    pub whom: String,
    /// How many they are.
    pub members: usize,
    /// What there is to say.
    pub detail: Detail,
}

impl<'a> ReportView<'a> {
    /// These steps; those of which the same is to be said, together.
    #[must_use]
    pub fn alike(&self, ended: &[&EndedView<'a>]) -> Vec<EndedGroup> {
        let mut groups: Vec<Vec<(&EndedView<'a>, Pattern)>> = Vec::new();
        let mut by_text: BTreeMap<(&str, Said), usize> = BTreeMap::new();
        for one in ended {
            let Detail { fact, text, hint } = one.detail();
            let texts = [fact, text, hint.unwrap_or_default()];
            let pattern = if is_general(one) {
                own(one).pattern(texts.iter().map(String::as_str))
            } else {
                Pattern::exact(texts)
            };
            let ix = *by_text.entry((one.key, pattern.said.clone())).or_insert(groups.len());
            match groups.get_mut(ix) {
                Some(group) => group.push((*one, pattern)),
                None => groups.push(vec![(*one, pattern)]),
            }
        }
        groups.iter().filter_map(|group| self.group(group)).collect()
    }

    /// Locations of a key in a few words, among all on which something of it ended.
    #[must_use]
    pub fn spanned(&self, key: &str, places: &[&str]) -> String {
        let of_key = self.ended.iter().filter(|ended| ended.key == key);
        spanned(places, of_key.map(|ended| ended.location))
    }

    fn group(&self, of: &[(&EndedView<'a>, Pattern)]) -> Option<EndedGroup> {
        let (first, _) = of.first()?;
        let Detail { fact, text, hint } = first.detail();
        let members = of.len();
        let is_one = of.iter().all(|(ended, _)| ended.address == first.address);
        if is_one {
            return Some(EndedGroup {
                whom: first.address.to_owned(),
                members,
                detail: Detail { fact, text, hint },
            });
        }
        let differing = Pattern::differing(&of.iter().map(|(_, pattern)| pattern).collect::<Vec<_>>());
        let whose: Vec<&str> = of.iter().map(|(ended, _)| ended.address).collect();
        let own = own(first);
        let hint = hint.map(|hint| own.with(&hint, &Pattern::words(&differing)));
        let places: Vec<&str> = of.iter().map(|(ended, _)| ended.location).collect();
        let whom = format!("{} on {}", first.key, self.spanned(first.key, &places));
        Some(EndedGroup {
            whom,
            members,
            detail: Detail { fact, text: shared(&text, &own, &differing, &whose), hint },
        })
    }
}

/// Whether nothing of it has to be found again, such as a record: ids may have a word in their place.
fn is_general(ended: &EndedView<'_>) -> bool {
    matches!(ended.outcome, Outcome::Refused(_) | Outcome::Deferred(_) | Outcome::Stale(_))
}

fn own(of: &EndedView<'_>) -> Own {
    Own::at(&[of.location])
}
