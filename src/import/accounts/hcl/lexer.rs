//! A configuration of Terraform, cut into words. What stands between quotes is taken apart into text and what is filled in.

/// A word, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HclToken {
    pub line: usize,
    pub kind: HclTokenKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HclTokenKind {
    Name(String),
    Number(String),
    Text(Vec<HclPart>),
    /// `{`, `=`, `==`, …
    Sign(&'static str),
    /// The end of a line: it ends an attribute.
    End,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum HclPart {
    Literal(String),
    /// `${…}`, as it is written.
    Filled(String),
}

/// Longer ones first.
const SIGNS: [&str; 29] = [
    "...", "==", "!=", "<=", ">=", "&&", "||", "=>", "{", "}", "[", "]", "(", ")", "=", ",", ":", ".", "?",
    "+", "-", "*", "/", "%", "<", ">", "!", "~", "^",
];

/// Reads everything.
///
/// # Errors
/// The line that is none, and why.
pub(super) fn tokens(text: &str) -> Result<Vec<HclToken>, String> {
    let mut lexer = Lexer { rest: text, line: 1, found: Vec::new() };
    while !lexer.rest.is_empty() {
        lexer.next()?;
    }
    lexer.push(HclTokenKind::End);
    Ok(lexer.found)
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    found: Vec<HclToken>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: HclTokenKind) {
        self.found.push(HclToken { line: self.line, kind });
    }

    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += skipped.matches('\n').count();
        self.rest = rest;
    }

    fn next(&mut self) -> Result<(), String> {
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let run = |text: &str, is_of: &dyn Fn(char) -> bool| {
            text.char_indices().find(|(_, c)| !is_of(*c)).map_or(text.len(), |(at, _)| at)
        };
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return Ok(()) };
        if first == '\n' {
            self.push(HclTokenKind::End);
            self.skip(1);
        } else if first.is_whitespace() || first == '\u{feff}' {
            self.skip(first.len_utf8());
        } else if first == '#' || rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").ok_or_else(|| format!("line {}: a remark does not end", self.line))?;
            self.skip(end + 2);
        } else if first == '"' {
            self.quoted()?;
        } else if rest.starts_with("<<") {
            self.heredoc()?;
        } else if first.is_ascii_digit() {
            let end = run(rest, &|c| c.is_ascii_alphanumeric() || c == '.');
            self.push(HclTokenKind::Number(rest[..end].to_owned()));
            self.skip(end);
        } else if first.is_alphabetic() || first == '_' {
            let end = run(rest, &is_name);
            self.push(HclTokenKind::Name(rest[..end].to_owned()));
            self.skip(end);
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.push(HclTokenKind::Sign(sign));
            self.skip(sign.len());
        } else {
            return Err(format!("line {}: this is no configuration of Terraform", self.line));
        }
        Ok(())
    }

    /// `"…"`, on one line but for what is filled in.
    fn quoted(&mut self) -> Result<(), String> {
        let unfinished = format!("line {}: a text does not end", self.line);
        let (mut parts, mut literal) = (Vec::new(), String::new());
        let mut at = 1;
        loop {
            let rest = self.rest.get(at..).unwrap_or_default();
            let Some(c) = rest.chars().next() else { return Err(unfinished) };
            if c == '"' {
                break;
            }
            if rest.starts_with("$${") || rest.starts_with("%%{") {
                literal.push_str(&rest[1..3]);
                at += 3;
            } else if rest.starts_with("${") || rest.starts_with("%{") {
                let end = closing(rest).ok_or_else(|| unfinished.clone())?;
                parts.push(HclPart::Literal(std::mem::take(&mut literal)));
                let inner = rest[2..end].trim();
                let kind = if c == '%' { format!("%{inner}") } else { inner.to_owned() };
                parts.push(HclPart::Filled(kind));
                at += end + 1;
            } else if c == '\\' {
                let (escaped, taken) = escape(&rest[1..]).ok_or_else(|| unfinished.clone())?;
                literal.push(escaped);
                at += 1 + taken;
            } else if c == '\n' {
                return Err(unfinished);
            } else {
                literal.push(c);
                at += c.len_utf8();
            }
        }
        parts.push(HclPart::Literal(literal));
        parts.retain(|part| *part != HclPart::Literal(String::new()));
        self.push(HclTokenKind::Text(parts));
        self.skip(at + 1);
        Ok(())
    }

    /// `<<EOT`, up to a line that says so again.
    fn heredoc(&mut self) -> Result<(), String> {
        let unfinished = format!("line {}: a text does not end", self.line);
        let head = self.rest.lines().next().unwrap_or_default();
        let marker = head.trim_start_matches('<').trim_start_matches('-').trim().to_owned();
        if marker.is_empty() {
            return Err(unfinished);
        }
        let (mut at, mut text) = (head.len() + 1, String::new());
        for line in self.rest.get(at..).unwrap_or_default().split_inclusive('\n') {
            at += line.len();
            if line.trim() == marker {
                let parts = if text.contains("${") { HclPart::Filled(text) } else { HclPart::Literal(text) };
                self.push(HclTokenKind::Text(vec![parts]));
                // the end of its last line ends the attribute too
                self.skip(at - usize::from(line.ends_with('\n')));
                return Ok(());
            }
            text.push_str(line);
        }
        Err(unfinished)
    }
}

/// Where the brace closes that a text opens with.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < 10_000) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '{' if !is_quoted => depth += 1,
            '}' if !is_quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// What stands behind a backslash, and how many bytes of it.
fn escape(text: &str) -> Option<(char, usize)> {
    let c = text.chars().next()?;
    let code = |digits: usize| {
        let digits = text.get(1..=digits)?;
        Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 1 + digits.len()))
    };
    match c {
        'n' => Some(('\n', 1)),
        'r' => Some(('\r', 1)),
        't' => Some(('\t', 1)),
        '"' | '\\' => Some((c, 1)),
        'u' => code(4),
        'U' => code(8),
        _ => None,
    }
}
