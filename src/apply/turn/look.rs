//! Looking: finding out what became of requests without an answer. Evidence first; only then, perhaps, the same again.

use std::time::Duration;

use super::super::event::{Event, Remedy, Watch};
use super::super::report::Outcome;
use super::super::run::Why;
use super::Turn;
use super::evidence::{Evidence, Look, weigh};
use crate::catalog::{CatalogError, CatalogErrorKind, Existing, FindBy, Found, HistoryRef, Record};
use crate::model::ids::{ProvisionedId, RecordId};
use crate::model::product::Selector;
use crate::plan::{Refusal, Rule, StepIx};
use crate::state::{Binding, Change, Kind, StateError};

impl Turn<'_, '_> {
    /// Looks for what is due to be looked for.
    pub(in super::super) fn look(&mut self) -> Result<(), StateError> {
        let mut lost: Vec<(StepIx, Why)> = Vec::new();
        let mut asked: Vec<FindBy> = Vec::new();
        for (ix, why) in self.run.to_find(self.now()) {
            match self.find_by(ix) {
                Some(by) => {
                    lost.push((ix, why));
                    asked.push(by);
                }
                None => {
                    let why = "which provisioned product it was about is not known".to_owned();
                    self.conclude(ix, Evidence::Overtaken(why));
                }
            }
        }
        if !asked.is_empty() {
            for ((ix, why), answer) in lost.into_iter().zip(self.ports.catalog.find(&asked)) {
                match answer.and_then(|found| self.evidence(ix, &why, &found)) {
                    Ok(Evidence::NeverTaken) => self.send_again(ix, why),
                    Ok(evidence) => self.conclude(ix, evidence),
                    Err(error) => self.cannot_look(ix, &error),
                }
            }
        }
        self.settle()
    }

    fn find_by(&self, ix: StepIx) -> Option<FindBy> {
        let intent = self.intent(ix)?;
        let bound = self.binding(ix).map(|binding| &binding.id);
        let by = match (intent.kind, &intent.content) {
            (Kind::Provision, Some(content)) => Selector::Name(content.target.name.clone()),
            _ => Selector::Id(self.step(ix).provisioned().or(bound)?.to_string()),
        };
        Some(FindBy { location: self.step(ix).address.location.clone(), by })
    }

    fn evidence(&self, ix: StepIx, why: &Why, found: &Found) -> Result<Evidence, CatalogError> {
        let (Some(row), Some(intent)) = (self.row(ix), self.intent(ix)) else {
            return Ok(Evidence::Overtaken("the operation was settled meanwhile".to_owned()));
        };
        let doubted = self.run.throttled(ix) > 0;
        let (time, level, is_doubtful) = (self.time(ix), self.level(ix), self.run.is_doubtful(ix));
        let look = Look { row, intent, why, found, doubted, time, level, is_doubtful };
        let evidence = weigh(look, None);
        if evidence != Evidence::NeedsHistory {
            return Ok(evidence);
        }
        let found = found.existing.as_ref().map(|existing| &existing.id);
        match found.or(row.binding.as_ref().map(|bound| &bound.id)) {
            Some(id) => Ok(weigh(look, Some(&self.history(ix, id, intent.base_record.clone())?))),
            None => Ok(evidence),
        }
    }

    /// The records of a product since one of them, as far as they are seen.
    pub(super) fn history(
        &self,
        ix: StepIx,
        of: &ProvisionedId,
        since: Option<RecordId>,
    ) -> Result<Vec<Record>, CatalogError> {
        let location = self.step(ix).address.location.clone();
        let of = HistoryRef { location, provisioned: of.clone(), since };
        match self.ports.catalog.history(&[of]).pop() {
            None => Ok(Vec::new()),
            // below the account, what others did may be denied instead of left out
            Some(Err(error)) if error.kind == CatalogErrorKind::NotAllowed && !self.level(ix).sees_all() => {
                Ok(Vec::new())
            }
            Some(answer) => answer,
        }
    }

    /// Acts on the evidence.
    fn conclude(&mut self, ix: StepIx, evidence: Evidence) {
        let now = self.now();
        match evidence {
            Evidence::Accepted(record, provisioned) => {
                (self.ports.emit)(&Event::Resumed(self.run.at(ix, now), &record));
                if self.intent(ix).is_some_and(|intent| intent.kind == Kind::Update) {
                    self.run.unproven(ix);
                }
                self.run.accepted(ix, record.clone(), now);
                self.note(ix, Change::Accepted { record, provisioned });
            }
            Evidence::Gone => self.gone(ix, None),
            Evidence::Ours(existing, why) => self.bind(ix, &existing, why),
            Evidence::Hidden(refused) => self.hidden(ix, refused.as_ref()),
            Evidence::Overtaken(why) => self.abandon(ix, why),
            Evidence::Held(holder) => {
                let refusal = held(&holder);
                self.note(ix, Change::Refused { message: refusal.message.clone() });
                self.over(ix, Outcome::Refused(refusal));
            }
            Evidence::Refused(error) => {
                let outcome = self.refuse(ix, &error);
                self.over(ix, outcome);
            }
            Evidence::TooEarly | Evidence::NeedsHistory => {
                self.run.undecided(ix, now + self.time(ix).until_next_look());
            }
            Evidence::NeverTaken => self.send_again(ix, Why::Unanswered),
            Evidence::Unproven { running } => self.prove(ix, running),
        }
    }

    /// Asks whose operation it is that was found, by the token: where it was ours, its record comes back, and nothing is done.
    /// Else it is done now, over whatever somebody else made.
    fn prove(&mut self, ix: StepIx, running: Option<Duration>) {
        if let Some(running) = running {
            if self.is_late(ix) {
                return self.over(ix, Outcome::Unknown);
            }
            let now = self.now();
            (self.ports.emit)(&Event::Progress(self.run.at(ix, now), Watch { running, unwinding: false }));
            return self.run.undecided(ix, now + self.time(ix).until_next_look());
        }
        if self.run.can_send_again(ix) {
            return self.send_once_more(ix, Why::Unanswered, true);
        }
        let why = "whose operation ran on it since cannot be told, and what is declared has changed";
        self.abandon(ix, why.to_owned());
    }

    /// It was proven not to have been taken: the same token again, if the same request can be made; else plan again.
    /// Where not everything is seen, a creation is not proven: the service tells by its token, or by its name.
    fn send_again(&mut self, ix: StepIx, why: Why) {
        let is_doubtful = self.creates(ix) && !self.level(ix).sees_all();
        self.send_once_more(ix, why, is_doubtful);
    }

    /// The same token again; `is_doubtful`: an earlier sending may have been taken.
    fn send_once_more(&mut self, ix: StepIx, why: Why, is_doubtful: bool) {
        if !self.run.can_send_again(ix) && is_doubtful {
            return self.hidden(ix, None);
        }
        if !self.run.can_send_again(ix) {
            let why = "it was never begun, and what is declared has changed since";
            return self.abandon(ix, why.to_owned());
        }
        match why {
            Why::Throttled(error) if self.is_late(ix) => return self.put_off(ix, &error),
            _ if self.is_late(ix) => return self.over(ix, Outcome::Unknown),
            _ => {}
        }
        let time = self.time(ix);
        // at first it is enough to wait for one's turn, which comes later for whoever is throttled
        let pause = match self.run.throttled(ix) {
            1 => Duration::ZERO,
            throttled => time.until_next_try(throttled.saturating_sub(2)),
        };
        self.note(ix, Change::Resent { sent: time.now(), sign_by: time.sign_by() });
        self.run.send_again(ix, time.sign_by(), self.now() + pause, is_doubtful);
    }

    /// The service was too busy for it for as long as it may take: nothing was begun, and only time is needed.
    fn put_off(&mut self, ix: StepIx, error: &CatalogError) {
        if let Outcome::Failed(failure) = self.refuse(ix, error) {
            self.over(ix, Outcome::PutOff(failure));
        }
    }

    /// What one of our tokens made is ours, whatever was to become of it: whoever plans next has to know it.
    fn bind(&mut self, ix: StepIx, existing: &Existing, why: String) {
        self.note(ix, Change::Abandoned);
        let binding =
            Binding { id: existing.id.clone(), name: existing.name.clone(), arn: Some(existing.arn.clone()) };
        self.note(ix, Change::Found(binding));
        self.over(ix, Outcome::Stale(why));
    }

    /// Nothing is found, and it may be there. What was answered is over; of what was not, nobody knows, and the intent
    /// stays for whoever sees more.
    fn hidden(&mut self, ix: StepIx, refused: Option<&CatalogError>) {
        if self.creates(ix) {
            let content = self.intent(ix).and_then(|intent| intent.content.as_ref());
            let name = content.map(|content| content.target.name.as_str()).unwrap_or_default();
            let refusal = Refusal::unseen_creation(name, self.level(ix), refused.is_some());
            return self.over(ix, Outcome::Deferred(refusal));
        }
        if let Some(error) = refused {
            let message = self.redact(ix, &error.message);
            self.note(ix, Change::Refused { message });
        }
        self.out_of_sight(ix);
    }

    /// Ends a step about something that is not seen.
    pub(super) fn out_of_sight(&mut self, ix: StepIx) {
        let bound = self.binding(ix).map(|binding| &binding.id);
        let label = self.run.label(&self.step(ix).address);
        let refusal = Refusal::not_visible(bound, self.level(ix), &label);
        self.over(ix, Outcome::Deferred(refusal));
    }

    fn cannot_look(&mut self, ix: StepIx, error: &CatalogError) {
        if matches!(error.kind, CatalogErrorKind::Denied | CatalogErrorKind::NotAllowed) {
            self.deny(ix, error);
            return self.over(ix, Outcome::Unknown);
        }
        if self.is_late(ix) {
            return self.over(ix, Outcome::Unknown);
        }
        self.ask_later(ix, error);
    }

    /// A question got no answer: the same again a little later.
    pub(super) fn ask_later(&mut self, ix: StepIx, error: &CatalogError) {
        let (now, message) = (self.now(), self.redacted(ix, error));
        (self.ports.emit)(&Event::Delayed(self.run.at(ix, now), &message, Remedy::AskAgain));
        self.run.undecided(ix, now + self.time(ix).until_next_try(2));
    }
}

fn held(holder: &Existing) -> Refusal {
    Refusal {
        rule: Rule::Exists,
        message: format!("a provisioned product named `{}` exists already: {}", holder.name, holder.id),
        hint: Some("choose another `provisioned_product_name`".to_owned()),
    }
}
