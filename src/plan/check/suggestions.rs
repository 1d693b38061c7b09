//! What may have been meant by a name that is none, within what one run may compare: whoever writes thousands of wrong names
//! beside a catalog of thousands gets the first ones explained.

use std::cell::Cell;

use crate::model::text::nearest;

/// So many names are compared in one run; beyond it, nothing is suggested.
const COMPARED: usize = 50_000;

/// How many names were compared so far.
#[derive(Debug, Default)]
pub(in crate::plan) struct Suggestions(Cell<usize>);

impl Suggestions {
    /// The candidate nearest to `wrong`, if one is near enough and there was time to look.
    pub fn nearest<'a>(&self, wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let affordable = COMPARED.saturating_sub(self.0.get());
        let mut compared = 0;
        let all = candidates.into_iter().take(affordable).inspect(|_| compared += 1);
        let found = nearest(wrong, all);
        self.0.set(self.0.get() + compared);
        // of a list that was not gone through, the nearest is not known
        found.filter(|_| compared < affordable)
    }

    /// "did you mean `x`?", if there is something near.
    pub fn did_you_mean<'a>(
        &self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        self.nearest(wrong, candidates).map(|name| format!("did you mean `{name}`?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_compares_so_many_names() {
        let names = Suggestions::default();
        let many: Vec<String> = (0..COMPARED / 4).map(|n| format!("name-{n}")).collect();
        let near = |wrong| names.did_you_mean(wrong, many.iter().map(String::as_str));
        for _ in 0..3 {
            assert_eq!(near("nam-7").as_deref(), Some("did you mean `name-7`?"));
        }
        assert_eq!([near("nam-7"), near("nam-7")], [None, None], "the budget is spent");
    }
}
