//! What the help says beside the doc comments of `args`: flags in groups, defaults that are none of the command line's, and an
//! example of every command. Plain data, so that a flag stays one field of one struct.

use clap::{Command, CommandFactory};

use super::args::Cli;

/// Flags, in groups.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "What is planned",
        &[
            "target",
            "exclude",
            "replace",
            "reapply",
            "destroy",
            "refresh_only",
            "no_refresh",
            "deep",
            "preview",
            "what_if",
            "location",
            "of_location",
            "of_product",
            "of_name",
            "declared",
            "all",
        ],
    ),
    (
        "What is allowed",
        &["allow", "skip_refused", "max_terminate", "auto_approve", "dry_run", "checksum", "max_age"],
    ),
    ("How it runs", &["parallelism", "no_wait", "lock_timeout"]),
    (
        "What is shown",
        &[
            "format",
            "json",
            "write",
            "out",
            "markdown_limit",
            "concise",
            "full",
            "stats",
            "detailed_exitcode",
            "raw",
            "report",
            "limit",
        ],
    ),
    ("Values of variables", &["var", "var_file", "secret_file"]),
    (
        "From other tools",
        &[
            "from_terraform",
            "from_cloudformation",
            "from_puppet",
            "from_pulumi",
            "puppet_account",
            "from_aft",
            "from_gruntwork",
            "from_lza",
        ],
    ),
    ("Everywhere", &["directory", "root", "settings", "log", "annotations", "color"]),
];

/// What holds where a flag is left out, and settings or the program say it.
const DEFAULTS: [(&str, &str); 3] = [
    ("parallelism", "[default: `limits.parallelism`, or 50]"),
    ("max_terminate", "[default: `guards.max_terminate`, or 1]"),
    ("lock_timeout", "[default: 1s]"),
];

/// Examples of the commands that tell nothing more of themselves.
const EXAMPLES: [(&str, &str); 17] = [
    ("init", "  provisor init\n  provisor init --example platform infra"),
    ("validate", "  provisor validate\n  provisor validate --json --var-file vars/prod.yaml"),
    ("destroy", "  provisor destroy\n  provisor destroy --target 'app-*' --max-terminate 3"),
    ("show", "  provisor show\n  provisor show plan.bin --format markdown"),
    ("output", "  provisor output\n  provisor output network VpcId --raw"),
    (
        "completions",
        "  provisor completions bash > ~/.local/share/bash-completion/completions/provisor\n  provisor completions zsh > ~/.zfunc/_provisor\n  provisor completions fish > ~/.config/fish/completions/provisor.fish\n  provisor completions powershell >> $PROFILE",
    ),
    ("version", "  provisor version\n  provisor version --json"),
    ("man", "  provisor man plan | man -l -\n  provisor man --write ~/.local/share/man/man1"),
    ("graph", "  provisor graph | dot -Tpng > graph.png\n  provisor graph --format svg > graph.svg"),
    ("iam-policy", "  provisor iam-policy --plan\n  provisor iam-policy --apply --location 'pay-*'"),
    ("state list", "  provisor state list\n  provisor state list '*@pay-dev' --json"),
    ("state show", "  provisor state show network@hub"),
    ("state history", "  provisor state history --limit 20\n  provisor state history 'app-*'"),
    ("state pull", "  provisor state pull > state.json"),
    ("state push", "  provisor state push state.json --dry-run"),
    ("catalog list", "  provisor catalog list\n  provisor catalog list --location hub --json"),
    ("catalog show", "  provisor catalog show network --version v1"),
];

/// Everything that can be typed, with its help.
#[must_use]
pub fn command_line() -> Command {
    taught(Cli::command(), "")
}

fn taught(mut command: Command, path: &str) -> Command {
    let ids: Vec<String> = command.get_arguments().map(|one| one.get_id().to_string()).collect();
    for id in ids {
        command = command.mut_arg(&id, |mut argument| {
            if let Some((heading, _)) = GROUPS.iter().find(|(_, ids)| ids.contains(&id.as_str())) {
                argument = argument.help_heading(*heading);
            }
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            match DEFAULTS.iter().find(|(known, _)| *known == id) {
                Some((_, default)) if !argument.is_hide_set() => argument.help(format!("{help} {default}")),
                _ => argument,
            }
        });
    }
    let example = EXAMPLES.iter().find(|(known, _)| *known == path);
    if let Some((_, example)) = example.filter(|_| command.get_after_help().is_none()) {
        command = command.after_help(format!("Examples:\n{example}"));
    }
    let below: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    for name in below {
        let path = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(name, |below| taught(below, &path));
    }
    command
}
