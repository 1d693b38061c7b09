//! A mistake hides only what hangs on it, brings up nothing that is none, and is told once, at its place.

use super::support::{Done, Repo, SETTINGS};

/// A box on `demo`, with more fields.
fn boxed(key: &str, fields: &str) -> String {
    format!(
        "  {key}: {{location: demo, product_name: box, provisioning_artifact_name: v1, parameters: {{Name: x}}{fields}}}\n"
    )
}

/// A box whose `Mode` is none.
fn slow(key: &str) -> String {
    boxed(key, "").replace("Name: x", "Name: x, Mode: slo")
}

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(repo: &Repo, line: &str, code: i32, wanted: &[&str]) -> Done {
    repo.sh(line).exits(code).only(wanted)
}

const MODE: &str = "parameter `Mode` must be one of";
const NOPE: &str = "there is no launch path `nope` to `box`";

/// What a rule of a template says of values that are written stands, whatever is wrong beside them; of what is not written, nothing is
/// said.
#[test]
fn a_rule_of_a_template_is_told_beside_other_errors() {
    let repo = Repo::new("");
    let rules = "Rules:\n  R: {Assertions: [{Assert: !Equals [!Ref Note, zz]}]}\n  S: {Assertions: [{Assert: !Equals [!Ref Mode, fast]}]}\n";
    repo.write("box-v1.yaml", &(repo.read("box-v1.yaml") + rules));
    let (rule, other) =
        ("the parameters break the rule `R` of `box` v1", "the parameters break the rule `S` of `box` v1");
    let noted = |fields: &str| boxed("one", fields).replace("Name: x", "Name: x, Note: a");
    repo.declare(&noted(""));
    tells(&repo, "plan", 1, &[rule, other]);
    repo.declare(&noted(", lifecycle: {ignore_changes: [parameters.Nme]}"));
    tells(&repo, "plan", 1, &[rule, "`box` v1 has no parameter `Nme` to ignore"]);
    repo.declare(&noted("").replace("Note: a", "Note: a, Mod: slow"));
    tells(&repo, "plan", 1, &[rule, "`box` v1 has no parameter `Mod`"]);
    repo.declare(&noted("").replace("Note: a", "Note: zz, Mode: slo"));
    tells(&repo, "plan", 1, &[MODE]);
}

/// What the catalog says of a field stands, whatever is wrong with fields that it does not hang on.
#[test]
fn an_error_in_one_field_hides_only_what_hangs_on_it() {
    for (field, wrong) in [
        ("accept_language: xx", "`accept_language` must be one of"),
        ("timeouts: {provision: 5}", "`provision` must be a duration"),
        ("depends_on: [nix]", "there is no declaration `nix`"),
        ("lifecycle: {on_removal: foo}", "`on_removal` must be one of"),
        ("notification_arns: [a]", "`a` is not the ARN of an SNS topic"),
        ("provisioned_product_name: a b", "a provisioned product name cannot hold a space"),
        ("tags: {a: \"${var.nix}\"}", "there is no variable `nix`"),
        ("timeout: {provision: 5m}", "unknown key `timeout`"),
        ("foo: 1", "unknown key `foo`"),
    ] {
        let repo = Repo::new(&boxed("one", &format!(", path_name: nope, {field}")));
        tells(&repo, "plan", 1, &[NOPE, wrong]).tells(&["= note: there is `platform`", "2 errors in 1 file"]);
    }
    // what hangs on it is not told
    for (fields, wrong) in [
        ("path_name: nope, pathname: platform", "unknown key `pathname`"),
        ("path_name: \"${var.nix}\"", "there is no variable `nix`"),
        ("path_name: [nope]", "`path_name` must be a text"),
    ] {
        let repo = Repo::new(&boxed("one", &format!(", {fields}")));
        tells(&repo, "plan", 1, &[wrong]);
    }
    let lacks = |from: &str, to: &str| Repo::new(&boxed("one", ", accept_language: xx").replace(from, to));
    let needs = "`one` needs the parameter `Name`";
    tells(&lacks("{Name: x}", "{}"), "plan", 1, &[needs, "`accept_language` must be"]);
    tells(
        &lacks("parameters: {Name: x}", "paramters: {Name: x}"),
        "plan",
        1,
        &["unknown key `paramters`", "`accept_language` must be"],
    );
}

/// A version that cannot be filled leaves open which one it is.
#[test]
fn a_choice_that_cannot_be_filled_hides_nothing_that_holds_of_all() {
    let repo = Repo::new(&slow("one").replace("name: v1", "name: \"${var.nix}\""));
    tells(&repo, "plan", 1, &[MODE, "there is no variable `nix`"])
        .tells(&["it is so in every version that is offered"]);
    repo.declare(&slow("one").replace("location: demo", "location: demmo"));
    tells(&repo, "plan", 1, &[MODE, "there is no location `demmo`"]);
}

/// What is only seen when all is decided is told beside what is seen before.
#[test]
fn what_is_seen_early_hides_nothing_that_is_seen_late() {
    let rule = "Rules:\n  Small:\n    Assertions:\n      - Assert: !Equals [!Ref Mode, slow]\n        AssertDescription: only slow ones\n";
    let fast = boxed("two", "").replace("Name: x", "Name: x, Mode: fast");
    let repo = Repo::new(&(slow("one") + &fast));
    repo.write("box-v1.yaml", &(rule.to_owned() + &repo.read("box-v1.yaml")));
    tells(&repo, "plan", 1, &[MODE, "the parameters break the rule `Small`"]);
    repo.declare(&(boxed("one", ", accept_language: xx") + &fast));
    tells(&repo, "plan", 1, &["`accept_language` must be one of", "the parameters break the rule `Small`"]);
    // of what needs something that is wrong, nothing is decided
    repo.declare(&(slow("one") + &fast.replace("Name: x", "Name: \"${one.outputs.Arn}\"")));
    tells(&repo, "plan", 1, &[MODE]);
}

/// What stands under a head that is none may be what is referred to.
#[test]
fn a_head_that_is_none_makes_no_reference_wrong() {
    let declared = boxed("one", "").replace("Name: x", "Name: \"${net.outputs.Arn}\"");
    let repo = Repo::new(&declared);
    repo.edit("provisor.yaml", "[products.yaml]", "[products.yaml, more.yaml]");
    let net = boxed("net", "");
    for (more, wrong) in [
        (format!("provisoned_products:\n{net}"), "unknown key `provisoned_products`"),
        (format!("products:\n{net}"), "unknown key `products`"),
        (format!("stacks:\n{net}"), "unknown key `stacks`"),
        (net[2..].to_owned(), "unknown key `net`"),
        (
            format!("provisioned_products:\n  - {}", &net[2..]),
            "`provisioned_products` must be a map, not a list",
        ),
        (
            "provisioned_products:\n  - name: net\n    product_name: box\n".to_owned(),
            "`provisioned_products` must be a map, not a list",
        ),
        ("provisioned_products: net\n".to_owned(), "`provisioned_products` must be a map"),
    ] {
        repo.write("more.yaml", &more);
        tells(&repo, "plan", 1, &[wrong]);
        tells(&repo, "plan --target net", 1, &[wrong]);
    }
    // what stands nowhere is told all the same
    repo.write("more.yaml", &format!("provisoned_products:\n{net}"));
    repo.declare(&(declared + &boxed("two", ", depends_on: [nett]")));
    tells(&repo, "plan", 1, &["unknown key `provisoned_products`", "there is no declaration `nett`"]);
    repo.write("more.yaml", "externals:\n  vpc: {location: demo, provisioned_product_name: x}\n");
    repo.declare(&boxed("one", "").replace("Name: x", "Name: \"${external.vpc.outputs.Id}\""));
    tells(&repo, "plan", 1, &["unknown key `externals`"]);
    let bare = "  one: {parameters: {Name: x}}\n";
    repo.declare(bare);
    repo.write(
        "products.yaml",
        &format!(
            "defualts: {{product_name: box, provisioning_artifact_name: v1}}\nprovisioned_products:\n{bare}"
        ),
    );
    repo.write("more.yaml", "");
    tells(&repo, "plan", 1, &["unknown key `defualts`"]);
}

#[test]
fn variables_that_nobody_reads_are_not_missed() {
    let repo = Repo::new(&boxed("one", "").replace("Name: x", "Name: \"${var.env}\""));
    repo.write("values.yaml", "env: x\n");
    for (variables, wrong) in [
        ("variabels:\n  env: {default: dev}\n", "unknown key `variabels`"),
        ("variables:\n  - env: {default: dev}\n", "`variables` must be a map, not a list"),
    ] {
        repo.write("provisor.yaml", &format!("{SETTINGS}{variables}"));
        for line in ["plan", "plan --var env=x", "plan --var-file values.yaml", "validate --var env=x"] {
            tells(&repo, line, 1, &[wrong]);
        }
    }
    repo.write("provisor.yaml", &format!("{SETTINGS}variables:\n  env: {{default: dev}}\n"));
    tells(&repo, "plan --var evn=x", 1, &["there is no variable `evn`"]);
}

/// What is wrong as it is written, and may have been meant to be filled, is told once, with what helps.
#[test]
fn what_is_not_filled_is_told_once() {
    let one = boxed("one", "");
    for (from, to) in [
        ("location: demo", "location: \"{{ x }}\""),
        ("product_name: box", "product_name: \"{{ x }}\""),
        ("name: v1", "name: \"{{ x }}\""),
        ("Name: x", "Name: \"{{ x }}\""),
        ("Name: x", "Name: x, Mode: \"{{ x }}\""),
        ("parameters:", "path_name: \"{{ x }}\", parameters:"),
    ] {
        let repo = Repo::new(&one.replace(from, to));
        let done = repo.sh("plan").exits(1).tells(&["= hint: a variable is `${var.x}`", "1 error in 1 file"]);
        assert!(!done.err.contains("Warning"), "{to}\n{}", done.err);
        let json = repo.sh("plan --format json").exits(1).json();
        assert_eq!(json["diagnostics"].as_array().unwrap().len(), 1, "{json}");
    }
    // what goes through is told, and so is what is beside something else that is wrong
    let repo = Repo::new(&one.replace("Name: x", "Name: x, Note: \"{{ x }}\""));
    repo.sh("plan").exits(0).tells(&["Warning: `{{ x }}` is not filled in"]);
    let json = repo.sh("plan --format json").exits(0).json();
    assert_eq!(json["diagnostics"][0]["code"], "not-filled", "{json}");
    repo.declare(&one.replace("Name: x", "Name: x, Mode: slo, Note: \"{{ x }}\""));
    tells(&repo, "plan", 1, &[MODE]).tells(&["Warning: `{{ x }}` is not filled in"]);
    repo.sh("plan --target nix").exits(1).tells(&["Warning: `{{ x }}` is not filled in", "`nix` matches no"]);
}

/// What is wrong with a world outside what it offers hides nothing of that.
#[test]
fn a_world_that_is_wrong_elsewhere_hides_no_product() {
    for (from, to, wrong) in [
        ("time_scale: 3600", "time_scale: -1", "time_scale is above 0"),
        ("time_scale: 3600", "tiem_scale: 3600", "unknown key `tiem_scale`"),
        ("time_scale: 3600", "seed: x", "a whole number is expected"),
        ("time_scale: 3600", "faults: [{call: X, outcome: throttle}]", "there is no operation `X`"),
        (
            "time_scale: 3600",
            "provisioned_products: [{name: a, product: bax}]",
            "there is no product `bax` here",
        ),
    ] {
        let repo = Repo::new(&slow("one"));
        repo.edit("sandbox.yaml", from, to);
        tells(&repo, "plan", 1, &[MODE, wrong]).tells(&["2 errors in 2 files"]);
        repo.declare(&boxed("one", ""));
        for line in ["plan", "validate", "apply --auto-approve"] {
            tells(&repo, line, 1, &[wrong]);
        }
    }
    // a head that is wrong says where nothing is
    let repo = Repo::new(&slow("one"));
    repo.edit("sandbox.yaml", "region: eu-west-1", "region: eu-wset-1");
    tells(&repo, "plan", 1, &["`eu-wset-1` is not a region's name"])
        .tells(&["= hint: did you mean `eu-west-1`?", "--> sandbox.yaml:2:9"]);
    // what is provisioned is not known where the world does not say it
    let repo = Repo::new(&slow("one"));
    repo.write(
        "sandbox.yaml",
        &(repo.read("sandbox.yaml") + "provisioned_products: [{nmae: a, product: box}]\n"),
    );
    let external = "external: {vpc: {provisioned_product_name: a}}\n";
    repo.write("products.yaml", &(repo.read("products.yaml") + external));
    tells(&repo, "plan", 1, &[MODE, "unknown key `nmae`"]);
}

#[test]
fn a_product_without_a_name_hides_no_template() {
    let repo = Repo::new(&boxed("one", ""));
    repo.edit("sandbox.yaml", "- name: box", "- nmae: box");
    repo.edit("sandbox.yaml", "template: vault.yaml", "template: nope.yaml");
    tells(&repo, "plan", 1, &["unknown key `nmae`", "cannot read template `nope.yaml`"]);
}

/// A location's account is one mistake, at the line that says it.
#[test]
fn another_account_is_told_once_where_it_is_written() {
    let repo = Repo::new(&boxed("one", ""));
    let file = |account: &str| {
        let regions = "regions: [eu-west-1, us-east-1]";
        format!("demo:\n  sandbox: sandbox.yaml\n  {regions}\n  account_id: \"{account}\"\n")
    };
    repo.write("locations.yaml", &file("111122223333"));
    repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\nlocations: locations.yaml\n");
    repo.edit("products.yaml", "location: demo", "locations: [demo/eu-west-1, demo/us-east-1]");
    repo.apply().exits(0);
    repo.write("locations.yaml", &file("444455556666"));
    let wrong =
        "locations `demo/eu-west-1`, `demo/us-east-1`: the credentials belong to account 444455556666";
    tells(&repo, "plan", 1, &[wrong]).tells(&["--> locations.yaml:4:15", "1 error in 1 file"]);
    repo.edit("products.yaml", "Name: x", "Name: x, Nme: y, Mode: \"${var.nix}\"");
    tells(&repo, "plan", 1, &[wrong, "there is no variable `nix`"]);
}

#[test]
fn a_secret_of_the_wrong_form_is_told_where_it_stands() {
    let repo = Repo::new(&boxed("one", ""));
    repo.write("provisor.yaml", &format!("{SETTINGS}variables:\n  pw: {{sensitive: true}}\n"));
    repo.secrets("# the secrets\npw: [hunter2]\n");
    let done =
        tells(&repo, "plan --secret-file secrets.yaml", 1, &["the variable `pw` must be a text, not a list"]);
    assert!(done.err.contains("--> secrets.yaml:2:5") && !done.err.contains("hunter2"), "{}", done.err);
}

/// Of several that are wrong, none hides another.
#[test]
fn all_of_several_are_told() {
    let repo = Repo::new(&boxed("one", ""));
    let nobody = "no declaration that is selected runs";
    let (net, nat) = (format!("{nobody} `net`"), format!("{nobody} `nat`"));
    tells(&repo, "plan --what-if net=v9 --what-if nat=v1", 1, &[&net, &nat]);
    tells(&repo, "plan --what-if box=v9 --what-if nat=v1", 1, &[&nat, "`box` has no active version `v9`"]);
    tells(
        &repo,
        "plan --what-if box --what-if nat",
        64,
        &["`--what-if box`: write", "`--what-if nat`: write"],
    );
    let write = |name: &str| format!("`--write {name}`: write");
    tells(&repo, "plan --write foo=a --write bar=b", 64, &[&write("foo=a"), &write("bar=b")]);
    repo.faults(&["{call: ProvisonProduct, outcome: throttle, rate: 2, times: 0, product: bax}"]);
    let all = ["there is no operation `ProvisonProduct`", "`rate` is within", "0 times is never"];
    tells(&repo, "plan", 1, &[&all[..], &["there is no product `bax`"]].concat());
    repo.faults(&["{call: ProvisonProduct, rate: 2}"]);
    tells(&repo, "plan", 1, &["`outcome` is missing", all[0], all[1]]);
    repo.faults(&[]);
    let there = "provisioned_products:\n  - {name: a, product: box, version: v9, portfolio: plat, parameters: {Name: x, Mode: slo, Mdoe: x}}\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + there));
    let all =
        ["there is no portfolio `plat`", "`box` has no version `v9`", "Parameter 'Mode' must be one of"];
    tells(&repo, "plan", 1, &[&all[..], &["`box` v2 has no parameter `Mdoe`"]].concat());
}

/// What the service refuses of a template is refused, with what helps.
#[test]
fn a_template_that_the_service_refuses() {
    for (from, to, wrong, hint) in [
        ("NoEcho: true", "NoEcho: yess", "Every NoEcho member must be a boolean", "write `NoEcho: true`"),
        ("MinLength: 8", "MinLength: 8, MaxLength: 2", "MinLength must not be greater", "no value is within"),
        (
            "Label: {Type: String, Default: none",
            "Label: {Type: Number, MinValue: 2, MaxValue: 1",
            "MinValue must not be greater",
            "no value is within both",
        ),
        (
            "Default: none",
            "Default: none, AllowedValues: none",
            "Every AllowedValues member must be a list",
            "write `[none]`",
        ),
        (
            "AWS::SecretsManager::Secret",
            "AWS::SecretsManager:Secret",
            "Unrecognized resource types: [AWS::SecretsManager:Secret]",
            "did you mean `AWS::SecretsManager::Secret`?",
        ),
        ("AWS::SecretsManager::Secret", "Foo", "Unrecognized resource types: [Foo]", "a type is written as"),
        ("Label: {Type", "Label: {Typ", "Invalid template parameter property 'Typ'", "did you mean `Type`?"),
        (
            "Label: {Type: String",
            "Label: {Type: Strng",
            "Unrecognized parameter type: Strng",
            "did you mean `String`?",
        ),
    ] {
        let repo = Repo::new(&boxed("one", ""));
        repo.edit("vault.yaml", from, to);
        let done = repo.sh("plan").exits(1).tells(&[
            wrong,
            &format!("= hint: {hint}"),
            "it is used at sandbox.yaml:12:",
            "1 error in 1 file",
        ]);
        assert!(done.err.contains("--> vault.yaml:"), "{}", done.err);
    }
    let repo = Repo::new(&boxed("one", ""));
    repo.edit(
        "vault.yaml",
        "NoEcho: true, MinLength: 8",
        "NoEcho: yess, MinLength: 8, MaxLength: 2, AllowedValues: a",
    );
    repo.sh("plan").exits(1).tells(&[
        "NoEcho member",
        "MinLength must not",
        "AllowedValues member",
        "3 errors in 1 file",
    ]);
}

/// An entry that is none hides nothing of the other entries of a template.
#[test]
fn an_entry_of_a_template_hides_no_other() {
    let repo = Repo::new(&boxed("one", ""));
    repo.edit(
        "box-v1.yaml",
        "Arn: {Value: !Ref Topic}",
        "Arn: {Vlaue: !Ref Topic}\n  Brn: {Value: !Ref Topc}",
    );
    repo.sh("plan").exits(1).tells(&[
        "Every Outputs member must contain a Value object",
        "= hint: did you mean `Value`?",
        "Unresolved resource dependencies [Topc]",
        "= hint: did you mean `Topic`?",
        "2 errors in 1 file",
    ]);
    // what a parameter that is none is called is known
    let repo = Repo::new(&boxed("one", ""));
    repo.edit("box-v1.yaml", "Name: {Type: String", "Name: {Type: Strng");
    repo.sh("plan").exits(1).tells(&["Unrecognized parameter type: Strng", "1 error in 1 file"]);
}

#[test]
fn files_that_are_not_there_are_told_with_those_that_are() {
    let repo = Repo::new(&boxed("one", ""));
    repo.write("locs.yaml", "demo: {sandbox: sandbox.yaml}\n");
    repo.write("given/values.yaml", "a: b\n");
    repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\nlocations: loc.yaml\n");
    tells(&repo, "plan", 1, &["cannot read `loc.yaml`"]).tells(&["= hint: did you mean `locs.yaml`?"]);
    repo.write("provisor.yaml", SETTINGS);
    for flag in ["--var-file", "--secret-file"] {
        tells(&repo, &format!("plan {flag} given/vlues.yaml"), 1, &["cannot read `given/vlues.yaml`"])
            .tells(&["= hint: did you mean `given/values.yaml`?"]);
    }
    // what lies elsewhere is nobody's business
    let outside = repo.path().parent().unwrap().join(format!("provisor-near-{}.yaml", std::process::id()));
    std::fs::write(&outside, "a: b\n").unwrap();
    let near = outside.display().to_string().replace("provisor-near", "provisor-naer");
    let done = tells(&repo, &format!("plan --var-file {near}"), 1, &["cannot read"]);
    assert!(!done.err.contains("did you mean"), "{}", done.err);
    std::fs::remove_file(outside).unwrap();
}

/// Which variables are sensitive is known, whatever else is wrong with them; of one that cannot be read it is not.
#[test]
fn a_secret_in_a_tag_is_told_beside_mistakes_of_variables() {
    let secret = "the tag `a` cannot hold the sensitive variable `pw`";
    let repo = Repo::new(&boxed("one", ", tags: {a: '${var.pw}'}"));
    let write = |variables: &str| {
        repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{{variables}}}\n"));
    };
    for (more, wrong) in [
        ("size: {type: number, default: three}", "the variable `size` must be a number"),
        ("size: {typ: number}", "unknown key `typ`"),
    ] {
        write(&format!("pw: {{sensitive: true}}, {more}"));
        tells(&repo, "plan", 1, &[secret, wrong]);
    }
    write("pw: {sensitive: true}");
    tells(&repo, "plan --var nope=1", 1, &[secret, "there is no variable `nope`"]);
    write("pw: [a]");
    tells(&repo, "plan", 1, &["`pw` must be a map"]);
}
