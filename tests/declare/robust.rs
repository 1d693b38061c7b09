//! Whatever is read, nothing panics: every prefix of good documents, and many mutations of them.

use provisor::declare::Inputs;

use super::{findings, shown, source};

const DECLARATIONS: &str = r#"# é
defaults: {product_name: vpc, tags: {managed-by: provisor}, overrides: [{location: hub, tags: {x: y}}]}
provisioned_products:
  network:
    provisioned_product_name: net-${var.env}
    provisioning_artifact_name: v3
    locations: [hub, "*/us-east-1"]
    parameters: &p
      VpcCidr: ${var.team}
      Zones: [eu-west-1a, "${key}"]
      Policy: {Version: "2012-10-17", Statement: [{Sid: 'a''b', Deny: true, N: 1.0}]}
      Text: |
        two
        lines ü
      Keep: ~
    provisioning_preferences: {stack_set_accounts: ["111122223333"], stack_set_max_concurrency_percentage: 30}
    timeouts: {provision: 90m}
    lifecycle:
      prevent_terminate: true
      ignore_changes: [parameters.X, tags.a]
    overrides:
      - {location: pay-dev/us-east-1, provisioning_artifact_name: v4}
  app:
    provisioning_artifact: active
    location: hub
    depends_on: [network@hub]
    parameters: *p
    tags: {vpc: "${network@pay-dev.outputs.Subnets[0]}"}
"#;

#[test]
fn the_whole_is_right() {
    assert_eq!(findings(DECLARATIONS), Vec::<String>::new());
}

#[test]
fn every_prefix_is_read_or_refused() {
    for (at, _) in DECLARATIONS.char_indices() {
        findings(&DECLARATIONS[..at]);
    }
    for (at, _) in super::SETTINGS.char_indices() {
        read_settings(&super::SETTINGS[..at]);
    }
}

fn read_settings(text: &str) {
    let file = source("provisor.yaml", text);
    let inputs = Inputs { files: vec![file.clone()], ..super::inputs() };
    for locations in [None, Some(&file)] {
        if let Err(problems) = super::settings(&file, locations, &inputs) {
            let found = shown(&problems, std::slice::from_ref(&file));
            assert!(!found.is_empty() && !found.iter().any(|line| line.contains("undecoded")), "{found:?}");
        }
    }
}

/// A small generator of numbers, so that every run is the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound.max(1)
    }
}

const PIECES: [&str; 32] = [
    "\n", "  ", ":", ": ", "- ", "{", "}", "[", "]", "${", "}", "'", "\"", "#", "&a ", "*a", "*p", "|", ">",
    "\t", "é", "\u{a0}", "!x ", "<<: *p\n", "---\n", "~", "? ", ",", "@", "0x", "$${", "x-",
];

fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(chars.len());
        match numbers.below(4) {
            0 => {
                chars.remove(at);
            }
            1 => {
                let to = (at + numbers.below(30)).min(chars.len());
                chars.drain(at..to);
            }
            2 => {
                let to = (at + numbers.below(60)).min(chars.len());
                let copied: Vec<char> = chars[at..to].to_vec();
                let into = numbers.below(chars.len());
                chars.splice(into..into, copied);
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn a_thousand_mutations_are_read_or_refused() {
    let mut numbers = Numbers(42);
    let mut refused = 0;
    for _ in 0..1000 {
        let found = findings(&mutated(DECLARATIONS, &mut numbers));
        assert!(!found.iter().any(|line| line.contains("undecoded")), "{found:?}");
        refused += usize::from(!found.is_empty());
        read_settings(&mutated(super::SETTINGS, &mut numbers));
    }
    assert!((100..1000).contains(&refused), "{refused}");
}

#[test]
fn odd_bytes_are_refused_with_a_place() {
    for text in [
        "a\0b: c\n",
        "\u{feff}\u{feff}a: b\n",
        "a: \u{202e}b\n\u{2028}c: d\n",
        "\r\r\r",
        "%YAML 1.1\n---\nx-a: b\n",
        "%FOO\n",
    ] {
        findings(text);
    }
}
