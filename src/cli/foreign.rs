//! Files of other tools that the command line names.

use std::path::{Path, PathBuf};

use super::args::ImportArgs;
use super::edge::Edge;
use crate::import::{ForeignFile, OtherFile, cloudformation, terraform};
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
}

impl Tool {
    const fn name(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform",
            Self::CloudFormation => "CloudFormation",
        }
    }

    /// What it calls a provisioned product.
    const fn word(self) -> &'static str {
        match self {
            Self::Terraform => "aws_servicecatalog_provisioned_product",
            Self::CloudFormation => "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
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
        let path = named.display().to_string();
        let bytes = workspace.repo.checkout.given().read(&edge.at(named));
        // a plan that was saved is an archive
        if bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK\x03\x04")) {
            let message = "this is a saved plan".to_owned();
            let hint = format!("give the output of `terraform show -json {path}`");
            return Err(refused(named, OtherFile { message, hint }));
        }
        let text = source(named, bytes)?.text;
        let holds = match tool {
            Tool::Terraform => terraform(&text),
            Tool::CloudFormation => cloudformation(&text, &path, &workspace.stack_place(of)?),
        };
        let holds = holds.map_err(|other| refused(named, other))?;
        if holds.products.is_empty() && holds.left.is_empty() {
            let message = format!("`{path}` holds no `{}`", tool.word());
            return Err(Problem::input(message).hint("nothing of it could become a declaration"));
        }
        Ok(Some(Self { path, tool: tool.name(), holds }))
    }
}

fn named(args: &ImportArgs) -> Option<(Tool, &PathBuf)> {
    let terraform = args.from_terraform.as_ref().map(|named| (Tool::Terraform, named));
    terraform.or_else(|| Some((Tool::CloudFormation, args.from_cloudformation.as_ref()?)))
}

fn refused(named: &Path, other: OtherFile) -> Problem {
    Problem::input(format!("`{}`: {}", named.display(), other.message)).hint(other.hint)
}
