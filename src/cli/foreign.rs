//! Files of other tools that the command line names.

use std::path::{Path, PathBuf};

use super::args::ImportArgs;
use super::edge::Edge;
use crate::files::{Checkout, LARGEST};
use crate::import::{
    ForeignFile, OtherFile, PUPPET_FOLDERS, PuppetFolder, PuppetText, cloudformation, puppet, terraform,
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
}

impl Tool {
    const fn name(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform",
            Self::CloudFormation => "CloudFormation",
            Self::Puppet => "Puppet",
        }
    }

    /// What it calls a provisioned product.
    const fn word(self) -> &'static str {
        match self {
            Self::Terraform => "aws_servicecatalog_provisioned_product",
            Self::CloudFormation => "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
            Self::Puppet => "launches",
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
        let named = file(tool, named, edge);
        let path = named.display().to_string();
        let bytes = workspace.repo.checkout.given().read(&edge.at(&named));
        // a plan that was saved is an archive
        if bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK\x03\x04")) {
            let message = "this is a saved plan".to_owned();
            let hint = format!("give the output of `terraform show -json {path}`");
            return Err(refused(&named, OtherFile { message, hint }));
        }
        let text = source(&named, bytes)?.text;
        let holds = match tool {
            Tool::Terraform => terraform(&text),
            Tool::CloudFormation => cloudformation(&text, &path, &workspace.stack_place(of)?),
            Tool::Puppet => {
                let mut folder = puppet_folder(&named, &text, edge)?;
                folder.account_id = args.puppet_account.clone();
                puppet(&folder, &workspace.known_places())
            }
        };
        let holds = holds.map_err(|other| refused(&named, other))?;
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
    ];
    all.into_iter().find_map(|(tool, named)| Some((tool, named.as_ref()?)))
}

/// Whether this is a folder with a manifest.
fn is_there(folder: &Path) -> bool {
    matches!(Checkout::new(folder).is_folder(Path::new(MANIFEST)), Ok(false))
}

/// The file that is meant: of a folder of Puppet's, its manifest.
fn file(tool: Tool, named: &Path, edge: &Edge) -> PathBuf {
    match tool {
        Tool::Puppet if is_there(&edge.at(named)) => named.join(MANIFEST),
        _ => named.to_owned(),
    }
}

const MANIFEST: &str = "manifest.yaml";

/// So many files of a folder are read.
const MOST_FILES: usize = 5_000;

/// What stands beside a manifest: nothing above its folder is opened, and no link is followed out of it.
fn puppet_folder(named: &Path, text: &str, edge: &Edge) -> Result<PuppetFolder, Problem> {
    let shown = |path: &str| named.with_file_name(path).display().to_string();
    let name = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let at = edge.at(named);
    let checkout = Checkout::new(at.parent().unwrap_or(Path::new("")));
    let mut paths = Vec::new();
    for entry in checkout.list(Path::new("")).unwrap_or_default() {
        let own = entry.name.to_string_lossy().into_owned();
        if own.ends_with(".properties") {
            paths.push(own);
        } else if PUPPET_FOLDERS.contains(&&*own) {
            let within = checkout.list(Path::new(&own)).unwrap_or_default();
            let files = within.into_iter().map(|entry| entry.name.to_string_lossy().into_owned());
            let files = files.filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
            paths.extend(files.map(|name| format!("{own}/{name}")));
        }
    }
    if paths.len() > MOST_FILES {
        let message = format!("more than {MOST_FILES} files stand beside `{}`", named.display());
        return Err(Problem::input(message).hint("give a manifest of fewer files"));
    }
    let mut left = LARGEST;
    let mut beside = Vec::new();
    for path in paths {
        let shown = shown(&path);
        let text = source(Path::new(&shown), checkout.read(Path::new(&path)))?.text.to_string();
        left = left.checked_sub(text.len() as u64).ok_or_else(|| {
            let message = format!("the files beside `{}` are too large together", named.display());
            Problem::input(message).hint("give a manifest of fewer files")
        })?;
        beside.push(PuppetText { path, shown, text });
    }
    let manifest = PuppetText { shown: named.display().to_string(), path: name, text: text.to_owned() };
    Ok(PuppetFolder { manifest, beside, account_id: None })
}

fn refused(named: &Path, other: OtherFile) -> Problem {
    Problem::input(format!("`{}`: {}", named.display(), other.message)).hint(other.hint)
}
