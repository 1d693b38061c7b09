//! Tags that the catalog does not have as they were applied: said, and no step.

use super::fixture::{Given, check};
use super::x;

const ROW: &str = "x p/v1 tag:t=b";
const NEWER: &str = "a tag-update constraint that is newer than the product may not reach it";

fn tagged(more: &str) -> String {
    x(&format!("product_name: p\nprovisioning_artifact_name: v1\ntags: {{t: b}}\n{more}"))
}

#[test]
fn a_tag_that_did_not_take_is_said_and_is_no_reason_to_update() {
    let note = |what: &str| format!("unchanged: x\nnote x: {what}: {NEWER}");
    let other = note("tag `t` is `a` in the catalog, `b` was applied");
    check(&tagged(""), ROW, "offer p/v1\nis pp-x tag:other=1 tag:t=a", &other);
    let absent = note("tag `t` is not in the catalog, `b` was applied");
    check(&tagged(""), ROW, "offer p/v1\nis pp-x tag:other=1", &absent);
    check(&tagged(""), ROW, "offer p/v1\nis pp-x tag:t=b", "unchanged: x");
    // whoever finds it otherwise than by a search is not told any
    check(&tagged(""), ROW, "offer p/v1", "unchanged: x");
}

#[test]
fn tags_that_are_somebody_elses_matter_are_not_told() {
    let there = "is pp-x tag:t=a";
    check(&tagged(""), ROW, &format!("offer p/v1 +tag=t=a|b\n{there}"), "unchanged: x");
    check(
        &tagged("lifecycle: {ignore_changes: [tags.t]}"),
        ROW,
        &format!("offer p/v1\n{there}"),
        "unchanged: x",
    );
    // what somebody else's update made of it is told as a difference
    check(
        &tagged(""),
        ROW,
        &format!("offer p/v1\n{there} rec=rec-9"),
        r#"update x pp-x (outside rec-9, drifted tags.t "b" -> "a", tag t "a" -> "b")"#,
    );
    let taken_over = "x p/v1 tag:t=b unverified";
    let given = Given::new("", &tagged(""), taken_over, &format!("offer p/v1\n{there}"));
    assert!(!given.shown().contains("in the catalog"), "{}", given.shown());
}

/// Thousands of products are as they should be.
#[test]
fn tags_that_are_as_applied_are_not_held() {
    let held = |there: &str| {
        let given =
            Given::new("", &tagged(""), ROW, &format!("offer p/v1\nis pp-x {there}\nis pp-y tag:t=z"));
        let tags = given.plan_with(|input, _| {
            let listings = input.observed.existing.values().collect::<Vec<_>>();
            let of =
                |id: &str| listings.iter().find_map(|listing| listing.id(&id.into())).unwrap().tags.clone();
            (of("pp-x").is_some(), of("pp-y").is_some())
        });
        tags.unwrap()
    };
    assert_eq!(held("tag:t=b tag:more=1"), (false, false));
    assert_eq!(held("tag:t=a"), (true, false));
}
