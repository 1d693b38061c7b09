//! Variables put into a settings file that people wrote: their lines go in at one place, and all else stays as it is, comments and
//! order too. Where that cannot be proven, nothing is put in.

use std::collections::BTreeSet;

use crate::yaml::{self, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostics, Source};

/// The text with these entries below `variables:`, each a line without indentation; `None` where that is not safe to write.
#[must_use]
pub fn with_variables(source: &Source, entries: &[String]) -> Option<String> {
    let mut found = Diagnostics::default();
    let before = yaml::read(source, &mut found).filter(|_| !found.has_errors())?;
    let text = inserted(&before, entries)?;
    let after = Source { path: source.path.clone(), text: text.as_str().into() };
    let mut found = Diagnostics::default();
    let read = yaml::read(&after, &mut found).filter(|_| !found.has_errors())?;
    let added = added(&before, &read)?;
    let meant: BTreeSet<&str> = entries.iter().filter_map(|entry| Some(entry.split_once(':')?.0)).collect();
    (added == meant).then_some(text)
}

fn inserted(tree: &Tree<'_>, entries: &[String]) -> Option<String> {
    let text = &*tree.source.text;
    let root = tree.root?;
    let Some(pair) = tree.pair(root, "variables") else {
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        return Some(format!("{text}{end}variables:\n{}", lines(entries, "  ")));
    };
    // the first entry says how far they are indented; what stands between braces has no lines
    let first = tree.pairs(pair.value).first()?;
    let begin = text.get(..first.bytes.start)?.rfind('\n')? + 1;
    let indent = text.get(begin..first.bytes.start)?;
    let is_block = !indent.is_empty() && indent.chars().all(|c| c == ' ');
    is_block.then(|| format!("{}{}{}", &text[..begin], lines(entries, indent), &text[begin..]))
}

fn lines(entries: &[String], indent: &str) -> String {
    entries.iter().map(|entry| format!("{indent}{entry}\n")).collect()
}

/// The variables of one document that another has not, if that is all in which they differ.
fn added<'t>(before: &Tree<'_>, after: &'t Tree<'_>) -> Option<BTreeSet<&'t str>> {
    let (old, new) = (before.root?, after.root?);
    let is_known = |key: &str| before.pair(old, key).is_some();
    let rest = || after.pairs(new).iter().filter(|pair| pair.key != "variables");
    if rest().any(|pair| !is_known(&pair.key)) {
        return None;
    }
    for pair in before.pairs(old).iter().filter(|pair| pair.key != "variables") {
        same(before, pair.value, after, after.get(new, &pair.key)?)?;
    }
    let variables = after.get(new, "variables")?;
    let known = before.given(old, "variables");
    for pair in known.map_or(&[][..], |id| before.pairs(id)) {
        same(before, pair.value, after, after.get(variables, &pair.key)?)?;
    }
    let is_new = |key: &str| known.is_none_or(|id| before.pair(id, key).is_none());
    Some(after.pairs(variables).iter().map(|pair| &*pair.key).filter(|key| is_new(key)).collect())
}

fn same(one: &Tree<'_>, id: NodeId, other: &Tree<'_>, at: NodeId) -> Option<()> {
    match (&one.node(id).shape, &other.node(at).shape) {
        (Shape::Scalar { text, plain }, Shape::Scalar { text: other, plain: is_plain }) => {
            (text == other && plain == is_plain).then_some(())
        }
        (Shape::List(items), Shape::List(others)) if items.len() == others.len() => {
            items.iter().zip(others).try_for_each(|(item, at)| same(one, *item, other, *at))
        }
        (Shape::Map(pairs), Shape::Map(others)) if pairs.len() == others.len() => {
            pairs.iter().zip(others).try_for_each(|(pair, at)| {
                (pair.key == at.key).then_some(()).and(same(one, pair.value, other, at.value))
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Option<String> {
        let source = Source { path: "provisor.yaml".into(), text: text.into() };
        with_variables(&source, &["a: {type: string}".to_owned(), "b: {type: string}".to_owned()])
    }

    #[test]
    fn all_else_stays_as_it_is() {
        let text = "# mine\nproject: p   # x\nvariables:\n    # old\n    z: {type: string}\nlocations: {}\n";
        let expected = text.replace("    z:", "    a: {type: string}\n    b: {type: string}\n    z:");
        assert_eq!(with(text).as_deref(), Some(&*expected));
        assert_eq!(
            with("project: p").as_deref(),
            Some("project: p\nvariables:\n  a: {type: string}\n  b: {type: string}\n")
        );
    }

    #[test]
    fn what_is_not_safe_is_not_written() {
        for text in [
            "variables: {z: {type: string}}\n",
            "variables:\n",
            "variables:\n  a: {type: string}\n",
            "variables: &v\n  z: {type: string}\nother: *v\n",
            "project: p\n...\n",
            "- a\n",
        ] {
            assert_eq!(with(text), None, "{text}");
        }
    }
}
