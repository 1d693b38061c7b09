//! World files on disk for tests, and reading them.

use std::path::{Path, PathBuf};

use provisor::sandbox::{SandboxError, check, peek};
use tempfile::TempDir;

const TEMPLATE: &str = "
Parameters:
  Name: {Type: String}
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
        Err(SandboxError::World {
            line,
            column,
            message,
            ..
        }) => (line, column, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn peek_reads_the_head_and_nothing_else() {
    let (_folder, file) = folder(
        "account_id: 410000000001\nregion: us-east-1\nportfolios: [{name: p, products: [{name: x, versions: [{template: gone.yaml}]}]}]\n",
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

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let rows = [
        (
            "account_id: '12'\nportfolios: []\n",
            1,
            13,
            "not a 12-digit account id",
        ),
        ("portfolios: []\nregoin: x\n", 2, 1, "unknown field `regoin`"),
        (
            "portfolios:\n  - name: p\n    products:\n      - {name: x, versions: []}\n",
            4,
            9,
            "has no versions",
        ),
        (
            "portfolios:\n  - name: p\n    products:\n      - {name: x, versions: [{name: 1.10}]}\n",
            4,
            37,
            "quote it",
        ),
        (
            "portfolios:\n  - name: p\n    products:\n      - name: x\n        versions:\n          - {template: gone.yaml}\n",
            6,
            24,
            "cannot read template",
        ),
        (
            "portfolios:\n  - name: p\n    products:\n      - name: x\n        versions:\n          - {template: sandbox.yaml}\n",
            6,
            24,
            "template `sandbox.yaml`",
        ),
        (
            "portfolios: []\nfaults:\n  - {call: X, outcome: hang}\n",
            3,
            5,
            "belongs to an `operation`",
        ),
        (
            "portfolios: []\nfaults:\n  - {call: X, outcome: explode}\n",
            3,
            24,
            "unknown variant `explode`",
        ),
        (
            "portfolios:\n  - {name: p, products: []}\n  - {name: p, products: []}\n",
            3,
            12,
            "there already",
        ),
        ("time_scale: 0\nportfolios: []\n", 1, 13, "time_scale is above 0"),
        (
            "portfolios: []\ndurations: {provision: soon}\n",
            2,
            24,
            "not a span of time",
        ),
        ("portfolios: [\n", 2, 1, ""),
    ];
    for (world, line, column, text) in rows {
        let (_folder, file) = folder(world);
        let found = problem(&file);
        assert!(found.2.contains(text), "{world}: {found:?}");
        assert_eq!((found.0, found.1), (line, column), "{world}: {found:?}");
    }
}
