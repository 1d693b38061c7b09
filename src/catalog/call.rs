//! Calls to a service, told to whoever wants to know of them. Nothing of what was asked or answered is in it.

use std::fmt;
use std::time::Duration;

use provisor_model::ids::LocationName;

/// One call, with all its attempts, when it is over.
#[derive(Clone, Copy, Debug)]
pub struct CallNote<'a> {
    /// Whose it was.
    pub location: &'a LocationName,
    /// The service, as its SDK names it.
    pub service: &'a str,
    /// The operation, as the service names it.
    pub operation: &'a str,
    /// How long it took.
    pub took: Duration,
    /// The status of the last answer; `None` where there was none.
    pub status: Option<u16>,
    /// The service's code, where it said no.
    pub error: Option<&'a str>,
    /// The service's own id of the last request.
    pub request_id: Option<&'a str>,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether any answer said that it is asked too often.
    pub was_throttled: bool,
}

/// Who is told of calls, from several threads.
pub trait CallListener: fmt::Debug + Send + Sync {
    /// A call is over.
    fn called(&self, call: &CallNote<'_>);
}
