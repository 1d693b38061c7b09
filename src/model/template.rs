//! Texts with references in them: what is known at plan is text, what is not stays a reference until its product is settled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::ids::{Address, ProvisionedId};

/// A text with holes. Without holes it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A stretch of text, or a hole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Stands as it is.
    Text(String),
    /// Is filled when the instance it names is settled.
    Reference(Reference),
    /// As `Reference`, inside a string of a JSON text: what it is filled with is escaped.
    InJson(Reference),
}

/// `${network.outputs.VpcId}`, resolved to the instance it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The instance that it is about.
    pub of: Address,
    /// Which of its attributes fills the hole.
    pub what: Attribute,
}

/// What can be said of an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// `outputs.<key>`, or one item of a comma list.
    Output {
        /// The output's key, as the template of its product writes it.
        key: String,
        /// `[n]`, counted from 0.
        index: Option<usize>,
    },
    /// `id`
    Id,
    /// `arn`
    Arn,
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output { key, index: None } => write!(f, "outputs.{key}"),
            Self::Output { key, index: Some(n) } => write!(f, "outputs.{key}[{n}]"),
            Self::Id => f.write_str("id"),
            Self::Arn => f.write_str("arn"),
        }
    }
}

/// What is known of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The outputs of its last successful record.
    pub outputs: BTreeMap<String, String>,
    /// The keys of those outputs that are sensitive.
    pub sensitive: BTreeSet<String>,
    /// Its provisioned product id, once it is known.
    pub id: Option<ProvisionedId>,
    /// Its ARN, once it was seen; not every answer of the catalog has it.
    pub arn: Option<String>,
}

/// What is known of all instances.
pub type Known = BTreeMap<Address, Facts>;

/// A hole that cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub Reference);

impl Facts {
    /// The text that a hole is filled with.
    #[must_use]
    pub fn get(&self, what: &Attribute) -> Option<&str> {
        match what {
            Attribute::Output { key, index: None } => self.outputs.get(key).map(String::as_str),
            Attribute::Output { key, index: Some(n) } => {
                self.outputs.get(key)?.split(',').nth(*n).map(str::trim)
            }
            Attribute::Id => self.id.as_ref().map(ProvisionedId::as_str),
            Attribute::Arn => self.arn.as_deref(),
        }
    }

    /// How many items there are, where one beyond them is meant. What is sensitive is not counted.
    #[must_use]
    pub fn beyond(&self, what: &Attribute) -> Option<String> {
        let Attribute::Output { key, index: Some(_) } = what else { return None };
        let value = self.outputs.get(key).filter(|_| !self.sensitive.contains(key))?;
        Some(items_told(key, value))
    }
}

/// How many items a list has that was put out as one text.
#[must_use]
pub fn items_told(key: &str, value: &str) -> String {
    match value.split(',').count() {
        1 => format!("`{key}` has 1 item: items are counted from 0, and `{key}[0]` is the only one"),
        count => {
            let last = count - 1;
            format!("`{key}` has {count} items: they are counted from 0, and `{key}[{last}]` is the last")
        }
    }
}

impl Template {
    /// A text without holes.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { pieces: if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] } }
    }

    /// From pieces; neighbouring texts become one, so that equal templates compare equal.
    #[must_use]
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => joined.push(piece),
            }
        }
        Self { pieces: joined }
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// How many bytes it has, with the names in its holes.
    #[must_use]
    pub fn len(&self) -> usize {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Reference(of) | Piece::InJson(of) => {
                of.of.key.as_str().len() + of.of.location.as_str().len() + of.what.to_string().len()
            }
        };
        self.pieces.iter().map(piece).sum()
    }

    /// Whether it is the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The holes in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) | Piece::InJson(reference) => Some(reference),
            Piece::Text(_) => None,
        })
    }

    /// The whole text, if it has no holes.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with its holes filled.
    ///
    /// # Errors
    /// The first hole that nothing is known of.
    pub fn fill(&self, known: &Known) -> Result<String, Missing> {
        let found = |reference: &Reference| {
            let facts = known.get(&reference.of);
            facts.and_then(|facts| facts.get(&reference.what)).ok_or_else(|| Missing(reference.clone()))
        };
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Ok(text.clone()),
                Piece::Reference(reference) => found(reference).map(str::to_owned),
                Piece::InJson(reference) => found(reference).map(json_escaped),
            })
            .collect()
    }
}

/// A text as it stands inside a JSON string.
#[must_use]
pub fn json_escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_json_string_is_escaped() {
        let of = Address::new("a", "hub");
        let reference =
            Reference { of: of.clone(), what: Attribute::Output { key: "O".to_owned(), index: None } };
        let output = "say \"hi\",\n\tback\\slash \u{1}\u{8}\u{c}\r é";
        let outputs = [("O".to_owned(), output.to_owned())].into();
        let known = [(of, Facts { outputs, ..Facts::default() })].into();
        let pieces = [
            Piece::Text("{\"k\":\"".to_owned()),
            Piece::InJson(reference.clone()),
            Piece::Text("\"}".to_owned()),
        ];
        let filled = Template::of(pieces).fill(&known).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&filled).unwrap()["k"], output);
        assert_eq!(Template::of([Piece::Reference(reference)]).fill(&known).unwrap(), output);
    }
}
