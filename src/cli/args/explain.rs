//! What can be typed after `provisor explain`. The doc comments are the help.

use clap::Args;

/// `explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The code, such as unknown-key; without one, all of them are listed
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
