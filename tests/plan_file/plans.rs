//! Plans to save: one that holds every variant of every type, and random ones. No assertions here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use provisor::catalog::{Interface, Preview, Recreation, ResourceAction, ResourceChange, ResourceDetail};
use provisor::model::ids::{Address, Labels, Lineage};
use provisor::model::kinds::RecordKind;
use provisor::model::product::{Bound, Lifecycle, OnRemoval, Preferences};
use provisor::model::secret::{KeyedDigest, template_digest};
use provisor::model::target::Named;
use provisor::model::template::{Piece, Template};
use provisor::plan::{
    Action, Adoption, Basis, Coverage, Filler, Note, Parameter, Plan, Planned, Reason, Refusal, Rule,
    Sending, Shown, Spec, Step, StepIx, Termination,
};
use provisor::state::{Birth, CatalogKind, Home, Intent, Version};

use super::dice::Dice;
use super::values::{address, attributes, hole, intent, key, kinds, preferences, spec};

pub fn rules() -> [Rule; 9] {
    use Rule::*;
    [
        Exists,
        PreventTerminate,
        InMotion,
        PlanInProgress,
        UnknownStatus,
        NeedsReplace,
        ChangesProduct,
        ErrorStatus,
        NotAllowed,
    ]
}

const ACTIONS: usize = 8;

fn action(dice: &mut Dice, which: usize) -> Action {
    match which % ACTIONS {
        0 => Action::Provision(spec(dice)),
        1 => Action::Update("pp-1".into(), spec(dice)),
        2 => Action::Terminate(Termination {
            id: "pp-1".into(),
            name: dice.text(),
            retain: dice.chance(),
            replacing: dice.chance(),
        }),
        3 => Action::Settle(Box::new(intent(dice)), dice.maybe(spec)),
        4 => Action::Adopt(Adoption {
            id: "pp-1".into(),
            spec: spec(dice),
            record: Some("rec-1".into()),
            unverified: true,
        }),
        5 => Action::Forget { leaves: dice.maybe(|_| "pp-1".into()) },
        6 => Action::Remember,
        _ => Action::Refused(Refusal {
            rule: dice.one(&rules()),
            message: dice.text(),
            hint: dice.maybe(Dice::text),
        }),
    }
}

fn shown(dice: &mut Dice) -> Shown {
    let text = dice.text();
    dice.one(&[
        Shown::Absent,
        Shown::Text(text.clone()),
        Shown::Sensitive,
        Shown::Pending(text),
        Shown::Unknown,
    ])
}

const REASONS: usize = 18;

fn reason(dice: &mut Dice, which: usize) -> Reason {
    let record = dice.maybe(|_| "rec-9".into());
    match which % REASONS {
        0 => Reason::New,
        1 => Reason::Parameter {
            key: dice.text(),
            before: shown(dice),
            after: shown(dice),
            by_default: dice.chance(),
        },
        2 => Reason::Tag { key: dice.text(), before: shown(dice), after: shown(dice) },
        3 => Reason::Version {
            before: Named::new("pa-1", dice.text()),
            after: Named::new("pa-2", dice.text()),
        },
        4 => Reason::Product {
            before: Named::new("prod-1", dice.text()),
            after: Named::new("prod-2", dice.text()),
        },
        5 => Reason::Path { before: dice.text(), after: dice.text() },
        6 => Reason::Preferences { before: dice.maybe(preferences), after: dice.maybe(preferences) },
        7 => Reason::Outside { record, kind: dice.maybe(|dice| RecordKind::parse(&dice.text())) },
        8 => Reason::Tainted { message: dice.text(), record },
        9 => Reason::FailedCreation { message: dice.text(), record },
        10 => Reason::Interrupted { kind: dice.one(&kinds()), record },
        11 => Reason::InputMayChange {
            key: dice.text(),
            from: dice.many(|dice| address(dice.one(&["a", "b"]))),
        },
        12 => Reason::Removed,
        13 => Reason::Vanished { id: "pp-1".into() },
        14 => Reason::Requested,
        15 => Reason::Reapply,
        16 => Reason::Unproven { record: "rec-1".into() },
        _ => Reason::LifecycleOnly,
    }
}

pub fn step(dice: &mut Dice, number: usize) -> Step {
    let removal = [OnRemoval::Terminate, OnRemoval::RetainPhysicalResources, OnRemoval::Forget];
    Step {
        address: Address::new(format!("step-{number}"), dice.one(&["hub", "pay-dev/eu-west-1", "odd@place"])),
        place: Home { account: "012345678901".into(), region: "eu-west-1".into(), catalog: CatalogKind::Aws },
        action: action(dice, number),
        reasons: (0..2).map(|n| reason(dice, number * 2 + n)).collect(),
        after: (0..number).filter(|_| dice.below(3) == 0).map(StepIx).collect(),
        only_if_inputs_differ: dice.chance(),
        base_record: dice.maybe(|_| "rec-3".into()),
        base_op: dice.one(&[0, 42, u64::MAX]),
        lifecycle: Lifecycle {
            prevent_terminate: dice.chance(),
            on_removal: dice.one(&removal),
            ..Lifecycle::default()
        },
        needs: dice.many(|dice| address(dice.one(&["a", "b", "c"]))),
        sensitive_outputs: dice.many(Dice::text),
        sensitive_parameters: dice.many(Dice::text),
        timeout: dice.one(&[Duration::ZERO, Duration::from_secs(5400), Duration::MAX]),
    }
}

fn basis(dice: &mut Dice, rows: usize) -> BTreeMap<Address, Option<Version>> {
    let version = |n: usize| Version { birth: Birth(u128::MAX - n as u128), n: 7 };
    let row = |n: usize| (address(&format!("row-{n}")), dice.maybe(|_| version(n)));
    (0..rows).map(row).collect()
}

/// A plan of so many steps that differ in every way they can.
pub fn random(seed: u64, steps: usize) -> Plan {
    let dice = &mut Dice::new(seed);
    let mut steps: Vec<Step> = (0..steps).map(|number| step(dice, number)).collect();
    steps.iter_mut().for_each(digest_secrets);
    let places: Vec<Address> = steps.iter().map(|step| step.address.clone()).collect();
    Plan {
        basis: Basis {
            lineage: Lineage::new("lineage-1"),
            serial: dice.one(&[0, 17, u64::MAX]),
            rows: basis(dice, steps.len()),
        },
        labels: Labels::of(
            steps.iter().map(|step| &step.address).chain([&Address::new("step-0", "elsewhere")]),
        ),
        steps,
        unchanged: dice.many(|dice| address(dice.one(&["d", "e", "f"]))),
        notes: dice.many(|dice| Note { address: address("g"), text: dice.text() }),
        renamed: BTreeMap::new(),
        externals: BTreeMap::new(),
        breach: None,
        simulated: BTreeSet::new(),
        interfaces: interfaces(dice, places.clone()),
        coverage: Coverage::Whole,
        concerns: BTreeMap::new(),
        previews: previews(dice, places),
    }
}

/// What the steps do to resources: of some of them, by all that a catalog can tell.
fn previews(dice: &mut Dice, places: Vec<Address>) -> BTreeMap<Address, Preview> {
    let preview = |dice: &mut Dice| match dice.below(3) {
        0 => Preview::Unknown(dice.text()),
        _ => Preview::Known(dice.many(resource)),
    };
    places.into_iter().filter_map(|place| Some((place, dice.maybe(preview)?))).collect()
}

fn resource(dice: &mut Dice) -> ResourceChange {
    use ResourceAction::{Add, MayReplace, Modify, Remove, Replace};
    ResourceChange {
        action: dice.one(&[Replace, MayReplace, Remove, Modify, Add]),
        name: dice.text(),
        physical_id: dice.maybe(Dice::text),
        kind: "AWS::RDS::DBInstance".to_owned(),
        scope: dice.many(|dice| dice.one(&["PROPERTIES", "TAGS"]).to_owned()),
        details: dice.many(|dice| ResourceDetail {
            attribute: "PROPERTIES".to_owned(),
            name: dice.maybe(Dice::text),
            recreation: dice.one(&[Recreation::Never, Recreation::Conditionally, Recreation::Always]),
            is_sure: dice.below(2) == 0,
            cause: dice.maybe(Dice::text),
        }),
    }
}

/// Two templates whose authors present their parameters, and others.
fn interfaces(dice: &mut Dice, places: Vec<Address>) -> BTreeMap<Address, Arc<Interface>> {
    let texts = |dice: &mut Dice| {
        BTreeMap::from([("Size".to_owned(), dice.text()), ("Cidr".to_owned(), dice.text())])
    };
    let both = [(); 2].map(|()| Arc::new(Interface { labels: texts(dice), groups: texts(dice) }));
    let some = places.into_iter().filter_map(|place| Some((place, dice.maybe(|dice| dice.one(&both))?)));
    some.collect()
}

/// Secrets are planned under the address of their step.
fn digest_secrets(step: &mut Step) {
    let Some(spec) = super::spec_of(&mut step.action) else { return };
    for (name, parameter) in &mut spec.parameters {
        if let Planned::Secret { template: Some(template), digest } = &mut parameter.value {
            *digest = template_digest(&key(), &step.address, name, template);
        }
    }
}

/// A step that does this, and nothing else worth saying.
pub fn plain(name: &str, action: Action) -> Step {
    Step {
        address: address(name),
        place: Home { account: "012345678901".into(), region: "eu-west-1".into(), catalog: CatalogKind::Aws },
        action,
        reasons: vec![],
        after: BTreeSet::new(),
        only_if_inputs_differ: false,
        base_record: None,
        base_op: 0,
        lifecycle: Lifecycle::default(),
        needs: BTreeSet::new(),
        sensitive_outputs: BTreeSet::new(),
        sensitive_parameters: BTreeSet::new(),
        timeout: Duration::from_secs(3600),
    }
}

/// A plan that holds every variant of every type: the one in the golden file.
pub fn full() -> Plan {
    let mut plan = random(5, ACTIONS);
    plan.steps.extend(rules().map(|rule| {
        let refusal = Refusal { rule, message: "it stands in the way".into(), hint: None };
        plain(&format!("{rule:?}"), Action::Refused(refusal))
    }));
    let sides = [
        Shown::Absent,
        Shown::Text("v".into()),
        Shown::Sensitive,
        Shown::Pending("${a.id}".into()),
        Shown::Unknown,
    ];
    let tag = |side: Shown| Reason::Tag { key: "env".into(), before: side.clone(), after: side };
    let sides = sides.map(tag).into_iter().chain([Reason::LifecycleOnly]);
    plan.steps.push(Step { reasons: sides.collect(), ..plain("every-side", Action::Remember) });
    let dice = &mut Dice::new(1);
    plan.steps.extend(kinds().map(|kind| {
        let intent = Box::new(Intent { kind, ..intent(dice) });
        plain(&format!("{kind:?}"), Action::Settle(intent, None))
    }));
    plan.steps.push(plain("every-value", Action::Provision(every_value(spec(dice)))));
    plan.steps.iter_mut().for_each(digest_secrets);
    plan.unchanged = BTreeSet::from([address("dns"), address("logs")]);
    plan.notes = vec![Note { address: address("dns"), text: "its tags are ignored".into() }];
    plan.renamed = BTreeMap::from([(address("dns"), address("names"))]);
    let filler = Filler { id: "pp-7".into(), record: Some("rec-7".into()) };
    plan.externals = BTreeMap::from([(Address::external("shared", "hub/eu-west-1"), filler)]);
    // what came with format v5 stands last
    let (action, mut all) = (ResourceAction::Replace, Vec::new());
    let mut dice = Dice::new(11);
    for recreation in [Recreation::Never, Recreation::Conditionally, Recreation::Always] {
        let mut one = ResourceChange { action, ..resource(&mut dice) };
        one.details = vec![ResourceDetail {
            attribute: "TAGS".to_owned(),
            name: None,
            recreation,
            is_sure: true,
            cause: None,
        }];
        all.push(one);
    }
    plan.previews.insert(address("ReplacesResources"), Preview::Known(all));
    plan.steps.extend([Rule::ReplacesResources, Rule::NotPreviewed].map(|rule| {
        let refusal = Refusal { rule, message: "it stands in the way".into(), hint: None };
        plain(&format!("{rule:?}"), Action::Refused(refusal))
    }));
    plan
}

fn every_value(mut spec: Spec) -> Spec {
    let holes = attributes().into_iter().map(|what| [Piece::Text("vpc/".into()), hole("network", what)]);
    let values = holes.map(|pieces| Planned::Pending(Template::of(pieces))).chain([
        Planned::Known("10".into()),
        Planned::Unknown,
        Planned::Kept(KeyedDigest("d1".into())),
    ]);
    for (n, value) in values.enumerate() {
        let sent = [Sending::Value, Sending::Previous, Sending::Default][n % 3];
        spec.parameters.insert(format!("P{n}"), Parameter { value, sent });
    }
    spec.target.options.preferences = Some(Preferences {
        failure_tolerance: Some(Bound::Count(3)),
        max_concurrency: Some(Bound::Percentage(30)),
        ..Preferences::default()
    });
    spec
}
