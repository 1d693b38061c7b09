//! Whose provisioned products are seen, and what it means that one is not.

use std::fmt;

/// Whose provisioned products a principal may see: the keys of the API's `AccessLevelFilter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Everybody's in the account: what is not found is not there.
    #[default]
    Account,
    /// Those of all sessions of the role: what is not found may be somebody else's.
    Role,
    /// Its own; of a role, those of the session.
    User,
}

impl AccessLevel {
    /// All of them, as they are written.
    const ALL: [(&str, Self); 3] = [("account", Self::Account), ("role", Self::Role), ("user", Self::User)];

    /// The level that is written like this.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, level)| *level)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let [(account, _), (role, _), (user, _)] = Self::ALL;
        match self {
            Self::Account => account,
            Self::Role => role,
            Self::User => user,
        }
    }

    /// Whether nothing is hidden: only then an absence is evidence.
    #[must_use]
    pub fn sees_all(self) -> bool {
        self == Self::Account
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
