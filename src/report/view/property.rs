//! One member of a product and what becomes of its value. Where one side is sensitive, the other is not told either.

use super::diff::{LineDiff, Mark, is_long, whole};
use super::keywise::between;
use crate::plan::Shown;

/// One member of a product: a parameter, a tag, the version, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// What it is called; a parameter that is called like one of the other members has `parameters.` in front.
    pub key: String,
    /// What becomes of it.
    pub mark: Mark,
    /// What it is; absent, too, where only the coming value is known.
    pub before: Shown,
    /// What it is to be.
    pub after: Shown,
    /// What the values alone do not tell.
    pub remarks: Vec<Remark>,
}

/// What the values of a property alone do not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The template's default holds.
    TemplateDefault,
    /// `UsePreviousValue`
    Kept,
    /// Sensitive, and filled from something that is not known yet.
    KnownAfterApply,
    /// Filled from this, as the declaration writes it.
    FilledFrom(String),
    /// Sensitive on both sides, and different.
    ValueChanged,
    /// Sensitive so far.
    NoLongerSensitive,
    /// Sensitive from now on.
    SensitiveFromNowOn,
    /// Somebody else made it so.
    Outside,
    /// What the template's author calls it.
    Label(String),
}

impl Remark {
    /// In words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::TemplateDefault => "template default",
            Self::Kept => "kept as it is",
            Self::KnownAfterApply => "known after apply",
            Self::FilledFrom(template) => template,
            Self::ValueChanged => "value changed",
            Self::NoLongerSensitive => "no longer sensitive",
            Self::SensitiveFromNowOn => "sensitive from now on",
            Self::Outside => "changed outside",
            Self::Label(words) => words,
        }
    }
}

impl Property {
    /// A member that has a value and did not have one before.
    pub(super) fn new(key: &str, value: &Shown, remark: Option<Remark>) -> Option<Self> {
        Self::change(key, &Shown::Absent, value, remark)
    }

    /// A member that is a text of the declaration; `None` if that is empty.
    pub(super) fn text(key: &str, text: &str) -> Option<Self> {
        if text.is_empty() { None } else { Self::new(key, &Shown::Text(text.to_owned()), None) }
    }

    /// A member whose value changes; `None` if there is nothing on either side.
    pub(super) fn change(key: &str, before: &Shown, after: &Shown, remark: Option<Remark>) -> Option<Self> {
        let mark = match (before, after) {
            (Shown::Absent, Shown::Absent) => return None,
            (Shown::Absent, _) => Mark::Add,
            (_, Shown::Absent) => Mark::Remove,
            _ => Mark::Change,
        };
        let remarks = remark.into_iter().chain(explanation(before, after)).collect();
        let (before, after) = redacted(before, after);
        Some(Self { key: key.to_owned(), mark, before, after, remarks })
    }

    /// A member of which only the coming value is known.
    pub(super) fn may_change(key: &str, after: &Shown) -> Option<Self> {
        Some(Self { mark: Mark::Change, ..Self::new(key, after, None)? })
    }

    /// The same, of which somebody else made what it is.
    pub(super) fn outside(mut self) -> Self {
        self.remarks.push(Remark::Outside);
        self
    }

    /// The same, with what the template's author calls it.
    pub(super) fn labelled(mut self, label: Option<&str>) -> Self {
        self.remarks.extend(label.map(|label| Remark::Label(format!("label: {label}"))));
        self
    }

    /// Whether it is new, and nobody chose its value: the template's default holds.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.mark == Mark::Add && self.remarks.contains(&Remark::TemplateDefault)
    }

    /// Its value by lines, where one line does not hold it.
    #[must_use]
    pub fn by_lines(&self) -> Option<LineDiff> {
        match (&self.before, &self.after) {
            (Shown::Absent, Shown::Text(after)) => whole(after, Mark::Add),
            (Shown::Text(before), Shown::Absent) => whole(before, Mark::Remove),
            (Shown::Text(before), Shown::Text(after)) if is_long(before) || is_long(after) => {
                Some(between(before, after))
            }
            _ => None,
        }
    }
}

/// Both sides of a difference: where one is sensitive, the other's text is not told either.
pub(super) fn redacted(before: &Shown, after: &Shown) -> (Shown, Shown) {
    let sensitive = [before, after].contains(&&Shown::Sensitive);
    let side = |side: &Shown| match side {
        Shown::Text(_) | Shown::Pending(_) if sensitive => Shown::Sensitive,
        other => other.clone(),
    };
    (side(before), side(after))
}

fn explanation(before: &Shown, after: &Shown) -> Option<Remark> {
    match (before, after) {
        (Shown::Sensitive, Shown::Pending(_)) => Some(Remark::KnownAfterApply),
        (Shown::Sensitive, Shown::Sensitive) => Some(Remark::ValueChanged),
        (Shown::Sensitive, Shown::Text(_)) => Some(Remark::NoLongerSensitive),
        (Shown::Text(_) | Shown::Pending(_), Shown::Sensitive) => Some(Remark::SensitiveFromNowOn),
        (_, Shown::Pending(template)) => Some(Remark::FilledFrom(template.clone())),
        _ => None,
    }
}
