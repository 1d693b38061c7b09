//! A command that there is not: what those who come from Terraform do here instead. Nothing that changes the cloud is ever
//! suggested because its name is near.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Words of Terraform and of habit, and what to use.
const WORDS: &[(&str, &str)] = &[
    ("taint", "`provisor apply --replace ADDRESS` terminates a product and provisions it again"),
    ("untaint", "nothing is marked: what `--replace` names is replaced, once"),
    ("refresh", "`provisor plan --refresh-only` shows what was changed outside"),
    ("workspace", "locations in `provisor.yaml` take the place of workspaces"),
    ("force-unlock", "the lock of the state ends with its holder; nothing has to be unlocked"),
    ("fmt", "declarations are YAML: use your own formatter"),
    ("console", "`provisor plan` shows what every `${…}` is filled with"),
    ("providers", "the locations in `provisor.yaml` say where and as whom"),
    ("get", "there are no modules to get: declarations name products of the catalog"),
    ("modules", "there are no modules: declarations name products of the catalog"),
    ("login", "credentials are the AWS SDK's own: `aws sso login`, a profile, or the environment"),
    ("logout", "credentials are the AWS SDK's own"),
    ("metadata", "`provisor plan --json` and `provisor show --json` are for programs"),
    ("test", "`provisor validate` checks offline, `provisor plan` against the catalog"),
    ("deploy", "`provisor plan` shows what would change"),
    ("diff", "`provisor plan` shows what would change"),
    ("preview", "`provisor plan` shows what would change"),
    ("up", "`provisor plan` shows what would change"),
    ("list", "`provisor state list` lists what is recorded"),
    ("status", "`provisor show` shows what is recorded, `provisor plan` what would change"),
    ("check", "`provisor validate` checks offline"),
    ("lint", "`provisor validate` checks offline"),
    ("outputs", "did you mean `output`?"),
];

/// The sentence for a command that there is not; `None` where clap's own message is to be shown.
pub fn unknown(error: &Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    WORDS
        .iter()
        .find(|(known, _)| known == word)
        .map(|(_, sentence)| format!("there is no command `{word}`: {sentence}"))
}

/// The error without a suggestion that leads astray.
pub fn without_danger(mut error: Error) -> Error {
    if error.kind() == ErrorKind::UnknownArgument {
        let dangerous = |name: &String| matches!(name.as_str(), "--destroy" | "--replace" | "--auto-approve");
        if matches!(error.get(ContextKind::SuggestedArg), Some(ContextValue::String(name)) if dangerous(name))
        {
            error.remove(ContextKind::SuggestedArg);
        }
    }
    if error.kind() == ErrorKind::InvalidSubcommand {
        let dangerous = |name: &String| matches!(name.as_str(), "destroy" | "apply");
        let astray = match error.get(ContextKind::SuggestedSubcommand) {
            Some(ContextValue::String(name)) => dangerous(name),
            Some(ContextValue::Strings(names)) => names.iter().any(dangerous),
            _ => false,
        };
        if astray {
            error.remove(ContextKind::SuggestedSubcommand);
        }
    }
    error
}
