//! Files of other tools that the command line names.

use std::path::Path;

use super::args::ImportArgs;
use super::edge::Edge;
use crate::import::{ForeignFile, OtherFile, terraform};
use crate::workspace::{Problem, Workspace, source};

/// A file that was read.
pub struct GivenFile {
    /// As it was named.
    pub path: String,
    /// Whose it is.
    pub tool: &'static str,
    /// What it says that exists.
    pub holds: ForeignFile,
}

impl GivenFile {
    /// The file that the arguments name, if they name one.
    pub fn of(args: &ImportArgs, workspace: &Workspace<'_>, edge: &Edge) -> Result<Option<Self>, Problem> {
        let Some(named) = &args.from_terraform else { return Ok(None) };
        let path = named.display().to_string();
        let bytes = workspace.repo.checkout.given().read(&edge.at(named));
        // a plan that was saved is an archive
        if bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK\x03\x04")) {
            let message = "this is a saved plan".to_owned();
            let hint = format!("give the output of `terraform show -json {path}`");
            return Err(refused(named, OtherFile { message, hint }));
        }
        let text = source(named, bytes)?.text;
        let holds = terraform(&text).map_err(|other| refused(named, other))?;
        if holds.products.is_empty() && holds.left.is_empty() {
            let message = format!("`{path}` holds no `aws_servicecatalog_provisioned_product`");
            return Err(Problem::input(message).hint("nothing of it could become a declaration"));
        }
        Ok(Some(Self { path, tool: "Terraform", holds }))
    }
}

fn refused(named: &Path, other: OtherFile) -> Problem {
    Problem::input(format!("`{}`: {}", named.display(), other.message)).hint(other.hint)
}
