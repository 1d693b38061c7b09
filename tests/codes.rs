//! Codes of diagnostics: those that the sources use, on real syntax, are exactly those that `provisor explain` explains.

use std::collections::BTreeSet;
use std::path::Path;

use provisor::report::view::CODE_GROUPS;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, ExprTuple, FieldValue, FnArg, ItemConst, Lit, Pat, Signature};

/// What a file says of codes.
#[derive(Default)]
struct Codes {
    /// Those that stand where a diagnostic is made.
    written: BTreeSet<String>,
    /// What stands there instead: a constant, or what a function was given.
    named: BTreeSet<String>,
    /// Texts that stand first in a tuple, or in a call.
    first: BTreeSet<(String, String)>,
    /// Functions whose first parameter is a code.
    takers: BTreeSet<String>,
    constants: Vec<(String, String)>,
    /// The texts of functions that tell a code.
    told: BTreeSet<String>,
    within: String,
}

fn text(of: &Expr) -> Option<String> {
    match of {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn last(path: &syn::Path) -> String {
    path.segments.last().map(|one| one.ident.to_string()).unwrap_or_default()
}

impl Codes {
    fn made(&mut self, code: &Expr) {
        match (text(code), code) {
            (Some(text), _) => drop(self.written.insert(text)),
            (None, Expr::Path(path)) => drop(self.named.insert(last(&path.path))),
            (None, _) => panic!("a code that is neither a text nor a name"),
        }
    }
}

impl<'ast> Visit<'ast> for Codes {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let words: Vec<String> = path.path.segments.iter().map(|one| one.ident.to_string()).collect();
            let is_maker = matches!(words.as_slice(), [.., of, how] if of == "Diagnostic" && (how == "error" || how == "warning"));
            match call.args.first() {
                Some(code) if is_maker => self.made(code),
                Some(first) => {
                    self.first
                        .extend(text(first).map(|text| (words.last().cloned().unwrap_or_default(), text)));
                }
                None => {}
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.first.extend(call.args.first().and_then(text).map(|text| (call.method.to_string(), text)));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast ExprTuple) {
        self.first.extend(tuple.elems.first().and_then(text).map(|text| (String::new(), text)));
        visit::visit_expr_tuple(self, tuple);
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        if matches!(&field.member, syn::Member::Named(name) if name == "code") {
            self.written.extend(text(&field.expr));
        }
        visit::visit_field_value(self, field);
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        self.within = signature.ident.to_string();
        let typed = signature.inputs.iter().filter_map(|one| match one {
            FnArg::Typed(typed) => Some(&*typed.pat),
            FnArg::Receiver(_) => None,
        });
        if matches!(typed.into_iter().next(), Some(Pat::Ident(name)) if name.ident == "code") {
            self.takers.insert(self.within.clone());
        }
        visit::visit_signature(self, signature);
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        if self.within == "word" {
            self.told.insert(literal.value());
        }
    }

    fn visit_attribute(&mut self, _documentation: &'ast syn::Attribute) {}

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.constants.extend(text(&item.expr).map(|text| (item.ident.to_string(), text)));
        visit::visit_item_const(self, item);
    }
}

/// The codes of one file.
fn used(path: &Path) -> BTreeSet<String> {
    let mut found = Codes::default();
    found.visit_file(&syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap());
    let mut used = found.written;
    for name in &found.named {
        let constant = found.constants.iter().find(|(known, _)| known == name);
        let given = found
            .first
            .iter()
            .filter(|(by, _)| found.takers.contains(by) || by.is_empty() && found.takers.is_empty());
        let resolved: BTreeSet<String> = match constant {
            Some((_, text)) => BTreeSet::from([text.clone()]),
            None => given.map(|(_, text)| text.clone()).collect(),
        };
        assert!(!resolved.is_empty(), "{}: which codes `{name}` stands for cannot be told", path.display());
        used.extend(resolved);
    }
    if path.ends_with("workspace/problem.rs") {
        used.extend(found.told);
    }
    used.retain(|code| !code.is_empty());
    used
}

fn below(folder: &Path, used_there: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // the sandbox speaks of itself, and the table is what is judged
        let is_apart = path.ends_with("src/sandbox")
            || path.ends_with("view/codes")
            || path.ends_with("model/diagnostic.rs");
        if path.is_dir() && !is_apart {
            below(&path, used_there);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_apart {
            used_there.extend(used(&path));
        }
    }
}

#[test]
fn every_code_that_is_used_is_explained_and_no_other() {
    let mut used = BTreeSet::new();
    below(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut used);
    let explained: BTreeSet<String> =
        CODE_GROUPS.iter().flat_map(|group| group.codes).map(|one| one.code.to_owned()).collect();
    let missing: Vec<&String> = used.difference(&explained).collect();
    let idle: Vec<&String> = explained.difference(&used).collect();
    assert!(missing.is_empty(), "used, and not explained: {missing:?}");
    assert!(idle.is_empty(), "explained, and not used: {idle:?}");
}
