//! How a location's catalog is reached: a sandbox, or AWS with a profile, a role, an endpoint.

use super::content::LocationContent;
use super::locations::Reader;
use super::{Access, AssumeRole};
use crate::fields::{LOCATION, Relation};
use crate::layers::Merged;
use provisor_model::diagnostic::{Diagnostic, Part, Place};
use provisor_model::endpoint::{is_callable, is_encrypted, is_loopback, is_own};

impl Reader<'_> {
    /// How the catalog of one location is reached; `own` is its entry.
    pub(super) fn access(
        &mut self,
        own: &Place,
        merged: &Merged<'_, &Place>,
        content: LocationContent,
    ) -> Access {
        if let Some(file) = content.sandbox {
            return Access::Sandbox { file };
        }
        self.needs(own, merged);
        if let Some(diagnostic) =
            content.endpoint_url.as_deref().and_then(|url| wrong(url, content.allow_custom_endpoint))
        {
            self.problems.push(diagnostic.at(place(own, merged, "endpoint_url")));
        }
        if let Some(diagnostic) = of_another_account(&content) {
            self.problems.push(diagnostic.at(place(own, merged, "role_arn")));
        }
        let LocationContent {
            profile, external_id, session_name, endpoint_url, allow_custom_endpoint, ..
        } = content;
        let role = content.role_arn.map(|arn| AssumeRole { arn, external_id, session_name });
        Access::Aws { profile, role, endpoint_url, allow_custom_endpoint }
    }

    /// What an entry says, and what means nothing without something else.
    fn needs(&mut self, own: &Place, merged: &Merged<'_, &Place>) {
        for relation in LOCATION.relations() {
            let Relation::Needs { fields, needed } = relation else { continue };
            let says = |name: &&str| merged.find(&[name]).is_some_and(|leaf| leaf.layer == own);
            if merged.find(&[needed]).is_none() && fields.iter().any(says) {
                let names: Vec<String> = fields.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("{} belong to a `{needed}`, and there is none", names.join(" and "));
                self.problems.push(Diagnostic::error("missing", message).at(own.clone()));
            }
        }
    }
}

/// Where a field is given.
fn place(own: &Place, merged: &Merged<'_, &Place>, field: &str) -> Place {
    let given = merged.find(&[field]);
    given.map_or_else(|| own.clone(), |leaf| leaf.layer.clone().below(leaf.segments(None), Part::Value))
}

/// That a role leads to another account than the one that is written.
fn of_another_account(content: &LocationContent) -> Option<Diagnostic> {
    let (role, account) = (content.role_arn.as_ref()?, content.account_id.as_ref()?);
    let of = role.split(':').nth(4).filter(|of| *of != account.as_str())?;
    let message = format!("the role is one of account {of}, and `account_id` is {account}");
    Some(Diagnostic::error("bad-value", message).hint("correct the one that is wrong"))
}

/// What is wrong with an endpoint, whatever the credentials are: those are judged by whoever has them.
fn wrong(url: &str, allowed: bool) -> Option<Diagnostic> {
    // an empty one is told as such
    if url.is_empty() || is_own(url) || is_loopback(url) {
        return None;
    }
    if !is_callable(url) {
        // it may hold a password
        let hint = "such as `https://vpce-1.example.com`: a scheme, a host, at most a port and a path; no user, no password";
        let found = Diagnostic::error("bad-value", "`endpoint_url` is no URL that can be called");
        return Some(found.hint(hint).redact(url.contains('@')));
    }
    let encrypted = || url.replacen("http://", "https://", 1);
    if !is_encrypted(url) && (allowed || is_own(&encrypted())) {
        let message = format!("the endpoint `{url}` is reached without encryption");
        let hint = format!("plain http is for this machine only: write `{}`", encrypted());
        return Some(Diagnostic::error("plain-http", message).hint(hint));
    }
    if !allowed {
        let message = format!("the endpoint `{url}` is not on this machine, and not the service's own");
        let hint = match is_encrypted(url) {
            true => "if that is meant, write `allow_custom_endpoint: true`",
            false => "if that is meant, write `https://` and `allow_custom_endpoint: true`",
        };
        return Some(Diagnostic::error("custom-endpoint", message).hint(hint));
    }
    None
}
