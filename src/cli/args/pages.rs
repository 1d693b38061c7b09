//! What can be typed after `provisor man`, `completions` and `complete`. The doc comments are the help.

use std::path::PathBuf;

use clap::Args;

/// `man`
#[derive(Args, Debug)]
pub struct ManArgs {
    /// The command, such as: plan, or state mv [default: provisor itself]
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write all pages into this folder, such as ~/.local/share/man/man1
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub write: Option<PathBuf>,
}

/// `completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: clap_complete::Shell,
}

/// `complete`
#[derive(Args, Debug)]
pub struct CompleteArgs {
    /// What is typed so far, from the program's name to the word that is completed
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}
