//! What can be typed after `provisor graph`. The doc comments are the help.

use clap::{Args, ValueEnum};

use super::VariableArgs;

/// `graph`
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot, value_name = "FORMAT")]
    pub format: GraphFormat,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Every location of a declaration for itself, where all of them need the same too
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

impl GraphArgs {
    /// How it is written.
    #[must_use]
    pub const fn written(&self) -> GraphFormat {
        if self.json { GraphFormat::Json } else { self.format }
    }
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For Graphviz
    Dot,
    /// For Mermaid, as Markdown pages show it
    Mermaid,
    /// A drawing
    Svg,
    /// One versioned JSON document
    Json,
}
