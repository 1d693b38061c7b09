//! How a location's catalog is reached: a sandbox, or AWS with a profile, a role, an endpoint.

use super::content::LocationContent;
use super::locations::Reader;
use super::{Access, AssumeRole};
use crate::declare::fields::{LOCATION, Relation};
use crate::declare::layers::Merged;
use crate::model::diagnostic::{Diagnostic, Part, Place};
use crate::model::endpoint::is_loopback;

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
        if let Some(url) = content.endpoint_url.as_ref().filter(|url| !is_loopback(url))
            && !content.allow_custom_endpoint
        {
            let message = format!("the endpoint `{url}` is not on this machine");
            let diagnostic = Diagnostic::error("custom-endpoint", message)
                .hint("if that is meant, write `allow_custom_endpoint: true`");
            let place = merged.find(&["endpoint_url"]).map_or_else(
                || own.clone(),
                |leaf| leaf.layer.clone().below(leaf.segments(None), Part::Value),
            );
            self.problems.push(diagnostic.at(place));
        }
        let LocationContent { profile, external_id, session_name, endpoint_url, .. } = content;
        let role = content.role_arn.map(|arn| AssumeRole { arn, external_id, session_name });
        Access::Aws { profile, role, endpoint_url }
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
