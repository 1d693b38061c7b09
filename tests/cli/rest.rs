//! Whatever is broken, the rest is checked in the same run: beside a template that is none, beside a version or a place that is
//! none, and beside a reference that nothing fills.

use super::support::{Done, Repo, SETTINGS};

/// A box whose `Mode` is none, with other fields in the place of these.
fn slow(key: &str, from: &str, to: &str) -> String {
    let content =
        "location: demo, product_name: box, provisioning_artifact_name: v1, parameters: {Name: x, Mode: slo}";
    assert!(content.contains(from), "{from}");
    format!("  {key}: {{{}}}\n", content.replace(from, to))
}

fn repo(declared: &str) -> Repo {
    let repo = Repo::new(declared);
    repo.write("provisor.yaml", &format!("{SETTINGS}variables:\n  env: {{default: dev}}\n"));
    repo
}

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(repo: &Repo, line: &str, wanted: &[&str]) -> Done {
    let done = repo.sh(line).exits(1);
    let mut told = done.errors();
    let mut wanted = wanted.to_vec();
    told.sort();
    wanted.sort_unstable();
    let same =
        told.len() == wanted.len() && told.iter().zip(&wanted).all(|(one, other)| one.starts_with(other));
    assert!(same, "{line}\n{told:#?}\n{wanted:#?}\n{}{}", done.out, done.err);
    done
}

const MODE: &str = "parameter `Mode` must be one of";
const TYP: &str = "Invalid template parameter property 'Typ'";

/// A template that is none is that of one version, whoever declares it.
#[test]
fn a_template_that_is_none_hides_nothing_of_other_products() {
    let repo = repo(&slow("one", "", ""));
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    for line in ["plan", "plan --out p.bin", "apply --auto-approve"] {
        tells(&repo, line, &[MODE, TYP]).tells(&["vault.yaml:3:", "products.yaml:2:", "2 errors in 2 files"]);
    }
    // what is only seen when all is decided is seen too
    repo.declare(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: \"${two.outputs.Nme}\"}}\n  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\n",
    );
    tells(&repo, "plan", &[TYP, "`two` has no output `Nme`"]);
    repo.declare(&slow("one", "Mode: slo", "Mode: slow"));
    for line in ["validate", "plan", "apply --auto-approve"] {
        tells(&repo, line, &[TYP]);
    }
}

/// What a version takes is not known whose template is none, and nothing is said of that.
#[test]
fn a_template_that_is_none_is_told_once() {
    let password = "product_name: vault, provisioning_artifact_name: v1, parameters: {Password: a, Labl: x}";
    let repo =
        repo(&(format!("  pw: {{{password}}}\n") + &slow("one", "Name: x", "Name: \"${pw.outputs.Nope}\"")));
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[MODE, TYP]);
    repo.edit("sandbox.yaml", "template: vault.yaml", "template: nope.yaml");
    tells(&repo, "plan", &[MODE, "cannot read template `nope.yaml`"]);
    repo.edit("sandbox.yaml", "{name: v1, template: nope.yaml}", "{name: v1}");
    tells(&repo, "plan", &[MODE, "this version names no `template`"]);
}

/// What stands in a world stays as it is while its file is broken.
#[test]
fn a_world_that_is_kept_is_looked_at_and_left() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    repo.apply().exits(0);
    let kept = || std::fs::read(repo.path().join("state/sandbox/sandbox/world.jsonl")).unwrap();
    let before = kept();
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[TYP]);
    repo.declare(&(slow("one", "Mode: slo", "Mode: slow") + &slow("two", "", "")));
    tells(&repo, "plan", &[MODE, TYP]);
    assert!(before == kept());
    repo.edit("vault.yaml", "Label: {Typ", "Label: {Type");
    tells(&repo, "plan", &[MODE]);
}

/// What exists from a version whose template is none cannot be shown: nothing is asked there.
#[test]
fn what_exists_from_a_template_that_is_none() {
    let repo = repo(&slow("one", "", ""));
    let there = "provisioned_products: [{name: pw, product: vault, version: v1, parameters: {Password: long-enough}}]\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + there));
    repo.write(
        "products.yaml",
        &format!("imports: [{{to: one, provisioned_product_name: pw}}]\n{}", repo.read("products.yaml")),
    );
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[TYP]);
}

const V9: &str = "`box` has no active version `v9`";

/// Parameters are held against all that may be meant.
#[test]
fn a_version_that_is_none_hides_nothing_that_holds_of_all() {
    let v9 = |from: &str, to: &str| slow("one", from, to).replace("v1", "v9");
    let so = "it is so in every version that is offered";
    let repo = repo(&v9("", ""));
    tells(&repo, "plan", &[V9, MODE]).tells(&[so, "2 errors in 1 file"]);
    repo.declare(&v9("Mode: slo", "Mdoe: slow, Size: big"));
    tells(&repo, "plan", &[V9, "`box` v2 has no parameter `Mdoe`", "parameter `Size` must be a number"])
        .tells(&["did you mean `Mode`?", so]);
    repo.declare(&v9("Name: x, Mode: slo", "Mode: slow"));
    tells(&repo, "plan", &[V9, "`one` needs the parameter `Name`"]);
    repo.declare(
        &(v9("Name: x, Mode: slo", "Name: \"${two.outputs.Nme}\"")
            + &slow("two", "Mode: slo", "Mode: slow")
            + &slow("three", "Mode: slo", "Note: \"${one.outputs.Nope}\"")),
    );
    tells(&repo, "plan", &[V9, "`two` has no output `Nme`", "`one` has no output `Nope`"]);
    // what one of them takes may be meant
    repo.edit("box-v2.yaml", "AllowedValues: [slow, fast]", "AllowedValues: [slo, fast]");
    repo.declare(&v9("", ""));
    tells(&repo, "plan", &[V9]);
    // a launch path says nothing of parameters
    repo.declare(&slow("one", "location: demo", "location: demo, path_name: nope"));
    let done = tells(&repo, "plan", &["there is no launch path `nope`", MODE]);
    assert!(!done.err.contains(so), "{}", done.err);
    // of a product that is none, references are what can be checked
    repo.declare(
        &(slow("one", "product_name: box", "product_name: bocks")
            .replace("Name: x", "Name: \"${two.outputs.Nme}\"")
            + &slow("two", "Mode: slo", "Mode: slow")),
    );
    tells(&repo, "plan", &["there is no product `bocks`", "`two` has no output `Nme`"]);
}

/// A plan in which nothing is wrong asks no more than before.
#[test]
fn a_version_that_is_gone_is_not_looked_into() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "template: box-v1.yaml}", "template: box-v1.yaml, active: false}");
    let asked = || {
        let calls = repo.calls();
        calls.iter().filter(|call| call["operation"] == "DescribeProvisioningParameters").count()
    };
    let before = asked();
    repo.sh("plan").exits(0);
    assert_eq!(asked(), before);
}

/// One value may hold several mistakes, each of its own kind.
#[test]
fn a_reference_that_nothing_fills_hides_nothing_beside_it() {
    let one = |field: &str| slow("one", "Name: x, Mode: slo", field);
    let two = slow("two", "Mode: slo", "Mode: slow");
    let repo = repo("");
    for (field, wanted) in [
        (
            "Name: \"${var.nope}${two.outputs.Nme}\"",
            &["there is no variable `nope`", "`two` has no output `Nme`"][..],
        ),
        (
            "Name: \"${nix.outputs.A} ${two.outputs.Nme} ${two.outputs.Bla}\"",
            &["there is no declaration `nix`", "`two` has no output `Nme`", "`two` has no output `Bla`"],
        ),
        (
            "Name: [\"${var.nope}\", \"${two.outputs.Nme}\"]",
            &["there is no variable `nope`", "`two` has no output `Nme`"],
        ),
        (
            "Name: {a: [\"${var.nope}\"], b: \"${two.outputs.Nme}\"}",
            &["there is no variable `nope`", "`two` has no output `Nme`"],
        ),
        (
            "Name: x, Nte: \"${var.nope}${two.outputs.Nme}\"",
            &["there is no variable `nope`", "`two` has no output `Nme`", "`box` v1 has no parameter `Nte`"],
        ),
        ("Name: \"${var.nope}\"", &["there is no variable `nope`"]),
        ("Name: x, Mode: \"${var.nope}${two.outputs.Arn}\"", &["there is no variable `nope`"]),
    ] {
        repo.declare(&(one(field) + &two));
        let done = tells(&repo, "plan", wanted);
        assert!(!done.err.contains("products.yaml:3:"), "{}", done.err);
    }
    let tag = "tags: {a: \"${var.nope}${two.outputs.Nme}\"}, parameters: {Name: x";
    repo.declare(&(slow("one", "parameters: {Name: x, Mode: slo", tag) + &two));
    tells(&repo, "plan", &["there is no variable `nope`", "`two` has no output `Nme`"]);
}
