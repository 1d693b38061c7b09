//! What can be typed after `provisor state`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::duration;

/// How the state is operated on.
#[derive(Args, Clone, Debug, Default)]
pub struct SurgeryArgs {
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long to wait while another command holds the state, such as 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub lock_timeout: Option<Duration>,
    /// As JSON; needs --auto-approve or --dry-run, as nobody is asked
    #[arg(long)]
    pub json: bool,
}

/// `state`
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the addresses in the state
    List {
        /// Only these; globs allowed
        addresses: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show all that is recorded of one address
    Show {
        /// The address
        address: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what became of operations, the newest last: when, how long, by whom, from where
    History {
        /// Only of these; globs allowed
        addresses: Vec<String>,
        /// Only the newest so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the whole state as JSON
    Pull {
        /// It is JSON anyway; errors are then, too
        #[arg(long)]
        json: bool,
    },
    /// Put an export (`state pull`, or a file of state/backups) in place of the state
    Push {
        /// The export
        file: PathBuf,
        #[command(flatten)]
        #[allow(missing_docs, reason = "clap would take a doc comment for help")]
        surgery: SurgeryArgs,
    },
    /// Move what is recorded to another key or address; the provisioned product stays as it is
    #[command(
        after_help = "Where a declaration was renamed and nothing else, `provisor apply` does this by itself.\n\nExamples:\n  provisor state mv shop web-shop\n  provisor state mv shop@pay-dev web-shop@pay-dev"
    )]
    Mv {
        /// The key, or one address (key@location), as it is recorded
        from: String,
        /// The key, or the address, that it gets
        to: String,
        #[command(flatten)]
        #[allow(missing_docs, reason = "clap would take a doc comment for help")]
        surgery: SurgeryArgs,
    },
    /// Go back to a backup (state/backups) on purpose; without a serial, list what there is
    #[command(
        after_help = "What was learned since of operations stays known. Nothing in the cloud changes.\n\nExamples:\n  provisor state restore\n  provisor state restore 41 --dry-run"
    )]
    Restore {
        /// The backup's serial
        serial: Option<u64>,
        #[command(flatten)]
        #[allow(missing_docs, reason = "clap would take a doc comment for help")]
        surgery: SurgeryArgs,
    },
    /// Find out what of a damaged state can be saved, and put it in force
    #[command(
        after_help = "What is taken is the newest that proves itself: the store, else a backup. What was there is kept in the state's folder, as damaged-TIME.\n\nExamples:\n  provisor state recover --dry-run\n  provisor state recover"
    )]
    Recover {
        #[command(flatten)]
        #[allow(missing_docs, reason = "clap would take a doc comment for help")]
        surgery: SurgeryArgs,
    },
    /// Forget what is recorded; the provisioned products stay, and are managed by nobody
    #[command(
        after_help = "Nothing is terminated: each provisioned product is named with what brings it back.\n\nExamples:\n  provisor state rm shop\n  provisor state rm '*@pay-dev' --dry-run"
    )]
    Rm {
        /// The addresses; globs allowed
        #[arg(required = true, value_name = "ADDR")]
        addresses: Vec<String>,
        #[command(flatten)]
        #[allow(missing_docs, reason = "clap would take a doc comment for help")]
        surgery: SurgeryArgs,
    },
}

impl StateCommand {
    /// Whether its result is asked for as JSON.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        match self {
            Self::List { json, .. }
            | Self::Show { json, .. }
            | Self::History { json, .. }
            | Self::Pull { json } => *json,
            Self::Push { surgery, .. }
            | Self::Mv { surgery, .. }
            | Self::Rm { surgery, .. }
            | Self::Restore { surgery, .. }
            | Self::Recover { surgery } => surgery.json,
        }
    }
}
