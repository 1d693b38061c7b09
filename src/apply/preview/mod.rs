//! What steps would do to resources: provisioned product plans are made in the catalog, read and taken away again, a bounded number at a
//! time. None is executed. Each stands in a journal before it is asked for, and leaves that only when it is known to be gone:
//! what a dead run has left is taken away by the same rounds.

mod item;
mod rounds;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use self::item::PreviewItem;
use self::rounds::Rounds;
use super::Wake;
use super::request::{Owner, Sources, Unfillable};
use crate::catalog::{Catalog, Preview};
use crate::model::ids::{Address, Token};
use crate::model::random::Random;
use crate::model::secret::{DigestKey, Secrets};
use crate::model::template::{Known, Missing};
use crate::plan::PreviewTarget;
use crate::state::{Birth, OpenPreview, PreviewJournal, Recorded, Row, StateError};

/// How the names of our provisioned product plans begin.
pub use crate::plan::PREVIEW_PREFIX as PREFIX;

/// What is to be previewed.
pub struct PreviewJob<'p> {
    /// Of which steps.
    pub targets: &'p [PreviewTarget],
    /// What their values are filled from.
    pub known: &'p Known,
    /// What is remembered of them.
    pub recorded: &'p Recorded,
    /// For the digests of secrets.
    pub key: &'p DigestKey,
    /// Clear texts that are redacted wherever they turn up.
    pub secrets: &'p Secrets,
    /// So many at a time, per location.
    pub parallelism: usize,
}

/// The edges that it touches.
pub struct PreviewPorts<'w> {
    /// The catalog of every location.
    pub catalog: &'w dyn Catalog,
    /// What is open in it for our sake.
    pub journal: &'w mut dyn PreviewJournal,
    /// Where names come from.
    pub random: &'w mut Random,
    /// Time since the command began.
    pub clock: &'w dyn Fn() -> Duration,
    /// Waits; tells when somebody wants it to stop. After that it only waits.
    pub wait: &'w mut dyn FnMut(Duration) -> Wake,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct PreviewReport {
    /// What the catalog told, or why it did not.
    pub previews: BTreeMap<Address, Preview>,
    /// What is still open, and stands in the journal.
    pub left: Vec<LeftOpen>,
    /// Somebody wanted it to stop.
    pub interrupted: bool,
    /// Why something could not be written down.
    pub unwritten: Option<StateError>,
}

/// A provisioned product plan of ours that is there, or may be, and why it was not taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOpen {
    /// Which one.
    pub open: OpenPreview,
    /// A lowercase fragment.
    pub why: String,
}

/// Asks the catalog what steps would do to resources.
pub fn preview(job: &PreviewJob<'_>, ports: PreviewPorts<'_>) -> PreviewReport {
    let mut items = Vec::new();
    let mut unfilled = BTreeMap::new();
    for target in job.targets {
        match filled(job, target, ports.random) {
            Ok(item) => items.push(item),
            Err(why) => drop(unfilled.insert(target.address.clone(), Preview::Unknown(why))),
        }
    }
    let mut report = Rounds::new(items, ports, job.parallelism).run();
    for (address, preview) in &mut report.previews {
        redact(job, address, preview);
    }
    report.previews.extend(unfilled);
    report
}

/// Takes away what the journal says is open, as far as `may` it be touched.
pub fn sweep(may: impl Fn(&OpenPreview) -> bool, ports: PreviewPorts<'_>) -> PreviewReport {
    let open = ports.journal.open().values().filter(|open| may(open)).cloned();
    let items = open.map(PreviewItem::left_open).collect();
    Rounds::new(items, ports, usize::MAX).run()
}

/// The request for a step, under a name of its own.
fn filled(job: &PreviewJob<'_>, target: &PreviewTarget, random: &mut Random) -> Result<PreviewItem, String> {
    let PreviewTarget { address, place, id, spec } = target;
    let row = job.recorded.rows.get(address);
    let owner = Owner { birth: row.map_or(Birth(0), |row| row.version.birth), row, key: job.key };
    let sources = Sources { known: job.known, owner, secrets: job.secrets };
    let payload = sources.fill(spec).map_err(|why| unfillable(&why))?.payload;
    let name = format!("{PREFIX}{:032x}", random.draw());
    let open = OpenPreview {
        token: Token::new(name.as_str()),
        name,
        address: address.clone(),
        home: place.clone(),
        product: payload.target.name.clone(),
        creates: id.is_none(),
        sign_by: Default::default(),
        plan: None,
        provisioned: id.clone(),
    };
    Ok(PreviewItem::wanted(open, payload))
}

fn unfillable(why: &Unfillable) -> String {
    match why {
        Unfillable::Missing(Missing(reference)) => {
            format!("`{}` of `{}` is not known", reference.what, reference.of.key)
        }
        Unfillable::SecretTag(key) => format!("the tag `{key}` would show something sensitive"),
    }
}

/// Takes everything sensitive out of what the catalog told.
fn redact(job: &PreviewJob<'_>, address: &Address, preview: &mut Preview) {
    use crate::model::secret::Redactor;
    let row = job.recorded.rows.get(address);
    let digests = row.into_iter().flat_map(Row::digests).collect();
    let redactor = Redactor { clear: job.secrets, digests, key: job.key };
    let clean = |text: &mut String| *text = redactor.redact(text);
    match preview {
        Preview::Unknown(why) => clean(why),
        Preview::Known(changes) => {
            for change in changes {
                clean(&mut change.name);
                change.physical_id.iter_mut().for_each(clean);
                for detail in &mut change.details {
                    detail.name.iter_mut().chain(detail.cause.iter_mut()).for_each(clean);
                }
            }
        }
    }
}
