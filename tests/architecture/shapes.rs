//! How large functions are, and what they take.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{FnArg, ImplItemFn, Item, ItemFn, Signature, TraitItemFn, Type};

use super::syntax::{attributes, is_test};
use super::tree::File;

/// One function.
pub struct Function {
    pub name: String,
    /// File and line.
    pub place: String,
    /// From its signature to its closing brace; attributes and docs are not counted.
    pub lines: usize,
    pub is_async: bool,
    pub has_tuple: bool,
}

/// What becomes of `#[cfg(test)]`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tests {
    Counted,
    LeftOut,
}

/// The functions of a file that have a body.
pub fn functions(file: &File, tests: Tests) -> Vec<Function> {
    let mut found = Walk { path: &file.path, tests, functions: Vec::new() };
    found.visit_file(&syn::parse_file(&file.text).unwrap());
    found.functions
}

struct Walk<'f> {
    path: &'f str,
    tests: Tests,
    functions: Vec<Function>,
}

impl Walk<'_> {
    fn add(&mut self, signature: &Signature, body: &syn::Block) {
        let from = signature.span().start().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            place: format!("{}:{from}", self.path),
            lines: body.span().end().line + 1 - from,
            is_async: signature.asyncness.is_some(),
            has_tuple: signature.inputs.iter().any(is_tuple),
        });
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if self.tests == Tests::Counted || !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.add(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn is_tuple(argument: &FnArg) -> bool {
    let FnArg::Typed(argument) = argument else { return false };
    let mut of = &*argument.ty;
    while let Type::Reference(reference) = of {
        of = &reference.elem;
    }
    matches!(of, Type::Tuple(tuple) if tuple.elems.len() > 1)
}
