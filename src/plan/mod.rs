//! Desired x Recorded x Observed to `Plan`: pure and deterministic. What apply does is decided here, and only here.

mod account;
mod act;
mod adopt;
mod allowed;
mod blocked;
mod build;
mod check;
pub mod concurrency;
mod decide;
pub mod diff;
mod drift;
pub mod file;
mod guard;
mod hold;
mod input;
mod instances;
mod likely;
mod locate;
mod older;
mod order;
mod preview;
mod reason;
mod refusals;
mod remember;
mod removals;
mod rename;
mod replacing;
mod retired;
mod saved;
mod seen;
mod select;
mod sensitive;
mod spec;
mod steps;
pub mod supposed;
mod trust;
mod untaken;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::catalog::{Interface, Preview};
use crate::declare::{Desired, Limit, ReplaceGuard};
use crate::model::ids::{Address, Labels, Lineage, LocationName, ProvisionedId, RecordId};
use crate::model::product::{Lifecycle, StackSetOperation};
use crate::model::secret::{DigestKey, KeyedDigest};
use crate::model::target::Target;
use crate::model::template::Template;
use crate::observe::Observed;
use crate::state::{Home, Intent, Recorded, Version};

pub use act::{Act, Counts};
pub use allowed::Allowed;
pub use build::{checked, plan, wrong};
pub use check::{FittingTexts, LateChecks, LateValue, RuleInDoubt, Unfitting, fits, keeping};
pub use guard::breach;
pub use locate::located;
pub use preview::{PREVIEW_PREFIX, PreviewScope, PreviewTarget, Previewable, previewable};
pub use reason::{Reason, Refusal, Rule, Shown};
pub use removals::{removals, unfitting};
pub use rename::{rekeyed, renamed, renames};
pub use replacing::guarded;
pub use saved::{Present, Unfit, adoptions, with_secrets};
pub use select::{NoMatch, Selection, addresses, left_as_frozen, may_mean, select};
pub use sensitive::{read_veiled, sensitive, veiled};
pub use spec::{facts_of, known};

/// Everything planning may read.
#[derive(Clone, Copy)]
pub struct PlanInput<'a> {
    /// What is declared.
    pub desired: &'a Desired,
    /// What is remembered.
    pub recorded: &'a Recorded,
    /// What the catalog says.
    pub observed: &'a Observed,
    /// What the command line and the settings allow.
    pub policy: &'a Policy,
    /// For the digests of secrets.
    pub key: &'a DigestKey,
}

/// What the command line and the settings allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What this plan is about; see [`select`].
    pub selected: BTreeSet<Address>,
    /// `--replace`
    pub replace: BTreeSet<Address>,
    /// `--reapply`: updated as declared, though nothing differs.
    pub reapply: BTreeSet<Address>,
    /// `--allow`: nothing but these actions.
    pub allow: Option<BTreeSet<Allowed>>,
    /// `guards.max_terminate`; `None` for `destroy` where nobody wrote it.
    pub max_terminate: Option<Limit>,
    /// `--skip-refused`: a plan above that guard terminates nothing, and the rest of it is done.
    pub skips_refused: bool,
    /// `guards.replace_resources`
    pub replace_resources: Option<ReplaceGuard>,
    /// It is carried out at once: under that guard, what is not previewed is refused.
    pub applies: bool,
    /// `destroy`: nothing is wanted any more.
    pub destroy: bool,
    /// `--refresh-only`: accept foreign changes, do nothing else.
    pub refresh_only: bool,
    /// `import`: adopt what is to be adopted, do nothing else.
    pub import_only: bool,
    /// What is written of the removal of what is not declared any more: it holds whatever was remembered.
    pub removals: BTreeMap<Address, Lifecycle>,
    /// `destroy` wants nothing, but what the declarations say of removal holds all the same, remembered or not yet.
    pub lifecycles: BTreeMap<Address, Lifecycle>,
}

/// What a plan speaks of: what it says of the rest, it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coverage {
    /// All that is declared, and all that is recorded.
    #[default]
    Whole,
    /// Some of it: what was selected.
    Part,
    /// What was changed outside, and no difference to what is declared.
    Outside,
}

/// What would be done, in order, and why. Whoever prepares it for being shown may add notes; apply changes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The state it was made from.
    pub basis: Basis,
    /// The steps; a step's number is its place here.
    pub steps: Vec<Step>,
    /// What it speaks of.
    pub coverage: Coverage,
    /// Declared, recorded, and as they should be.
    pub unchanged: BTreeSet<Address>,
    /// Worth knowing, not worth a step.
    pub notes: Vec<Note>,
    /// Declarations whose rows stand under another key so far, and where: written down before the steps.
    pub renamed: BTreeMap<Address, Address>,
    /// Provisioned products of others whose values its steps are filled with, as they were found.
    pub externals: BTreeMap<Address, Filler>,
    /// The whole plan is refused.
    pub breach: Option<Breach>,
    /// The locations where nothing that happens is real.
    pub simulated: BTreeSet<LocationName>,
    /// How its addresses are written.
    pub labels: Labels,
    /// What its steps would do to resources, where that was asked for.
    pub previews: BTreeMap<Address, Preview>,
    /// How the templates present the parameters of its steps.
    pub interfaces: BTreeMap<Address, Arc<Interface>>,
    /// What those of its steps are about that make nothing of it.
    pub concerns: BTreeMap<Address, Concern>,
}

/// What a step is about that does not say what is to be: one that ends something, or is refused. For people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// The name of the provisioned product.
    pub name: String,
    /// What the product is called that it is made from.
    pub product: String,
    /// And the version.
    pub version: String,
}

/// A provisioned product of somebody else, as it was when a plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filler {
    /// Which one.
    pub id: ProvisionedId,
    /// Its last success: moved means stale.
    pub record: Option<RecordId>,
}

/// The state a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The state's name for life: a plan fits no other state.
    pub lineage: Lineage,
    /// The local store's serial, for people.
    pub serial: u64,
    /// The versions of the rows of its steps, and of those whose outputs or order they use: one that moved makes the
    /// plan stale. `None`: there was no row, and no tombstone.
    pub rows: BTreeMap<Address, Option<Version>>,
}

/// A remark about one address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The declaration or row that it is about.
    pub address: Address,
    /// A lowercase fragment for people.
    pub text: String,
}

/// More terminations than the guard allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// How many the plan has.
    pub planned: usize,
    /// How many are allowed.
    pub limit: usize,
}

/// A step's number in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepIx(pub usize);

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The declaration, or the row, that the step is about.
    pub address: Address,
    /// The account and region.
    pub place: Home,
    /// What is done.
    pub action: Action,
    /// Why; explains, never decides.
    pub reasons: Vec<Reason>,
    /// What must be over first.
    pub after: BTreeSet<StepIx>,
    /// Skipped if the filled inputs turn out as they were.
    pub only_if_inputs_differ: bool,
    /// `LastRecordId` of the product when the plan was made: moved means stale.
    pub base_record: Option<RecordId>,
    /// The row's operation number when the plan was made: moved means stale.
    pub base_op: u64,
    /// What the state remembers for the time after the declaration.
    pub lifecycle: Lifecycle,
    /// What it needs: remembered for the order of later terminations.
    pub needs: BTreeSet<Address>,
    /// Output keys whose texts the state must not hold, or not any more.
    pub sensitive_outputs: BTreeSet<String>,
    /// Parameters whose texts the state holds, and must not hold any more.
    pub sensitive_parameters: BTreeSet<String>,
    /// How long apply waits, by the server's clock.
    pub timeout: Duration,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `ProvisionProduct`
    Provision(Spec),
    /// `UpdateProvisionedProduct`
    Update(ProvisionedId, Spec),
    /// `TerminateProvisionedProduct`
    Terminate(Termination),
    /// Finds out how an interrupted operation went, and finishes it.
    Settle(Box<Intent>, Option<Spec>),
    /// Takes a provisioned product that nobody of ours made: `import`.
    Adopt(Adoption),
    /// Takes what somebody else's record made of a product of ours as what is: `--refresh-only`.
    Accept(ProvisionedId, Spec, RecordId),
    /// Drops it from state; the provisioned product is gone, or stays as it is.
    Forget {
        /// The product that is left alone, if there is one.
        leaves: Option<ProvisionedId>,
    },
    /// Remembers edits of what only the state holds: `lifecycle`, `depends_on`, what is sensitive.
    Remember,
    /// Cannot be done, or must not.
    Refused(Refusal),
}

/// A provisioned product that is taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// Which one; see [`Adoption::stack`].
    pub id: ProvisionedId,
    /// What it is, as far as that can be read; what cannot is taken to be as declared.
    pub spec: Spec,
    /// Its last success; without one nothing counts as applied.
    pub record: Option<RecordId>,
    /// Something of its parameters is taken on trust.
    pub unverified: bool,
}

impl Adoption {
    /// The ARN of a stack that is no provisioned product yet: it stands in the place of the id that it will get.
    #[must_use]
    pub fn stack(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| id.starts_with("arn:"))
    }
}

/// What a `TerminateProvisionedProduct` is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination {
    /// What the request names: the id, never the name.
    pub id: ProvisionedId,
    /// Its name, for people.
    pub name: String,
    /// `RetainPhysicalResources`
    pub retain: bool,
    /// The first half of a replacement.
    pub replacing: bool,
}

/// What a provisioned product is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What it is.
    pub target: Target,
    /// Every parameter in force, defaults included.
    pub parameters: BTreeMap<String, Parameter>,
    /// The declared tags.
    pub tags: BTreeMap<String, Planned>,
    /// Whether tags are sent (not on updates where the catalog would ignore them).
    pub send_tags: bool,
    /// Only these stack instances come or go; the target's preferences say what there is after it.
    pub instances: Option<Instances>,
}

/// Instances of a stack set, and what becomes of them: every pair of these accounts and regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instances {
    /// Whether they come or go.
    pub operation: StackSetOperation,
    /// Accounts; never empty.
    pub accounts: Vec<String>,
    /// Regions; never empty.
    pub regions: Vec<String>,
}

impl Spec {
    /// The values that are still to be filled.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let values = self.parameters.values().map(|parameter| &parameter.value).chain(self.tags.values());
        values.filter_map(|value| match value {
            Planned::Pending(template) | Planned::Secret { template: Some(template), .. } => Some(template),
            _ => None,
        })
    }
}

/// One parameter of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The value in force.
    pub value: Planned,
    /// How it travels.
    pub sent: Sending,
}

/// How a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// As a value; of what is taken as it is: it was read.
    Value,
    /// As `UsePreviousValue`: the service keeps what it has. Of what is taken as it is: nobody read it.
    Previous,
    /// Not at all: the template's default holds.
    Default,
}

/// A value as far as planning knows it: the only place where an unknown lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// A text that holds when the plan is made, and at the apply.
    Known(String),
    /// Known after what it refers to is settled.
    Pending(Template),
    /// Sensitive. `template` is gone in a saved plan until the declarations are read again.
    Secret {
        /// The value, possibly with holes.
        template: Option<Template>,
        /// The keyed digest of the template's text, so that another value is noticed.
        digest: KeyedDigest,
    },
    /// What the product has already, unknown to us (`null` on something that was never confirmed by us).
    Unknown,
    /// What the product has already: known to us by digest only.
    Kept(KeyedDigest),
}

impl Plan {
    /// The step with this number.
    #[must_use]
    pub fn step(&self, ix: StepIx) -> Option<&Step> {
        self.steps.get(ix.0)
    }

    /// The steps with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (StepIx, &Step)> {
        self.steps.iter().enumerate().map(|(n, step)| (StepIx(n), step))
    }

    /// Whether everything is as it should be, and remembered so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.renamed.is_empty()
    }

    /// Whether a step needs somebody's decision.
    #[must_use]
    pub fn has_refused(&self) -> bool {
        self.steps.iter().any(|step| step.act() == Act::Refuse)
    }
}

impl Step {
    /// What it is to become, if it is to be something.
    #[must_use]
    pub fn spec(&self) -> Option<&Spec> {
        match &self.action {
            Action::Provision(spec)
            | Action::Update(_, spec)
            | Action::Accept(_, spec, _)
            | Action::Adopt(Adoption { spec, .. }) => Some(spec),
            Action::Settle(_, spec) => spec.as_ref(),
            Action::Terminate(_) | Action::Forget { .. } | Action::Remember | Action::Refused(_) => None,
        }
    }

    /// Whether it is left out because something that it comes after is refused or deferred.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        matches!(&self.action, Action::Refused(refusal) if refusal.is_blocked())
    }

    /// The name of the provisioned product that it is about; empty where only the state is.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.action {
            Action::Terminate(termination) => &termination.name,
            _ => self.spec().map(|spec| spec.target.name.as_str()).unwrap_or_default(),
        }
    }

    /// The provisioned product that it updates or terminates.
    #[must_use]
    pub fn provisioned(&self) -> Option<&ProvisionedId> {
        match &self.action {
            Action::Update(id, _) => Some(id),
            Action::Terminate(termination) => Some(&termination.id),
            _ => None,
        }
    }
}
