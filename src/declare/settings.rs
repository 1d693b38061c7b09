//! `provisor.yaml` to [`Settings`]: everything but the declarations.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{self, SettingsFile};
use super::locations::{self, Home, Reader};
use super::record::{Decoded, Entries, Shape, decode};
use super::resolve::arranged;
use super::scope::Scope;
use super::variables::{self, Variables};
use super::yaml::Tree;
use super::{Inputs, Limit, Settings, check, events};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source, did_you_mean};
use crate::model::ids::LocationName;
use crate::model::product::Timeouts;

/// The file named by `locations: other.yaml`, if it is one.
///
/// # Errors
/// What is wrong with the settings.
pub fn locations_file(settings: &Source) -> Result<Option<String>, Diagnostics> {
    let mut problems = Diagnostics::default();
    let tree = events::read(settings, &mut problems);
    let file = tree.map(|tree| decode::<SettingsFile>(&tree, &mut problems).value);
    match file.and_then(|file| file.locations) {
        _ if problems.has_errors() => Err(problems),
        Some(Shape::Text(file)) => Ok(Some(file)),
        _ => Ok(None),
    }
}

/// The paths of sandbox files named by locations, as written.
///
/// # Errors
/// What is wrong with the settings, or with the file of locations.
pub fn sandbox_files(settings: &Source, locations: Option<&Source>) -> Result<BTreeSet<String>, Diagnostics> {
    let mut problems = Diagnostics::default();
    let Some(tree) = events::read(settings, &mut problems) else {
        return Err(problems);
    };
    let mut file: SettingsFile = decode(&tree, &mut problems).value;
    let other = locations.and_then(|source| events::read(source, &mut problems));
    let entries = locations::entries(&mut file, other.as_ref(), &mut problems).value;
    if problems.has_errors() {
        return Err(problems);
    }
    Ok(entries.into_iter().filter_map(|(_, entry)| entry?.sandbox).collect())
}

/// Reads the settings, with the locations from their own file if they are kept there.
///
/// # Errors
/// Everything that is wrong with them.
pub fn settings(
    settings: &Source,
    locations: Option<&Source>,
    inputs: &Inputs,
) -> Result<Settings, Diagnostics> {
    let mut problems = Diagnostics::default();
    let Some(tree) = events::read(settings, &mut problems) else {
        return Err(problems);
    };
    let Decoded { value: mut file, spoilt } = decode::<SettingsFile>(&tree, &mut problems);
    let other = locations.and_then(|source| events::read(source, &mut problems));
    let spoilt_entries = locations::entries(&mut file, other.as_ref(), &mut problems);
    if !spoilt.is_empty() || !spoilt_entries.spoilt.is_empty() || (locations.is_some() && other.is_none()) {
        return Err(problems);
    }
    let mut variables = variables::declared(&tree, &file, &mut problems);
    let by_hand = variables::give(&mut variables, inputs, &mut problems);
    let home = match &other {
        Some(other) => Home { tree: other, path: Vec::new() },
        None => Home { tree: &tree, path: vec![Segment::Key("locations".to_owned())] },
    };
    let defaults = file.location_defaults.take().unwrap_or_default();
    let mut reader = Reader {
        home,
        settings: &tree,
        defaults: &defaults,
        variables: &variables,
        by_hand: &by_hand,
        inputs,
        problems: &mut problems,
    };
    let (places, accounts) = all_locations(&mut reader, &spoilt_entries.value);
    let mut rest = Rest { tree: &tree, variables: &variables, problems: &mut problems };
    let read = rest.settings(&file, (places, accounts));
    if problems.has_errors() {
        let trees: Vec<&Tree<'_>> = [Some(&tree), other.as_ref()].into_iter().flatten().collect();
        return Err(arranged(problems, &trees));
    }
    Ok(Settings { variables, warnings: problems, ..read })
}

type Places = (BTreeMap<LocationName, super::Location>, BTreeMap<String, Vec<LocationName>>);

fn all_locations(reader: &mut Reader<'_>, entries: &[(String, Option<document::Location>)]) -> Places {
    let (mut places, mut accounts) = Places::default();
    let empty = document::Location::default();
    for (name, entry) in entries {
        let found = reader.entry(name, entry.as_ref().unwrap_or(&empty));
        accounts.insert(name.clone(), found.iter().map(|location| location.name.clone()).collect());
        places.extend(found.into_iter().map(|location| (location.name.clone(), location)));
    }
    (places, accounts)
}

/// Everything that is neither a variable nor a location.
struct Rest<'r> {
    tree: &'r Tree<'r>,
    variables: &'r Variables,
    problems: &'r mut Diagnostics,
}

impl Rest<'_> {
    fn settings(&mut self, file: &SettingsFile, (locations, accounts): Places) -> Settings {
        if let Some(format) = file.format.as_ref().filter(|format| *format != "1") {
            let message = format!("the format `{format}` is not known: this version reads format 1");
            self.complain(&["format"], Diagnostic::error("bad-value", message));
        }
        if accounts.is_empty() {
            let diagnostic = Diagnostic::error("missing", "there are no `locations`");
            self.complain(
                &["locations"],
                diagnostic.hint("such as `locations: {demo: {sandbox: sandbox.yaml}}`"),
            );
        }
        let path = file.state.as_ref().and_then(|state| state.path.as_deref()).unwrap_or("state");
        let limits = file.limits.as_ref();
        Settings {
            project: self.project(file.project.as_deref()),
            declarations: self.declarations(file.declarations.as_deref()),
            state_path: self.known(&["state", "path"], path),
            locations,
            accounts,
            variables: Variables::new(),
            parallelism: self.count(
                &["limits", "parallelism"],
                limits.and_then(|limits| limits.parallelism),
                50,
            ),
            product_limits: self.product_limits(limits.and_then(|limits| limits.products.as_ref())),
            max_terminate: self
                .max_terminate(file.guards.as_ref().and_then(|guards| guards.max_terminate.as_deref())),
            timeouts: self.timeouts(file.timeouts.as_ref()),
            warnings: Diagnostics::default(),
        }
    }

    fn complain(&mut self, keys: &[&str], diagnostic: Diagnostic) {
        let exists =
            self.tree.find(&[Segment::Key(keys.first().copied().unwrap_or_default().to_owned())]).is_some();
        let file = self.tree.source.path.clone();
        let place =
            if exists { variables::place(&file, keys.to_vec(), Part::Value) } else { Place::File(file) };
        self.problems.push(diagnostic.at(place));
    }

    fn known(&mut self, keys: &[&str], text: &str) -> String {
        let scope = Scope { variables: self.variables, location: None, key: None, standing: None };
        let what = keys.join(".");
        match scope.known(&what, text) {
            Ok(text) if text.is_empty() => {
                self.complain(keys, Diagnostic::error("bad-value", format!("`{what}` is empty")));
                String::new()
            }
            Ok(text) => text.into_owned(),
            Err(fault) => {
                self.complain(keys, fault.diagnostic());
                String::new()
            }
        }
    }

    fn project(&mut self, text: Option<&str>) -> String {
        let Some(text) = text else {
            let diagnostic = Diagnostic::error("missing", "`project` is missing");
            self.complain(
                &["project"],
                diagnostic.hint("give the platform a name, such as `project: platform`"),
            );
            return String::new();
        };
        let project = self.known(&["project"], text);
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts = project.starts_with(|c: char| c.is_ascii_lowercase());
        let fits = starts && project.len() <= 63 && project.chars().all(allowed);
        if !(fits || project.is_empty()) {
            let diagnostic = Diagnostic::error("bad-value", format!("`{project}` cannot name a project"));
            self.complain(
                &["project"],
                diagnostic.hint("a lower-case letter first, then up to 62 of a-z, 0-9 and `-`"),
            );
        }
        project
    }

    fn declarations(&mut self, written: Option<&[String]>) -> Vec<String> {
        let Some(written) = written else { return vec!["products".to_owned()] };
        written.iter().map(|text| self.known(&["declarations"], text)).collect()
    }

    fn count(&mut self, keys: &[&str], written: Option<usize>, otherwise: usize) -> usize {
        if written == Some(0) {
            let name = keys.last().copied().unwrap_or_default();
            self.complain(
                keys,
                Diagnostic::error("bad-value", format!("`{name}` must be at least 1, not 0")),
            );
        }
        written.unwrap_or(otherwise)
    }

    fn product_limits(&mut self, written: Option<&Entries<usize>>) -> BTreeMap<String, usize> {
        let entries = written.map_or(&[][..], |entries| &entries.0);
        let mut limits = BTreeMap::new();
        for (product, limit) in entries {
            if let Some(limit) = limit {
                limits.insert(product.clone(), self.count(&["limits", "products", product], Some(*limit), 1));
            }
        }
        limits
    }

    fn max_terminate(&mut self, written: Option<&str>) -> Limit {
        let Some(text) = written else {
            return Limit::Count(1);
        };
        let percent = text.strip_suffix('%').and_then(|number| number.parse().ok()).filter(|n| *n <= 100);
        let limit = percent.map(Limit::Percent).or_else(|| text.parse().ok().map(Limit::Count));
        limit.unwrap_or_else(|| {
            let message = format!(
                "`max_terminate` must be a count such as `3`, or a share such as `10%`, not `{text}`"
            );
            self.complain(&["guards", "max_terminate"], Diagnostic::error("bad-value", message));
            Limit::Count(0)
        })
    }

    fn timeouts(&mut self, written: Option<&document::Timeouts>) -> Timeouts {
        let mut timeouts = Timeouts::default();
        let Some(written) = written else { return timeouts };
        let fields = [
            ("provision", &written.provision, &mut timeouts.provision),
            ("update", &written.update, &mut timeouts.update),
            ("terminate", &written.terminate, &mut timeouts.terminate),
        ];
        for (name, text, duration) in fields {
            let Some(text) = text else { continue };
            match check::duration(&format!("`{name}`"), text) {
                Ok(parsed) => *duration = parsed,
                Err(diagnostic) => self.complain(&["timeouts", name], diagnostic),
            }
        }
        timeouts
    }
}

impl Settings {
    /// The locations that a name means: itself, or all of an account. In the order of the file.
    #[must_use]
    pub fn named(&self, text: &str) -> Option<Vec<LocationName>> {
        if let Some(location) = self.locations.get(&LocationName::new(text)) {
            return Some(vec![location.name.clone()]);
        }
        if let Some(names) = self.accounts.get(text) {
            return Some(names.clone());
        }
        let (account, region) = text.split_once('/')?;
        let names = self.accounts.get(account)?;
        let of_region =
            |name: &&LocationName| self.locations.get(*name).is_some_and(|l| l.region.as_str() == region);
        names.iter().find(of_region).map(|name| vec![name.clone()])
    }

    /// That there is no such location, and which one may be meant.
    #[must_use]
    pub fn unknown_location(&self, text: &str) -> Diagnostic {
        let names =
            self.locations.keys().map(LocationName::as_str).chain(self.accounts.keys().map(String::as_str));
        Diagnostic::error("unknown-location", format!("there is no location `{text}`"))
            .maybe_hint(did_you_mean(text, names))
    }
}
