//! World files on disk for tests, and reading them.

use std::path::{Path, PathBuf};

use provisor::sandbox::{SandboxError, check, peek};
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

fn problem(file: &Path) -> (usize, usize, String) {
    match check(file) {
        Err(SandboxError::World { line, column, message, .. }) => (line, column, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn peek_reads_the_head_and_nothing_else() {
    let (_folder, file) = folder(
        "account_id: 410000000001\nregion: us-east-1\nportfolios:\n  - name: p\n    products:\n      \
         - {name: x, versions: [{template: gone.yaml}]}\n",
    );
    let head = peek(&file).unwrap();
    assert_eq!(
        (head.account_id.as_str(), head.region.as_str(), head.time_scale),
        ("410000000001", "us-east-1", 100.0)
    );
    assert!(check(&file).is_err());
    let (_folder, file) = folder(WORLD);
    check(&file).unwrap();
    assert_eq!(peek(&file).unwrap().account_id, "111122223333");
}

/// The head of a world with one product, whose entry begins on line 4.
const PRODUCT: &str = "portfolios:\n  - name: p\n    products:\n";

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let product = |entry: &str| format!("{PRODUCT}      - {entry}\n");
    let plain = |text: &str| format!("{text}\n");
    let rows = [
        (plain("account_id: '12'\nportfolios: []"), (1, 13), "not a 12-digit account id"),
        (plain("portfolios: []\nregoin: x"), (2, 1), "unknown field `regoin`"),
        (product("{name: x, versions: []}"), (4, 9), "has no versions"),
        (product("{name: x, id: 'x y', versions: []}"), (4, 23), "`x y` is not an id"),
        (product("{name: '', versions: []}"), (4, 16), "1 to 8191 characters"),
        (product("{name: x, constraints: {launch_role: me}}"), (4, 46), "`me` is not the ARN of a role"),
        (
            plain("portfolios: [{name: p, accounts: ['1'], products: []}]"),
            (1, 35),
            "`1` is not a 12-digit account",
        ),
        (product("{name: x, versions: [{name: 1.10}]}"), (4, 37), "quote it"),
        (product("{name: x, versions: [{template: gone.yaml}]}"), (4, 41), "cannot read template"),
        (product("{name: x, versions: [{template: sandbox.yaml}]}"), (4, 41), "template `sandbox.yaml`"),
        (
            plain("portfolios: []\nfaults:\n  - {call: '*', outcome: hang}"),
            (3, 5),
            "belongs to an `operation`",
        ),
        (
            plain("portfolios: []\nfaults:\n  - {outcome: throttle, call: ProvisonProduct}"),
            (3, 31),
            "there is no operation `ProvisonProduct`; the nearest name is `ProvisionProduct`",
        ),
        (plain("portfolios: []\nfaults:\n  - {call: X, outcome: burst}"), (3, 24), "unknown variant `burst`"),
        (
            plain("portfolios:\n  - {name: p, products: []}\n  - {name: p, products: []}"),
            (3, 12),
            "there already",
        ),
        (plain("time_scale: 0\nportfolios: []"), (1, 13), "time_scale is above 0"),
        (plain("portfolios: []\ndurations: {provision: soon}"), (2, 24), "not a span of time"),
        (plain("portfolios: ["), (2, 1), ""),
    ];
    for (world, place, text) in rows {
        let (_folder, file) = folder(&world);
        let (line, column, message) = problem(&file);
        assert!(message.contains(text), "{world}: {message}");
        assert_eq!((line, column), place, "{world}: {message}");
    }
}
