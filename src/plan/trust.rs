//! What nobody has read of a product that was accepted as it was: said for as long as nothing of ours has made it so.

use super::{PlanInput, Sending, Spec};
use crate::model::ids::{Address, Labels};
use crate::model::text::quoted;
use crate::state::Unverified;

impl PlanInput<'_> {
    /// What was accepted as it was stays a remark for as long as nothing of ours has made it so.
    pub(super) fn taken_on_trust(&self, address: &Address, labels: &Labels) -> Option<String> {
        let unverified = &self.row(address)?.applied.as_ref()?.unverified;
        let is_unverified = unverified.contains(&Unverified::Parameters) && !self.is_read(address);
        is_unverified.then(|| {
            let label = labels.label(address);
            format!("its parameters were accepted as they were and are not verified: an update makes them sure, such as `provisor apply --reapply {label}`")
        })
    }

    /// What was never read and is not declared is set to its default by an update: that may be a change, which nothing else tells.
    pub(super) fn set_to_defaults(&self, address: &Address, spec: Option<&Spec>) -> Option<String> {
        let applied = self.row(address)?.applied.as_ref()?;
        let is_unread = applied.unverified.contains(&Unverified::Parameters) && !self.is_read(address);
        let parameters = spec.filter(|_| is_unread)?.parameters.iter();
        let set = parameters.filter(|(_, parameter)| parameter.sent == Sending::Default);
        let set = quoted(set.map(|(key, _)| key));
        (!set.is_empty()).then(|| {
            format!("what {set} is now could not be read, and is not declared: the update sets it to the template's default; `null` keeps what is there")
        })
    }
}
