//! Beginning: what may begin gets its intent, durable before anything is sent; what needs no request is done at once.

use super::super::event::Event;
use super::super::report::{Failure, Outcome};
use super::super::request::{self, Filled, Unfillable};
use super::ending::Redacted;
use super::evidence::moves_instances;
use super::{Over, Turn};
use crate::catalog::{Operation, Payload, Request, Sent};
use crate::model::ids::{ProvisionedId, RecordId};
use crate::model::secret::{Secret, Secrets};
use crate::plan::{Action, Adoption, LateValue, Sending, Spec, StepIx, Unfitting};
use crate::state::{
    Applied, Binding, Birth, Change, Content, Intent, Kind, Phase, StateError, Stored, TokenParts, Unverified,
};

impl Turn<'_, '_> {
    /// Begins everything that may begin.
    pub(in super::super) fn begin(&mut self) -> Result<(), StateError> {
        loop {
            let admission = self.run.admit(self.now());
            if admission.is_empty() {
                return Ok(());
            }
            for (ix, outcome) in admission.never {
                self.end(Over { ix, outcome, took: None, outputs: None });
            }
            for ix in admission.begin {
                self.start(ix);
            }
            self.settle()?;
        }
    }

    fn start(&mut self, ix: StepIx) {
        match &self.step(ix).action {
            Action::Refused(refusal) => self.over(ix, Outcome::of_refusal(refusal)),
            Action::Forget { .. } => {
                self.note(ix, Change::Forget);
                self.over(ix, Outcome::Done);
            }
            Action::Remember => {
                self.remember(ix, self.newly_sensitive(ix, None));
                self.over(ix, Outcome::Done);
            }
            Action::Adopt(adoption) => match adoption.stack() {
                Some(stack) => self.import_stack(ix, adoption, stack),
                None => self.adopt(ix, adoption),
            },
            Action::Accept(id, spec, record) => {
                let (id, spec, record) = (id.clone(), spec.clone(), Some(record.clone()));
                self.adopt(ix, &Adoption { unverified: is_unread(&spec), id, spec, record });
            }
            Action::Settle(_, spec) => self.resume(ix, spec.as_ref()),
            Action::Provision(spec) => self.make(ix, None, spec),
            Action::Update(id, spec) => self.make(ix, Some(id), spec),
            Action::Terminate(termination) => {
                let (id, retain) = (termination.id.clone(), termination.retain);
                let birth = self.birth(ix);
                self.hide(ix, None);
                self.intend(ix, birth, Operation::Terminate { id, retain }, None);
            }
        }
    }

    /// Provisions or updates, unless the filled inputs are what is there already.
    fn make(&mut self, ix: StepIx, id: Option<&ProvisionedId>, spec: &Spec) {
        let birth = self.birth(ix);
        let filled = match self.knowledge.fill(self.future(ix, birth), spec) {
            Ok(filled) => filled,
            Err(why) => return self.over(ix, unfillable(why)),
        };
        if self.step(ix).only_if_inputs_differ && self.is_applied(ix, &filled.content) {
            self.remember(ix, self.newly_sensitive(ix, Some(&filled.content)));
            return self.over(ix, Outcome::Unchanged);
        }
        if let Some(wrong) = self.wrong(ix, spec, &filled.payload) {
            return self.over(ix, Outcome::Failed(Failure::Unfitting(wrong)));
        }
        let Filled { payload, content, secrets } = filled;
        self.knowledge.add_sensitive(secrets);
        let operation = match id {
            Some(id) => {
                self.hide(ix, Some(&content));
                Operation::Update { id: id.clone(), payload }
            }
            None => Operation::Provision { payload },
        };
        self.intend(ix, birth, operation, Some(content));
    }

    /// What the catalog would refuse, or fail at minutes later, of the values that were not known at plan.
    fn wrong(&self, ix: StepIx, spec: &Spec, payload: &Payload) -> Option<Unfitting> {
        let open = payload.parameters.iter().filter_map(|(key, sent)| {
            let (text, sensitive) = match sent {
                Sent::Value(text) => (text.as_str(), false),
                Sent::Secret(secret) => (secret.expose(), true),
                Sent::Previous => return None,
            };
            Some((key.as_str(), LateValue { text, sensitive }))
        });
        let tags = payload.tags.clone().unwrap_or_default();
        self.checks.wrong(self.step(ix), spec, &open.collect(), &tags)
    }

    fn is_applied(&self, ix: StepIx, content: &Content) -> bool {
        let applied = self.row(ix).and_then(|row| row.applied.as_ref());
        applied.is_some_and(|applied| request::same_inputs(self.owner(ix), content, &applied.content))
    }

    /// Writes down what is about to be sent; `content` is what it makes.
    fn intend(&mut self, ix: StepIx, birth: Birth, operation: Operation, content: Option<Content>) {
        let step = self.step(ix);
        let time = self.time(ix);
        let request_digest = request::digest(self.key(), &operation);
        let nonce = self.ports.random.draw();
        let op_no = self.row(ix).map_or(1, |row| row.op_no + 1);
        let lineage = &self.recorded().lineage;
        let parts = TokenParts { lineage, birth, op_no, request_digest: &request_digest, nonce };
        let token = parts.token(self.key());
        let kind = request::kind(&operation);
        let intent = Intent {
            op_no,
            kind,
            token: token.clone(),
            nonce,
            by: None,
            request_digest,
            base_record: (kind != Kind::Provision).then(|| self.base_record(ix)).flatten(),
            born: time.now(),
            sent: time.now(),
            sign_by: time.sign_by(),
            phase: Phase::Intended,
            content,
        };
        self.correct_binding(ix, &operation);
        let (home, lifecycle) = (step.place.clone(), step.lifecycle);
        let after = self.recorded().births_at(&step.needs);
        self.note(ix, Change::Begin { birth, home, intent: Box::new(intent), lifecycle, after });
        let location = step.address.location.clone();
        let request = Request { location, token, sign_by: time.sign_by(), operation };
        self.run.intended(ix, request, self.now());
    }

    /// Whoever takes this up after a crash has to find the row bound to what the operation is about.
    fn correct_binding(&mut self, ix: StepIx, operation: &Operation) {
        let is_bound = self.binding(ix).is_some();
        match operation {
            Operation::Provision { .. } if is_bound => self.note(ix, Change::Vanished),
            // known by its token only
            Operation::Update { id, .. } | Operation::Terminate { id, .. }
                if !is_bound && self.row(ix).is_some() =>
            {
                let name = self.step(ix).name().to_owned();
                self.note(ix, Change::Found(Binding { id: id.clone(), name, arn: None }));
            }
            _ => {}
        }
    }

    /// The last record before this operation: an earlier step of this run may have made one.
    fn base_record(&self, ix: StepIx) -> Option<RecordId> {
        let step = self.step(ix);
        let ours = self.row(ix).filter(|row| row.op_no > step.base_op).and_then(|row| row.applied.as_ref());
        ours.map(|applied| applied.record.clone()).or_else(|| step.base_record.clone())
    }

    /// Takes up an operation that was begun by a run that did not see it through.
    fn resume(&mut self, ix: StepIx, spec: Option<&Spec>) {
        let now = self.now();
        let filled = spec.and_then(|spec| self.refill(ix, &self.as_begun(ix, spec)).ok());
        self.knowledge.add_sensitive(filled.iter().flat_map(|filled| filled.secrets.clone()));
        match self.intent(ix).map(|intent| intent.phase.clone()) {
            Some(Phase::Accepted(record)) => {
                (self.ports.emit)(&Event::Resumed(self.run.at(ix, now), &record));
                // of what another run has found, nobody knows any more how
                if self.row(ix).is_some_and(moves_instances) {
                    self.run.unproven(ix);
                }
                self.run.accepted(ix, record, now);
            }
            Some(Phase::Intended) => self.run.interrupted(ix, self.remake(ix, filled), now),
            // somebody settled it between the plan and now
            None => {
                self.over(ix, Outcome::Stale("the interrupted operation was settled meanwhile".to_owned()))
            }
        }
    }

    /// What is declared, as an interrupted update was filled from it: on the instances there are, which move after it.
    fn as_begun(&self, ix: StepIx, spec: &Spec) -> Spec {
        let mut spec = spec.clone();
        let row = self.row(ix).filter(|row| !moves_instances(row));
        let is_update = self.intent(ix).is_some_and(|intent| intent.kind == Kind::Update);
        if let Some(applied) = row.and_then(|row| row.applied.as_ref()).filter(|_| is_update) {
            spec.target.options.preferences.clone_from(&applied.content.target.options.preferences);
        }
        spec
    }

    /// The request that an open intent stands for, if it can still be made exactly as it was.
    fn remake(&self, ix: StepIx, filled: Option<Filled>) -> Option<Request> {
        let intent = self.intent(ix)?;
        let id = self.binding(ix).map(|binding| &binding.id);
        let operation = request::operation(intent.kind, id, filled)?;
        let is_same = request::digest(self.key(), &operation) == intent.request_digest;
        let location = self.step(ix).address.location.clone();
        let (token, sign_by) = (intent.token.clone(), intent.sign_by);
        is_same.then_some(Request { location, token, sign_by, operation })
    }

    pub(super) fn adopt(&mut self, ix: StepIx, adoption: &Adoption) {
        let Adoption { id, spec, record, unverified } = adoption;
        let (step, birth) = (self.step(ix), self.birth(ix));
        let content = match self.knowledge.fill(self.future(ix, birth), spec) {
            Ok(filled) => filled.content,
            Err(why) => return self.over(ix, unfillable(why)),
        };
        let facts = self.knowledge.of(&step.address).cloned().unwrap_or_default();
        let kept = self.knowledge.storable(self.future(ix, birth), Some(&content), &facts.outputs);
        let change = Change::Adopted {
            birth,
            home: step.place.clone(),
            binding: Binding { id: id.clone(), name: spec.target.name.clone(), arn: facts.arn },
            applied: record.clone().map(|record| {
                Box::new(Applied {
                    content,
                    outputs: kept.outputs,
                    sensitive_outputs: kept.digests,
                    record,
                    unverified: unverified.then_some(Unverified::Parameters).into_iter().collect(),
                })
            }),
            lifecycle: step.lifecycle,
            after: self.recorded().births_at(&step.needs),
        };
        self.note(ix, change);
        self.over(ix, Outcome::Done);
    }

    /// Takes what is sensitive by now out of a row that is about to go, or to change. Of what goes in clear, no store would
    /// know that its files must not hold it any more; and a change that fails leaves the row as it was.
    fn hide(&mut self, ix: StepIx, filled: Option<&Content>) {
        let Redacted { outputs: sensitive, parameters } = self.newly_sensitive(ix, filled);
        let Some(row) = self.row(ix).filter(|_| !sensitive.is_empty() || !parameters.is_empty()) else {
            return;
        };
        // all else holds until it is gone
        let (lifecycle, after) = (row.lifecycle, row.after.clone());
        self.note(ix, Change::Remembered { lifecycle, after, sensitive, parameters });
    }

    /// What is stored in clear and sensitive by now: as the plan says, or as it turned out when it was filled.
    fn newly_sensitive(&self, ix: StepIx, filled: Option<&Content>) -> Redacted {
        let step = self.step(ix);
        let Some(applied) = self.row(ix).and_then(|row| row.applied.as_ref()) else {
            return Redacted::default();
        };
        let digest = |name: &str, value: &str| self.owner(ix).birth.scope(name).digest(self.key(), value);
        let turned_out = |name: &String| {
            let value = filled.and_then(|content| content.parameters.get(name));
            matches!(value, Some(Stored::Digest(_)))
        };
        let is_hidden = |name: &String| step.sensitive_parameters.contains(name) || turned_out(name);
        let parameters = applied.content.parameters.iter().filter_map(|(name, value)| match value {
            Stored::Text(text) if is_hidden(name) => Some((name, text)),
            _ => None,
        });
        let parameters: Vec<(&String, &String)> = parameters.collect();
        // what went in may have come out again
        let told: Secrets = parameters.iter().map(|(_, text)| Secret::new(text.as_str())).collect();
        let is_sensitive =
            |name: &String, value: &String| step.sensitive_outputs.contains(name) || told.are_in(value);
        let outputs = applied.outputs.iter().filter(|(name, value)| is_sensitive(name, value));
        Redacted {
            outputs: outputs.map(|(name, value)| (name.clone(), digest(name, value))).collect(),
            parameters: parameters
                .into_iter()
                .map(|(name, value)| (name.clone(), digest(name, value)))
                .collect(),
        }
    }
}

/// Whether there is something that nobody has read in what is taken as it is.
fn is_unread(spec: &Spec) -> bool {
    spec.parameters.values().any(|parameter| parameter.sent == Sending::Previous)
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
