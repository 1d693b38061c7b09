//! Calls over the Query protocol: STS and CloudFormation.

use super::{Call, Engine, Reply, answer, foreign};
use crate::faults::{Occasion, Strike, glob};
use crate::operations::Notes;
use crate::query::{self, Query, QueryAnswer};
use crate::wire::Fault;

impl Engine {
    /// The answer and its request id; `None` ends the connection.
    pub(crate) fn query(
        &mut self,
        service: &str,
        form: &[(String, String)],
        call: &Call<'_>,
    ) -> Option<(QueryAnswer, String)> {
        let request_id = self.request_id();
        let (caller, now) = (call.caller, self.clock.now(call.wall));
        let action = form.iter().find(|(key, _)| key == "Action").map_or("", |(_, value)| value.as_str());
        let scope = (caller.account_id.clone(), caller.region.clone());
        if let Some(location) = self.locations.get_mut(&scope) {
            location.world.advance(now);
        }
        let call = Call { operation: action, ..*call };
        let fired = self.strike_query(action, &scope);
        let notes =
            Notes { faults: fired.iter().map(|fired| fired.label.clone()).collect(), ..Notes::default() };
        if let Some(fired) = &fired {
            foreign::act(self, &call, now, fired);
        }
        let early = fired.as_ref().and_then(early);
        let query = Query { service, action, form, caller, request_id: &request_id, now };
        let world = self.locations.get(&scope).map(|location| &location.world);
        let answer = match &early {
            Some(Reply::Fault(fault)) => query::refusal(fault, &request_id),
            _ => query::answer(&query, &self.catalog, world),
        };
        let reply = logged(early, &answer);
        let logged = super::Answer { reply, request_id: request_id.clone(), now };
        self.calls.write(&call, None, &logged, &notes);
        let _ = self.persist(scope, now);
        (!matches!(logged.reply, Reply::Dropped)).then_some((answer, request_id))
    }

    fn strike_query(&mut self, action: &str, scope: &super::Scope) -> Option<Strike> {
        let world = self.locations.get(scope).map(|location| &location.world);
        let there = |pattern: &str| {
            world.is_some_and(|world| world.all_provisioned().any(|product| glob(pattern, &product.name)))
        };
        let occasion =
            Occasion { call: Some(action), exact: true, anyone: Some(&there), ..Occasion::default() };
        self.faults.strike(occasion)
    }
}

/// These calls change nothing, so a lost answer is a lost request.
fn early(fired: &Strike) -> Option<Reply> {
    answer::late(fired).or_else(|| answer::early(fired))
}

/// What the call log is told.
fn logged(early: Option<Reply>, answer: &QueryAnswer) -> Reply {
    match (early, &answer.code) {
        (Some(Reply::Dropped), _) => Reply::Dropped,
        (_, Some(code)) => Reply::Fault(Fault::new(answer.status, code, "")),
        (_, None) => Reply::Json(Vec::new()),
    }
}
