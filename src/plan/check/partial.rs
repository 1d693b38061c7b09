//! Values that hang on something that is not known yet: what of them is written is held against the rules all the same, as far
//! as no filling could mend it.

use super::broken::{Broken, Tried};
use super::patterns::Patterns;
use super::rules::{ITEMS, LONGEST, is_list};
use super::types;
use crate::catalog::ParameterRule;
use crate::model::template::{Piece, Template};
use crate::model::text::quoted;

/// So many allowed values are named.
const FEW: usize = 30;

/// All rules that a value breaks whatever it is filled with.
pub(super) fn broken_anyway(
    patterns: &mut Patterns,
    rule: &ParameterRule,
    template: &Template,
    region: Option<&str>,
) -> Vec<Broken> {
    if !is_list(&rule.kind) {
        return impossible(rule, template).into_iter().collect();
    }
    let items = items(template);
    let count = items.len();
    let written = items.iter().enumerate().filter_map(|(nth, item)| Some((nth, item.as_text()?)));
    let found = written.flat_map(|(nth, text)| {
        let tried = Tried { rule, text, sensitive: false, region };
        let item = (count > 1).then_some((nth, count));
        patterns.broken(tried).into_iter().map(move |broken| Broken { item, ..broken })
    });
    let found: Vec<Broken> = found.take(ITEMS).collect();
    if found.is_empty() { too_long(rule, template).into_iter().collect() } else { found }
}

/// The items of a list, cut at the commas that are written.
fn items(template: &Template) -> Vec<Template> {
    let mut items: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in template.pieces() {
        let Piece::Text(text) = piece else {
            items.last_mut().into_iter().for_each(|item| item.push(piece.clone()));
            continue;
        };
        for (nth, part) in text.split(',').enumerate() {
            if nth > 0 {
                items.push(Vec::new());
            }
            items.last_mut().into_iter().for_each(|item| item.push(Piece::Text(part.to_owned())));
        }
    }
    items.into_iter().map(Template::of).collect()
}

fn impossible(rule: &ParameterRule, template: &Template) -> Option<Broken> {
    let told = |message: String, label: &str| {
        let label = format!("{label}, whatever it is filled with");
        Some(Broken { message, label, hint: rule.constraint_description.clone(), item: None })
    };
    if let Some(broken) = too_long(rule, template) {
        return Some(broken);
    }
    let is_number = |c: char| c.is_ascii_digit() || "+-.eE ".contains(c);
    if rule.kind == "Number" && texts(template).any(|text| !text.chars().all(is_number)) {
        return told("must be a number".to_owned(), "it is none");
    }
    if !rule.allowed_values.is_empty() && !rule.allowed_values.iter().any(|one| may_be(template, one)) {
        let message = format!("must be one of {}", quoted(rule.allowed_values.iter().take(FEW)));
        return told(message, "it is none of them");
    }
    let prefix = types::prefix(&rule.kind)?;
    let Some(Piece::Text(first)) = template.pieces().first() else { return None };
    let first = first.trim_start();
    if first.starts_with(prefix) || prefix.starts_with(first) {
        return None;
    }
    told(format!("must be an id that begins with `{prefix}` (`{}`)", rule.kind), "it is none")
}

fn too_long(rule: &ParameterRule, template: &Template) -> Option<Broken> {
    let bytes: usize = texts(template).map(str::len).sum();
    let written = texts(template).collect::<String>();
    let chars = written.trim().chars().count() as u64;
    let (message, found) = match rule.max_length {
        _ if bytes > LONGEST => (format!("must have at most {LONGEST} bytes"), format!("{bytes} bytes")),
        Some(most) if chars > most => {
            (format!("must have at most {most} characters"), format!("{chars} characters"))
        }
        _ => return None,
    };
    Some(Broken { message, label: format!("{found} are written here alone"), hint: None, item: None })
}

/// What is written of it.
pub(super) fn texts(template: &Template) -> impl Iterator<Item = &str> {
    template
        .pieces()
        .iter()
        .filter_map(|piece| if let Piece::Text(text) = piece { Some(&**text) } else { None })
}

/// Whether a template may come to be this text.
pub(super) fn may_be(template: &Template, text: &str) -> bool {
    let mut rest = text;
    let last = template.pieces().len().saturating_sub(1);
    for (nth, piece) in template.pieces().iter().enumerate() {
        let Piece::Text(written) = piece else { continue };
        let written = written.as_str();
        if nth == 0 {
            let Some(behind) = rest.strip_prefix(written.trim_start()) else { return false };
            rest = behind;
        } else if nth == last {
            return rest.ends_with(written.trim_end());
        } else {
            let Some(at) = rest.find(written) else { return false };
            rest = rest.get(at + written.len()..).unwrap_or_default();
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{Address, Key, LocationName};
    use crate::model::template::{Attribute, Reference};

    fn template(text: &str) -> Template {
        let hole = || {
            let of = Address { key: Key::new("x"), location: LocationName::new("l") };
            Piece::Reference(Reference { of, what: Attribute::Id })
        };
        let pieces = text
            .split('#')
            .enumerate()
            .flat_map(|(nth, part)| (nth > 0).then(hole).into_iter().chain([Piece::Text(part.to_owned())]));
        Template::of(pieces)
    }

    #[test]
    fn a_template_may_be_what_its_texts_allow() {
        for (written, text, may) in [
            ("x#", "dev", false),
            ("d#", "dev", true),
            ("#v", "dev", true),
            ("#x", "dev", false),
            ("d#v", "dev", true),
            ("de#ev", "dev", false),
            ("#e#", "dev", true),
            ("#x#", "dev", false),
            ("a#b#c", "abc", true),
            ("a#b#c", "acb", false),
            ("#", "dev", true),
        ] {
            assert_eq!(may_be(&template(written), text), may, "{written} {text}");
        }
    }

    #[test]
    fn a_list_is_cut_at_the_commas_that_are_written() {
        let items = items(&template("a,#,b#,c"));
        let texts: Vec<Option<&str>> = items.iter().map(Template::as_text).collect();
        assert_eq!(texts, [Some("a"), None, None, Some("c")]);
    }
}
