//! What is declared, one version after the other: the plans that every fault is tried on, and random ones.

use std::collections::{BTreeMap, BTreeSet};

use provisor::catalog::ParameterRule;
use provisor::declare::{
    Access, Desired, DesiredParameter, DesiredProduct, Import, ImportOf, Layer, Location, OpenChoice, Origin,
};
use provisor::model::access::AccessLevel;
use provisor::model::ids::Address;
use provisor::model::product::{ArtifactSelector, Lifecycle, OnRemoval, Preferences, Selector, Timeouts};
use provisor::model::target::Options;
use provisor::model::template::{Attribute, Piece, Reference, Template};

use super::dice::Dice;

/// One declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub size: u8,
    pub version: u8,
    /// Fills `From0` with an output of it.
    pub from: Option<(&'static str, &'static str)>,
    /// Only made after it.
    pub after: Option<&'static str>,
    /// The accounts of its stack set, a bit each; none: all that the constraint allows.
    pub spread: u8,
    /// Removed with `on_removal: retain_physical_resources`.
    pub retain: bool,
}

pub type Config = BTreeMap<&'static str, Declared>;

#[derive(Clone, Debug)]
pub struct Story {
    pub name: String,
    pub configs: Vec<Config>,
    /// The operations that fail whoever asks, counted from 0 as they are accepted.
    pub failing: Vec<usize>,
}

/// What the STACKSET constraint allows.
pub const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];
pub const LOCATION: &str = "hub";
/// What `From0` is if nothing is declared.
pub const DEFAULT: &str = "none";

fn one(size: u8) -> Declared {
    Declared { size, version: 1, from: None, after: None, spread: 0, retain: false }
}

impl Story {
    /// Whether pairs of faults are tried on it: all that can happen to an operation happens in few steps.
    pub fn is_for_pairs(&self) -> bool {
        matches!(self.name.as_str(), "life" | "again" | "fails" | "chain")
    }
}

impl Declared {
    fn from(self, of: &'static str, output: &'static str) -> Self {
        Self { from: Some((of, output)), ..self }
    }

    fn after(self, of: &'static str) -> Self {
        Self { after: Some(of), ..self }
    }

    fn spread(self, spread: u8) -> Self {
        Self { spread, ..self }
    }

    /// The accounts that its instances are to be in.
    pub fn accounts(&self) -> Vec<String> {
        let bits = if self.spread == 0 { !0 } else { self.spread };
        let chosen = ACCOUNTS.iter().enumerate().filter(|(n, _)| bits & 1 << n != 0);
        chosen.map(|(_, account)| (*account).to_owned()).collect()
    }

    fn version(self, version: u8) -> Self {
        Self { version, ..self }
    }

    pub fn needs(&self) -> impl Iterator<Item = &'static str> {
        self.from.map(|(of, _)| of).into_iter().chain(self.after)
    }
}

fn story(name: &str, configs: Vec<Vec<(&'static str, Declared)>>) -> Story {
    let configs = configs.into_iter().map(|config| config.into_iter().collect()).collect();
    Story { name: name.to_owned(), configs, failing: Vec::new() }
}

/// The plans of the exhaustive levels: create, update, destroy, a chain, what fails and is replaced, and everything at
/// once.
pub fn all() -> Vec<Story> {
    let failing = vec![vec![("a", one(1))], vec![("a", one(2))], vec![]];
    vec![
        story("life", vec![vec![("a", one(1))], vec![("a", one(2))], vec![]]),
        story("again", vec![vec![("a", one(1))], vec![], vec![("a", one(1))]]),
        Story { failing: vec![0, 3, 5], ..story("fails", failing) },
        story(
            "chain",
            vec![
                vec![("a", one(1)), ("b", one(1).from("a", "Size"))],
                vec![("a", one(2)), ("b", one(1).from("a", "Size"))],
                vec![],
            ],
        ),
        story(
            "still",
            vec![
                vec![("a", one(1)), ("b", one(1).from("a", "Id"))],
                vec![("a", one(1).version(2)), ("b", one(1).from("a", "Id"))],
                vec![("a", one(1).version(2)), ("b", one(1))],
            ],
        ),
        story(
            "mixed",
            vec![
                vec![("a", one(1)), ("b", one(1).from("a", "All")), ("c", one(1).after("b")), ("d", one(1))],
                vec![("a", one(2)), ("b", one(1).from("a", "All")), ("e", one(1).from("b", "Size"))],
            ],
        ),
        story(
            "spread",
            vec![
                vec![("a", one(1).spread(1))],
                vec![("a", one(2).spread(6))],
                vec![("a", one(2).spread(4)), ("b", one(1).from("a", "Size").spread(3))],
            ],
        ),
    ]
}

/// A story of its own for each seed: up to `most` declarations, some versions.
pub fn random(dice: &mut Dice, most: usize) -> Story {
    const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let count = 1 + dice.below(most.min(KEYS.len()));
    let versions = 2 + dice.below(3);
    let config = |dice: &mut Dice| {
        let mut config = Config::new();
        for key in &KEYS[..count] {
            if dice.one_in(4) {
                continue;
            }
            let before: Vec<&'static str> = config.keys().copied().collect();
            let size = 1 + u8::try_from(dice.below(2)).unwrap_or(0);
            let mut declared = one(size).version(1 + u8::try_from(dice.below(2)).unwrap_or(0));
            declared.retain = dice.one_in(5);
            declared.spread = dice.pick(&[0, 0, 0, 1, 3, 6]);
            if !before.is_empty() && dice.one_in(2) {
                declared = declared.from(dice.pick(&before), dice.pick(&["Size", "All", "Id"]));
            }
            if !before.is_empty() && dice.one_in(4) {
                declared = declared.after(dice.pick(&before));
            }
            config.insert(key, declared);
        }
        config
    };
    Story {
        name: "random".to_owned(),
        configs: (0..versions).map(|_| config(dice)).collect(),
        failing: Vec::new(),
    }
}

pub fn address(key: &str) -> Address {
    Address::new(key, LOCATION)
}

pub fn name_of(key: &str) -> String {
    format!("pp-of-{key}")
}

pub fn artifact_of(version: u8) -> String {
    format!("pa-{version}")
}

/// The offering of every version.
pub fn rules() -> BTreeMap<String, ParameterRule> {
    let size = ParameterRule { kind: "String".to_owned(), ..ParameterRule::default() };
    let from = ParameterRule { default: Some(DEFAULT.to_owned()), ..size.clone() };
    [("Size".to_owned(), size), ("From0".to_owned(), from)].into()
}

pub fn locations() -> BTreeMap<provisor::model::ids::LocationName, Location> {
    let location = Location {
        name: LOCATION.into(),
        written: LOCATION.to_owned(),
        account: LOCATION.to_owned(),
        account_id: None,
        region: "eu-west-1".into(),
        access: Access::Sandbox { file: "sandbox.yaml".to_owned() },
        access_level: AccessLevel::Account,
        deep: None,
        variables: BTreeMap::new(),
        origins: BTreeMap::new(),
        frozen: false,
    };
    [(location.name.clone(), location)].into()
}

/// As the declarations would have been read; of these, what has their names is to be adopted.
pub fn desired(config: &Config, imports: &BTreeSet<&'static str>) -> Desired {
    let import = |key: &&str| {
        let of = ImportOf::Product(Selector::Name(name_of(key)));
        (address(key), Import { of, place: None, may_be_absent: true })
    };
    Desired {
        products: config.iter().map(|(key, declared)| (address(key), product(key, declared))).collect(),
        imports: imports.iter().filter(|key| config.contains_key(*key)).map(import).collect(),
        ..Desired::nothing()
    }
}

fn product(key: &str, declared: &Declared) -> DesiredProduct {
    let own = |value| DesiredParameter {
        value: Some(value),
        sensitive: false,
        mixed: false,
        torn: false,
        layer: Layer::Own,
    };
    let mut parameters =
        BTreeMap::from([("Size".to_owned(), own(Template::text(declared.size.to_string())))]);
    if let Some((of, output)) = declared.from {
        let what = Attribute::Output { key: output.to_owned(), index: None };
        let reference = Reference { of: address(of), what };
        parameters.insert("From0".to_owned(), own(Template::of([Piece::Reference(reference)])));
    }
    let on_removal = if declared.retain { OnRemoval::RetainPhysicalResources } else { OnRemoval::Terminate };
    DesiredProduct {
        origin: Origin::default(),
        name: name_of(key),
        product: Selector::Name("network".to_owned()),
        artifact: ArtifactSelector::Name(format!("v{}", declared.version)),
        path: None,
        unread: OpenChoice::default(),
        parameters,
        tags: BTreeMap::new(),
        options: Options {
            preferences: (declared.spread != 0)
                .then(|| Preferences { accounts: declared.accounts(), ..Preferences::default() }),
            ..Options::default()
        },
        depends_on: declared.after.map(address).into_iter().map(|needed| (needed, 0)).collect(),
        timeouts: Timeouts::default(),
        lifecycle: Lifecycle { on_removal, ..Lifecycle::default() },
        ignore_changes: BTreeSet::new(),
    }
}
