//! What surgery does to a state, row by row, as its readers see it.

use crate::model::ids::Labels;
use crate::state::{Applied, Binding, Phase, Recorded, Row, RowDifference};

/// What is not the same afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurgeryView<'a> {
    /// Which state.
    pub lineage: &'a str,
    /// Its serial before.
    pub serial: u64,
    /// The rows that are not the same, by address.
    pub rows: Vec<RowFate<'a>>,
    /// What follows from it.
    pub notes: &'a [String],
}

/// What becomes of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFate<'a> {
    /// Which of the four it is.
    pub fate: Fate,
    /// The address as people write it.
    pub address: String,
    /// Where it stood, if elsewhere.
    pub from: Option<String>,
    /// The provisioned product, as it is known afterwards, or was.
    pub binding: Option<&'a Binding>,
    /// What is recorded otherwise.
    pub facts: Vec<FactChange>,
}

/// What can become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It comes.
    Added,
    /// It says something else.
    Changed,
    /// It stands elsewhere.
    Moved,
    /// It goes.
    Forgotten,
}

/// Something that is recorded otherwise; texts are those of `state show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChange {
    /// What it is.
    pub name: String,
    /// As it was, if it can be told.
    pub before: Option<String>,
    /// As it is then, if it can be told.
    pub after: Option<String>,
}

impl Fate {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Forgotten => "forgotten",
        }
    }
}

impl<'a> SurgeryView<'a> {
    /// Holds a state against what is to take its place.
    #[must_use]
    pub fn of(before: &'a Recorded, after: &'a Recorded, notes: &'a [String]) -> Self {
        let labels = Labels::of(before.rows.keys().chain(after.rows.keys()));
        let found = before.differences(after);
        Self {
            lineage: before.lineage.as_str(),
            serial: before.serial,
            rows: found.into_iter().map(|one| RowFate::of(one, &labels)).collect(),
            notes,
        }
    }

    /// How many rows end in each way, those that do none left out.
    #[must_use]
    pub fn counts(&self) -> Vec<(Fate, usize)> {
        let count = |fate| (fate, self.rows.iter().filter(|row| row.fate == fate).count());
        let all = [Fate::Added, Fate::Changed, Fate::Moved, Fate::Forgotten].map(count);
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

impl<'a> RowFate<'a> {
    fn of(one: RowDifference<'a>, labels: &Labels) -> Self {
        let fate = match (one.from, one.before, one.after) {
            (_, _, None) => Fate::Forgotten,
            (Some(_), ..) => Fate::Moved,
            (None, None, _) => Fate::Added,
            (None, Some(_), _) => Fate::Changed,
        };
        let binding = |row: Option<&'a Row>| row.and_then(|row| row.binding.as_ref());
        Self {
            fate,
            address: labels.label(one.address),
            from: one.from.map(|from| labels.label(from)),
            binding: binding(one.after).or(binding(one.before)),
            facts: one.before.zip(one.after).map(|(before, after)| facts(before, after)).unwrap_or_default(),
        }
    }
}

/// Tells something of a row.
type Teller = fn(&Row) -> Option<String>;

/// What two states of a row say differently. Values of parameters, tags and outputs are not shown: they may be secret.
fn facts(before: &Row, after: &Row) -> Vec<FactChange> {
    let told: [(&str, Teller); 9] = [
        ("account_id", |row| Some(row.home.account.to_string())),
        ("region", |row| Some(row.home.region.to_string())),
        ("provisioned_product_id", |row| Some(row.binding.as_ref()?.id.to_string())),
        ("provisioned_product_name", |row| Some(row.binding.as_ref()?.name.clone())),
        ("record", |row| Some(row.applied.as_ref()?.record.to_string())),
        ("product", |row| Some(row.applied.as_ref()?.content.target.product.name.clone())),
        ("version", |row| Some(row.applied.as_ref()?.content.target.artifact.name.clone())),
        ("under_way", under_way),
        ("on_removal", |row| Some(row.lifecycle.on_removal.as_str().to_owned())),
    ];
    let change = |(name, tell): &(&str, Teller)| {
        let (before, after) = (tell(before), tell(after));
        (before != after).then(|| FactChange { name: (*name).to_owned(), before, after })
    };
    let parts: [(&str, bool); 4] = [
        ("parameters", differ(before, after, |applied| &applied.content.parameters)),
        ("tags", differ(before, after, |applied| &applied.content.tags)),
        ("outputs", differ(before, after, |applied| &applied.outputs)),
        ("prevent_terminate", before.lifecycle.prevent_terminate != after.lifecycle.prevent_terminate),
    ];
    let unshown = parts.into_iter().filter(|(_, differs)| *differs);
    let unshown = unshown.map(|(name, _)| FactChange { name: name.to_owned(), before: None, after: None });
    let mut all: Vec<FactChange> = told.iter().filter_map(change).chain(unshown).collect();
    if all.is_empty() {
        // never a change that says nothing
        all.push(FactChange { name: "what else is remembered of it".to_owned(), before: None, after: None });
    }
    all
}

fn under_way(row: &Row) -> Option<String> {
    let intent = row.intent.as_ref()?;
    Some(match &intent.phase {
        Phase::Intended => intent.token.to_string(),
        Phase::Accepted(record) => record.to_string(),
    })
}

/// Whether something that was applied is not the same, where both are known.
fn differ<T: PartialEq>(before: &Row, after: &Row, of: impl Fn(&Applied) -> &T) -> bool {
    let both = before.applied.as_ref().zip(after.applied.as_ref());
    both.is_some_and(|(before, after)| of(before) != of(after))
}
