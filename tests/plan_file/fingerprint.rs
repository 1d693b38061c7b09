//! The fingerprint stands for what is done and why: what changes it, and what does not.

use std::time::Duration;

use provisor::model::ids::Labels;
use provisor::model::secret::{DigestKey, KeyedDigest, default_digest};
use provisor::plan::file::{PlanFileError, fingerprint};
use provisor::plan::{Action, Parameter, Plan, Planned, Reason, Refusal, Rule, Sending, Spec, Step, StepIx};
use provisor::state::{Intent, Stored};

use super::plans::full;
use super::values::{SECRET, address, key};
use super::{load, save, specs, without_secrets};

/// Changes one thing of a plan.
type Edit = fn(&mut Plan);

fn first(plan: &mut Plan) -> &mut Step {
    &mut plan.steps[0]
}

fn first_spec(plan: &mut Plan, edit: impl FnMut(&mut Spec)) {
    specs(plan).take(1).for_each(edit);
}

const CHANGING: &[(&str, Edit)] = &[
    ("a step less", |p| p.steps.truncate(8)),
    ("order", |p| p.steps.swap(0, 1)),
    ("address", |p| first(p).address.location = "elsewhere".into()),
    ("account", |p| first(p).place.account = "999999999999".into()),
    ("after", |p| first(p).after = [StepIx(7)].into()),
    ("needs", |p| first(p).needs = [address("z")].into()),
    ("reasons", |p| first(p).reasons.push(Reason::Requested)),
    ("only if inputs differ", |p| first(p).only_if_inputs_differ ^= true),
    ("lifecycle", |p| first(p).lifecycle.prevent_terminate ^= true),
    ("the product's last record", |p| first(p).base_record = Some("rec-77".into())),
    ("timeout", |p| first(p).timeout += Duration::from_nanos(1)),
    ("action", |p| first(p).action = Action::Remember),
    ("version", |p| first_spec(p, |spec| spec.target.artifact.id = "pa-9".into())),
    ("name", |p| first_spec(p, |spec| spec.target.name.push('x'))),
    ("a tag", |p| first_spec(p, |spec| drop(spec.tags.insert("t".into(), Planned::Known("v".into()))))),
    ("a secret that is kept", |p| {
        let value = Planned::Kept(default_digest(&key(), SECRET, "hunter22"));
        let parameter = Parameter { value, sent: Sending::Value };
        first_spec(p, |spec| drop(spec.parameters.insert(SECRET.into(), parameter.clone())))
    }),
    ("how a parameter travels", |p| {
        first_spec(p, |spec| spec.parameters.values_mut().for_each(|value| value.sent = Sending::Previous))
    }),
    ("an intent's token", |p| with_intent(p, |intent| intent.token = "tok-2".into())),
    ("a refusal's rule", |p| with_refusal(p, |refusal| refusal.rule = Rule::NotAllowed)),
];

const KEEPING: &[(&str, Edit)] = &[
    ("serial", |p| p.basis.serial = 99),
    ("lineage", |p| p.basis.lineage = "other".into()),
    ("operation numbers", |p| first(p).base_op = 99),
    ("notes", |p| p.notes.clear()),
    ("labels", |p| p.labels = Labels::default()),
    ("what is unchanged", |p| p.unchanged.clear()),
    ("secrets left out", |p| *p = without_secrets(p.clone())),
    ("the digests of secrets", |p| rekey(p, &DigestKey::new([8; 32]))),
    ("an intent's instants", |p| {
        with_intent(p, |intent| (intent.sent.0, intent.sign_by.0, intent.op_no) = (5, 6, 7))
    }),
    ("a refusal's wording", |p| with_refusal(p, |refusal| refusal.message = "in other words".into())),
];

#[test]
fn the_fingerprint_is_of_what_is_done_and_why() {
    let before = fingerprint(&full());
    assert_eq!(before.len(), 64);
    for (name, edit, kept) in
        CHANGING.iter().map(|(n, e)| (n, e, false)).chain(KEEPING.iter().map(|(n, e)| (n, e, true)))
    {
        let mut plan = full();
        edit(&mut plan);
        assert_ne!(plan, full(), "{name}: the edit must do something");
        assert_eq!(fingerprint(&plan) == before, kept, "{name}");
    }
}

/// Every keyed digest, as another key would make it.
fn rekey(plan: &mut Plan, key: &DigestKey) {
    let other = |digest: &mut KeyedDigest| *digest = default_digest(key, "any", &digest.0);
    for value in specs(plan).flat_map(|spec| spec.parameters.values_mut()) {
        if let Planned::Secret { digest, .. } | Planned::Kept(digest) = &mut value.value {
            other(digest);
        }
    }
    for step in &mut plan.steps {
        let Action::Settle(intent, _) = &mut step.action else { continue };
        other(&mut intent.request_digest);
        for stored in intent.content.iter_mut().flat_map(|content| content.parameters.values_mut()) {
            if let Stored::Digest(digest) = stored {
                other(digest);
            }
        }
    }
}

#[test]
fn what_is_signed_covers_the_digests_all_the_same() {
    let (plan, mut other) = (full(), full());
    rekey(&mut other, &DigestKey::new([8; 32]));
    let saved = |plan: &Plan| save(plan, &key());
    assert_ne!(saved(&plan), saved(&other));
    let digest = match &specs(&mut full()).next().unwrap().parameters[SECRET].value {
        Planned::Secret { digest, .. } => digest.0.clone(),
        other => panic!("{other:?}"),
    };
    let swapped = saved(&plan).replacen(&digest, &default_digest(&key(), SECRET, "another").0, 1);
    assert_ne!(swapped, saved(&plan));
    assert_eq!(load(&swapped, &key()), Err(PlanFileError::Tampered));
}

fn with_intent(plan: &mut Plan, edit: impl Fn(&mut Intent)) {
    for step in &mut plan.steps {
        if let Action::Settle(intent, _) = &mut step.action {
            edit(intent);
        }
    }
}

fn with_refusal(plan: &mut Plan, edit: impl Fn(&mut Refusal)) {
    for step in &mut plan.steps {
        if let Action::Refused(refusal) = &mut step.action {
            edit(refusal);
        }
    }
}
