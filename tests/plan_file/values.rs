//! What plans are made of: addresses, templates, values, specs, intents. No assertions here.

use std::collections::BTreeMap;
use std::sync::Arc;

use provisor::model::ids::Address;
use provisor::model::product::{Bound, Language, Preferences};
use provisor::model::secret::{DigestKey, KeyedDigest, default_digest};
use provisor::model::target::{Named, Options, Target};
use provisor::model::template::{Attribute, Piece, Reference, Template};
use provisor::model::time::Timestamp;
use provisor::plan::file::About;
use provisor::plan::{Parameter, Planned, Sending, Spec};
use provisor::state::{Author, Content, Intent, Kind, Phase, Stored};

use super::dice::Dice;

/// The parameter whose value is a secret, in every spec that has one.
pub const SECRET: &str = "Password";
/// What no file may hold.
pub const CANARY: &str = "kanarienvogel-7c1f";

pub fn key() -> DigestKey {
    DigestKey::new([7; 32])
}

/// What a plan says of its making.
pub fn about() -> About {
    let text = |text: &str| text.to_owned();
    let by = Author { run: text("7-5"), who: text("ada"), from: text("box"), commit: Some("1".repeat(40)) };
    let route = BTreeMap::from([(text("profile"), text("platform"))]);
    About {
        at: Timestamp(1_780_000_000_000),
        by: Some(by),
        skips_refused: true,
        max_terminate: None,
        destroys: false,
        variables: BTreeMap::from([(text("env"), text("dev"))]),
        routes: BTreeMap::from([("pay-dev/eu-west-1".into(), route)]),
    }
}

pub fn address(key: &str) -> Address {
    Address::new(key, "pay-dev/eu-west-1")
}

pub fn hole(of: &str, what: Attribute) -> Piece {
    Piece::Reference(Reference { of: address(of), what })
}

pub fn output(key: &str, index: Option<usize>) -> Attribute {
    Attribute::Output { key: key.into(), index }
}

/// What the declarations give for the secret.
pub fn secret() -> Template {
    Template::of([Piece::Text(CANARY.into()), hole("network", output("Salt", None))])
}

pub fn attributes() -> Vec<Attribute> {
    vec![output("VpcId", None), output("Subnets", Some(2)), Attribute::Id, Attribute::Arn]
}

fn template(dice: &mut Dice) -> Template {
    let pieces: Vec<Piece> = dice.many(|dice| match dice.chance() {
        true => Piece::Text(dice.text()),
        false => hole("network", dice.one(&attributes())),
    });
    Template::of(pieces)
}

pub fn preferences(dice: &mut Dice) -> Preferences {
    let bounds = [Bound::Count(3), Bound::Percentage(30)];
    Preferences {
        accounts: dice.many(Dice::text),
        regions: dice.many(Dice::text),
        failure_tolerance: dice.maybe(|dice| dice.one(&bounds)),
        max_concurrency: dice.maybe(|dice| dice.one(&bounds)),
    }
}

fn planned(dice: &mut Dice, which: usize) -> Planned {
    match which % 5 {
        0 => Planned::Known(dice.text()),
        1 => Planned::Pending(template(dice)),
        2 => Planned::Secret { template: Some(secret()), digest: default_digest(&key(), SECRET, "s3cret") },
        3 => Planned::Unknown,
        _ => Planned::Kept(KeyedDigest("d1".into())),
    }
}

fn languages() -> [Language; 3] {
    [Language::En, Language::Jp, Language::Zh]
}

fn names(dice: &mut Dice, [product, artifact, path]: [&str; 3]) -> Target {
    Target {
        name: dice.text(),
        product: Named::new(product, dice.text()),
        artifact: Named::new(artifact, dice.text()),
        path: Named::new(path, dice.text()),
        options: Options::default(),
    }
}

fn options(dice: &mut Dice) -> Options {
    Options {
        notification_arns: dice.many(Dice::text),
        preferences: dice.maybe(preferences),
        language: dice.one(&languages()),
        sensitive_outputs: dice.many(Dice::text),
    }
}

pub fn spec(dice: &mut Dice) -> Spec {
    let mut parameters: BTreeMap<String, Parameter> = dice.many(|dice| {
        let sent = dice.one(&[Sending::Value, Sending::Previous, Sending::Default]);
        let which = [0, 1, 3, 4][dice.below(4)];
        (dice.text(), Parameter { value: planned(dice, which), sent })
    });
    parameters.insert(SECRET.into(), Parameter { value: planned(dice, 2), sent: Sending::Value });
    let mut target = names(dice, ["prod-1", "pa-1", "lpv2-1"]);
    let tags = dice.many(|dice| (dice.text(), Planned::Known(dice.text())));
    let send_tags = dice.chance();
    target.options = options(dice);
    Spec { target, parameters, tags, send_tags, instances: None }
}

fn content(dice: &mut Dice) -> Content {
    let stored = [Stored::Text("a".into()), Stored::Digest(KeyedDigest("d2".into())), Stored::Unknown];
    let mut target = names(dice, ["prod-2", "pa-2", "lpv3-2"]);
    let parameters = stored.into_iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect();
    let tags = dice.many(|dice| (dice.text(), dice.text()));
    target.options = options(dice);
    Content { target, parameters, tags }
}

pub fn kinds() -> [Kind; 4] {
    [Kind::Provision, Kind::Update, Kind::Terminate, Kind::Retain]
}

fn author(dice: &mut Dice) -> Author {
    let commit = dice.maybe(|dice| dice.text());
    Author { run: "run-1".to_owned(), who: dice.text(), from: dice.text(), commit }
}

pub fn intent(dice: &mut Dice) -> Intent {
    Intent {
        op_no: u64::MAX,
        kind: dice.one(&kinds()),
        token: "tok-1".into(),
        nonce: dice.maybe(|_| 7).unwrap_or_default(),
        by: dice.maybe(|dice| Arc::new(author(dice))),
        request_digest: KeyedDigest("d3".into()),
        base_record: dice.maybe(|_| "rec-0".into()),
        born: Timestamp(i64::MIN),
        sent: Timestamp(1_700_000_000_123),
        sign_by: Timestamp(i64::MAX),
        phase: dice.one(&[Phase::Intended, Phase::Accepted("rec-1".into())]),
        content: dice.maybe(content),
    }
}
