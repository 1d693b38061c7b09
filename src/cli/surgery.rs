//! `provisor state mv|rm|push|restore`: what would change is shown, somebody says yes, and all of it is written, or nothing.

use std::path::Path;

use super::args::{SurgeryArgs, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::{Wiring, embedded};
use super::{files, load, open};
use crate::report::view::{BackupView, SurgeryView};
use crate::report::{human, json};
use crate::state::format::import;
use crate::state::{Backup, Recorded, StateError, Store};
use crate::workspace::{Complaint, Foreseen, Problem, ProblemKind, Repo, Surgeon, Surgery, Workspace};

/// One operation on the state, and somebody who can be asked.
pub struct StateOperation<'a> {
    /// Its words, such as `state mv`.
    pub command: &'static str,
    /// How it is wanted.
    pub args: &'a SurgeryArgs,
    /// The process's edge.
    pub edge: &'a Edge,
    /// What it works with.
    pub wiring: Wiring,
}

/// What becomes of rows that a person names.
#[derive(Clone, Copy)]
pub enum Cut<'a> {
    /// They stand elsewhere.
    Move { from: &'a str, to: &'a str },
    /// They are forgotten.
    Forget(&'a [String]),
}

impl<'a> StateOperation<'a> {
    /// An operation of this name.
    #[must_use]
    pub fn new(command: &'static str, args: &'a SurgeryArgs, edge: &'a Edge) -> Self {
        Self { command, args, edge, wiring: Wiring::new(command).patient(args.lock_timeout) }
    }

    /// Moves or forgets rows.
    pub fn cut(&self, cut: Cut<'_>) -> Result<Exit, Problem> {
        let repo = open::repo(&VariableArgs::default(), &self.wiring, self.edge)?;
        let written = open::written(&self.wiring, self.edge);
        let decide = |recorded: &Recorded| decided(cut, recorded, &repo, written.as_ref());
        // what cannot be done is said before a store is made, unless somebody may just now be about to end what is in the way
        let snapshot = repo.snapshot()?;
        let is_held = snapshot.as_ref().is_some_and(|snapshot| snapshot.held_by.is_some());
        let seen = Repo::rows(snapshot);
        match decide(&seen) {
            Ok(surgery) if self.args.dry_run => return self.show(&seen, &surgery.foreseen),
            Err(problem) if self.args.dry_run || !is_held || problem.kind == ProblemKind::Usage => {
                return Err(problem);
            }
            Ok(_) | Err(_) => {}
        }
        let mut store = embedded(&repo, &self.wiring)?;
        let Surgery { group, foreseen } = decide(store.recorded())?;
        let before = store.recorded().clone();
        if !self.is_agreed(&before, &foreseen)? {
            return Ok(Exit::Error);
        }
        store.backup()?;
        for answer in store.commit(&[group])? {
            answer.map_err(|conflict| {
                Problem::new(ProblemKind::State, conflict.told(&conflict.address.to_string()))
            })?;
        }
        self.edge.tell_telling_backups(&store.back_up()?);
        self.done(&before, store.recorded(), &foreseen.notes)
    }

    /// Puts an export in place of the state: refuses another state's, and one that is older than what is there.
    pub fn push(&self, file: &Path) -> Result<Exit, Problem> {
        let repo = open::repo(&VariableArgs::default(), &self.wiring, self.edge)?;
        let text = files::read(file, &repo.checkout.given(), self.edge)?.text;
        let pushed = import(&text).map_err(|error| no_export(file, error))?;
        if self.args.dry_run {
            let seen = repo.recorded()?;
            may_follow(&seen, &pushed).map_err(|error| unfit(file, error))?;
            return self.show(&seen, &Foreseen { after: pushed, notes: Vec::new() });
        }
        let mut store = embedded(&repo, &self.wiring)?;
        let before = store.recorded().clone();
        may_follow(&before, &pushed).map_err(|error| unfit(file, error))?;
        // where nothing stands, nothing is lost
        let foreseen = Foreseen { after: pushed, notes: Vec::new() };
        let is_written = !before.rows.is_empty() && before.serial == foreseen.after.serial;
        if is_written && before.differences(&foreseen.after).is_empty() {
            return self.told(&before, &foreseen, "Nothing was written.\n");
        }
        if !before.rows.is_empty() && !self.is_agreed(&before, &foreseen)? {
            return Ok(Exit::Error);
        }
        store.backup()?;
        store.replace(foreseen.after).map_err(|error| unfit(file, error))?;
        self.edge.tell_telling_backups(&store.telling_backups()?);
        self.done(&before, store.recorded(), &[])
    }

    /// Goes back to a backup on purpose; without one that there is, says which there are.
    pub fn restore(&self, serial: Option<u64>) -> Result<Exit, Problem> {
        let repo = open::repo(&VariableArgs::default(), &self.wiring, self.edge)?;
        let mut backups = load::backups(&repo)?;
        let Some(serial) = serial else {
            let view = BackupView::all(&backups);
            return self.edge.out(&if self.args.json { json::backups(&view) } else { human::backups(&view) });
        };
        let Some(at) = backups.iter().position(|backup| backup.serial == serial) else {
            return Err(no_backup(serial, &backups));
        };
        let file = Path::new(&repo.settings.state_path).join(format!("backups/{serial}.json"));
        let then = backups.swap_remove(at).found.map_err(|error| unfit(&file, error))?;
        let written = open::written(&self.wiring, self.edge);
        let decide = |recorded: &Recorded| {
            let surgeon = Surgeon { recorded, settings: &repo.settings, written: written.as_ref() };
            surgeon.going_back(then.clone())
        };
        if self.args.dry_run {
            let seen = repo.recorded()?;
            return self.show(&seen, &decide(&seen)?);
        }
        let mut store = embedded(&repo, &self.wiring)?;
        let before = store.recorded().clone();
        let foreseen = decide(&before)?;
        if !self.is_agreed(&before, &foreseen)? {
            return Ok(Exit::Error);
        }
        store.backup()?;
        store.restore(then.clone())?;
        self.edge.tell_telling_backups(&store.telling_backups()?);
        self.done(&before, store.recorded(), &foreseen.notes)
    }

    /// Only says what would be.
    fn show(&self, before: &Recorded, foreseen: &Foreseen) -> Result<Exit, Problem> {
        self.told(before, foreseen, Edge::NOT_WRITTEN)
    }

    fn told(&self, before: &Recorded, foreseen: &Foreseen, end: &str) -> Result<Exit, Problem> {
        let view = SurgeryView::of(before, &foreseen.after, &foreseen.notes);
        if self.args.json {
            return self.edge.out(&json::surgery(self.command, &view, None));
        }
        self.edge.out(&human::surgery(&view, self.edge.out_style))?;
        self.edge.out(end)
    }

    /// Shows what would change, and asks.
    fn is_agreed(&self, before: &Recorded, foreseen: &Foreseen) -> Result<bool, Problem> {
        if !self.args.json {
            let view = SurgeryView::of(before, &foreseen.after, &foreseen.notes);
            self.edge.out(&human::surgery(&view, self.edge.out_style))?;
        }
        if before.differences(&foreseen.after).is_empty() {
            return Ok(true);
        }
        self.agrees("\nDo you want to write this to the state? Nothing in the cloud changes.")
    }

    /// Asks, unless nobody is to be asked.
    pub fn agrees(&self, question: &str) -> Result<bool, Problem> {
        if self.args.auto_approve {
            return Ok(true);
        }
        if self.args.json || !self.edge.can_ask {
            let why =
                if self.args.json { "nobody is asked in JSON" } else { "there is no terminal to ask on" };
            let hint = "`--auto-approve` writes it without asking, `--dry-run` only shows it";
            return Err(Problem::refused(why, hint));
        }
        let asked = format!("{question}\n  Only 'yes' is accepted.\n\n  Enter a value: ");
        let agreed = self.edge.ask(&asked, false).as_deref() == Some("yes");
        if !agreed {
            self.edge.err(&format!("{} cancelled.\n", self.command));
        }
        Ok(agreed)
    }

    fn done(&self, before: &Recorded, after: &Recorded, notes: &[String]) -> Result<Exit, Problem> {
        if self.args.json {
            let view = SurgeryView::of(before, after, notes);
            return self.edge.out(&json::surgery(self.command, &view, Some(after.serial)));
        }
        self.edge.out(&human::operated(after.rows.len(), after.serial))
    }
}

fn decided(
    cut: Cut<'_>,
    recorded: &Recorded,
    repo: &Repo<'_>,
    written: Option<&Workspace<'_>>,
) -> Result<Surgery, Problem> {
    let surgeon = Surgeon { recorded, settings: &repo.settings, written };
    match cut {
        Cut::Move { from, to } => surgeon.moving(from, to),
        Cut::Forget(patterns) => surgeon.forgetting(patterns),
    }
}

fn no_backup(serial: u64, backups: &[Backup]) -> Problem {
    let message = format!("there is no backup of serial {serial}");
    let notes = BackupView::all(backups).iter().map(human::backup).collect();
    let hint = match backups {
        [] => "a backup is made at the end of an apply, and before each operation on the state".to_owned(),
        _ => "name one of these: `provisor state restore SERIAL`".to_owned(),
    };
    Problem::of(ProblemKind::Input, Complaint { message, notes, ..Complaint::default() }.hint(Some(hint)))
}

/// Whether a state that somebody may have edited can take the place of this one.
fn may_follow(before: &Recorded, pushed: &Recorded) -> Result<(), StateError> {
    before.may_be_replaced(pushed)?;
    before.may_be_followed_by(pushed)
}

/// What is wrong with a file that was given as an export says nothing about the state that is there.
fn no_export(file: &Path, error: StateError) -> Problem {
    let named = file.display();
    match error {
        StateError::Corrupt { reason, hint } => {
            Problem::input(format!("cannot take `{named}` over: {reason}")).hint(hint)
        }
        other => other.into(),
    }
}

/// The same of an export that is none of this state.
fn unfit(file: &Path, error: StateError) -> Problem {
    Problem { kind: ProblemKind::State, ..no_export(file, error) }
}
