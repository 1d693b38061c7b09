//! What kind of file a text is, by what stands at its top: where one was named in the place of another, one sentence says so, and not one
//! for each of its keys.

use crate::yaml::Tree;

/// What files have at their top, and those of other kinds have not.
const KINDS: [(&[&str], &str); 5] = [
    (&["provisioned_products"], "declarations"),
    (&["AWSTemplateFormatVersion"], "a template"),
    (&["Resources"], "a template"),
    (&["portfolios"], "what a sandbox simulates"),
    (&["project", "locations"], "settings"),
];

/// What a file seems to be.
pub(crate) struct TopKind {
    /// The key that tells it.
    pub key: &'static str,
    /// As a noun.
    pub what: &'static str,
}

/// What a file is that was named as one of the kind `wanted`; `None` where nothing says that it is another.
pub(crate) fn top_kind(tree: &Tree<'_>, wanted: &str) -> Option<TopKind> {
    let root = tree.root?;
    let has = |key: &&str| tree.get(root, key).is_some();
    let (keys, what) = KINDS.iter().find(|(keys, _)| keys.iter().all(has))?;
    (*what != wanted).then_some(TopKind { key: keys.first()?, what })
}
