//! `--report FILE`: how an apply went, as a page. Its place is found before anything is asked or begun, and it is written when all is
//! over, whatever became of it.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::path::Path;

use super::edge::Edge;
use super::files;
use crate::apply::{Foresight, Report};
use crate::files::WriteTarget;
use crate::model::time::Timestamp;
use crate::plan::Plan;
use crate::plan::file::fingerprint;
use crate::report::html::{self, RunFacts};
use crate::report::view::{Ending, ReportView, Timeline};
use crate::workspace::{Problem, Repo};

/// A page that is to be written.
pub struct Reporting<'a> {
    named: Option<&'a Path>,
    target: OnceCell<WriteTarget>,
    ending: Ending,
}

impl<'a> Reporting<'a> {
    /// Where it is to be written, as it was typed; nowhere where nobody asked.
    pub fn new(named: Option<&'a Path>, ending: Ending) -> Self {
        Self { named, target: OnceCell::new(), ending }
    }

    /// Refuses a name that is no page's, before anything is read.
    pub fn is_page(&self) -> Result<(), Problem> {
        let Some(named) = self.named else { return Ok(()) };
        let hint = "a report is a page for a browser, such as `apply.html`; for programs there are the events of `--json`";
        files::is_named(named, hint)?;
        let ending = named.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("html" | "htm") => Ok(()),
            _ => {
                Err(Problem::usage(format!("`--report {}` does not end in `.html`", named.display()))
                    .hint(hint))
            }
        }
    }

    /// Finds its place: what would not be written is not worth an apply.
    pub fn place(&self, repo: &Repo<'_>, edge: &Edge) -> Result<(), Problem> {
        let Some(named) = self.named else { return Ok(()) };
        let target = files::report_target(named, repo, edge)?;
        // it is placed once
        let _ = self.target.set(target);
        Ok(())
    }

    /// Writes it.
    pub fn write(&self, plan: &Plan, report: &Report, run: &RunTold<'_>) -> Result<(), Problem> {
        let (Some(named), Some(target)) = (self.named, self.target.get()) else { return Ok(()) };
        let facts = RunFacts {
            ending: self.ending,
            began: run.began,
            fingerprint: &fingerprint(plan),
            lineage: plan.basis.lineage.as_str(),
            serial: plan.basis.serial,
            outlook: run.outlook,
        };
        files::write_report(named, target, &html::run(&ReportView::of(report), run.course, &facts))
    }
}

/// What there is to tell of a run beside how its steps ended.
pub struct RunTold<'r> {
    /// When it began.
    pub began: Timestamp,
    /// What was foreseen.
    pub outlook: &'r Foresight,
    /// What ran when.
    pub course: &'r Timeline<'r>,
}
