//! What can be typed after `provisor catalog`. The doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::VariableArgs;

/// `catalog`
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// List the products that can be provisioned, and who runs them
    List(CatalogListArgs),
    /// Show one product: its versions, what one of them takes, and who runs which
    #[command(
        after_help = "Examples:\n  provisor catalog show network\n  provisor catalog show network --version v1 --json"
    )]
    Show(CatalogShowArgs),
    /// Write a declaration of one product that plans as it is, or says what has to be filled in
    #[command(
        after_help = "Examples:\n  provisor catalog scaffold network\n  provisor catalog scaffold network --key hub --write products"
    )]
    Scaffold(CatalogScaffoldArgs),
}

impl CatalogCommand {
    /// Whether its result is asked for as JSON.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        match self {
            Self::List(args) => args.json,
            Self::Show(args) => args.json,
            Self::Scaffold(args) => args.json,
        }
    }
}

/// `catalog list`
#[derive(Args, Debug)]
pub struct CatalogListArgs {
    /// Only at these locations; globs allowed
    #[arg(long, value_name = "GLOB")]
    pub location: Option<String>,
    /// One versioned JSON document
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// Which version of which product.
#[derive(Args, Debug)]
pub struct SheetArgs {
    /// The product, by its name or its id
    pub product: String,
    /// The version, by its name or its id [default: the newest that is not deprecated]
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// The launch path, by its name or its id [default: the first]
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
}

/// `catalog show`
#[derive(Args, Debug)]
pub struct CatalogShowArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub of: SheetArgs,
    /// Only at these locations; globs allowed
    #[arg(long, value_name = "GLOB")]
    pub location: Option<String>,
    /// One versioned JSON document
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// `catalog scaffold`
#[derive(Args, Debug)]
pub struct CatalogScaffoldArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub of: SheetArgs,
    /// Where it is to stand; globs allowed [default: the first location that offers it]
    #[arg(long, value_name = "LOCATION")]
    pub location: Option<String>,
    /// The declaration's key [default: the product's name]
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Write it to a new file there: a folder that declarations are read from [default: to stdout]
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// One versioned JSON document
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}
