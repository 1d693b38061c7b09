//! What can be typed after `provisor iam-policy` and `provisor version`. The doc comments are the help.

use clap::Args;

use super::VariableArgs;

/// `iam-policy`
#[derive(Args, Debug)]
#[group(id = "mode", required = true, multiple = false, args = ["plan", "apply"])]
pub struct PolicyArgs {
    /// What `plan` may call, with every flag
    #[arg(long)]
    pub plan: bool,
    /// What `apply`, `destroy` and `import` may call as well
    #[arg(long)]
    pub apply: bool,
    /// Of the locations that match: their access level [default: account]
    #[arg(long, value_name = "GLOB")]
    pub location: Option<String>,
    /// What is printed is JSON in any case, and errors are too then
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// `version`
#[derive(Args, Debug)]
pub struct VersionArgs {
    /// As JSON, with the commit and the target that it was built of and for
    #[arg(long)]
    pub json: bool,
}
