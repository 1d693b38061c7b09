//! The folder that it happens in: a repo with a world of its own, which is served from here, and this program run in it. Its applies are
//! processes; the sandbox is none, so that it cannot outlive whoever proves, however that ends.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;

use super::super::edge::Edge;
use super::super::exit::Exit;
use super::super::sandbox;
use super::judge::ShownContent;
use super::wire::{ACCOUNT, Wire};
use crate::files::{OwnError, Scratch};
use crate::workspace::{Problem, ProblemKind, SETTINGS};

const SANDBOX: &str = "sandbox.yaml";

const REPO: &str =
    "project: prove\ndeclarations: [products.yaml]\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";

/// Two versions of one product that gives back what it is given. Some operations fail, and of what changes something, some requests and
/// some answers are lost.
const WORLD: &str = r#"region: eu-west-1
time_scale: 1000
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box.yaml}, {name: v2, template: box.yaml}]
        constraints: {tag_update: true}
        durations: {provision: 300s, update: 300s, terminate: 300s}
faults:
  - {operation: provision, outcome: rollback, rate: 0.1, message: no room}
  - {operation: update, outcome: rollback, rate: 0.1, message: no room}
  - {operation: terminate, outcome: delete_fails, rate: 0.2, message: not empty}
  - {call: ProvisionProduct, outcome: drop_response, rate: 0.1}
  - {call: ProvisionProduct, outcome: drop_request, rate: 0.05}
  - {call: UpdateProvisionedProduct, outcome: drop_response, rate: 0.1}
  - {call: UpdateProvisionedProduct, outcome: drop_request, rate: 0.05}
  - {call: TerminateProvisionedProduct, outcome: drop_response, rate: 0.1}
  - {call: TerminateProvisionedProduct, outcome: drop_request, rate: 0.05}
"#;

const TEMPLATE: &str = r#"Parameters:
  Name: {Type: String}
  Note: {Type: String}
Resources:
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref Name}}
Outputs:
  Note: {Value: !Ref Note}
"#;

/// What is declared of one key.
#[derive(Clone, Debug, Default)]
pub struct WantedBox {
    /// Its version is the second one.
    pub is_second: bool,
    /// How often its parameter was edited.
    pub edits: usize,
    /// Its declaration was taken out.
    pub is_out: bool,
}

impl WantedBox {
    /// What it is to be, if it is declared.
    pub fn content(&self) -> Option<ShownContent> {
        let version = if self.is_second { "v2" } else { "v1" };
        (!self.is_out).then(|| ShownContent { version: version.to_owned(), note: self.edits.to_string() })
    }
}

/// Where it happens. All files go when it is dropped.
pub struct House {
    scratch: Scratch,
    program: PathBuf,
    /// The way to the sandbox.
    pub wire: Wire,
}

/// An apply that runs; one that nobody waits for any more is killed.
pub struct Applying {
    child: Child,
    /// What it says on stderr, which has to be read while it runs.
    said: Option<JoinHandle<String>>,
}

impl Drop for Applying {
    fn drop(&mut self) {
        // one that has been waited for is not there any more, and that is no error
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Applying {
    /// Whether it has come to its end.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Kills it, unless it has come to its end; how it ended.
    pub fn kill(mut self) -> Result<EndedApply, Problem> {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        let ended = ended.map_err(|error| Problem::input(format!("cannot kill an apply: {error}")))?;
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        let error = said.lines().find(|line| line.starts_with("Error")).unwrap_or_default().to_owned();
        Ok(EndedApply { status: ended, error })
    }
}

/// How an apply ended.
pub struct EndedApply {
    status: ExitStatus,
    /// The first error that it told.
    error: String,
}

impl EndedApply {
    /// It was killed.
    pub fn was_killed(&self) -> bool {
        self.status.signal().is_some()
    }

    /// It says that all is done.
    pub fn is_done(&self) -> bool {
        self.status.code() == Some(Exit::Done as i32)
    }

    /// Why it did not even begin: no death of an earlier one may bring that about.
    pub fn stuck(&self) -> Option<String> {
        let began = [Exit::Done, Exit::Failed, Exit::Pending].map(|exit| exit as i32);
        let code = self.status.code().filter(|code| !began.contains(code))?;
        Some(format!("exit code {code}, {}", self.error))
    }
}

impl House {
    /// Writes the repo and serves its sandbox.
    pub fn build() -> Result<Self, Problem> {
        let scratch = Scratch::below(&Edge::scratch()?).map_err(unwritten)?;
        let program = Edge::program().map_err(unstarted)?;
        let world = format!("account_id: \"{ACCOUNT}\"\n{WORLD}");
        for (name, text) in [(SETTINGS, REPO), (SANDBOX, &world), ("box.yaml", TEMPLATE)] {
            scratch.folder.replace(name, text.as_bytes()).map_err(unwritten)?;
        }
        let url = sandbox::beside(scratch.folder.path(), SANDBOX)?;
        Ok(Self { scratch, program, wire: Wire::new(&url) })
    }

    /// Writes the declarations.
    pub fn declare(&self, wanted: &BTreeMap<String, WantedBox>) -> Result<(), Problem> {
        let mut text = String::from("provisioned_products:\n");
        for (key, one) in wanted {
            let Some(ShownContent { version, note }) = one.content() else { continue };
            let _ = writeln!(
                text,
                "  {key}: {{product_name: box, provisioning_artifact_name: {version}, parameters: {{Name: {key}, Note: \"{note}\"}}}}"
            );
        }
        self.scratch.folder.replace("products.yaml", text.as_bytes()).map_err(unwritten)
    }

    /// Starts an apply.
    pub fn apply(&self) -> Result<Applying, Problem> {
        let mut command =
            self.command(&["apply", "--auto-approve", "--skip-refused", "--max-terminate", "100%"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(unstarted)?;
        let said = child.stderr.take().map(|mut stream| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                // what a killed one has said ends somewhere
                let _ = stream.read_to_end(&mut said);
                String::from_utf8_lossy(&said).into_owned()
            })
        });
        Ok(Applying { child, said })
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Output, Problem> {
        self.command(arguments).output().map_err(unstarted)
    }

    /// This program, with nothing of whoever runs it in its environment, and none of their terminal's signals.
    fn command(&self, arguments: &[&str]) -> Command {
        let (mut command, folder) = (Command::new(&self.program), self.scratch.folder.path());
        command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
        // what a killed one leaves behind for a moment goes with the rest
        command.env("HOME", folder).env("TMPDIR", folder);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("NO_PROXY", "127.0.0.1").process_group(0);
        command
    }
}

fn unwritten(error: OwnError) -> Problem {
    Problem::new(ProblemKind::Output, format!("cannot write a repo to try in: {error}"))
}

fn unstarted(error: std::io::Error) -> Problem {
    Problem::input(format!("cannot run this program once more: {error}"))
}
