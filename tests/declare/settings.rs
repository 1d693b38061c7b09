//! `provisor.yaml`: locations, variables, limits.

use std::time::Duration;

use provisor::declare::{Access, Inputs, Limit, Settings, SettingsDraft, VariableKind};
use provisor::model::diagnostic::Severity;
use provisor::model::ids::LocationName;

use super::{inputs, platform, same, shown, source};

fn read(text: &str, inputs: &Inputs) -> Result<Settings, Vec<String>> {
    let file = source("provisor.yaml", text);
    let mut sources = vec![file.clone()];
    sources.extend(inputs.files.iter().cloned());
    super::settings(&file, None, inputs).map_err(|problems| shown(&problems, &sources))
}

/// The findings in settings that consist of a project, one location and this.
#[track_caller]
fn check(more: &str, inputs: &Inputs, expected: &[&str]) {
    let text = format!(
        "project: p\nlocations: {{hub: {{account_id: \"111122223333\", regions: [eu-west-1]}}}}\n{more}"
    );
    same(&read(&text, inputs).err().unwrap_or_default(), expected);
}

fn wrong(more: &str, expected: &[&str]) {
    check(more, &Inputs::default(), expected);
}

#[test]
fn locations_are_accounts_times_regions() {
    let settings = platform();
    let names: Vec<&str> = settings.locations.keys().map(LocationName::as_str).collect();
    assert_eq!(names, ["demo/eu-central-1", "hub/eu-west-1", "pay-dev/eu-west-1", "pay-dev/us-east-1"]);
    let first = &settings.locations[&LocationName::from("pay-dev/eu-west-1")];
    assert_eq!((first.account.as_str(), first.region.as_str()), ("pay-dev", "eu-west-1"));
    assert_eq!(first.variables["cidr"], "10.20.0.0/16");
    assert_eq!(first.variables["env"], "dev");
    let demo = &settings.locations[&LocationName::from("demo/eu-central-1")];
    assert_eq!(demo.access, Access::Sandbox { file: "sandbox.yaml".to_owned() });
    assert_eq!(demo.account_id.as_ref().map(|id| id.as_str()), Some("999988887777"));
    assert_eq!(demo.region.as_str(), "eu-central-1");
    assert_eq!(settings.accounts["pay-dev"].len(), 2);
}

#[test]
fn everything_has_a_default() {
    let settings =
        read("project: p\nlocations: {demo: {sandbox: s.yaml, regions: [eu-west-1]}}\n", &Inputs::default())
            .expect("minimal");
    assert_eq!(settings.state_path, "state");
    assert_eq!(settings.declarations, ["products"]);
    assert_eq!((settings.parallelism, settings.max_terminate), (50, Limit::Count(1)));
    assert_eq!(settings.timeouts.provision, Duration::from_secs(3600));
    let demo = &settings.locations[&LocationName::from("demo/eu-west-1")];
    assert!(demo.account_id.is_none() && !demo.frozen);
}

#[test]
fn all_fields_are_read() {
    let settings = read(
        "format: 1
project: p-${var.stage}
declarations: [a, b/c.yaml]
state: {path: \"state-${var.stage}\"}
x-notes: anything
locations:
  pay: {account_id: 012345678901, frozen: true, profile: x, endpoint_url: \"http://LOCALHOST:4566\", x-owner: me}
  far: {account_id: \"111122223333\", role_arn: \"arn:aws:iam::111122223333:role/own\", external_id: \"e-${location.name}\", endpoint_url: https://vpce.example, allow_custom_endpoint: true}
location_defaults:
  regions: [eu-west-1]
  role_arn: arn:aws:iam::${location.account_id}:role/provisor-${var.stage}
  variables: {stage2: \"${location.region}\"}
variables:
  stage: {default: dev}
  stage2: {}
  sizes: {type: list, default: [a, 1.10]}
limits: {parallelism: 5, products: {\"AWS Control Tower Account Factory\": 2}}
guards: {max_terminate: 10%, replace_resources: {refuse: [\"AWS::RDS::*\", Custom::Db]}}
timeouts: {provision: 90m, update: 1h30m, terminate: 90s}
",
        &Inputs::default(),
    )
    .expect("all fields");
    assert_eq!((settings.project.as_str(), settings.state_path.as_str()), ("p-dev", "state-dev"));
    let pay = &settings.locations[&LocationName::from("pay/eu-west-1")];
    assert_eq!(pay.account_id.as_ref().map(|id| id.as_str()), Some("012345678901"));
    assert_eq!(pay.variables["stage2"], "eu-west-1");
    let Access::Aws { profile, role, endpoint_url, .. } = &pay.access else { panic!("{pay:?}") };
    assert_eq!((profile.as_deref(), endpoint_url.as_deref()), (Some("x"), Some("http://LOCALHOST:4566")));
    assert_eq!(role.as_ref().map(|r| r.arn.as_str()), Some("arn:aws:iam::012345678901:role/provisor-dev"));
    assert!(pay.frozen);
    let Access::Aws { role: Some(role), .. } =
        &settings.locations[&LocationName::from("far/eu-west-1")].access
    else {
        panic!()
    };
    assert_eq!(
        (role.arn.as_str(), role.external_id.as_deref()),
        ("arn:aws:iam::111122223333:role/own", Some("e-far"))
    );
    assert_eq!(settings.variables["sizes"].value.as_deref(), Some("a,1.10"));
    assert_eq!(settings.variables["sizes"].kind, VariableKind::List);
    assert_eq!((settings.parallelism, settings.product_limits["AWS Control Tower Account Factory"]), (5, 2));
    assert_eq!(settings.max_terminate, Limit::Percent(10));
    let guard = settings.replace_resources.unwrap();
    assert_eq!(guard.types, ["AWS::RDS::*", "Custom::Db"]);
    assert!(guard.covers("AWS::RDS::DBCluster") && !guard.covers("AWS::SNS::Topic"));
    assert_eq!(settings.timeouts.update, Duration::from_secs(5400));
    assert_eq!(settings.timeouts.terminate, Duration::from_secs(90));
}

#[test]
fn wrong_settings_are_found_together() {
    let text = "projct: p
locations:
  hub: {account_id: \"12345678901\", regions: [eu-west1, eu-west-1, eu-west-1], profil: x}
limits: {parallelism: 0}
timeouts: {provision: 5 parsecs, update: 0s}
";
    same(
        &read(text, &Inputs::default()).unwrap_err(),
        &[
            "1:1 unknown-key: unknown key `projct`; did you mean `project`?",
            "3:21 bad-value: `12345678901` is not an account id: it has 12 digits; leading zeros are part of it: `\"012345678901\"`?",
            "3:46 bad-value: `eu-west1` is not a region; did you mean `eu-west-1`?",
            "3:67 bad-value: the region `eu-west-1` stands here twice",
            "3:79 unknown-key: unknown key `profil` in `hub`; did you mean `profile`?",
            "4:23 bad-value: `parallelism` must be at least 1, not 0",
            "5:23 bad-value: `provision` must be a duration such as `90s`, `60m` or `1h30m`, not `5 parsecs`",
            "5:42 bad-value: `update` is no time at all: `0s`",
        ],
    );
    let text =
        text.replace("projct", "project").replace("profil:", "profile:").replace(" p\n", " Platform\n");
    same(
        &read(&text, &Inputs::default()).unwrap_err(),
        &[
            "1:10 bad-value: `Platform` cannot name a project",
            "3:21 bad-value: `12345678901` is not an account id: it has 12 digits; leading zeros are part of it: `\"012345678901\"`?",
            "3:46 bad-value: `eu-west1` is not a region; did you mean `eu-west-1`?",
            "3:67 bad-value: the region `eu-west-1` stands here twice",
            "4:23 bad-value: `parallelism` must be at least 1, not 0",
            "5:23 bad-value: `provision` must be a duration such as `90s`, `60m` or `1h30m`, not `5 parsecs`",
            "5:42 bad-value: `update` is no time at all: `0s`",
        ],
    );
    for (text, expected) in [
        (
            "",
            "provisor.yaml? missing: there are no `locations`; such as `locations: {demo: {sandbox: sandbox.yaml}}`",
        ),
        ("[a]\n", "1:1 wrong-type: the file must be a map, not a list"),
        (
            "project: p\nlocations: {a: {}}\n",
            "2:13 missing: `a` has no `regions`; such as `regions: [eu-west-1]`",
        ),
    ] {
        let found = read(text, &Inputs::default()).unwrap_err();
        assert!(found[0].starts_with(expected), "{found:?}");
    }
    // a sandbox whose file cannot be read: nothing is made up of it
    assert!(read("project: p\nlocations: {a: {sandbox: x.yaml}}\n", &Inputs::default()).is_ok());
}

/// One more line of settings, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    ("format: 2\n", "3:9 bad-value: the format `2` is not known: this version reads format 1"),
    (
        "guards: {max_terminate: lots}\n",
        "3:25 bad-value: `max_terminate` must be a count such as `3`, or a share such as `10%`, not `lots`",
    ),
    (
        "guards: {replace_resources: refuses}\n",
        "3:29 bad-value: `replace_resources` must be one of `refuse`, not `refuses`; did you mean `refuse`?",
    ),
    (
        "guards: {replace_resources: {refuse: [RDS]}}\n",
        "3:39 bad-value: `RDS` names no type of resources; such as `AWS::RDS::DBInstance`, or `AWS::RDS::*` for several",
    ),
    (
        "guards: {replace_resources: {refuse: AWS::RDS::*}}\n",
        "3:38 wrong-type: `refuse` must be a list, not `AWS::RDS::*`; write `[AWS::RDS::*]`",
    ),
    (
        "guards: {replace_resources: {}}\n",
        "3:9 missing: `guards.replace_resources` names no types; write `replace_resources: refuse` for all types, or `{refuse: [\"AWS::RDS::*\"]}`",
    ),
    (
        "guards: {replace_resources: {refuse: [\"AWS::${var.x}::*\"]}}\n",
        "3:9 missing: `guards.replace_resources` names types as they are: `${…}` is not filled there",
    ),
    (
        "guards: {max_terminate: 120%}\n",
        "3:25 bad-value: `max_terminate` must be a count such as `3`, or a share such as `10%`, not `120%`",
    ),
    ("state: {dynamodb: {table: x}}\n", "3:9 not-yet: `dynamodb` is not supported yet by this version"),
    ("limits: {parallelism: -1}\n", "3:23 wrong-type: `parallelism` must be a whole number from 1, not `-1`"),
    ("variables: {a: {type: strng}}\n", "3:23 bad-value: there is no type `strng`; did you mean `string`?"),
    (
        "variables: {a: {allowed: [x], default: y}}\n",
        "3:40 bad-value: the variable `a` must be one of `x`, not `y`",
    ),
    ("variables: {a: {default: {b: c}}}\n", "3:26 wrong-type: the variable `a` must be a text, not a map"),
    ("variables: {a: {default: \"${var.b}\"}}\n", "3:26 bad-reference: a default cannot refer to anything"),
    ("variables: {a.b: {}}\n", "3:13 bad-value: `a.b` cannot name a variable"),
    ("location_defaults: {variables: {nope: x}}\n", "3:33 unknown-variable: there is no variable `nope`"),
    (
        "location_defaults: {endpoint_url: \"https://evil.example/x\"}\n",
        "3:35 custom-endpoint: the endpoint `https://evil.example/x` is not on this machine, and not the service's own; if that is meant, write `allow_custom_endpoint: true`",
    ),
    (
        "location_defaults: {endpoint_url: \"http://127.0.0.1.evil.example\"}\n",
        "3:35 custom-endpoint: the endpoint `http://127.0.0.1.evil.example` is not on this machine, and not the service's own",
    ),
    (
        "location_defaults: {endpoint_url: \"http://localhost:1@evil.example/\"}\n",
        "3:35 bad-value: `endpoint_url` is no URL that can be called",
    ),
    (
        "location_defaults: {endpoint_url: \"http://10.0.0.1:80\", allow_custom_endpoint: true}\n",
        "3:35 plain-http: the endpoint `http://10.0.0.1:80` is reached without encryption",
    ),
    (
        "location_defaults: {account_id: \"111122223333\"}\n",
        "3:33 unknown-key: `account_id` stands at one location, not in `location_defaults`",
    ),
    (
        "location_defaults: {external_id: x}\nvariables: {b: {sensitive: maybe}}\n",
        "4:28 wrong-type: `sensitive` must be `true` or `false`, not `maybe`",
    ),
    ("location_defaults: {role_arn: nonsense}\n", "3:31 bad-value: `nonsense` is not the ARN of a role"),
    ("state: {path: \"${var.a}\"}\n", "3:16 unknown-variable: there is no variable `a`"),
];

#[test]
fn each_wrong_setting_is_explained() {
    for &(more, expected) in WRONG {
        wrong(more, &[expected]);
    }
}

#[test]
fn later_sources_of_a_variable_win() {
    let text = "project: p\nlocations: {hub: {regions: [eu-west-1]}}\nvariables: {a: {default: default}, n: {type: number}, b: {type: bool}, l: {type: list}}\n";
    let mut given = Inputs::default();
    let value = |given: &Inputs| read(text, given).expect("values").variables["a"].value.clone();
    assert_eq!(value(&given).as_deref(), Some("default"));
    given.environment.insert("a".to_owned(), "environment".to_owned());
    assert_eq!(value(&given).as_deref(), Some("environment"));
    given.files.push(source("one.yaml", "a: one\nn: 012\nb: true\nl: [x, 'y']\n"));
    given.files.push(source("two.yaml", "a: two\n"));
    assert_eq!(value(&given).as_deref(), Some("two"));
    given.arguments.push(("a".to_owned(), "argument".to_owned()));
    given.arguments.push(("a".to_owned(), "last ${x}".to_owned()));
    assert_eq!(value(&given).as_deref(), Some("last ${x}"));
    let settings = read(text, &given).expect("values");
    assert_eq!(settings.variables["n"].value.as_deref(), Some("012"));
    assert_eq!(settings.variables["l"].value.as_deref(), Some("x,y"));
}

#[test]
fn values_from_outside_are_checked() {
    let variables = "variables: {size: {allowed: [s, m]}, n: {type: number}, b: {type: bool}, pin: {type: number, sensitive: true}}\n";
    let mut given = Inputs { arguments: vec![("sise".to_owned(), "s".to_owned())], ..Inputs::default() };
    check(variables, &given, &["- unknown-variable: there is no variable `sise`; did you mean `size`?"]);
    given.arguments = vec![
        ("size".to_owned(), "xl".to_owned()),
        ("n".to_owned(), "1x".to_owned()),
        ("b".to_owned(), "yes".to_owned()),
        ("pin".to_owned(), "hunter2".to_owned()),
    ];
    check(
        variables,
        &given,
        &[
            "- exposed-secret: `--var pin` gives a sensitive variable: everybody on this machine can read arguments",
            "- bad-value: the variable `size` must be one of `s`, `m`, not `xl`",
            "- bad-value: the variable `n` must be a number, not `1x`",
            "- bad-value: the variable `b` must be `true` or `false`, not `yes`",
            "- bad-value: the variable `pin` must be a number, not this value",
        ],
    );
    given.arguments.clear();
    given.files.push(source("vars.yaml", "size: m\nsze: s\npin: hunter2\nn: {a: b}\n"));
    let found =
        read(&format!("project: p\nlocations: {{hub: {{regions: [eu-west-1]}}}}\n{variables}"), &given)
            .unwrap_err();
    same(
        &found,
        &[
            "vars.yaml:2:1 unknown-variable: there is no variable of this name; did you mean `size`?",
            "vars.yaml:3:6 bad-value: the variable `pin` must be a number, not this value",
            "vars.yaml:4:4 wrong-type: the variable `n` must be a number, not a map",
        ],
    );
    given.files[0] = source("vars.yaml", "pin: 'hunter2\n");
    check(
        variables,
        &given,
        &["vars.yaml:1:6 syntax: this `'` is not closed; write another `'` behind the text"],
    );
    given.files[0] = source("vars.yaml", "- a\n");
    check(variables, &given, &["vars.yaml:1:1 wrong-type: the file must be a map, not a list"]);
}

#[test]
fn what_a_location_sets_cannot_be_given_by_hand() {
    let given = Inputs { arguments: vec![("env".to_owned(), "prod".to_owned())], ..inputs() };
    let file = source("provisor.yaml", super::SETTINGS);
    let problems = super::settings(&file, None, &given).unwrap_err();
    let found = shown(&problems, &[file]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("10:22 both-given: the variable `env` is set by locations, so it cannot also be given by `--var env`"), "{found:?}");
}

#[test]
fn a_stray_environment_variable_is_only_warned_of() {
    let mut given = inputs();
    given.environment.insert("tem".to_owned(), "x".to_owned());
    let settings =
        super::settings(&source("provisor.yaml", super::SETTINGS), None, &given).expect("a warning only");
    assert_eq!(settings.warnings.0.len(), 1);
    assert_eq!(settings.warnings.0[0].severity, Severity::Warning);
    assert_eq!(settings.warnings.0[0].message, "`PROVISOR_VAR_tem` is set, but there is no variable `tem`");
}

#[test]
fn locations_may_be_kept_in_a_file_of_their_own() {
    let settings = source("provisor.yaml", "project: p\nlocations: locations.json\nvariables: {v: {}}\n");
    let draft = SettingsDraft::read(&settings).expect("a draft");
    assert_eq!(draft.locations_file(), Some("locations.json"));
    let inline = source("p", "project: p\nlocations: {}\n");
    assert_eq!(SettingsDraft::read(&inline).expect("a draft").locations_file(), None);
    let json = source(
        "locations.json",
        "{\n\t\"demo\": {\"sandbox\": \"s.yaml\", \"variables\": {\"v\": \"1\"}},\n\t\"hub\": {\"regions\": [\"eu-west-1\"]}\n}\n",
    );
    let draft = draft.with_locations(&json).expect("locations");
    assert_eq!((draft.locations_file(), draft.sandbox_files()), (None, ["s.yaml".to_owned()].into()));
    let given = Inputs {
        sandboxes: [("s.yaml".to_owned(), ("111122223333".into(), "eu-west-1".into()))].into(),
        ..Inputs::default()
    };
    let read = super::settings(&settings, Some(&json), &given).expect("both files");
    assert_eq!(read.locations.len(), 2);

    let wrong =
        source("locations.json", "hub: {region: [eu-west-1]}\nx: {regions: [e], variables: {w: 1}}\n");
    let sources = [settings.clone(), wrong.clone()];
    let found = shown(&super::settings(&settings, Some(&wrong), &given).unwrap_err(), &sources);
    same(
        &found,
        &[
            "locations.json:1:7 unknown-key: unknown key `region` in `hub`; did you mean `regions`?",
            "locations.json:2:15 bad-value: `e` is not a region; such as `eu-west-1`",
        ],
    );
    let wrong = source("locations.json", "x: {regions: [e], variables: {w: 1}}\n");
    let found = shown(
        &super::settings(&settings, Some(&wrong), &given).unwrap_err(),
        &[settings.clone(), wrong.clone()],
    );
    same(&found, &["locations.json:1:15 bad-value: `e` is not a region; such as `eu-west-1`"]);
    assert!(super::settings(&settings, None, &given).is_err());
}

#[test]
fn lines_that_hold_secrets_are_not_pointed_at() {
    let text = "project: p
locations:
  hub:
    regions: [eu-west-1]
    variables:
      pin: hunter2
variables:
  pin: {type: number, sensitive: true}
  code:
    type: number
    sensitive: true
    default: hunter2
";
    let file = source("provisor.yaml", text);
    let problems = super::settings(&file, None, &Inputs::default()).unwrap_err();
    same(
        &shown(&problems, &[file]),
        &[
            "6:7 sensitive-default: the variable `pin` is sensitive, and its value would stand in git",
            "12:5 sensitive-default: the variable `code` is sensitive, and its default would stand in git",
        ],
    );
}

#[test]
fn regions_that_may_be_meant_are_suggested() {
    let of = |region: &str| {
        let file =
            source("provisor.yaml", &format!("project: p\nlocations: {{hub: {{regions: [{region}]}}}}\n"));
        let found = match super::settings(&file, None, &Inputs::default()) {
            Ok(settings) => settings.warnings,
            Err(found) => found,
        };
        shown(&found, &[file])
    };
    same(&of("EU-WEST-1"), &["2:29 bad-value: `EU-WEST-1` is not a region; did you mean `eu-west-1`?"]);
    same(&of("e"), &["2:29 bad-value: `e` is not a region; such as `eu-west-1`"]);
    same(
        &of("eu-west-11"),
        &[
            "2:29 unknown-region: `eu-west-11` is not among the regions that are known; did you mean `eu-west-1`?",
        ],
    );
    for known in ["eu-west-1", "us-gov-west-1", "eusc-de-east-1", "xy-somewhere-1"] {
        same(&of(known), &[]);
    }
}
