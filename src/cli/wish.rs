//! Arguments to what they mean.

use std::path::PathBuf;

use super::args::{SelectionArgs, VariableArgs};
use super::edge::Edge;
use crate::declare::Limit;
use crate::files::GivenFiles;
use crate::workspace::{GivenValues, Problem, Wish, source};

impl SelectionArgs {
    /// What is wished; `destroy` wants nothing any more.
    pub fn wish(&self, destroy: bool) -> Result<Wish, Problem> {
        self.contradiction(destroy).map_or(Ok(()), Err)?;
        Ok(Wish {
            targets: self.target.clone(),
            excludes: self.exclude.clone(),
            replace: self.replace.clone(),
            destroy,
            refresh_only: self.refresh_only,
            no_refresh: self.no_refresh,
            allow: self.allow.iter().copied().collect(),
            max_terminate: self.max_terminate.as_deref().map(limit).transpose()?,
        })
    }
}

impl SelectionArgs {
    /// Flags of which one makes nothing of another.
    fn contradiction(&self, destroy: bool) -> Option<Problem> {
        let replaces = !self.replace.is_empty();
        let (one, other, why) = match (destroy, self.refresh_only) {
            (true, true) => ("--destroy", "--refresh-only", "the one terminates, the other changes nothing"),
            (true, false) if replaces => ("--destroy", "--replace", "what is terminated is not replaced"),
            (false, true) if replaces => ("--refresh-only", "--replace", "the one changes nothing"),
            (false, true) if self.no_refresh => {
                ("--refresh-only", "--no-refresh", "what was changed outside is not seen without asking")
            }
            _ => return None,
        };
        Some(Problem::usage(format!("`{one}` and `{other}` contradict each other: {why}")))
    }
}

impl VariableArgs {
    /// The values that are given, with those of the environment.
    pub fn given(&self, files: &GivenFiles, edge: &Edge) -> Result<GivenValues, Problem> {
        let pair = |text: &String| {
            text.split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .ok_or_else(|| Problem::usage(format!("`--var {text}` has no `=`: write --var NAME=VALUE")))
        };
        let arguments = self.var.iter().map(pair).collect::<Result<_, _>>()?;
        let file = |named: &PathBuf| source(named, files.read(&edge.at(named)));
        let files = self.var_file.iter().map(file).collect();
        Ok(GivenValues { environment: Edge::variables(), files, arguments, ..GivenValues::default() })
    }
}

fn limit(text: &str) -> Result<Limit, Problem> {
    let wrong = || format!("`--max-terminate {text}`: write a number, or a percentage such as 10%");
    Limit::parse(text).ok_or_else(|| Problem::usage(wrong()))
}
