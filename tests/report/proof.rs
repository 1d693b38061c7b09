//! What `provisor prove` tells: six lines of what it did, then what it found.

use provisor::report::view::ProofView;
use provisor::report::{Style, human, json};

/// A trial that found nothing.
fn clean() -> ProofView {
    ProofView {
        seed: 7,
        products: 200,
        seconds: 60,
        applies: 31,
        kills: 28,
        takeovers: 180,
        given_up: 4,
        deeds: 377,
        calls: 3596,
        changing_calls: 402,
        looks: 31,
        is_settled: true,
        ..ProofView::default()
    }
}

fn told(view: &ProofView) -> String {
    human::proof(view, Style::plain())
}

#[test]
fn six_lines_say_what_was_done_and_three_what_was_found() {
    let expected = "\
Declared 200 products on a sandbox, edited some before every apply, and applied; seed 7.
28 applies were killed (SIGKILL) at a random moment; 3 ran to the end.
180 operations left open by a death and taken over by a later apply; 4 given up in doubt, and seen by the next plan.
3596 calls made by applies, 402 to change something: one in ten lost its answer, one in twenty never arrived, one in ten failed later.
377 times somebody else updated, terminated, or made a product under one of our names.
31 times, between applies, the state was held against what the sandbox itself shows over its API.

lost 0     products that an apply made and no row of the state knows
doubled 0  addresses with more than one product
untrue 0   rows that call something applied that the catalog shows otherwise, and nobody else did it

The same dice again: provisor prove --products 200 --seconds 60 --seed 7
";
    assert_eq!(told(&clean()), expected);
    assert!(clean().holds());
}

#[test]
fn each_kind_of_finding_is_told_and_fails_it() {
    let finding = || vec!["pp-1\u{1b}[31m".to_owned()];
    let many: Vec<String> = (0..12).map(|n| format!("pp-{n}")).collect();
    for (view, text) in [
        (ProofView { lost: finding(), ..clean() }, "lost 1     products"),
        (ProofView { doubled: finding(), ..clean() }, "doubled 1  addresses"),
        (ProofView { untrue: finding(), ..clean() }, "untrue 1   rows"),
        (ProofView { stuck: finding(), ..clean() }, "An apply did not begin: pp-1"),
        (ProofView { is_settled: false, ..clean() }, "what is declared was not reached"),
        (ProofView { is_settled: false, interrupted: true, ..clean() }, "Interrupted: "),
        (ProofView { lost: many, ..clean() }, "    pp-9\n    and 2 more: --json has them all\n"),
    ] {
        let told = told(&view);
        assert!(told.contains(text) && !told.contains('\u{1b}'), "{told}");
        assert!(!view.holds(), "{told}");
        assert_eq!(view.is_clean(), !told.contains("pp-"), "{told}");
    }
}

#[test]
fn the_document_has_all_of_it() {
    let view =
        ProofView { untrue: vec!["`a`: gone".to_owned()], is_settled: false, interrupted: true, ..clean() };
    let expected = serde_json::json!({
        "format": "provisor.prove/v1", "seed": 7, "products": 200, "seconds": 60, "applies": 31, "kills": 28,
        "takeovers": 180, "given_up": 4, "deeds": 377, "calls": 3596, "changing_calls": 402, "looks": 31,
        "settled": false, "interrupted": true, "lost": [], "doubled": [], "untrue": ["`a`: gone"], "stuck": [],
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json::proof(&view)).unwrap(), expected);
}
