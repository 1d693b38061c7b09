//! What can be typed after `provisor schema`. The doc comments are the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::VariableArgs;

/// `schema`
#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_enum, value_name = "WHAT", default_value_t = SchemaOf::Declarations)]
    pub of: SchemaOf,
    /// Ask the catalogs too: each product's own versions, parameters, allowed values and defaults
    #[arg(long)]
    pub catalog: bool,
    /// Of --catalog: only at these locations; globs allowed
    #[arg(long, value_name = "GLOB", requires = "catalog")]
    pub location: Option<String>,
    /// Write the schemas of all files that people write into this folder, such as schemas [default: to stdout, one]
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Files of declarations
    Declarations,
    /// provisor.yaml
    Settings,
    /// The file of a sandbox
    World,
    /// A file of locations
    Locations,
    /// What `plan --json` prints
    Plan,
    /// A line of what `apply --json` prints
    Event,
    /// What `show --json` prints
    State,
}
