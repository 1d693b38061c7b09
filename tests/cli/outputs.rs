//! Outputs that hold what is sensitive, whichever way they come in: as those of a product that is called otherwise now, of
//! somebody else's, of one that is imported, and with a part of a secret only.

use super::support::{Done, Repo, SETTINGS, boxed};

const SECRET: &str = "Tr0ub4dor-and-3-horses-x9";

/// A box whose outputs repeat its secret note, in a repo whose runs know the secret or not.
struct Echo(Repo);

impl Echo {
    fn new(note: &str) -> Self {
        let repo = Repo::new(&boxed("app", note));
        let variables = "variables: {password: {type: string, sensitive: true}}\n";
        repo.write("provisor.yaml", &format!("{SETTINGS}{variables}"));
        Self(repo)
    }

    fn knowing(&self, line: &str) -> Done {
        let mut command = self.0.command(&line.split(' ').collect::<Vec<_>>());
        command.env("PROVISOR_SECRET_password", SECRET).output().unwrap().into()
    }

    /// The entry of a box that is filled with a note of another one, and what else is written.
    fn spy(&self, parameters: &str, beside: &str) {
        self.0
            .write("products.yaml", &format!("provisioned_products:\n{}{beside}", boxed("spy", parameters)));
    }

    /// The secret stands nowhere in what was said, nor in any file but the sandbox's.
    #[track_caller]
    fn is_clean(&self, done: &[Done]) {
        is_unsaid(done);
        let mut holding = self.0.holding("horses");
        holding.retain(|path| {
            let path = path.to_string_lossy();
            !path.contains("state/sandbox") && !path.ends_with("products.yaml")
        });
        assert!(holding.is_empty(), "{holding:?}");
    }
}

#[track_caller]
fn is_unsaid(done: &[Done]) {
    for done in done {
        assert!(!done.out.contains("horses") && !done.err.contains("horses"), "{}{}", done.out, done.err);
    }
}

const OF_EXTERNAL: &str = "Note: \"${external.e.outputs.Note}\"";

/// What a row says of a product holds for the product, whatever a branch calls it.
#[test]
fn what_the_state_remembers_as_sensitive_follows_the_product() {
    let declared =
        format!("Note: {SECRET}}}, sensitive_outputs: [Note], lifecycle: {{prevent_terminate: true");
    for note in ["Note: \"${var.password}\"", &declared] {
        let echo = Echo::new(note);
        echo.knowing("apply --auto-approve").exits(0);
        let shown = echo.0.sh("state show app").exits(0).out;
        let at = shown.find("pp-").unwrap_or_else(|| panic!("{shown}"));
        let id = shown[at..at + 16].to_owned();
        let forgotten = "removed: [{address: app, on_removal: forget}]\n";
        for by in ["provisioned_product_name: app".to_owned(), format!("provisioned_product_id: {id}")] {
            echo.spy(OF_EXTERNAL, &format!("{forgotten}external: {{e: {{{by}}}}}\n"));
            let plan = echo.0.sh("plan --out a.bin").exits(0).says(&["Note", "(sensitive)"]);
            let others = ["plan --json", "plan --format markdown", "show a.bin --json"];
            let others = others.map(|line| echo.0.sh(line).exits(0));
            is_unsaid(&[plan]);
            is_unsaid(&others);
        }
        echo.spy(
            "Note: \"${external.e.outputs.Note}\", Mode: \"${external.e.outputs.Note}\"",
            &format!("{forgotten}external: {{e: {{provisioned_product_name: app}}}}\n"),
        );
        is_unsaid(&[echo.0.sh("plan").exits(1)]);
        is_unsaid(&[echo.0.sh("apply a.bin").exits(0)]);
        let after =
            ["show", "show --json", "output --json", "state pull"].map(|line| echo.0.sh(line).exits(0));
        is_unsaid(&after);
    }
}

/// The same under another address: it is moved, or forgotten and imported anew.
#[test]
fn what_is_moved_or_imported_anew_is_as_sensitive_as_it_was() {
    let echo = Echo::new("Note: \"${var.password}\"");
    echo.knowing("apply --auto-approve").exits(0);
    let other = "  other: {product_name: box, provisioning_artifact_name: v1, provisioned_product_name: app, parameters: {Name: app, Note: null}}\n";
    let uses = "Note: \"${other.outputs.Note}\"";
    for beside in [
        "moved: [{from: app, to: other}]\n",
        "removed: [{address: app, on_removal: forget}]\nimports: [{to: other, provisioned_product_name: app}]\n",
    ] {
        echo.spy(uses, &format!("{other}{beside}"));
        echo.is_clean(&["plan", "plan --json", "plan --out b.bin"].map(|line| echo.0.sh(line)));
    }
}

/// Nothing is remembered: what is known in clear is found in what the catalog says.
#[test]
fn what_is_given_is_found_in_outputs_of_others() {
    let echo = Echo::new("Note: \"${var.password}\"");
    echo.knowing("apply --auto-approve").exits(0);
    echo.0.lose_state();
    let external = "external: {e: {provisioned_product_name: app}}\n";
    echo.spy("Mode: \"${external.e.outputs.Note}\"", external);
    echo.is_clean(&[echo.knowing("plan").exits(1)]);
    echo.spy(OF_EXTERNAL, external);
    let plans = ["plan --out c.bin", "plan --json", "plan --format markdown"];
    echo.is_clean(&plans.map(|line| echo.knowing(line).exits(0)));
    echo.is_clean(&[echo.knowing("apply c.bin").exits(0).says(&["Apply complete!"])]);
    let after = ["show", "show --json", "output --json", "state pull"].map(|line| echo.0.sh(line).exits(0));
    echo.is_clean(&after);
    echo.is_clean(&[echo.knowing("plan --detailed-exitcode").exits(0)]);
}

#[test]
fn what_is_given_is_found_in_outputs_of_what_is_imported() {
    let echo = Echo::new("Note: \"${var.password}\"");
    echo.knowing("apply --auto-approve").exits(0);
    echo.0.lose_state();
    let app = "  app: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: app, Note: \"${var.password}\"}}\n";
    let imports = "imports: [{to: app, provisioned_product_name: app}]\n";
    echo.spy("Note: \"${app.outputs.Note}\"", &format!("{app}{imports}"));
    let plans = ["plan", "plan --json", "plan --format markdown", "plan --out d.bin"];
    echo.is_clean(&plans.map(|line| echo.knowing(line).exits(0)));
    echo.is_clean(&[echo.knowing("apply d.bin").exits(0)]);
    let after = ["show", "show --json", "output --json", "state pull"].map(|line| echo.0.sh(line).exits(0));
    echo.is_clean(&after);
}

/// A parameter that anybody may read holds it, because somebody wrote it there.
#[test]
fn what_is_given_is_found_in_parameters_of_what_is_imported() {
    let echo = Echo::new("Note: \"${var.password}\"");
    echo.knowing("apply --auto-approve").exits(0);
    echo.0.lose_state();
    let imports = "imports: [{to: app, provisioned_product_name: app}]\n";
    for note in ["Note: null", "Note: other"] {
        echo.0.write("products.yaml", &format!("provisioned_products:\n{}{imports}", boxed("app", note)));
        let plans = ["plan", "plan --json", "plan --format markdown", "plan --out e.bin"];
        echo.is_clean(&plans.map(|line| echo.knowing(line).exits(0)));
    }
    echo.is_clean(&[echo.knowing("apply e.bin").exits(0)]);
    echo.is_clean(&["show", "show --json", "state pull"].map(|line| echo.0.sh(line).exits(0)));
}

/// An output tells no more than a message may.
#[test]
fn most_of_a_secret_is_no_output() {
    let echo = Echo::new("Note: \"${var.password}\"");
    let box_v1 = echo.0.read("box-v1.yaml");
    let parts = r#"  Head: {Value: !Select [0, !Split ["x9", !Ref Note]]}
  Tail: {Value: !Select [1, !Split ["Tr0", !Ref Note]]}
  Dsn: {Value: !Join ["", ["postgres://u:", !Select [0, !Split ["-x9", !Ref Note]], "@h/db"]]}
  Encoded: {Value: {"Fn::Base64": !Select [0, !Split ["-x9", !Ref Note]]}}
"#;
    echo.0.write("box-v1.yaml", &format!("{box_v1}{parts}"));
    echo.knowing("apply --auto-approve --json").exits(0);
    let after = ["show", "show --json", "output --json", "state pull"].map(|line| echo.0.sh(line).exits(0));
    for done in &after {
        assert!(!done.out.contains("VHIwdWI0ZG9y"), "{}", done.out);
    }
    echo.is_clean(&after);
    let output = echo.0.sh("output --json").json();
    for key in ["Head", "Tail", "Dsn", "Encoded", "Note"] {
        assert!(output["app"].to_string().contains(&format!("\"{key}\"")), "{output}");
    }
}
