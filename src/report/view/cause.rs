//! Why a step is there, in words for people: a sentence for each kind of reason, and the catalog's own words where it gave
//! any. What changes is named here; values are told by properties.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::ids::RecordId;
use crate::model::product::StackSetOperation;
use crate::model::text::listed;
use crate::plan::{Action, Instances, Reason, Shown, Step};
use crate::state::{Author, Kind};

/// More accounts, regions or sources than this are counted, not named.
const MOST: usize = 12;
/// Why most of what is new is made.
const DECLARED: &str = "declared, and not there";

/// One cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause<'a> {
    /// What it is: a lowercase fragment.
    pub text: String,
    /// The parameters, tags or inputs that it is about.
    pub names: Vec<String>,
    /// It says of an update that something goes.
    pub is_loss: bool,
    /// The catalog's own words, as it wrote them; empty if it gave none.
    pub words: Cow<'a, str>,
}

impl Cause<'_> {
    /// In a line: what it is, and what it is about.
    #[must_use]
    pub fn sentence(&self) -> String {
        match listed(&self.names, MOST) {
            names if names.is_empty() => self.text.clone(),
            names => format!("{}: {names}", self.text),
        }
    }

    /// Whether it says no more than that something new is made.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.text == DECLARED
    }

    /// Its texts, one by one.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        std::iter::once(self.text.as_str()).chain(names).chain([&*self.words])
    }

    /// The same with other texts.
    pub(super) fn told(&self, tell: impl Fn(&str) -> String) -> Cause<'static> {
        Cause {
            text: tell(&self.text),
            names: self.names.iter().map(|name| tell(name)).collect(),
            is_loss: self.is_loss,
            words: Cow::Owned(tell(&self.words)),
        }
    }

    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), names: Vec::new(), is_loss: false, words: Cow::Borrowed("") }
    }
}

/// Every cause of a step, or of the two halves of a replacement, each once.
pub(super) fn causes<'a>(steps: &[&'a Step]) -> Vec<Cause<'a>> {
    let reasons: Vec<&Reason> = steps.iter().flat_map(|step| &step.reasons).collect();
    let author = steps.iter().find_map(|step| author(step));
    let mut all: Vec<Cause<'a>> = Vec::new();
    let told = reasons.iter().filter(|reason| !is_changed_back(reason, &reasons));
    for cause in told.filter_map(|reason| alone(reason, author)) {
        if !all.contains(&cause) {
            all.push(cause);
        }
    }
    let specs = steps.iter().filter_map(|step| step.spec());
    all.extend(specs.filter_map(|spec| spec.instances.as_ref()).map(instances));
    let inputs = if steps.iter().any(|step| step.only_if_inputs_differ) {
        "only if its inputs differ"
    } else {
        "inputs may change"
    };
    // what somebody else changed is not said to have been changed here, unless that was done too
    let outside: BTreeSet<String> =
        reasons.iter().filter_map(|reason| changed_back(reason, &reasons)).collect();
    let together = [
        ("changed outside, by value", names(&reasons, drifted)),
        ("parameters changed", but(names(&reasons, parameter), &outside)),
        // whether the default is another one, or the value that was there was chosen, nobody remembers
        ("template defaults apply", but(names(&reasons, default), &outside)),
        ("parameters gone", but(names(&reasons, gone), &outside)),
        ("tags changed", but(names(&reasons, tag), &outside)),
        (inputs, names(&reasons, input)),
    ];
    let together = together.into_iter().filter(|(_, names)| !names.is_empty());
    all.extend(together.map(|(text, names)| Cause { names, ..Cause::new(text) }));
    if steps.iter().any(|step| matches!(&step.action, Action::Terminate(gone) if gone.retain)) {
        all.push(Cause::new("its stack and resources are retained"));
    }
    all
}

/// Which stack instances come or go, with the API's word for it.
fn instances<'a>(of: &Instances) -> Cause<'a> {
    let what = match of.operation {
        StackSetOperation::Create => "come",
        StackSetOperation::Delete => "go, with everything in them",
    };
    let (accounts, regions) = (listed(&of.accounts, MOST), listed(&of.regions, MOST));
    let text = format!("{}: stack instances {what}: {accounts} in {regions}", of.operation.as_str());
    Cause { is_loss: of.operation == StackSetOperation::Delete, ..Cause::new(text) }
}

fn names(reasons: &[&Reason], pick: fn(&Reason) -> Option<String>) -> Vec<String> {
    let mut names: Vec<String> = reasons.iter().filter_map(|reason| pick(reason)).collect();
    names.dedup();
    names
}

fn but(names: Vec<String>, others: &BTreeSet<String>) -> Vec<String> {
    names.into_iter().filter(|name| !others.contains(name)).collect()
}

/// A product or a version that is only to become again what it was when somebody else changed it.
fn is_changed_back(reason: &Reason, reasons: &[&Reason]) -> bool {
    let (member, becomes) = match reason {
        Reason::Product { after, .. } => ("product", after.name.as_str()),
        Reason::Version { after, .. } => ("version", after.name.as_str()),
        _ => return false,
    };
    reasons.iter().any(|other| match other {
        Reason::DriftedMember { member: of, applied: Shown::Text(applied), .. } => {
            of == member && applied == becomes
        }
        _ => false,
    })
}

/// What is only to become again what it was when somebody else changed it.
fn changed_back(drifted: &Reason, reasons: &[&Reason]) -> Option<String> {
    let Reason::Drifted { key, applied, .. } = drifted else { return None };
    let bare = key.strip_prefix("tags.").unwrap_or(key);
    let becomes = reasons.iter().find_map(|reason| match reason {
        Reason::Parameter { key: other, after, .. } if other == key => Some(after),
        Reason::Tag { key: other, after, .. } if other == bare && bare != key => Some(after),
        _ => None,
    });
    becomes.is_none_or(|after| after == applied).then(|| bare.to_owned())
}

fn parameter(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Parameter { key, by_default: false, after, .. } if *after != Shown::Absent => {
            Some(key.clone())
        }
        _ => None,
    }
}

fn drifted(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Drifted { key, .. } => Some(key.clone()),
        Reason::DriftedMember { member, .. } => Some(member.clone()),
        _ => None,
    }
}

fn default(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Parameter { key, by_default: true, after, .. } if *after != Shown::Absent => {
            Some(key.clone())
        }
        _ => None,
    }
}

/// What the version does not take any more.
fn gone(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Parameter { key, after: Shown::Absent, .. } => Some(key.clone()),
        _ => None,
    }
}

fn tag(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Tag { key, .. } => Some(key.clone()),
        _ => None,
    }
}

fn input(reason: &Reason) -> Option<String> {
    let Reason::InputMayChange { key, from } = reason else {
        return None;
    };
    let from = listed(from.iter().map(|address| &address.key), MOST);
    Some(if from.is_empty() { key.clone() } else { format!("{key} from {from}") })
}

/// A reason that is a cause of its own; `None` for those that are named together.
pub(super) fn alone<'a>(reason: &'a Reason, author: Option<&Author>) -> Option<Cause<'a>> {
    Some(match reason {
        Reason::New => Cause::new(DECLARED),
        Reason::Imported => Cause::new("declared, and there: it is taken as it is"),
        Reason::StackImported => Cause::new("a stack, which becomes a provisioned product as it is"),
        Reason::Version { .. } => Cause::new("version changed"),
        Reason::Product { .. } => Cause::new("product changed"),
        Reason::Path { .. } => Cause::new("launch path changed"),
        Reason::Preferences { .. } => Cause::new("stack-set preferences changed"),
        Reason::Removed => Cause::new("removed from the declarations"),
        Reason::Destroyed => Cause::new("its destruction is asked for"),
        Reason::Requested => Cause::new("asked for with --replace"),
        Reason::Reapply => Cause::new("asked for with --reapply"),
        Reason::Unproven { record } => {
            Cause::new(format!("nobody has proven that {record} was provisor's: an update makes it sure"))
        }
        Reason::LifecycleOnly => Cause::new("only what the state holds of it changed"),
        Reason::Vanished { id } => {
            Cause::new(format!("it was {id}, and that is gone without provisor's doing"))
        }
        Reason::Outside { record, kind } => {
            let by = kind.as_ref().map(|kind| format!(" by {}", kind.as_str())).unwrap_or_default();
            Cause::new(format!("changed outside of provisor{by}{}", of(record.as_ref())))
        }
        Reason::ChangedBy { at, launch_role, principal } => {
            let role = launch_role.as_ref().map(|role| format!(", with launch role {role}"));
            let principal = principal.as_ref().map(|principal| format!(", for {principal}"));
            let by = [role, principal].into_iter().flatten().collect::<String>();
            Cause::new(format!("that was over at {}{by}", at.utc()))
        }
        Reason::Tainted { message, record } => {
            let text = format!("tainted: its last operation failed{}", of(record.as_ref()));
            Cause { words: Cow::Borrowed(message), ..Cause::new(text) }
        }
        Reason::FailedCreation { message, record } => {
            let text = format!("it was never provisioned successfully{}", of(record.as_ref()));
            Cause { words: Cow::Borrowed(message), ..Cause::new(text) }
        }
        Reason::Interrupted { kind, record } => Cause::new(under_way(*kind, record.as_ref(), author)),
        Reason::Parameter { .. }
        | Reason::Tag { .. }
        | Reason::Drifted { .. }
        | Reason::DriftedMember { .. }
        | Reason::InputMayChange { .. } => return None,
    })
}

/// Who began the operation that a step goes on with.
fn author(step: &Step) -> Option<&Author> {
    if let Action::Settle(intent, _) = &step.action { intent.by.as_deref() } else { None }
}

/// Whoever began it may still be at it, or have left it to run: what the catalog took is not called interrupted.
fn under_way(kind: Kind, record: Option<&RecordId>, author: Option<&Author>) -> String {
    let state = if record.is_some() { "in progress" } else { "interrupted or in progress" };
    let by = author.map(|author| format!(" by {author}")).unwrap_or_default();
    format!("{state}: {} was begun{by}, and its end is not recorded yet{}", operation(kind), of(record))
}

fn of(record: Option<&RecordId>) -> String {
    record.map(|record| format!(", record {record}")).unwrap_or_default()
}

/// An operation, with its article.
pub(in crate::report) fn operation(kind: Kind) -> &'static str {
    match kind {
        Kind::Provision => "a provision",
        Kind::Update => "an update",
        Kind::Terminate => "a termination",
        Kind::Retain => "a termination that retains resources",
    }
}
