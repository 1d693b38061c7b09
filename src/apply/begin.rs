//! Starting: what is ready gets its intent in one durable write; what needs no call is done at once.

use std::collections::BTreeMap;

use super::event::Event;
use super::look::Why;
use super::report::{Failure, Outcome};
use super::request::{self, Filled, Unfillable};
use super::run::{Phase, Run};
use super::{Ports, end, entry, settle, time};
use crate::model::ids::ProvisionedId;
use crate::model::secret::KeyedDigest;
use crate::model::template::Facts;
use crate::plan::{Action, Spec, StepIx};
use crate::state::{Applied, Binding, Change, Entry, Intent, Kind, Phase as IntentPhase, StateError};

/// Starts everything that is ready.
pub(super) fn begin(run: &mut Run<'_>, ports: &mut Ports<'_>) -> Result<(), StateError> {
    loop {
        let (ready, ended) = run.ready();
        if ready.is_empty() && ended.is_empty() {
            return Ok(());
        }
        for (ix, outcome) in ended {
            end(run, ports, ix, outcome, None);
        }
        let mut entries = Vec::new();
        let mut done = Vec::new();
        for ix in ready {
            run.begun[ix.0] = (ports.clock)();
            done.extend(start(run, ports, ix, &mut entries).map(|outcome| (ix, outcome, None)));
        }
        let finished: Vec<StepIx> =
            done.iter().filter(|(_, outcome, _)| *outcome == Outcome::Done).map(|(ix, ..)| *ix).collect();
        settle(run, ports, &entries, done)?;
        finished.into_iter().for_each(|ix| adopt_facts(run, ix));
    }
}

/// Begins one step; says how it ended if it ended at once.
fn start(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, entries: &mut Vec<Entry>) -> Option<Outcome> {
    let step = run.step(ix);
    match &step.action {
        Action::Refused(refusal) => return Some(Outcome::Refused(refusal.clone())),
        Action::Forget { .. } => entries.push(entry(run, ix, Change::Forget)),
        Action::Remember => entries.extend(remembered(run, ix, newly_sensitive(run, ix))),
        Action::Adopt(id, spec, record) | Action::Accept(id, spec, record) => {
            match adopted(run, ix, id, spec, record) {
                Ok(change) => entries.push(entry(run, ix, change)),
                Err(outcome) => return Some(outcome),
            }
        }
        Action::Settle(_, spec) => {
            resume(run, ports, ix, spec.as_ref());
            return None;
        }
        Action::Provision(spec) | Action::Update(_, spec) => match run.fill(spec) {
            Err(why) => return Some(unfillable(why)),
            Ok(filled) => {
                if step.only_if_inputs_differ && is_unchanged(run, ix, &filled) {
                    keep_facts(run, ix);
                    entries.extend(remembered(run, ix, newly_sensitive(run, ix)));
                    return Some(Outcome::Unchanged);
                }
                run.add_sensitive(filled.secrets.clone());
                return intend(run, ports, ix, Some(filled), entries);
            }
        },
        Action::Terminate(_) => return intend(run, ports, ix, None, entries),
    }
    Some(Outcome::Done)
}

/// Writes down what is about to be sent.
fn intend(
    run: &mut Run<'_>,
    ports: &mut Ports<'_>,
    ix: StepIx,
    filled: Option<Filled>,
    entries: &mut Vec<Entry>,
) -> Option<Outcome> {
    let step = run.step(ix);
    let (kind, id) = step.begins()?;
    let content = filled.as_ref().map(|filled| filled.content.clone());
    let language = content.as_ref().map(|content| content.language).unwrap_or_default();
    let operation = request::operation(kind, id, filled)?;
    let digest = request::digest(&run.key, language, &operation);
    let op_no = run.recorded.serial + 1;
    let token = request::token(&run.key, &run.recorded.lineage, &step.address, op_no, &digest);
    let time = time(run, ports, ix);
    let intent = Intent {
        op_no,
        kind,
        token,
        request_digest: digest,
        base_record: (kind != Kind::Provision).then(|| base_record(run, ix)).flatten(),
        born: time.now(),
        sent: time.now(),
        sign_by: time.sign_by(),
        phase: IntentPhase::Intended,
        content,
    };
    let request = run.request(ix, &intent, language, operation);
    run.phases[ix.0] = Phase::Sending { request, tries: 0, due: (ports.clock)() };
    if kind == Kind::Provision && run.row(ix).is_some_and(|row| row.binding.is_some()) {
        entries.push(entry(run, ix, Change::Vanished));
    }
    // known by its token only: whoever takes this up after a crash needs its id
    if let (Some(id), Some(row)) = (id, run.row(ix))
        && row.binding.is_none()
    {
        let binding = Binding { id: id.clone(), name: step.names().to_owned(), arn: None };
        entries.push(entry(run, ix, Change::Found(binding)));
    }
    let change = Change::Begin {
        place: step.place.clone(),
        intent: Box::new(intent),
        lifecycle: step.lifecycle,
        after: step.needs.clone(),
    };
    entries.push(entry(run, ix, change));
    None
}

/// The last record before this operation: an earlier step of this run may have made one.
fn base_record(run: &Run<'_>, ix: StepIx) -> Option<crate::model::ids::RecordId> {
    let step = run.step(ix);
    let ours = run.row(ix).filter(|row| row.op_no > step.base_op).and_then(|row| row.applied.as_ref());
    ours.map(|applied| applied.record.clone()).or_else(|| step.base_record.clone())
}

/// Takes up an operation that was begun by a run that did not see it through.
fn resume(run: &mut Run<'_>, ports: &mut Ports<'_>, ix: StepIx, spec: Option<&Spec>) {
    let now = (ports.clock)();
    let filled = spec.and_then(|spec| run.fill(spec).ok());
    run.add_sensitive(filled.iter().flat_map(|filled| filled.secrets.clone()).collect::<Vec<_>>());
    let accepted = run.intent(ix).map(|intent| intent.phase.clone());
    run.phases[ix.0] = match accepted {
        Some(IntentPhase::Accepted(record)) => {
            (ports.emit)(&Event::Resumed(run.at(ix, now), &record));
            Phase::Running { record, due: now, asked: 0 }
        }
        Some(IntentPhase::Intended) => {
            Phase::Looking { request: run.remake(ix, filled), why: Why::Unanswered, due: now }
        }
        // somebody settled it between the plan and now
        None => {
            end(
                run,
                ports,
                ix,
                Outcome::Stale("the interrupted operation was settled meanwhile".to_owned()),
                None,
            );
            return;
        }
    };
}

fn is_unchanged(run: &Run<'_>, ix: StepIx, filled: &Filled) -> bool {
    let applied = run.row(ix).and_then(|row| row.applied.as_ref());
    applied.is_some_and(|applied| request::same_inputs(&filled.content, &applied.content))
}

fn adopted(
    run: &Run<'_>,
    ix: StepIx,
    id: &ProvisionedId,
    spec: &Spec,
    record: &crate::model::ids::RecordId,
) -> Result<Change, Outcome> {
    let step = run.step(ix);
    let filled = run.fill(spec).map_err(unfillable)?;
    let facts = run.known.get(&step.address).cloned().unwrap_or_default();
    let (secret, outputs): (BTreeMap<_, _>, BTreeMap<_, _>) =
        facts.outputs.into_iter().partition(|(key, value)| {
            facts.secret.contains(key) || run.is_sensitive(ix, Some(&filled.content), (key, value))
        });
    Ok(Change::Adopted {
        place: step.place.clone(),
        binding: Binding { id: id.clone(), name: spec.name.clone(), arn: facts.arn },
        applied: Box::new(Applied {
            content: filled.content,
            outputs,
            secret_outputs: secret
                .iter()
                .map(|(key, value)| (key.clone(), run.key.digest(key, value)))
                .collect(),
            record: record.clone(),
            unverified: true,
        }),
        lifecycle: step.lifecycle,
        after: step.needs.clone(),
    })
}

/// What is to be remembered for the time after the declaration, if it is not yet.
pub(super) fn remembered(
    run: &Run<'_>,
    ix: StepIx,
    sensitive: BTreeMap<String, KeyedDigest>,
) -> Option<Entry> {
    let step = run.step(ix);
    let known = sensitive.is_empty()
        && run.row(ix).is_some_and(|row| row.lifecycle == step.lifecycle && row.after == step.needs);
    let change = Change::Remembered { lifecycle: step.lifecycle, after: step.needs.clone(), sensitive };
    (!known).then(|| entry(run, ix, change))
}

/// What is stored in clear and declared sensitive by now.
fn newly_sensitive(run: &Run<'_>, ix: StepIx) -> BTreeMap<String, KeyedDigest> {
    let sensitive = &run.step(ix).sensitive_outputs;
    let applied = run.row(ix).and_then(|row| row.applied.as_ref());
    let outputs = applied.into_iter().flat_map(|applied| &applied.outputs);
    let clear = outputs.filter(|(key, _)| sensitive.contains(*key));
    clear.map(|(key, value)| (key.clone(), run.key.digest(key, value))).collect()
}

/// What an unchanged step gives its dependents: what it gave before.
fn keep_facts(run: &mut Run<'_>, ix: StepIx) {
    let applied = run.row(ix).and_then(|row| row.applied.as_ref());
    let mut outputs = applied.map(|applied| applied.outputs.clone()).unwrap_or_default();
    let secret = applied.iter().flat_map(|applied| applied.secret_outputs.keys().cloned()).collect();
    let arn = run.row(ix).and_then(|row| row.binding.as_ref()).and_then(|binding| binding.arn.clone());
    if let Some(known) = run.known.get(&run.step(ix).address) {
        outputs.extend(known.outputs.clone());
    }
    run.learn(ix, Facts { outputs, secret, arn, id: None });
}

fn adopt_facts(run: &mut Run<'_>, ix: StepIx) {
    if matches!(run.step(ix).action, Action::Adopt(..) | Action::Accept(..) | Action::Remember) {
        keep_facts(run, ix);
    }
}

fn unfillable(why: Unfillable) -> Outcome {
    Outcome::Failed(match why {
        Unfillable::Missing(missing) => Failure::Missing(missing),
        Unfillable::SecretTag(tag) => Failure::Rejected {
            code: String::new(),
            message: format!("tag `{tag}` would show a sensitive value"),
            hint: Some("fill the tag from something that is not sensitive".to_owned()),
        },
    })
}
