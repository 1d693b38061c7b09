//! Values on their way to the catalog: texts as written, lists, JSON, references.

use provisor::declare::{self, Desired};
use provisor::model::ids::Address;
use provisor::model::template::{Attribute, Piece, Reference, Template};

use super::{check, declaration, desired, findings, platform, product, source};

/// The text of parameter `P`, declared as `P: <yaml>`; `None` for keep.
#[track_caller]
fn parameter(yaml: &str) -> Option<String> {
    let product = product(&declaration(&format!("    parameters:\n      P: {yaml}\n")), "app", "hub");
    product.parameters["P"].value.as_ref().map(written)
}

/// A template as text, references in angle brackets.
fn written(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Reference(Reference { of, what }) => format!("<{of}.{what}>"),
        Piece::InJson(Reference { of, what }) => format!("<<{of}.{what}>>"),
    };
    template.pieces().iter().map(piece).collect()
}

#[test]
fn scalars_are_the_text_that_was_written() {
    for text in [
        "012345678901",
        "1.10",
        "yes",
        "no",
        "on",
        "NO",
        "0x1F",
        "0o14",
        "12345678901234567890123",
        "2026-11-22",
        "1e3",
        "+1",
        "-0",
        ".inf",
        ".nan",
        "1_000",
        "12:30:45",
        "true",
        "True",
        "a b  c",
        "x: y".trim_end_matches(": y"),
        "3.0",
        "2026-11-22T10:00:00Z",
        "arn:aws:s3:::bucket/*",
        "10.0.0.0/16",
        "-1",
        "=",
        "a#b",
    ] {
        assert_eq!(parameter(text).as_deref(), Some(text), "{text}");
    }
    assert_eq!(parameter("\"quoted \\u00e9\\n\""), Some("quoted é\n".to_owned()));
    assert_eq!(parameter("'it''s'"), Some("it's".to_owned()));
    assert_eq!(
        parameter("|\n        one\n          two\n\n        three\n"),
        Some("one\n  two\n\nthree\n".to_owned())
    );
    assert_eq!(parameter("|-\n        one\n        two\n"), Some("one\ntwo".to_owned()));
    assert_eq!(parameter(">\n        one\n        two\n"), Some("one two\n".to_owned()));
    assert_eq!(parameter("one\n        two"), Some("one two".to_owned()));
}

#[test]
fn null_keeps_and_empty_is_empty() {
    for text in ["null", "~", "", "Null", "# nothing"] {
        assert_eq!(parameter(text), None, "{text:?}");
    }
    assert_eq!(parameter("\"\""), Some(String::new()));
    assert_eq!(parameter("''"), Some(String::new()));
    assert_eq!(parameter("\"null\""), Some("null".to_owned()));
    assert_eq!(parameter("\"~\""), Some("~".to_owned()));
}

#[test]
fn all_wrong_references_of_a_value_are_told() {
    let nope = "unknown-reference: there is no declaration `nope`";
    let foo = "bad-reference: a location has no `foo`";
    let x = "unknown-variable: there is no variable `x`";
    let text = "${var.x}-${nope.outputs.Z}-${location.foo}-${var.team}-${nope.id";
    let open = "bad-reference: this `${` has no `}`";
    let all = |at: [&str; 4]| -> Vec<String> {
        at.iter().zip([x, nope, foo, open]).map(|(at, what)| format!("{at} {what}")).collect()
    };
    #[track_caller]
    fn told(body: &str, expected: &[String]) {
        check(&declaration(body), &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let value = |value: &str| format!("    parameters:\n      P: {value}\n");
    told(&value(&format!("\"{text}\"")), &all(["7:11", "7:20", "7:38", "7:66"]));
    told(&value(&format!("|-\n        a\n        {text}")), &all(["9:9", "9:18", "9:36", "9:64"]));
    told(&value(&format!("{{a: \"{text}\"}}")), &all(["7:15", "7:24", "7:42", "7:70"]));
    told(&value("[\"${var.x}\", a, \"${location.foo}\"]"), &[format!("7:12 {x}"), format!("7:27 {foo}")]);
    told(&format!("    tags: {{T: \"{text}\"}}\n"), &all(["6:16", "6:25", "6:43", "6:71"]));
    told("    path_name: \"${var.x}${location.foo}\"\n", &[format!("6:17 {x}"), format!("6:25 {foo}")]);
}

#[test]
fn lists_are_joined_and_maps_are_json() {
    for (yaml, text) in [
        ("[eu-west-1a, eu-west-1b]", "eu-west-1a,eu-west-1b"),
        ("[012, 1.10, yes, \"\"]", "012,1.10,yes,"),
        ("[]", ""),
        ("[\"${var.team}\", x]", "core,x"),
        ("{}", "{}"),
        (
            "{b: 1, a: [x, ~, true, 'true', 1.10, 012345678901, 0x1F, -3e7, \"\"]}",
            r#"{"a":["x",null,true,"true",1.10,"012345678901","0x1F",-3e7,""],"b":1}"#,
        ),
        ("[{a: 1}, 2]", r#"[{"a":1},2]"#),
        ("[[a], [b]]", r#"[["a"],["b"]]"#),
        ("{Version: \"2012-10-17\", Statement: []}", r#"{"Statement":[],"Version":"2012-10-17"}"#),
        ("{n: 12345678901234567890123}", r#"{"n":12345678901234567890123}"#),
        ("{q: \"${var.quoted} \\\\ \\n\"}", r#"{"q":"say \"hi\" \\ \n"}"#),
        (
            "{a: \"${app2.outputs.Arn}\", \"${x\": No}",
            r#"{"${x":"No","a":"<<app2@hub/eu-west-1.outputs.Arn>>"}"#,
        ),
        (
            "{a: False, b: +1, c: 1., d: .5, e: 2026-11-22}",
            r#"{"a":false,"b":"+1","c":"1.","d":".5","e":"2026-11-22"}"#,
        ),
    ] {
        let text_with_app2 = format!(
            "{}  app2: {{product_name: s, provisioning_artifact: active, location: hub}}\n",
            declaration(&format!("    parameters:\n      P: {yaml}\n"))
        );
        let product = product(&text_with_app2, "app", "hub");
        assert_eq!(product.parameters["P"].value.as_ref().map(written).as_deref(), Some(text), "{yaml}");
    }
    check(
        &declaration("    parameters:\n      P: [a, ~]\n"),
        &["7:14 bad-value: an item of a list cannot be `null`"],
    );
    let comma = "bad-value: an item of a list cannot hold a comma: lists are sent with commas between items";
    let list = |yaml: &str| declaration(&format!("    parameters:\n      P: {yaml}\n"));
    check(&list("['a,b', c, \"${var.team},x\"]"), &[&format!("7:11 {comma}"), &format!("7:21 {comma}")]);
    check(&list("\n        - a, b\n        - c"), &[&format!("8:11 {comma}")]);
    assert_eq!(parameter("'a,b'"), Some("a,b".to_owned()), "a text is what is written");
    assert_eq!(parameter("[['a,b'], c]"), Some("[[\"a,b\"],\"c\"]".to_owned()), "and JSON has its quotes");
}

#[test]
fn holes_are_filled_with_what_is_known() {
    for (yaml, text) in [
        ("${var.team}", "core"),
        ("\"${ var.team }-${key}\"", "core-app"),
        (
            "${location.name} ${location.account} ${location.account_id} ${location.region}",
            "hub hub 111122223333 eu-west-1",
        ),
        ("$${aws:username}", "${aws:username}"),
        ("a$b", "a$b"),
        ("$$${key}", "$${key}"),
        ("$${x}${key}$${y}", "${x}app${y}"),
    ] {
        assert_eq!(parameter(yaml).as_deref(), Some(text), "{yaml}");
    }
    let product =
        product(&declaration("    parameters: {S: \"x${var.secret}\", T: \"${var.team}\"}\n"), "app", "hub");
    assert!(product.parameters["S"].sensitive && !product.parameters["T"].sensitive);
    assert_eq!(product.parameters["S"].value.as_ref().and_then(Template::as_text), Some("xhunter2"));
}

/// `vpc` everywhere in pay-dev, `tgw` on the hub, `twice` on two places that differ in both halves.
const NETWORK: &str = "
defaults: {product_name: s, provisioning_artifact: active}
provisioned_products:
  vpc: {locations: [pay-dev]}
  tgw: {location: hub}
  split: {locations: [hub, pay-dev/us-east-1]}
";

fn network(more: &str) -> Desired {
    desired(&format!("{NETWORK}{more}"))
}

#[test]
fn references_find_the_instance_that_is_meant() {
    let desired = network(
        "  app:
    locations: [pay-dev]
    depends_on: [split@pay-dev, tgw]
    parameters:
      Same: ${vpc.outputs.VpcId}
      Only: ${tgw.id}
      Named: ${tgw@hub.arn}
      Item: ${vpc.outputs.Subnets[2]}
      Full: ${vpc@pay-dev/us-east-1.id}
      MyRegion: ${vpc@pay-dev.id}
      OnlyOne: ${split@hub.id}
    tags: {vpc: \"${vpc.id}\"}
",
    );
    let app = &desired.products[&Address::new("app", "pay-dev/eu-west-1")];
    let shown: Vec<String> = app
        .parameters
        .iter()
        .map(|(key, p)| format!("{key}={}", p.value.as_ref().map(written).unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            "Full=<vpc@pay-dev/us-east-1.id>",
            "Item=<vpc@pay-dev/eu-west-1.outputs.Subnets[2]>",
            "MyRegion=<vpc@pay-dev/eu-west-1.id>",
            "Named=<tgw@hub/eu-west-1.arn>",
            "Only=<tgw@hub/eu-west-1.id>",
            "OnlyOne=<split@hub/eu-west-1.id>",
            "Same=<vpc@pay-dev/eu-west-1.outputs.VpcId>",
        ]
    );
    let needs: Vec<String> = app.depends_on.keys().map(ToString::to_string).collect();
    assert_eq!(needs, ["split@pay-dev/us-east-1", "tgw@hub/eu-west-1"]);
    assert_eq!(app.needs().len(), 5);
    let item =
        app.parameters["Item"].value.as_ref().and_then(|v| v.references().next()).map(|r| r.what.clone());
    assert_eq!(item, Some(Attribute::Output { key: "Subnets".to_owned(), index: Some(2) }));
}

#[test]
fn references_across_files() {
    let sources = [
        source(
            "a.yaml",
            "provisioned_products:\n  app: {product_name: s, provisioning_artifact: active, location: hub, tags: {n: \"${net.id}\"}}\n",
        ),
        source(
            "b.yaml",
            "provisioned_products:\n  net: {product_name: s, provisioning_artifact: active, location: hub}\n",
        ),
    ];
    let reading = declare::read(&sources, &platform()).expect("two files");
    assert_eq!(
        written(&reading.desired.products[&Address::new("app", "hub/eu-west-1")].tags["n"]),
        "<net@hub/eu-west-1.id>"
    );
}

/// A line of a declaration, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    ("parameters: {A: \"x ${netwrk.id}\"}", "9:24 unknown-reference: there is no declaration `netwrk`"),
    (
        "parameters: {A: \"x ${tgv.id}\"}",
        "9:24 unknown-reference: there is no declaration `tgv`; did you mean `tgw`?",
    ),
    (
        "parameters: {A: \"${key} ${tgv.id}\"}",
        "9:29 unknown-reference: there is no declaration `tgv`; did you mean `tgw`?",
    ),
    ("parameters: {A: [x, '${tgv.id}']}", "9:26 unknown-reference: there is no declaration `tgv`"),
    ("parameters: {A: {b: ['${tgv.id}']}}", "9:27 unknown-reference: there is no declaration `tgv`"),
    (
        "parameters: {A: \"${vpc.id}\"}",
        "9:22 ambiguous: `vpc` stands on several locations, and none of them is `hub/eu-west-1`; say which one, such as `vpc@pay-dev/eu-west-1`",
    ),
    ("parameters: {A: \"${tgw@pay-dev.id}\"}", "9:22 not-there: `tgw` does not stand on `pay-dev`"),
    (
        "parameters: {A: \"${tgw@hup.id}\"}",
        "9:22 unknown-location: there is no location `hup`; did you mean `hub`?",
    ),
    (
        "parameters: {A: \"${vpc@*.id}\"}",
        "9:22 not-yet: references that gather several locations (`@*`) are not supported yet by this version; refer to each by itself, such as `vpc@dev`",
    ),
    (
        "parameters: {A: \"${external.dns.outputs.X}\"}",
        "9:22 unknown-reference: there is no external product `dns`; declare it under `external:`",
    ),
    ("parameters: {A: \"${tgw.outputs}\"}", "9:22 bad-reference: `${tgw.outputs}` is not a reference"),
    (
        "parameters: {A: \"${tgw.outputs.X[y]}\"}",
        "9:22 bad-reference: `${tgw.outputs.X[y]}` is not a reference",
    ),
    ("parameters: {A: \"${tgw}\"}", "9:22 bad-reference: `${tgw}` is not a reference"),
    ("parameters: {A: \"${}\"}", "9:22 bad-reference: `${}` refers to nothing"),
    ("parameters: {A: \"${a${b}\"}", "9:22 bad-reference: references do not nest"),
    ("parameters: {A: \"x ${tgw.id\"}", "9:24 bad-reference: this `${` has no `}`"),
    ("parameters: {A: \"${location.zone}\"}", "9:22 bad-reference: a location has no `zone`"),
    ("parameters: {A: \"${aws:username}\"}", "9:22 bad-reference: `${aws:username}` is not a reference"),
    (
        "parameters: {A: \"${var.tem}\"}",
        "9:22 unknown-variable: there is no variable `tem`; did you mean `team`?",
    ),
    (
        "parameters: {A: \"${var.unset}\"}",
        "9:22 no-value: the variable `unset` has no value; give it by `--var unset=…`, a `--var-file`, `PROVISOR_VAR_unset`, a default, or at the location",
    ),
    (
        "provisioned_product_name: a-${tgw.id}",
        "9:31 not-known: `provisioned_product_name` cannot refer to another product: it must be known at plan",
    ),
    (
        "provisioned_product_name: \"${var.secret}\"",
        "9:32 sensitive: `provisioned_product_name` cannot hold the sensitive variable `secret`; only parameters may hold it",
    ),
    (
        "tags: {a: \"${var.secret}\"}",
        "9:16 sensitive: the tag `a` cannot hold the sensitive variable `secret`",
    ),
    (
        "notification_arns: [\"${var.secret}\"]",
        "9:26 sensitive: `notification_arns` cannot hold the sensitive variable `secret`",
    ),
    ("depends_on: [tgv]", "9:18 unknown-reference: there is no declaration `tgv`; did you mean `tgw`?"),
    (
        "depends_on: [vpc]",
        "9:18 ambiguous: `vpc` stands on several locations, and none of them is `hub/eu-west-1`",
    ),
    ("depends_on: [a.b]", "9:18 bad-reference: `a.b` is not the address of a declaration"),
    ("depends_on: [app]", "9:18 cycle: `app` refers to itself"),
    ("parameters: {A: \"${app.id}\"}", "9:22 cycle: `app` refers to itself"),
];

#[test]
fn wrong_references_point_at_the_hole() {
    let app = |line: &str| format!("{NETWORK}  app:\n    location: hub\n    {line}\n");
    for &(line, expected) in WRONG {
        let found = super::findings(&app(line));
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{line}\nfound {found:?}\nexpected {expected}"
        );
        assert!(!found[0].contains("hunter2"));
    }
}

#[test]
fn circles_are_shown_whole() {
    let text = "defaults: {product_name: s, provisioning_artifact: active, location: hub}
provisioned_products:
  a: {parameters: {X: \"${b.id}\"}}
  b: {depends_on: [c]}
  c:
    tags:
      n: ${a.id}
  d: {depends_on: [a]}
  e: {depends_on: [f]}
  f: {depends_on: [e]}
";
    check(
        text,
        &[
            "3:24 cycle: dependency cycle: these need each other: `a` -> `b` -> `c` -> `a` [4:20] [7:10]",
            "9:20 cycle: dependency cycle: these need each other: `e` -> `f` -> `e` [10:20]",
        ],
    );
}

#[test]
fn an_edge_stands_at_its_own_item_whatever_stands_before_it() {
    for (items, others) in [
        ("[app]", &[][..]),
        ("[5, app]", &["6:18 bad-reference: `5` is not the address of a declaration"][..]),
        ("[\"${var.x}\", app]", &["6:19 unknown-variable: there is no variable `x`"][..]),
        ("[\"${var.team}\", app]", &["6:18 unknown-reference: there is no declaration `core`"][..]),
    ] {
        let column = 18 + items.find("app").unwrap() - 1;
        let own = format!("6:{column} cycle: `app` refers to itself");
        let expected: Vec<&str> = others.iter().copied().chain([own.as_str()]).collect();
        check(&declaration(&format!("    depends_on: {items}\n")), &expected);
    }
}

#[test]
fn long_chains_are_no_circles() {
    let chain: String = (0..5000)
        .map(|n| {
            format!(
                "  p{n}: {{depends_on: [{}]}}\n",
                if n == 0 { String::new() } else { format!("p{}", n - 1) }
            )
        })
        .collect();
    let text = format!(
        "defaults: {{product_name: s, provisioning_artifact: active, location: hub}}\nprovisioned_products:\n{chain}"
    );
    assert_eq!(desired(&text).products.len(), 5000);
}

#[test]
fn one_wrong_edge_is_one_circle() {
    // `d` closes two circles, through `b` and past it
    let yaml = "defaults: {product_name: s, provisioning_artifact: active, location: hub}
provisioned_products:
  b: {depends_on: [c]}
  c: {depends_on: [d]}
  d: {depends_on: [a]}
  a: {depends_on: [b, c]}
";
    let found = findings(yaml);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("dependency cycle"), "{found:?}");
    // two that share nothing are two
    let yaml = yaml.replace("[d]", "[b]").replace("[b, c]", "[d]");
    assert_eq!(findings(&yaml).len(), 2, "{:?}", findings(&yaml));
}
