//! Why a step is there, in words: one line per kind of reason. Values are shown elsewhere.

use crate::model::product::StackSetOperation;
use crate::plan::{Instances, Reason, Step};
use crate::report::escape::Escaped;
use crate::report::text::{lines, listed};
use crate::state::Kind;

/// More of the catalog's words than this are left to the catalog.
const WORDS: usize = 2000;
/// More names than this are counted, not named.
const NAMES: usize = 12;

/// Every cause of a block, a line each. `steps` are one, or the two halves of a replacement.
pub(super) fn causes(steps: &[&Step]) -> Vec<String> {
    let mut all = Vec::new();
    let reasons: Vec<&Reason> = steps.iter().flat_map(|step| &step.reasons).collect();
    for line in reasons.iter().flat_map(|reason| single(reason)) {
        if !all.contains(&line) {
            all.push(line);
        }
    }
    let specs = steps.iter().filter_map(|step| step.spec());
    all.extend(specs.filter_map(|spec| spec.instances.as_ref()).map(instances));
    let groups = [
        ("parameters changed", names(&reasons, parameter)),
        ("template defaults changed", names(&reasons, default)),
        ("tags changed", names(&reasons, tag)),
        (may_change(steps), names(&reasons, input)),
    ];
    let groups = groups.into_iter().filter(|(_, names)| !names.is_empty());
    all.extend(groups.map(|(what, names)| format!("({what}: {})", listed(&names, NAMES))));
    all
}

/// Which stack instances come or go, in the API's word for it.
fn instances(of: &Instances) -> String {
    let what = match of.operation {
        StackSetOperation::Create => "come",
        StackSetOperation::Delete => "go, with everything in them",
    };
    let (operation, accounts, regions) =
        (of.operation.as_str(), listed(&of.accounts, NAMES), listed(&of.regions, NAMES));
    format!("({operation}: stack instances {what}: {} in {})", Escaped(&accounts), Escaped(&regions))
}

fn may_change(steps: &[&Step]) -> &'static str {
    match steps.iter().any(|step| step.only_if_inputs_differ) {
        true => "only if its inputs differ",
        false => "inputs may change",
    }
}

fn names(reasons: &[&Reason], pick: fn(&Reason) -> Option<String>) -> Vec<String> {
    let mut names: Vec<String> = reasons.iter().filter_map(|reason| pick(reason)).collect();
    names.dedup();
    names
}

fn parameter(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Parameter { key, by_default: false, .. } => Some(Escaped(key).to_string()),
        _ => None,
    }
}

fn default(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Parameter { key, by_default: true, .. } => Some(Escaped(key).to_string()),
        _ => None,
    }
}

fn tag(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Tag { key, .. } => Some(Escaped(key).to_string()),
        _ => None,
    }
}

fn input(reason: &Reason) -> Option<String> {
    let Reason::InputMayChange { key, from } = reason else {
        return None;
    };
    let from: Vec<String> = from.iter().map(|address| address.key.to_string()).collect();
    let from = if from.is_empty() { String::new() } else { format!(" from {}", listed(&from, NAMES)) };
    Some(Escaped(&format!("{key}{from}")).to_string())
}

/// Reasons that are told one by one.
fn single(reason: &Reason) -> Vec<String> {
    let one = |text: &str| vec![format!("({text})")];
    match reason {
        Reason::New => one("declared, and not there"),
        Reason::Version { .. } => one("version changed"),
        Reason::Product { .. } => one("product changed"),
        Reason::Path { .. } => one("launch path changed"),
        Reason::Preferences { .. } => one("stack-set preferences changed"),
        Reason::Removed => one("removed from the declarations"),
        Reason::Destroyed => one("everything is to be destroyed"),
        Reason::Requested => one("asked for with --replace"),
        Reason::LifecycleOnly => one("only its lifecycle, depends_on or sensitive_outputs changed"),
        Reason::Vanished { id } => {
            vec![format!("(it was {}, and that is gone without provisor's doing)", Escaped(id.as_str()))]
        }
        Reason::Outside { record, kind } => {
            let kind = kind.as_ref().map(|kind| format!(" by {}", Escaped(kind.as_str())));
            vec![format!(
                "(changed outside of provisor{}{})",
                kind.unwrap_or_default(),
                of_record(record.as_ref())
            )]
        }
        Reason::Tainted { message, record } => {
            words(format!("(tainted: its last operation failed{})", of_record(record.as_ref())), message)
        }
        Reason::FailedCreation { message, record } => {
            words(format!("(it was never provisioned successfully{})", of_record(record.as_ref())), message)
        }
        Reason::Interrupted { kind, record } => vec![format!(
            "(interrupted: {} was begun and not seen through{})",
            operation(*kind),
            of_record(record.as_ref())
        )],
        Reason::Parameter { .. } | Reason::Tag { .. } | Reason::InputMayChange { .. } => Vec::new(),
    }
}

fn of_record(record: Option<&crate::model::ids::RecordId>) -> String {
    record.map(|record| format!(", record {}", Escaped(record.as_str()))).unwrap_or_default()
}

fn words(cause: String, message: &str) -> Vec<String> {
    std::iter::once(cause)
        .chain(lines(message, WORDS).into_iter().map(|line| format!("  | {line}")))
        .collect()
}

/// An operation, with its article.
pub(super) fn operation(kind: Kind) -> &'static str {
    match kind {
        Kind::Provision => "a provision",
        Kind::Update => "an update",
        Kind::Terminate => "a termination",
        Kind::Retain => "a termination that retains resources",
    }
}
