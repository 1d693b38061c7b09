//! What stands as it is written, and may have been meant to be filled in: told, and taken as it stands.

use super::declarations::DeclarationsFile;
use super::references::Foreign;
use super::settings::Settings;
use super::yaml::{MapPair, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Place};

/// What may not hold such signs, and says so itself.
const STRICT: [&str; 2] = ["tags", "provisioned_product_name"];

/// So many are told of one file.
const FEW: usize = 20;

/// Looks through the declarations of a file.
pub(super) fn doubtful(file: &DeclarationsFile<'_>, settings: &Settings, warnings: &mut Diagnostics) {
    let tree = &file.tree;
    let declarations = file.head("provisioned_products").map_or(&[][..], |map| tree.pairs(map));
    let mut open: Vec<NodeId> = declarations.iter().rev().map(|pair| pair.value).collect();
    open.extend(file.head("defaults"));
    let mut told = 0;
    while let Some(id) = open.pop() {
        match &tree.node(id).shape {
            Shape::Map(pairs) => {
                if let Some(name) = called(tree, pairs).filter(|_| told < FEW) {
                    told += 1;
                    warnings.push(not_called(tree, id, name));
                }
                let pairs = pairs.iter().rev();
                let pairs = pairs.filter(|pair| !pair.key.starts_with("x-") && !STRICT.contains(&&*pair.key));
                open.extend(pairs.map(|pair| pair.value));
            }
            Shape::List(items) => open.extend(items.iter().rev()),
            Shape::Scalar { text, .. } if told < FEW => {
                let is_known = |name: &str| settings.variables.contains_key(name);
                if let Some(found) = Foreign::find(text, is_known) {
                    told += 1;
                    warnings.push(not_filled(tree, id, found));
                }
            }
            Shape::Scalar { .. } => {}
        }
    }
}

/// The function of CloudFormation that a whole value calls: nobody evaluates it.
fn called<'t>(tree: &Tree<'_>, pairs: &'t [MapPair<'_>]) -> Option<&'t str> {
    let [pair] = pairs else { return None };
    let name = &*pair.key;
    let refers = name == "Ref" && tree.text(pair.value).is_some();
    (refers || matches!(name, "Fn::GetAtt" | "Fn::Sub" | "Fn::ImportValue")).then_some(name)
}

fn not_called(tree: &Tree<'_>, id: NodeId, name: &str) -> Diagnostic {
    let message = format!("`{name}` is not evaluated: it is sent as it is written");
    let hint = "a variable is `${var.NAME}`, an output of another declaration `${NAME.outputs.KEY}`";
    Diagnostic::warning("not-filled", message).at(at(tree, id)).hint(hint)
}

fn at(tree: &Tree<'_>, id: NodeId) -> Place {
    let bytes = tree.node(id).bytes.clone();
    Place::Bytes { file: tree.source.path.clone(), start: bytes.start, end: bytes.end }
}

fn not_filled(tree: &Tree<'_>, id: NodeId, found: Foreign<'_>) -> Diagnostic {
    let message = format!("`{}` is not filled in: it is taken as it is written", found.written);
    Diagnostic::warning("not-filled", message).at(at(tree, id)).hint(found.hint())
}
