//! The scalars of sandbox.yaml: text that keeps what was written, and spans of time.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Millis;

/// Text. The check of the file has made it of whole numbers and booleans, as they are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn new(text: &str) -> Text {
        Text(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A span of virtual time: `90s`, `1500ms`, `2m`, `1h`, or a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span(pub Millis);

impl Span {
    pub(crate) fn parse(text: &str) -> Option<Span> {
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = match unit.trim() {
            "ms" => 1.0,
            "" | "s" => 1000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        Some(Span((number * unit) as Millis))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = String::deserialize(deserializer)?;
        Span::parse(&text).ok_or_else(|| D::Error::custom("no span of time"))
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn spans_are_read_as_people_write_them() {
        let rows = [
            ("90s", 90_000),
            ("5m", 300_000),
            ("1.5h", 5_400_000),
            ("250ms", 250),
            ("7", 7_000),
            ("2 s", 2_000),
        ];
        for (text, millis) in rows {
            assert_eq!(Span::parse(text), Some(Span(millis)), "{text}");
        }
        for text in ["", "s", "5 weeks", "-1s", "1..2s"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
