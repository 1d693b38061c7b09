//! `cargo bench --bench versus_terraform`: the table of README.md, anew: what Terraform with AWS's own provider and this program cost for the
//! same products, and who knows what exists after a failed update and after a `kill -9`.
//!
//! Each of them works on a sandbox of its own, with the same world file and the same template; its request log says how many calls there were.
//! Both run as they do by default. In the crash, each is killed with its whole process group once all its requests that can be out are out, and
//! then applied again. Times are told as ratios only. Needs `terraform` on the path and, in `PROVISOR_TERRAFORM_PLUGINS`, a folder that
//! `terraform init -plugin-dir` takes; says so and ends where they are not. `-- 10` takes 10 products instead of 50. The catalog is our sandbox,
//! and so is its answer to a name that is taken, which is modelled on what people report of the service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench ends at the first surprise"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

const OURS: &str = env!("CARGO_BIN_EXE_provisor");

const SETTINGS: &str =
    "project: bench\ndeclarations: [products.yaml]\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";

/// An operation takes 15 seconds, so that a kill meets all that were sent.
const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 4
portfolios:
  - name: platform
    products:
      - name: bucket
        versions: [{name: v1, template: bucket.yaml}]
        durations: {provision: 60s}
"#;

const TEMPLATE: &str = r#"Parameters:
  Name: {Type: String}
  Size: {Type: Number, Default: 1}
Resources:
  Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref Name}}
Outputs:
  Arn: {Value: !GetAtt Bucket.Arn}
"#;

const MAIN: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "url" {}
variable "n" { type = number }
variable "size" { default = 1 }
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "111122223333"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    servicecatalog = var.url
    sts            = var.url
    cloudformation = var.url
  }
}
resource "aws_servicecatalog_provisioned_product" "bucket" {
  count                      = var.n
  name                       = "bucket-${count.index}"
  product_name               = "bucket"
  provisioning_artifact_name = "v1"
  provisioning_parameters {
    key   = "Name"
    value = "bucket-${count.index}"
  }
  provisioning_parameters {
    key   = "Size"
    value = count.index == 0 ? var.size : 1
  }
}
"#;

/// How many are made and then killed.
const KILLED: usize = 20;

/// What a command cost.
struct Cost {
    calls: usize,
    processor: Duration,
    wall: Duration,
}

/// What one of them costs, where nothing goes wrong but one update.
struct Figures {
    peer: String,
    first_apply: Cost,
    plan: Cost,
    change: Cost,
    /// Whether the plan after a failed update says that there is something to do.
    sees_the_failure: bool,
}

/// What one of them left behind.
struct Left {
    sent: usize,
    known_after_the_kill: usize,
    second_exit: i32,
    sent_in_all: usize,
    known: usize,
    exist: usize,
}

fn main() {
    let n = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(50);
    let there =
        Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let Some(plugins) = std::env::var("PROVISOR_TERRAFORM_PLUGINS").ok().filter(|_| there) else {
        println!("skipped: no `terraform`, or PROVISOR_TERRAFORM_PLUGINS names no folder of providers");
        return;
    };
    let theirs = |folder: &Path, url: &str, n| terraform(folder, url, &plugins, n);
    let (our_figures, their_figures) = (figures(n, &ours), figures(n, &theirs));
    let (our_left, their_left) = (killed_and_applied_again(&ours), killed_and_applied_again(&theirs));
    println!("<!-- versus_terraform -->\n");
    println!("| | {} | provisor |\n|---|---|---|", their_figures.peer);
    for row in costs(n, &their_figures, &our_figures).iter().chain(&ends(&their_left, &our_left)) {
        println!("| {} | {} | {} |", row.0, row.1, row.2);
    }
    println!("\n<!-- /versus_terraform -->");
}

/// What it is about, what Terraform has, and what this program has.
type Row = (String, String, String);

fn costs(n: usize, theirs: &Figures, ours: &Figures) -> Vec<Row> {
    let calls = |what: String, of: fn(&Figures) -> usize| (what, thousands(of(theirs)), thousands(of(ours)));
    let times = |what: String, of: fn(&Figures) -> Duration| {
        let ratio = of(theirs).as_secs_f64() / of(ours).as_secs_f64().max(0.001);
        let told = if ratio < 10.0 { format!("{ratio:.1} ×") } else { format!("{} ×", rounded(ratio)) };
        (what, told, "1 ×".to_owned())
    };
    let failed = |figures: &Figures| {
        let told =
            if figures.sees_the_failure { "the same change again, and why" } else { "“No changes”" };
        told.to_owned()
    };
    vec![
        calls(format!("create {n} products: calls"), |figures| figures.first_apply.calls),
        times(format!("create {n} products: time, at the defaults"), |figures| figures.first_apply.wall),
        times(format!("create {n} products: processor time"), |figures| figures.first_apply.processor),
        calls("plan, nothing changed: calls".to_owned(), |figures| figures.plan.calls),
        times("plan, nothing changed: time".to_owned(), |figures| figures.plan.wall),
        times("plan, nothing changed: processor time".to_owned(), |figures| figures.plan.processor),
        calls(format!("change 1 of {n}: calls of the apply"), |figures| figures.change.calls),
        ("plan after an update that was rolled back".to_owned(), failed(theirs), failed(ours)),
    ]
}

fn ends(theirs: &Left, ours: &Left) -> Vec<Row> {
    let row = |what: String, of: fn(&Left) -> String| (what, of(theirs), of(ours));
    vec![
        row(format!("killed while it creates {KILLED}: creations that were sent"), |left| {
            left.sent.to_string()
        }),
        row("known to its state after the kill".to_owned(), |left| left.known_after_the_kill.to_string()),
        row("second apply: exit code".to_owned(), |left| left.second_exit.to_string()),
        row("creations in all".to_owned(), |left| left.sent_in_all.to_string()),
        row("orphans: exist, and its state does not know them".to_owned(), |left| {
            left.exist.saturating_sub(left.known).to_string()
        }),
    ]
}

fn thousands(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// Two digits of it: more would be told of the machine.
fn rounded(ratio: f64) -> String {
    let text = format!("{ratio:.0}");
    let zeros = text.len().saturating_sub(2);
    let kept: usize = text[..text.len() - zeros].parse().unwrap();
    thousands(kept * 10_usize.pow(u32::try_from(zeros).unwrap()))
}

/// One of the two programs, in its folder.
struct Peer {
    /// What it is, with its versions.
    name: String,
    apply: Box<dyn Fn() -> Command>,
    plan: Box<dyn Fn() -> Command>,
    /// Gives the first product another size.
    resize: Box<dyn Fn(u32)>,
    /// How many products its state knows.
    known: Box<dyn Fn() -> usize>,
}

type MakePeer<'a> = &'a dyn Fn(&Path, &str, usize) -> Peer;

fn figures(n: usize, peer: MakePeer<'_>) -> Figures {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), n);
    let (server, url) = serve(folder.path());
    let peer = peer(folder.path(), &url, n);
    let first_apply = cost(&url, (peer.apply)(), Some(0));
    let plan = cost(&url, (peer.plan)(), Some(0));
    (peer.resize)(2);
    let change = cost(&url, (peer.apply)(), Some(0));
    (peer.resize)(3);
    let fault = r#"{"operation": "update", "outcome": "rollback", "times": 1, "message": "Bucket policy is invalid"}"#;
    control(&url, "POST", "faults", fault);
    cost(&url, (peer.apply)(), None);
    let after = (peer.plan)().stdout(Stdio::piped()).output().unwrap();
    let sees_the_failure = !String::from_utf8_lossy(&after.stdout).contains("No changes.");
    drop(server);
    Figures { peer: peer.name, first_apply, plan, change, sees_the_failure }
}

/// Runs a command to its end, and reads from the sandbox and from the system what it took.
fn cost(url: &str, mut command: Command, exit: Option<i32>) -> Cost {
    control(url, "DELETE", "calls", "");
    let (processor, since) = (processor_of_children(), Instant::now());
    let code = command.status().unwrap().code();
    let wall = since.elapsed();
    assert!(exit.is_none() || code == exit, "{command:?} ended with {code:?}");
    let calls = control(url, "GET", "calls", "")["calls"].as_array().unwrap().len();
    Cost { calls, processor: processor_of_children().saturating_sub(processor), wall }
}

/// What all children took that have ended, and theirs.
fn processor_of_children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // the 16th and 17th field, in hundredths of a second; the name, the second one, may hold anything
    let behind_the_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let hundredths = |at: usize| -> u64 { behind_the_name[at].parse().unwrap() };
    Duration::from_millis(10 * (hundredths(13) + hundredths(14)))
}

fn killed_and_applied_again(peer: MakePeer<'_>) -> Left {
    let n = KILLED;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), n);
    let (server, url) = serve(folder.path());
    let peer = peer(folder.path(), &url, n);
    let mut first = (peer.apply)().process_group(0).spawn().unwrap();
    wait_for(n, &url, &mut first);
    kill_process_group(Pid::from_child(&first), Signal::KILL).unwrap();
    first.wait().unwrap();
    let (sent, known_after_the_kill) = (provisions(&url), (peer.known)());
    let second_exit = (peer.apply)().status().unwrap().code().unwrap_or(-1);
    let exist = control(&url, "GET", "state", "")["worlds"][0]["provisioned_products"].as_u64().unwrap();
    let left = Left {
        sent,
        known_after_the_kill,
        second_exit,
        sent_in_all: provisions(&url),
        known: (peer.known)(),
        exist: usize::try_from(exist).unwrap(),
    };
    drop(server);
    left
}

fn write(folder: &Path, n: usize) {
    let declared = declared(n, 1);
    let files = [
        ("sandbox.yaml", WORLD),
        ("bucket.yaml", TEMPLATE),
        ("provisor.yaml", SETTINGS),
        ("products.yaml", &declared),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

fn declared(n: usize, size_of_first: u32) -> String {
    let mut text = String::from("provisioned_products:\n");
    for i in 0..n {
        let size = if i == 0 { size_of_first } else { 1 };
        writeln!(
            text,
            "  bucket-{i}: {{product_name: bucket, provisioning_artifact_name: v1, parameters: {{Name: bucket-{i}, Size: \"{size}\"}}}}"
        )
        .unwrap();
    }
    text
}

fn ours(folder: &Path, _url: &str, n: usize) -> Peer {
    let command = |folder: &Path, line: &str| {
        let mut command = Command::new(OURS);
        command.args(line.split(' ')).current_dir(folder).stdin(Stdio::null());
        command
    };
    let (here, there) = (folder.to_owned(), folder.to_owned());
    let known = move || {
        let pulled = command(&there, "state pull").output().unwrap();
        let state: Value = serde_json::from_slice(&pulled.stdout).unwrap();
        // an intent, which is written down before its request is sent, is known too
        let rows = state["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["binding"].is_object() || row["intent"].is_object()).count()
    };
    let plan = folder.to_owned();
    let products = folder.join("products.yaml");
    Peer {
        name: "provisor".to_owned(),
        apply: Box::new(move || quiet(command(&here, "apply --auto-approve"))),
        plan: Box::new(move || quiet(command(&plan, "plan"))),
        resize: Box::new(move |size| std::fs::write(&products, declared(n, size)).unwrap()),
        known: Box::new(known),
    }
}

fn terraform(folder: &Path, url: &str, plugins: &str, n: usize) -> Peer {
    let folder = folder.join("theirs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("main.tf"), MAIN).unwrap();
    let url = url.to_owned();
    let variables: PathBuf = folder.join("terraform.tfvars");
    let command = move |line: &str| {
        let mut command = Command::new("terraform");
        command.args(line.split(' ')).current_dir(&folder).env_remove("TF_CLI_CONFIG_FILE");
        command.envs([("CHECKPOINT_DISABLE", "1"), ("TF_VAR_url", &url), ("NO_PROXY", "127.0.0.1")]);
        command.env("TF_VAR_n", n.to_string()).stdin(Stdio::null());
        command
    };
    assert!(quiet(command(&format!("init -plugin-dir={plugins}"))).status().unwrap().success());
    let version = command("version").output().unwrap();
    let (listing, plan) = (command.clone(), command.clone());
    Peer {
        name: name_of(&String::from_utf8_lossy(&version.stdout)),
        apply: Box::new(move || quiet(command("apply -auto-approve -lock=false"))),
        plan: Box::new(move || quiet(plan("plan -lock=false"))),
        resize: Box::new(move |size| std::fs::write(&variables, format!("size = {size}\n")).unwrap()),
        known: Box::new(move || {
            let listed = listing("state list").output().unwrap();
            String::from_utf8_lossy(&listed.stdout).lines().count()
        }),
    }
}

/// Of what `terraform version` says, which names its providers below.
fn name_of(version: &str) -> String {
    let own = version.split_whitespace().nth(1).unwrap_or_default().trim_start_matches('v');
    let provider = version.lines().find_map(|line| line.split_once("hashicorp/aws v")).unwrap_or_default().1;
    format!("Terraform {own}, hashicorp/aws {provider}")
}

fn quiet(mut command: Command) -> Command {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A process that ends when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

fn serve(folder: &Path) -> (Server, String) {
    let mut command = Command::new(OURS);
    command.args(["sandbox", "--world", "sandbox.yaml"]).current_dir(folder);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (Server(server), url.trim().to_owned())
}

/// Until all have been sent, or for a while after the first: whoever sends fewer at a time is killed in the middle.
fn wait_for(n: usize, url: &str, apply: &mut Child) {
    let mut first = None;
    loop {
        std::thread::sleep(Duration::from_millis(50));
        assert!(apply.try_wait().unwrap().is_none(), "the first apply ended by itself");
        let sent = provisions(url);
        if sent > 0 {
            let since = *first.get_or_insert_with(Instant::now);
            if sent >= n || since.elapsed() > Duration::from_secs(8) {
                return;
            }
        }
    }
}

fn provisions(url: &str) -> usize {
    let calls = control(url, "GET", "calls", "");
    calls["calls"].as_array().unwrap().iter().filter(|call| call["operation"] == "ProvisionProduct").count()
}

fn control(url: &str, method: &str, path: &str, body: &str) -> Value {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}
