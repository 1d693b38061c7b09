//! What `${…}` means at one place: values of variables, facts of the location, addresses of other products.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::expression::{AddressText, Expression, Fault, LocationFact, Token, parse};
use super::{Location, Settings, Variable};
use crate::model::diagnostic::{Diagnostic, did_you_mean};
use crate::model::ids::{Address, LocationName};
use crate::model::template::{Piece, Reference, Template};

/// What can be referred to from one place.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// `var.…`
    pub variables: &'a BTreeMap<String, Variable>,
    /// `location.…`, and the values that it sets.
    pub location: Option<&'a Location>,
    /// `key`
    pub key: Option<&'a str>,
    /// The declarations that can be referred to.
    pub standing: Option<&'a Standing<'a>>,
}

/// A text with its holes filled as far as they can be.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// Text, and references to other products.
    pub pieces: Vec<Piece>,
    /// The sensitive variable in it, if any, and at which `${`.
    pub sensitive: Option<(usize, String)>,
}

impl Filled {
    /// The whole.
    pub fn template(mut self) -> Template {
        match self.pieces.as_mut_slice() {
            [Piece::Text(text)] => Template::text(std::mem::take(text)),
            _ => Template::of(self.pieces),
        }
    }
}

impl<'a> Scope<'a> {
    /// The same place, seen by one declaration.
    pub fn of_key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Fills what is known; references to other products stay. `escape` is applied to the values of holes.
    pub fn fill(&self, text: &str, escape: fn(&str) -> String) -> Result<Filled, Fault> {
        let mut filled = Filled::default();
        for token in parse(text)? {
            let piece = match token {
                Token::Text(text) => Piece::Text(escape(&text)),
                Token::Hole { nth, of } => {
                    if let Expression::Variable(name) = of
                        && self.variables.get(name).is_some_and(|variable| variable.sensitive)
                    {
                        filled.sensitive.get_or_insert((nth, name.to_owned()));
                    }
                    self.hole(of, escape).map_err(|diagnostic| Fault::hole(nth, diagnostic))?
                }
            };
            filled.pieces.push(piece);
        }
        Ok(filled)
    }

    /// Fills the text of a field that must be known now.
    pub fn known<'t>(&self, field: &str, text: &'t str) -> Result<Cow<'t, str>, Fault> {
        if !text.contains("${") {
            return Ok(text.into());
        }
        let filled = self.fill(text, str::to_owned)?;
        refuse_sensitive(|| format!("`{field}`"), &filled)?;
        let template = filled.template();
        template.as_text().map(|text| Cow::Owned(text.to_owned())).ok_or_else(|| unknown_yet(field).into())
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
            Expression::Product { address, what } => match (self.standing, self.location) {
                (Some(standing), Some(here)) => {
                    Ok(Piece::Reference(Reference { of: standing.find(address, here)?, what }))
                }
                _ => {
                    Err(out_of_place("a reference to a product", "the parameters and tags of a declaration"))
                }
            },
        }
    }

    fn variable(&self, name: &str) -> Result<&'a str, Diagnostic> {
        let variable = self.variables.get(name).ok_or_else(|| unknown_variable(name, self.variables))?;
        let own = self.location.and_then(|location| location.variables.get(name));
        own.or(variable.value.as_ref()).map(String::as_str).ok_or_else(|| {
            // an argument is seen by everybody on the machine
            let argument = if variable.sensitive { String::new() } else { format!("`--var {name}=…`, ") };
            let diagnostic = Diagnostic::error("no-value", format!("the variable `{name}` has no value")).hint(format!(
                "give it by {argument}a `--var-file`, `PROVISOR_VAR_{name}`, a default, or at the location"
            ));
            // said as a note, so that a hundred locations are one finding
            self.location.into_iter().fold(diagnostic, |it, location| it.note(format!("on `{}`", location.written)))
        })
    }
}

/// Sensitive text may stand in parameters only.
pub(super) fn refuse_sensitive(what: impl Fn() -> String, filled: &Filled) -> Result<(), Fault> {
    let Some((nth, name)) = &filled.sensitive else {
        return Ok(());
    };
    let message = format!("{} cannot hold the sensitive variable `{name}`", what());
    Err(Fault::hole(*nth, Diagnostic::error("sensitive", message).hint("only parameters may hold it")))
}

fn unknown_yet(field: &str) -> Diagnostic {
    Diagnostic::error(
        "not-known",
        format!("`{field}` cannot refer to another product: it must be known at plan"),
    )
    .hint("references to products stand in parameters and tags")
}

/// An undeclared variable.
pub(super) fn unknown_variable(name: &str, variables: &BTreeMap<String, Variable>) -> Diagnostic {
    Diagnostic::error("unknown-variable", format!("there is no variable `{name}`"))
        .hint("declare it under `variables:` in the settings")
        .maybe_hint(did_you_mean(name, variables.keys().map(String::as_str)))
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

/// Which declarations stand where.
pub(super) struct Standing<'a> {
    settings: &'a Settings,
    places: HashMap<&'a str, Vec<LocationName>>,
}

impl<'a> Standing<'a> {
    /// From each declaration's key and its locations.
    pub fn new(settings: &'a Settings, places: HashMap<&'a str, Vec<LocationName>>) -> Self {
        Self { settings, places }
    }

    /// The instance that an address means, seen from `here`.
    pub fn find(&self, address: AddressText<'_>, here: &Location) -> Result<Address, Diagnostic> {
        let key = address.key;
        let places = self.places.get(key).ok_or_else(|| {
            Diagnostic::error("unknown-reference", format!("there is no declaration `{key}`"))
                .maybe_hint(did_you_mean(key, self.places.keys().copied()))
        })?;
        if places.is_empty() {
            // its own location is wrong and has been reported
            return Ok(Address::new(key, here.name.clone()));
        }
        let candidates = match address.at {
            None => places.iter().collect(),
            Some(at) => self.within(key, at, places)?,
        };
        let same = candidates.iter().find(|name| match address.at {
            None => ***name == here.name,
            Some(_) => {
                self.settings.locations.get(**name).is_some_and(|location| location.region == here.region)
            }
        });
        match (same, candidates.as_slice()) {
            (Some(name), _) | (None, [name]) => Ok(Address::new(key, (*name).clone())),
            _ => Err(ambiguous(key, &candidates, here)),
        }
    }

    /// The locations of `key` that are the location `at`, or belong to the account `at`.
    fn within<'p>(
        &self,
        key: &str,
        at: &str,
        places: &'p [LocationName],
    ) -> Result<Vec<&'p LocationName>, Diagnostic> {
        let named = self.settings.named(at).ok_or_else(|| self.settings.unknown_location(at))?;
        let found: Vec<_> = places.iter().filter(|name| named.contains(name)).collect();
        if found.is_empty() {
            let message = format!("`{key}` does not stand on `{at}`");
            return Err(Diagnostic::error("not-there", message)
                .note(listing(key, &places.iter().collect::<Vec<_>>())));
        }
        Ok(found)
    }
}

fn ambiguous(key: &str, candidates: &[&LocationName], here: &Location) -> Diagnostic {
    let message = format!("`{key}` stands on several locations, and none of them is `{}`", here.name);
    let example = candidates.first().map(|name| format!("say which one, such as `{key}@{name}`"));
    Diagnostic::error("ambiguous", message).note(listing(key, candidates)).maybe_hint(example)
}

fn listing(key: &str, places: &[&LocationName]) -> String {
    let shown: Vec<String> = places.iter().take(10).map(|name| format!("`{key}@{name}`")).collect();
    let more = places
        .len()
        .checked_sub(10)
        .filter(|n| *n > 0)
        .map_or_else(String::new, |n| format!(" and {n} more"));
    format!("there is {}{more}", shown.join(", "))
}
