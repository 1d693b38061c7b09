//! Files of other tools that the command line names.

use std::path::{Path, PathBuf};

use super::args::ImportArgs;
use super::edge::Edge;
use super::folder::{GivenFolder, holds, is_folder};
use crate::import::{
    AccountTool, FolderText, ForeignFile, OtherFile, PUPPET_FOLDERS, PuppetFolder, account_requests,
    cloudformation, pulumi, puppet, terraform,
};
use crate::workspace::{Problem, Unclaimed, Workspace, source};

/// A file that was read.
pub struct GivenFile {
    /// As it was named.
    pub path: String,
    /// Whose it is.
    pub tool: &'static str,
    /// What it says that exists.
    pub holds: ForeignFile,
}

/// Whose file is named.
#[derive(Clone, Copy)]
enum Tool {
    Terraform,
    CloudFormation,
    Puppet,
    Pulumi,
    Accounts(AccountTool),
}

impl Tool {
    const fn name(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform",
            Self::CloudFormation => "CloudFormation",
            Self::Puppet => "Puppet",
            Self::Pulumi => "Pulumi",
            Self::Accounts(AccountTool::Aft) => "AFT",
            Self::Accounts(AccountTool::Gruntwork) => "Gruntwork",
            Self::Accounts(AccountTool::Lza) => "the Landing Zone Accelerator",
        }
    }

    /// What it calls a provisioned product.
    const fn word(self) -> &'static str {
        match self {
            Self::Terraform => "aws_servicecatalog_provisioned_product",
            Self::CloudFormation => "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
            Self::Puppet => "launches",
            Self::Pulumi => "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
            Self::Accounts(AccountTool::Aft) => "control_tower_parameters",
            Self::Accounts(AccountTool::Gruntwork) => "account-NAME.yml",
            Self::Accounts(AccountTool::Lza) => "workloadAccounts",
        }
    }
}

impl GivenFile {
    /// The file that the arguments name, if they name one.
    pub fn of(
        args: &ImportArgs,
        of: &Unclaimed,
        workspace: &Workspace<'_>,
        edge: &Edge,
    ) -> Result<Option<Self>, Problem> {
        let Some((tool, named)) = named(args) else { return Ok(None) };
        let named = &file(tool, named, edge);
        let path = named.display().to_string();
        let holds = match tool {
            Tool::Accounts(tool) => account_requests(tool, &requests(tool, named, workspace, edge)?),
            Tool::Terraform => terraform(&text(named, workspace, edge)?),
            Tool::Pulumi => pulumi(&text(named, workspace, edge)?),
            Tool::CloudFormation => {
                cloudformation(&text(named, workspace, edge)?, &path, &workspace.stack_place(of)?)
            }
            Tool::Puppet => {
                let manifest = given_text(named, workspace, edge)?;
                let beside = beside_manifest(named).read(edge)?;
                let account_id = args.puppet_account.clone();
                puppet(&PuppetFolder { manifest, beside, account_id }, &workspace.known_places())
            }
        };
        let holds = holds.map_err(|other| refused(named, other))?;
        if holds.products.is_empty() && holds.left.is_empty() {
            let message = format!("`{path}` holds no `{}`", tool.word());
            return Err(Problem::input(message).hint("nothing of it could become a declaration"));
        }
        Ok(Some(Self { path, tool: tool.name(), holds }))
    }
}

/// Whether the arguments name one.
pub fn is_named(args: &ImportArgs) -> bool {
    named(args).is_some()
}

fn named(args: &ImportArgs) -> Option<(Tool, &PathBuf)> {
    let all = [
        (Tool::Terraform, &args.from_terraform),
        (Tool::CloudFormation, &args.from_cloudformation),
        (Tool::Puppet, &args.from_puppet),
        (Tool::Pulumi, &args.from_pulumi),
        (Tool::Accounts(AccountTool::Aft), &args.from_aft),
        (Tool::Accounts(AccountTool::Gruntwork), &args.from_gruntwork),
        (Tool::Accounts(AccountTool::Lza), &args.from_lza),
    ];
    all.into_iter().find_map(|(tool, named)| Some((tool, named.as_ref()?)))
}

/// The file that is meant of a folder, where it is called as its tool calls it.
fn file(tool: Tool, named: &Path, edge: &Edge) -> PathBuf {
    let called = match tool {
        Tool::Puppet => "manifest.yaml",
        Tool::Accounts(AccountTool::Lza) => "accounts-config.yaml",
        _ => return named.to_owned(),
    };
    if holds(named, called, edge) { named.join(called) } else { named.to_owned() }
}

/// What stands in a file.
fn text(named: &Path, workspace: &Workspace<'_>, edge: &Edge) -> Result<String, Problem> {
    let bytes = workspace.repo.checkout.given().read(&edge.at(named));
    // a plan that was saved is an archive
    if bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK\x03\x04")) {
        let message = "this is a saved plan".to_owned();
        let hint = format!("give the output of `terraform show -json {}`", named.display());
        return Err(refused(named, OtherFile { message, hint }));
    }
    Ok(source(named, bytes)?.text.to_string())
}

fn given_text(named: &Path, workspace: &Workspace<'_>, edge: &Edge) -> Result<FolderText, Problem> {
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    let text = text(named, workspace, edge)?;
    Ok(FolderText { path: name.into_owned(), shown: named.display().to_string(), text })
}

/// What stands beside a manifest.
fn beside_manifest(named: &Path) -> GivenFolder<'static> {
    let named = named.parent().unwrap_or(Path::new("")).to_owned();
    GivenFolder { named, folders: &PUPPET_FOLDERS, is_meant: &is_of_manifest }
}

fn is_of_manifest(path: &str) -> bool {
    let is_apart = path.contains('/') && (path.ends_with(".yaml") || path.ends_with(".yml"));
    is_apart || (!path.contains('/') && path.ends_with(".properties"))
}

/// The files with requests for accounts.
fn requests(
    tool: AccountTool,
    named: &Path,
    workspace: &Workspace<'_>,
    edge: &Edge,
) -> Result<Vec<FolderText>, Problem> {
    if !is_folder(named, edge) {
        return Ok(vec![given_text(named, workspace, edge)?]);
    }
    let named = named.to_owned();
    let folder = match tool {
        AccountTool::Gruntwork => {
            GivenFolder { named, folders: &["", "_new-account-requests"], is_meant: &is_request }
        }
        _ => GivenFolder { named, folders: &["", "terraform"], is_meant: &is_configuration },
    };
    folder.read(edge)
}

fn is_request(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")).unwrap_or_default();
    stem.starts_with("account-") || path == "accounts.yml" || path == "accounts.yaml"
}

fn is_configuration(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with("terraform.tfvars") || path.ends_with(".auto.tfvars")
}

fn refused(named: &Path, other: OtherFile) -> Problem {
    let named = format!("`{}`", named.display());
    // of several files it says itself which one
    let message =
        if other.message.starts_with(&named) { other.message } else { format!("{named}: {}", other.message) };
    Problem::input(message).hint(other.hint)
}
