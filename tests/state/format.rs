//! The export: it comes back as it went, old ones keep loading, and wrong ones say where.

use provisor::state::{Recorded, StateError, format};

use super::random;

const GOLDEN: &str = include_str!("golden-v1.json");

/// A state in which everything occurs that a row can hold.
fn sample() -> Recorded {
    let mut recorded = Recorded::empty("00112233445566778899aabbccddeeff".into());
    for _ in 0..400 {
        let entries = random::commit(77, &recorded);
        recorded.apply(&entries).unwrap();
    }
    recorded
}

#[test]
fn what_is_exported_comes_back() {
    let recorded = sample();
    let text = format::export(&recorded).unwrap();
    assert_eq!(format::import(&text).unwrap(), recorded);
    assert_eq!(format::export(&format::import(&text).unwrap()).unwrap(), text);
}

/// The golden file was written by the first version of this format. It never changes; what it says is spelled out here.
#[test]
fn version_1_keeps_loading() {
    let recorded = format::import(GOLDEN).unwrap();
    assert_eq!(
        (recorded.lineage.as_str(), recorded.serial, recorded.rows.len()),
        ("0c5e9f6f2d1b4a38", 42, 3)
    );
    assert_eq!(format::export(&recorded).unwrap(), GOLDEN);
    let text = format!("{:?}", recorded.rows);
    for part in [
        "Provision",
        "Terminate",
        "Accepted(\"rec-term1\")",
        "Intended",
        "Digest(KeyedDigest(\"d1g3st\"))",
        "Unknown",
        "Count(1)",
        "Percentage(30)",
        "RetainPhysicalResources",
        "Timestamp(1763845200000)",
        "012345678901",
        "Jp",
        "network@pay-dev/eu-west-1",
        "unverified: true",
        "prevent_terminate: true",
        "generation: 2",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn wrong_documents_say_where() {
    let says = |text: &str, part: &str| {
        let error = format::import(text).unwrap_err();
        let StateError::Corrupt { reason, .. } = &error else { panic!("{error:?}") };
        assert!(reason.contains(part), "{reason}");
    };
    says("", "line 1 column 0");
    says("[]", "line 1");
    says("{\"format\": \"terraform\"}", "`terraform` is not a format that was ever written");
    says("{\"format\": \"provisor.state/v0\"}", "not a format");
    says("{\"format\": \"provisor.state/v1\"}", "missing field `lineage`");
    says(&GOLDEN.replace("\"generation\"", "\"generations\""), "unknown field `generations`");
    says(&GOLDEN.replace("\"serial\": 42", "\"serial\": 4"), "operation number is above the state's serial");
    says(&GOLDEN.replace("network@pay-dev", "network-pay-dev"), "is no address");
    says(&GOLDEN.replace("app@hub", "network@hub"), "stands in it twice");
    says(
        &GOLDEN.replace("\"on_removal\": \"forget\"", "\"on_removal\": \"keep\""),
        "unknown `on_removal` value `keep`",
    );
    let newer = GOLDEN.replace("state/v1", "state/v3").replace("\"generation\"", "\"generations\"");
    assert!(matches!(format::import(&newer), Err(StateError::Newer { found: 3, known: 1 })));
}

#[test]
fn no_prefix_of_an_export_is_taken_for_one() {
    for length in 0..GOLDEN.len() - 2 {
        if let Some(text) = GOLDEN.get(..length) {
            assert!(format::import(text).is_err(), "{length}");
        }
    }
}
