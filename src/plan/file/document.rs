//! The whole document, format v5: its members, how it is laid out in lines, and what of it can be read before it is trusted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::about::{About, AboutDto};
use super::error::PlanFileError;
use super::form::{Form, mirror};
use super::previews::Preview;
use super::steps::Step;
use super::words::AddressPair;
use crate::catalog::Interface;
use crate::model::ids::{Address, Labels, Lineage};
use crate::plan::{self, Basis, Coverage, Plan};
use crate::state;

const FORMAT: &str = "provisor.planfile/v";

/// The format version that is written.
pub(super) const VERSION: u32 = 5;

/// The oldest that is read: it has no `previews`.
const OLDEST: u32 = 4;

/// The members of the document, as they are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(rename = "format")]
    _format: String,
    about: AboutDto,
    lineage: String,
    serial: u64,
    basis: Vec<BasisRow>,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    steps: Vec<Step>,
    unchanged: Vec<AddressPair>,
    notes: Vec<Note>,
    renamed: Vec<Renamed>,
    externals: Vec<ExternalRow>,
    labels: Vec<String>,
    regional: Vec<String>,
    #[serde(default)]
    previews: Vec<PreviewRow>,
    #[serde(default)]
    interfaces: Vec<Presented>,
    #[serde(default)]
    concerns: Vec<ConcernRow>,
    #[serde(default)]
    coverage: Option<CoverageDto>,
    #[serde(rename = "mac")]
    _mac: String,
}

mirror!(enum CoverageDto of Coverage { Whole, Part, Outside });

/// A row that the plan was made from, and its version: its birth, and how many writes it was old.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BasisRow {
    address: AddressPair,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
}

/// How a template's author presents its parameters, and the addresses whose template that is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Presented {
    of: Vec<AddressPair>,
    labels: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
}

impl Presented {
    /// Each interface once, however many addresses have it.
    fn of(plan: &Plan) -> impl Iterator<Item = Self> {
        let mut of: BTreeMap<(&BTreeMap<_, _>, &BTreeMap<_, _>), Vec<AddressPair>> = BTreeMap::new();
        for (address, interface) in &plan.interfaces {
            of.entry((&interface.labels, &interface.groups)).or_default().push(address.write());
        }
        of.into_iter().map(|((labels, groups), of)| Self {
            of,
            labels: labels.clone(),
            groups: groups.clone(),
        })
    }

    fn read(self) -> impl Iterator<Item = (Address, Arc<Interface>)> {
        let Self { of, labels, groups } = self;
        let interface = Arc::new(Interface { labels, groups });
        of.into_iter().map(move |address| (Form::read(address), Arc::clone(&interface)))
    }
}

/// What a step would do to resources.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviewRow {
    address: AddressPair,
    preview: Preview,
}

/// What a step is about that makes nothing of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConcernRow {
    address: AddressPair,
    concern: Concern,
}

mirror!(struct Concern of plan::Concern { name: String, product: String, version: String });

/// A key that is renamed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Renamed {
    to: AddressPair,
    from: AddressPair,
}

/// A provisioned product of somebody else.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExternalRow {
    address: AddressPair,
    filler: Filler,
}

mirror!(struct Filler of plan::Filler { id: String, record: Option<String> });

mirror!(struct Version of state::Version { birth: String, n: u64 });

impl Form<String> for state::Birth {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(file: String) -> Self {
        // the signature proves that we wrote it
        Self::parse(&file).unwrap_or_default()
    }
}

mirror!(struct Note of plan::Note { address: AddressPair, text: String });

impl Document {
    pub(super) fn saved(self) -> Saved {
        let steps: Vec<plan::Step> = Form::read(self.steps);
        let simulated = steps.iter().filter(|step| step.place.catalog.is_simulated());
        let simulated = simulated.map(|step| step.address.location.clone()).collect();
        let plan = Plan {
            basis: Basis {
                lineage: Form::read(self.lineage),
                serial: self.serial,
                rows: self
                    .basis
                    .into_iter()
                    .map(|row| (Form::read(row.address), Form::read(row.version)))
                    .collect(),
            },
            steps,
            simulated,
            coverage: self.coverage.map_or(Coverage::Whole, Form::read),
            unchanged: Form::read(self.unchanged),
            notes: Form::read(self.notes),
            renamed: self.renamed.into_iter().map(|row| (Form::read(row.to), Form::read(row.from))).collect(),
            externals: self
                .externals
                .into_iter()
                .map(|row| (Form::read(row.address), Form::read(row.filler)))
                .collect(),
            // a plan that is refused as a whole is not saved
            breach: None,
            previews: self
                .previews
                .into_iter()
                .map(|row| (Form::read(row.address), Form::read(row.preview)))
                .collect(),
            interfaces: self.interfaces.into_iter().flat_map(Presented::read).collect(),
            concerns: self
                .concerns
                .into_iter()
                .map(|row| (Form::read(row.address), Form::read(row.concern)))
                .collect(),
            labels: Labels::from_parts(self.labels.into_iter().map(Form::read), self.regional),
        };
        Saved { plan, about: Form::read(self.about) }
    }
}

/// The text up to the signature, which comes last: all members in their order, each on a line, and each item of a list on its own.
pub(super) fn text(plan: &Plan, about: &About, fingerprint: &str) -> String {
    let Plan {
        basis,
        steps,
        unchanged,
        notes,
        renamed,
        externals,
        breach: _,
        simulated: _,
        previews,
        interfaces,
        concerns,
        coverage,
        labels,
    } = plan;
    let mut text = format!("{{\"format\":\"{FORMAT}{VERSION}\"");
    let about: AboutDto = about.write();
    member(&mut text, "about", &json(&about));
    member(&mut text, "lineage", &json(&basis.lineage.write()));
    member(&mut text, "serial", &json(&basis.serial));
    let rows = basis.rows.iter();
    let rows = rows.map(|(address, version)| BasisRow { address: address.write(), version: version.write() });
    items(&mut text, "basis", rows);
    member(&mut text, "fingerprint", &json(&fingerprint));
    list::<Step, _>(&mut text, "steps", steps);
    list::<AddressPair, _>(&mut text, "unchanged", unchanged);
    list::<Note, _>(&mut text, "notes", notes);
    let renamed = renamed.iter().map(|(to, from)| Renamed { to: to.write(), from: from.write() });
    items(&mut text, "renamed", renamed);
    let externals = externals.iter();
    let externals =
        externals.map(|(address, filler)| ExternalRow { address: address.write(), filler: filler.write() });
    items(&mut text, "externals", externals);
    list::<String, _>(&mut text, "labels", labels.several());
    list::<String, _>(&mut text, "regional", labels.regional());
    if !previews.is_empty() {
        let previews = previews.iter();
        let previews = previews
            .map(|(address, preview)| PreviewRow { address: address.write(), preview: preview.write() });
        items(&mut text, "previews", previews);
    }
    if !interfaces.is_empty() {
        items(&mut text, "interfaces", Presented::of(plan));
    }
    if !concerns.is_empty() {
        let concerns = concerns.iter();
        let concerns =
            concerns.map(|(address, one)| ConcernRow { address: address.write(), concern: one.write() });
        items(&mut text, "concerns", concerns);
    }
    if *coverage != Coverage::Whole {
        let coverage: CoverageDto = coverage.write();
        member(&mut text, "coverage", &json(&coverage));
    }
    text
}

fn member(text: &mut String, name: &str, value: &str) {
    text.push_str(&format!(",\n\"{name}\":{value}"));
}

/// Item by item, so that the whole plan does not stand in memory a second time.
fn list<'a, F: Serialize, T: Form<F> + 'a>(
    text: &mut String,
    name: &str,
    all: impl IntoIterator<Item = &'a T>,
) {
    items(text, name, all.into_iter().map(T::write));
}

fn items(text: &mut String, name: &str, items: impl Iterator<Item = impl Serialize>) {
    member(text, name, "[");
    for (n, item) in items.enumerate() {
        text.push_str(if n == 0 { "\n" } else { ",\n" });
        text.push_str(&json(&item));
    }
    text.push(']');
}

/// The value as JSON, on one line.
pub(super) fn json(value: &impl Serialize) -> String {
    // nothing we write has a key that is not a text, or refuses to be written: there is no other way to fail
    serde_json::to_string(value).unwrap_or_default()
}

/// A plan that was saved, and what it says beside its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The plan.
    pub plan: Plan,
    /// What it says beside its steps.
    pub about: About,
}

/// What a saved plan says of itself. Nothing of it is proven until the plan is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The state it was made from.
    pub lineage: Lineage,
    /// That state's serial, for people.
    pub serial: u64,
    /// The fingerprint of its steps.
    pub fingerprint: String,
    /// Values that the settings were written with.
    pub variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Claim {
    format: String,
}

#[derive(Deserialize)]
struct Head {
    about: AboutDto,
    lineage: String,
    serial: u64,
    fingerprint: String,
}

impl Header {
    /// Reads it from a text of a format version that we know; what else is in the text is not looked at, but must be JSON.
    pub(super) fn read(text: &str) -> Result<Self, PlanFileError> {
        let claim: Claim = serde_json::from_str(text).map_err(|error| {
            if begins_like_a_plan(text) { PlanFileError::of_json(&error) } else { PlanFileError::NotAPlan }
        })?;
        let version = claim.format.strip_prefix(FORMAT).and_then(|version| version.parse().ok());
        match version.ok_or(PlanFileError::NotAPlan)? {
            OLDEST..=VERSION => {}
            found if found > VERSION => {
                return Err(PlanFileError::NewerFormat { found, known: VERSION });
            }
            found @ 1.. => return Err(PlanFileError::OlderFormat { found, known: OLDEST }),
            _ => return Err(PlanFileError::NotAPlan),
        }
        let Head { about, lineage, serial, fingerprint } =
            serde_json::from_str(text).map_err(|error| PlanFileError::of_json(&error))?;
        Ok(Self { lineage: Lineage::new(lineage), serial, fingerprint, variables: about.variables })
    }
}

fn begins_like_a_plan(text: &str) -> bool {
    let beginning = format!("{{\"format\":\"{FORMAT}");
    text.starts_with(&beginning) || !text.is_empty() && beginning.starts_with(text)
}
