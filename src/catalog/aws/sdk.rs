//! What the SDK is told for every client, wherever its credentials come from.

use aws_config::{AppName, BehaviorVersion};

/// How often the SDK itself tries a read; a mutation is tried once.
pub(super) const READ_ATTEMPTS: u32 = 3;

/// Defaults change with new versions of the SDK: ours are named.
pub(super) fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

pub(super) fn app_name() -> Option<AppName> {
    AppName::new("provisor").ok()
}
