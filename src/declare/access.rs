//! How a location's catalog is reached: a sandbox, or AWS with a profile, a role, an endpoint.

use super::locations::Reader;
use super::scope::Scope;
use super::{Access, Location, Role, document, variables};
use crate::model::diagnostic::{Diagnostic, Part};

impl Reader<'_> {
    /// How the catalog of one location is reached.
    pub fn access(&mut self, name: &str, entry: &document::Location, location: &Location) -> Access {
        if let Some(file) = &entry.sandbox {
            let own = [
                ("profile", &entry.profile),
                ("role_arn", &entry.role_arn),
                ("external_id", &entry.external_id),
                ("session_name", &entry.session_name),
                ("endpoint_url", &entry.endpoint_url),
            ];
            for (field, _) in own.iter().filter(|(_, value)| value.is_some()) {
                let message = format!("`{field}` means nothing on a sandbox");
                self.problems.push(Diagnostic::error("both-given", message).at(self.place(
                    name,
                    &[field],
                    Part::Key,
                )));
            }
            return Access::Sandbox { file: file.clone() };
        }
        let profile = self.text(name, "profile", (&entry.profile, &self.defaults.profile), location);
        let role_arn = self.text(name, "role_arn", (&entry.role_arn, &self.defaults.role_arn), location);
        let external_id =
            self.text(name, "external_id", (&entry.external_id, &self.defaults.external_id), location);
        let session_name =
            self.text(name, "session_name", (&entry.session_name, &self.defaults.session_name), location);
        let endpoint_url =
            self.text(name, "endpoint_url", (&entry.endpoint_url, &self.defaults.endpoint_url), location);
        if let Some(url) = endpoint_url.as_ref().filter(|url| !is_loopback(url)) {
            let allowed =
                entry.allow_custom_endpoint.or(self.defaults.allow_custom_endpoint).unwrap_or_default();
            let message = format!("the endpoint `{url}` is not on this machine");
            let diagnostic = Diagnostic::error("custom-endpoint", message);
            let diagnostic = diagnostic.hint("if that is meant, write `allow_custom_endpoint: true`");
            self.problems
                .0
                .extend((!allowed).then(|| diagnostic.at(self.place(name, &["endpoint_url"], Part::Value))));
        }
        if role_arn.is_none() && (entry.external_id.is_some() || entry.session_name.is_some()) {
            let message = "`external_id` and `session_name` belong to a `role_arn`, and there is none";
            self.problems.push(Diagnostic::error("missing", message).at(self.place(name, &[], Part::Key)));
        }
        let role = role_arn.map(|arn| Role { arn, external_id, session_name });
        Access::Aws { profile, role, endpoint_url }
    }

    /// A field of the entry, else of `location_defaults`, filled for this location.
    fn text(
        &mut self,
        name: &str,
        field: &str,
        (own, default): (&Option<String>, &Option<String>),
        location: &Location,
    ) -> Option<String> {
        let text = own.as_ref().or(default.as_ref())?;
        let place = match own {
            Some(_) => self.place(name, &[field], Part::Value),
            None => {
                variables::place(&self.settings.source.path, vec!["location_defaults", field], Part::Value)
            }
        };
        let scope = Scope { variables: self.variables, location: Some(location), key: None, standing: None };
        let known = scope.known(field, text).map_err(|fault| fault.diagnostic());
        let checked = known.and_then(|text| match (&*text, field) {
            ("", _) => Err(Diagnostic::error("bad-value", format!("`{field}` is empty"))),
            (arn, "role_arn")
                if !(arn.starts_with("arn:") && arn.contains(":iam::") && arn.contains(":role/")) =>
            {
                let message = format!("`{arn}` is not the ARN of a role");
                Err(Diagnostic::error("bad-value", message)
                    .hint("such as `arn:aws:iam::111122223333:role/provisor`"))
            }
            _ => Ok(text.into_owned()),
        });
        checked.map_err(|diagnostic| self.problems.push(diagnostic.at(place))).ok()
    }
}

fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
