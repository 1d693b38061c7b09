//! How a location's catalog is reached, for people who ask why it cannot be. Nothing in it is secret.

/// The way to one location's service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// An endpoint that is not left to the SDK; `None`: the service's own.
    pub endpoint: Option<Configured>,
    /// A bundle of certificates that is trusted besides the machine's.
    pub certificates: Option<Configured>,
    /// The proxy that calls go through, without its credentials.
    pub proxy: Option<Configured>,
    /// What the credentials come from, step by step: "a role, by a profile".
    pub credentials: String,
    /// `Arn` of `sts:GetCallerIdentity`.
    pub principal: Option<String>,
}

/// Something that was configured, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The URL, or the path.
    pub text: String,
    /// Who names it: a variable, a setting, a file.
    pub by: String,
}
