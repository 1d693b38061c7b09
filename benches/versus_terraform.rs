//! `cargo bench --bench versus_terraform -- 20`: who knows what exists after a `kill -9` in the middle of a first apply.
//!
//! Terraform with AWS's own provider, and then this program, each make N products in a sandbox of their own: the same world file and the
//! same template. Each is killed, with its whole process group, once all its requests that can be out are out; then it is applied again. Prints
//! what each of them has in its state, and what exists. Needs `terraform` on the path and, in `PROVISOR_TERRAFORM_PLUGINS`, a folder
//! that `terraform init -plugin-dir` takes; says so and ends where they are not. The catalog is our sandbox, and so is its answer to
//! a name that is taken, which is modelled on what people report of the service.
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
use std::path::Path;
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
}
"#;

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
    let n = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(20);
    let there =
        Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let Some(plugins) = std::env::var("PROVISOR_TERRAFORM_PLUGINS").ok().filter(|_| there) else {
        println!("skipped: no `terraform`, or PROVISOR_TERRAFORM_PLUGINS names no folder of providers");
        return;
    };
    let ours = killed_and_applied_again(n, &ours);
    let theirs = killed_and_applied_again(n, &|folder, url| terraform(folder, url, &plugins, n));
    println!("{n} products; killed (SIGKILL, the process group) while their creations were under way\n");
    println!("{:<34} {:>10} {:>10}", "", "Terraform", "provisor");
    let row = |name: &str, of: &dyn Fn(&Left) -> String| {
        println!("{name:<34} {:>10} {:>10}", of(&theirs), of(&ours));
    };
    row("ProvisionProduct before the kill", &|left| left.sent.to_string());
    row("known to its state after it", &|left| left.known_after_the_kill.to_string());
    row("second apply, exit code", &|left| left.second_exit.to_string());
    row("ProvisionProduct in all", &|left| left.sent_in_all.to_string());
    row("known to its state at the end", &|left| left.known.to_string());
    row("exist", &|left| left.exist.to_string());
    row("orphaned: exist, and are not known", &|left| left.exist.saturating_sub(left.known).to_string());
}

/// One of the two programs, in its folder.
struct Peer {
    apply: Box<dyn Fn() -> Command>,
    /// How many products its state knows.
    known: Box<dyn Fn() -> usize>,
}

fn killed_and_applied_again(n: usize, peer: &dyn Fn(&Path, &str) -> Peer) -> Left {
    let folder = tempfile::tempdir().unwrap();
    let declared = declared(n);
    let files = [
        ("sandbox.yaml", WORLD),
        ("bucket.yaml", TEMPLATE),
        ("provisor.yaml", SETTINGS),
        ("products.yaml", &declared),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (server, url) = serve(folder.path());
    let peer = peer(folder.path(), &url);
    let mut first = (peer.apply)().process_group(0).spawn().unwrap();
    wait_for(n, &url, &mut first);
    kill_process_group(Pid::from_child(&first), Signal::KILL).unwrap();
    first.wait().unwrap();
    let (sent, known_after_the_kill) = (provisions(&url), (peer.known)());
    let second_exit = (peer.apply)().status().unwrap().code().unwrap_or(-1);
    let exist = control(&url, "state")["worlds"][0]["provisioned_products"].as_u64().unwrap();
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

fn declared(n: usize) -> String {
    let mut text = String::from("provisioned_products:\n");
    for i in 0..n {
        writeln!(
            text,
            "  bucket-{i}: {{product_name: bucket, provisioning_artifact_name: v1, parameters: {{Name: bucket-{i}}}}}"
        )
        .unwrap();
    }
    text
}

fn ours(folder: &Path, _url: &str) -> Peer {
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
    Peer { apply: Box::new(move || quiet(command(&here, "apply --auto-approve"))), known: Box::new(known) }
}

fn terraform(folder: &Path, url: &str, plugins: &str, n: usize) -> Peer {
    let folder = folder.join("theirs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("main.tf"), MAIN).unwrap();
    let url = url.to_owned();
    let command = move |line: &str| {
        let mut command = Command::new("terraform");
        command.args(line.split(' ')).current_dir(&folder).env_remove("TF_CLI_CONFIG_FILE");
        command.envs([("CHECKPOINT_DISABLE", "1"), ("TF_VAR_url", &url), ("NO_PROXY", "127.0.0.1")]);
        command.env("TF_VAR_n", n.to_string()).stdin(Stdio::null());
        command
    };
    assert!(quiet(command(&format!("init -plugin-dir={plugins}"))).status().unwrap().success());
    let listing = command.clone();
    Peer {
        apply: Box::new(move || quiet(command(&format!("apply -auto-approve -lock=false -parallelism={n}")))),
        known: Box::new(move || {
            let listed = listing("state list").output().unwrap();
            String::from_utf8_lossy(&listed.stdout).lines().count()
        }),
    }
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
    let calls = control(url, "calls");
    calls["calls"].as_array().unwrap().iter().filter(|call| call["operation"] == "ProvisionProduct").count()
}

fn control(url: &str, path: &str) -> Value {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "GET /_sandbox/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}
