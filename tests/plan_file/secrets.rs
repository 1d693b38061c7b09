//! No secret is in the file, and what comes back is what the plan was made with.

use provisor::model::secret::{default_digest, template_digest};
use provisor::model::template::{Attribute, Piece, Template};
use provisor::plan::file::{Mismatch, fill_secrets, fingerprint};
use provisor::plan::{Action, Parameter, Plan, Planned, Sending};

use super::dice::Dice;
use super::plans::{full, plain, random};
use super::values::{CANARY, SECRET, address, hole, key, output, secret, spec};
use super::{load, save, specs};

#[test]
fn no_secret_is_in_the_file() {
    for plan in (0..30).map(|seed| random(seed, 16)).chain([full()]) {
        let held = format!("{:?}", plan.steps).matches(CANARY).count();
        assert!(held > 0, "the plan itself holds the secret");
        let text = save(&plan, &key());
        assert!(!text.contains(CANARY) && !fingerprint(&plan).contains(CANARY));
        assert!(!text.contains("Salt"), "nor what its holes are filled from");
        assert!(!format!("{:?}", load(&text, &key())).contains(CANARY));
    }
}

#[test]
fn secrets_come_back_as_they_were() {
    for plan in (0..30).map(|seed| random(seed, 16)).chain([full()]) {
        let mut back = load(&save(&plan, &key()), &key()).unwrap();
        fill_secrets(&mut back, &|_, parameter| (parameter == SECRET).then(secret), &key()).unwrap();
        assert_eq!(back, plan);
    }
}

#[test]
fn secrets_that_are_missing_or_different_are_all_told() {
    let mut plan = load(&save(&random(1, 16), &key()), &key()).unwrap();
    let holders: Vec<_> = plan
        .steps
        .iter()
        .filter(|step| match &step.action {
            Action::Settle(_, spec) => spec.is_some(),
            action => matches!(action, Action::Provision(_) | Action::Update(..) | Action::Adopt(..)),
        })
        .map(|step| step.address.clone())
        .collect();
    assert!(holders.len() > 5);
    let none = fill_secrets(&mut plan.clone(), &|_, _| None, &key()).unwrap_err();
    assert_eq!(
        none.iter().map(|problem| &problem.address).collect::<Vec<_>>(),
        holders.iter().collect::<Vec<_>>()
    );
    assert!(none.iter().all(|problem| problem.mismatch == Mismatch::Missing && problem.parameter == SECRET));
    let lookup = |address: &_, _: &str| {
        Some(if *address == holders[1] { Template::text("rotated") } else { secret() })
    };
    let one = fill_secrets(&mut plan, &lookup, &key()).unwrap_err();
    assert_eq!(one.len(), 1);
    let text =
        format!("sensitive parameter `Password` of `{}` is not the one the plan was made with", holders[1]);
    assert_eq!((one[0].mismatch, one[0].to_string()), (Mismatch::Different, text));
    assert_eq!(specs(&mut plan).filter(|spec| lacks(&spec.parameters[SECRET].value)).count(), 1);
}

fn lacks(value: &Planned) -> bool {
    matches!(value, Planned::Secret { template: None, .. })
}

/// A plan with one secret, saved and loaded; the result of filling it, and whether the secret is there then.
fn filled(sent: Sending, declared: Option<&str>) -> (Option<Mismatch>, bool) {
    let digest = template_digest(&key(), &address("db"), SECRET, &Template::text("s3cret"));
    let value = Planned::Secret { template: None, digest };
    let mut spec = spec(&mut Dice::new(1));
    spec.parameters = [(SECRET.to_owned(), Parameter { value, sent })].into();
    let mut plan = Plan { steps: vec![plain("db", Action::Update("pp-1".into(), spec))], ..random(1, 0) };
    let result = fill_secrets(&mut plan, &|_, _| declared.map(Template::text), &key());
    let there = specs(&mut plan).all(|spec| !lacks(&spec.parameters[SECRET].value));
    (result.err().map(|problems| problems[0].mismatch), there)
}

#[test]
fn only_a_secret_that_travels_must_be_given() {
    use Sending::{Default, Previous, Value};
    assert_eq!(filled(Value, Some("s3cret")), (None, true));
    assert_eq!(filled(Value, Some("s3cret\n")), (None, true), "as CloudFormation trims");
    assert_eq!(filled(Value, Some("S3cret")), (Some(Mismatch::Different), false));
    assert_eq!(filled(Value, None), (Some(Mismatch::Missing), false));
    for sent in [Previous, Default] {
        assert_eq!(filled(sent, Some("s3cret")), (None, true));
        assert_eq!(filled(sent, Some("S3cret")), (Some(Mismatch::Different), false));
        assert_eq!(filled(sent, None), (None, false));
    }
}

#[test]
fn what_is_known_by_digest_only_is_left_alone() {
    let mut plan = random(4, 16);
    for spec in specs(&mut plan) {
        spec.parameters.remove(SECRET);
    }
    let before = plan.clone();
    fill_secrets(&mut plan, &|_, _| None, &key()).unwrap();
    assert_eq!(plan, before);
}

#[test]
fn a_secret_is_planned_under_its_address_and_a_default_under_its_parameter() {
    let (here, there) = (address("db"), address("other"));
    for text in ["", "s3cret", "  s3cret\n", "${network.outputs.VpcId}"] {
        let template = Template::text(text);
        let planned = template_digest(&key(), &here, "P", &template);
        assert!(planned.is_planned(&key(), &here, "P", &Template::text(text.trim())), "{text}");
        assert!(!planned.is_planned(&key(), &there, "P", &template), "{text}");
        assert!(!planned.is_planned(&key(), &here, "Q", &template), "{text}");
        let default = default_digest(&key(), "P", text);
        assert!(default.is_planned(&key(), &there, "P", &template), "{text}");
        assert!(!default.is_planned(&key(), &there, "P", &Template::text("another")), "{text}");
    }
}

#[test]
fn every_difference_between_secrets_changes_the_digest() {
    let text = |text: &str| Piece::Text(text.into());
    let templates: Vec<Template> = [
        vec![text("a")],
        vec![text("${network.outputs.Out}")],
        vec![hole("network", output("Out", None))],
        vec![hole("network", output("Out", Some(0)))],
        vec![hole("network", output("Out", Some(1)))],
        vec![hole("network", output("Out1", None))],
        vec![hole("network2", output("Out", None))],
        vec![hole("network", Attribute::Id)],
        vec![hole("network", Attribute::Arn)],
        vec![text("a"), hole("network", Attribute::Id)],
        vec![hole("network", Attribute::Id), text("a")],
        vec![hole("network", Attribute::Id), hole("network", Attribute::Id)],
        vec![text("id"), hole("network", Attribute::Id)],
    ]
    .into_iter()
    .map(Template::of)
    .collect();
    let mut digests: Vec<_> =
        templates.iter().map(|template| template_digest(&key(), &address("a"), "P", template)).collect();
    digests.extend(templates.iter().map(|template| template_digest(&key(), &address("a"), "Q", template)));
    let far = Piece::Reference(provisor::model::template::Reference {
        of: provisor::model::ids::Address { location: "far".into(), ..address("network") },
        what: Attribute::Id,
    });
    digests.push(template_digest(&key(), &address("a"), "P", &Template::of([far])));
    let count = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), count);
}
