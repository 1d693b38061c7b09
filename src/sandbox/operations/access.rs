//! Whose provisioned products a call is about: what an `AccessLevelFilter` asks for, and what the knobs let the caller have.

use serde::Deserialize;

use super::session::Session;
use crate::partition::partition;
use crate::wire::Fault;
use crate::world_file::{AccessLevel, DeniedAs};

/// Whose things are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AccessLevelFilter {
    key: Option<String>,
    value: Option<String>,
}

impl AccessLevelFilter {
    fn level(filter: Option<&Self>, default: AccessLevel) -> Result<AccessLevel, Fault> {
        match filter.and_then(|filter| filter.value.as_deref()).unwrap_or("self") {
            "self" => {}
            other => {
                return Err(Fault::invalid(format!(
                    "Invalid access level filter value: {other}. Only self is supported."
                )));
            }
        }
        Ok(match filter.and_then(|filter| filter.key.as_deref()) {
            None => default,
            Some("Account") => AccessLevel::Account,
            Some("Role") => AccessLevel::Role,
            Some(_) => AccessLevel::User,
        })
    }
}

/// Whose provisioned products a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everybody's in the account.
    Account,
    /// Those of all sessions of this role; of a user, that user's.
    Role(String),
    /// Those of this user, or of this session of a role.
    User(String),
    /// Nobody's: more was asked for than the caller may have, and nobody says so.
    Nobody,
}

impl Reach {
    fn new(level: AccessLevel, user_arn: &str) -> Reach {
        match level {
            AccessLevel::Account => Reach::Account,
            AccessLevel::Role => Reach::Role(role_of(user_arn)),
            AccessLevel::User => Reach::User(user_arn.to_owned()),
        }
    }

    /// Whether what belongs to this owner is meant.
    pub(crate) fn covers(&self, owner: &str) -> bool {
        match self {
            Reach::Account => true,
            Reach::Role(role) => role_of(owner) == *role,
            Reach::User(user) => owner == user,
            Reach::Nobody => false,
        }
    }
}

/// The role behind a session; any other principal is its own.
pub(crate) fn role_of(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        [head, partition, "sts", _, account, session] => {
            let name = session.split('/').nth(1).unwrap_or_default();
            format!("{head}:{partition}:iam::{account}:role/{name}")
        }
        _ => arn.to_owned(),
    }
}

impl Session<'_> {
    /// What the caller may have at most.
    fn allowed(&self) -> AccessLevel {
        if self.caller.is_everywhere { AccessLevel::Account } else { self.knobs().access_level }
    }

    /// Whose things a list shows: those that the filter asks for, if the caller may ask for so much.
    pub(crate) fn reach(
        &self,
        filter: Option<&AccessLevelFilter>,
        default: AccessLevel,
    ) -> Result<Reach, Fault> {
        let level = AccessLevelFilter::level(filter, default)?;
        if level <= self.allowed() {
            return Ok(Reach::new(level, &self.caller.user_arn));
        }
        match self.knobs().denied_as {
            DeniedAs::Empty => Ok(Reach::Nobody),
            // there is nothing that a list could fail to find
            DeniedAs::NotFound | DeniedAs::AccessDenied => Err(self.not_authorized()),
        }
    }

    /// Whether the caller may see and change what belongs to this owner; `hidden` is the answer as if it were not there.
    pub(crate) fn may_reach(&self, owner: &str, hidden: impl FnOnce() -> Fault) -> Result<(), Fault> {
        if Reach::new(self.allowed(), &self.caller.user_arn).covers(owner) {
            return Ok(());
        }
        match self.knobs().denied_as {
            DeniedAs::AccessDenied => Err(self.not_authorized()),
            // one thing cannot be answered by an empty list
            DeniedAs::NotFound | DeniedAs::Empty => Err(hidden()),
        }
    }

    fn not_authorized(&self) -> Fault {
        let (who, action) = (&self.caller.user_arn, self.operation);
        let (region, account) = (self.catalog.region, self.catalog.account_id);
        let message = format!(
            "User: {who} is not authorized to perform: servicecatalog:{action} on resource: \
             arn:{}:servicecatalog:{region}:{account}:*/* because no identity-based policy allows the servicecatalog:{action} action",
            partition(region)
        );
        Fault::new(400, "AccessDeniedException", message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, role_of};
    use crate::world_file::AccessLevel;

    const RUN: &str = "arn:aws:sts::111122223333:assumed-role/deploy/run-1";

    #[test]
    fn a_role_is_all_of_its_sessions_and_a_user_is_one() {
        let other = "arn:aws:sts::111122223333:assumed-role/deploy/run-2";
        let user = "arn:aws:iam::111122223333:user/me";
        assert_eq!(role_of(RUN), "arn:aws:iam::111122223333:role/deploy");
        assert_eq!(role_of(user), user);
        let rows = [(AccessLevel::Account, [true; 3]), (AccessLevel::Role, [true, true, false])];
        for (level, covered) in rows.into_iter().chain([(AccessLevel::User, [true, false, false])]) {
            let reach = Reach::new(level, RUN);
            assert_eq!([RUN, other, user].map(|owner| reach.covers(owner)), covered, "{level:?}");
        }
        assert!(!Reach::Nobody.covers(RUN));
    }
}
