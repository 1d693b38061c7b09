//! Arguments to what they mean.

use std::path::{Path, PathBuf};

use super::args::{SelectionArgs, VariableArgs};
use super::edge::Edge;
use crate::declare::Limit;
use crate::files::{FileError, GivenFiles};
use crate::model::diagnostic::Source;
use crate::model::text::nearest;
use crate::workspace::{GivenValues, Problem, Wish, source};

impl SelectionArgs {
    /// What is wished; `destroy` wants nothing any more.
    pub fn wish(&self, destroy: bool) -> Result<Wish, Problem> {
        self.contradiction(destroy).map_or(Ok(()), Err)?;
        Ok(Wish {
            targets: self.target.clone(),
            excludes: self.exclude.clone(),
            replace: self.replace.clone(),
            reapply: self.reapply.clone(),
            destroy,
            refresh_only: self.refresh_only,
            deep: self.deep,
            preview: self.preview,
            no_refresh: self.no_refresh,
            allow: self.allow.iter().copied().collect(),
            max_terminate: self.max_terminate.as_deref().map(limit).transpose()?,
            skips_refused: self.skip_refused,
            ..Wish::default()
        })
    }
}

impl SelectionArgs {
    /// Flags of which one makes nothing of another.
    fn contradiction(&self, destroy: bool) -> Option<Problem> {
        let (replaces, reapplies) = (!self.replace.is_empty(), !self.reapply.is_empty());
        let (one, other, why) = match (destroy, self.refresh_only) {
            (true, true) => ("--destroy", "--refresh-only", "the one terminates, the other changes nothing"),
            (true, false) if replaces => ("--destroy", "--replace", "what is terminated is not replaced"),
            (true, false) if reapplies => ("--destroy", "--reapply", "what is terminated is not updated"),
            (false, true) if replaces => ("--refresh-only", "--replace", "the one changes nothing"),
            (false, true) if reapplies => ("--refresh-only", "--reapply", "the one changes nothing"),
            (false, true) if self.no_refresh => {
                ("--refresh-only", "--no-refresh", "what was changed outside is not seen without asking")
            }
            (true, false) if self.preview => {
                ("--destroy", "--preview", "what is terminated takes all its resources with it")
            }
            (false, true) if self.preview => ("--refresh-only", "--preview", "the one changes nothing"),
            (false, false) if self.preview && self.no_refresh => {
                ("--preview", "--no-refresh", "what is there is not known without asking")
            }
            (false, false) if self.deep && self.no_refresh => {
                ("--deep", "--no-refresh", "the one reads more than the other forbids")
            }
            _ => return None,
        };
        Some(Problem::usage(format!("`{one}` and `{other}` contradict each other: {why}")))
    }
}

impl VariableArgs {
    /// The values that are given, with those of the environment, and the trusted settings.
    pub fn given(&self, files: &GivenFiles, edge: &Edge) -> Result<GivenValues, Problem> {
        let pair = |text: &String| {
            text.split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                // what was written may be a secret
                .ok_or_else(|| Problem::usage("a `--var` has no `=`: write --var NAME=VALUE"))
        };
        let arguments = self.var.iter().map(pair).collect::<Result<_, _>>()?;
        let file = |named: &PathBuf| {
            let read = files.read(&edge.at(named));
            let near = near(named, read.as_ref().err(), files, edge);
            source(named, read).map_err(|problem| near.into_iter().fold(problem, Problem::hint))
        };
        let secret = |named: &PathBuf| {
            let read = files.read_secret(&edge.at(named));
            if let Ok((_, true)) = read {
                let shown = named.display();
                edge.err(&format!(
                    "Warning: others can read the secrets in `{shown}`: type `chmod 600` for it\n"
                ));
            }
            let near = near(named, read.as_ref().err(), files, edge);
            let read = source(named, read.map(|(bytes, _)| bytes));
            read.map_err(|problem| near.into_iter().fold(problem, Problem::hint))
        };
        let (var_files, secret_files) =
            (self.var_file.iter().map(file).collect(), self.secret_file.iter().map(secret).collect());
        Ok(GivenValues {
            trusted: edge.settings.as_deref().map(|named| trusted(named, files)).transpose()?,
            secrets: Edge::secrets()?,
            secret_files,
            environment: Edge::variables()?,
            files: var_files,
            arguments,
            ..GivenValues::default()
        })
    }
}

/// What may have been meant by the name of a file that is not there, of those that lie beside it in the checkout.
fn near(named: &Path, error: Option<&FileError>, files: &GivenFiles, edge: &Edge) -> Option<String> {
    error.filter(|error| error.is_missing())?;
    let beside = files.names_beside(&edge.at(named));
    let near = nearest(named.file_name()?.to_str()?, beside.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", named.with_file_name(near).display()))
}

/// The trusted settings; a branch can change none of them.
fn trusted(named: &Path, files: &GivenFiles) -> Result<Source, Problem> {
    if named.as_os_str().is_empty() {
        return Err(Problem::usage("`--settings` or PROVISOR_SETTINGS names no file: it is empty"));
    }
    let path = std::path::absolute(named).unwrap_or_else(|_| named.to_owned());
    source(&path, files.read_outside(&path))
}

/// A number of terminations, or a share of what is bound.
pub fn limit(text: &str) -> Result<Limit, Problem> {
    let wrong = || format!("`--max-terminate {text}`: write a number, or a percentage such as 10%");
    Limit::parse(text).ok_or_else(|| Problem::usage(wrong()))
}
