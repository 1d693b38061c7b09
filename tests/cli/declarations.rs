//! Declarations that are wrong, and how it is said; values that must arrive as they were written.

use super::files::{Planted, link};
use super::support::{Repo, SETTINGS, boxed};

/// Each wrong file is refused by `plan` with a place, the line, a caret and the texts.
#[test]
fn errors_have_a_place_a_line_a_caret_and_a_suggestion() {
    let one = "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one}}\n";
    let rows: [(&str, &str, &str, &[&str]); 17] = [
        ("unknown key", "  one: {product_nam: box}\n", ":2:9", &["product_nam", "`product_name`"]),
        ("duplicate key", &format!("{one}{one}"), ":3:3", &["one"]),
        (
            "both of a pair",
            "  one: {product_name: box, product_id: prod-abcdefghijklm, provisioning_artifact_name: v1}\n",
            ":2:",
            &["product_id"],
        ),
        ("neither of a pair", "  one: {product_name: box}\n", ":2:", &["provisioning_artifact"]),
        ("tag", "  one: {product_name: !secret box, provisioning_artifact_name: v1}\n", ":2:", &["!secret"]),
        ("unknown parameter", &one.replace("Name: one", "Name: one, Nots: x"), ":2:", &["Nots", "`Note`"]),
        ("missing parameter", &one.replace("Name: one", "Note: one"), ":2:", &["Name"]),
        ("not allowed", &one.replace("Name: one", "Name: one, Mode: fats"), ":2:", &["fats", "fast"]),
        ("pattern", &one.replace("Name: one", "Name: \"a/b\""), ":2:", &["a/b"]),
        ("range", &one.replace("Name: one", "Name: one, Size: 0"), ":2:", &["Size"]),
        ("no number", &one.replace("Name: one", "Name: one, Size: big"), ":2:", &["Size", "big"]),
        (
            "unknown product",
            &one.replace("product_name: box", "product_name: boxx"),
            ":2:",
            &["boxx", "`box`"],
        ),
        ("unknown version", &one.replace("v1", "v11"), ":2:", &["v11", "v1"]),
        ("unknown address", &one.replace("Name: one", "Name: \"${two.outputs.Arn}\""), ":2:", &["two"]),
        (
            "unknown output",
            &format!(
                "{one}  two: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: \"${{one.outputs.Anr}}\"}}}}\n"
            ),
            ":3:",
            &["Anr", "`Arn`"],
        ),
        ("unknown variable", &one.replace("Name: one", "Name: \"${var.nope}\""), ":2:", &["nope"]),
        (
            "unquoted",
            "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: ${var.x}}}\n",
            ":2:",
            &["quot"],
        ),
    ];
    for (name, declarations, place, texts) in rows {
        let repo = Repo::new(declarations);
        let done = repo.sh("plan");
        assert_eq!(done.code, Some(1), "{name}\n{}{}", done.out, done.err);
        for text in texts.iter().chain(&[place, "products.yaml", "^"]) {
            assert!(done.err.contains(text), "{name}: lacks {text:?}\n{}", done.err);
        }
        assert!(done.out.is_empty(), "{name}: errors go to stderr\n{}", done.out);
    }
}

#[test]
fn all_errors_are_told_at_once() {
    let repo = Repo::new(
        "  one: {product_nam: box}\n  two: {product_name: box, provisioning_artifact_name: v1, depends_on: [thre]}\n  \
         three: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: \"${var.nope}\"}}\n",
    );
    let done = repo.sh("validate").exits(1);
    done.tells(&["products.yaml:2:", "products.yaml:3:", "products.yaml:4:", "thre", "`three`", "nope"]);
    let repo = Repo::new(&(boxed("one", "Mode: x") + &boxed("two", "Size: x") + &boxed("three", "Nope: x")));
    // without a world on disk there is no log
    repo.served(|_| ());
    repo.sh("plan").exits(1).tells(&["products.yaml:2:", "products.yaml:3:", "products.yaml:4:"]);
    assert_eq!(repo.called("DescribeProvisioningParameters"), 1, "one call per version");
}

#[test]
fn cycles_are_named() {
    let entry = |key: &str, of: &str| boxed(key, &format!("Note: \"${{{of}.outputs.Arn}}\""));
    let repo = Repo::new(&(entry("one", "two") + &entry("two", "three") + &entry("three", "one")));
    repo.sh("validate").exits(1).tells(&["`one` -> `two` -> `three` -> `one`", "products.yaml:"]);
    let repo = Repo::new(&entry("one", "one"));
    repo.sh("validate").exits(1).tells(&["products.yaml:2:"]);
}

#[test]
fn scalars_arrive_as_written() {
    let rows = [
        ("012345678901", "012345678901"),
        ("1.10", "1.10"),
        ("yes", "yes"),
        ("No", "No"),
        ("0x1F", "0x1F"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("1e3", "1e3"),
        ("+5", "+5"),
        (".5", ".5"),
        ("true", "true"),
        ("2026-01-02", "2026-01-02"),
        ("10:30", "10:30"),
        ("'quoted: text'", "quoted: text"),
        ("\"\"", ""),
        ("[a, 01, 1.10]", "a,01,1.10"),
        ("{b: 1.10, a: [01, x]}", r#"{"a":["01","x"],"b":"1.10"}"#),
        ("naïve ✓", "naïve ✓"),
        ("\"$${literal}\"", "${literal}"),
    ];
    let declarations: String = rows
        .iter()
        .enumerate()
        .map(|(n, (written, _))| boxed(&format!("n{n}"), &format!("Note: {written}")))
        .collect();
    let repo = Repo::new(&declarations);
    repo.apply().exits(0);
    repo.settled();
    for (n, (written, expected)) in rows.iter().enumerate() {
        let key = format!("n{n}");
        let sent = &repo.run(&["state", "show", &key, "--json"]).exits(0).json()["rows"][0]["applied"]["content"]
            ["parameters"]["Note"];
        let echoed = repo.run(&["output", &key, "Note", "--raw"]).exits(0).out;
        if expected.starts_with('{') {
            // whether scalars inside JSON keep quotes is not promised; that digits survive is
            assert!(echoed.contains("1.10") && echoed.contains("01"), "{written}: {echoed}");
            continue;
        }
        assert_eq!(sent, expected, "{written}");
        assert_eq!(echoed, *expected, "{written}");
    }
}

#[test]
fn numbers_of_any_length_reach_a_number_parameter() {
    let repo = Repo::new(&boxed("one", "Size: 12345678901234567890123"));
    repo.apply().exits(0);
    repo.sh("output one Size --raw").exits(0).says(&["12345678901234567890123"]);
    repo.settled();
}

#[test]
fn variables_come_from_all_their_sources_later_wins() {
    let repo = Repo::new(&boxed("one", "Note: \"${var.note}\""));
    repo.write(
        "provisor.yaml",
        &format!(
            "{SETTINGS}variables: {{note: {{type: string, default: d, allowed: [d, e, f, g, h, i]}}}}\n"
        ),
    );
    repo.write("f.yaml", "note: f\n");
    repo.write("g.yaml", "note: g\n");
    for (line, expected) in [
        ("plan", "\"d\""),
        ("plan --var-file f.yaml", "\"f\""),
        ("plan --var-file f.yaml --var-file g.yaml", "\"g\""),
        ("plan --var note=h --var-file f.yaml", "\"h\""),
        ("plan --var note=h --var note=i", "\"i\""),
    ] {
        repo.sh(line).exits(0).says(&[&format!("+ Note = {expected}")]);
    }
    let from_environment = repo.command(&["plan"]).env("PROVISOR_VAR_note", "e").output().unwrap();
    assert!(String::from_utf8_lossy(&from_environment.stdout).contains("= \"e\""));
    repo.sh("plan --var note=zzz").exits(1).tells(&["zzz"]);
    repo.sh("plan --var nota=d").exits(1).tells(&["nota", "`note`"]);
    repo.sh("plan --var-file absent.yaml").exits(1).tells(&["absent.yaml"]);
}

#[test]
fn odd_repos_are_told_what_is_wrong() {
    let rows: [(&str, &str, &str, i32); 9] = [
        ("empty products", "products.yaml", "", 0),
        ("only a comment", "products.yaml", "# nothing yet\n", 0),
        ("no entries", "products.yaml", "provisioned_products:\n", 0),
        ("a list", "products.yaml", "- one\n", 1),
        ("a scalar", "products.yaml", "hello\n", 1),
        ("empty settings", "provisor.yaml", "", 1),
        ("settings with declarations", "provisor.yaml", "project: x\nprovisioned_products: {}\n", 1),
        ("wrong project", "provisor.yaml", "project: Über\nlocations: {demo: {sandbox: sandbox.yaml}}\n", 1),
        (
            "newer format",
            "provisor.yaml",
            "format: 2\nproject: x\nlocations: {demo: {sandbox: sandbox.yaml}}\n",
            1,
        ),
    ];
    for (name, file, text, code) in rows {
        let repo = Repo::boxes(&["one"]);
        repo.write(file, text);
        let done = repo.sh("plan");
        assert_eq!(done.code, Some(code), "{name}\n{}{}", done.out, done.err);
        if code != 0 {
            assert!(
                done.err.contains(&format!("{file}:")) || done.err.contains(file),
                "{name}\n{}",
                done.err
            );
        }
    }
}

#[test]
fn a_linked_folder_is_neither_followed_nor_ignored() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/one.yaml", &repo.read("products.yaml"));
    std::os::unix::fs::symlink(".", repo.path().join("products/again")).unwrap();
    repo.sh("plan").exits(1).tells(&["products/again", "symbolic link", "hint:"]);
    std::fs::remove_file(repo.path().join("products/again")).unwrap();
    repo.sh("plan").exits(0);
}

#[test]
fn an_output_inside_a_json_value_is_escaped() {
    let repo = Repo::new(
        &(boxed("one", "Note: 'say \"hi\" \\ bye'")
            + &boxed("two", "Note: {k: \"${one.outputs.Note}!\", l: [{m: 1}]}")),
    );
    repo.apply().exits(0);
    let note: serde_json::Value =
        serde_json::from_str(&repo.sh("output two Note --raw").exits(0).out).unwrap();
    assert_eq!(note, serde_json::json!({"k": "say \"hi\" \\ bye!", "l": [{"m": 1}]}));
    repo.settled();
}

/// What was declared behind a link that leads nowhere any more would count as removed.
#[test]
fn a_link_in_a_folder_of_declarations_leads_to_a_file_or_is_an_error() {
    let planted = Planted::new();
    planted.repo.edit("provisor.yaml", "[products.yaml]", "[p]");
    planted.repo.write("p/products.yaml", &planted.repo.read("products.yaml"));
    planted.repo.sh("validate").exits(0);
    link(&planted.repo, "p/out", planted.outside.path());
    for line in ["validate", "plan"] {
        planted.refused(line).exits(1).tells(&["cannot read `p/out`: a symbolic link leads out", "--root"]);
    }
    link(&planted.repo, "p/out", "gone");
    planted.refused("plan").exits(1).tells(&["`p/out` is a symbolic link to nothing", "take it away"]);
    link(&planted.repo, "p/out", "out");
    planted.refused("plan").exits(1).tells(&["round in a circle"]);
    link(&planted.repo, "p/out", "../state.d");
    std::fs::create_dir(planted.repo.path().join("state.d")).unwrap();
    planted.refused("plan").exits(1).tells(&["`p/out` is a symbolic link to a folder"]);
    std::fs::remove_file(planted.repo.path().join("p/out")).unwrap();
    planted.repo.sh("plan").exits(0);
}
