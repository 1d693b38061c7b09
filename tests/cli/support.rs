//! An infra repo in a temporary directory, the binary run in it with nothing of this machine's environment, and the
//! sandbox's own word on what exists. No assertions about provisor live here.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

pub mod terraform;

/// The settings most tests use.
pub const SETTINGS: &str =
    "project: test\ndeclarations: [products.yaml]\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";

/// Two versions of one product that echoes what it is given, and one with a secret; a minute lasts 17 ms.
const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}]
        constraints: {tag_update: true}
        durations: {provision: 60s, update: 60s, terminate: 60s}
      - name: vault
        versions: [{name: v1, template: vault.yaml}]
        constraints: {tag_update: true}
        durations: {provision: 60s, update: 60s, terminate: 60s}
"#;

const BOX: &str = r#"Parameters:
  Name: {Type: String, AllowedPattern: "[A-Za-z0-9 _.,+-]*"}
  Note: {Type: String, Default: none}
  Size: {Type: Number, Default: 1, MinValue: 1, MaxValue: 99999999999999999999999999}
  Mode: {Type: String, Default: slow, AllowedValues: [slow, fast]}
Resources:
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref Name}}
Outputs:
  Arn: {Value: !Ref Topic}
  Name: {Value: !Ref Name}
  Note: {Value: !Ref Note}
  Size: {Value: !Ref Size}
"#;

const VAULT: &str = r#"Parameters:
  Password: {Type: String, NoEcho: true, MinLength: 8}
  Label: {Type: String, Default: none}
Resources:
  Secret: {Type: "AWS::SecretsManager::Secret", Properties: {SecretString: !Ref Password}}
Outputs:
  Arn: {Value: !Ref Secret}
  Label: {Value: !Ref Label}
"#;

/// An infra repo.
pub struct Repo {
    dir: TempDir,
}

/// How a command ended.
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A repo's sandbox in a process of its own, so that other processes do what they do on AWS.
pub struct Served(Child);

impl Served {
    pub fn start(repo: &Repo) -> Self {
        let mut child = repo.command(&["sandbox", "--world", "sandbox.yaml"]).spawn().unwrap();
        first_line(&mut child);
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// A text whose lines are not broken, whatever the width: without the marks that stand where lines begin.
fn unbroken(text: &str) -> String {
    text.split_whitespace().filter(|word| !matches!(*word, "#" | "|")).collect::<Vec<_>>().join(" ")
}

impl Done {
    /// Insists on an exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "exit code\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Insists on texts on stdout.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(
                self.out.contains(text) || unbroken(&self.out).contains(&unbroken(text)),
                "stdout lacks {text:?}\n--- stdout\n{}\n--- stderr\n{}",
                self.out,
                self.err
            );
        }
        self
    }

    /// Insists on texts on stderr.
    #[track_caller]
    pub fn tells(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(
                self.err.contains(text),
                "stderr lacks {text:?}\n--- stdout\n{}\n--- stderr\n{}",
                self.out,
                self.err
            );
        }
        self
    }

    /// What each error says.
    pub fn errors(&self) -> Vec<String> {
        self.err.lines().filter_map(|line| line.strip_prefix("Error: ")).map(str::to_owned).collect()
    }

    /// Insists on these errors, by how each begins and in any order, and on no others.
    #[track_caller]
    pub fn only(self, wanted: &[&str]) -> Self {
        the_same(self.errors(), wanted, &format!("{}{}", self.out, self.err));
        self
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Insists on these texts, by how each begins and in any order, and on no others.
#[track_caller]
pub fn the_same(mut told: Vec<String>, wanted: &[&str], said: &str) {
    let mut wanted = wanted.to_vec();
    told.sort();
    wanted.sort_unstable();
    let same =
        told.len() == wanted.len() && told.iter().zip(&wanted).all(|(one, other)| one.starts_with(other));
    assert!(same, "{told:#?}\n{wanted:#?}\n{said}");
}

/// The binary: cargo's, or the one that `PROVISOR_BIN` names.
pub fn binary() -> PathBuf {
    let built = option_env!("CARGO_BIN_EXE_provisor").map(ToOwned::to_owned);
    PathBuf::from(
        built.or_else(|| std::env::var("PROVISOR_BIN").ok()).expect("cargo or PROVISOR_BIN names the binary"),
    )
}

/// A `provisioned_products:` entry of the product `box`, with parameters as a flow map's inside.
pub fn boxed(key: &str, parameters: &str) -> String {
    format!(
        "  {key}: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: {key}, {parameters}}}}}\n"
    )
}

impl Repo {
    /// A repo with a sandbox and these declarations (the inside of `provisioned_products:`).
    pub fn new(declarations: &str) -> Self {
        let repo = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        repo.write("provisor.yaml", SETTINGS);
        repo.write("sandbox.yaml", WORLD);
        repo.write("box-v1.yaml", BOX);
        repo.write("box-v2.yaml", &format!("{BOX}  Extra: {{Value: new}}\n"));
        repo.write("vault.yaml", VAULT);
        repo.declare(declarations);
        repo
    }

    /// A repo with boxes of these names.
    pub fn boxes(keys: &[&str]) -> Self {
        Self::new(&keys.iter().map(|key| boxed(key, "")).collect::<String>())
    }

    /// A repo without declarations, beside a world that others have filled.
    pub fn beside(world: &str, vault: &str) -> Self {
        let repo = Self::new("");
        fs::remove_file(repo.path().join("products.yaml")).expect("a file to be there");
        repo.write("sandbox.yaml", world);
        repo.write("vault.yaml", vault);
        repo.write("provisor.yaml", "project: p\nlocations:\n  here: {sandbox: sandbox.yaml}\n");
        repo
    }

    /// A copy of a folder, with the sandbox's clock set to this speed.
    pub fn copy(from: &Path, time_scale: u32) -> Self {
        let repo = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        copy(from, repo.path());
        let world = repo.read("sandbox.yaml");
        let lines = world.lines().map(|line| match line.starts_with("time_scale:") {
            true => format!("time_scale: {time_scale}\n"),
            false => format!("{line}\n"),
        });
        repo.write("sandbox.yaml", &lines.collect::<String>());
        repo
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn declare(&self, declarations: &str) {
        self.write("products.yaml", &format!("provisioned_products:\n{declarations}"));
    }

    /// Adds the sandbox's faults, one flow map a line.
    pub fn faults(&self, faults: &[&str]) {
        let world = self.read("sandbox.yaml");
        let world = world.split("faults:").next().unwrap_or_default().to_owned();
        let lines: String = faults.iter().map(|fault| format!("  - {fault}\n")).collect();
        self.write(
            "sandbox.yaml",
            &if lines.is_empty() { world } else { format!("{world}faults:\n{lines}") },
        );
    }

    /// Replaces text in a file; it has to be there.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from:?}");
        self.write(path, &text.replace(from, to));
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes `secrets.yaml`, which nobody else can read.
    pub fn secrets(&self, text: &str) {
        self.write("secrets.yaml", text);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(self.path().join("secrets.yaml"), mode).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The binary in this repo, with a clean environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let fixed = [
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("NO_PROXY", "127.0.0.1"),
            ("TZ", "UTC"),
            ("LANG", "C.UTF-8"),
        ];
        command.envs(fixed).env("HOME", self.path().join("home")).env("COLUMNS", "120");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().expect("the binary runs").into()
    }

    /// Runs a command line without quotes in it.
    pub fn sh(&self, line: &str) -> Done {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }

    /// Nothing of the state is left; the sandbox's world is.
    pub fn lose_state(&self) {
        for entry in fs::read_dir(self.path().join("state")).unwrap() {
            let path = entry.unwrap().path();
            match path.file_name().unwrap().to_str() {
                Some("sandbox") => {}
                _ if path.is_dir() => fs::remove_dir_all(path).unwrap(),
                _ => fs::remove_file(path).unwrap(),
            }
        }
    }

    /// Applies without asking.
    pub fn apply(&self) -> Done {
        self.sh("apply --auto-approve")
    }

    /// Insists that nothing is left to do.
    #[track_caller]
    pub fn settled(&self) {
        self.sh("plan --detailed-exitcode").exits(0).says(&["No changes. "]);
    }

    /// The sandbox's log.
    pub fn calls(&self) -> Vec<Value> {
        let log = self.path().join("state/sandbox/sandbox/calls.jsonl");
        let text = fs::read_to_string(log).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }

    /// How many requests of an operation the sandbox has seen.
    pub fn called(&self, operation: &str) -> usize {
        self.calls().iter().filter(|call| call["operation"] == operation).count()
    }

    /// Serves this repo's sandbox for as long as somebody asks it something over the wire.
    pub fn served<T>(&self, ask: impl FnOnce(&str) -> T) -> T {
        let mut server =
            self.command(&["sandbox", "--world", "sandbox.yaml"]).spawn().expect("the sandbox starts");
        let url = first_line(&mut server);
        let answer = ask(&url);
        server.kill().unwrap();
        server.wait().unwrap();
        answer
    }

    /// Changes `box` products as somebody else would, and waits for the end of it.
    pub fn meddle(&self, operation: &str, mut body: Value) {
        body["ProvisionedProductName"] = json!("one");
        self.served(|url| {
            let answer = post(url, operation, &body);
            let record =
                answer["RecordDetail"]["RecordId"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
            while {
                let detail = &post(url, "DescribeRecord", &json!({"Id": record}))["RecordDetail"];
                !matches!(detail["Status"].as_str(), Some("SUCCEEDED" | "FAILED"))
            } {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
    }

    /// What exists in the sandbox, asked over the wire: (name, status), sorted.
    pub fn existing(&self) -> Vec<(String, String)> {
        let mut found = self.served(|url| {
            let mut found = Vec::new();
            let mut page = Value::Null;
            loop {
                let mut body =
                    json!({"AccessLevelFilter": {"Key": "Account", "Value": "self"}, "PageSize": 100});
                if page.is_string() {
                    body["PageToken"] = page;
                }
                let answer = post(url, "SearchProvisionedProducts", &body);
                for product in answer["ProvisionedProducts"].as_array().expect("a list") {
                    let text = |key: &str| product[key].as_str().unwrap_or_default().to_owned();
                    found.push((text("Name"), text("Status")));
                }
                page = answer["NextPageToken"].clone();
                if page.as_str().is_none_or(str::is_empty) {
                    break found;
                }
            }
        });
        found.sort();
        found
    }

    /// The files of the repo whose bytes hold a text.
    pub fn holding(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in files(self.path()) {
            let bytes = fs::read(&path).unwrap_or_default();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path);
            }
        }
        found
    }
}

/// Every file below a folder.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let inside = path.strip_prefix(from).unwrap();
        if inside.starts_with("state") {
            continue;
        }
        let target = to.join(inside);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
}

/// The first line of a child's stdout, without reading further.
pub fn first_line(child: &mut Child) -> String {
    let stdout = child.stdout.as_mut().expect("stdout is piped");
    let mut line = Vec::new();
    let mut byte = [0];
    while stdout.read(&mut byte).unwrap_or(0) == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

/// One request in the service's protocol, of whoever provisor is in an embedded sandbox.
pub fn post(url: &str, operation: &str, body: &Value) -> Value {
    post_as("111122223333", url, operation, body)
}

/// The same of another caller.
pub fn post_as(key: &str, url: &str, operation: &str, body: &Value) -> Value {
    let date = "20260101T000000Z";
    let credential = format!("{key}/20260101/eu-west-1/servicecatalog/aws4_request");
    let head = format!(
        "content-type: application/x-amz-json-1.1\r\nx-amz-date: {date}\r\n\
         x-amz-target: AWS242ServiceCatalogService.{operation}\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential={credential}, SignedHeaders=host;x-amz-date, Signature={:064}\r\n",
        0
    );
    send(url, "/", &head, body)
}

/// Lets the sandbox's virtual time pass.
pub fn advance(url: &str, seconds: u64) {
    send(url, "/_sandbox/advance", "", &json!({ "seconds": seconds }));
}

fn send(url: &str, path: &str, head: &str, body: &Value) -> Value {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let body = body.to_string();
    let mut stream = TcpStream::connect(host).expect("the sandbox listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, json) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {answer}"))
}
