//! A command that there is not: what those who come from Terraform do here instead. Nothing that changes the cloud is ever
//! suggested because its name is near.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::model::text::nearest;

/// Words of Terraform and of habit, and what to use.
const WORDS: &[(&str, &str)] = &[
    ("taint", "`provisor apply --replace ADDRESS` terminates a product and provisions it again"),
    ("untaint", "nothing is marked: what `--replace` names is replaced, once"),
    ("refresh", "`provisor plan --refresh-only` shows what was changed outside"),
    ("workspace", "locations in `provisor.yaml` take the place of workspaces"),
    ("unlock", "the lock of the state ends with its holder; nothing has to be unlocked"),
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
    (
        "preview",
        "`provisor plan` shows what would change, `provisor plan --preview` what that does to resources",
    ),
    ("up", "`provisor plan` shows what would change"),
    ("list", "`provisor state list` lists what is recorded"),
    ("status", "`provisor show` shows what is recorded, `provisor plan` what would change"),
    ("check", "`provisor validate` checks offline"),
    ("lint", "`provisor validate` checks offline"),
    ("outputs", "did you mean `output`?"),
    (
        "delete",
        "what leaves the declarations goes by the next apply; `provisor plan --destroy` shows the end of everything",
    ),
    ("env", "locations in `provisor.yaml` take the place of workspaces"),
    ("query", "`provisor import --all` finds what exists and is not declared"),
    ("stacks", "one repo declares products on many locations: `locations:` in `provisor.yaml`"),
    ("rpcapi", "programs read what `--json` writes: `provisor schema` tells its form"),
    ("replace-provider", "no row names a provider; `provisor state mv` gives a row another address"),
    ("identities", "`provisor state list --json` tells the ids"),
];

/// Flags that there are not, as Terraform has them.
const FLAGS: &[(&str, &str)] = &[
    ("--upgrade", "there are no providers to upgrade: leave it out"),
    ("--backend-config", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--reconfigure", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--migrate-state", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("-v", "`--log FILE` or PROVISOR_LOG writes a line for each call; `provisor version` tells the version"),
    ("--verbose", "`--log FILE` or PROVISOR_LOG writes a line for each call"),
    ("--refresh", "`-refresh` takes `true` or `false`"),
    ("--input", "`-input` takes `true` or `false`"),
    ("--lock", "`-lock` takes `true` or `false`"),
    ("--backend", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--force-copy", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--ignore-remote-version", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--state", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--state-out", "where the state is kept is said in `provisor.yaml`: `state:`"),
    ("--backup", "every write keeps the state before it: `provisor state history` lists them"),
    ("--backup-out", "every write keeps the state before it: `provisor state history` lists them"),
    ("--generate-config-out", "`provisor import --all --write DIR` writes declarations of what exists"),
    (
        "--id",
        "`provisor state list --json` tells the ids of what is recorded, `provisor state show ADDRESS` one",
    ),
    (
        "--force",
        "nothing is forced: a refusal says what would allow it, and `provisor state restore SERIAL` takes an older state on purpose",
    ),
    ("--get", "there are no modules to get: leave it out"),
    ("--from-module", "there are no modules: `--example NAME` begins with an example"),
    ("--plugin-dir", "there are no providers: leave it out"),
    ("--lockfile", "there are no providers to lock: leave it out"),
    ("--dry-run", "`provisor plan` shows what would change"),
    ("--allow-deferral", "what cannot be done yet is deferred by itself: leave it out"),
    ("--policies", "policy tools read `provisor show --format terraform-json`"),
    ("--show-sensitive", "what is sensitive is never shown"),
    ("--target-file", "`--target` takes globs, and may be given several times"),
    ("--exclude-file", "`--exclude` takes globs, and may be given several times"),
    ("--type", "`provisor graph` draws what is declared: `--format` says how"),
    ("--draw-cycles", "`provisor validate` finds cycles, and says where they are"),
    ("--plan", "`provisor show FILE --format html` draws the order of a saved plan"),
    ("--config", "declarations are found from a folder: `-C DIR`"),
    ("--no-tests", "there are no tests to leave out"),
    ("--test-directory", "there are no tests: `provisor validate` checks offline"),
    ("--install-autocomplete", "`provisor completions SHELL` writes them"),
];

/// The sentence for a command that there is not; `None` where clap's own message is to be shown.
pub fn unknown(error: &Error) -> Option<String> {
    if error.kind() == ErrorKind::UnknownArgument {
        return unknown_argument(error);
    }
    if error.kind() == ErrorKind::MissingRequiredArgument {
        return missing_argument(error).or_else(|| raw_alone(error));
    }
    if error.kind() == ErrorKind::InvalidValue {
        return other_value(error);
    }
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let said = |words: &[(&'static str, &'static str)]| {
        words.iter().find(|(known, _)| known == word).map(|(_, sentence)| *sentence)
    };
    said(WORDS).map(|sentence| format!("there is no command `{word}`: {sentence}"))
}

/// `output -raw` of one who has one module, and so needs no address.
fn raw_alone(error: &Error) -> Option<String> {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let is_raw = usage.contains("provisor output") && usage.contains("--raw");
    is_raw.then(|| "`--raw` is of one output: `provisor output ADDRESS KEY --raw`".to_owned())
}

/// What else an import can be of than one declaration.
fn missing_argument(error: &Error) -> Option<String> {
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let missing = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    (usage.contains("provisor import") && missing.contains("<ADDR>")).then(|| {
        "`import` needs to know what: `provisor import ADDR ID` for one, `--declared` for whatever is declared and exists, `--all` for the rest".to_owned()
    })
}

/// What an action is called here.
fn other_value(error: &Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else { return None };
    let meant = match value.as_str() {
        "delete" | "terminate" | "remove" => "destroy",
        "provision" | "add" => "create",
        "change" | "modify" => "update",
        _ => return None,
    };
    let is_action = argument.starts_with("--allow");
    is_action.then(|| format!("`--allow` has no `{value}`: did you mean `{meant}`?"))
}

fn unknown_argument(error: &Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    if usage.contains("provisor plan") && !argument.starts_with('-') {
        let sentence = "`plan` makes a plan and takes no file: `provisor show FILE` shows a saved one, `provisor apply FILE` applies it";
        return Some(sentence.to_owned());
    }
    let flag = argument.split('=').next().unwrap_or_default();
    let (_, sentence) = FLAGS.iter().find(|(known, _)| *known == flag)?;
    Some(format!("there is no `{argument}`: {sentence}"))
}

/// The error without a suggestion that leads astray.
pub fn without_danger(mut error: Error) -> Error {
    if error.kind() == ErrorKind::UnknownArgument {
        // nobody means a flag to be a value
        error.remove(ContextKind::Suggested);
        let typed = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(typed)) => typed.clone(),
            _ => String::new(),
        };
        let is_slip = |name: &str| nearest(&typed, [name]).is_some();
        let dangerous = |name: &String| match name.as_str() {
            "--auto-approve" => !is_slip("--auto-approve"),
            // it is taken from those who write it everywhere, and offered to nobody
            "--no-input" => !is_slip("--no-input"),
            name => matches!(name, "--destroy" | "--replace"),
        };
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
