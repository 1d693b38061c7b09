//! What `${…}` means at one place: values of variables, facts of the location, addresses of other products.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::expression::{Expression, Fault, LocationFact, Token, address, parse};
use super::targets::Targets;
use crate::{Location, Variable};
use provisor_model::diagnostic::{Diagnostic, Near};
use provisor_model::ids::Address;
use provisor_model::template::{Piece, Reference, Template};

/// A text with more bytes than this, filled in, is nobody's value: a few bytes of a stranger would fill the memory.
const LONGEST: usize = 64 * 1024;

/// No more is looked through for references: names in them may be longer than what they stand for.
pub(crate) const LONGEST_WRITTEN: usize = 4 * LONGEST;

/// So much that is wrong with the references of one text is told.
const MANY: usize = 100;

/// What a secret counts for where lengths are counted: its own would be told by what is too long and what is not.
const SECRET: usize = 512;

/// What can be referred to from one place.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// `var.…`
    pub variables: &'a BTreeMap<String, Variable>,
    /// `location.…`, and the values that it sets.
    pub location: Option<&'a Location>,
    /// `key`
    pub key: Option<&'a str>,
    /// The declarations that can be referred to.
    pub targets: Option<&'a Targets<'a>>,
}

/// A text with its holes filled as far as they can be.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    /// Text, and references to other products.
    pub pieces: Vec<Piece>,
    /// The sensitive variable in it, if any, and at which `${`.
    pub sensitive: Option<(usize, String)>,
    /// How many bytes are filled in, secrets not counted as what they are.
    pub length: usize,
}

impl Filling {
    /// Whether something sensitive stands in it beside other text.
    pub fn is_mixed(&self) -> bool {
        self.sensitive.is_some() && self.pieces.len() > 1
    }

    /// The template of everything that was filled in so far.
    pub fn template(mut self) -> Template {
        match self.pieces.as_mut_slice() {
            [Piece::Text(text)] => Template::text(std::mem::take(text)),
            _ => Template::of(self.pieces),
        }
    }
}

impl<'a> Context<'a> {
    /// What can be referred to from anywhere.
    pub fn of(variables: &'a BTreeMap<String, Variable>) -> Self {
        Self { variables, location: None, key: None, targets: None }
    }

    /// Fills what is known; references to other products stay. `escape` is applied to the values of holes.
    pub fn fill(&self, text: &str, escape: fn(&str) -> String) -> Result<Filling, Fault> {
        self.filled(text, escape, None)
    }

    /// The same of what everybody sees, such as "the tag `a`": it cannot hold anything sensitive, whether that has a value or not.
    pub fn fill_seen(&self, text: &str, what: &str) -> Result<Filling, Fault> {
        self.filled(text, str::to_owned, Some(what))
    }

    fn filled(
        &self,
        text: &str,
        escape: fn(&str) -> String,
        seen_as: Option<&str>,
    ) -> Result<Filling, Fault> {
        if text.len() > LONGEST_WRITTEN {
            let message = format!("this text has more than {LONGEST_WRITTEN} bytes, references in it");
            return Err(Diagnostic::error("too-long", message)
                .hint("write fewer references into one text")
                .into());
        }
        let mut filled = Filling::default();
        let mut faults = Vec::new();
        for token in parse(text) {
            let mut secret = None;
            let piece = match token {
                Token::Text(text) => Piece::Text(escape(&text)),
                Token::Hole { nth, of } => {
                    let name = of.as_ref().ok().and_then(|of| self.secret(of));
                    if let Some((what, name)) = seen_as.zip(name) {
                        if !faults.iter().any(|one: &Fault| one.is_sensitive()) {
                            faults.push(Fault::hole(nth, sensitive(what, name)));
                        }
                        continue;
                    }
                    secret = name.map(|name| (nth, name.to_owned()));
                    match of.map_err(|wrong| *wrong).and_then(|of| self.hole(of, escape)) {
                        Ok(piece) => piece,
                        Err(_) if faults.len() >= MANY => continue,
                        Err(diagnostic) => {
                            faults.push(Fault::hole(nth, diagnostic));
                            continue;
                        }
                    }
                }
            };
            filled.length += match &piece {
                _ if secret.is_some() => SECRET,
                Piece::Text(text) => text.len(),
                Piece::Reference(_) | Piece::InJson(_) => 0,
            };
            filled.sensitive = filled.sensitive.or(secret);
            if filled.length > LONGEST {
                return Err(too_long().into());
            }
            filled.pieces.push(piece);
        }
        Fault::of(faults).map_or(Ok(filled), Err)
    }

    /// The references to other products in a text, as far as they lead anywhere.
    pub fn references(&self, text: &str) -> impl Iterator<Item = Reference> {
        let tokens = if text.len() > LONGEST_WRITTEN { Vec::new() } else { parse(text) };
        tokens.into_iter().filter_map(|token| match token {
            Token::Hole { of: Ok(of), .. } => match self.hole(of, str::to_owned) {
                Ok(Piece::Reference(reference)) => Some(reference),
                _ => None,
            },
            _ => None,
        })
    }

    /// Fills the text of a field that must be known now.
    pub fn known<'t>(&self, field: &str, text: &'t str) -> Result<Cow<'t, str>, Fault> {
        if !text.contains("${") {
            return Ok(text.into());
        }
        let template = self.fill_seen(text, &format!("`{field}`"))?.template();
        template.as_text().map(|text| Cow::Owned(text.to_owned())).ok_or_else(|| unknown_yet(field).into())
    }

    /// The product that an address means, seen from here.
    pub fn address(&self, text: &str) -> Result<Address, Diagnostic> {
        match (self.targets, self.location) {
            (Some(targets), Some(here)) => targets.find(address(text)?, here),
            _ => Err(out_of_place("the address of a product", "a declaration")),
        }
    }

    /// The sensitive variable that is meant, if it is one.
    fn secret<'t>(&self, of: &Expression<'t>) -> Option<&'t str> {
        let Expression::Variable(name) = *of else { return None };
        self.variables.get(name).filter(|variable| variable.sensitive).map(|_| name)
    }

    fn hole(&self, of: Expression<'_>, escape: fn(&str) -> String) -> Result<Piece, Diagnostic> {
        match of {
            Expression::Key => {
                let key = self.key.ok_or_else(|| out_of_place("`${key}`", "a declaration"))?;
                Ok(Piece::Text(key.to_owned()))
            }
            Expression::Variable(name) => self.variable(name).map(|value| Piece::Text(escape(value))),
            Expression::Location(fact) => {
                let location = self.location.ok_or_else(|| out_of_place("`${location.…}`", "a location"))?;
                location_fact(location, fact).map(|text| Piece::Text(escape(text)))
            }
            Expression::External { name, what } => match self.targets {
                Some(targets) => Ok(Piece::Reference(Reference { of: targets.external(name)?, what })),
                None => {
                    Err(out_of_place("a reference to a product", "the parameters and tags of a declaration"))
                }
            },
            Expression::Product { address, what } => match (self.targets, self.location) {
                (Some(targets), Some(here)) => {
                    Ok(Piece::Reference(Reference { of: targets.find(address, here)?, what }))
                }
                _ => {
                    Err(out_of_place("a reference to a product", "the parameters and tags of a declaration"))
                }
            },
        }
    }

    fn variable(&self, name: &str) -> Result<&'a str, Diagnostic> {
        let variable = self.variables.get(name).ok_or_else(|| unknown_variable(name))?;
        let own = self.location.and_then(|location| location.variables.get(name));
        own.or(variable.value.as_ref()).map(String::as_str).ok_or_else(|| {
            let hint = match variable.sensitive {
                // the other ways show it to others
                true => format!("give it by `PROVISOR_SECRET_{name}` or in a `--secret-file`"),
                false => format!(
                    "give it by `--var {name}=…`, a `--var-file`, `PROVISOR_VAR_{name}`, a default, or at the location"
                ),
            };
            Diagnostic::error("no-value", format!("the variable `{name}` has no value")).hint(hint)
        })
    }
}

/// Sensitive text may stand in parameters only.
fn sensitive(what: &str, name: &str) -> Diagnostic {
    let message = format!("{what} cannot hold the sensitive variable `{name}`");
    Diagnostic::error("sensitive", message).hint("only parameters may hold it")
}

fn too_long() -> Diagnostic {
    Diagnostic::error("too-long", format!("filled in, this text has more than {LONGEST} bytes"))
        .hint("no value that the service takes is as long")
}

fn unknown_yet(field: &str) -> Diagnostic {
    Diagnostic::error(
        "not-known",
        format!("`{field}` cannot refer to another product: it must be known at plan"),
    )
    .hint("references to products stand in parameters and tags")
}

/// An undeclared variable.
pub(crate) fn unknown_variable(name: &str) -> Diagnostic {
    let found = Diagnostic::error("unknown-variable", format!("there is no variable `{name}`"));
    if name.contains("${") {
        return found.hint("a key is not filled in: write the name alone");
    }
    found.hint("declare it under `variables:` in provisor.yaml").near(Near::Variable(name.to_owned()))
}

fn out_of_place(what: &str, only: &str) -> Diagnostic {
    Diagnostic::error("bad-reference", format!("{what} has no meaning here: it belongs to {only}"))
}

fn location_fact(location: &Location, fact: LocationFact) -> Result<&str, Diagnostic> {
    match fact {
        LocationFact::Name => Ok(location.written.as_str()),
        LocationFact::Account => Ok(&location.account),
        LocationFact::Region => Ok(location.region.as_str()),
        LocationFact::AccountId => location.account_id.as_ref().map(|id| id.as_str()).ok_or_else(|| {
            let message = format!("the account id of `{}` is not known", location.written);
            Diagnostic::error("no-value", message)
                .hint(format!("write `account_id` for `{}`", location.account))
        }),
    }
}
