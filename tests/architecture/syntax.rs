//! What one file names: its `use`s, the paths in its code, the types it defines. Tests inside it are left out.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Path, UseTree};

/// The names in one file.
#[derive(Default)]
pub struct Names {
    /// What `use` brings in, by the name it has here.
    pub uses: BTreeMap<String, Vec<String>>,
    /// Every path that is written, with its line.
    pub paths: Vec<(Vec<String>, usize)>,
    /// Every type that is defined, with its line.
    pub types: Vec<(String, usize)>,
}

/// Reads the names of a file.
pub fn names(text: &str) -> Names {
    let file = syn::parse_file(text).unwrap();
    let mut names = Names::default();
    names.visit_file(&file);
    names
}

/// Whether an item exists in tests only.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// The attributes of those items that tests are made of.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

impl Names {
    fn add_use(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.add_use(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) if name.ident == "self" => {
                let own = before.last().cloned().unwrap_or_default();
                self.bring(own, before.to_vec(), name.span());
            }
            UseTree::Name(name) => {
                self.bring(name.ident.to_string(), with(name.ident.to_string()), name.span())
            }
            UseTree::Rename(rename) => {
                self.bring(rename.rename.to_string(), with(rename.ident.to_string()), rename.span());
            }
            UseTree::Glob(glob) => self.paths.push((before.to_vec(), line(glob.span()))),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, before);
                }
            }
        }
    }

    fn bring(&mut self, name: String, path: Vec<String>, span: proc_macro2::Span) {
        self.paths.push((path.clone(), line(span)));
        self.uses.insert(name, path);
    }

    fn define(&mut self, name: &syn::Ident) {
        self.types.push((name.to_string(), line(name.span())));
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        match item {
            Item::Struct(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let parts = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.paths.push((parts, line(path.span())));
        visit::visit_path(self, path);
    }

    // inside a macro's arguments there is no syntax tree: what can be read as expressions is
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let arguments =
            call.parse_body_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated);
        for argument in arguments.iter().flatten() {
            // expressions that live as long as this call only: walked by a visitor of their own
            let mut inner = Names::default();
            inner.visit_expr(argument);
            self.paths.append(&mut inner.paths);
        }
        visit::visit_macro(self, call);
    }
}

fn line(span: proc_macro2::Span) -> usize {
    span.start().line
}
