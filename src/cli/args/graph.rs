//! What can be typed after `provisor graph`. The doc comments are the help.

use clap::{Args, ValueEnum};

use super::VariableArgs;

/// `graph`
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot, value_name = "FORMAT")]
    pub format: GraphFormat,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
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
}
