//! From declarations and state to a plan: the chain that `plan`, `apply` and `destroy` share.

use std::collections::BTreeSet;

use super::args::{Action, Selecting};
use super::edge::Edge;
use super::fail::Fail;
use super::load::{self, Declared};
use super::settings::Repo;
use crate::catalog::CatalogRead;
use crate::catalog::aws::AwsCatalog;
use crate::declare::{Desired, Limit};
use crate::model::diagnostic::nearest;
use crate::model::ids::{Address, Labels};
use crate::model::template::Known;
use crate::model::value::{DigestKey, Secret};
use crate::observe::{Observed, Scope, observe};
use crate::plan::{self, Allowed, Note, Plan, PlanInput, Policy, Selection, renames, select};
use crate::state::{Change, Entry, Recorded};

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
    /// Types of products that bound their own concurrency.
    pub account_products: BTreeSet<String>,
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
    let policy = policy(&declared.repo, desired, recorded, selecting, destroy)?;
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
    let plan =
        plan::plan(&input).map_err(|found| Fail::Declarations(found, declared.repo.sources.clone()))?;
    let known = plan::known(&input, &plan);
    let hidden = plan::hidden(&input, &plan);
    Ok(Planned { plan, known, hidden, catalog, account_products: account_products(&observed) })
}

/// The state with renamed keys under their new names; the changes that make it so.
pub fn renamed(desired: &Desired, recorded: &Recorded) -> Result<(Recorded, Vec<Entry>), Fail> {
    let moved = renames(desired, recorded).into_iter();
    let entries: Vec<Entry> = moved.map(|(from, to)| (from, Change::Moved { to })).collect();
    let mut renamed = recorded.clone();
    renamed.apply(&entries)?;
    Ok((renamed, entries))
}

/// Whether a plan was made with this renaming.
pub fn knows(plan: &Plan, change: &Change) -> bool {
    matches!(change, Change::Moved { to } if plan.unchanged.contains(to) || plan.steps.iter().any(|step| step.address == *to))
}

/// Tells of renamed keys: they are no steps, and are written down at the next apply.
pub fn tell_renamed(plan: &mut Plan, entries: &[Entry]) {
    for (from, change) in entries {
        if let Change::Moved { to } = change {
            plan.notes.push(Note { address: to.clone(), text: format!("renamed from `{}`", from.key) });
        }
    }
}

/// Says what stands against the whole plan.
pub fn breach(plan: &Plan) -> Option<Fail> {
    plan.breach.as_ref().map(|breach| {
        Fail::refused(
            format!(
                "the plan terminates {} provisioned products, the guard allows {}",
                breach.planned, breach.limit
            ),
            format!("if that is meant: `--max-terminate {}`", breach.planned),
        )
    })
}

/// Account Factory products take five operations at a time, whatever their name.
fn account_products(observed: &Observed) -> BTreeSet<String> {
    let offers = observed.offers.values().filter_map(|offer| offer.as_ref().ok());
    offers
        .filter(|offer| offer.kind == "CONTROL_TOWER_ACCOUNT")
        .map(|offer| offer.product_name.clone())
        .collect()
}

fn policy(
    repo: &Repo,
    desired: &Desired,
    recorded: &Recorded,
    selecting: &Selecting,
    destroy: bool,
) -> Result<Policy, Fail> {
    let all: BTreeSet<Address> = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
    let labels = desired.labels(recorded.rows.keys());
    let frozen = repo.settings.locations.values().filter(|l| l.frozen).map(|l| l.name.clone()).collect();
    let targets = addresses(&selecting.target, &all, &labels)?;
    let selection = Selection {
        targets: (!selecting.target.is_empty()).then_some(targets),
        excludes: addresses(&selecting.exclude, &all, &labels)?,
        frozen,
    };
    let allow: BTreeSet<Allowed> = selecting.allow.iter().map(|action| allowed(*action)).collect();
    let limit = match &selecting.max_terminate {
        Some(text) => Some(limit(text)?),
        None if destroy => None,
        None => Some(repo.settings.max_terminate),
    };
    Ok(Policy {
        selected: select(desired, recorded, &selection),
        replace: addresses(&selecting.replace, &all, &labels)?,
        allow: (!allow.is_empty()).then_some(allow),
        max_terminate: limit,
        destroy,
        refresh_only: selecting.refresh_only,
    })
}

fn allowed(action: Action) -> Allowed {
    match action {
        Action::Create => Allowed::Create,
        Action::Update => Allowed::Update,
        Action::Destroy => Allowed::Destroy,
        Action::Replace => Allowed::Replace,
        Action::ChangeProduct => Allowed::ChangeProduct,
    }
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

/// The addresses that patterns name; one that names nothing is an error.
pub fn addresses(
    patterns: &[String],
    all: &BTreeSet<Address>,
    labels: &Labels,
) -> Result<BTreeSet<Address>, Fail> {
    let mut named = BTreeSet::new();
    for pattern in patterns {
        let matching: Vec<&Address> = all.iter().filter(|address| matches(pattern, address)).collect();
        if matching.is_empty() {
            let known: Vec<String> = all.iter().map(|address| labels.label(address)).collect();
            let near = nearest(pattern, known.iter().map(String::as_str));
            let fail = Fail::error(format!("`{pattern}` matches no address"));
            if all.is_empty() {
                return Err(fail.hint("there is none yet: the state is empty"));
            }
            return Err(match near {
                Some(near) => fail.hint(format!("did you mean `{near}`?")),
                None => fail.hint("`provisor state list` and the declarations have the addresses"),
            });
        }
        named.extend(matching.into_iter().cloned());
    }
    Ok(named)
}

/// `app-*`, `*@pay-dev/*`, `network`; without `@`, on all locations.
fn matches(pattern: &str, address: &Address) -> bool {
    match pattern.split_once('@') {
        Some((key, location)) => {
            let account = address.location.as_str().split('/').next().unwrap_or_default();
            glob(key, address.key.as_str())
                && (glob(location, address.location.as_str()) || location == account)
        }
        None => glob(pattern, address.key.as_str()),
    }
}

/// `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| glob(rest, &text[at..]))
        }),
    }
}

/// What `edge` is told when the key had to be made anew.
pub fn warn_of_lost_key(edge: &Edge) {
    edge.err("Warning: the state's key was lost and made anew: every secret counts as changed once, saved plans are void\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_addresses() {
        let address = Address::new("app-web", "pay-dev/eu-west-1");
        for (pattern, expected) in [
            ("app-*", true),
            ("app-web", true),
            ("*", true),
            ("*@pay-dev/*", true),
            ("*@pay-dev", true),
            ("app-web@pay-dev/eu-west-1", true),
            ("*@other/*", false),
            ("app", false),
            ("*-web@*", true),
            ("a*b*c", false),
        ] {
            assert_eq!(matches(pattern, &address), expected, "{pattern}");
        }
    }
}
