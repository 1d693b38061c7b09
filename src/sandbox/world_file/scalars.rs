//! The scalars of sandbox.yaml: text that keeps what was written, and spans of time.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Millis;

/// Text; whole numbers and booleans are taken as they would be written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
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

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Text, E> {
        Ok(Text(truth.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Err(E::custom(format!("`{number}` is a number here and would lose its digits: quote it")))
    }
}

/// A span of virtual time: `90s`, `1500ms`, `2m`, `1h`, or a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span(pub Millis);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        deserializer.deserialize_any(SpanVisitor)
    }
}

struct SpanVisitor;

impl Visitor<'_> for SpanVisitor {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span of time such as `90s`, `5m` or `1500ms`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
        span(text).ok_or_else(|| E::custom(format!("`{text}` is not a span of time such as `90s` or `5m`")))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Span, E> {
        let seconds = Millis::try_from(seconds).unwrap_or(Millis::MAX);
        Ok(Span(seconds.saturating_mul(1000)))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Span, E> {
        if seconds >= 0.0 {
            Ok(Span((seconds * 1000.0) as Millis))
        } else {
            Err(E::custom("a span below zero"))
        }
    }
}

fn span(text: &str) -> Option<Span> {
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

#[cfg(test)]
mod tests {
    use super::{Span, span};

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
            assert_eq!(span(text), Some(Span(millis)), "{text}");
        }
        for text in ["", "s", "5 weeks", "-1s", "1..2s"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
