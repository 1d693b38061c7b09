//! What can be typed. The doc comments are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::sandbox_args::SandboxArgs;
use crate::model::time::duration_in;
use crate::plan::Allowed;

mod annotations;
mod catalog;
mod explain;
mod graph;
mod pages;
mod policy;
mod prove;
mod schema;
mod state;
mod written;

pub use annotations::Annotations;
pub use catalog::{CatalogCommand, CatalogListArgs, CatalogScaffoldArgs, CatalogShowArgs, SheetArgs};
pub use explain::ExplainArgs;
pub use graph::{GraphArgs, GraphFormat};
pub use pages::{CompleteArgs, CompletionsArgs, ManArgs};
pub use policy::{PolicyArgs, VersionArgs};
pub use prove::ProveArgs;
pub use schema::{SchemaArgs, SchemaOf};
pub use state::{StateCommand, SurgeryArgs};
pub use written::{BrevityArgs, Format, ShowArgs, WrittenArgs};

/// Declarative reconciler for AWS Service Catalog provisioned products.
#[derive(Debug, Parser)]
#[command(
    name = "provisor",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done · 1 error, nothing changed · 2 changes pending (--detailed-exitcode) · 3 failed or \
                  refused steps · 4 still in flight, run again · 5 refused (a guard, a step that needs a decision) · 6 the saved plan no longer fits · 7 the state is locked or damaged · 64 usage\n\n\
                  Try it without an AWS account: provisor init --example quickstart && provisor apply"
)]
pub struct Cli {
    /// Go to this directory first
    #[arg(short = 'C', long = "chdir", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Files of a repo may lie anywhere below this directory [default: that of provisor.yaml]
    #[arg(long, value_name = "DIR", global = true)]
    pub root: Option<PathBuf>,
    /// Trusted settings outside the checkout, relative to where the command starts [env: PROVISOR_SETTINGS]
    #[arg(long, value_name = "FILE", global = true)]
    pub settings: Option<PathBuf>,
    /// Add a JSON line for every call to a service: never what was sent or answered [env: PROVISOR_LOG]
    #[arg(long, value_name = "FILE", global = true)]
    pub log: Option<PathBuf>,
    /// Show findings beside the lines of a change: `github`, or a report in a file, `gitlab=FILE` [env: PROVISOR_ANNOTATIONS]
    #[arg(long, value_name = "KIND", env = "PROVISOR_ANNOTATIONS", hide_env = true, global = true)]
    pub annotations: Option<Annotations>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = When::Auto, global = true, value_name = "WHEN")]
    pub color: When,
    /// Never ask: as if there were no terminal
    #[arg(long, hide = true, global = true)]
    pub no_input: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a starter repo that works at once on the sandbox
    Init(InitArgs),
    /// Check the declarations: no network, no state
    Validate(ValidateArgs),
    /// Show what would change, and why
    #[command(
        after_help = "Examples:\n  provisor plan\n  provisor plan --out plan.bin && provisor apply plan.bin\n  provisor plan --target 'app-*' --detailed-exitcode\n  provisor plan --preview"
    )]
    Plan(PlanArgs),
    /// Plan, ask, do; with a plan file: exactly that plan
    #[command(
        after_help = "Examples:\n  provisor apply\n  provisor apply --auto-approve --report apply.html\n  provisor apply plan.bin"
    )]
    Apply(ApplyArgs),
    /// Terminate everything that is managed here
    Destroy(DestroyArgs),
    /// Take what exists already as what is declared; no resource changes
    #[command(
        after_help = "Nothing is provisioned, updated or terminated: the state takes note of what is there. Only a stack that `imports:` names becomes a provisioned product first.\n\nExamples:\n  provisor import network pp-abcdefghijklm\n  provisor import network@hub net-prod\n  provisor import --declared\n  provisor import --all --location 'pay-*'\n  provisor import --from-terraform state.json"
    )]
    Import(ImportArgs),
    /// Show a saved plan, or the state
    Show(ShowArgs),
    /// Look at the state, correct it, take it out, put it back
    #[command(subcommand)]
    State(StateCommand),
    /// Show outputs
    Output(OutputArgs),
    /// Look at what there is to provision, and write a declaration of it
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Look at what stands between this machine and a plan: credentials, clock, permissions, state
    #[command(
        after_help = "Reads only: each call that plan and apply need is tried once, where it is a read. Nothing that is shown is secret.\n\nExamples:\n  provisor doctor\n  provisor doctor --location 'pay-*' --json"
    )]
    Doctor(DoctorArgs),
    /// Serve a simulated catalog on loopback for any AWS SDK or the AWS CLI
    Sandbox(SandboxArgs),
    /// Kill this program at random beside another user of a sandbox, and show that nothing is lost, doubled or untrue
    Prove(ProveArgs),
    /// Explain the code of a diagnostic: what is wrong, why, how it is mended, an example
    #[command(
        after_help = "The codes stand in what `--json` prints.\n\nExamples:\n  provisor explain\n  provisor explain unknown-key\n  provisor explain cycle --json"
    )]
    Explain(ExplainArgs),
    /// Print a JSON Schema: of the files that people write, for editors, or of what programs read
    #[command(
        after_help = "An editor with yaml-language-server takes it from the first line of a file: what `init` writes has one. `--catalog` makes a schema that knows the products, too; run it again when the catalog has changed.\n\nExamples:\n  provisor schema declarations\n  provisor schema --write schemas\n  provisor schema --catalog --write schemas\n  provisor schema plan"
    )]
    Schema(SchemaArgs),
    /// Print what depends on what, for Graphviz or Mermaid, or as a drawing
    Graph(GraphArgs),
    /// Print the policy that a principal needs: every call that the program can make, and no other
    IamPolicy(PolicyArgs),
    /// Print a manual page
    Man(ManArgs),
    /// Print a completion script for a shell: it knows addresses, products, versions and locations
    Completions(CompletionsArgs),
    /// What may come next on a command line, for completion scripts
    #[command(hide = true)]
    Complete(CompleteArgs),
    /// Print the version
    Version(VersionArgs),
}

impl Command {
    /// Whether its result is asked for as JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        match self {
            Self::Validate(args) => args.json,
            Self::Plan(args) => args.written.format() == Format::Json,
            Self::Import(args) => args.applying.json,
            Self::Apply(ApplyArgs { applying, .. }) | Self::Destroy(DestroyArgs { applying, .. }) => {
                applying.json
            }
            Self::Show(args) => args.written.format() == Format::Json,
            Self::State(command) => command.is_json(),
            Self::Output(args) => args.json,
            Self::Doctor(args) => args.json,
            Self::Catalog(command) => command.is_json(),
            Self::Prove(args) => args.json,
            Self::Explain(args) => args.json,
            Self::Version(args) => args.json,
            Self::Init(args) => args.json,
            Self::Sandbox(args) => args.json,
            Self::Graph(args) => args.written() == GraphFormat::Json,
            Self::IamPolicy(args) => args.json,
            Self::Schema(_) | Self::Man(_) | Self::Completions(_) | Self::Complete(_) => false,
        }
    }
}

/// Values for variables.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct VariableArgs {
    /// Value of a variable; may be given several times
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// YAML file with values of variables
    #[arg(long = "var-file", value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// YAML file with secret values of variables, which only you can write
    #[arg(long = "secret-file", value_name = "FILE")]
    pub secret_file: Vec<PathBuf>,
}

/// What a plan is about, and what it may do.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectionArgs {
    /// Only this address and what it depends on; globs allowed
    #[arg(long, value_name = "ADDR")]
    pub target: Vec<String>,
    /// Not this address, nor what depends on it; globs allowed
    #[arg(long, value_name = "ADDR")]
    pub exclude: Vec<String>,
    /// Terminate and provision this one again
    #[arg(long, value_name = "ADDR")]
    pub replace: Vec<String>,
    /// Update this one as it is declared, though nothing differs
    #[arg(long, value_name = "ADDR")]
    pub reapply: Vec<String>,
    /// Accept what was changed outside; change nothing
    #[arg(long, visible_alias = "accept-outside")]
    pub refresh_only: bool,
    /// Read the parameters of what is there too, to see what was changed outside (from CloudFormation)
    #[arg(long)]
    pub deep: bool,
    /// Ask the catalog what the changes would do to resources, such as replace them: by provisioned product plans, which are made, read and taken away again
    #[arg(long)]
    pub preview: bool,
    /// Do not ask the catalog what exists: take what is recorded
    #[arg(long)]
    pub no_refresh: bool,
    /// Actions that may happen: create, update, destroy, replace, change-product
    #[arg(long, value_name = "ACTIONS", value_delimiter = ',')]
    pub allow: Vec<Allowed>,
    /// Leave refused steps out, and do the rest
    #[arg(long)]
    pub skip_refused: bool,
    /// Refuse a plan that terminates more than this; N or N%
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub max_terminate: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

impl ValueEnum for Allowed {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Create => "Provision what does not exist",
            Self::Update => "Update in place",
            Self::Destroy => "Terminate",
            Self::Replace => "Terminate and provision again",
            Self::ChangeProduct => "Update to another product",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

/// `validate`
#[derive(Args, Debug)]
pub struct ValidateArgs {
    /// One versioned JSON document
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// `plan`
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Save the plan for `provisor apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Plan the termination of everything
    #[arg(long)]
    pub destroy: bool,
    /// As if every declaration of a product ran another version: a name, an id, or file:PATH of a template
    #[arg(long, value_name = "PRODUCT=VERSION")]
    pub what_if: Vec<String>,
    /// Exit with 2 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub written: WrittenArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub brevity: BrevityArgs,
    /// Say how many calls it took
    #[arg(long)]
    pub stats: bool,
    /// Taken from those who write it everywhere: a plan waits for nobody
    #[arg(long, hide = true, value_name = "DURATION", value_parser = duration)]
    pub lock_timeout: Option<Duration>,
    /// Taken from those who write it everywhere: a plan starts no operation
    #[arg(long, hide = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub parallelism: Option<u16>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub selection: SelectionArgs,
}

/// How to carry a plan out.
#[derive(Args, Clone, Debug, Default)]
pub struct ApplyingArgs {
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Operations in flight per location
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub parallelism: Option<u16>,
    /// Leave operations running as soon as they are accepted
    #[arg(long)]
    pub no_wait: bool,
    /// How long to wait while another command holds the state, such as 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub lock_timeout: Option<Duration>,
    /// One JSON event per line on stdout
    #[arg(long)]
    pub json: bool,
    /// Write how it went as a page for a browser, such as apply.html: what ran when, and what it waited for
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `apply`
#[derive(Args, Debug)]
pub struct ApplyArgs {
    /// A plan saved with `plan --out`
    pub plan_file: Option<PathBuf>,
    /// Only if the plan has this fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    pub checksum: Option<String>,
    /// Refuse a saved plan that is older than this [default: 24h]
    #[arg(long, value_name = "DURATION", requires = "plan_file", value_parser = duration)]
    pub max_age: Option<Duration>,
    /// The same as `provisor destroy`
    #[arg(long, conflicts_with = "plan_file")]
    pub destroy: bool,
    /// Also write the plan to a file before it is carried out, in a format: markdown=plan.md; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", conflicts_with = "plan_file")]
    pub write: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub applying: ApplyingArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub selection: SelectionArgs,
}

/// `destroy`
#[derive(Args, Debug)]
#[command(mut_arg("replace", |arg| arg.hide(true)), mut_arg("reapply", |arg| arg.hide(true)), mut_arg("refresh_only", |arg| arg.hide(true)), mut_arg("preview", |arg| arg.hide(true)))]
pub struct DestroyArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub applying: ApplyingArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub selection: SelectionArgs,
}

/// `import`
#[derive(Args, Debug)]
#[command(mut_arg("parallelism", |arg| arg.hide(true)), mut_arg("no_wait", |arg| arg.hide(true)), mut_arg("report", |arg| arg.hide(true)))]
pub struct ImportArgs {
    /// The declaration that it becomes
    #[arg(value_name = "ADDR", requires = "product", required_unless_present_any = ["declared", "all", "from_terraform", "from_cloudformation", "from_puppet", "from_pulumi", "from_aft", "from_gruntwork", "from_lza"])]
    pub address: Option<String>,
    /// The provisioned product, by its id (pp-…) or its name
    #[arg(value_name = "ID|NAME")]
    pub product: Option<String>,
    /// Whatever is declared and exists under its name: also the way back from a lost state
    #[arg(long, conflicts_with = "address")]
    pub declared: bool,
    /// Of --declared, only this address and what it depends on; globs allowed
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["address", "all"])]
    pub target: Vec<String>,
    /// Of --declared, not this address, nor what depends on it; globs allowed
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["address", "all"])]
    pub exclude: Vec<String>,
    /// Whatever exists and is not declared: declarations are written for it
    #[arg(long, group = "written", conflicts_with_all = ["address", "declared"])]
    pub all: bool,
    /// What Terraform manages: a state (`terraform state pull`), or `terraform show -json` of one or of a plan
    #[arg(long, group = "written", value_name = "FILE", conflicts_with_all = ["address", "declared"])]
    pub from_terraform: Option<PathBuf>,
    /// What a CloudFormation template holds: `--location` says where its stack is
    #[arg(long, group = "written", value_name = "FILE", conflicts_with_all = ["address", "declared"])]
    pub from_cloudformation: Option<PathBuf>,
    /// What aws-service-catalog-puppet manages: its `manifest.yaml`, with the files that stand beside it
    #[arg(long, group = "written", value_name = "FILE", conflicts_with_all = ["address", "declared"])]
    pub from_puppet: Option<PathBuf>,
    /// What Pulumi manages: the output of `pulumi stack export`
    #[arg(long, group = "written", value_name = "FILE", conflicts_with_all = ["address", "declared"])]
    pub from_pulumi: Option<PathBuf>,
    /// Of --from-puppet: the account that Puppet runs in
    #[arg(long, value_name = "ID", requires = "from_puppet", conflicts_with_all = ["all", "from_terraform", "from_cloudformation", "from_pulumi", "from_aft", "from_gruntwork", "from_lza"])]
    pub puppet_account: Option<String>,
    /// The accounts that AFT's requests ask for: a `.tf` file, or its folder
    #[arg(long, group = "written", value_name = "FILE|DIR", conflicts_with_all = ["address", "declared"])]
    pub from_aft: Option<PathBuf>,
    /// The accounts that Gruntwork's requests ask for: the folder of its repository, or a file
    #[arg(long, group = "written", value_name = "DIR", conflicts_with_all = ["address", "declared"])]
    pub from_gruntwork: Option<PathBuf>,
    /// The accounts of the Landing Zone Accelerator: its `accounts-config.yaml`
    #[arg(long, group = "written", value_name = "FILE", conflicts_with_all = ["address", "declared"])]
    pub from_lza: Option<PathBuf>,
    /// Where declarations are written for what is found: only at these locations; globs allowed
    #[arg(long = "location", value_name = "GLOB", conflicts_with_all = ["address", "declared"])]
    pub of_location: Option<String>,
    /// The same: only these products; globs allowed
    #[arg(long = "product", value_name = "GLOB", conflicts_with_all = ["address", "declared"])]
    pub of_product: Option<String>,
    /// The same: only provisioned products that are called so; globs allowed
    #[arg(long = "name", value_name = "GLOB", conflicts_with_all = ["address", "declared"])]
    pub of_name: Option<String>,
    /// Where declarations are written to: a folder that declarations are read from
    #[arg(long, value_name = "DIR", conflicts_with_all = ["address", "declared"])]
    pub write: Option<PathBuf>,
    /// Show all that would be written, however long it is
    #[arg(long, conflicts_with_all = ["address", "declared"])]
    pub full: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub applying: ApplyingArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// `output`
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// Only of this address
    pub address: Option<String>,
    /// Only this output
    #[arg(requires = "address")]
    pub key: Option<String>,
    /// The bare value, for scripts
    #[arg(long, requires = "key", conflicts_with = "json")]
    pub raw: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Only locations that match
    #[arg(long, value_name = "GLOB")]
    pub location: Option<String>,
    /// Compare what the service answers with what provisor believes of it, to paste into an issue
    #[arg(long)]
    pub beliefs: bool,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would take a doc comment for help")]
    pub variables: VariableArgs,
}

/// `init`
#[derive(Args, Debug)]
pub struct InitArgs {
    /// Which example to write: quickstart, platform or account-factory
    #[arg(long, value_name = "NAME", default_value = "quickstart")]
    pub example: String,
    /// Where
    #[arg(id = "into", value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
    /// Which files were written, as JSON
    #[arg(long)]
    pub json: bool,
    /// Taken from those who write it everywhere: nothing is locked here
    #[arg(long, hide = true, value_name = "DURATION", value_parser = duration)]
    pub lock_timeout: Option<Duration>,
}

/// `90s`, `5m`, `1h30m`; `0` for none.
fn duration(text: &str) -> Result<Duration, String> {
    let written = if text == "0" { "0s" } else { text };
    duration_in(written).ok_or_else(|| "write a duration such as 90s, 5m, 1h30m or 7d".to_owned())
}
