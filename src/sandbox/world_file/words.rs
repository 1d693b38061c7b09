//! What is wrong with a text that does not decode, in words for the one who wrote it: no type names, and the nearest
//! name instead of a long list.

use super::{OperationName, OutcomeName};

/// The name that was probably meant.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let near = names.map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &lower), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1.max(word.chars().count() / 3)).then_some(name)
}

/// `; did you mean …?` if a name is near, else what there is.
pub(crate) fn suggestion<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, names.clone()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            if all.is_empty() { String::new() } else { format!("; there is {}", all.join(", ")) }
        }
    }
}

/// The decoder's message in plain words. `fault` is the operation that a fault at this place is about, or that it is
/// about a call.
pub(super) fn plain(message: &str, path: &str, fault: Option<Option<OperationName>>) -> String {
    let message = without_place(without_path(message, path));
    if let Some((word, names)) = unknown(message, "unknown field ") {
        return format!("unknown key `{word}`{}", suggestion(word, names.into_iter()));
    }
    if let Some((word, names)) = unknown(message, "unknown variant ") {
        let fits = |name: &&str| match (fault, outcome(name)) {
            (Some(about), Some(outcome)) => outcome.fits(about),
            _ => true,
        };
        let names: Vec<&str> = names.into_iter().filter(fits).collect();
        return format!("`{word}` is not known here{}", suggestion(word, names.into_iter()));
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return format!("{key} is missing");
    }
    if let Some((found, wanted)) = mismatch(message) {
        return format!("{} is expected, not {}", expected(wanted), seen(found));
    }
    message.to_owned()
}

fn outcome(name: &str) -> Option<OutcomeName> {
    OutcomeName::ALL.into_iter().find(|outcome| outcome.as_str() == name)
}

/// Decoders put the path, or its beginning, before the message.
fn without_path<'a>(message: &'a str, path: &str) -> &'a str {
    match message.split_once(": ") {
        Some((start, rest)) if !start.is_empty() && path.starts_with(start) => rest,
        _ => message,
    }
}

fn without_place(message: &str) -> &str {
    let cut = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..cut).unwrap_or(message)
}

/// The word that is not known, and the names that are.
fn unknown<'a>(message: &'a str, start: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let mut quoted = message.strip_prefix(start)?.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

fn mismatch(message: &str) -> Option<(&str, &str)> {
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    rest.rsplit_once(", expected ")
}

fn expected(wanted: &str) -> &str {
    match wanted {
        "f32" | "f64" => "a number",
        "u32" | "u64" | "usize" => "a whole number",
        "a sequence" => "a list",
        "a boolean" => "`true` or `false`",
        "a string" | "string or map" | "path string" => "text",
        "a map" => "a map",
        other => other,
    }
}

fn seen(found: &str) -> String {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let value = value.trim_start_matches("point ").trim_matches(['`', '"']);
    match kind {
        "string" => format!("the text `{value}`"),
        "integer" | "floating" | "boolean" => format!("`{value}`"),
        "sequence" => "a list".to_owned(),
        "map" => "a map".to_owned(),
        "unit" | "null" => "nothing".to_owned(),
        _ => found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, plain};
    use crate::world_file::OperationName;

    #[test]
    fn messages_are_for_people() {
        let rows = [
            (
                "unknown field `regoin`, expected one of `region`, `seed` at line 2 column 1",
                "unknown key `regoin`; did you mean `region`?",
            ),
            ("unknown field `zzzz`, expected `a` or `b`", "unknown key `zzzz`; there is `a`, `b`"),
            (
                "x.y: invalid type: string \"fast\", expected f64 at line 1 column 2",
                "a number is expected, not the text `fast`",
            ),
            ("x.y: invalid type: integer `5`, expected a sequence", "a list is expected, not `5`"),
            ("x: missing field `name`", "`name` is missing"),
            ("x: `soon` is not a span of time", "`soon` is not a span of time"),
        ];
        for (message, expected) in rows {
            assert_eq!(plain(message, "x.y", None), expected, "{message}");
        }
    }

    #[test]
    fn outcomes_that_do_not_fit_are_not_offered() {
        let message = "unknown variant `zz`, expected one of `hang`, `delete_fails`, `throttle`";
        let about = |fault| plain(message, "", Some(fault));
        assert_eq!(about(None), "`zz` is not known here; there is `throttle`");
        assert_eq!(about(Some(OperationName::Update)), "`zz` is not known here; there is `hang`");
    }

    #[test]
    fn only_near_names_are_near() {
        let names = || ["region", "portfolios"].into_iter();
        assert_eq!(nearest("portfolio", names()), Some("portfolios"));
        assert_eq!(nearest("anything", names()), None);
    }
}
