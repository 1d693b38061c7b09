//! Which locations a text names: a location, an account, or a glob over both.

use std::collections::HashSet;

use crate::references::{Context, Fault};
use crate::{Location, Settings};
use provisor_model::diagnostic::{Diagnostic, Diagnostics};
use provisor_model::glob::matches;
use provisor_model::ids::LocationName;
use provisor_model::text::{listed, quote};

/// How many locations a message names.
const SHOWN: usize = 10;

/// The one location that `location:` names.
pub(super) fn one(settings: &Settings, text: &str) -> Result<LocationName, Diagnostic> {
    match settings.named(text).as_deref() {
        Some([name]) => Ok(name.clone()),
        Some(names) => {
            let names = listed(names.iter().map(quote), SHOWN);
            Err(Diagnostic::error("ambiguous", format!("`{text}` is several locations: {names}"))
                .hint(format!("name one of them, or write `locations: [{text}]` for all")))
        }
        None => Err(settings.unknown_location(text)),
    }
}

/// The locations that an item of `locations:` names: a location, all of an account, or a glob over both halves.
pub(super) fn some(settings: &Settings, text: &str) -> Result<Vec<LocationName>, Diagnostic> {
    if !text.contains('*') {
        return settings.named(text).ok_or_else(|| settings.unknown_location(text));
    }
    let (account, region) = text.split_once('/').unwrap_or((text, "*"));
    let fits = |l: &&Location| matches(account, &l.account) && matches(region, l.region.as_str());
    let found: Vec<_> =
        settings.locations.values().filter(fits).map(|location| location.name.clone()).collect();
    if found.is_empty() {
        return Err(Diagnostic::error("matches-nothing", format!("no location matches `{text}`"))
            .note(settings.locations_there_are()));
    }
    Ok(found)
}

/// What a list of names and globs means.
pub(super) struct Several {
    /// In the order of the list, each location once.
    pub names: Vec<LocationName>,
    /// Which items are wrong.
    pub wrong: Vec<(usize, Fault)>,
}

/// What a list of names and globs means.
pub(super) fn several<'t>(
    settings: &Settings,
    context: &Context<'_>,
    texts: impl IntoIterator<Item = &'t str>,
) -> Several {
    let (mut names, mut seen, mut wrong) = (Vec::new(), HashSet::new(), Vec::new());
    for (n, text) in texts.into_iter().enumerate() {
        let known = context.known("locations", text);
        match known.and_then(|known| Ok(some(settings, &known)?)) {
            Ok(found) => names.extend(found.into_iter().filter(|name| seen.insert(name.clone()))),
            Err(_) if wrong.len() >= Diagnostics::MOST => {}
            Err(fault) => wrong.push((n, fault)),
        }
    }
    Several { names, wrong }
}

/// The location of a declaration that names none.
pub(super) fn only(settings: &Settings) -> Result<LocationName, Diagnostic> {
    let mut names = settings.locations.keys();
    match (names.next(), names.next()) {
        // an account of which nobody knows where it is may be meant as well
        (Some(name), None) if settings.accounts.len() <= 1 => Ok(name.clone()),
        _ => Err(Diagnostic::error("missing", "no `location` is given, and there are several")
            .note(settings.locations_there_are())
            .hint("write `location: …` or `locations: […]`")),
    }
}
