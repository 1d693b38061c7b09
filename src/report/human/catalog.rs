//! What there is to provision, for people: a few lines a product, or all of one.

use super::paper::{Line, headed, one_line, print};
use crate::model::text::{count, listed};
use crate::report::style::{Ink, Style};
use crate::report::view::{CatalogView, ParameterSheet, ProductView, SheetView, UserView, VersionView};

/// More of an author's words than this are left out.
const WORDS: usize = 2000;
/// So many names stand on a line.
const FEW: usize = 12;

/// All products, in short.
#[must_use]
pub fn catalog(view: &CatalogView, style: Style) -> String {
    let mut out = Vec::new();
    for product in &view.products {
        out.extend(head(product));
        let versions = product.versions.iter().map(|version| {
            if version.deprecated { format!("{} (deprecated)", version.name) } else { version.name.clone() }
        });
        out.push(field("versions", &or_none(listed(versions, FEW))));
        out.push(field("launch paths", &or_none(listed(&product.paths, FEW))));
        out.extend(usage(product));
        out.push(Line::default());
    }
    out.push(Line::ours(format!("{}.", capital(&count(view.products.len(), "product")))));
    print(&out, style)
}

/// Each product in full.
#[must_use]
pub fn products(view: &CatalogView, style: Style) -> String {
    let mut out = Vec::new();
    for (n, product) in view.products.iter().enumerate() {
        out.extend((n > 0).then(Line::default));
        out.extend(head(product));
        out.extend((!product.owner.is_empty()).then(|| field("owner", &product.owner)));
        out.push(field("launch paths", &or_none(listed(&product.paths, FEW))));
        out.extend(section("Versions", product.versions.iter().map(version).collect()));
        match &product.sheet {
            Some(sheet) => out.extend(told(sheet)),
            None => out
                .push(Line::ours("  no version of it can be provisioned by this principal").ink(Ink::Change)),
        }
        let newest = product.newest().unwrap_or_default();
        out.extend(section("Used by", product.users.iter().map(|one| user(one, newest)).collect()));
    }
    print(&out, style)
}

fn capital(text: &str) -> String {
    if text.starts_with("0 ") { text.replacen('0', "No", 1) } else { text.to_owned() }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

fn head(of: &ProductView) -> Vec<Line> {
    let id = of.id().map(|id| Line::ours(" (").and(Line::foreign(id)).then(")"));
    let name = Line::foreign(&of.name).ink(Ink::Strong).and(id.unwrap_or_default());
    let places = listed(of.ids.keys(), FEW);
    vec![name, field("type", &of.kind), field("at", &places)]
}

fn field(name: &str, text: &str) -> Line {
    Line::ours(format!("  {name}: ")).and(one_line(text, WORDS))
}

/// How many run it, and who is not on its newest version.
fn usage(of: &ProductView) -> Vec<Line> {
    let [managed, others] = of.running();
    let mut parts = vec![format!("{managed} managed here"), format!("{others} by others")];
    parts.push(count(of.declared().count(), "declaration"));
    let mut out = vec![field("run by", &parts.join(", "))];
    let behind = of.declared().filter(|user| user.is_behind).map(|user| {
        let address = user.address.as_deref().unwrap_or(&user.name);
        format!("{address} ({})", user.declared.as_deref().unwrap_or_default())
    });
    let behind: Vec<String> = behind.collect();
    if let Some(newest) = of.newest().filter(|_| !behind.is_empty()) {
        let line = Line::ours("  behind ").and(Line::foreign(newest)).then(": ");
        out.push(line.and(one_line(&listed(behind, FEW), WORDS)).ink(Ink::Change));
    }
    out
}

fn section(title: &str, lines: Vec<Line>) -> Vec<Line> {
    if lines.is_empty() {
        return Vec::new();
    }
    [Line::default(), Line::ours(title).ink(Ink::Strong)].into_iter().chain(lines).collect()
}

fn version(of: &VersionView) -> Line {
    let mut line = Line::ours("  ").and(Line::foreign(&of.name));
    let id = of.id.as_ref().filter(|id| **id != of.name);
    for text in id.into_iter().cloned().chain(of.day()) {
        line = line.then("  ").and(Line::foreign(&text));
    }
    if of.deprecated { line.and(Line::ours("  deprecated").ink(Ink::Change)) } else { line }
}

fn told(sheet: &SheetView) -> Vec<Line> {
    let mut out = vec![Line::default()];
    let title = Line::ours("Parameters of ")
        .and(Line::foreign(&sheet.version))
        .then(" by ")
        .and(Line::foreign(&sheet.path));
    out.push(title.ink(Ink::Strong));
    let parameters = sheet.parameters();
    if parameters.is_empty() {
        out.push(Line::ours("  none"));
    }
    let is_grouped = parameters.iter().any(|one| one.group.is_some());
    let mut group = None;
    for one in &parameters {
        if is_grouped && one.group != group {
            group = one.group;
            out.push(Line::ours("  ").and(Line::foreign(group.unwrap_or("Others"))).then(":"));
        }
        out.extend(parameter(one, if is_grouped { "    " } else { "  " }));
    }
    let offering = &sheet.offering;
    let options = offering.tag_options.iter().map(|(key, values)| {
        let rule = match values.as_slice() {
            [] => "no value at all: it cannot be provisioned".to_owned(),
            [one] => format!("{one}, given by itself"),
            several => format!("one of {}", listed(several, FEW)),
        };
        Line::ours("  ").and(Line::foreign(key)).then(": ").and(one_line(&rule, WORDS))
    });
    out.extend(section("Tag options", options.collect()));
    let update =
        if offering.tag_update { "can be changed" } else { "cannot be changed without a replacement" };
    out.extend(section("Tags", vec![Line::ours(format!("  {update}"))]));
    let spread = offering.stack_set.iter().flat_map(|set| {
        [field("accounts", &listed(&set.accounts, FEW)), field("regions", &listed(&set.regions, FEW))]
    });
    out.extend(section("Stack set", spread.collect()));
    let outputs = offering.output_keys.iter().flatten().map(|key| Line::ours("  ").and(Line::foreign(key)));
    out.extend(section("Outputs", outputs.collect()));
    out.extend(section("Rules", rules(sheet)));
    out
}

fn parameter(of: &ParameterSheet<'_>, margin: &'static str) -> Vec<Line> {
    let rule = of.rule;
    let mut line = Line::ours(margin).and(Line::foreign(of.key)).then(": ").and(Line::foreign(&rule.kind));
    line = match &rule.default {
        // what is not echoed is told to nobody
        Some(_) if rule.no_echo => line.then(", has a default"),
        Some(default) => line.then(", default ").and(Line::quoted(default)),
        None => line.then(", required"),
    };
    if rule.no_echo {
        line = line.then(", sensitive");
    }
    let mut out = vec![line];
    let texts = of.label.map(str::to_owned).into_iter().chain([rule.description.clone()]);
    for text in texts.filter(|text| !text.is_empty()).chain(rule.told()) {
        out.push(Line::ours(margin).then("    ").and(one_line(&text, WORDS)).ink(Ink::Faint));
    }
    out
}

fn rules(sheet: &SheetView) -> Vec<Line> {
    let rules = &sheet.offering.rules;
    let mut out = Vec::new();
    for rule in &rules.rules {
        let said = rule.assertions.iter().filter_map(|assertion| assertion.description.as_deref());
        let said: Vec<&str> = said.collect();
        out.extend(headed(
            Line::ours("  ").and(Line::foreign(&rule.name)).then(":"),
            &said.join("; "),
            "    ",
            WORDS,
        ));
    }
    out.extend(rules.unread.then(|| Line::ours("  others that could not be read")));
    out
}

fn user(of: &UserView, newest: &str) -> Line {
    let line = match &of.address {
        Some(address) => Line::ours("  ").and(Line::foreign(address)),
        None => Line::ours("  ")
            .and(Line::foreign(&of.name))
            .then(" at ")
            .and(Line::foreign(&of.location))
            .then(" (not managed here)"),
    };
    let line = match &of.runs {
        Some(version) => line.then(": runs ").and(Line::foreign(version)),
        None => line.then(": not provisioned"),
    };
    let declared = of.declared.as_ref().filter(|declared| of.runs.as_ref() != Some(declared));
    let line = match declared {
        Some(version) => line.then(", declared ").and(Line::foreign(version)),
        None => line,
    };
    if of.is_behind { line.then(", behind ").and(Line::foreign(newest)).ink(Ink::Change) } else { line }
}
