//! What a configuration of Terraform says plainly: blocks, with attributes whose values are literals or refer to locals, variables and
//! the entry of a loop. It is no evaluator: whatever else stands there is open, and where it stands is known.

mod lexer;
mod value;

use std::collections::BTreeMap;

use lexer::{HclPart, HclToken, HclTokenKind, tokens};

use value::HclEntry;
pub(super) use value::{HclEach, HclScope, HclValue};

/// Deeper nesting than this is nobody's file.
const DEEPEST: usize = 50;

/// A block: `module "x" { … }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HclBlock {
    pub line: usize,
    pub kind: String,
    pub labels: Vec<String>,
    pub attributes: BTreeMap<String, HclEntry>,
    pub blocks: Vec<HclBlock>,
}

impl HclBlock {
    pub fn get(&self, name: &str) -> Option<&HclEntry> {
        self.attributes.get(name)
    }
}

/// Reads a file: one block that holds all that stands there.
///
/// # Errors
/// The line that cannot be read, and why.
pub(super) fn read(text: &str) -> Result<HclBlock, String> {
    let tokens = tokens(text)?;
    let mut parser = HclParser { tokens: &tokens, at: 0 };
    let mut root = HclBlock::default();
    parser.body(&mut root, 0)?;
    Ok(root)
}

struct HclParser<'t> {
    tokens: &'t [HclToken],
    at: usize,
}

impl HclParser<'_> {
    fn peek(&self) -> Option<&HclTokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |token| token.line)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(HclTokenKind::Sign(there)) if *there == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_there = self.is(sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_ends(&mut self) {
        while self.peek() == Some(&HclTokenKind::End) {
            self.at += 1;
        }
    }

    fn wrong<T>(&self, why: &str) -> Result<T, String> {
        Err(format!("line {}: {why}", self.line()))
    }

    /// Attributes and blocks, up to the brace that closes them or the end of the file.
    fn body(&mut self, block: &mut HclBlock, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return self.wrong("it is nested too deeply");
        }
        loop {
            self.skip_ends();
            let line = self.line();
            let name = match self.peek() {
                None if depth == 0 => return Ok(()),
                Some(HclTokenKind::Sign("}")) if depth > 0 => {
                    self.at += 1;
                    return Ok(());
                }
                Some(HclTokenKind::Name(name)) => name.clone(),
                None => return self.wrong("a block does not end"),
                Some(_) => return self.wrong("an attribute or a block was expected"),
            };
            self.at += 1;
            if self.take("=") {
                let value = self.expression(depth + 1)?;
                block.attributes.insert(name, HclEntry { line, value });
                continue;
            }
            let mut inner = HclBlock { line, kind: name, ..HclBlock::default() };
            while !self.take("{") {
                match self.peek() {
                    Some(HclTokenKind::Name(label)) => inner.labels.push(label.clone()),
                    Some(HclTokenKind::Text(parts)) => inner.labels.push(plain(parts)),
                    _ => return self.wrong("`=` or `{` was expected"),
                }
                self.at += 1;
            }
            self.body(&mut inner, depth + 1)?;
            block.blocks.push(inner);
        }
    }

    /// A value, up to where it ends.
    fn expression(&mut self, depth: usize) -> Result<HclValue, String> {
        if depth > DEEPEST {
            return self.wrong("it is nested too deeply");
        }
        let value = match self.peek().cloned() {
            Some(HclTokenKind::Text(parts)) => {
                self.at += 1;
                HclValue::Text(parts)
            }
            Some(HclTokenKind::Number(text)) => {
                self.at += 1;
                HclValue::literal(&text)
            }
            Some(HclTokenKind::Name(name)) => {
                self.at += 1;
                self.reference(name)
            }
            Some(HclTokenKind::Sign("{")) => self.map(depth)?,
            Some(HclTokenKind::Sign("[")) => self.list(depth)?,
            _ => HclValue::Open,
        };
        // whatever goes on is an expression that is not evaluated
        if self.is_over() { Ok(value) } else { self.skip_expression().map(|()| HclValue::Open) }
    }

    /// `local.x.y`, `each.value["y"]`, `true`.
    fn reference(&mut self, first: String) -> HclValue {
        let mut path = vec![first];
        loop {
            let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
            match (self.peek(), next) {
                (Some(HclTokenKind::Sign(".")), Some(HclTokenKind::Name(name))) => {
                    path.push(name.clone());
                    self.at += 2;
                }
                (Some(HclTokenKind::Sign("[")), Some(HclTokenKind::Text(parts))) => {
                    let closes = self.tokens.get(self.at + 2).map(|token| &token.kind);
                    if closes != Some(&HclTokenKind::Sign("]")) {
                        break;
                    }
                    path.push(plain(parts));
                    self.at += 3;
                }
                _ => break,
            }
        }
        match path.as_slice() {
            [word] if ["true", "false"].contains(&&**word) => HclValue::literal(word),
            [word] if word == "null" => HclValue::Null,
            _ => HclValue::Reference(path),
        }
    }

    fn is_over(&self) -> bool {
        match self.peek() {
            None | Some(HclTokenKind::End) => true,
            Some(HclTokenKind::Sign(sign)) => [",", "}", "]", ")", ":", "=", "=>"].contains(sign),
            _ => false,
        }
    }

    fn skip_expression(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                HclTokenKind::Sign("{" | "[" | "(") => depth += 1,
                HclTokenKind::Sign("}" | "]" | ")") if depth == 0 => return Ok(()),
                HclTokenKind::Sign("}" | "]" | ")") => depth -= 1,
                HclTokenKind::Sign(",") | HclTokenKind::End if depth == 0 => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        if depth == 0 { Ok(()) } else { self.wrong("a value does not end") }
    }

    fn map(&mut self, depth: usize) -> Result<HclValue, String> {
        self.at += 1;
        let mut entries = BTreeMap::new();
        loop {
            while matches!(self.peek(), Some(HclTokenKind::End | HclTokenKind::Sign(","))) {
                self.at += 1;
            }
            let line = self.line();
            if self.take("}") {
                return Ok(HclValue::Map(entries));
            }
            let key = match self.peek() {
                Some(HclTokenKind::Name(name)) if name == "for" => {
                    self.skip_expression()?;
                    self.skip_ends();
                    return if self.take("}") { Ok(HclValue::Open) } else { self.wrong("`}` was expected") };
                }
                Some(HclTokenKind::Name(name) | HclTokenKind::Number(name)) => name.clone(),
                Some(HclTokenKind::Text(parts)) => plain(parts),
                Some(HclTokenKind::Sign("(")) => {
                    self.skip_key()?;
                    self.expression(depth + 1)?;
                    continue;
                }
                None => return self.wrong("a map does not end"),
                Some(_) => return self.wrong("the key of a map was expected"),
            };
            self.at += 1;
            if !self.take("=") && !self.take(":") {
                return self.wrong("`=` was expected");
            }
            let value = self.expression(depth + 1)?;
            entries.insert(key, HclEntry { line, value });
        }
    }

    /// `(a.b) =`
    fn skip_key(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                HclTokenKind::Sign("(") => depth += 1,
                HclTokenKind::Sign(")") => depth = depth.saturating_sub(1),
                HclTokenKind::Sign("=" | ":") if depth == 0 => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {}
            }
            self.at += 1;
        }
        self.wrong("a map does not end")
    }

    fn list(&mut self, depth: usize) -> Result<HclValue, String> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            while matches!(self.peek(), Some(HclTokenKind::End | HclTokenKind::Sign(","))) {
                self.at += 1;
            }
            if self.take("]") {
                return Ok(HclValue::List(items));
            }
            match self.peek() {
                None => return self.wrong("a list does not end"),
                Some(HclTokenKind::Name(name)) if name == "for" => {
                    self.skip_expression()?;
                    self.skip_ends();
                    return if self.take("]") { Ok(HclValue::Open) } else { self.wrong("`]` was expected") };
                }
                Some(HclTokenKind::Sign("}" | ")" | "=" | ":" | "=>")) => {
                    return self.wrong("a value was expected");
                }
                Some(_) => items.push(self.expression(depth + 1)?),
            }
        }
    }
}

/// A text as it is written, for labels and keys.
fn plain(parts: &[HclPart]) -> String {
    parts
        .iter()
        .map(|part| match part {
            HclPart::Literal(text) => text.clone(),
            HclPart::Filled(text) => format!("${{{text}}}"),
        })
        .collect()
}
