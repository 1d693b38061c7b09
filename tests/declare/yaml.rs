//! What no YAML document may hold, with the place of each finding.

use provisor::declare;

use super::{check, desired, findings, platform, source};

#[test]
fn empty_files_declare_nothing() {
    for text in [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "--- # note\n...\n",
        "provisioned_products:\n",
        "provisioned_products: {}\n",
        "null\n",
    ] {
        assert!(desired(text).products.is_empty(), "{text:?}");
    }
}

#[test]
fn duplicate_keys_show_both() {
    check(
        "provisioned_products: {}\nprovisioned_products: {}\n",
        &["2:1 duplicate-key: the key `provisioned_products` stands here twice [1:1]"],
    );
    let many: String = (0..20).map(|n| format!("    k{n}: {n}\n")).collect();
    check(
        &format!("provisioned_products: {{}}\nx-notes:\n{many}    k3: again\n"),
        &["23:5 duplicate-key: the key `k3` stands here twice [6:5]"],
    );
    let body = "provisioned_products:\n  app:\n    product_name: s\n    provisioning_artifact: active\n    location: hub\n    tags: {a: b, \"a\": c}\n";
    check(body, &["6:18 duplicate-key: the key `a` stands here twice [6:12]"]);
}

#[test]
fn syntax_is_explained() {
    for (text, expected) in [
        ("a:\n\tb: c\n", "2:1 syntax: a tab cannot indent; indent with spaces"),
        ("a:\n  b: c\n \td: e\n", "3:2 syntax: a tab cannot indent; indent with spaces"),
        (
            "a:\u{a0}\n\u{a0}\u{a0}b: c\n",
            "1:3 syntax: the character U+00A0 (a no-break space) cannot stand here; write a space",
        ),
        ("a: b\n---\nc: d\n", "2:1 syntax: a file holds one YAML document, and a second one begins here"),
        ("a: 'x\nb: c\n", "1:4 syntax: this `'` is not closed"),
        ("a: b\nc: 'x\n\nd: e\n", "2:4 syntax: this `'` is not closed"),
        (
            "a: \"\\q\"\n",
            "1:4 syntax: not valid YAML: while parsing a quoted scalar, found unknown escape character",
        ),
        (
            "a: b\n c: d\n",
            "2:2 syntax: this line is indented by 1, and the key above it, indented by 0, has a value already",
        ),
        ("key:value\nb: c\n", "1:4 syntax: a space is missing behind this `:`"),
        ("x: y\nkey:value\n", "2:4 syntax: a space is missing behind this `:`; write `key: value`"),
        ("a: @x\n", "1:4 syntax: a value cannot begin with `@`; put quotes around it"),
        ("a: *x\n", "1:4 syntax: this alias (`*…`) names no anchor of this file"),
        ("a: &a [*a]\n", "1:8 syntax: this alias stands inside its own anchor"),
        ("? [a]\n: b\n", "1:3 syntax: a key must be plain text"),
        ("a: [1, 2\nb: c\n", "1:4 syntax: this `[` is not closed"),
        ("a: [1, 2]]\nb: c\n", "1:10 syntax: this `]` closes nothing; take it out"),
        ("a: {b: c\n", "1:4 syntax: this `{` is not closed"),
        ("a:\n  b c\n  d: e\n", "2:3 syntax: this line has no `:`; write `b: c`"),
        ("a: b: c\n", "1:4 syntax: a text that holds `: ` needs quotes; write `\"b: c\"`"),
        ("a:\n    b: c\n  d: e\n", "3:3 syntax: this line is indented by 2, the one before it by 4"),
        ("a: *\n", "1:4 syntax: a value that begins with `*` is an alias in YAML; put quotes around it"),
        (
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            "2:1 syntax: a merge conflict stands here, unresolved",
        ),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n", "2:1 syntax: a mark of a merge conflict was left here; take it out"),
        ("a: 1\nb: 1\n>>>>>>> x\n", "3:1 syntax: a mark of a merge conflict was left here; take it out"),
        ("a: b\n  other\nc\n", "3:1 syntax: this line has no `:`"),
        ("a:\n  b: c\n  other\n", "3:3 syntax: this line has no `:`"),
        ("a:\n  b: c\n  other", "3:3 syntax: this line has no `:`"),
        (
            "a:\n  b: c\n  - d: e\n  f: g\n",
            "3:3 syntax: this line begins with `-`, and those before it are no items of a list",
        ),
        (
            "a:\n  b:\n    c:\n      d: e\n   f:\n    c: d\n",
            "5:4 syntax: this line is indented by 3, the keys that it stands among by 2",
        ),
        (
            "a:\n  b:\n    c:\n      d: e\n     f: g\n",
            "5:6 syntax: this line is indented by 5, the one before it by 6",
        ),
        ("- a\n", "1:1 wrong-type: the file must be a map, not a list"),
        ("text\n", "1:1 wrong-type: the file must be a map, not a text"),
    ] {
        check(text, &[expected]);
    }
}

#[test]
fn unquoted_references_inside_brackets_say_to_quote() {
    for text in [
        "a: {X: ${var.x}}\n",
        "a: [${var.x}]\n",
        "a: {X: 1, Y: ${var.x}, Z: 2}\n",
        "a: {b: ${network.outputs.VpcId}, c: d}\n",
        "a: [x, ${var.x}, y]\n",
        "a: {\n  X: ${var.x}\n}\n",
        "a: {X: \"${var.x}\", Y: ${var.y}}\n",
        "a: {X: a-${var.x}}\n",
    ] {
        let found = findings(text);
        assert!(
            found.len() == 1
                && found[0].ends_with("put quotes around a `${…}` that stands inside `{ }` or `[ ]`"),
            "{found:?}"
        );
    }
    check("a: {X: ${var.x}}\n", &["1:8 syntax: a `${…}` inside `{ }` or `[ ]` needs quotes"]);
}

#[test]
fn tags_and_merge_keys_are_refused() {
    check(
        "x-base: &base {a: 1}\nx-other:\n  <<: *base\n",
        &["3:3 merge-key: merge keys (`<<`) are not supported"],
    );
    for (tag, shown) in [("!Ref", "!"), ("!!str", "!!"), ("!!binary", "!!"), ("!!python/object:x", "!!")] {
        let text = format!("x-a: {tag} text\n");
        check(&text, &[&format!("1:6 tag: a YAML tag (`{shown}…`) is not supported here")]);
    }
    check("x-a: !map\n  a: b\n", &["1:6 tag: a YAML tag (`!…`) is not supported here"]);
}

#[test]
fn anchors_may_be_used_within_bounds() {
    let text = "x-common: &common {a: b}\nprovisioned_products:\n  app:\n    product_name: s\n    provisioning_artifact: active\n    location: hub\n    parameters: *common\n    tags: *common\n";
    let product = super::product(text, "app", "hub");
    assert_eq!(product.parameters["a"].value.as_ref().and_then(|v| v.as_text()), Some("b"));
    assert_eq!(product.tags["a"].as_text(), Some("b"));

    let bomb: String = (1..20)
        .map(|n| format!("x-{n}: &a{n} [*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0}]\n", n - 1))
        .collect();
    let found = findings(&format!("x-0: &a0 [1]\n{bomb}"));
    assert!(found.len() == 1 && found[0].contains("too-large: the aliases of this file"), "{found:?}");
    let anchor: String = (0..8000).map(|n| format!("i{n},")).collect();
    let quadratic = format!("x-a: &a [{anchor}]\nx-b: [{}]\n", "*a,".repeat(8000));
    assert!(findings(&quadratic)[0].contains("too-large"));
}

#[test]
fn depth_is_bounded() {
    let deep = format!("x-a: {}{}\n", "[".repeat(70), "]".repeat(70));
    check(&deep, &["1:69 too-deep: nested more than 64 levels deep"]);
    let nested: String = (1..40).map(|n| format!("x-{n}: &a{n} [[[[*a{}]]]]\n", n - 1)).collect();
    check(&format!("x-0: &a0 [1]\n{nested}"), &["17:16 too-deep: nested more than 64 levels deep"]);
    let found = findings(&"[".repeat(500_000));
    assert!(found.len() == 1, "{}", found.len());
    assert!(desired(&format!("x-a: {}{}\n", "[".repeat(60), "]".repeat(60))).products.is_empty());
}

#[test]
fn positions_count_characters_behind_any_line_ending() {
    check(
        "x-a: é\r\nx-b: [ü, 日本]\r\nwrong: ö\r\n",
        &["3:1 unknown-key: unknown key `wrong`; declarations stand under `provisioned_products:`"],
    );
    check(
        "provisioned_products:\n  \"日本\": {}\n",
        &[
            "2:3 bad-value: `日本` cannot be the key of a declaration; a letter first, then letters, digits, `_` and `-`",
            "2:3 missing: no `location` is given, and there are several",
            "2:3 missing: `日本` has no product",
            "2:3 missing: `日本` has no provisioning artifact",
        ],
    );
}

#[test]
fn json_is_yaml_too() {
    let text = "{\n\t\"provisioned_products\": {\n\t\t\"app\": {\"product_name\": \"s\", \"provisioning_artifact_name\": \"1\",\n\t\t\t\"location\": \"hub\", \"parameters\": {\"A\": 12345678901234567890123, \"B\": null}}\n\t}\n}\n";
    let product = super::product(text, "app", "hub");
    assert_eq!(
        product.parameters["A"].value.as_ref().and_then(|v| v.as_text()),
        Some("12345678901234567890123")
    );
    assert_eq!(product.parameters["B"].value, None);
}

#[test]
fn a_file_that_is_no_map_is_not_repeated() {
    // it may be anything: no excerpt, and no hint that says the line again
    for text in [
        "token:Hunter2\nHunter2: @\n",
        "Hunter2 x: y: z\n",
        "[Hunter2 a: b: c\n",
        "- Hunter2:x\n- a: b: Hunter2\n",
    ] {
        let file = source("products.yaml", text);
        let Err(found) = declare::read(std::slice::from_ref(&file), &platform()) else { panic!("{text}") };
        for one in found.0.iter().filter(|one| one.redacted) {
            assert!(!format!("{one:?}").contains("Hunter2"), "{text}: {one:?}");
        }
    }
}

#[test]
fn a_missing_comma_or_colon_is_told_where_it_is_missing() {
    let comma =
        |at: &str| vec![format!("{at} syntax: a `,` is missing before this; write a `,` between the two")];
    let colon =
        |at: &str| vec![format!("{at} syntax: a `:` is missing before this; write a `:` between the two")];
    let json = "{\"x-a\": {\"b\": \"c\"}\n \"x-b\": {\"c\": \"d\"}}\n";
    for (text, expected) in [
        (json, comma("2:2")),
        ("x-a: [\"dev\" \"prod\"]\n", comma("1:13")),
        ("x-a: {\"env\" \"prod\"}\n", colon("1:13")),
        ("x-a: {\"a\": 'sets' location: dev}\n", comma("1:19")),
        ("x-a: {a: {b: c} d: e}\n", comma("1:17")),
        ("x-a: [{a: b} {a: c}]\n", comma("1:14")),
        ("{\"x-a\": [1, 2]\n\n \"x-b\": 3}\n", comma("3:2")),
        ("{\"x-a\" [1, 2]}\n", colon("1:8")),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
    let open = |at: &str, sign: char, end: char| {
        vec![format!("{at} syntax: this `{sign}` is not closed; write a `{end}` where it ends")]
    };
    for (text, expected) in [
        ("x-a: {a: \"100\"\nx-b: c\n", open("1:6", '{', '}')),
        ("x-a:\n  b: [\"1\", \"2\"\n  c: d\n", open("2:6", '[', ']')),
        ("x-a: {a: b, c: [d]\nx-b: c\n", open("1:6", '{', '}')),
        ("x-a: {a: {b: \"c\"}\n\n# so\nx-b: {c: d}\n", open("1:6", '{', '}')),
        // what stands further in is another value of the same bracket
        ("x-a: {a: \"100\"\n  b: c}\n", comma("2:3")),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
    // what is no such slip is told as before
    for (text, expected) in [
        ("x-a: [a, b\nx-b: c\n", "this `[` is not closed"),
        ("x-a: {a: \"b}\n", "this `\"` is not closed"),
        ("x-a: [${x]\n", "put quotes around a `${…}`"),
        ("x-a: &p {a: b, c\n", "flow mapping"),
    ] {
        let found = findings(text);
        assert!(found.iter().any(|one| one.contains(expected)), "{text}: {found:?}");
    }
}

#[test]
fn a_wide_colon_and_a_pit_of_brackets_are_named() {
    let wide = |at: &str| {
        vec![format!("{at} syntax: this `：` (U+FF1A) is none of YAML's colons; write `: ` in its place")]
    };
    let head = "provisioned_products:\n  a:\n    provisioning_artifact_name: v1\n";
    assert_eq!(findings(&format!("{head}    product_name：vpc\n")), wide("4:17"));
    assert_eq!(findings(&format!("{head}    product_name： vpc\n    location: hub\n")), wide("4:17"));
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let pit = format!("x-a: {}{}\n", open.repeat(3000), close.repeat(3000));
        let found = findings(&pit);
        assert!(
            found.len() == 1 && found[0].contains("too-deep: nested more than 64 levels deep"),
            "{found:?}"
        );
    }
}

#[test]
fn a_dash_without_a_space_and_text_behind_a_quote_are_named() {
    let list = "provisioned_products:\n  a:\n    parameters:\n      Ports:\n        - 80\n        -443\n      Size: 1\n";
    assert_eq!(findings(list), ["6:9 syntax: a space is missing behind this `-`; write a space there"]);
    let behind =
        ["syntax: text stands behind a quoted text; put all of it within the quotes, or take it out"];
    for text in ["x-a: 'sets' v1\n", "x-a: \"sets\" v1\n"] {
        let found = findings(text);
        assert!(found.len() == 1 && found[0].ends_with(behind[0]), "{found:?}");
    }
}

#[test]
fn what_is_said_twice_makes_no_override_idle() {
    let head = "provisioned_products:\n  a:\n    product_name: vpc\n    provisioning_artifact_name: v1\n";
    let over = "    overrides: [{location: pay-dev/us-east-1, parameters: {A: b}}]\n";
    for said in
        ["    location: hub\n    locations: [hub, pay-dev/us-east-1]\n", "    locations: [hub, hub]\n"]
    {
        let found = findings(&format!("{head}{said}{over}"));
        assert!(found.len() == 1 && !found[0].contains("speaks of no"), "{found:?}");
    }
}

#[test]
fn words_of_terraform_at_the_head_are_told_once() {
    for (text, hint) in [
        ("removed: [{from: a, on_removal: forget}]\n", "did you mean `address`?"),
        (
            "imports: [{to: a, id: pp-aaaaaaaaaaaaa}]\nprovisioned_products: {a: {product_name: x, provisioning_artifact: active, location: hub}}\n",
            "did you mean `provisioned_product_id`?",
        ),
    ] {
        let found = findings(text);
        assert!(found.len() == 1 && found[0].contains(hint), "{found:?}");
    }
}

#[test]
fn references_of_others_are_not_answered_with_what_is_none() {
    for (inside, told) in [
        ("location", "of a location, `${location.name}`"),
        ("var", "a variable is `${var.NAME}`"),
        ("data.aws.x", "written out here, or is a variable"),
        ("each.value", "written out here, or is a variable"),
        ("var.env == 'prod' ? 1 : 2", "nothing is computed in a reference"),
        ("upper(var.env)", "nothing is computed in a reference"),
    ] {
        let head = "provisioned_products:\n  a: {product_name: vpc, provisioning_artifact_name: v1, location: hub, parameters: {A: ";
        let found = findings(&format!("{head}\"${{{inside}}}\"}}}}\n"));
        assert!(found.len() == 1 && found[0].contains(told), "{inside}: {found:?}");
    }
}
