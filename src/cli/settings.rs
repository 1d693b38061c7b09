//! Reading the files of an infra repo: settings, locations, declarations, values of variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Variables;
use super::fail::Fail;
use crate::declare::{self, Inputs, Settings};
use crate::model::diagnostic::{Diagnostics, Source, did_you_mean};
use provisor_sandbox as sandbox;

/// The settings file's name.
pub const SETTINGS: &str = "provisor.yaml";
/// No file of declarations is as large as this.
const LARGEST: u64 = 64 << 20;

/// A repo's settings, with the texts they came from.
pub struct Repo {
    /// The settings.
    pub settings: Settings,
    /// Everything that was read so far, for error messages.
    pub sources: Vec<Source>,
}

/// Reads settings, locations and values of variables.
pub fn read(variables: &Variables) -> Result<Repo, Fail> {
    let path = Path::new(SETTINGS);
    if !path.exists() {
        return Err(Fail::error(format!("there is no `{SETTINGS}` here"))
            .hint("go to an infra repo with `-C DIR`, or write a starter with `provisor init`"));
    }
    let settings = source(path)?;
    let mut sources = vec![settings.clone()];
    let found = |found: Diagnostics, sources: &[Source]| Fail::Declarations(found, sources.to_vec());
    let locations = match declare::locations_file(&settings).map_err(|e| found(e, &sources))? {
        Some(file) => Some(source(Path::new(&file))?),
        None => None,
    };
    sources.extend(locations.clone());
    let files: Vec<Source> = variables.var_file.iter().map(|file| source(file)).collect::<Result<_, _>>()?;
    sources.extend(files.clone());
    let named = declare::sandbox_files(&settings, locations.as_ref()).map_err(|e| found(e, &sources))?;
    let mut sandboxes = BTreeMap::new();
    for file in named {
        if !Path::new(&file).exists() {
            return Err(Fail::error(format!("`{SETTINGS}` names the sandbox `{file}`, which is not there"))
                .hint("name another file under `locations:`, or see what `provisor init` writes"));
        }
        let head = sandbox::peek(Path::new(&file))?;
        sandboxes.insert(file, (head.account_id.into(), head.region.into()));
    }
    let inputs = Inputs { environment: environment(), files, arguments: arguments(variables)?, sandboxes };
    let settings =
        declare::settings(&settings, locations.as_ref(), &inputs).map_err(|e| found(e, &sources))?;
    Ok(Repo { settings, sources })
}

/// Reads all declarations files, sorted.
pub fn declarations(repo: &Repo) -> Result<Vec<Source>, Fail> {
    let mut files = Vec::new();
    for named in &repo.settings.declarations {
        // the default: the folder, or one file of that name
        let lone = named == "products" && !Path::new(named).exists() && Path::new("products.yaml").exists();
        let path = if lone { Path::new("products.yaml") } else { Path::new(named) };
        if !path.exists() {
            let hint = did_you_mean(named, beside(path).iter().map(String::as_str));
            let other = || format!("write `{named}`, or name other files in `{SETTINGS}`");
            return Err(Fail::error(format!("`declarations:` names `{named}`, which is not there"))
                .hint(hint.unwrap_or_else(other)));
        }
        walk(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    files.iter().map(|file| source(file)).collect()
}

/// What lies in the folder where `path` would be.
fn beside(path: &Path) -> Vec<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let entries = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.map(|name| folder.join(name).display().to_string()).collect()
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Fail> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let unreadable =
        |error: std::io::Error| Fail::error(format!("cannot read `{}`: {error}", path.display()));
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        let yaml = entry.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        if entry.is_dir() && entry.is_symlink() {
            // followed, it may lead round in circles; ignored, what it holds would count as removed
            return Err(Fail::error(format!("`{}` is a symbolic link to a folder", entry.display()))
                .hint(format!("name the folder itself under `declarations:` in `{SETTINGS}`")));
        }
        if entry.is_dir() || yaml {
            walk(&entry, files)?;
        }
    }
    Ok(())
}

/// One file's text, without a byte order mark.
fn source(path: &Path) -> Result<Source, Fail> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| Fail::error(format!("cannot read `{name}`: {error}"));
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err(Fail::error(format!("`{name}` is not a file")));
    }
    if found.len() > LARGEST {
        return Err(Fail::error(format!("`{name}` is larger than {} MiB", LARGEST >> 20)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Fail::error(format!("`{name}` is not UTF-8: byte {at} is part of no character"))
            .hint("save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text);
    Ok(Source { path: Arc::from(name), text: Arc::from(text) })
}

fn environment() -> BTreeMap<String, String> {
    let named = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        let name = name.into_string().ok()?.strip_prefix("PROVISOR_VAR_")?.to_owned();
        Some((name, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(named).collect()
}

fn arguments(variables: &Variables) -> Result<Vec<(String, String)>, Fail> {
    let pair = |text: &String| {
        text.split_once('=')
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .ok_or_else(|| Fail::usage(format!("`--var {text}` has no `=`: write --var NAME=VALUE")))
    };
    variables.var.iter().map(pair).collect()
}
