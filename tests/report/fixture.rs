//! Small plans, specs and rows to render. Nothing is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::rows::birth;
use provisor::model::ids::{Address, Labels, Lineage};
use provisor::model::product::Lifecycle;
use provisor::model::secret::KeyedDigest;
use provisor::model::target::{Named, Options, Target};
use provisor::model::template::{Attribute, Piece, Reference, Template};
use provisor::plan::{
    Action, Adoption, Basis, Coverage, Parameter, Plan, Planned, Reason, Sending, Shown, Spec, Step,
    Termination,
};
use provisor::report::view::PlanView;
use provisor::report::{Style, human, json};
use provisor::state::{
    Applied, Binding, Content, Home, Intent, Kind, LastFailure, Phase, Recorded, Row, Stored, Tombstone,
    Unverified, Version,
};

/// Text that a terminal would obey, or show in the wrong order.
pub const EVIL: &str = "a\u{1b}[31mred\u{202e}evil\u{200b}\u{9b}2J\u{7}";

pub fn plain() -> Style {
    Style::plain()
}

pub fn address(key: &str) -> Address {
    Address::new(key, "hub/eu-west-1")
}

pub fn known(text: &str) -> Planned {
    Planned::Known(text.to_owned())
}

pub fn text(text: &str) -> Shown {
    Shown::Text(text.to_owned())
}

pub fn secret() -> Planned {
    Planned::Secret { template: Some(Template::text("hunter2")), digest: KeyedDigest("d1".to_owned()) }
}

pub fn output(key: &str, name: &str) -> Template {
    let what = Attribute::Output { key: name.to_owned(), index: None };
    Template::of([Piece::Reference(Reference { of: address(key), what })])
}

pub fn parameter(value: Planned, sent: Sending) -> Parameter {
    Parameter { value, sent }
}

fn target(name: &str, sensitive_outputs: BTreeSet<String>) -> Target {
    Target {
        name: name.to_owned(),
        product: Named::new("prod-1", "vpc"),
        artifact: Named::new("pa-1", "v3"),
        path: Named::new("lpv3-1", "platform"),
        options: Options { sensitive_outputs, ..Options::default() },
    }
}

pub fn spec(name: &str) -> Spec {
    Spec {
        target: target(name, BTreeSet::new()),
        parameters: BTreeMap::new(),
        tags: BTreeMap::new(),
        send_tags: true,
        instances: None,
    }
}

pub fn with(mut spec: Spec, key: &str, value: Planned) -> Spec {
    spec.parameters.insert(key.to_owned(), parameter(value, Sending::Value));
    spec
}

pub fn adopt(id: &str, spec: Spec) -> Action {
    Action::Adopt(Adoption { id: id.into(), spec, record: Some("rec-9".into()), unverified: true })
}

pub fn step(key: &str, action: Action, reasons: Vec<Reason>) -> Step {
    Step {
        address: address(key),
        place: Home {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            catalog: Default::default(),
        },
        action,
        reasons,
        after: BTreeSet::new(),
        only_if_inputs_differ: false,
        base_record: None,
        base_op: 0,
        lifecycle: Lifecycle::default(),
        needs: BTreeSet::new(),
        sensitive_outputs: Default::default(),
        sensitive_parameters: Default::default(),
        timeout: Duration::from_secs(3600),
    }
}

pub fn update(key: &str, reasons: Vec<Reason>) -> Step {
    step(key, Action::Update("pp-1".into(), spec(&format!("{key}-dev"))), reasons)
}

pub fn terminate(key: &str, replacing: bool, reasons: Vec<Reason>) -> Step {
    let gone = Termination { id: "pp-9".into(), name: format!("{key}-dev"), retain: false, replacing };
    step(key, Action::Terminate(gone), reasons)
}

pub fn parameter_changed(key: &str, before: Shown, after: Shown) -> Reason {
    Reason::Parameter { key: key.to_owned(), before, after, by_default: false }
}

/// The plan for people.
pub fn read(plan: &Plan, style: Style) -> String {
    human::plan(&PlanView::of(plan, "f"), style)
}

/// The plan for programs.
pub fn document(plan: &Plan, fingerprint: &str) -> String {
    json::plan(&PlanView::of(plan, fingerprint))
}

pub fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        basis: Basis { lineage: Lineage::new("lineage-1"), serial: 7, rows: BTreeMap::new() },
        labels: Labels::of(steps.iter().map(|step| &step.address)),
        steps,
        unchanged: BTreeSet::new(),
        notes: Vec::new(),
        renamed: BTreeMap::new(),
        externals: BTreeMap::new(),
        breach: None,
        simulated: BTreeSet::new(),
        previews: BTreeMap::new(),
        interfaces: BTreeMap::new(),
        coverage: Coverage::Whole,
        concerns: BTreeMap::new(),
    }
}

/// A state of one row in which everything occurs.
pub fn recorded() -> Recorded {
    let content = Content {
        target: target("net-dev", BTreeSet::from(["Token".to_owned()])),
        parameters: BTreeMap::from([
            ("Cidr".to_owned(), Stored::Text(EVIL.to_owned())),
            ("Kept".to_owned(), Stored::Unknown),
            ("Password".to_owned(), Stored::Digest(KeyedDigest("secret-digest".to_owned()))),
        ]),
        tags: BTreeMap::from([("env".to_owned(), "dev".to_owned())]),
    };
    let intent = Intent {
        op_no: 8,
        kind: Kind::Update,
        token: "t-8".into(),
        nonce: 0,
        by: None,
        request_digest: KeyedDigest("request-digest".to_owned()),
        base_record: None,
        born: Default::default(),
        sent: Default::default(),
        sign_by: Default::default(),
        phase: Phase::Intended,
        content: None,
    };
    let applied = Applied {
        content,
        outputs: BTreeMap::from([("VpcId".to_owned(), "vpc-1".to_owned())]),
        sensitive_outputs: BTreeMap::from([("Token".to_owned(), KeyedDigest("output-digest".to_owned()))]),
        record: "rec-1".into(),
        unverified: BTreeSet::from([Unverified::Parameters]),
    };
    let failure = LastFailure { kind: Kind::Retain, record: Some("rec-5".into()), message: EVIL.to_owned() };
    let row = Row {
        home: Home {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            catalog: Default::default(),
        },
        binding: Some(Binding { id: "pp-1".into(), name: "net-dev".to_owned(), arn: None }),
        applied: Some(applied),
        intent: Some(intent),
        last_failure: Some(failure),
        after: BTreeSet::from([birth(&address("base"))]),
        ..Row::default()
    };
    let rows = BTreeMap::from([(address("network"), row), (address("none"), Row::default())]);
    let version = Version { birth: birth(&address("base")), n: 3 };
    let base = Tombstone { version, moved: false, tokens: Vec::new(), by: None };
    let tombstones = BTreeMap::from([(address("base"), base)]);
    Recorded { serial: 9, rows, tombstones, ..Recorded::empty(Lineage::new("lineage-1")) }
}
