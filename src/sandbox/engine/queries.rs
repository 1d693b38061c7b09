//! Calls over the Query protocol: STS and CloudFormation.

use super::{Call, Engine, Reply};
use crate::sandbox::clock::Millis;
use crate::sandbox::faults::Occasion;
use crate::sandbox::operations::{Caller, Notes};
use crate::sandbox::query::{self, Query, QueryAnswer};
use crate::sandbox::wire::Fault;

impl Engine {
    /// The answer and its request id; `None` ends the connection.
    pub(crate) fn query(
        &mut self,
        service: &str,
        form: &[(String, String)],
        caller: &Caller,
        (body, wall): (&[u8], Millis),
    ) -> Option<(QueryAnswer, String)> {
        let request_id = self.request_id();
        let now = self.clock.now(wall);
        let action = form.iter().find(|(key, _)| key == "Action").map_or("", |(_, value)| value.as_str());
        let scope = (caller.account_id.clone(), caller.region.clone());
        if let Some(place) = self.worlds.get_mut(&scope) {
            place.world.advance(now);
        }
        let fired = self.faults.strike(Occasion { call: Some(action), exact: true, ..Occasion::default() });
        let notes =
            Notes { faults: fired.iter().map(|fired| fired.label.clone()).collect(), ..Notes::default() };
        let early = fired.as_ref().and_then(super::answer::early);
        let call = Call { operation: action, body, caller, wall };
        let query = Query { service, action, form, caller, request_id: &request_id, now };
        let world = self.worlds.get(&scope).map(|place| &place.world);
        let answer = match &early {
            Some(Reply::Fault(fault)) => query::error(&query, fault.status, &fault.code, &fault.message),
            _ => query::answer(&query, &self.catalogue, world),
        };
        let reply = logged(early, &answer);
        self.calls.write(&call, None, &reply, (now, &notes));
        let _ = self.persist(scope, now);
        (!matches!(reply, Reply::Dropped)).then_some((answer, request_id))
    }
}

/// What the call log is told.
fn logged(early: Option<Reply>, answer: &QueryAnswer) -> Reply {
    match (early, &answer.code) {
        (Some(Reply::Dropped), _) => Reply::Dropped,
        (_, Some(code)) => Reply::Fault(Fault::new(answer.status, code, "")),
        (_, None) => Reply::Json(Vec::new()),
    }
}
