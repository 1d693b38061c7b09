//! What a value comes to, as far as the configuration says it by itself.

use std::collections::BTreeMap;

use super::lexer::HclPart;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum HclValue {
    Text(Vec<HclPart>),
    Null,
    List(Vec<HclValue>),
    Map(BTreeMap<String, HclEntry>),
    /// `local.x.y`
    Reference(Vec<String>),
    /// Anything that only Terraform works out.
    Open,
}

/// An attribute, or an entry of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct HclEntry {
    pub line: usize,
    pub value: HclValue,
}

/// References are followed as often as this.
const FOLLOWED: usize = 8;

/// A text is put together from as many parts, all in all.
const PARTS: usize = 10_000;

/// No text is as long as this.
const LONGEST: usize = 10_000;

/// What values may refer to.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct HclScope<'h> {
    pub locals: BTreeMap<&'h str, &'h HclValue>,
    pub variables: BTreeMap<&'h str, &'h HclValue>,
    /// `each.key` and `each.value`
    pub each: Option<HclEach<'h>>,
}

/// One turn of a loop.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct HclEach<'h> {
    pub key: &'h str,
    pub value: &'h HclValue,
}

impl HclValue {
    pub fn literal(text: &str) -> Self {
        Self::Text(vec![HclPart::Literal(text.to_owned())])
    }

    pub fn get(&self, key: &str) -> Option<&HclEntry> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }
}

impl<'h> HclScope<'h> {
    /// What a value is, behind its references.
    pub fn followed(&self, value: &'h HclValue) -> Option<&'h HclValue> {
        let mut here = value;
        for _ in 0..FOLLOWED {
            let HclValue::Reference(path) = here else { return Some(here) };
            here = self.named(path.iter().map(String::as_str))?;
        }
        None
    }

    fn named<'p>(&self, mut path: impl Iterator<Item = &'p str>) -> Option<&'h HclValue> {
        let mut here = match (path.next()?, path.next()?) {
            ("local", name) => self.locals.get(name).copied()?,
            ("var", name) => self.variables.get(name).copied()?,
            ("each", "value") => self.each.as_ref()?.value,
            _ => return None,
        };
        for key in path {
            // what stands in between may be a reference, too
            let mut left = FOLLOWED;
            while let HclValue::Reference(other) = here {
                left = left.checked_sub(1)?;
                let [head, name] = other.as_slice() else { return None };
                here = self.named([head.as_str(), name.as_str()].into_iter())?;
            }
            here = &here.get(key)?.value;
        }
        Some(here)
    }

    /// A text, or why it is open.
    pub fn text(&self, value: &HclValue) -> Result<String, &'static str> {
        let mut text = String::new();
        let mut effort = HclEffort { depth: FOLLOWED, parts: PARTS };
        self.append(value, &mut text, &mut effort)?;
        Ok(text)
    }

    fn append(
        &self,
        value: &HclValue,
        text: &mut String,
        effort: &mut HclEffort,
    ) -> Result<(), &'static str> {
        match value {
            HclValue::Text(parts) => {
                for part in parts {
                    effort.parts = effort.parts.checked_sub(1).ok_or(OPEN)?;
                    match part {
                        HclPart::Literal(literal) => text.push_str(literal),
                        HclPart::Filled(path) if is_path(path) => {
                            self.append_named(path.split('.'), text, effort)?;
                        }
                        HclPart::Filled(_) => return Err(OPEN),
                    }
                    if text.len() > LONGEST {
                        return Err("it is too long");
                    }
                }
                Ok(())
            }
            HclValue::Reference(path) => self.append_named(path.iter().map(String::as_str), text, effort),
            HclValue::Null => Err("it is `null`"),
            HclValue::List(_) | HclValue::Map(_) => Err("it is no text"),
            HclValue::Open => Err(OPEN),
        }
    }

    fn append_named<'p>(
        &self,
        path: impl Iterator<Item = &'p str> + Clone,
        text: &mut String,
        effort: &mut HclEffort,
    ) -> Result<(), &'static str> {
        if let Some(each) = self.each.as_ref().filter(|_| path.clone().eq(["each", "key"])) {
            text.push_str(each.key);
            return Ok(());
        }
        let found = self.named(path).ok_or("it refers to what this configuration does not say")?;
        effort.depth = effort.depth.checked_sub(1).ok_or(OPEN)?;
        self.append(found, text, effort)?;
        effort.depth += 1;
        Ok(())
    }
}

/// How much is still done for one text.
struct HclEffort {
    depth: usize,
    parts: usize,
}

const OPEN: &str = "only Terraform works it out";

fn is_path(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
