//! World files on disk for tests, and reading them.

use std::path::{Path, PathBuf};

use provisor_sandbox::{Reader, SandboxError, check, peek};
use tempfile::TempDir;

const TEMPLATE: &str = "
Description: a box
Parameters:
  Name: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>', Default: /net/vpc}
  Size: {Type: String, Default: small, AllowedValues: [small, large]}
  Password: {Type: String, NoEcho: true, Default: none, MinLength: 4, MaxLength: 12}
Resources:
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}
Outputs:
  Name: {Value: !Ref Name}
  Size: {Value: !Ref Size}
  Url: {Value: !Sub 'https://admin:${Password}@example.com'}
";

pub const WORLD: &str = "
time_scale: 1
durations: {provision: 100s, update: 60s, terminate: 30s}
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box.yaml}, {name: v2, template: box.yaml}]
        constraints: {tag_update: true}
";

/// A folder with sandbox.yaml and the template it names.
pub fn folder(world: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("box.yaml"), TEMPLATE).unwrap();
    let file = folder.path().join("sandbox.yaml");
    std::fs::write(&file, world).unwrap();
    (folder, file)
}

/// All that is said of a world file that cannot be used.
pub fn problems(file: &Path) -> Vec<(usize, usize, String)> {
    let of = |error| match error {
        SandboxError::World { line, column, message, hint, .. } => {
            (line, column, hint.map_or(message.clone(), |hint| format!("{message}; {hint}")))
        }
        other => panic!("{other:?}"),
    };
    match check(file, &Reader::default()) {
        Err(SandboxError::Several(errors)) => errors.into_iter().map(of).collect(),
        Err(error) => vec![of(error)],
        Ok(()) => panic!("nothing is wrong with it"),
    }
}

#[test]
fn peek_reads_the_head_and_nothing_else() {
    let (_folder, file) = folder(
        "account_id: 410000000001\nregion: us-east-1\nportfolios:\n  - name: p\n    products:\n      \
         - {name: x, versions: [{template: gone.yaml}]}\n",
    );
    let head = peek(&file, &Reader::default()).unwrap();
    assert_eq!(
        (head.account_id.as_str(), head.region.as_str(), head.time_scale),
        ("410000000001", "us-east-1", 100.0)
    );
    assert!(check(&file, &Reader::default()).is_err());
    let (_folder, file) = folder(WORLD);
    check(&file, &Reader::default()).unwrap();
    assert_eq!(peek(&file, &Reader::default()).unwrap().account_id, "111122223333");
}

/// The head of a world with one product, whose entry begins on line 4.
pub const PRODUCT: &str = "portfolios:\n  - name: p\n    products:\n";

/// A world on one line.
const EMPTY: &str = "portfolios: [{name: p, products: []}]";

#[test]
fn a_template_s_problem_is_named_where_it_stands() {
    let (folder, file) = folder(WORLD);
    std::fs::write(
        folder.path().join("box.yaml"),
        "Resources:\n  A: {Type: 'AWS::SQS::Queue', Propertees: {}}\n",
    )
    .unwrap();
    let Err(SandboxError::World { file: at, line, message, used, .. }) = check(&file, &Reader::default())
    else {
        panic!("accepted")
    };
    assert_eq!((at, line), (folder.path().join("box.yaml"), 2));
    assert_eq!(used, Some(format!("{}:8:41", file.display())), "{message}");
}

#[test]
fn a_file_that_is_not_there_has_no_lines() {
    let (folder, file) = folder("# a world\n\n# to come\n");
    let rows = [(file, "says nothing"), (folder.path().join("sandbx.yaml"), "there is no such world file")];
    for (file, text) in rows {
        let error = check(&file, &Reader::default()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("`{}`: ", file.display())), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert!(error.hint().unwrap().contains("provisor init"));
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let product = |entry: &str| format!("{PRODUCT}      - {entry}\n");
    let plain = |text: &str| format!("{text}\n");
    let rows = [
        (plain("account_id: '12'\nportfolios: []"), (1, 13), "not a 12-digit account id"),
        (plain("portfolios: []\nregoin: x"), (2, 1), "unknown key `regoin`; did you mean `region`?"),
        (product("{name: x, versions: []}"), (4, 9), "has no versions"),
        (product("{name: x, id: 'x y', versions: []}"), (4, 23), "`x y` is not an id"),
        (product("{name: '', versions: []}"), (4, 16), "1 to 8191 characters"),
        (product("{name: x, constraints: {launch_role: me}}"), (4, 46), "`me` is not the ARN of a role"),
        (
            plain("portfolios: [{name: p, accounts: ['1'], products: []}]"),
            (1, 35),
            "`1` is not a 12-digit account",
        ),
        (product("{name: x, versions: [{name: 1.10, template: box.yaml}]}"), (4, 37), "quote it"),
        (product("{name: x, versions: [{template: gone.yaml}]}"), (4, 41), "cannot read template"),
        (product("{name: x, versions: [{template: sandbox.yaml}]}"), (1, 1), "properties [portfolios]"),
        (
            plain("portfolios: [{name: p, products: []}]\nfaults:\n  - {call: '*', outcome: hang}"),
            (3, 26),
            "`hang` is no outcome of a call; there is `drop_request`",
        ),
        (
            plain(
                "portfolios: [{name: p, products: []}]\nfaults:\n  - {outcome: throttle, call: ProvisonProduct}",
            ),
            (3, 31),
            "there is no operation `ProvisonProduct`; the nearest name is `ProvisionProduct`",
        ),
        (
            plain("portfolios: []\nfaults:\n  - {call: X, outcome: hank}"),
            (3, 24),
            "`hank` is not known here; there is `drop_request`",
        ),
        (
            plain("portfolios:\n  - {name: p, products: []}\n  - {name: p, products: []}"),
            (3, 12),
            "there already",
        ),
        (plain("time_scale: 0\nportfolios: []"), (1, 13), "time_scale is above 0"),
        (plain("portfolios: []\ndurations: {provision: soon}"), (2, 24), "not a span of time"),
        (plain("portfolios: ["), (2, 1), ""),
    ];
    said(&rows);
}

#[test]
fn what_would_never_work_is_named_with_its_place() {
    let product = |entry: &str| format!("{PRODUCT}      - {entry}\n");
    let plain = |text: &str| format!("{text}\n");
    let rows = [
        (plain("portfolios: []"), (1, 13), "at least one portfolio"),
        (plain("portfolios: []\nregion: eu-west"), (2, 9), "`eu-west` is not a region's name"),
        (plain("portfolios: []\ntime_scale: fast"), (2, 13), "a number is expected, not the text `fast`"),
        (plain("portfolios: []\ndurations: 5m"), (2, 12), "a map such as {provision: 5m} is expected"),
        (plain("portfolios: 5"), (1, 13), "a list is expected, not `5`"),
        (
            product("{name: x, type: TERRAFORM, versions: []}"),
            (4, 25),
            "`TERRAFORM` is no product type; there is",
        ),
        (
            product("{name: x, type: CFN_STACKSET, versions: []}"),
            (4, 25),
            "`CFN_STACKSET` is no product type: a product whose launches become stack sets has `constraints: {stack_set:",
        ),
        (product("{name: x, typ: EXTERNAL, versions: []}"), (4, 19), "did you mean `type`?"),
        (plain(&format!("{EMPTY}\nknobs: {{selector_error: ''}}")), (2, 25), "no code of an error"),
        (plain(&format!("{EMPTY}\nknobs: {{selector_error: a b}}")), (2, 25), "`a b` is no code"),
        (plain(&format!("{EMPTY}\nknobs: {{read_rate: 0}}")), (2, 20), "a rate is above 0"),
        (plain(&format!("{EMPTY}\nknobs: {{serch_lag: 1s}}")), (2, 9), "did you mean `search_lag`?"),
        (
            plain(&format!("{EMPTY}\nfaults: [{{call: DescribeRecord, outcome: throttle, rate: 10}}]")),
            (2, 58),
            "within 0 and 1",
        ),
        (
            plain(&format!("{EMPTY}\nfaults: [{{operation: update, outcome: hangg}}]")),
            (2, 39),
            "`hangg` is not known here; did you mean `hang`?",
        ),
        (
            plain(&format!("{EMPTY}\nfaults: [{{operation: update, outcome: hang, product: buckte}}]")),
            (2, 54),
            "there is no product `buckte`",
        ),
        (
            plain(&format!(
                "{EMPTY}\nfaults: [{{call: SearchProducts, outcome: throttle, provisioned_product: a}}]"
            )),
            (2, 73),
            "`SearchProducts` is never about one provisioned product",
        ),
    ];
    said(&rows);
}

/// Each is told at its place, and beside it only what is wrong with a world that has nothing in it.
fn said(rows: &[(String, (usize, usize), &str)]) {
    for (world, place, text) in rows {
        let (_folder, file) = folder(world);
        let mut found = problems(&file);
        found.retain(|(_, _, message)| {
            message.contains(text) || message != "a world has at least one portfolio"
        });
        let [(line, column, message)] = &found[..] else { panic!("{world}: {found:?}") };
        assert!(message.contains(text), "{world}: {message}");
        assert_eq!((*line, *column), *place, "{world}: {message}");
    }
}

/// One doubled key hides nothing.
#[test]
fn keys_that_stand_twice_are_told_each() {
    let (_folder, file) = folder(
        "region: eu-west-1
region: us-east-1
portfolios:
  - name: p
    products:
      - {name: x, name: y, constraints: {tag_update: maybe}, versions: [{name: v1, template: box.yaml}]}
",
    );
    let told: Vec<String> =
        problems(&file).into_iter().map(|(line, column, what)| format!("{line}:{column} {what}")).collect();
    assert_eq!(
        told,
        [
            "2:1 `region` stands here twice",
            "6:19 `name` stands here twice",
            "6:54 `true` or `false` is expected, not the text `maybe`",
        ]
    );
}

#[test]
fn all_that_is_wrong_with_a_template_is_told() {
    let (folder, file) = folder(WORLD);
    let template = "
Parameters: {Name: {Type: String}}
Conditions:
  One: !Equals [!Ref Nmae, a]
  Two: !Not [!Condition Thre]
Resources:
  A: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref Nmae}}
  B: {Type: 'AWS::SNS::Topic', DependsOn: D}
  C: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Sub '${C}'}}
Outputs:
  Fine: {Value: !Ref A}
  Bad: {Value: !GetAtt E.Arn}
";
    std::fs::write(folder.path().join("box.yaml"), template).unwrap();
    let lines: Vec<usize> = problems(&file).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [4, 5, 7, 8, 9, 12]);
}
