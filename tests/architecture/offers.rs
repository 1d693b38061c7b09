//! What a crate offers is used by the program. In a room that is private the compiler tells what nobody uses; of a
//! crate it takes all that is public for used.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, ItemUse, Visibility};

use super::syntax::{attributes, is_test};
use super::tree::File;

/// What is public in the files below `crates` and named nowhere in `files`, tests aside, but where it is defined.
pub fn unused(files: &[File], is_offered: impl Fn(&str) -> bool) -> Vec<String> {
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    let mut offered = Vec::new();
    for file in files {
        let mut reading = Reading::default();
        reading.visit_file(&syn::parse_file(&file.text).unwrap());
        for name in reading.named {
            *named.entry(name).or_default() += 1;
        }
        if is_offered(&file.path) {
            offered.extend(
                reading.offered.into_iter().map(|(name, line)| (name, format!("{}:{line}", file.path))),
            );
        }
    }
    let alone = |name: &str| named.get(name).is_none_or(|times| *times < 2);
    offered
        .into_iter()
        .filter(|(name, _)| alone(name))
        .map(|(name, place)| format!("{place}: {name}"))
        .collect()
}

#[derive(Default)]
struct Reading {
    /// Every word of the code but those of `use`, definitions among them.
    named: Vec<String>,
    /// What is public, with its line.
    offered: Vec<(String, usize)>,
}

impl Reading {
    fn offer(&mut self, visibility: &Visibility, name: &syn::Ident, attributes: &[Attribute]) {
        // behind a condition stands what is for the tests, and says so
        let conditional = attributes.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if matches!(visibility, Visibility::Public(_)) && !conditional {
            self.offered.push((name.to_string(), name.span().start().line));
        }
    }

    fn name(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => self.named.push(word.to_string()),
                TokenTree::Group(group) => self.name(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reading {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        match item {
            Item::Fn(item) => self.offer(&item.vis, &item.sig.ident, &item.attrs),
            Item::Struct(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            Item::Enum(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            Item::Trait(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            Item::Type(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            Item::Const(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            Item::Static(item) => self.offer(&item.vis, &item.ident, &item.attrs),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.offer(&item.vis, &item.sig.ident, &item.attrs);
        visit::visit_impl_item_fn(self, item);
    }

    // brought in is not yet used
    fn visit_item_use(&mut self, _: &'ast ItemUse) {}

    fn visit_ident(&mut self, name: &'ast syn::Ident) {
        self.named.push(name.to_string());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.name(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

#[test]
fn what_is_only_brought_in_is_unused() {
    let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
    let files = [
        file(
            "src/low/lib.rs",
            "pub fn used() {}\npub fn alone() {}\nfn own() {}\n#[cfg(feature = \"t\")] pub fn told() {}",
        ),
        file("src/top.rs", "use low::{alone, used};\nfn main() { println!(\"{}\", used()) }"),
    ];
    assert_eq!(unused(&files, |path| path.starts_with("src/low/")), ["src/low/lib.rs:2: alone"]);
}
