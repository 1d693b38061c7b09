//! Writes YAML as people write it: maps in the given order, short lists on one line, remarks above what they are about.

use serde_yaml::Value;

use provisor_model::text::is_hidden;

/// What fits on a line is not broken.
const WIDTH: usize = 100;

/// Something to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum YamlNode {
    /// A text, quoted where it would be read as something else.
    Text(String),
    /// A scalar that is to be read as something else than a text.
    Plain(String),
    /// `null`
    Null,
    /// A list.
    List(Vec<YamlNode>),
    /// A map.
    Map(Vec<YamlPair>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct YamlPair {
    /// Lines above it.
    pub remarks: Vec<String>,
    /// The key.
    pub key: String,
    /// What stands under it.
    pub node: YamlNode,
    /// What stands behind it, on its line.
    pub aside: Option<String>,
    /// It is only a remark: what could stand there.
    pub is_off: bool,
}

impl YamlNode {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of texts.
    pub fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }
}

impl YamlPair {
    pub fn new(key: impl Into<String>, node: YamlNode) -> Self {
        Self { remarks: Vec::new(), key: key.into(), node, aside: None, is_off: false }
    }

    pub fn text(key: &str, text: impl Into<String>) -> Self {
        Self::new(key, YamlNode::text(text))
    }

    /// Whether it can stand between braces.
    fn is_bare(&self) -> bool {
        self.remarks.is_empty() && self.aside.is_none() && !self.is_off
    }
}

/// A map as a document.
pub(super) fn document(pairs: &[YamlPair]) -> String {
    let mut out = String::new();
    map(&mut out, pairs, 0);
    out
}

fn map(out: &mut String, pairs: &[YamlPair], depth: usize) {
    for pair in pairs {
        for remark in &pair.remarks {
            out.push_str(&format!("{}# {}\n", indent(depth), one_line(remark)));
        }
        let begin = out.len();
        out.push_str(&indent(depth));
        out.push_str(&scalar(&pair.key, ScalarPlace::Key));
        out.push(':');
        under(out, pair, depth);
        if pair.is_off {
            let text = out.split_off(begin);
            out.extend(text.lines().map(|line| remarked(line, depth)));
        }
    }
}

/// A line that is a remark now, where it stood.
fn remarked(line: &str, depth: usize) -> String {
    let rest = line.strip_prefix(&indent(depth)).unwrap_or(line);
    format!("{}# {rest}\n", indent(depth))
}

/// What follows the colon.
fn under(out: &mut String, pair: &YamlPair, depth: usize) {
    let taken = depth * 2 + pair.key.chars().count() + 2;
    let aside = pair.aside.as_ref().map(|text| format!("   # {}", one_line(text))).unwrap_or_default();
    let fits = |line: &String| taken + line.chars().count() <= WIDTH || is_scalar(&pair.node);
    if let Some(line) = line(&pair.node).filter(|line| fits(line) && !is_deep(&pair.node)) {
        out.push_str(&format!(" {line}{aside}\n"));
        return;
    }
    match &pair.node {
        YamlNode::Text(text) => block(out, text, depth + 1),
        YamlNode::List(items) => {
            out.push_str(&format!("{aside}\n"));
            match wrapped(items, depth + 1) {
                Some(lines) => out.push_str(&lines),
                None => list(out, items, depth + 1),
            }
        }
        YamlNode::Map(pairs) => {
            out.push_str(&format!("{aside}\n"));
            map(out, pairs, depth + 1);
        }
        YamlNode::Plain(_) | YamlNode::Null => {}
    }
}

/// Many short texts, as many to a line as fit.
fn wrapped(items: &[YamlNode], depth: usize) -> Option<String> {
    const MANY: usize = 12;
    const SHORT: usize = 24;
    let texts = items.iter().map(flow).collect::<Option<Vec<String>>>()?;
    let is_short = texts.iter().all(|text| text.chars().count() <= SHORT);
    if items.len() < MANY || !is_short || !items.iter().all(is_scalar) {
        return None;
    }
    let mut lines = vec![format!("{}[", indent(depth))];
    for (n, text) in texts.iter().enumerate() {
        let end = if n + 1 == texts.len() { "]" } else { "," };
        let fits = |line: &String| line.chars().count() + text.chars().count() + 2 <= WIDTH;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) if line.ends_with('[') => line.push_str(&format!("{text}{end}")),
            Some(line) => line.push_str(&format!(" {text}{end}")),
            None => lines.push(format!("{} {text}{end}", indent(depth))),
        }
    }
    Some(lines.join("\n") + "\n")
}

fn list(out: &mut String, items: &[YamlNode], depth: usize) {
    for item in items {
        let begin = format!("{}- ", indent(depth));
        match (line(item).filter(|line| begin.len() + line.chars().count() <= WIDTH || is_scalar(item)), item)
        {
            (Some(line), _) => out.push_str(&format!("{begin}{line}\n")),
            (None, YamlNode::Text(text)) => {
                out.push_str(begin.trim_end());
                block(out, text, depth + 1);
            }
            (None, YamlNode::Map(pairs)) => {
                let mut inner = String::new();
                map(&mut inner, pairs, depth + 1);
                out.push_str(&begin);
                out.push_str(inner.trim_start());
            }
            (None, YamlNode::List(items)) => {
                let mut inner = String::new();
                list(&mut inner, items, depth + 1);
                out.push_str(&begin);
                out.push_str(inner.trim_start());
            }
            (None, YamlNode::Plain(_) | YamlNode::Null) => {}
        }
    }
}

/// A map that is read better below each other: one that is large, holds others, or refers to something.
fn is_deep(node: &YamlNode) -> bool {
    let refers = |node: &YamlNode| matches!(node, YamlNode::Text(text) if text.contains("${"));
    let YamlNode::Map(pairs) = node else { return false };
    pairs.len() > 3 || pairs.iter().any(|pair| matches!(pair.node, YamlNode::Map(_)) || refers(&pair.node))
}

fn is_scalar(node: &YamlNode) -> bool {
    matches!(node, YamlNode::Text(_) | YamlNode::Plain(_) | YamlNode::Null)
}

/// On one line; `None` for what needs several.
fn line(node: &YamlNode) -> Option<String> {
    match node {
        YamlNode::Text(text) if is_block(text) => None,
        YamlNode::Text(text) => Some(scalar(text, ScalarPlace::Block)),
        node => flow(node),
    }
}

fn flow(node: &YamlNode) -> Option<String> {
    Some(match node {
        YamlNode::Text(text) if text.contains('\n') => return None,
        YamlNode::Text(text) => scalar(text, ScalarPlace::Flow),
        YamlNode::Plain(text) => text.clone(),
        YamlNode::Null => "null".to_owned(),
        YamlNode::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Option<Vec<_>>>()?.join(", "))
        }
        YamlNode::Map(pairs) if pairs.iter().all(YamlPair::is_bare) => {
            let pair = |pair: &YamlPair| {
                Some(format!("{}: {}", scalar(&pair.key, ScalarPlace::Flow), flow(&pair.node)?))
            };
            format!("{{{}}}", pairs.iter().map(pair).collect::<Option<Vec<_>>>()?.join(", "))
        }
        YamlNode::Map(_) => return None,
    })
}

/// Where a scalar stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScalarPlace {
    Block,
    Flow,
    Key,
}

/// What others wrote does not end a remark.
fn one_line(text: &str) -> String {
    text.replace(is_hidden, " ")
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// A text of several lines that stand as they are: none that a reader of YAML would change.
fn is_block(text: &str) -> bool {
    let plain = |c: char| c == '\n' || !is_hidden(c);
    let lines = || text.lines();
    text.contains('\n')
        && text.chars().all(plain)
        && !text.starts_with(['\n', ' ', '\t'])
        && !text.ends_with("\n\n")
        && lines().all(|line| line.trim_end() == line)
}

fn block(out: &mut String, text: &str, depth: usize) {
    let keep = if text.ends_with('\n') { "|" } else { "|-" };
    out.push_str(&format!(" {keep}\n"));
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str(&indent(depth));
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn scalar(text: &str, context: ScalarPlace) -> String {
    if is_plain(text, context) { text.to_owned() } else { quoted(text) }
}

/// Double quotes hold everything; what JSON leaves as it is, YAML does too. What nobody would see is spelled out.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.chars()
        .map(|c| match u32::from(c) {
            code if is_hidden(c) && code > 0xffff => format!("\\U{code:08X}"),
            code if is_hidden(c) => format!("\\u{code:04X}"),
            _ => c.to_string(),
        })
        .collect()
}

/// Whether it may stand without quotes: a reader of YAML takes it for this text, wherever it stands.
fn is_plain(text: &str, context: ScalarPlace) -> bool {
    let breaks = |c: char| match context {
        ScalarPlace::Block => false,
        ScalarPlace::Flow | ScalarPlace::Key => ",[]{}".contains(c),
    };
    let odd = text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.trim() != text;
    let is_text = || matches!(serde_yaml::from_str(text), Ok(Value::String(read)) if read == text);
    // what older readers take for a number, a time or a switch
    let looks_odd = || {
        let lower = text.to_ascii_lowercase();
        ["y", "n", "yes", "no", "on", "off", "="].contains(&lower.as_str())
            || (text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && text.chars().all(|c| c.is_ascii_digit() || "+-._:eExXoT".contains(c)))
    };
    let begins = text.chars().next().is_some_and(|c| c.is_alphanumeric() || "$/._~+".contains(c));
    begins && !odd && !text.chars().any(|c| is_hidden(c) || breaks(c)) && !looks_odd() && is_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "plain",
        "",
        " ",
        "a b",
        "yes",
        "No",
        "null",
        "~",
        "1",
        "1.10",
        "0x1F",
        "012345678901",
        "2026-01-01",
        "12:30",
        "a: b",
        "a #b",
        "#a",
        "- a",
        "${x.outputs.Y}",
        "[a]",
        "{a: b}",
        "a,b",
        "*a",
        "&a",
        "!a",
        "'a'",
        "\"a\"",
        "a\\b",
        "a\tb",
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "\na",
        " a\n b",
        "a \nb",
        "ä\u{2028}b",
        "\u{1b}[31m",
        "a\u{202e}b",
        "a\u{200b}b",
        "a\u{a0}b",
        "a\u{e0041}b",
        "a\n\u{2066}b",
        "%a",
        "@a",
        "`a`",
        "a:",
        "=",
        "<<",
        "key: |",
        "\u{feff}a",
        "😀",
        "a\r\nb",
        "---",
        "...",
        "-",
        "?",
        "? a",
        "|",
        ">",
        "true",
        "1e3",
        ".5",
        "+1",
    ];

    #[test]
    fn every_text_comes_back() {
        for &text in TEXTS {
            let pairs = [
                YamlPair::text("a", text),
                YamlPair::new("b", YamlNode::List(vec![YamlNode::text(text), YamlNode::text("x")])),
                YamlPair::new("c", YamlNode::Map(vec![YamlPair::text("d", text)])),
                YamlPair::new(
                    "e",
                    YamlNode::Map(vec![YamlPair {
                        aside: Some("z".to_owned()),
                        ..YamlPair::text("f", text)
                    }]),
                ),
            ];
            let written = document(&pairs);
            let read: Value =
                serde_yaml::from_str(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
            for at in [&read["a"], &read["b"][0], &read["c"]["d"], &read["e"]["f"]] {
                assert_eq!(at.as_str(), Some(text), "{written}");
            }
        }
    }

    #[test]
    fn nothing_is_invisible() {
        let text = "a\u{202e}b\u{200b}c\u{a0}d\u{e0041}e";
        let pair = YamlPair {
            remarks: vec![text.to_owned()],
            aside: Some(text.to_owned()),
            ..YamlPair::text(text, text)
        };
        let written = document(&[pair]);
        assert!(!written.chars().any(|c| c != '\n' && is_hidden(c)), "{written:?}");
        assert!(written.contains("\\u202Eb\\u200Bc\\u00A0d\\U000E0041e"), "{written}");
    }

    #[test]
    fn short_things_stand_on_one_line() {
        let words = |n: usize| YamlNode::List((0..n).map(|n| YamlNode::text(format!("w{n}"))).collect());
        let wrapped = document(&[YamlPair::new("words", words(60)), YamlPair::text("z", "z")]);
        assert!(wrapped.starts_with("words:\n  [w0, w1, ") && wrapped.contains("w59]\nz: z\n"), "{wrapped}");
        let read: Value = serde_yaml::from_str(&wrapped).expect("a map");
        assert_eq!(read["words"].as_sequence().map(Vec::len), Some(60));
        let list = |n: usize| YamlNode::List((0..n).map(|n| YamlNode::text(format!("item-{n}"))).collect());
        let written = document(&[
            YamlPair::new("short", list(2)),
            YamlPair::new("none", list(0)),
            YamlPair::new("long", list(20)),
        ]);
        assert!(
            written.starts_with("short: [item-0, item-1]\nnone: []\nlong:\n  [item-0, item-1, "),
            "{written}"
        );
    }
}
