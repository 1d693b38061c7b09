//! Manifests of aws-service-catalog-puppet: where launches are deployed to, what their parameters come to, and what is told of the rest.

use std::collections::BTreeMap;

use provisor::import::{
    FolderText, ForeignFile, ForeignOffer, ForeignProduct, ForeignTags, FoundValue, KnownPlace, OtherFile,
    PuppetFolder, puppet,
};
use provisor::model::product::{ArtifactSelector, Selector};

const ACCOUNTS: &str = "accounts:
  - {account_id: '100000000001', name: one, default_region: eu-west-1, regions_enabled: [eu-west-1, us-east-1], tags: [all, one]}
  - {account_id: '100000000002', name: two, default_region: us-east-1, regions_enabled: [us-east-1], tags: [all, two], parameters: {Size: {default: account}}}
";

/// Two accounts, each in two regions.
fn places() -> Vec<KnownPlace> {
    let place = |entry: &str, account: &str, region: &str| KnownPlace {
        location: format!("{entry}/{region}"),
        entry: entry.to_owned(),
        account_id: Some(account.to_owned()),
        region: region.to_owned(),
    };
    [("one", "100000000001"), ("two", "100000000002")]
        .iter()
        .flat_map(|(entry, account)| ["eu-west-1", "us-east-1"].map(|region| place(entry, account, region)))
        .collect()
}

fn folder(manifest: &str, beside: &[[&str; 2]]) -> PuppetFolder {
    let text = |[path, text]: [&str; 2]| FolderText {
        path: path.to_owned(),
        shown: path.to_owned(),
        text: text.to_owned(),
    };
    PuppetFolder {
        manifest: text(["manifest.yaml", &format!("{ACCOUNTS}{manifest}")]),
        beside: beside.iter().copied().map(text).collect(),
        account_id: None,
    }
}

fn read_with(manifest: &str, beside: &[[&str; 2]]) -> ForeignFile {
    puppet(&folder(manifest, beside), &places()).unwrap()
}

fn read(manifest: &str) -> ForeignFile {
    read_with(manifest, &[])
}

/// Where each launch is, as `name account region`.
fn spots(file: &ForeignFile) -> Vec<String> {
    let spot = |product: &ForeignProduct| {
        let account = product.account_id.as_deref().unwrap().trim_start_matches("1000000000");
        let likely = if product.is_likely { " likely" } else { "" };
        format!("{} {account} {}{likely}", product.origin, product.region.as_deref().unwrap())
    };
    file.products.iter().map(spot).collect()
}

fn offers(file: &ForeignFile, n: usize) -> &BTreeMap<String, ForeignOffer> {
    &file.products[n].offers
}

fn text(offer: &ForeignOffer) -> Option<&str> {
    match &offer.value {
        Some(FoundValue::Text(text)) => Some(text),
        _ => None,
    }
}

#[test]
fn a_launch_is_what_it_says_wherever_it_is() {
    let file = read(
        "launches:
  a.b: {portfolio: p, product: box, version: 1.10, timeoutInSeconds: 3600, tags: [{key: k, value: v}, {key: n, value: 1}], execution: spoke, odd: 1, deploy_to: {tags: [{tag: one, regions: default_region}]}}
",
    );
    let product = &file.products[0];
    assert_eq!(product.which, Selector::Name("a.b".to_owned()));
    assert_eq!(product.product, Some(Selector::Name("box".to_owned())));
    assert_eq!(product.artifact, Some(ArtifactSelector::Name("1.10".to_owned())));
    assert_eq!(product.path_name.as_deref(), Some("p"));
    let tags = [("k", "v"), ("n", "1")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(product.tags, ForeignTags::AtLeast(tags.into()));
    assert_eq!(product.timeouts["update"], "1h");
    assert_eq!(
        file.changed,
        [
            "manifest.yaml:5: a.b: `execution` is left out: all operations are asked for from where provisor runs",
            "manifest.yaml:5: a.b: `odd` is left out: it has no equivalent",
        ]
    );
    assert!(file.left.is_empty(), "{:?}", file.left);
}

#[test]
fn tags_accounts_and_regions_say_where_it_is() {
    let check = |deploy_to: &str, expected: &[&str], left: &str| {
        let file = read(&format!("launches:\n  x: {{product: box, version: v1, deploy_to: {deploy_to}}}\n"));
        assert_eq!(spots(&file), expected, "{deploy_to}");
        let all = file.left.join("\n");
        assert!(if left.is_empty() { all.is_empty() } else { all.contains(left) }, "{deploy_to}: {all}");
    };
    check("{tags: [{tag: all, regions: default_region}]}", &["x 01 eu-west-1", "x 02 us-east-1"], "");
    let enabled = ["x 01 eu-west-1", "x 01 us-east-1", "x 02 us-east-1"];
    check("{tags: [{tag: all, regions: enabled}]}", &enabled, "");
    check(
        "{tags: [{tag: all, regions: regions_enabled}, {tag: one, regions: enabled_regions}]}",
        &enabled,
        "",
    );
    check("{tags: [{tag: two, regions: us-east-1}]}", &["x 02 us-east-1"], "");
    check("{tags: [{tag: two, regions: [eu-west-1, us-east-1]}]}", &["x 02 eu-west-1", "x 02 us-east-1"], "");
    check("{tags: [{tag: two, regions: all}]}", &["x 02 eu-west-1 likely", "x 02 us-east-1 likely"], "");
    check("{tags: [{tag: two}]}", &["x 02 us-east-1"], "");
    check("{accounts: [{account_id: 100000000001, regions: default_region}]}", &["x 01 eu-west-1"], "");
    check("{accounts: [{account_id: '3', regions: [eu-west-1]}]}", &[], "`3` is the id of no account (`x`)");
    check("{accounts: [{account_id: '3', regions: enabled}]}", &[], "account 3 is not in the manifest");
    check(
        "{accounts: [{account_id: '${AWS::PuppetAccountId}', regions: enabled}]}",
        &[],
        "`--puppet-account`",
    );
    check(
        "{tags: [{tag: nobody, regions: all}]}",
        &[],
        "manifest.yaml:5: x: no account of the manifest has the tag `nobody`",
    );
    check(
        "{tags: [{tag: one, regions: nowhere}]}",
        &[],
        "manifest.yaml:5: x: its `regions` `nowhere` are none",
    );
    check(
        "{tags: [{tag: one, regions: ap-south-1}]}",
        &[],
        "manifest.yaml:2: there is no location of account 100000000001 in ap-south-1 (`x`): add ap-south-1 to the `regions` of `one`",
    );
    check("{}", &[], "x: it is deployed nowhere");
}

#[test]
fn the_account_is_believed_before_the_launch_and_that_before_the_manifest() {
    let file = read(
        "parameters:
  Size: {default: manifest}
  Far: {default: far}
launches:
  x:
    product: box
    version: v1
    parameters: {Size: {default: launch}, Own: {default: \"${AWS::AccountId}/${AWS::Region}\"}, Empty: {default: ''}}
    deploy_to: {tags: [{tag: all, regions: default_region}]}
",
    );
    let of = |n: usize, key: &str| text(&offers(&file, n)[key]).map(str::to_owned);
    assert_eq!([of(0, "Size"), of(1, "Size")].map(Option::unwrap), ["launch", "account"]);
    assert_eq!(of(0, "Own").unwrap(), "100000000001/eu-west-1");
    assert_eq!(of(1, "Far").unwrap(), "far");
    // what is empty is not given
    assert!(!offers(&file, 0).contains_key("Empty"));
    // only what the launch says itself is missed
    assert!(offers(&file, 0)["Far"].lacking.is_none());
    let lacking = offers(&file, 0)["Own"].lacking.as_deref().unwrap();
    assert_eq!(
        lacking,
        "manifest.yaml:11: x: its product has no parameter `Own`, which Puppet does not send"
    );
}

#[test]
fn what_puppet_looks_up_is_left_as_it_is_and_told() {
    let file = read(
        "parameters: {Mixed: {default: far}}
mappings:
  M:
    '100000000001': {eu-west-1: {k: near}}
    default: {k: rest}
launches:
  x:
    product: box
    version: v1
    parameters:
      Mapped: {mapping: [M, AWS::AccountId, AWS::Region, k]}
      Rest: {mapping: [M, nobody, k]}
      Nowhere: {mapping: [None, k]}
      Macro: {macro: {method: get_accounts_for_path, args: /}}
      Call: {boto3: {client: ec2}}
      Stack: {cloudformation_stack_output: {stack_name: s, output_key: k}}
      Ssm: {ssm: {name: \"/a/${AWS::Region}\"}}
      Mixed: {ssm: {name: b}}
      Odd: {odd: 1}
      Switch: {default: yes}
    deploy_to: {tags: [{tag: one, regions: default_region}]}
",
    );
    let all = offers(&file, 0);
    assert_eq!([text(&all["Mapped"]), text(&all["Rest"])].map(Option::unwrap), ["near", "rest"]);
    assert_eq!(
        (text(&all["Switch"]), &*all["Switch"].or),
        (Some("True"), &["yes".to_owned(), "true".to_owned()][..])
    );
    // what runs tells which of them is meant
    assert_eq!((&all["Mixed"].value, &*all["Mixed"].or), (&None, &["far".to_owned()][..]));
    let told = |key: &str| {
        assert_eq!(all[key].value, None, "{key}");
        all[key].told.as_deref().unwrap().to_owned()
    };
    assert_eq!(
        told("Nowhere"),
        "manifest.yaml:16: x: `Nowhere` is as it is there: nothing stands there in `mappings`"
    );
    assert!(
        told("Macro")
            .starts_with("manifest.yaml:17: x: `Macro` is as it is there: Puppet finds it by a macro")
    );
    assert!(told("Call").contains("a call of AWS"));
    assert!(told("Stack").contains("the output of a stack"));
    assert!(told("Ssm").contains("the SSM parameter `/a/${AWS::Region}`"));
    assert!(told("Odd").contains("`odd` is none that is known"));
}

#[test]
fn outputs_of_other_launches_become_references() {
    let file = read(
        "launches:
  hub:
    product: box
    version: v1
    outputs: {ssm: [{param_name: /hub/arn, stack_output: Arn}, {param_name: /other, stack_output: Other, region: us-east-1}]}
    deploy_to: {tags: [{tag: two, regions: default_region}]}
  near:
    product: box
    version: v1
    outputs: {ssm: [{param_name: \"/${AWS::AccountId}/${AWS::Region}/id\", stack_output: Id}]}
    deploy_to: {tags: [{tag: all, regions: enabled}]}
  x:
    product: box
    version: v1
    parameters:
      Hub: {ssm: {name: /hub/arn}}
      Elsewhere: {ssm: {name: /other, region: eu-west-1}}
      Near: {ssm: {name: \"/${AWS::AccountId}/${AWS::Region}/id\"}}
      Far: {ssm: {name: /100000000001/us-east-1/id}}
      Said: {servicecatalog_provisioned_product_output: {provisioned_product_name: near, output_key: Id}}
      There: {servicecatalog_provisioned_product_output: {account_id: '100000000002', region: us-east-1, provisioned_product_name: near, output_key: Id}}
      Nobody: {servicecatalog_provisioned_product_output: {provisioned_product_name: nobody, output_key: Id}}
    deploy_to: {tags: [{tag: one, regions: default_region}]}
",
    );
    let x = file.products.iter().position(|product| product.origin == "x").unwrap();
    let of = |key: &str| match &offers(&file, x)[key].value {
        Some(FoundValue::Output { of, key }) => format!("{of}.{key}"),
        other => format!("{other:?}"),
    };
    assert_eq!(of("Hub"), "hub.Arn");
    assert_eq!(of("Elsewhere"), "None");
    assert_eq!(of("Near"), "near.Id");
    assert_eq!(of("Far"), "near@one/us-east-1.Id");
    assert_eq!(of("Said"), "near.Id");
    assert_eq!(of("There"), "near@two/us-east-1.Id");
    assert_eq!(of("Nobody"), "None");
    let advice = file.advice.join("\n");
    assert!(
        advice
            .contains("manifest.yaml:8: hub: Puppet writes the output `Arn` to the SSM parameter `/hub/arn`"),
        "{advice}"
    );
}

#[test]
fn what_it_waits_for_is_said_and_where_that_differs_is_told() {
    let launch = |name: &str, tag: &str, needs: &str| {
        format!(
            "  {name}: {{product: box, version: v1, depends_on: [{needs}], deploy_to: {{tags: [{{tag: {tag}, regions: enabled}}]}}}}\n"
        )
    };
    let file = read(
        &[
            "launches:\n".to_owned(),
            launch("everywhere", "all", ""),
            launch("hub", "two", ""),
            launch("same", "all", "everywhere"),
            launch("exact", "all", "{name: everywhere, affinity: account-and-region}"),
            launch("on-hub", "one", "hub, {name: hub, affinity: account}"),
            "  apart: {product: box, version: v1, depends_on: [{name: everywhere, affinity: region}, everywhere], deploy_to: {accounts: [{account_id: '100000000002', regions: [eu-west-1]}]}}\n".to_owned(),
            launch("one", "one", "two"),
            launch("two", "one", "one, absent, {name: s, type: stack}, over"),
            "  over: {product: box, version: v1, status: terminated, deploy_to: {tags: [{tag: one}]}}\n".to_owned(),
        ]
        .concat(),
    );
    let needs = |name: &str| -> Vec<&str> {
        let product = file.products.iter().find(|product| product.origin == name).unwrap();
        product.depends_on.iter().map(String::as_str).collect()
    };
    assert_eq!(needs("same"), ["everywhere"]);
    assert_eq!(needs("exact"), ["everywhere"]);
    assert_eq!(needs("on-hub"), ["hub"]);
    assert_eq!(
        needs("apart"),
        ["everywhere@one/eu-west-1", "everywhere@one/us-east-1", "everywhere@two/us-east-1"]
    );
    assert_eq!([needs("one"), needs("two")].concat().len(), 1, "no circle");
    let changed = file.changed.join("\n");
    for part in [
        "manifest.yaml:7: same: of `everywhere` it waits only for what is at its own location: Puppet waits by `affinity: launch`",
        "manifest.yaml:9: on-hub: `hub` is at no location that it waits for (`affinity: account`)",
        "manifest.yaml:12: two: it waits for `absent`, which is no launch here",
        "manifest.yaml:12: two: it does not wait for the stack `s`, which is left",
        "manifest.yaml:12: two: it does not wait for `over`, which is left",
        "which waits for it",
    ] {
        assert!(changed.contains(part), "{part}\n{changed}");
    }
    assert!(!changed.contains("exact:"), "{changed}");
}

#[test]
fn files_beside_a_manifest_are_parts_of_it() {
    let launch = "{product: box, version: v1, deploy_to: {tags: [{tag: one, regions: default_region}]}}";
    let file = read_with(
        &format!("conditions: {{never: !Equals [a, b]}}\nlaunches:\n  own: {launch}\n  twice: {launch}\n"),
        &[
            [
                "capabilities/c.yaml",
                "accounts:\n  - {account_id: '100000000001', append: {tags: [more]}}\nlaunches:\n  own: {parameters: {P: {default: deep}}}\n",
            ],
            ["intrinsic-functions-100000000009.properties", "Version = v8\n"],
            ["intrinsic-functions.properties", "Version = v7\nX: y\n"],
            ["launches/a.yaml", &format!("twice: {}\n", launch.replace("v1", "v2"))],
            ["launches/b.yaml", &format!("launches:\n  headed: {launch}\n")],
            ["launches/empty.yaml", "# nothing\n"],
            ["manifest-100000000009.properties", "[launches]\nheaded.version = v9\n"],
            [
                "manifest.properties",
                "[launches]\nheaded.version = v6\nown.condition = never\nnobody.version = v1\nfrom.odd = 1\n[other]\nx = 1\n",
            ],
            [
                "manifests/m.yaml",
                &format!("accounts: []\nlaunches:\n  from: {}\n", launch.replace("v1", "${Custom::Version}")),
            ],
            ["parameters/p.yaml", "Hub: {default: \"${AWS::PuppetAccountId}\"}\n"],
        ],
    );
    let version = |name: &str| {
        let product = file.products.iter().find(|product| product.origin == name)?;
        match product.artifact.as_ref()? {
            ArtifactSelector::Name(name) => Some(name.clone()),
            _ => None,
        }
    };
    assert_eq!(
        ["own", "twice", "headed", "from"].map(version),
        [None, Some("v2".into()), Some("v9".into()), Some("v8".into())]
    );
    assert_eq!(text(&file.products[0].offers["Hub"]), Some("100000000009"));
    let changed = file.changed.join("\n");
    for part in [
        "launches/a.yaml:1: `twice` stands in manifest.yaml:7 too: the one here is taken",
        "manifests/m.yaml:1: `accounts` is not read: Puppet does not read it from `manifests/`",
        "manifest.properties:4: there is no `nobody` in `launches`",
        "manifest.properties:5: `odd` is not read",
        "manifest.properties:7: `x` is not read: it is no `NAME.version`",
    ] {
        assert!(changed.contains(part), "{part}\n{changed}");
    }
    assert_eq!(file.left, ["manifest.yaml:6: own: its condition `never` does not hold"]);
}

#[test]
fn what_makes_no_provisioned_product_is_named() {
    let file =
        read("stacks: {s: {}}\nworkspaces: {w: {}}\nassertions: {a: {}}\ncfct: [1]\nlaunches: {x: {}}\n");
    for (n, part) in [
        "manifest.yaml:8: x: it names no `product`",
        "assertions.a: ",
        "`cfct` is not read",
        "manifest.yaml:4: stacks.s: no provisioned product, but a stack",
        "workspaces.w: no provisioned product, but a workspace",
    ]
    .iter()
    .enumerate()
    {
        assert!(file.left[n].contains(part), "{part}\n{:?}", file.left);
    }
}

#[test]
fn no_manifest_asks_for_too_much() {
    let accounts: String = (0..400)
        .map(|n| format!("  - {{account_id: '2{n:011}', default_region: r-1, tags: [t]}}\n"))
        .collect();
    let launches: String =
        (0..400).map(|n| format!("  l{n}: {{product: p, deploy_to: {{tags: [{{tag: t}}]}}}}\n")).collect();
    let OtherFile { message, .. } =
        puppet(&folder(&format!("{accounts}launches:\n{launches}"), &[]), &places()).unwrap_err();
    assert_eq!(message, "this manifest stands for more than 100000 provisioned products");
    // an anchor of anchors
    let bomb: String = (1..30).map(|n| format!("x{n}: &x{n} [*x{0}, *x{0}]\n", n - 1)).collect();
    let manifest = folder(&format!("x0: &x0 [a, b, c, d, e, f, g, h]\n{bomb}"), &[]);
    assert!(puppet(&manifest, &places()).unwrap_err().message.contains("aliases stand for too much"));
}

/// What decides whether, or how, a launch is made, and has no place in a declaration or cannot be told, is said.
#[test]
fn no_condition_and_no_way_to_run_is_dropped_in_silence() {
    let changed = |more: &str| {
        let launch = "launches:\n  net:\n    product: box\n    version: v1\n    deploy_to: {tags: [{tag: one, regions: default_region}]}\n";
        let conditions =
            "conditions:\n  yes: !Equals [a, a]\n  open: !Equals [\"${Custom::X}\", a]\n  odd: !If [a]\n";
        read(&format!("{launch}{more}{conditions}")).changed
    };
    let so = "what is called so is declared if it is there";
    let told = |what: &str| vec![format!("manifest.yaml:9: net: {what}")];
    assert_eq!(changed("    execution: hub\n"), Vec::<String>::new());
    assert_eq!(changed("    condition: yes\n"), Vec::<String>::new());
    assert_eq!(
        changed("    execution: spoke\n"),
        told("`execution` is left out: all operations are asked for from where provisor runs")
    );
    assert_eq!(
        changed("    condition: never\n"),
        told(&format!("its condition `never` is none of `conditions`: {so}"))
    );
    for open in ["open", "odd"] {
        let why = format!("whether its condition `{open}` holds cannot be told from the manifest: {so}");
        assert_eq!(changed(&format!("    condition: {open}\n")), told(&why));
    }
    assert_eq!(
        changed("    condition: {equals: [a, b]}\n"),
        told(&format!("its condition names none of `conditions`: {so}"))
    );
}
