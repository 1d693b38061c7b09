//! The process's own edge: streams, terminal, environment and clock. The only place that asks for them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::fs::Mode;

use super::args::{Cli, When};
use super::exit::Exit;
use crate::declare::arrange;
use crate::model::diagnostic::{Diagnostics, Source};
use crate::model::random::Random;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;
use crate::report::Style;
use crate::report::escape::defused;
use crate::report::events::{ScreenSize, can_live};
use crate::report::human::diagnostics;
use crate::report::view::FindingView;
use crate::workspace::{Problem, ProblemKind};

/// What one command knows of where it runs.
pub struct Edge {
    /// Where commands work (`-C`); empty for where the process is. Paths of the command line are relative to it.
    pub root: PathBuf,
    /// How far the paths of a repo may reach (`--root`); not above its own folder by themselves.
    pub ceiling: Option<PathBuf>,
    /// The trusted settings (`--settings`, else `PROVISOR_SETTINGS`): relative to where the process is.
    pub settings: Option<PathBuf>,
    /// How stdout is dressed.
    pub out_style: Style,
    /// How stderr is dressed.
    pub err_style: Style,
    /// Somebody can be asked.
    pub can_ask: bool,
    /// stderr can hold lines that move.
    pub can_live: bool,
    /// The rights that files for everyone have not.
    mask: Mode,
    began: Instant,
    /// What people were warned of, for documents that are still to be written.
    pub warned: RefCell<Vec<FindingView>>,
    /// What is odd, and is said before the first result, or beside what turns out to be wrong there.
    held: RefCell<Option<HeldWarnings>>,
    /// Everything that was found, errors included, for whoever shows it beside the files.
    pub found: RefCell<Vec<FindingView>>,
    /// The number of the last event that was written as JSON.
    pub seq: AtomicU64,
    has_answered: Cell<bool>,
}

/// What is odd about texts, and not said yet.
pub struct HeldWarnings {
    /// What it is.
    pub found: Diagnostics,
    /// The texts.
    pub sources: Vec<Source>,
}

/// How wide a terminal is; 0 for what is none.
fn terminal_width(stream: impl AsFd) -> usize {
    rustix::termios::tcgetwinsize(stream).map_or(0, |size| usize::from(size.ws_col))
}

impl Edge {
    /// What is said where something was only shown.
    pub const NOT_WRITTEN: &str = "Nothing was written (`--dry-run`).\n";

    /// Looks around once.
    #[must_use]
    pub fn new(cli: &Cli) -> Self {
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(0);
        let term = std::env::var("TERM").ok();
        let style = |is_terminal, own: usize| Style {
            color: Self::is_coloured(cli.color, is_terminal),
            // a terminal knows how wide it is, also after somebody has changed that
            width: if is_terminal && own > 0 { own } else { width },
            ..Style::plain()
        };
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        let columns = if width == 0 { terminal_width(&stderr) } else { width };
        Self {
            root: cli.directory.clone().unwrap_or_default(),
            ceiling: cli.root.clone(),
            settings: cli
                .settings
                .clone()
                .or_else(|| std::env::var_os("PROVISOR_SETTINGS").map(PathBuf::from)),
            out_style: style(stdout.is_terminal(), terminal_width(&stdout)),
            err_style: style(stderr.is_terminal(), terminal_width(&stderr)),
            can_ask: !cli.no_input && std::io::stdin().is_terminal(),
            can_live: can_live(stderr.is_terminal(), term.as_deref(), columns),
            // what a library makes for us, such as the store's files, is ours alone from the start
            mask: rustix::process::umask(Mode::RWXG | Mode::RWXO),
            began: Instant::now(),
            warned: RefCell::default(),
            held: RefCell::default(),
            found: RefCell::default(),
            seq: AtomicU64::default(),
            has_answered: Cell::default(),
        }
    }

    /// The same edge, for a command line that names other places; an empty one names none.
    #[must_use]
    pub fn elsewhere(
        &self,
        root: Option<PathBuf>,
        ceiling: Option<PathBuf>,
        settings: Option<PathBuf>,
    ) -> Self {
        Self {
            root: root.unwrap_or_else(|| self.root.clone()),
            ceiling: ceiling.or_else(|| self.ceiling.clone()),
            settings: settings.or_else(|| self.settings.clone()),
            out_style: self.out_style,
            err_style: self.err_style,
            can_ask: self.can_ask,
            can_live: self.can_live,
            mask: self.mask,
            began: self.began,
            warned: RefCell::default(),
            held: RefCell::default(),
            found: RefCell::default(),
            seq: AtomicU64::default(),
            has_answered: Cell::default(),
        }
    }

    /// Where a path of the command line leads.
    #[must_use]
    pub fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    /// Values of variables in the environment (`PROVISOR_VAR_<name>`), by the variable's name.
    ///
    /// # Errors
    /// A value that is no text.
    pub fn variables() -> Result<BTreeMap<String, String>, Problem> {
        Self::prefixed("PROVISOR_VAR_")
    }

    /// Secret values of variables in the environment (`PROVISOR_SECRET_<name>`), by the variable's name.
    ///
    /// # Errors
    /// A value that is no text.
    pub fn secrets() -> Result<BTreeMap<String, Secret>, Problem> {
        let found = Self::prefixed("PROVISOR_SECRET_")?;
        Ok(found.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
    }

    fn prefixed(prefix: &str) -> Result<BTreeMap<String, String>, Problem> {
        let mut found = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let name = name.into_string().ok();
            let Some(name) = name.as_ref().and_then(|name| name.strip_prefix(prefix)) else {
                continue;
            };
            let no_text = |_| Problem::input(format!("`{prefix}{name}` is not UTF-8"));
            found.insert(name.to_owned(), value.into_string().map_err(no_text)?);
        }
        Ok(found)
    }

    /// A source of random bits for one run.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn random(&self) -> Result<Random, Problem> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| Problem::input(format!("the system gives no random bits: {error}")))?;
        Ok(Random::new(seed))
    }

    /// Writes the result. A reader that has gone away is no error.
    ///
    /// # Errors
    /// When the text could not be written.
    pub fn out(&self, text: &str) -> Result<Exit, Problem> {
        self.raw(&defused(text))
    }

    /// The same, exactly as it is: for programs that take it as bytes.
    ///
    /// # Errors
    /// When the text could not be written.
    pub fn raw(&self, text: &str) -> Result<Exit, Problem> {
        self.speak();
        self.has_answered.set(true);
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                let message = format!("the result could not be written: {error}");
                Err(Problem::new(ProblemKind::Output, message))
            }
            _ => Ok(Exit::Done),
        }
    }

    /// Whether something of a result was written.
    #[must_use]
    pub fn has_answered(&self) -> bool {
        self.has_answered.get()
    }

    /// Keeps back what is odd until there is a result, or it is known what is wrong.
    pub fn hold(&self, found: Diagnostics, sources: &[Source]) {
        if !found.0.is_empty() {
            *self.held.borrow_mut() = Some(HeldWarnings { found, sources: sources.to_vec() });
        }
    }

    /// What was kept back, to be told together with what is wrong.
    #[must_use]
    pub fn take_held(&self) -> Option<HeldWarnings> {
        self.held.take()
    }

    /// Says what was kept back.
    pub fn speak(&self) {
        if let Some(HeldWarnings { found, sources }) = self.take_held() {
            self.err(&(diagnostics(&found, &sources, self.err_style) + "\n"));
            self.found.borrow_mut().extend(FindingView::all(&arrange(found, &sources), &sources));
        }
    }

    /// Says something beside the result; nobody need listen.
    pub fn err(&self, text: &str) {
        Self::say(text);
    }

    /// Names the files that still hold what left the state; nothing if there are none.
    pub fn tell_telling_backups(&self, files: &[String]) {
        if !files.is_empty() {
            let files = files.join("\n    ");
            self.err(&format!(
                "Warning: earlier backups hold a value that is sensitive by now; remove them:\n    {files}\n"
            ));
        }
    }

    /// Says something that a runner takes as a command: the one way past what keeps texts from being some.
    pub fn command(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// The same, for whoever has no edge at hand.
    pub fn say(text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(defused(text).as_bytes());
    }

    /// Moves the cursor of the terminal that is talked to: what is written is ours, word by word.
    pub fn draw(text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }

    /// Whether people see colours on a stream.
    #[must_use]
    pub fn is_coloured(wanted: When, is_terminal: bool) -> bool {
        let is_plain = || {
            std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
                || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
        };
        match wanted {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !is_plain(),
        }
    }

    /// The number of the next event that is written as JSON.
    #[must_use]
    pub fn next_event(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Asks for a line; `None` when nobody answers. `beside`: stdout is for programs.
    #[must_use]
    pub fn ask(&self, question: &str, beside: bool) -> Option<String> {
        let mut answer = String::new();
        let mut out: Box<dyn Write> = match beside {
            true => Box::new(std::io::stderr().lock()),
            false => Box::new(std::io::stdout().lock()),
        };
        let _ = out.write_all(question.as_bytes()).and_then(|()| out.flush());
        match std::io::stdin().read_line(&mut answer) {
            Ok(n) if n > 0 => Some(answer.trim_end_matches(['\r', '\n']).to_owned()),
            _ => None,
        }
    }

    /// Time since the command began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// A variable of the environment, where it is text.
    #[must_use]
    pub fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// From here on, files are made as the user's other files are.
    pub fn for_everyone(&self) {
        rustix::process::umask(self.mask);
    }

    /// Of this program, and of the machine that it was built for.
    #[must_use]
    pub fn version() -> String {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("{} ({system} {machine})", env!("CARGO_PKG_VERSION"))
    }

    /// What it was built for, as the compiler calls it.
    #[must_use]
    pub fn target() -> String {
        let vendor = if cfg!(target_vendor = "apple") { "apple" } else { "unknown" };
        let system = match std::env::consts::OS {
            "macos" => "darwin",
            other => other,
        };
        let environment = match () {
            () if cfg!(target_env = "musl") => "-musl",
            () if cfg!(target_env = "gnu") => "-gnu",
            () => "",
        };
        format!("{}-{vendor}-{system}{environment}", std::env::consts::ARCH)
    }

    /// This program's own file.
    ///
    /// # Errors
    /// What the system says.
    pub fn program() -> std::io::Result<PathBuf> {
        std::env::current_exe()
    }

    /// The folder for what is needed for a moment only.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn scratch() -> Result<PathBuf, Problem> {
        let folder = std::env::temp_dir();
        if folder.is_dir() {
            return Ok(folder);
        }
        let message = format!("the folder for temporary files, `{}`, is not there", folder.display());
        Err(Problem::new(ProblemKind::State, message).hint("name another one as TMPDIR, or unset that"))
    }

    /// How large the terminal is that is talked to; of none where there is none.
    #[must_use]
    pub fn screen_size() -> ScreenSize {
        let size = rustix::termios::tcgetwinsize(std::io::stderr());
        let told = |count: u16| Some(usize::from(count)).filter(|count| *count > 0);
        let (columns, rows) = size.map(|size| (told(size.ws_col), told(size.ws_row))).unwrap_or_default();
        ScreenSize { columns: columns.unwrap_or(80), rows: rows.unwrap_or(24) }
    }

    /// This machine's clock, for people only: nothing is decided by it.
    #[must_use]
    pub fn now() -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
