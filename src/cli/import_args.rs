//! The arguments of `provisor import`.

use std::path::PathBuf;

use clap::Args;

use super::args::{ApplyingArgs, VariableArgs};

/// `import`
#[derive(Args, Debug)]
#[command(mut_arg("parallelism", |arg| arg.hide(true)), mut_arg("no_wait", |arg| arg.hide(true)))]
pub struct ImportArgs {
    /// The declaration that it becomes
    #[arg(value_name = "ADDR", requires = "product", required_unless_present_any = ["declared", "all"])]
    pub address: Option<String>,
    /// The provisioned product, by its id (pp-…) or its name
    #[arg(value_name = "ID|NAME")]
    pub product: Option<String>,
    /// Whatever is declared and exists under its name: also the way back from a lost state
    #[arg(long, conflicts_with = "address")]
    pub declared: bool,
    /// Of --declared, only this address and what it depends on; globs allowed
    #[arg(long, value_name = "ADDR", conflicts_with = "address")]
    pub target: Vec<String>,
    /// Of --declared, not this address, nor what depends on it; globs allowed
    #[arg(long, value_name = "ADDR", conflicts_with = "address")]
    pub exclude: Vec<String>,
    /// Whatever exists and is not declared: declarations are written for it
    #[arg(long, conflicts_with_all = ["address", "declared"])]
    pub all: bool,
    /// Of --all, only at these locations; globs allowed
    #[arg(long = "location", value_name = "GLOB", requires = "all")]
    pub of_location: Option<String>,
    /// Of --all, only these products; globs allowed
    #[arg(long = "product", value_name = "GLOB", requires = "all")]
    pub of_product: Option<String>,
    /// Of --all, only provisioned products that are called so; globs allowed
    #[arg(long = "name", value_name = "GLOB", requires = "all")]
    pub of_name: Option<String>,
    /// Where declarations are written: a folder that declarations are read from
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub applying: ApplyingArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}
