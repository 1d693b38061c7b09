//! The settings while something of them is still wanted: read once, then asked which files they name, and made into
//! [`Settings`] with what those files and the command line say.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::content::{GuardsContent, ReplacedContent, SettingsContent};
use super::document::Document;
use super::given::{self, Given};
use super::locations::{KnownValues, Reader};
use super::variables::VariableTable;
use super::{Inputs, Location, ReplaceGuard, Settings, ValueOrigin, is_deep};
use crate::arrange::{arranged, suggested};
use crate::fields::{CHECKOUT_FILE, LOCATIONS, SETTINGS, SETTINGS_FILE, duration, share};
use crate::kinds::{TopKind, top_kind};
use crate::layers::Sheet;
use crate::yaml::{self, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Near, Part, Place, Segment, Source};
use provisor_model::ids::LocationName;
use provisor_model::product::Timeouts;

/// So many locations at most: accounts, each in each of its regions.
const MOST_LOCATIONS: usize = 100_000;
/// So many values of variables at most that locations have.
const MOST_VALUES: usize = 2_000_000;

/// What is too much is refused before it is made.
fn too_many() -> Diagnostic {
    let message =
        format!("the accounts come to more than {MOST_LOCATIONS} locations, or {MOST_VALUES} values there");
    let hint = "each account counts in each of its regions, those of `location_defaults` too";
    Diagnostic::error("too-much", message).hint(hint)
}

/// `provisor.yaml`, parsed and checked once. What it needs is asked for, and [`SettingsDraft::settings`] puts it together.
pub struct SettingsDraft<'s> {
    /// The settings: trusted ones, where there are any.
    pub(super) own: Document<'s>,
    /// The file that `locations:` names, once it is there.
    locations: Option<Document<'s>>,
    /// What the checkout says for itself beside trusted settings.
    pub(super) checkout: Option<Document<'s>>,
    /// What was found so far, and does not keep the rest from being read.
    problems: Diagnostics,
}

/// The settings as far as they can be told, and everything that is wrong with them.
#[derive(Debug)]
pub struct Outline {
    /// What could be told, and what is assumed for the rest.
    pub settings: Settings,
    /// What is wrong.
    pub problems: Diagnostics,
}

impl<'s> SettingsDraft<'s> {
    /// Reads the settings file.
    ///
    /// # Errors
    /// What is no YAML, or no map.
    pub fn read(settings: &'s Source) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::default();
        let own = Document::read(settings, &SETTINGS_FILE, &mut problems);
        let Some(own) = own else { return Err(problems) };
        Ok(Self { own, locations: None, checkout: None, problems })
    }

    /// Takes what the checkout says for itself: the settings that were read are trusted, and come from elsewhere.
    ///
    /// # Errors
    /// What is no YAML, or no map.
    pub fn with_checkout(mut self, file: &'s Source) -> Result<Self, Diagnostics> {
        self.checkout = Document::read(file, &CHECKOUT_FILE, &mut self.problems);
        if self.checkout.is_some() { Ok(self) } else { Err(self.problems) }
    }

    /// The file named by `locations: other.yaml`, as written, while it has not been read.
    #[must_use]
    pub fn locations_file(&self) -> Option<&str> {
        let file = self.own.tree.text(self.own.written("locations")?);
        file.filter(|_| self.locations.is_none())
    }

    /// Takes the text of that file.
    ///
    /// # Errors
    /// What is no YAML, no map, or a file of another kind.
    pub fn with_locations(mut self, file: &'s Source) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        self.locations = Document::read(file, &LOCATIONS, &mut found);
        if let Some(kind) = self.locations.as_ref().and_then(|document| top_kind(&document.tree, "locations"))
        {
            return Err(Diagnostics(vec![self.no_file_of_locations(&file.path, &kind)]));
        }
        self.problems.extend(found);
        if self.locations.is_some() { Ok(self) } else { Err(arranged(self.problems, &[&self.own.tree])) }
    }

    /// The folder of the state, as written.
    #[must_use]
    pub fn state_path(&self) -> &str {
        self.written_state_path().unwrap_or("state")
    }

    fn written_state_path(&self) -> Option<&str> {
        let Document { tree, .. } = &self.own;
        tree.text(tree.given(self.own.written("state")?, "path")?)
    }

    /// The sandbox files named by locations, as written.
    #[must_use]
    pub fn sandbox_files(&self) -> BTreeSet<String> {
        let Some((tree, map)) = self.entries() else {
            return BTreeSet::new();
        };
        let sandbox =
            |pair: &yaml::MapPair<'_>| tree.text(tree.given(pair.value, "sandbox")?).map(str::to_owned);
        tree.pairs(map).iter().filter_map(sandbox).collect()
    }

    /// Puts the settings together, or says what is wrong: what tests want.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    #[cfg(feature = "internals")]
    pub fn settings(&self, inputs: &Inputs) -> Result<Settings, Diagnostics> {
        let Outline { settings, mut problems } = self.outline(inputs);
        if self.locations_file().is_some() {
            problems.push(self.no_locations());
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(Settings { warnings: problems, ..settings })
    }

    /// Puts the settings together as far as that goes: what is broken hides nothing in the rest.
    #[must_use]
    pub fn outline(&self, inputs: &Inputs) -> Outline {
        let mut problems = self.problems.clone();
        let mut variables = self.variables(&mut problems);
        let Given { by_hand, origins, secrets } = given::give(&mut variables, inputs, &mut problems);
        self.refuse_oracles(&variables, &mut problems);
        let trusted = self.trusted(&variables);
        let referable = trusted.as_ref().unwrap_or(&variables);
        let values = KnownValues { variables: &variables, referable, by_hand: &by_hand, written: &origins };
        let Located { locations, accounts } = self.locations(values, inputs, &mut problems);
        let named = self.locations.is_none() && self.locations_file().is_some();
        let broken = named
            || self.own.misshapen.below("locations")
            || is_meant("locations", &problems)
            || problems.0.iter().any(|one| one.code == "too-much");
        if accounts.is_empty() && !broken {
            problems.push(self.no_locations());
        }
        let settings =
            self.rest(referable, &mut problems).map(|rest| self.checked_out(rest, &variables, &mut problems));
        if self.hides_variables(&variables) {
            // which ones there are is not known, and that is told
            problems.0.retain(|one| one.code != "unknown-variable");
        }
        if self.documents().any(|document| !document.misshapen.is_empty()) {
            // what cannot be decoded has been complained about
            problems.0.retain(|one| one.code != "undecoded");
        }
        let trees: Vec<&Tree<'_>> = self.documents().map(|document| &document.tree).collect();
        let rest = settings.unwrap_or_else(|| self.unknown());
        let given = by_hand.into_keys().collect();
        let origins = self.origins(origins, &variables);
        let settings = Settings { locations, accounts, variables, given, origins, secrets, ..rest };
        let is_trusted = trusted.is_some();
        let problems = suggested(arranged(problems, &trees), settings.names(), |found, near| {
            match near {
            Near::Variable(name) if is_trusted && settings.variables.contains_key(&name) => found.hint(format!(
                "the checkout declares `{name}`, and trusted settings refer to no variable that a branch can change: declare it here instead"
            )),
            Near::Variable(name) => settings.with_variable(found, &name),
            _ => found,
        }
        });
        Outline { settings, problems }
    }

    /// Where values that hold everywhere were written: those that were given by hand, and the defaults.
    fn origins(
        &self,
        mut given: BTreeMap<String, ValueOrigin>,
        variables: &VariableTable,
    ) -> BTreeMap<String, ValueOrigin> {
        for name in variables.keys() {
            let path = ["variables", name, "default"];
            let gives = |document: &&Document<'s>| {
                let declared = document.written("variables").and_then(|map| document.tree.get(map, name));
                declared.is_some_and(|node| document.tree.given(node, "default").is_some())
            };
            if let (false, Some(document)) = (given.contains_key(name), self.documents().find(gives)) {
                let place = Place::key(&document.tree.source.path, &path, Part::Value);
                given.insert(name.clone(), ValueOrigin::Place(place));
            }
        }
        given
    }

    /// Whether variables may be declared where nobody reads them: under a key that is none, or in another form.
    fn hides_variables(&self, variables: &VariableTable) -> bool {
        let head = |path: &Vec<Segment>| match path.as_slice() {
            [Segment::Key(key)] if SETTINGS.field(key).is_some() => key == "variables",
            [Segment::Key(key)] => match SETTINGS.near(key) {
                Some(near) => near == "variables",
                None => variables.is_empty(),
            },
            _ => false,
        };
        let own = [&self.own].into_iter().chain(&self.checkout);
        own.flat_map(|document| document.misshapen.places()).any(head)
    }

    fn documents(&self) -> impl Iterator<Item = &Document<'s>> {
        [&self.own].into_iter().chain(&self.locations).chain(&self.checkout)
    }

    /// Whatever is odd about each of its keys comes of that.
    fn no_file_of_locations(&self, file: &str, kind: &TopKind) -> Diagnostic {
        let TopKind { key, what } = kind;
        let message = format!("`{file}` holds {what} (`{key}`), and no locations");
        let hint = "name a file that holds nothing but locations, or write them here: `locations: {demo: {sandbox: sandbox.yaml}}`";
        Diagnostic::error("missing", message).at(self.own.place("locations")).hint(hint)
    }

    fn no_locations(&self) -> Diagnostic {
        Diagnostic::error("missing", "there are no `locations`")
            .hint("such as `locations: {demo: {sandbox: sandbox.yaml}}`")
            .at(self.own.place("locations"))
    }

    /// What is assumed where the settings cannot be told.
    fn unknown(&self) -> Settings {
        let mut settings = Settings { state_path: self.state_path().to_owned(), ..Settings::unknown() };
        let written = |document: &Document<'s>| {
            let list = document.tree.items(document.written("declarations")?).iter();
            Some(list.filter_map(|item| document.tree.text(*item)).map(str::to_owned).collect())
        };
        settings.declarations = self.documents().find_map(written).unwrap_or(settings.declarations);
        settings
    }

    /// Where a file of a sandbox is named.
    #[must_use]
    pub fn sandbox_place(&self, file: &str) -> Option<Place> {
        let (tree, map) = self.entries()?;
        let names = |pair: &&yaml::MapPair<'_>| {
            tree.given(pair.value, "sandbox").and_then(|id| tree.text(id)) == Some(file)
        };
        let entry = tree.pairs(map).iter().find(names)?;
        let home = if self.locations.is_some() { None } else { Some("locations") };
        let path: Vec<&str> = home.into_iter().chain([&*entry.key, "sandbox"]).collect();
        Some(Place::key(&tree.source.path, &path, Part::Value))
    }

    /// Values that are allowed would tell whether a guess at a secret is right.
    fn refuse_oracles(&self, variables: &VariableTable, problems: &mut Diagnostics) {
        for document in [&self.own].into_iter().chain(&self.checkout) {
            let Some(map) = document.written("variables") else { continue };
            for pair in document.tree.pairs(map) {
                let secret = variables.get(&*pair.key).is_some_and(|variable| variable.sensitive);
                if secret && document.tree.given(pair.value, "allowed").is_some() {
                    let message = format!(
                        "the variable `{}` is sensitive, so `allowed` cannot list its values",
                        pair.key
                    );
                    let place = Place::key(
                        &document.tree.source.path,
                        &["variables", &pair.key, "allowed"],
                        Part::Key,
                    );
                    let hint = "whether a guess is right would be told; leave `allowed` out";
                    problems.push(Diagnostic::error("sensitive", message).hint(hint).at(place).redact(true));
                }
            }
        }
    }

    fn locations(&self, values: KnownValues<'_>, inputs: &Inputs, problems: &mut Diagnostics) -> Located {
        let mut found = Located::default();
        let Some((tree, map)) = self.entries() else {
            return found;
        };
        let own = &self.own;
        let file = &own.tree.source.path;
        let home = match self.locations {
            Some(_) => Place::key(&tree.source.path, &[], Part::Value),
            None => Place::key(file, &["locations"], Part::Value),
        };
        let defaults = Place::key(file, &["location_defaults"], Part::Value);
        let defaults =
            own.written("location_defaults").map(|node| Sheet { layer: &defaults, tree: &own.tree, node });
        let mut reader = Reader { tree, home, defaults, values, inputs, problems, looked_at: HashSet::new() };
        let misshapen = match &self.locations {
            Some(file) => file.misshapen.heads().into_iter().map(str::to_owned).collect(),
            None => own.misshapen.keys_below("locations"),
        };
        let defaults_misshapen = own.misshapen.below("location_defaults");
        let (mut regions, mut values) = (0, 0);
        if let Some(pair) = self.first_too_much(tree, map) {
            let place = reader.home.clone().below([Segment::Key(pair.key.to_string())], Part::Key);
            reader.problems.push(too_many().at(place));
            return found;
        }
        for pair in tree.pairs(map) {
            let before = reader.problems.0.len();
            let entry = reader.entry(&pair.key, pair.value);
            regions += entry.len();
            values += entry.iter().map(|location| location.variables.len()).sum::<usize>();
            if regions > MOST_LOCATIONS || values > MOST_VALUES {
                let place = reader.home.clone().below([Segment::Key(pair.key.to_string())], Part::Key);
                reader.problems.push(too_many().at(place));
                break;
            }
            if defaults_misshapen || misshapen.contains(&*pair.key) {
                // what depends on a part that is broken cannot be told
                reader.problems.0.truncate(before);
            }
            found
                .accounts
                .insert(pair.key.to_string(), entry.iter().map(|location| location.name.clone()).collect());
            found.locations.extend(entry.into_iter().map(|location| (location.name.clone(), location)));
        }
        found
    }

    /// The account with which the locations are more than are made, by what is written: counted before any is made.
    fn first_too_much<'t>(&self, tree: &'t Tree<'_>, map: NodeId) -> Option<&'t yaml::MapPair<'t>> {
        let defaults = self.own.written("location_defaults");
        let listed = |tree: &Tree<'_>, node| tree.given(node, "regions").map(|list| tree.items(list).len());
        let named =
            |tree: &Tree<'_>, node| tree.given(node, "variables").map_or(0, |map| tree.pairs(map).len());
        let own = &self.own.tree;
        let common = defaults.map_or(0, |node| named(own, node));
        let (mut regions, mut values) = (0_usize, 0_usize);
        tree.pairs(map).iter().find(|pair| {
            let here = listed(tree, pair.value).or_else(|| listed(own, defaults?)).unwrap_or(1);
            regions += here;
            values += here * named(tree, pair.value).max(common);
            regions > MOST_LOCATIONS || values > MOST_VALUES
        })
    }

    /// Everything that is neither a variable nor a location; nothing if it cannot be told.
    fn rest(&self, variables: &VariableTable, problems: &mut Diagnostics) -> Option<Settings> {
        let content: SettingsContent = self.own.content(&SETTINGS, variables, problems)?;
        if self.checkout.is_none() && !self.own.gives("project") && !is_meant("project", problems) {
            problems.push(no_project().at(self.own.place("project")));
        }
        if self.checkout.is_some()
            && self.written_state_path().is_none()
            && !self.own.misshapen.below("state")
        {
            let hint = "such as `state: {path: /var/lib/provisor/platform}`, outside the checkout";
            let found = Diagnostic::error(
                "missing",
                "trusted settings say where the state is kept: `state.path` is missing",
            );
            problems.push(found.hint(hint).at(self.own.place("state")));
        }
        let guards = self.own.written("guards");
        let is_told = |one: &Diagnostic| matches!(&one.place, Some(Place::Node { path, .. }) if path.first() == Some(&Segment::Key("guards".to_owned())) && path.get(1) == Some(&Segment::Key("replace_resources".to_owned())));
        if !self.own.misshapen.below("guards") && !problems.0.iter().any(is_told) {
            problems.extend(content.guards.unnamed().map(|found| found.at(self.own.place("guards"))));
        }
        let is_written = guards.is_some_and(|guards| self.own.tree.given(guards, "max_terminate").is_some());
        Some(Settings { max_terminate_is_written: is_written, ..content.settings()? })
    }

    /// The map of locations, wherever it is kept.
    fn entries(&self) -> Option<(&Tree<'s>, NodeId)> {
        match &self.locations {
            Some(file) => Some((&file.tree, file.tree.root?)),
            None => {
                let map = self.own.written("locations")?;
                matches!(self.own.tree.node(map).shape, Shape::Map(_)).then_some((&self.own.tree, map))
            }
        }
    }
}

pub(super) fn no_project() -> Diagnostic {
    Diagnostic::error("missing", "`project` is missing")
        .hint("give the platform a name, such as `project: platform`")
}

/// Whether a wrong key was meant to be this one.
pub(super) fn is_meant(key: &str, found: &Diagnostics) -> bool {
    let hint = format!("did you mean `{key}`?");
    found.0.iter().any(|one| one.code == "unknown-key" && one.hint.as_ref() == Some(&hint))
}

/// The locations of all account entries, in the making.
#[derive(Default)]
struct Located {
    /// Each under its name in addresses.
    locations: BTreeMap<LocationName, Location>,
    /// Which of them belong to each entry.
    accounts: BTreeMap<String, Vec<LocationName>>,
}

impl SettingsContent {
    fn settings(self) -> Option<Settings> {
        let duration = |text: &str| duration("", text).ok();
        Some(Settings {
            project: self.project.unwrap_or_default(),
            declarations: self.declarations,
            state_path: self.state.path,
            locations: BTreeMap::new(),
            accounts: BTreeMap::new(),
            variables: BTreeMap::new(),
            given: BTreeSet::new(),
            origins: BTreeMap::new(),
            secrets: Vec::new(),
            parallelism: usize::try_from(self.limits.parallelism).ok()?,
            product_limits: limits(self.limits.products),
            max_terminate: share(&self.guards.max_terminate).ok()?,
            max_terminate_is_written: false,
            replace_resources: self.guards.replace_resources.map(ReplaceGuard::from),
            timeouts: Timeouts {
                provision: duration(&self.timeouts.provision)?,
                update: duration(&self.timeouts.update)?,
                terminate: duration(&self.timeouts.terminate)?,
            },
            deep: is_deep(&self.drift),
            warnings: Diagnostics::default(),
        })
    }
}

impl GuardsContent {
    /// A guard that names nothing would pass for one that holds.
    fn unnamed(&self) -> Option<Diagnostic> {
        let Some(ReplacedContent::Of { refuse }) = &self.replace_resources else { return None };
        let found = |message| Diagnostic::error("missing", message);
        if refuse.is_empty() {
            let hint = "write `replace_resources: refuse` for all types, or `{refuse: [\"AWS::RDS::*\"]}`";
            return Some(found("`guards.replace_resources` names no types").hint(hint));
        }
        let open = refuse.iter().any(|kind| kind.contains("${"));
        open.then(|| found("`guards.replace_resources` names types as they are: `${…}` is not filled there"))
    }
}

impl From<ReplacedContent> for ReplaceGuard {
    fn from(written: ReplacedContent) -> Self {
        match written {
            ReplacedContent::All(word) if word == "refuse" => Self { types: vec!["*".to_owned()] },
            // that it is no word is told already
            ReplacedContent::All(_) => Self { types: Vec::new() },
            ReplacedContent::Of { refuse } => Self { types: refuse },
        }
    }
}

fn limits(written: BTreeMap<String, u32>) -> BTreeMap<String, usize> {
    written.into_iter().filter_map(|(product, limit)| Some((product, usize::try_from(limit).ok()?))).collect()
}
