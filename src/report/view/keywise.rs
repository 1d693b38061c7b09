//! Two JSON values compared key by key: what is the same is not told, whatever order the keys stand in. Every token is told
//! as it was written, so that nothing is lost or rounded.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::diff::{self, DiffLine, Form, Fragment, LineDiff, Mark, json_lines};

/// Larger values are compared by lines.
const LARGE: usize = 100_000;
/// Deeper values are compared by lines.
const DEEP: usize = 40;
/// A scalar longer than this is told on two lines, what it was and what it is to be.
const SHORT: usize = 60;
/// The comparison of two lists ends here; what is left then counts as different.
const PATIENCE: Duration = Duration::from_millis(200);

/// A JSON value; scalars and keys as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Json {
    Scalar(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// What differs between two values; of JSON, key by key.
pub(super) fn between(before: &str, after: &str) -> LineDiff {
    let keys = match (json_lines(before), json_lines(after)) {
        (Some(one), Some(other)) if one != other => by_keys(before, after),
        _ => None,
    };
    match keys {
        Some(lines) if lines.is_empty() => LineDiff { form: Form::SameKeys, lines },
        Some(lines) => LineDiff { form: Form::Json, lines },
        None => diff::between(before, after),
    }
}

/// What differs between two maps, or two lists, of valid JSON; `None` where lines tell it better.
fn by_keys(before: &str, after: &str) -> Option<Vec<DiffLine>> {
    if before.len().max(after.len()) > LARGE {
        return None;
    }
    let (before, after) = (read(before)?, read(after)?);
    let alike = matches!((&before, &after), (Json::Map(_), Json::Map(_)) | (Json::List(_), Json::List(_)));
    let mut lines = Vec::new();
    alike.then(|| compare("", &before, &after, &mut lines))?;
    Some(lines)
}

fn compare(path: &str, before: &Json, after: &Json, lines: &mut Vec<DiffLine>) {
    match (before, after) {
        (Json::Map(before), Json::Map(after)) => {
            for (key, value) in before {
                let at = below(path, key);
                match member(after, key) {
                    Some(other) => compare(&at, value, other, lines),
                    None => one_side(&at, value, Mark::Remove, lines),
                }
            }
            for (key, value) in after.iter().filter(|(key, _)| member(before, key).is_none()) {
                one_side(&below(path, key), value, Mark::Add, lines);
            }
        }
        (Json::List(before), Json::List(after)) => items(path, before, after, lines),
        (before, after) if before.is(after) => {}
        (Json::Scalar(before), Json::Scalar(after)) if before.len().max(after.len()) <= SHORT => {
            lines.push(changed(path, before, after));
        }
        (before, after) => {
            one_side(path, before, Mark::Remove, lines);
            one_side(path, after, Mark::Add, lines);
        }
    }
}

/// Items that stay are found again wherever they stand; one that becomes another is told by what differs in it.
fn items(path: &str, before: &[Json], after: &[Json], lines: &mut Vec<DiffLine>) {
    let texts = |all: &[Json]| all.iter().map(Json::sorted).collect::<Vec<String>>();
    let deadline = Instant::now().checked_add(PATIENCE);
    let (old, new) = (texts(before), texts(after));
    let at = |n: usize| format!("{path}[{n}]");
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let gone = op.old_range().filter_map(|n| Some((n, before.get(n)?)));
        let come = op.new_range().filter_map(|n| Some((n, after.get(n)?)));
        let (mut gone, mut come) = (gone, come);
        loop {
            match (gone.next(), come.next()) {
                (Some((_, old)), Some((n, new))) => compare(&at(n), old, new, lines),
                (Some((n, old)), None) => one_side(&at(n), old, Mark::Remove, lines),
                (None, Some((n, new))) => one_side(&at(n), new, Mark::Add, lines),
                (None, None) => break,
            }
        }
    }
}

fn changed(path: &str, before: &str, after: &str) -> DiffLine {
    let part = |text: String, differs: bool| Fragment { text, differs };
    let fragments = vec![
        part(format!("{path} = "), false),
        part(before.to_owned(), true),
        part(" -> ".to_owned(), false),
        part(after.to_owned(), true),
    ];
    DiffLine { mark: Mark::Change, fragments, unended: false }
}

/// A value that comes or goes, an item a line.
fn one_side(path: &str, value: &Json, mark: Mark, lines: &mut Vec<DiffLine>) {
    let text = value.text();
    let pretty = json_lines(&text).unwrap_or(text);
    let told = format!("{path} = {pretty}");
    lines.extend(told.split('\n').map(|line| DiffLine::new(mark, line)));
}

fn member<'j>(map: &'j [(String, Json)], key: &str) -> Option<&'j Json> {
    map.iter().find(|(other, _)| other == key).map(|(_, value)| value)
}

/// A member of what stands at `path`: `.Effect`, or `["aws:SourceArn"]` where the key is no plain word.
fn below(path: &str, key: &str) -> String {
    let word = key.trim_matches('"');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match (word.is_empty() || !word.chars().all(plain), path) {
        (true, _) => format!("{path}[{key}]"),
        (false, "") => word.to_owned(),
        (false, _) => format!("{path}.{word}"),
    }
}

impl Json {
    /// Whether both say the same, in whatever order their keys stand.
    fn is(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }

    /// The value on one line, as it was written.
    fn text(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::text).collect::<Vec<_>>().join(",")),
            Self::Map(members) => {
                let members = members.iter().map(|(key, value)| format!("{key}:{}", value.text()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }

    /// The same with sorted keys.
    fn sorted(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::sorted).collect::<Vec<_>>().join(","))
            }
            Self::Map(members) => {
                let members = members.iter().map(|(key, value)| format!("{key}:{}", value.sorted()));
                let mut members: Vec<String> = members.collect();
                members.sort_unstable();
                format!("{{{}}}", members.join(","))
            }
        }
    }
}

/// Valid JSON as a tree; `None` if it is too deep, or if a key stands twice in a map.
fn read(text: &str) -> Option<Json> {
    let mut rest = text.trim();
    let value = value(&mut rest, 0)?;
    rest.trim().is_empty().then_some(value)
}

fn value(rest: &mut &str, depth: usize) -> Option<Json> {
    match rest.chars().next()? {
        _ if depth > DEEP => None,
        '{' => {
            let mut members: Vec<(String, Json)> = Vec::new();
            open(rest);
            while !closed(rest, '}') {
                let key = token(rest)?;
                step(rest, ':');
                let value = value(rest, depth + 1)?;
                step(rest, ',');
                if member(&members, &key).is_some() {
                    return None;
                }
                members.push((key, value));
            }
            Some(Json::Map(members))
        }
        '[' => {
            let mut items = Vec::new();
            open(rest);
            while !closed(rest, ']') {
                items.push(value(rest, depth + 1)?);
                step(rest, ',');
            }
            Some(Json::List(items))
        }
        _ => token(rest).map(Json::Scalar),
    }
}

/// Goes on behind the first character, and the blanks behind that.
fn open(rest: &mut &str) {
    let mut chars = rest.chars();
    chars.next();
    *rest = chars.as_str().trim_start();
}

/// Goes on behind this character, if it is the next one.
fn step(rest: &mut &str, over: char) {
    *rest = rest.trim_start();
    if rest.starts_with(over) {
        open(rest);
    }
}

fn closed(rest: &mut &str, end: char) -> bool {
    let is_closed = rest.starts_with(end) || rest.is_empty();
    if is_closed {
        open(rest);
    }
    is_closed
}

/// A scalar or a key, as it was written.
fn token(rest: &mut &str) -> Option<String> {
    let end = if rest.starts_with('"') { quoted(rest)? } else { bare(rest) };
    let (token, after) = rest.split_at_checked(end)?;
    *rest = after;
    (!token.is_empty()).then(|| token.to_owned())
}

fn bare(rest: &str) -> usize {
    rest.find(|c: char| matches!(c, ',' | ']' | '}' | ':') || c.is_whitespace()).unwrap_or(rest.len())
}

/// Where a string ends, behind its last quote.
fn quoted(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return Some(at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{by_keys, read};

    fn told(before: &str, after: &str) -> Option<Vec<String>> {
        Some(by_keys(before, after)?.iter().map(super::DiffLine::text).collect())
    }

    #[test]
    fn every_token_is_read_as_it_was_written() {
        for text in [
            r#"{"a":[1,-2.50e+9,"x\\","\"{",null],"b":{},"c":[]}"#,
            "[]",
            "{}",
            r#"[[true],{"k:y":",}]"}]"#,
            r#"{"":"é🦀"}"#,
        ] {
            assert_eq!(read(text).unwrap().text(), text);
        }
        assert_eq!(read(" { \"a\" : [ 1 ,\n 2 ] } ").unwrap().text(), r#"{"a":[1,2]}"#);
        assert_eq!(read(r#"{"a":1,"a":2}"#), None, "a key that stands twice has no value of its own");
        assert_eq!(read(&("[".repeat(5000) + &"]".repeat(5000))), None);
    }

    #[test]
    fn what_differs_is_told_by_its_path() {
        let before = r#"{"S":[{"Effect":"Allow","C":{"aws:x":1}},"keep",{"n":1}],"gone":{"k":[1]}}"#;
        let after = r#"{"new":null,"S":[{"C":{"aws:x":2.0},"Effect":"Allow"},"keep",{"n":1},{"n":2}]}"#;
        let expected = [
            r#"S[0].C["aws:x"] = 1 -> 2.0"#,
            r#"S[3] = {"#,
            r#"  "n": 2"#,
            "}",
            r#"gone = {"#,
            r#"  "k": ["#,
            "    1",
            "  ]",
            "}",
            "new = null",
        ];
        assert_eq!(told(before, after).unwrap(), expected);
        assert_eq!(told(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#), Some(vec![]));
        assert_eq!(told("[1,2,3]", "[2,3]"), Some(vec!["[0] = 1".to_owned()]));
        assert_eq!(told("[1]", "{}"), None);
    }
}
