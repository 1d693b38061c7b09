//! Saved plans: what is saved comes back, nothing else does, and no secret is in it.

#[path = "plan_file/dice.rs"]
mod dice;
#[path = "plan_file/fingerprint.rs"]
mod fingerprint;
#[path = "plan_file/plans.rs"]
mod plans;
#[path = "plan_file/secrets.rs"]
mod secrets;
#[path = "plan_file/stale.rs"]
mod stale;
#[path = "plan_file/values.rs"]
mod values;

use std::collections::BTreeMap;
use std::time::Duration;

use provisor::model::product::StackSetOperation;
use provisor::model::secret::DigestKey;
use provisor::model::time::Timestamp;
use provisor::plan::file::{self, About, MAX_BYTES, OutOfTime, PlanFileError, peek};
use provisor::plan::{Action, Adoption, Concern, Coverage, Instances, Plan, Planned, Spec};

use dice::Dice;
use plans::{full, plain, random};
use values::{about, key};

/// A plan that a provisor of format v1 saved.
const OF_FORMAT_1: &str = include_str!("golden/plan-v1.json");

/// One of format v2, which does not say how its locations are reached.
const OF_FORMAT_2: &str = include_str!("golden/plan-v2.json");

/// One of format v3, which knows of no adopted product that its parameters are taken on trust.
const OF_FORMAT_3: &str = include_str!("golden/plan-v3.json");

fn save(plan: &Plan, key: &DigestKey) -> String {
    file::save(plan, &about(), key)
}

fn load(text: &str, key: &DigestKey) -> Result<Plan, PlanFileError> {
    file::load(text, key).map(|saved| saved.plan)
}

/// One of format v4, which says nothing of resources.
const OF_FORMAT_4: &str = include_str!("golden/plan-v4.json");

/// `PROVISOR_BLESS=1` writes it anew: only for as long as format v5 is not released.
fn golden() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/plan-v5.json");
    if std::env::var_os("PROVISOR_BLESS").is_some() {
        std::fs::write(path, save(&full(), &key())).unwrap();
    }
    std::fs::read_to_string(path).unwrap()
}

/// The specs of a plan, wherever they stand.
fn specs(plan: &mut Plan) -> impl Iterator<Item = &mut Spec> {
    plan.steps.iter_mut().filter_map(|step| spec_of(&mut step.action))
}

fn spec_of(action: &mut Action) -> Option<&mut Spec> {
    match action {
        Action::Provision(spec)
        | Action::Update(_, spec)
        | Action::Adopt(Adoption { spec, .. })
        | Action::Accept(_, spec, _) => Some(spec),
        Action::Settle(_, spec) => spec.as_mut(),
        _ => None,
    }
}

fn without_secrets(mut plan: Plan) -> Plan {
    for value in specs(&mut plan).flat_map(|spec| spec.parameters.values_mut()) {
        if let Planned::Secret { template, .. } = &mut value.value {
            *template = None;
        }
    }
    plan
}

fn signed(body: &str) -> String {
    let mac = key().sign(&[b"planfile", body.as_bytes()]);
    format!("{body},\n\"mac\":\"{mac}\"}}\n")
}

#[test]
fn what_is_saved_comes_back() {
    for plan in (0..300).map(|seed| random(seed, 12)).chain([full(), random(0, 0)]) {
        let text = save(&plan, &key());
        let back = load(&text, &key()).unwrap();
        assert_eq!(back, without_secrets(plan.clone()));
        assert_eq!(file::fingerprint(&back), file::fingerprint(&plan));
        assert_eq!(save(&back, &key()), text);
        let header = peek(&text).unwrap();
        assert_eq!((header.lineage, header.serial), (plan.basis.lineage.clone(), plan.basis.serial));
        assert_eq!(header.fingerprint, file::fingerprint(&plan));
        assert_eq!(header.variables, about().variables);
        assert_eq!(file::load(&text, &key()).unwrap().about, about());
    }
}

#[test]
fn the_full_plan_holds_every_variant() {
    let text = save(&full(), &key());
    let words = "provision update terminate settle adopt forget remember refused known pending secret unknown kept value \
        previous default new parameter tag version product path preferences outside tainted failed_creation interrupted \
        input_may_change removed vanished requested lifecycle_only absent text sensitive exists prevent_terminate in_motion \
        unknown_status needs_replace changes_product error_status not_allowed replaces_resources not_previewed reference output id arn en jp zh \
        retain_physical_resources count percentage retain intended accepted digest known replace may_replace remove modify \
        add never conditionally always";
    let missing: Vec<&str> =
        words.split_whitespace().filter(|word| !text.contains(&format!("\"{word}\""))).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// It came later than the golden file of format v1, and is another step than an import.
#[test]
fn accepted_changes_come_back() {
    let spec = specs(&mut full()).next().unwrap().clone();
    let taken = |action| {
        let mut plan = full();
        plan.steps.push(plain("taken", action));
        plan
    };
    let accept = taken(Action::Accept("pp-1".into(), spec.clone(), "rec-1".into()));
    assert_eq!(load(&save(&accept, &key()), &key()), Ok(without_secrets(accept.clone())));
    let adopt = taken(Action::Adopt(Adoption {
        id: "pp-1".into(),
        spec,
        record: Some("rec-1".into()),
        unverified: true,
    }));
    assert_ne!(file::fingerprint(&accept), file::fingerprint(&adopt));
}

/// Which stack instances come or go is part of a step, and of its fingerprint.
#[test]
fn stack_set_operations_come_back() {
    let mut plans = vec![full()];
    for operation in [StackSetOperation::Create, StackSetOperation::Delete] {
        let mut plan = full();
        let (accounts, regions) = (vec!["111122223333".to_owned()], vec!["eu-west-1".to_owned()]);
        let instances = Instances { operation, accounts, regions };
        specs(&mut plan).for_each(|spec| spec.instances = Some(instances.clone()));
        assert_eq!(load(&save(&plan, &key()), &key()), Ok(without_secrets(plan.clone())));
        plans.push(plan);
    }
    let prints: std::collections::BTreeSet<String> = plans.iter().map(file::fingerprint).collect();
    assert_eq!(prints.len(), 3);
}

/// None says what the plan is bound to: whether it still holds cannot be told.
#[test]
fn plans_of_earlier_formats_are_refused() {
    for (found, text) in [(1, OF_FORMAT_1), (2, OF_FORMAT_2), (3, OF_FORMAT_3)] {
        let error = PlanFileError::OlderFormat { found, known: 4 };
        assert_eq!(peek(text), Err(error.clone()));
        assert_eq!(load(text, &key()), Err(error.clone()));
        let said = format!(
            "the saved plan has format version {found}, this provisor applies those from version 4 on"
        );
        assert_eq!(error.to_string(), said);
        assert_eq!(error.hint(), "plan again with `provisor plan --out FILE`");
    }
}

/// The clock is of the machine that applies; two of them may differ by a minute.
#[test]
fn a_plan_has_its_time() {
    let (minute, day) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));
    let about = about();
    let at = |seconds: i64| Timestamp(about.at.0 + seconds * 1000);
    assert_eq!(about.in_time(at(0), day), Ok(()));
    assert_eq!(about.in_time(at(24 * 3600), day), Ok(()));
    let age = day + Duration::from_secs(1);
    assert_eq!(about.in_time(at(24 * 3600 + 1), day), Err(OutOfTime::Expired { age, may_be: day }));
    assert_eq!(about.in_time(at(-60), day), Ok(()));
    let ahead = minute + Duration::from_secs(1);
    assert_eq!(about.in_time(at(-61), day), Err(OutOfTime::Future { ahead }));
    assert!(About { at: Timestamp(i64::MAX), ..about }.in_time(at(0), day).is_err());
}

/// The bytes of format v5 never change.
#[test]
fn the_format_stays_as_it_is() {
    let golden = golden();
    assert_eq!(load(&golden, &key()), Ok(without_secrets(full())));
    assert_eq!(save(&full(), &key()), golden, "PROVISOR_BLESS=1 writes it anew");
}

/// A plan that an earlier provisor saved stays readable, and is applied as it was made.
#[test]
fn the_format_before_is_still_read() {
    let mut then = Plan { previews: BTreeMap::new(), ..full() };
    then.steps.truncate(then.steps.len() - 2);
    assert_eq!(load(OF_FORMAT_4, &key()), Ok(without_secrets(then.clone())));
    assert_eq!(file::fingerprint(&then), peek(OF_FORMAT_4).unwrap().fingerprint);
    let previews = full().previews;
    assert!(previews.len() > 2);
    assert_eq!(file::fingerprint(&Plan { previews, ..then.clone() }), file::fingerprint(&then));
}

/// Plans of this format were saved before they had it, and a plan that has none is written as they were.
#[test]
fn what_no_template_says_of_its_parameters_has_no_member() {
    let plan = Plan { interfaces: BTreeMap::new(), ..full() };
    let text = save(&plan, &key());
    assert!(golden().contains("\"interfaces\":[") && !text.contains("\"interfaces\""));
    assert_eq!(load(&text, &key()), Ok(without_secrets(plan)));
}

#[test]
fn what_a_refused_step_is_about_is_kept() {
    let concern = Concern { name: "net".to_owned(), product: "vpc".to_owned(), version: "v3".to_owned() };
    let concerns = full().steps.iter().map(|step| (step.address.clone(), concern.clone())).collect();
    let plan = Plan { concerns, ..full() };
    assert_eq!(load(&save(&plan, &key()), &key()), Ok(without_secrets(plan)));
    assert!(!golden().contains("\"concerns\""), "what nobody has has no member");
}

#[test]
fn every_changed_byte_is_noticed() {
    let text = save(&full(), &key());
    let dice = &mut Dice::new(3);
    for at in (0..text.len()).step_by(17).chain(text.len() - 80..text.len()) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = [bytes[at] ^ 1, bytes[at] ^ 0x20, b'"', b' ', b'0'][dice.below(5)];
        match String::from_utf8(bytes) {
            Ok(changed) if changed != text => assert!(load(&changed, &key()).is_err(), "byte {at}"),
            _ => {}
        }
    }
}

#[test]
fn well_formed_changes_are_tampering() {
    let text = save(&full(), &key());
    let (first, rest) = text.split_once("\n{").unwrap();
    let (one, rest) = rest.split_once(",\n{").unwrap();
    let (two, rest) = rest.split_once(",\n{").unwrap();
    let (signed, mac) = text.rsplit_once("\"mac\":\"").unwrap();
    for changed in [
        text.replace("pp-1", "pp-2"),
        format!("{first}\n{{{two},\n{{{one},\n{{{rest}"),
        format!("{first}\n{{{two},\n{{{rest}"),
        text.replace("\"retain\":false", "\"retain\":true").replacen(
            "\"prevent_terminate\":true",
            "\"prevent_terminate\":false",
            1,
        ),
        format!("{signed}\"mac\":\"{}", mac.to_uppercase()),
        format!("{signed}\"mac\":\"\"}}\n"),
        format!("{}\n}}\n", signed.trim_end().trim_end_matches(',')).replacen(
            "\"format\"",
            "\"mac\":\"00\",\"format\"",
            1,
        ),
        text.replace(",\n", ", "),
        format!("{text}\n"),
        text.trim_end().to_owned(),
    ] {
        assert_ne!(changed, text);
        assert_eq!(load(&changed, &key()), Err(PlanFileError::Tampered), "{changed}");
    }
    let other = DigestKey::new([8; 32]);
    assert_eq!(load(&text, &other), Err(PlanFileError::Tampered));
    assert!(peek(&text).is_ok());
}

#[test]
fn a_text_that_ends_early_is_noticed() {
    let text = save(&random(2, 3), &key());
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let error = load(&text[..end], &key()).unwrap_err();
        match end {
            0 => assert_eq!(error, PlanFileError::NotAPlan),
            end if end == text.len() - 1 => assert_eq!(error, PlanFileError::Tampered),
            // a lone minus sign is no number yet
            end if text[..end].ends_with(":-") => assert!(matches!(error, PlanFileError::Malformed { .. })),
            _ => assert!(matches!(error, PlanFileError::Truncated { .. }), "{end}: {error}"),
        }
    }
}

fn check_rejected(table: impl IntoIterator<Item = (String, PlanFileError)>) {
    for (text, expected) in table {
        let beginning: String = text.chars().take(80).collect();
        assert_eq!(load(&text, &key()), Err(expected), "{beginning}");
    }
}

#[test]
fn texts_that_are_not_plans_are_told_apart() {
    let other = [
        "",
        "hello",
        "PK\u{3}\u{4}",
        "[]",
        "{\"format\":1}",
        "{\"format\":\"provisor.plan/v1\"}",
        "{\"format\":\"provisor.planfile/v0\"}",
        "{\"format\":\"provisor.planfile/vx\"}",
    ];
    check_rejected(other.map(|text| (text.into(), PlanFileError::NotAPlan)));
    let newer = "{ \"format\": \"provisor.planfile/v6\", \"serial\": \"seven\" }";
    check_rejected([(newer.into(), PlanFileError::NewerFormat { found: 6, known: 5 })]);
    let long = " ".repeat(MAX_BYTES + 1);
    let (bytes, limit) = (MAX_BYTES + 1, MAX_BYTES);
    check_rejected([(long, PlanFileError::TooLong { bytes, limit })]);
}

const ABOUT: &str = "\"about\":{\"at\":1,\"by\":null,\"skips_refused\":false,\"variables\":{},\"routes\":{}}";

#[test]
fn what_is_wrong_with_a_plan_is_told_with_its_place() {
    let ours = |rest: &str| format!("{{\"format\":\"provisor.planfile/v5\"{rest}");
    let malformed =
        |column, reason: &str| PlanFileError::Malformed { line: 1, column, reason: reason.into() };
    let negative = malformed(58, "invalid value: integer `-1`, expected u64");
    let deep = format!(",\"a\":{}", "[".repeat(100_000));
    check_rejected([
        (ours(",}"), malformed(34, "trailing comma")),
        (ours("}"), malformed(33, "missing field `about`")),
        (ours(",\"lineage\":\"l\",\"serial\":-1}"), negative),
        (ours("} {}"), malformed(35, "trailing characters")),
        (ours(&deep), PlanFileError::Truncated { line: 1, column: 100_037 }),
        (
            ours(&format!(",{ABOUT},\"lineage\":\"l\",\"serial\":1,\"fingerprint\":\"f\"}}")),
            PlanFileError::Tampered,
        ),
    ]);
}

#[test]
fn a_signed_text_with_unknown_members_is_malformed() {
    let text = save(&full(), &key());
    let body = text.rsplit_once(",\n\"mac\"").unwrap().0;
    assert_eq!(signed(body), text);
    for (from, to) in [
        ("\"steps\":[", "\"extra\":1,\"steps\":["),
        ("\"skips_refused\":true", "\"skips_refused\":true,\"also\":1"),
        ("\"place\":{", "\"place\":{\"zone\":\"a\","),
        ("\"forget\":{", "\"forget\":{\"also\":1,"),
        ("\"remember\"", "\"renew\""),
        ("\"rule\":\"exists\"", "\"rule\":\"exist\""),
    ] {
        let changed = body.replacen(from, to, 1);
        assert_ne!(changed, body);
        assert!(matches!(load(&signed(&changed), &key()), Err(PlanFileError::Malformed { .. })), "{to}");
    }
}

#[test]
fn every_error_says_what_to_do() {
    let at = (1, 2);
    for error in [
        PlanFileError::NotAPlan,
        PlanFileError::Truncated { line: at.0, column: at.1 },
        PlanFileError::Malformed { line: at.0, column: at.1, reason: "x".into() },
        PlanFileError::NewerFormat { found: 6, known: 5 },
        PlanFileError::Tampered,
        PlanFileError::TooLong { bytes: 2, limit: 1 },
    ] {
        assert!(
            error.hint().contains("plan")
                && !error.hint().ends_with('.')
                && !error.to_string().ends_with('.')
        );
    }
}

/// What a plan does not speak of, it does not say once it is saved either.
#[test]
fn what_a_plan_speaks_of_is_kept() {
    for coverage in [Coverage::Part, Coverage::Outside] {
        let plan = Plan { coverage, ..full() };
        assert_eq!(load(&save(&plan, &key()), &key()), Ok(without_secrets(plan)));
    }
    assert!(!golden().contains("\"coverage\""), "a whole one has no member");
}
