//! Parameters, tags, stack sets and outputs against what the catalog offers: every finding with its line, its column, its
//! suggestion, and all at once.

use super::fixture::{Given, IN_CLEAR, check, same};
use super::x;

#[test]
fn unknown_parameters_point_at_their_key() {
    check(
        &p("10.1.0.0/16").replace("A:", "Ciddr:"),
        "",
        "offer p/v1 Cidr=x Zone=y",
        "unknown-parameter at 6:7: `p` v1 has no parameter `Ciddr` [unknown parameter] / did you mean `Cidr`?",
    );
}

/// A declarations file whose parameter values come from all four layers.
const LAYERS: &str = "defaults:
  product_name: p
  parameters: {A: bad-default}
  overrides:
    - {location: hub, parameters: {B: bad-default-override}}
provisioned_products:
  x:
    provisioning_artifact_name: v1
    parameters:
      C: bad-own
    overrides:
      - location: hub
        parameters:
          D: bad-override
";

#[test]
fn a_bad_value_is_shown_where_its_layer_stands() {
    check(
        LAYERS,
        "",
        "offer p/v1 A{good}=good B{good}=good C{good}=good D{good}=good",
        "parameter-value at 3:19: parameter `A` must be one of `good` [`bad-default` is not allowed]
         parameter-value at 5:39: parameter `B` must be one of `good` [`bad-default-override` is not allowed]
         parameter-value at 10:10: parameter `C` must be one of `good` [`bad-own` is not allowed]
         parameter-value at 14:14: parameter `D` must be one of `good` [`bad-override` is not allowed]",
    );
    check(
        LAYERS,
        "",
        "offer p/v1 E=1",
        "unknown-parameter at 3:16: `p` v1 has no parameter `A` [unknown parameter] / it takes `E`
         unknown-parameter at 5:36: `p` v1 has no parameter `B` [unknown parameter] / it takes `E`
         unknown-parameter at 10:7: `p` v1 has no parameter `C` [unknown parameter] / it takes `E`
         unknown-parameter at 14:11: `p` v1 has no parameter `D` [unknown parameter] / it takes `E`",
    );
}

/// One declaration `x` of product `p` with one parameter.
pub fn p(value: &str) -> String {
    format!(
        "provisioned_products:\n  x:\n    product_name: p\n    provisioning_artifact_name: v1\n    parameters:\n      A: {value}\n"
    )
}

/// The finding points at the value, or at the item of it that its label names.
#[track_caller]
pub fn value(value: &str, rule: &str, expect: &str) {
    let label = expect.rsplit('[').next().unwrap_or_default();
    let item =
        label.strip_prefix('`').and_then(|label| label.split('`').next()).filter(|_| value.contains(','));
    let column = 10 + item.and_then(|item| value.find(item)).unwrap_or_default();
    let expect = match expect {
        "" => "provision x (new)".to_owned(),
        text => format!("parameter-value at 6:{column}: parameter `A` {text}"),
    };
    check(&p(value), "", &format!("offer p/v1 {rule}"), &expect);
}

#[test]
fn values_against_their_rules() {
    value("small", "A{small|large}", "");
    value(
        "smal",
        "A{small|large}",
        "must be one of `small`, `large` [`smal` is not allowed] / did you mean `small`?",
    );
    value("\"  small \"", "A{small|large}", "");
    value("\"\"", "A{small|large}", "must be one of `small`, `large` [`` is not allowed]");
    value("abc", "A/[a-z]+/", "");
    value("abc1", "A/[a-z]+/", "must match the pattern `[a-z]+` [`abc1` does not match]");
    value("a1", "A/a|a1/", "");
    value("ab", "A/(?=a)b/", "must match the pattern `(?=a)b` [`ab` does not match]");
    value("ab", "A/(?=a)ab/", "");
    value("admin1", "A/(?!admin).*/", "must match the pattern `(?!admin).*` [`admin1` does not match]");
    value("abba", "A/(a)(b)\\2\\1/", "");
    value("abab", "A/(a)(b)\\2\\1/", "must match the pattern `(a)(b)\\2\\1` [`abab` does not match]");
    value("ab", "A[3..]", "must have at least 3 characters [2 characters]");
    value("äöü", "A[3..3]", "");
    value("abcd", "A[1..3]", "must have at most 3 characters [4 characters]");
    value("5", "A:Number[1..5]", "");
    value("6", "A:Number[1..5]", "must be at most 5 [`6`]");
    value("0", "A:Number[1..5]", "must be at least 1 [`0`]");
    value("-1.5", "A:Number[-2..]", "");
    value("five", "A:Number", "must be a number [`five`]");
    value("nan", "A:Number", "must be a number [`nan`]");
    value("inf", "A:Number", "must be a number [`inf`]");
    value("inf", "A:Number{1|2}", "must be a number [`inf`]");
    value("3", "A:Number{1|2}", "must be one of `1`, `2` [`3` is not allowed]");
    value("\"\"", "A:Number", "must be a number [empty]");
    value("\" 7 \"", "A:Number[1..9]", "");
    value("12345678901234567890123", "A:Number", "");
    value("012345678901", "A/[0-9]{12}/", "");
}

#[test]
fn lists_are_checked_item_by_item() {
    value("[a, b]", "A:CommaDelimitedList{a|b}", "");
    value("\"a, b\"", "A:CommaDelimitedList{a|b}", "");
    value("[a, c]", "A:CommaDelimitedList{a|b}", "must be one of `a`, `b` [`c` is not allowed]");
    value("[1, x]", "A:List<Number>", "must be a number [`x`]");
    let json = "this is JSON: maps and lists cannot be items] / write a list of plain values, or one text with commas";
    let lists =
        [("[a, {b: c}]", "6:14"), ("{a: b}", "6:10"), ("[[a], [b]]", "6:11"), ("'[\"a\", \"b\"]'", "6:10")];
    for (list, at) in lists {
        let text = format!("takes a list of texts (`CommaDelimitedList`) [{json}");
        check(
            &p(list),
            "",
            "offer p/v1 A:CommaDelimitedList{a|b}",
            &format!("parameter-value at {at}: parameter `A` {text}"),
        );
    }
    value("'[a]'", "A:CommaDelimitedList", "");
    value("[1, 9]", "A:List<Number>[1..5]", "must be at most 5 [`9`]");
    value(
        "[subnet-12345678, sn]",
        "A:List<AWS::EC2::Subnet::Id>/subnet-.*/",
        "must match the pattern `subnet-.*` [`sn` does not match]",
    );
}

#[test]
fn an_item_is_pointed_at_however_the_list_is_written() {
    let wrong = |value: &str, at: &str| {
        let expect = format!("parameter-value at {at}: parameter `A` must be a number [`x`]");
        check(&p(value), "", "offer p/v1 A:List<Number>", &expect);
    };
    wrong("[1, x]", "6:14");
    wrong("\"1, x\"", "6:14");
    wrong("1,x", "6:12");
    wrong("\n        - 1\n        - x", "8:11");
    wrong(">-\n        1,\n        x", "8:9");
}

#[test]
fn a_secret_in_clear_is_noted_once() {
    let given = Given::new("", &p("secret"), "", "offer p/v1 A!");
    let notes: Vec<String> = given.plan().expect("a plan").notes.into_iter().map(|note| note.text).collect();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].ends_with(IN_CLEAR), "{notes:?}");
}

#[test]
fn a_pattern_that_steps_back_for_ever_is_left_to_the_catalog() {
    let began = std::time::Instant::now();
    let given = Given::new("", &p(&"a".repeat(60)), "", "offer p/v1 A/(a|aa)+(?<!a)/");
    let shown = given.shown();
    assert!(shown.contains("provision x (new)"), "{shown}");
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn a_value_that_breaks_two_rules_has_two_findings_and_the_authors_words_where_nothing_better_is_known() {
    let mut given = Given::new("", &p("UPPER"), "", "offer p/v1 A[1..3]/[a-z]+/");
    given.world.rule("p-v1", "A").constraint_description = Some("three small letters".to_owned());
    same(
        &given.shown(),
        "parameter-value at 6:10: parameter `A` must have at most 3 characters [5 characters] / three small letters
         parameter-value at 6:10: parameter `A` must match the pattern `[a-z]+` [`UPPER` does not match] / three small letters",
    );
}

#[test]
fn values_that_refer_to_others_are_not_judged_before_they_are_known() {
    let yaml = p("\"${y.outputs.VpcId}\"") + "  y: {product_name: vpc, provisioning_artifact_name: v1}\n";
    check(
        &yaml,
        "",
        "offer p/v1 A{small}",
        "provision y (new)\nprovision x (new) after y\nnote x: `A` is checked when it is known, at the apply",
    );
}

#[test]
fn values_that_are_filled_at_plan_are_judged_at_plan() {
    let yaml = "provisioned_products:
  y: {product_name: vpc, provisioning_artifact_name: v1, sensitive_outputs: [Secret]}
  x:
    product_name: p
    provisioning_artifact_name: v1
    parameters:
      A: \"${y.outputs.VpcId}\"
      B: \"${y.outputs.Secret}\"
";
    check(
        yaml,
        "y vpc/v1 Cidr=1 out:VpcId=vpc-1 secret:Secret=S3CRET",
        "offer vpc/v1 Cidr=1 -> VpcId Secret
         offer p/v1 A/net-.*/ B/[0-9]+/
         record rec-y pp-y PROVISION_PRODUCT succeeded VpcId=vpc-1 Secret=S3CRET",
        "parameter-value at 7:10: parameter `A` must match the pattern `net-.*` [`vpc-1` does not match]
         parameter-value at 8:7: parameter `B` must match the pattern `[0-9]+` [this value does not match]",
    );
}

#[test]
fn tags_that_are_filled_at_plan_keep_the_limits_of_the_service_and_their_options() {
    let yaml = "provisioned_products:
  y: {product_name: vpc, provisioning_artifact_name: v1}
  x:
    product_name: p
    provisioning_artifact_name: v1
    tags:
      net: \"${y.outputs.VpcId}\"
      cost: \"${y.outputs.Subnets}\"
";
    check(
        yaml,
        "y vpc/v1 Cidr=1 out:VpcId=vpc#1 out:Subnets=300",
        "offer vpc/v1 Cidr=1 -> VpcId Subnets\noffer p/v1 +tag=cost=100|200",
        "tag-value at 8:13: tag `cost` must be one of its tag options [not one of `100`, `200`]
         bad-value at 7:12: the tag `net` cannot hold `#` [it is `vpc#1`]",
    );
}

#[test]
fn what_cannot_be_filled_is_said_once_and_not_for_all_that_depends_on_it() {
    let yaml = "provisioned_products:
  a: {product_name: vpc, provisioning_artifact_name: v1}
  b: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${a.outputs.VpcId}\"}}
  c: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${b.outputs.Url}\"}}
";
    check(
        yaml,
        "a vpc/v1 Cidr=1",
        "offer vpc/v1 +no-keys Cidr=1",
        "unknown-output at 3:83: `a` has no `outputs.VpcId` [cannot be filled] / it has no outputs",
    );
}

#[test]
fn secret_values_are_never_repeated() {
    for rule in ["A!{other}", "A!/[a-z]+/", "A![1..3]", "A:Number!", "A![40..]", "A:CommaDelimitedList!{x}"] {
        let shown = Given::new("", &p("S3CRET-VALUE"), "", &format!("offer p/v1 {rule}")).shown();
        assert!(shown.starts_with("parameter-value at 6:7: parameter `A` must"), "{shown}");
        assert!(!shown.to_lowercase().contains("s3cret"), "{shown}");
    }
    // a sensitive variable in a parameter that is not NoEcho
    let shown = Given::new("", &p("\"${var.password}\""), "", "offer p/v1 A{hunter23}").shown();
    same(
        &shown,
        "parameter-value at 6:7: parameter `A` must be one of `hunter23` [this value is not allowed]",
    );
}

#[test]
fn missing_parameters_are_all_named() {
    let mut given = Given::new(
        "",
        &x("product_name: p\nprovisioning_artifact_name: v1"),
        "",
        "offer p/v1 A B:Number C=1 D!",
    );
    given.world.rule("p-v1", "B").description = "how many".to_owned();
    same(
        &given.shown(),
        "missing-parameter at 2:3: `x` needs the parameter `A`: p v1 has no default for it [`A` is missing]
         missing-parameter at 2:3: `x` needs the parameter `B`: p v1 has no default for it [`B` is missing] / `B` (Number): how many
         missing-parameter at 2:3: `x` needs the parameter `D`: p v1 has no default for it [`D` is missing]",
    );
    check(
        &p("~"),
        "",
        "offer p/v1 A B",
        "missing-parameter at 6:7: `x` needs the parameter `A`: p v1 has no default for it / `null`, or nothing at all, keeps the value that is there, and there is none: write one
         missing-parameter at 5:5: `x` needs the parameter `B`: p v1 has no default for it [`B` is missing]",
    );
}

#[test]
fn null_keeps_what_is_there_and_is_nothing_to_begin_with() {
    check(&p("~"), "x p/v1 A=kept", "offer p/v1 A", "unchanged: x");
    check(&p("~"), "", "offer p/v1 A=d", "provision x (new)");
    let missing = "missing-parameter at 6:7: `x` needs the parameter `A`: p v1 has no default for it / `null`, or nothing at all, keeps the value that is there, and there is none: write one";
    check(&p("~"), "x p/v1 A=kept", "offer p/v1 A\ngone pp-x", missing);
    same(&Given::new("--replace x", &p("~"), "x p/v1 A=kept", "offer p/v1 A").shown(), missing);
}

#[test]
fn a_secret_that_is_no_longer_declared_is_kept_but_not_given_to_something_new() {
    let yaml = x("product_name: p\nprovisioning_artifact_name: v1");
    check(&yaml, "x p/v1 A=#s", "offer p/v1 A!", "unchanged: x");
    let missing =
        "missing-parameter at 2:3: `x` needs the parameter `A`: p v1 has no default for it [`A` is missing]";
    check(&yaml, "x p/v1 A=#s", "offer p/v1 A!\ngone pp-x", missing);
    same(&Given::new("--replace x", &yaml, "x p/v1 A=#s", "offer p/v1 A!").shown(), missing);
}

#[test]
fn a_dropped_parameter_names_the_version_that_dropped_it() {
    let yaml = p("1").replace("v1", "v2");
    check(
        &yaml,
        "x p/v1 A=1",
        "offer p/v1 A\noffer p/v2 B=1",
        "unknown-parameter at 6:7: `p` v2 no longer has the parameter `A` that v1 had [unknown parameter] / it takes `B`",
    );
    check(
        &yaml,
        "",
        "offer p/v1 A\noffer p/v2",
        "unknown-parameter at 6:7: `p` v2 has no parameter `A` [unknown parameter] / it takes no parameters",
    );
    check(
        &yaml.replace("A:", "Alpha:"),
        "",
        "offer p/v2 Beta=1 Gamma=2",
        "unknown-parameter at 6:7: `p` v2 has no parameter `Alpha` [unknown parameter] / it takes `Beta`, `Gamma`",
    );
}

#[test]
fn tag_options() {
    let tag = |value: &str| {
        x(&format!("product_name: p\nprovisioning_artifact_name: v1\ntags: {{cost: \"{value}\"}}"))
    };
    let world = "offer p/v1 +tag=cost=100|200";
    check(&tag("100"), "", world, "provision x (new)");
    check(
        &tag("10"),
        "",
        world,
        "tag-value at 5:18: tag `cost` must be one of its tag options [not one of `100`, `200`]",
    );
    check(
        &tag("100"),
        "",
        "offer p/v1 +tag=cost=",
        "tag-conflict at 5:12: tag `cost` is in conflict between the portfolio's and the product's tag options [must not be sent] / remove the tag; the platform team resolves the conflict",
    );
    let from_defaults = "defaults: {tags: {cost: \"300\"}}\nprovisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1}\n";
    check(
        from_defaults,
        "",
        world,
        "tag-value at 1:25: tag `cost` must be one of its tag options [not one of `100`, `200`]",
    );
}

#[test]
fn stack_set_accounts_and_regions() {
    let yaml = x("product_name: p
        provisioning_artifact_name: v1
        provisioning_preferences: {stack_set_accounts: [\"111122223333\", \"999999999999\"], stack_set_regions: [eu-west-1, us-east-1]}");
    check(
        &yaml,
        "",
        "offer p/v1 +set=111122223333@eu-west-1",
        "stack-set-constraint at 5:69: account `999999999999` is not in the product's STACKSET constraint [allowed: `111122223333`]
         stack-set-constraint at 5:117: region `us-east-1` is not in the product's STACKSET constraint [allowed: `eu-west-1`]",
    );
    check(&yaml, "", "offer p/v1 +set=111122223333,999999999999@eu-west-1,us-east-1", "provision x (new)");
    check(
        &yaml,
        "",
        "offer p/v1",
        "not-a-stack-set at 5:5: `p` is not a stack-set product: it takes no provisioning preferences [only for products with a STACKSET constraint]",
    );
}

#[test]
fn unknown_outputs() {
    let yaml = |output: &str| {
        format!(
            "provisioned_products:
  network: {{product_name: vpc, provisioning_artifact_name: v1}}
  app:
    product_name: service
    provisioning_artifact_name: v1
    parameters:
      VpcId: ${{network.outputs.{output}}}
    tags: {{net: \"${{network.outputs.{output}}}\"}}
"
        )
    };
    check(
        &yaml("VpcID"),
        "",
        "",
        "unknown-output at 7:14: `network` has no output `VpcID` [unknown output] / did you mean `VpcId`?
         unknown-output at 8:18: `network` has no output `VpcID` [unknown output] / did you mean `VpcId`?",
    );
    check(
        &yaml("Nonsense"),
        "",
        "",
        "unknown-output at 7:14: `network` has no output `Nonsense` [unknown output] / it has `Subnets`, `VpcId`
         unknown-output at 8:18: `network` has no output `Nonsense` [unknown output] / it has `Subnets`, `VpcId`",
    );
    check(
        &yaml("CloudformationStackARN"),
        "",
        "",
        "provision network (new)\nprovision app (new) after network\nnote app: tag `net` is checked when it is known, at the apply",
    );
    check(
        &yaml("Anything"),
        "",
        "offer vpc/v1 +no-keys",
        "provision network (new)\nprovision app (new) after network\nnote app: tag `net` is checked when it is known, at the apply",
    );
}

#[test]
fn an_output_that_an_unchanged_product_does_not_have_is_found_at_plan() {
    check(
        super::APP,
        "network vpc/v1 Cidr=10.0.0.0/16 out:Other=1",
        "offer vpc/v1 +no-keys Cidr=10.0.0.0/16",
        "unknown-output at 3:85: `network` has no `outputs.VpcId` [cannot be filled] / it has `Other`",
    );
}

#[test]
fn a_sensitive_output_does_not_go_into_a_tag() {
    let yaml = "provisioned_products:
  db: {product_name: db, provisioning_artifact_name: v1, sensitive_outputs: [Token], parameters: {Password: x}}
  app:
    product_name: service
    provisioning_artifact_name: v1
    parameters: {VpcId: \"${db.outputs.Token}\"}
    tags: {token: \"${db.outputs.Token}\"}
";
    check(
        yaml,
        "",
        "",
        "sensitive at 7:19: the tag `token` cannot hold the sensitive output `Token` / only parameters may hold it",
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let yaml = "provisioned_products:
  a: {product_name: vcp, provisioning_artifact_name: v1}
  b: {product_name: vpc, provisioning_artifact_name: v7}
  c: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Cidr: x, Foo: y}}
  d: {product_name: db, provisioning_artifact_name: v1}
";
    let shown = Given::new("", yaml, "", "offer vpc/v1 Cidr/[0-9.]+/").shown();
    let codes: Vec<&str> = shown.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        codes,
        ["unknown-product", "unknown-version", "parameter-value", "unknown-parameter", "missing-parameter"],
        "{shown}"
    );
}

#[test]
fn what_is_not_selected_is_not_judged() {
    let yaml = "provisioned_products:
  a: {product_name: vcp, provisioning_artifact_name: v1}
  b: {product_name: vpc, provisioning_artifact_name: v1}
";
    same(&Given::new("--target b", yaml, "", "").shown(), "provision b (new)");
    same(&Given::new("--destroy", yaml, "b vpc/v1", "").shown(), "terminate b pp-b (destroyed)");
}
