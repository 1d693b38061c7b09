//! What the SDK says where it finds no credentials, in words that name the next step.

use provisor_model::text::did_you_mean;

/// What is said, and what to do.
pub(super) struct Advice {
    pub message: String,
    pub hint: Option<String>,
}

/// The profile that was asked for credentials.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    pub name: &'p str,
    /// The profiles that there are.
    pub known: &'p [String],
}

/// The next step after what the SDK says, of this profile or else of its default chain.
pub(super) fn advice(said: &str, asked: Option<Asked<'_>>) -> Advice {
    let said = said.trim_start_matches("the credential provider was not enabled: ");
    let of = || asked.map_or_else(|| "the profile".to_owned(), |asked| format!("profile `{}`", asked.name));
    let login = || {
        let profile = asked.map(|asked| format!(" --profile {}", asked.name));
        format!("aws sso login{}", profile.unwrap_or_default())
    };
    let (message, hint) = if said.contains("token has expired") {
        (format!("the login of {} has expired", of()), format!("`{}` logs in again", login()))
    } else if said.contains("SSO token") || said.contains("access token") {
        (format!("nobody is logged in with {}", of()), format!("`{}` logs in", login()))
    } else if let (Some(asked), Some(missing)) = (asked, between(said, "profile `", "` was not defined")) {
        undefined(asked, missing)
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
        let message = match asked {
            Some(_) => format!("{} gives none: {said}", of()),
            None => said.to_owned(),
        };
        return Advice { message, hint: None };
    };
    Advice { message, hint: Some(hint) }
}

/// What is said of a profile that is not there, and what to do.
fn undefined(asked: Asked<'_>, missing: &str) -> (String, String) {
    let message = if asked.name == missing {
        format!("there is no profile `{missing}` in the AWS configuration")
    } else {
        let name = asked.name;
        format!("profile `{name}` takes its credentials from profile `{missing}`, which is not there")
    };
    let nearest = did_you_mean(missing, asked.known.iter().map(String::as_str));
    let list = || "`aws configure list-profiles` lists those that there are".to_owned();
    (message, nearest.unwrap_or_else(list))
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
        let known = ["default".to_owned(), "chain".to_owned(), "admin-prod".to_owned()];
        for (profile, said, message, hint) in [
            (
                Some("dev"),
                "the credential provider was not enabled: an error occurred while loading an access token: failed to load the cached SSO token",
                "nobody is logged in with profile `dev`",
                "aws sso login --profile dev",
            ),
            (
                Some("dev"),
                "the SSO token has expired and cannot be refreshed, token has expired",
                "the login of profile `dev` has expired",
                "aws sso login --profile dev",
            ),
            (
                Some("nope"),
                "profile `nope` was not defined: could not find source profile nope",
                "there is no profile `nope`",
                "list-profiles",
            ),
            (
                Some("admin-prd"),
                "profile `admin-prd` was not defined",
                "there is no profile `admin-prd`",
                "did you mean `admin-prod`?",
            ),
            (
                Some("chained"),
                "profile `gone` was not defined",
                "profile `chained` takes its credentials from profile `gone`",
                "list-profiles",
            ),
            // a name is data, whatever words it has
            (
                Some("a` gives none: profile `b` was not defined"),
                "an external process failed",
                "the `credential_process` of profile `a` gives none: profile `b` was not defined` failed",
                "by hand",
            ),
            (
                None,
                "the SSO token has expired, token has expired",
                "the login of the profile",
                "`aws sso login`",
            ),
            (
                None,
                "no credentials found in chain. Attempted:; Environment: x",
                "none in the environment",
                "AWS_PROFILE",
            ),
        ] {
            let found = advice(said, profile.map(|name| Asked { name, known: &known }));
            assert!(found.message.starts_with(message), "{}", found.message);
            assert!(found.hint.is_some_and(|found| found.contains(hint)), "{said}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_as_it_is() {
        assert_eq!(advice("something else", None).message, "something else");
        let of_profile = advice("something else", Some(Asked { name: "dev", known: &[] }));
        assert_eq!(of_profile.message, "profile `dev` gives none: something else");
    }
}
