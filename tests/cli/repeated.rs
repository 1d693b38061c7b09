//! What the catalog repeats of a secret, in whatever form: in no format of any command, and in no file of ours. Planted in the
//! messages of failed operations, in tags, in outputs and in values that are kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::support::{Done, Repo, SETTINGS, boxed};
use super::traces::collector;

const SECRET: &str = "Hunter2-quite/unique+one";

/// How it comes back; what is left of a text without blanks and backslashes.
fn repeated() -> Vec<String> {
    let escaped =
        |text: &str| -> String { text.encode_utf16().map(|unit| format!("\\\\u{unit:04x}")).collect() };
    let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        format!("plain {SECRET}"),
        format!("base64 twice {}", STANDARD.encode(STANDARD.encode(SECRET))),
        format!("base64 of UTF-16 {}", STANDARD.encode(&wide)),
        format!("hex {}", wide.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        format!("in JSON in JSON {}", escaped(SECRET)),
        format!("links {}", SECRET.bytes().map(|byte| format!("%25{byte:02X}")).collect::<String>()),
        format!("bytes {}", SECRET.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>()),
        format!("octal {}", SECRET.bytes().map(|byte| format!("\\{byte:03o}")).collect::<String>()),
        // `bash` and patterns, and directories
        format!("escaped {}", "Hunter2\\-quite\\/unique\\+one"),
        format!("two digits {}", "Hunter2\\2dquite\\2funique\\2bone"),
        format!("spaced {}", SECRET.chars().flat_map(|c| [c, ' ']).collect::<String>()),
        format!("wrapped {}\n    {}", &SECRET[..11], &SECRET[11..]),
    ]
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// What must not stand anywhere: the second half, which no other text has.
fn traces() -> Vec<String> {
    let told = repeated();
    let last = told.iter().map(|text| bare(text.rsplit(' ').next().unwrap_or_default()));
    let mut all: Vec<String> = last.filter(|text| text.len() > 12).collect();
    all.push(bare(SECRET));
    all
}

#[track_caller]
fn is_told_nowhere(what: &str, text: &str) {
    let bare = bare(text);
    for trace in traces() {
        assert!(!bare.contains(&trace), "{what} tells {trace}: {text}");
    }
}

fn run(repo: &Repo, line: &str) -> Done {
    let (url, spans) = collector();
    let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
    command.env("PROVISOR_SECRET_pw", SECRET).env("OTEL_TRACES_EXPORTER", "otlp");
    let done = Done::from(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &url).output().unwrap());
    let traces: Vec<String> = spans.try_iter().map(|(_, trace)| trace.to_string()).collect();
    assert!(!traces.is_empty() || !line.starts_with("apply"), "{line}: {}", done.err);
    is_told_nowhere(line, &(done.out.clone() + &done.err + &traces.concat()));
    let theirs = ["sandbox.yaml", "world.jsonl", "calls.jsonl"];
    for path in super::support::files(repo.path()) {
        if !theirs.iter().any(|name| path.ends_with(name)) {
            let bytes = std::fs::read(&path).unwrap();
            is_told_nowhere(&format!("{line}: {}", path.display()), &String::from_utf8_lossy(&bytes));
        }
    }
    done
}

const FORMATS: [&str; 5] = ["human", "json", "terraform-json", "markdown", "html"];

#[track_caller]
fn planned(repo: &Repo, flags: &str, code: i32) -> Vec<Done> {
    let formats = FORMATS.iter();
    let line = |format| {
        format!(
            "plan --format {format} --full --annotations github --write html=plan.html --write markdown=plan.md{flags}"
        )
    };
    run(repo, &format!("plan --annotations gitlab=quality.json{flags}"));
    formats.map(|format| run(repo, &line(format)).exits(code)).collect()
}

/// What exists already, and repeats the secret in its tags and its parameter, and so in its output.
fn world(repo: &Repo) {
    let there = format!(
        "provisioned_products:\n  - {{name: app, product: box, version: v1, parameters: {{Name: app, Note: \"pw={SECRET}\"}}, tags: {{hint: \"use {SECRET}\"}}}}\n"
    );
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + &there));
    let settings = format!("{SETTINGS}drift: deep\nvariables: {{pw: {{type: string, sensitive: true}}}}\n");
    repo.write("provisor.yaml", &settings);
}

const DECLARED: &str = "  app: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: app, Note: null}}
  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\", Label: \"${app.outputs.Note}\"}}
";

#[test]
fn what_is_repeated_is_told_in_no_format() {
    let repo = Repo::new(&(DECLARED.to_owned() + &boxed("next", "Note: \"${safe.outputs.Label}\"")));
    let imports = "imports: [{to: app, provisioned_product_name: app}]\n";
    repo.write("products.yaml", &(repo.read("products.yaml") + imports));
    world(&repo);
    let message = serde_json::json!(repeated().join("; "));
    repo.faults(&[&format!(
        "{{operation: provision, provisioned_product: safe, outcome: rollback, message: {message}, times: 1}}"
    )]);
    let shown = planned(&repo, "", 0);
    assert!(
        shown[0].out.contains("# app will be imported") && shown[0].out.contains("hint"),
        "{}",
        shown[0].out
    );
    run(&repo, "plan --out p.bin").exits(0);
    for format in FORMATS {
        run(&repo, &format!("show p.bin --format {format}")).exits(0);
    }
    let done = run(&repo, "apply --auto-approve --json --report apply.html --annotations github").exits(3);
    assert!(done.out.contains("octal (sensitive)"), "{}", done.out);
    // now it is known from the state and the catalog
    let shown = planned(&repo, "", 0);
    assert!(shown[0].out.contains("bytes (sensitive)"), "{}", shown[0].out);
    run(&repo, "plan --out q.bin").exits(0);
    for format in FORMATS {
        run(&repo, &format!("show q.bin --format {format}")).exits(0);
        run(&repo, &format!("show --format {format}")).exits(0);
    }
    for line in [
        "output",
        "output --json",
        "state pull",
        "state show safe",
        "state show app --json",
        "state history",
        "doctor",
        "graph",
    ] {
        run(&repo, line);
    }
    run(&repo, "apply q.bin --report again.html").exits(0);
    run(&repo, "plan --detailed-exitcode").exits(0);
}

/// Somebody else writes it into what is ours: what is there is told without it, taken over, and put back.
#[test]
fn what_somebody_else_repeats_is_told_in_no_format() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one}, tags: {team: a}}\n",
    );
    world(&repo);
    run(&repo, "apply --auto-approve").exits(0);
    let tags = serde_json::json!([{"Key": "team", "Value": format!("use {SECRET}")}, {"Key": "hint", "Value": STANDARD.encode(SECRET)}]);
    let parameters = serde_json::json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": SECRET}]);
    repo.meddle(
        "UpdateProvisionedProduct",
        serde_json::json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisioningParameters": parameters,
            "Tags": tags, "UpdateToken": "by-hand"}),
    );
    let shown = planned(&repo, "", 0);
    assert!(shown[0].out.contains("team") && shown[0].out.contains("(sensitive)"), "{}", shown[0].out);
    planned(&repo, " --refresh-only", 0);
    run(&repo, "apply --auto-approve --refresh-only --json --report seen.html").exits(0);
    run(&repo, "state pull").exits(0);
    planned(&repo, "", 0);
    run(&repo, "apply --auto-approve --json").exits(0);
}

/// What is refused in the catalog's words stands in a saved plan too.
#[test]
fn what_is_refused_is_told_and_saved_without_it() {
    let account = "  account: {product_name: factory, provisioning_artifact_name: v1, parameters: {AccountName: a, \
                   AccountEmail: a@b.c, SSOUserFirstName: a, SSOUserLastName: b, SSOUserEmail: a@b.c, \
                   ManagedOrganizationalUnit: Lab}}\n";
    let safe = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(&(account.to_owned() + safe));
    let factory = "      - {name: factory, type: CONTROL_TOWER_ACCOUNT, versions: [{name: v1}], organizational_units: [Lab]}\n";
    repo.write(
        "sandbox.yaml",
        &(repo.read("sandbox.yaml") + factory + "knobs: {failed_account_is_error: true}\n"),
    );
    let settings = format!("{SETTINGS}variables: {{pw: {{type: string, sensitive: true}}}}\n");
    repo.write("provisor.yaml", &settings);
    let busy = "ResourceInUseException  Account Factory cannot complete an operation on this account, because another AWS \
                Control Tower operation is in progress. Try again later.";
    let message = serde_json::json!(format!("{busy} {}", repeated().join("; ")));
    repo.faults(&[&format!(
        "{{operation: provision, product: factory, outcome: reject, message: {message}, times: 1}}"
    )]);
    run(&repo, "apply --auto-approve --target account").exits(4);
    let shown = planned(&repo, "", 5);
    assert!(
        shown[0].out.contains("too busy to make the account") && shown[0].out.contains("bytes (sensitive)"),
        "{}",
        shown[0].out
    );
    run(&repo, "plan --skip-refused --out p.bin").exits(0);
    for format in FORMATS {
        run(&repo, &format!("show p.bin --format {format}")).exits(0);
    }
    run(&repo, "apply p.bin --json --report apply.html").exits(3);
    run(&repo, "state show safe").exits(0);
}

/// It was no secret that anybody knew when it was stored.
#[test]
fn what_is_stored_is_hidden_once_it_is_known() {
    let note = format!("pw={SECRET}");
    let repo = Repo::new(&boxed("one", &format!("Note: \"{SECRET}\"")).replace(SECRET, &note));
    // such a value is declared in git, and is in the state
    repo.edit("box-v1.yaml", "AllowedPattern: \"[A-Za-z0-9 _.,+-]*\"", "Default: none");
    repo.apply().exits(0);
    assert!(repo.sh("output one Note").exits(0).out.contains(SECRET));
    let settings = format!("{SETTINGS}variables: {{pw: {{type: string, sensitive: true}}}}\n");
    repo.write("provisor.yaml", &settings);
    let given = |line: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        let done = Done::from(command.env("PROVISOR_SECRET_pw", SECRET).output().unwrap());
        is_told_nowhere(line, &(done.out.clone() + &done.err));
        done
    };
    for line in [
        "show",
        "show --json",
        "output",
        "output --json",
        "state show one",
        "state show one --json",
        "state list --json",
    ] {
        given(line).exits(0);
    }
    for format in FORMATS {
        given(&format!("show --format {format}")).exits(0);
    }
    given("output one Note --raw").exits(1).tells(&["output `Note` is sensitive"]);
    // an export that hides it is one all the same
    repo.write("export.json", &given("state pull").exits(0).out);
    given("state push export.json --auto-approve").exits(0);
    assert!(!repo.sh("state pull").exits(0).out.contains(SECRET));
}

/// Names of what somebody else provisioned, wherever they are listed.
#[test]
fn a_name_that_somebody_else_gave_is_told_without_it() {
    let repo = Repo::new("");
    let there = "provisioned_products: [{name: x-Canary-Secret-77, product: box, version: v1, parameters: {Name: x}}]\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + there));
    std::fs::remove_file(repo.path().join("products.yaml")).unwrap();
    let settings = SETTINGS.replace("declarations: [products.yaml]\n", "");
    repo.write("provisor.yaml", &format!("{settings}variables: {{pw: {{type: string, sensitive: true}}}}\n"));
    for (line, tells) in [
        ("import --all", "Made by somebody else"),
        ("import --all --json", "made_by_others"),
        ("import --all --name nothing", "fits nothing"),
        ("catalog show box", "x-(sensitive) at demo (not managed here)"),
        ("catalog show box --json", "x-(sensitive)"),
        ("catalog list --json", "box"),
    ] {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        let done = Done::from(command.env("PROVISOR_SECRET_pw", "Canary-Secret-77").output().unwrap());
        let told = done.out + &done.err;
        assert!(told.contains(tells) && !told.contains("Secret-77"), "{line}: {told}");
    }
}

/// What is wrong beside a secret that is written down is shown by its place only; on lines of its own, as it is written.
#[test]
fn an_error_does_not_show_the_secret_on_its_line() {
    let head = "  safe:\n    product_name: vault\n    provisioning_artifact_name: v1\n";
    let repo = Repo::new(&format!("{head}    parameters: {{Password: CanaryLit9, Oops: shown-99}}\n"));
    let told = |done: Done| done.out + &done.err;
    let one = told(repo.sh("plan"));
    assert!(one.contains("no parameter `Oops`") && one.contains("products.yaml:5:"), "{one}");
    assert!(!one.contains("CanaryLit9"), "{one}");
    repo.write(
        "products.yaml",
        &format!(
            "provisioned_products:\n{head}    parameters:\n      Password: CanaryLit9\n      Oops: shown-99\n"
        ),
    );
    let other = told(repo.sh("plan"));
    assert!(other.contains("shown-99") && !other.contains("CanaryLit9"), "{other}");
}
