//! From declarations and state to a plan: the chain that `plan`, `apply` and `destroy` share.

use std::collections::{BTreeMap, BTreeSet};

use super::args::Selecting;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::load::{self, Declared};
use crate::catalog::aws::AwsCatalog;
use crate::catalog::{CatalogRead, ProductRef};
use crate::declare::{Desired, Limit};
use crate::model::ids::Address;
use crate::model::product::Selector;
use crate::model::template::Known;
use crate::model::value::{DigestKey, Secret};
use crate::observe::{Observed, Scope, observe};
use crate::plan::{
    self, Allowed, Note, Plan, PlanInput, Policy, Selection, Step, addresses, renamed, select,
};
use crate::state::{Entry, Recorded};

/// The type of Account Factory products.
const ACCOUNT: &str = "CONTROL_TOWER_ACCOUNT";

/// A plan with what an apply of it needs.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// What its open values are filled from.
    pub known: Known,
    /// The clear texts that nobody may see.
    pub hidden: Vec<Secret>,
    /// The catalog it was made with.
    pub catalog: AwsCatalog,
    /// Names of products whose type bounds their own concurrency.
    pub account_products: BTreeSet<String>,
    /// Renamed keys: written down at the next apply.
    pub renamed: Vec<Entry>,
}

/// Plans.
pub fn plan(
    declared: &Declared,
    recorded: &Recorded,
    key: &DigestKey,
    selecting: &Selecting,
    destroy: bool,
) -> Result<Planned, Fail> {
    let nothing = Desired::nothing();
    let desired = if destroy { &nothing } else { &declared.desired };
    let (recorded, mut renamed) = renamed(desired, recorded, |_| true)?;
    let recorded = &recorded;
    let (policy, left) = policy(declared, desired, recorded, selecting, destroy)?;
    let catalog = load::catalog(&declared.repo, &policy.selected)?;
    let scope = Scope {
        desired,
        recorded,
        locations: &declared.repo.settings.locations,
        selected: &policy.selected,
        refresh: !selecting.no_refresh,
    };
    let observed = observe(scope, &catalog as &dyn CatalogRead).map_err(Fail::Observe)?;
    let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
    let mut plan =
        plan::plan(&input).map_err(|found| Fail::Declarations(found, declared.repo.sources.clone()))?;
    renamed.retain(|(_, change)| plan.knows(change));
    plan.tell_renamed(&renamed);
    plan.notes.extend(left);
    let known = plan::known(&input, &plan);
    let hidden = plan::hidden(&input, &plan);
    let mut account_products = account_products(&observed, recorded);
    if selecting.no_refresh {
        account_products.extend(account_products_of(&plan, recorded, &catalog));
    }
    Ok(Planned { plan, known, hidden, catalog, account_products, renamed })
}

/// What stands against the whole plan, and `again`: with which words it may happen.
pub fn breach(plan: &Plan, again: impl Fn(usize) -> String) -> Option<Fail> {
    let breach = plan.breach.as_ref()?;
    let (planned, limit) = (breach.planned, breach.limit);
    let products = if planned == 1 { "provisioned product" } else { "provisioned products" };
    Some(Fail::Plain {
        message: format!(
            "the plan terminates {planned} {products}, the guard allows {limit}: if that is meant, {}",
            again(planned)
        ),
        causes: Vec::new(),
        hint: None,
        exit: Exit::Refused,
    })
}

/// How to let a plan happen that is not saved.
pub fn flag(planned: usize) -> String {
    format!("`--max-terminate {planned}`")
}

/// Account Factory products take five operations at a time, whatever their name: those that are offered, and those that
/// exist and may go.
pub fn account_products(observed: &Observed, recorded: &Recorded) -> BTreeSet<String> {
    let offers = observed.offers.values().filter_map(|offer| offer.as_ref().ok());
    let offered = offers.map(|offer| (&offer.kind, &offer.product_name));
    let made = recorded.rows.iter().filter_map(|(address, row)| {
        let existing = observed.existing.get(&address.location)?.id(&row.binding.as_ref()?.id)?;
        let applied = row.applied.as_ref().map(|applied| &applied.content);
        let content = applied.or_else(|| row.intent.as_ref()?.content.as_ref())?;
        Some((&existing.kind, &content.product_name))
    });
    offered.chain(made).filter(|(kind, _)| *kind == ACCOUNT).map(|(_, name)| name.clone()).collect()
}

/// The same for a plan that was saved, or made without looking: of its products' types only the catalog knows.
pub fn account_products_of(plan: &Plan, recorded: &Recorded, catalog: &dyn CatalogRead) -> BTreeSet<String> {
    let product = |step: &'_ Step| {
        let applied = || recorded.rows.get(&step.address)?.applied.as_ref().map(|applied| &applied.content);
        let left = || applied().map(|content| (content.product.clone(), content.product_name.clone()));
        let wanted = step.spec().map(|spec| (spec.product.clone(), spec.product_name.clone()));
        let (id, name) = wanted.or_else(left)?;
        Some((id, (step.address.location.clone(), name)))
    };
    let products: BTreeMap<_, _> = plan.steps.iter().filter_map(product).collect();
    let asked: Vec<ProductRef> = products
        .iter()
        .map(|(id, (location, _))| ProductRef {
            location: location.clone(),
            product: Selector::Id(id.to_string()),
        })
        .collect();
    // one that cannot be read is told of by its step
    let answers = catalog.products(&asked).into_iter().zip(products.values());
    answers
        .filter(|(answer, _)| answer.as_ref().is_ok_and(|product| product.kind == ACCOUNT))
        .map(|(_, (_, name))| name.clone())
        .collect()
}

fn policy(
    declared: &Declared,
    desired: &Desired,
    recorded: &Recorded,
    selecting: &Selecting,
    destroy: bool,
) -> Result<(Policy, Vec<Note>), Fail> {
    let repo = &declared.repo;
    let all: BTreeSet<Address> = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
    let labels = desired.labels(recorded.rows.keys());
    let written = declared.desired.products.iter().filter(|_| destroy);
    let frozen = repo.settings.locations.values().filter(|l| l.frozen).map(|l| l.name.clone()).collect();
    let targets = addresses(&selecting.target, &all, &labels)?;
    let selection = Selection {
        targets: (!selecting.target.is_empty()).then_some(targets),
        excludes: addresses(&selecting.exclude, &all, &labels)?,
        frozen,
    };
    let allow: BTreeSet<Allowed> = selecting.allow.iter().copied().collect();
    let limit = match &selecting.max_terminate {
        Some(text) => Some(limit(text)?),
        None if destroy => None,
        None => Some(repo.settings.max_terminate),
    };
    let selected = select(desired, recorded, &selection);
    let left = if destroy { left(desired, recorded, selection, &selected) } else { Vec::new() };
    let policy = Policy {
        selected,
        replace: addresses(&selecting.replace, &all, &labels)?,
        allow: (!allow.is_empty()).then_some(allow),
        max_terminate: limit,
        destroy,
        refresh_only: selecting.refresh_only,
        lifecycles: written.map(|(address, product)| (address.clone(), product.lifecycle)).collect(),
    };
    Ok((policy, left))
}

/// What a `destroy` would take, but for locations that are frozen.
fn left(
    desired: &Desired,
    recorded: &Recorded,
    selection: Selection,
    selected: &BTreeSet<Address>,
) -> Vec<Note> {
    let frozen = selection.frozen;
    let thawed = Selection { frozen: BTreeSet::new(), ..selection };
    let left = select(desired, recorded, &thawed).into_iter().filter(|address| !selected.contains(address));
    left.map(|address| {
        let text = match frozen.contains(&address.location) {
            true => "it is left: its location is frozen",
            false => "it is left: what was made after it is on a location that is frozen",
        };
        Note { address, text: text.to_owned() }
    })
    .collect()
}

fn limit(text: &str) -> Result<Limit, Fail> {
    let wrong =
        || Fail::usage(format!("`--max-terminate {text}`: write a number, or a percentage such as 10%"));
    match text.strip_suffix('%') {
        Some(percent) => {
            percent.parse().ok().filter(|percent| *percent <= 100).map(Limit::Percent).ok_or_else(wrong)
        }
        None => text.parse().map(Limit::Count).map_err(|_| wrong()),
    }
}

/// What `edge` is told when the key had to be made anew.
pub fn warn_of_lost_key(edge: &Edge) {
    edge.err("Warning: the state's key was lost and made anew: every secret counts as changed once, saved plans are void\n");
}
