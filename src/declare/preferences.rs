//! `provisioning_preferences` of a CFN_STACKSET product: the API's rules on its six members.

use super::Layer;
use super::check;
use super::document::{self, Declaration};
use super::product::Composer;
use crate::model::diagnostic::{Diagnostic, Part, Place};
use crate::model::product::{Bound, Preferences};

const FIELD: &str = "provisioning_preferences";
type Written = fn(&document::Preferences) -> Option<u32>;

impl Composer<'_> {
    /// The preferences, if any layer has some.
    pub fn preferences(&mut self) -> Option<Preferences> {
        let (_, layer) = self.stack.pick(|d| d.provisioning_preferences.as_ref())?;
        self.note(FIELD, layer);
        let accounts = self.nested_list(&[FIELD, "stack_set_accounts"], |d| {
            d.provisioning_preferences.as_ref()?.stack_set_accounts.as_deref()
        });
        let accounts = self.distinct(accounts, check::account);
        let regions = self.nested_list(&[FIELD, "stack_set_regions"], |d| {
            d.provisioning_preferences.as_ref()?.stack_set_regions.as_deref()
        });
        let regions = self.distinct(regions, check::region);
        let failure_tolerance = self.pair(
            ["stack_set_failure_tolerance_count", "stack_set_failure_tolerance_percentage"],
            [|p| p.stack_set_failure_tolerance_count, |p| p.stack_set_failure_tolerance_percentage],
            0,
        );
        let max_concurrency = self.pair(
            ["stack_set_max_concurrency_count", "stack_set_max_concurrency_percentage"],
            [|p| p.stack_set_max_concurrency_count, |p| p.stack_set_max_concurrency_percentage],
            1,
        );
        self.concurrency(failure_tolerance.as_ref(), max_concurrency.as_ref());
        Some(Preferences {
            accounts,
            regions,
            failure_tolerance: failure_tolerance.map(|(bound, _)| bound),
            max_concurrency: max_concurrency.map(|(bound, _)| bound),
        })
    }

    fn distinct(&mut self, items: Vec<(String, Place)>, check: fn(&str) -> check::Checked) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (text, place) in items {
            let checked = match check(&text) {
                Ok(()) if texts.contains(&text) => {
                    Err(Diagnostic::error("bad-value", format!("`{text}` stands here twice")))
                }
                other => other,
            };
            self.keep(checked, |_| place);
            texts.push(text);
        }
        texts
    }

    /// A count or a percentage, whichever the winning layer gives.
    fn pair(&mut self, names: [&'static str; 2], get: [Written; 2], least: u32) -> Option<(Bound, Place)> {
        let [count, percentage] = get;
        let of = |d: &Declaration| {
            let preferences = d.provisioning_preferences.as_ref()?;
            let given = (count(preferences), percentage(preferences));
            (given != (None, None)).then_some(given)
        };
        let (given, layer) = self.stack.pick(of)?;
        let (bound, name) = match given {
            (Some(count), None) => (Bound::Count(count), names[0]),
            (None, Some(percentage)) => (Bound::Percentage(percentage), names[1]),
            _ => {
                self.both(names, layer);
                return None;
            }
        };
        self.note(&format!("{FIELD}.{name}"), layer);
        let place = self.place(layer, &[FIELD, name], Part::Value);
        self.keep(check::bound(&format!("`{name}`"), bound, least), |_| place.clone());
        Some((bound, place))
    }

    fn both(&mut self, [first, second]: [&str; 2], layer: Layer) {
        let message = format!("`{first}` and `{second}` are both given, and only one may be");
        let diagnostic = Diagnostic::error("both-given", message)
            .at(self.place(layer, &[FIELD, second], Part::Key))
            .related(self.place(layer, &[FIELD, first], Part::Key), "the other one");
        self.problems.push(diagnostic);
    }

    /// The service takes at most one account more at a time than may fail.
    fn concurrency(&mut self, tolerance: Option<&(Bound, Place)>, concurrency: Option<&(Bound, Place)>) {
        let Some((Bound::Count(at_once), place)) = concurrency else {
            return;
        };
        let tolerated = match tolerance {
            Some((Bound::Count(tolerated), _)) => *tolerated,
            None => 0,
            Some((Bound::Percentage(_), _)) => return,
        };
        if *at_once > tolerated.saturating_add(1) {
            let message = format!(
                "`stack_set_max_concurrency_count` is {at_once}, and with a failure tolerance of {tolerated} at most {} are allowed",
                tolerated.saturating_add(1)
            );
            self.problems.push(Diagnostic::error("bad-value", message).at(place.clone()));
        }
    }
}
