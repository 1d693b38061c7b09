//! The reference part of docs/declarations.md, as the table of fields tells it. `PROVISOR_BLESS=1` writes it anew.

use std::fmt::Write as _;

use super::{DECLARATIONS, Field, FieldKind, SETTINGS, Table};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/declarations.md");
const BEGIN: &str = "<!-- from the table of fields: begin -->\n";
const END: &str = "<!-- end -->\n";

/// A map of a file, and where it stands.
struct PageTable {
    path: String,
    table: &'static Table,
}

/// The maps below a kind, each one where it is met first.
fn below(path: &str, kind: &'static FieldKind, found: &mut Vec<PageTable>) {
    match kind {
        FieldKind::Map(table) | FieldKind::Layer(table) => walk(path, table, found),
        FieldKind::Layers(table) | FieldKind::Maps(table) => walk(&format!("{path}[]"), table, found),
        FieldKind::Named(kind) => below(&format!("{path}.<name>"), kind, found),
        FieldKind::Either(kinds) => kinds.iter().for_each(|kind| below(path, kind, found)),
        _ => {}
    }
}

fn walk(path: &str, table: &'static Table, found: &mut Vec<PageTable>) {
    if found.iter().any(|known| std::ptr::eq(known.table, table)) {
        return;
    }
    found.push(PageTable { path: path.to_owned(), table });
    for Field { name, kind, .. } in table.fields() {
        let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
        below(&path, kind, found);
    }
}

fn row(Field { name, kind, default, doc, .. }: &Field) -> Option<String> {
    let what = match kind {
        FieldKind::Elsewhere(_) | FieldKind::Trusted => return None,
        FieldKind::NotYet => "not in this version".to_owned(),
        kind => kind.noun(),
    };
    let default = default.map(|text| format!("`{text}`")).unwrap_or_default();
    Some(format!("| `{name}` | {what} | {default} | {doc} |\n"))
}

fn reference() -> String {
    let mut text = String::new();
    for (file, table) in [("provisor.yaml", &SETTINGS), ("Files of declarations", &DECLARATIONS)] {
        let mut found = Vec::new();
        walk("", table, &mut found);
        let _ = writeln!(text, "## {file}\n");
        for PageTable { path, table } in found {
            if !path.is_empty() {
                let _ = writeln!(text, "### `{path}`\n");
            }
            text.push_str("| key | is | default | |\n|---|---|---|---|\n");
            text.extend(table.fields().filter_map(row));
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_page_tells_every_field() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (told, tail) = rest.split_once(END).unwrap();
    let known = format!("\n{}", reference());
    if std::env::var_os("PROVISOR_BLESS").is_some() {
        std::fs::write(PAGE, format!("{head}{BEGIN}{known}{END}{tail}")).unwrap();
        return;
    }
    assert_eq!(told, known, "PROVISOR_BLESS=1 writes it anew");
}
