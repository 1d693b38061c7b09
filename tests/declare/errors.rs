//! Wrong declarations: what is said, and where.

use provisor::declare;

use super::{check, declaration, findings, platform, same, shown, source};

/// The findings of one more line in a declaration that is right; it stands on line 6, indented by four.
#[track_caller]
fn line(line: &str, expected: &[&str]) {
    check(&declaration(&format!("    {line}\n")), expected);
}

#[test]
fn unknown_keys_are_found_at_all_levels_at_once() {
    let text = "paramters: {a: b}
defaults: {tgas: {}}
provisioned_products:
  network:
    product_name: vpc
    paramters: {a: b}
    tags: [a]
    lifecycle: {prevent_terminate: yes, on_removl: x}
    provisioning_preferences: {stack_set_region: [a], stack_set_failure_tolerance_count: 10%}
    overrides:
      - {location: hub, tag: {}}
    x-fine: 1
  other: {depends_on: network, notification_arns: 3, product_name: [x], accept_language: {}}
  third: text
";
    check(
        text,
        &[
            "1:1 unknown-key: unknown key `paramters`; declarations stand under `provisioned_products:`",
            "2:12 unknown-key: unknown key `tgas` in `defaults`; did you mean `tags`?",
            "4:3 missing: no `location` is given, and there are several",
            "4:3 missing: `network` has no provisioning artifact",
            "6:5 unknown-key: unknown key `paramters` in `network`; did you mean `parameters`?",
            "7:11 wrong-type: `tags` must be a map, not a list",
            "8:36 wrong-type: `prevent_terminate` must be `true` or `false`, not `yes`",
            "8:41 unknown-key: unknown key `on_removl` in `lifecycle`; did you mean `on_removal`?",
            "9:32 unknown-key: unknown key `stack_set_region` in `provisioning_preferences`; did you mean `stack_set_regions`?",
            "9:90 wrong-type: `stack_set_failure_tolerance_count` must be a whole number from 0, not `10%`",
            "11:25 unknown-key: unknown key `tag` in item 1 of `overrides`; did you mean `tags`?",
            "13:3 missing: no `location` is given, and there are several",
            "13:3 missing: `other` has no provisioning artifact",
            "13:23 wrong-type: `depends_on` must be a list, not `network`; write `[network]`",
            "13:51 wrong-type: `notification_arns` must be a list, not `3`; such as `arn:aws:sns:eu-west-1:111122223333:events`",
            "13:68 wrong-type: `product_name` must be a text, not a list",
            "13:90 wrong-type: `accept_language` must be a text, not a map",
            "14:10 wrong-type: `third` must be a map, not `text`",
        ],
    );
}

#[test]
fn name_or_id_and_count_or_percentage() {
    let head = "provisioned_products:\n  a:\n    location: hub\n    ";
    let one = |line: &str| findings(&format!("{head}{line}\n"));
    same(&one("product_name: x"), &["2:3 missing: `a` has no provisioning artifact"]);
    same(
        &one("provisioning_artifact: active"),
        &["2:3 missing: `a` has no product; write `product_name` or `product_id`"],
    );
    line(
        "product_id: prod-abc",
        &["6:5 both-given: `product_name` and `product_id` are both given, and only one may be [3:5]"],
    );
    line(
        "provisioning_artifact_id: pa-abc",
        &[
            "6:5 both-given: `provisioning_artifact_name` and `provisioning_artifact_id` are both given, and only one may be [4:5]",
        ],
    );
    line(
        "provisioning_artifact: active",
        &[
            "6:5 both-given: `provisioning_artifact_name` and `provisioning_artifact` are both given, and only one may be [4:5]",
        ],
    );
    line(
        "locations: [hub]",
        &["6:5 both-given: `location` and `locations` are both given, and only one may be [5:5]"],
    );
    line(
        "path_name: a\n    path_id: lpv2-b",
        &["7:5 both-given: `path_name` and `path_id` are both given, and only one may be [6:5]"],
    );
    let preferences = |text: &str| format!("provisioning_preferences: {{{text}}}");
    line(
        &preferences("stack_set_failure_tolerance_count: 1, stack_set_failure_tolerance_percentage: 2"),
        &[
            "6:70 both-given: `stack_set_failure_tolerance_count` and `stack_set_failure_tolerance_percentage` are both given, and only one may be [6:32]",
        ],
    );
    line(
        &preferences("stack_set_max_concurrency_count: 1, stack_set_max_concurrency_percentage: 2"),
        &[
            "6:68 both-given: `stack_set_max_concurrency_count` and `stack_set_max_concurrency_percentage` are both given, and only one may be [6:32]",
        ],
    );
}

/// What is written, and what is said of it.
const LIMITS: &[(&str, &str)] = &[
    (
        "path_id: prod-abc",
        "6:14 bad-value: `path_id` must be the id of a launch path, and `prod-abc` looks like the id of a product",
    ),
    ("path_id: \"lpv2 x\"", "6:14 bad-value: `path_id` cannot hold a space"),
    ("path_id: \"\"", "6:14 bad-value: `path_id` is empty"),
    (
        "provisioned_product_name: -a",
        "6:31 bad-value: a provisioned product name begins with a letter or a digit, not with `-`",
    ),
    ("provisioned_product_name: a b", "6:31 bad-value: a provisioned product name cannot hold a space"),
    (
        "provisioned_product_name: pаyments",
        "6:31 bad-value: a provisioned product name cannot hold the character U+0430",
    ),
    ("provisioned_product_name: a/b", "6:31 bad-value: a provisioned product name cannot hold `/`"),
    ("accept_language: de", "6:22 bad-value: `accept_language` must be one of `en`, `jp`, `zh`, not `de`"),
    (
        "timeouts: {provision: 5}",
        "6:27 bad-value: `provision` must be a duration such as `90s`, `60m` or `1h30m`, not `5`",
    ),
    (
        "timeouts: {update: -1h}",
        "6:24 bad-value: `update` must be a duration such as `90s`, `60m` or `1h30m`, not `-1h`",
    ),
    ("timeouts: {update: 1000000000h}", "6:24 bad-value: `update` is longer than 30 days"),
    (
        "lifecycle: {on_removal: retain}",
        "6:29 bad-value: `on_removal` must be one of `terminate`, `retain_physical_resources`, `forget`, not `retain`",
    ),
    (
        "lifecycle: {ignore_changes: [tags.a, parameter.X]}",
        "6:42 bad-value: changes of `parameter.X` cannot be ignored; did you mean `parameters`?",
    ),
    ("tags: {\"aws:x\": y}", "6:12 bad-value: the tag key `aws:x` begins with `aws:`, which is reserved"),
    ("tags: {AWS:x: y}", "6:12 bad-value: the tag key `AWS:x` begins with `aws:`, which is reserved"),
    ("tags: {a: \"\"}", "6:15 bad-value: the tag `a` is empty"),
    ("tags: {a: ~}", "6:15 wrong-type: the tag `a` must be a text, not nothing"),
    ("tags: {a: [b]}", "6:15 wrong-type: the tag `a` must be a text, not a list"),
    ("tags: {a: \"b,c\"}", "6:15 bad-value: the tag `a` cannot hold `,`"),
    (
        "notification_arns: [\"arn:aws:sqs:eu-west-1:111122223333:q\"]",
        "6:25 bad-value: `arn:aws:sqs:eu-west-1:111122223333:q` is not the ARN of an SNS topic",
    ),
    (
        "provisioning_preferences: {stack_set_accounts: [\"12\"]}",
        "6:53 bad-value: `12` is not an account id: it has 12 digits; leading zeros are part of it: `\"000000000012\"`?",
    ),
    (
        "provisioning_preferences: {stack_set_accounts: [\"111122223333\", \"111122223333\"]}",
        "6:69 bad-value: the account `111122223333` stands here twice",
    ),
    ("provisioning_preferences: {stack_set_regions: [here]}", "6:52 bad-value: `here` is not a region"),
    (
        "provisioning_preferences: {stack_set_failure_tolerance_percentage: 101}",
        "6:72 bad-value: `stack_set_failure_tolerance_percentage` must be from 0 to 100, not 101",
    ),
    (
        "provisioning_preferences: {stack_set_max_concurrency_percentage: 0}",
        "6:70 bad-value: `stack_set_max_concurrency_percentage` must be from 1 to 100, not 0",
    ),
    (
        "provisioning_preferences: {stack_set_max_concurrency_count: 0}",
        "6:65 bad-value: `stack_set_max_concurrency_count` must be at least 1, not 0",
    ),
    (
        "provisioning_preferences: {stack_set_failure_tolerance_count: 2147483648}",
        "6:67 bad-value: `stack_set_failure_tolerance_count` must be from 0 to 2147483647, not 2147483648",
    ),
    (
        "provisioning_preferences: {stack_set_max_concurrency_count: 3, stack_set_failure_tolerance_count: 1}",
        "6:65 bad-value: `stack_set_max_concurrency_count` is 3, and with a failure tolerance of 1 at most 2 are allowed",
    ),
    ("parameters: {\"\": x}", "6:18 bad-value: a parameter key is empty"),
    // a mark of an alphabet, and a letter in a circle: the service's pattern has letters, numbers and separators
    ("tags: {a: \"x\\u093e\"}", "6:15 bad-value: the tag `a` cannot hold the character U+093E"),
    ("tags: {a: \"\\u24b6\"}", "6:15 bad-value: the tag `a` cannot hold the character U+24B6"),
    (
        "notification_arns: [\"arn:aws:sns:eu-west-1:111122223333:a b\"]",
        "6:25 bad-value: `arn:aws:sns:eu-west-1:111122223333:a b` is not the ARN of an SNS topic",
    ),
];

#[test]
fn the_limits_of_the_api_hold() {
    for &(text, expected) in LIMITS {
        line(text, &[expected]);
    }
    line(
        &format!("provisioned_product_name: {}", "n".repeat(129)),
        &["6:31 bad-value: a provisioned product name has 129 characters, at most 128 are allowed"],
    );
    line(&format!("provisioned_product_name: {}", "n".repeat(128)), &[]);
    line(
        &format!("parameters: {{P: {}}}", "é".repeat(4097)),
        &[
            "6:21 bad-value: the value of `P` has 4097 characters in 8194 bytes, at most 4096 bytes are allowed",
        ],
    );
    line(&format!("parameters: {{P: {}}}", "é".repeat(2048)), &[]);
    line(
        &format!("tags: {{{}: x, a: {}}}", "k".repeat(129), "v".repeat(257)),
        &[
            "6:12 bad-value: a tag key has 129 characters, at most 128 are allowed",
            "6:149 bad-value: the tag `a` has 257 characters, at most 256 are allowed",
        ],
    );
    let tags: String = (0..51).map(|n| format!("t{n}: x, ")).collect();
    line(&format!("tags: {{{tags}}}"), &["6:5 bad-value: 51 tags are declared, at most 50 are allowed"]);
    let arn = "arn:aws:sns:eu-west-1:111122223333:t";
    let arns: String = (0..6).map(|n| format!("\"{arn}{n}\", ")).collect();
    line(
        &format!("notification_arns: [{arns}]"),
        &["6:230 bad-value: at most 5 notification ARNs are allowed"],
    );
    line(
        &format!("notification_arns: [\"{arn}\", \"{arn}\"]"),
        &["6:65 bad-value: the notification ARN `arn:aws:sns:eu-west-1:111122223333:t` stands here twice"],
    );
}

#[test]
fn ids_that_were_swapped_are_recognised() {
    check(
        "provisioned_products:\n  a: {product_id: pa-abc, provisioning_artifact_id: prod-abc, path_id: pa-x, location: hub}\n",
        &[
            "2:19 bad-value: `product_id` must be the id of a product, and `pa-abc` looks like the id of a provisioning artifact",
            "2:53 bad-value: `provisioning_artifact_id` must be the id of a provisioning artifact, and `prod-abc` looks like the id of a product",
            "2:72 bad-value: `path_id` must be the id of a launch path, and `pa-x` looks like the id of a provisioning artifact",
        ],
    );
}

#[test]
fn locations_that_are_not_there() {
    let head = "defaults: {product_name: s, provisioning_artifact: active}\nprovisioned_products:\n";
    let one = |body: &str| findings(&format!("{head}  a: {{{body}}}\n"));
    for (body, expected) in [
        ("location: hup", "3:17 unknown-location: there is no location `hup`; did you mean `hub`?"),
        (
            "location: pay-dev",
            "3:17 ambiguous: `pay-dev` is several locations: `pay-dev/eu-west-1`, `pay-dev/us-east-1`; name one of them, or write `locations: [pay-dev]` for all",
        ),
        ("location: \"*\"", "3:17 unknown-location: there is no location `*`"),
        (
            "location: pay-dev/eu-west-2",
            "3:17 unknown-location: there is no location `pay-dev/eu-west-2`; did you mean `pay-dev/eu-west-1`?",
        ),
        ("locations: [hub, hub]", "3:24 bad-value: the location `hub` stands here twice"),
        ("locations: [hub, nowhere]", "3:24 unknown-location: there is no location `nowhere`"),
        ("locations: [\"*/ap-south-1\"]", "3:19 matches-nothing: no location matches `*/ap-south-1`"),
        ("locations: []", "3:18 matches-nothing: `locations` is empty"),
        (
            "tags: {a: b}",
            "3:3 missing: no `location` is given, and there are several; write `location: …` or `locations: […]`",
        ),
    ] {
        same(&one(body), &[expected]);
    }
}

#[test]
fn keys_and_names_are_taken_once() {
    let head =
        "defaults: {product_name: s, provisioning_artifact: active, location: hub}\nprovisioned_products:\n";
    let sources = [
        source("a.yaml", &format!("{head}  one: {{}}\n  two: {{provisioned_product_name: One}}\n")),
        source("b.yaml", &format!("{head}  one: {{}}\n  three: {{provisioned_product_name: One}}\n")),
    ];
    let found = shown(&declare::read(&sources, &platform()).unwrap_err(), &sources);
    same(
        &found,
        &[
            "b.yaml:3:3 duplicate-key: `one` is declared twice [a.yaml:3:3]",
            "b.yaml:4:37 duplicate-name: `two` and `three` have one name: `One` [a.yaml:4:35]",
        ],
    );
    let reading = declare::read(&sources[..1], &platform()).expect("a warning only");
    assert_eq!(
        shown(&reading.warnings, &sources),
        ["a.yaml:4:35 similar-name: `one` and `One` differ in upper and lower case only"]
    );
    for (key, expected) in [
        ("var", "3:3 reserved: `var` is a reserved word"),
        ("external", "3:3 reserved: `external` is a reserved word"),
        ("1a", "3:3 bad-value: `1a` cannot be the key of a declaration"),
        ("a.b", "3:3 bad-value: `a.b` cannot be the key of a declaration"),
        ("\"${var.team}\"", "3:3 bad-value: a key is not filled in, and `${var.team}` is one"),
    ] {
        let found = findings(&format!("{head}  {key}: {{provisioned_product_name: x}}\n"));
        assert!(found[0].starts_with(expected), "{found:?}");
    }
}

#[test]
fn overrides_must_not_contradict_each_other() {
    let head = "defaults: {product_name: s, provisioning_artifact_name: v1}\nprovisioned_products:\n  a:\n    locations: [hub, pay-dev]\n    overrides:\n";
    let with = |overrides: &str| findings(&format!("{head}{overrides}"));
    same(
        &with(
            "      - {location: pay-dev, tags: {x: y}}\n      - {location: pay-dev/us-east-1, tags: {z: y, x: q}}\n",
        ),
        &["7:52 contradiction: two overrides set `tags.x` for `pay-dev/us-east-1` [6:9]"],
    );
    same(
        &with("      - {location: hub, product_name: a}\n      - {locations: [\"*\"], product_id: prod-b}\n"),
        &["7:28 contradiction: two overrides set `product_name` for `hub/eu-west-1` [6:9]"],
    );
    same(&with("      - {location: hub, tags: {x: y}}\n      - {location: pay-dev, tags: {x: y}}\n"), &[]);
    same(
        &with("      - {location: demo, tags: {x: y}}\n"),
        &["6:9 matches-nothing: this override speaks of no location on which the declaration stands"],
    );
    same(
        &with("      - {tags: {x: y}}\n"),
        &["6:9 missing: this override does not say for which `location` it holds, or `where`"],
    );
    same(
        &with("      - {location: hup}\n"),
        &["6:20 unknown-location: there is no location `hup`; did you mean `hub`?"],
    );
    same(
        &with("      - {location: hub, overrides: []}\n"),
        &["6:36 unknown-key: an override has no overrides of its own"],
    );
    same(
        &with("      - {location: hub, product_name: a, product_id: b}\n"),
        &["6:42 both-given: `product_name` and `product_id` are both given, and only one may be [6:25]"],
    );
}

#[test]
fn mistakes_in_defaults_are_told_once() {
    let text = "defaults: {product_name: s, provisioning_artifact: latest, location: hub, tags: {a: \"${var.nope}\"}}\nprovisioned_products:\n  a: {}\n  b: {}\n";
    check(
        text,
        &[
            "1:52 bad-value: `provisioning_artifact` can only be `active`, not `latest`; a version is named by `provisioning_artifact_name`",
            "1:86 unknown-variable: there is no variable `nope`",
        ],
    );
}

#[test]
fn sensitive_values_are_never_shown() {
    let secret = "    parameters: {A: \"${var.secret}${var.nope}\", B: [\"${var.secret}\", ~]}\n    provisioned_product_name: \"${var.secret} \"\n    tags: {\"${var.secret}\": \"${var.secret}\"}\n    timeouts: {update: \"${var.secret}\"}\n    lifecycle: {on_removal: \"${var.secret}\", ignore_changes: [\"${var.secret}\"]}\n    path_id: \"${var.secret}\"\n    depends_on: [\"${var.secret}\"]\n    provisioning_preferences: {stack_set_accounts: [\"${var.secret}\"]}\n";
    let sources = [source("products.yaml", &declaration(secret))];
    let problems = declare::read(&sources, &platform()).unwrap_err();
    assert!(problems.0.len() >= 9, "{}", shown(&problems, &sources).join("\n"));
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn an_unknown_key_hides_nothing_beside_it() {
    let head = "provisioned_products:\n  a:\n    product_name: s\n    provisioning_artifact: active\n";
    check(
        &format!("{head}    location: hub\n    tgas: {{}}\n    parameters: {{A: \"${{vra.x}}\"}}\n"),
        &[
            "6:5 unknown-key: unknown key `tgas` in `a`; did you mean `tags`?",
            "7:22 bad-reference: `${vra.x}` is not a reference",
        ],
    );
    // what seems to be missing may be what was meant
    check(
        "provisioned_products:\n  a: {product_nam: s, locaton: hub, provisioning_artifact: active, tags: {A: \"${var.nope}\"}}\n",
        &[
            "2:7 unknown-key: unknown key `product_nam` in `a`; did you mean `product_name`?",
            "2:23 unknown-key: unknown key `locaton` in `a`; did you mean `location`?",
            "2:79 unknown-variable: there is no variable `nope`",
        ],
    );
    check(
        &format!("defaults: {{locaton: hub}}\n{head}"),
        &["1:12 unknown-key: unknown key `locaton` in `defaults`; did you mean `location`?"],
    );
}

#[test]
fn selectors_that_cannot_hold() {
    let head = "defaults: {product_name: s, provisioning_artifact: active}\nprovisioned_products:\n";
    for (body, expected) in [
        (
            "locations: {where: {evn: dev}}",
            "3:27 unknown-variable: there is no variable `evn`; did you mean `env`?",
        ),
        ("locations: {where: {env: {a: b}}}", "3:27 wrong-type: `env` must be a text or a list of texts"),
        (
            "locations: {where: {env: staging}}",
            "3:32 bad-value: `env` is nowhere `staging`: only `dev`, `prod` are allowed",
        ),
        (
            "locations: {where: {env: [dev, prodd]}}",
            "3:38 bad-value: `env` is nowhere `prodd`: only `dev`, `prod` are allowed; did you mean `prod`?",
        ),
        (
            "locations: {where: {env: 'x*'}}",
            "3:32 bad-value: `env` is nowhere `x*`: only `dev`, `prod` are allowed",
        ),
        (
            "location: hub, overrides: [{where: {env: prodd}}]",
            "3:50 bad-value: `env` is nowhere `prodd`: only `dev`, `prod` are allowed; did you mean `prod`?",
        ),
        ("locations: {where: {team: other}}", "3:26 matches-nothing: no location fits"),
        ("locations: {where: {env: dev}, except: [pay-dev]}", "3:26 matches-nothing: no location fits"),
        ("locations: {except: [pay-def]}", "3:28 unknown-location: there is no location `pay-def`"),
        (
            "locations: {where: {secret: x}}",
            "3:27 sensitive: `where` cannot look at the sensitive variable `secret`",
        ),
        (
            "location: hub, where: {env: dev}",
            "3:22 unknown-key: `where` stands below `locations`, or in an override",
        ),
        (
            "location: hub, overrides: [{where: {env: dev}}]",
            "3:34 matches-nothing: this override speaks of no location",
        ),
        (
            "location: hub, overrides: [{where: {env: prod}, location: hub}]",
            "3:55 both-given: `where` and `location` are both given, and only one may be [3:35]",
        ),
    ] {
        let found = findings(&format!("{head}  a: {{{body}}}\n"));
        assert!(
            found.len() == 1 && found[0].contains(expected.split_once(' ').unwrap().1),
            "{body}: {found:?}"
        );
        assert!(found[0].starts_with("3:"), "{found:?}");
    }
}
