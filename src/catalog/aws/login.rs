//! What the SDK says where it finds no credentials, in words that name the next step.

use crate::model::text::did_you_mean;

/// What is said, and what to do.
pub(super) struct Advice {
    pub message: String,
    pub hint: Option<String>,
}

/// The next step after what the SDK says; `known` are the profiles that there are.
pub(super) fn advice(said: &str, known: &[String]) -> Advice {
    let said = said.trim_start_matches("the credential provider was not enabled: ");
    let profile = between(said, "profile `", "` gives none");
    let of = || profile.map_or_else(|| "the profile".to_owned(), |name| format!("profile `{name}`"));
    let login = || {
        profile.map_or_else(|| "aws sso login".to_owned(), |name| format!("aws sso login --profile {name}"))
    };
    let (message, hint) = if said.contains("token has expired") {
        (format!("the login of {} has expired", of()), format!("`{}` logs in again", login()))
    } else if said.contains("SSO token") || said.contains("access token") {
        (format!("nobody is logged in with {}", of()), format!("`{}` logs in", login()))
    } else if let Some(missing) = between(said, "gives none: profile `", "` was not defined") {
        let message = match profile {
            Some(name) if name != missing => {
                format!("profile `{name}` takes its credentials from profile `{missing}`, which is not there")
            }
            _ => format!("there is no profile `{missing}` in the AWS configuration"),
        };
        let nearest = did_you_mean(missing, known.iter().map(String::as_str));
        let list = || "`aws configure list-profiles` lists those that there are".to_owned();
        (message, nearest.unwrap_or_else(list))
    } else if said.contains("external process") {
        let message = format!("the `credential_process` of {} failed", of());
        (message, "run it by hand to see what it says".to_owned())
    } else if said.contains("no credentials found in chain") {
        let message = "none in the environment, a profile, a web identity token, a container or an instance";
        (
            message.to_owned(),
            "log in with `aws sso login`, set AWS_PROFILE, or write `profile:` for this location".to_owned(),
        )
    } else {
        return Advice { message: said.to_owned(), hint: None };
    };
    Advice { message, hint: Some(hint) }
}

fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(behind)?;
    (!found.contains('`')).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_named() {
        for (said, message, hint) in [
            (
                "the credential provider was not enabled: profile `dev` gives none: an error occurred while loading an access token: failed to load the cached SSO token",
                "nobody is logged in with profile `dev`",
                "aws sso login --profile dev",
            ),
            (
                "profile `dev` gives none: the SSO token has expired and cannot be refreshed, token has expired",
                "the login of profile `dev` has expired",
                "aws sso login --profile dev",
            ),
            (
                "profile `nope` gives none: profile `nope` was not defined: could not find source profile nope",
                "there is no profile `nope`",
                "list-profiles",
            ),
            (
                "profile `admin-prd` gives none: profile `admin-prd` was not defined",
                "there is no profile `admin-prd`",
                "did you mean `admin-prod`?",
            ),
            (
                "profile `chained` gives none: profile `gone` was not defined",
                "profile `chained` takes its credentials from profile `gone`",
                "list-profiles",
            ),
            (
                "no credentials found in chain. Attempted:; Environment: x",
                "none in the environment",
                "AWS_PROFILE",
            ),
        ] {
            let found = advice(said, &["default".to_owned(), "chain".to_owned(), "admin-prod".to_owned()]);
            assert!(found.message.starts_with(message), "{}", found.message);
            assert!(found.hint.is_some_and(|found| found.contains(hint)), "{said}");
        }
        assert_eq!(advice("something else", &[]).message, "something else");
    }
}
