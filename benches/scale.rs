//! `cargo bench --bench scale -- 1000 10000`: what planning and applying N declarations costs the provisor process.
//!
//! Generates an infra repo (8 parameters each, a reference in every tenth, five files), serves its sandbox as a second
//! process, and prints wall time, CPU, peak memory and bytes written of provisor alone, and the API calls from the log.
//! Linux only: the figures come from /proc. Measures; asserts nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench ends at the first surprise"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String}
  Env: {Type: String, AllowedValues: [dev, prod]}
  Size: {Type: Number, MinValue: 1, MaxValue: 100}
  Cidr: {Type: String, AllowedPattern: '(\d{1,3}\.){3}\d{1,3}/\d{1,2}'}
  Owner: {Type: String, MinLength: 1, MaxLength: 64}
  Upstream: {Type: String, Default: ""}
  Retention: {Type: Number, Default: 7}
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
Resources:
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  Arn: {Value: !GetAtt Queue.Arn}
"#;

const WORLD: &str = r#"
account_id: "111122223333"
region: eu-west-1
time_scale: 2000
portfolios:
  - name: platform
    products:
      - name: service
        versions: [{name: v1, template: service.yaml}]
        durations: {provision: 120s, update: 60s, terminate: 30s}
"#;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1000] } else { sizes };
    println!(
        "{:>6} {:<16} {:>9} {:>9} {:>9} {:>11}  calls",
        "N", "command", "wall", "CPU", "peak", "written"
    );
    start_up();
    for size in sizes {
        measure(size);
    }
}

fn start_up() {
    let runs: Vec<Duration> = (0..20).map(|_| run(Path::new("."), &["version"]).wall).collect();
    let mut sorted = runs;
    sorted.sort();
    println!("{:>6} {:<16} {:>8.1}ms (median of 20)", "-", "version", sorted[10].as_secs_f64() * 1000.0);
}

fn measure(size: usize) {
    let repo = tempfile::tempdir().unwrap();
    generate(repo.path(), size);
    let log = repo.path().join("calls.jsonl");
    let mut sandbox = serve(repo.path(), &log);
    let steps: [(&str, &[&str]); 5] = [
        ("plan (fresh)", &["plan", "--concise"]),
        ("apply", &["apply", "--auto-approve", "--parallelism", "200"]),
        ("plan (no change)", &["plan"]),
        ("plan --no-refresh", &["plan", "--no-refresh"]),
        ("state list", &["state", "list"]),
    ];
    let mut seen = 0;
    for (name, arguments) in steps {
        let cost = run(repo.path(), arguments);
        let calls = calls(&log, &mut seen);
        println!(
            "{size:>6} {name:<16} {:>8.2}s {:>8.2}s {:>6} MB {:>8} KB  {calls}",
            cost.wall.as_secs_f64(),
            cost.cpu.as_secs_f64(),
            cost.peak_kib / 1024,
            cost.written / 1024,
        );
    }
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
}

fn generate(repo: &Path, size: usize) {
    std::fs::create_dir(repo.join("products")).unwrap();
    std::fs::write(repo.join("service.yaml"), TEMPLATE).unwrap();
    std::fs::write(repo.join("sandbox.yaml"), WORLD).unwrap();
    let settings = "project: scale\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";
    std::fs::write(repo.join("provisor.yaml"), settings).unwrap();
    let mut files: Vec<String> = vec!["provisioned_products:\n".to_owned(); 5];
    for n in 0..size {
        let upstream =
            if n % 10 == 9 { format!("${{svc-{:05}.outputs.Arn}}", n - 9) } else { "none".to_owned() };
        let env = if n % 2 == 0 { "dev" } else { "prod" };
        write!(
            files[n % 5],
            "  svc-{n:05}:\n    product_name: service\n    provisioning_artifact_name: v1\n    parameters:\n      \
             Name: svc-{n:05}\n      Env: {env}\n      Size: {}\n      Cidr: 10.{}.{}.0/24\n      Owner: team-{}\n      \
             Upstream: {upstream}\n      Retention: \"14\"\n      Zones: [a, b, c]\n",
            n % 100 + 1,
            n / 250 % 250,
            n % 250,
            n % 17,
        )
        .unwrap();
    }
    for (n, text) in files.iter().enumerate() {
        std::fs::write(repo.join(format!("products/part-{n}.yaml")), text).unwrap();
    }
}

fn serve(repo: &Path, log: &Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_provisor"))
        .args(["sandbox", "--world", "sandbox.yaml", "--log"])
        .arg(log)
        .current_dir(repo)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://"), "the sandbox did not start: {line}");
    child
}

struct Cost {
    wall: Duration,
    cpu: Duration,
    peak_kib: u64,
    written: u64,
}

/// Runs provisor and watches it in /proc until it is a zombie: its times and counters are complete then.
fn run(repo: &Path, arguments: &[&str]) -> Cost {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_provisor"))
        .args(arguments)
        .current_dir(repo)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let proc = format!("/proc/{}", child.id());
    let mut cost = Cost { wall: Duration::ZERO, cpu: Duration::ZERO, peak_kib: 0, written: 0 };
    loop {
        let stat = std::fs::read_to_string(format!("{proc}/stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        cost.cpu = Duration::from_millis(ticks * 10);
        cost.peak_kib = cost.peak_kib.max(number(&format!("{proc}/status"), "VmHWM:"));
        cost.written = cost.written.max(number(&format!("{proc}/io"), "wchar:"));
        if fields[0] == "Z" {
            cost.wall = began.elapsed();
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = child.wait().unwrap();
    assert!(status.success(), "provisor {arguments:?} ended with {status}");
    cost
}

fn number(file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The calls since the last time, by operation.
fn calls(log: &Path, seen: &mut usize) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines().skip(*seen) {
        *seen += 1;
        let operation = line.split("\"operation\":\"").nth(1).and_then(|rest| rest.split('"').next());
        *counts.entry(operation.unwrap_or("?").to_owned()).or_default() += 1;
    }
    counts.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ")
}
