//! How plans and states are written, and where to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::VariableArgs;
use crate::report::Style;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One versioned JSON document
    Json,
    /// As Terraform writes plans, for policy tools
    TerraformJson,
    /// For a comment on a pull request, or the summary of a job
    Markdown,
    /// One page that needs nothing else, for a browser
    Html,
}

/// In which format, and where to.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenArgs {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Also write it to a file, in a format: markdown=plan.md; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub write: Vec<String>,
    /// How many characters markdown may have: 65536 for a comment, 32768 for one on Bitbucket [default: 65536]
    #[arg(long, value_name = "N", value_parser = limit)]
    pub markdown_limit: Option<usize>,
}

impl WrittenArgs {
    /// How it is written to stdout.
    #[must_use]
    pub const fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// How much of a plan people are told.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrevityArgs {
    /// One line per step
    #[arg(long)]
    pub concise: bool,
    /// Every value and every location: defaults of the template too, and what differs between locations
    #[arg(long, conflicts_with = "concise")]
    pub full: bool,
}

impl BrevityArgs {
    /// A style of that brevity.
    #[must_use]
    pub fn dress(self, style: Style) -> Style {
        Style { concise: self.concise, full: self.full, ..style }
    }
}

/// `show`
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// A plan saved with `plan --out`; without one, the state
    pub plan_file: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub written: WrittenArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub brevity: BrevityArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// The summary alone takes this much.
const LEAST: usize = 2_000;

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n >= LEAST => Ok(n),
        _ => Err(format!("write a number of characters from {LEAST} on")),
    }
}
