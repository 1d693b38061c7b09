//! The same inputs make the same plan, whatever order they came in; and a plan that was carried out leaves nothing to do.

use std::fmt::Write;

use provisor::model::secret::DigestKey;
use provisor::plan::file::{About, fingerprint, save};
use provisor::plan::{self, PlanInput};

use super::fixture::{Given, key, render, same};
use super::{APP, NET, NET_ROW};

/// Declarations and lines of a world, in an order that `seed` decides.
fn shuffled(lines: &[String], seed: usize) -> String {
    let mut lines: Vec<&String> = lines.iter().collect();
    let mut dice = seed as u64 + 1;
    for n in (1..lines.len()).rev() {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.swap(n, (dice >> 33) as usize % (n + 1));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A bit of everything.
fn declarations() -> Vec<String> {
    let mut all = vec![
        "  fresh: {product_name: vpc, provisioning_artifact_name: v2}".to_owned(),
        "  tainted: {product_name: vpc, provisioning_artifact_name: v1}".to_owned(),
        "  failed: {product_name: vpc, provisioning_artifact_name: v1}".to_owned(),
        "  moving: {product_name: vpc, provisioning_artifact_name: v1}".to_owned(),
        "  same: {product_name: vpc, provisioning_artifact_name: v1, tags: {a: 1}}".to_owned(),
    ];
    for (n, of) in ["fresh", "tainted", "failed", "moving", "same"].iter().enumerate() {
        all.push(format!(
            "  app{n}: {{product_name: service, provisioning_artifact_name: v1, parameters: {{Size: large, VpcId: \"${{{of}.outputs.VpcId}}\"}}}}"
        ));
    }
    all
}

const ROWS: &str = "tainted vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-t
failed vpc/v1 bound
moving vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-m
same vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-s
gone1 vpc/v1 after:gone2
gone2 vpc/v1
protected vpc/v1 protect";
const WORLD: &str = "is pp-tainted tainted message=m
is pp-failed error message=m
is pp-moving changing";

#[test]
fn shuffled_inputs_make_the_same_plan() {
    let rows: Vec<String> = ROWS.lines().map(str::to_owned).collect();
    let world: Vec<String> = WORLD.lines().map(str::to_owned).collect();
    let plan = |seed: usize| {
        let yaml = format!("provisioned_products:\n{}", shuffled(&declarations(), seed));
        Given::new("", &yaml, &shuffled(&rows, seed), &shuffled(&world, seed)).plan().unwrap()
    };
    let first = plan(0);
    assert!(first.steps.len() > 12, "{}", render::plan(&first));
    for seed in 1..50 {
        let other = plan(seed);
        assert_eq!(other, first);
        assert_eq!(fingerprint(&other), fingerprint(&first));
        assert_eq!(save(&other, &About::default(), &key()), save(&first, &About::default(), &key()));
    }
}

#[test]
fn the_order_in_which_the_catalog_answers_does_not_matter() {
    let mut given = Given::new("", NET, NET_ROW, "offer vpc/v0 X=1\nis pp-z name=z\nis pp-a name=a");
    let first = given.plan().unwrap();
    given.world.products.reverse();
    for product in &mut given.world.products {
        product.artifacts.reverse();
        product.paths.reverse();
    }
    assert_eq!(given.plan().unwrap(), first);
}

#[test]
fn serial_and_time_are_not_in_the_fingerprint() {
    let mut given = Given::new("", NET, NET_ROW, "is pp-network tainted message=m");
    let first = fingerprint(&given.plan().unwrap());
    given.recorded.serial += 10;
    for (_, existing) in given.world.existing.values_mut() {
        existing.asked.0 += 1_000_000;
    }
    assert_eq!(fingerprint(&given.plan().unwrap()), first);
}

#[test]
fn nothing_is_wanted_of_nothing() {
    same(&Given::new("--destroy", NET, "", "").shown(), "");
    same(&Given::new("", super::NOTHING, "", "").shown(), "");
    assert!(Given::new("", super::NOTHING, "", "").plan().unwrap().is_empty());
}

#[test]
fn destroying_is_a_plan_of_nothing() {
    let flags = "--destroy";
    let mut given = Given::new("", APP, "", "");
    given.carry_out().unwrap();
    let destroyed = Given { flags: super::fixture::Flags::read(flags), ..given.clone() };
    let removed = Given { yaml: super::NOTHING.to_owned(), ..given };
    let actions = |given: &Given| {
        given.plan().unwrap().steps.iter().map(|step| format!("{:?}", step.action)).collect::<Vec<_>>()
    };
    assert_eq!(actions(&destroyed), actions(&removed));
    let mut destroyed = destroyed;
    destroyed.carry_out().unwrap();
    assert!(destroyed.recorded.rows.is_empty() && destroyed.world.existing.is_empty());
    same(&destroyed.shown(), "");
}

/// Plans, carries out, and expects the next plan to leave everything as it is.
#[track_caller]
fn settles(yaml: &str, state: &str, world: &str) {
    let mut given = Given::new("", yaml, state, world);
    given.carry_out().unwrap();
    let plan = given.plan().unwrap();
    assert!(plan.steps.is_empty(), "after the first apply:\n{}", render::plan(&plan));
    assert!(!plan.unchanged.is_empty());
}

#[test]
fn a_plan_after_an_apply_is_empty() {
    settles(NET, "", "");
    settles(APP, "", "");
    settles(APP, NET_ROW, "is pp-network tainted message=m");
    settles(NET, NET_ROW, "gone pp-network");
    settles(NET, "network vpc/v1 bound", "is pp-network error message=m");
    settles(NET, "network vpc/v2 Cidr=1 Zones=x Nat=9 tag:old=1 protect", "");
    settles(NET, &format!("{NET_ROW}\nold vpc/v1 after:network"), "");
}

#[test]
fn a_plan_after_an_apply_is_empty_whatever_the_template_does() {
    let yaml = "provisioned_products:
  x:
    product_name: p
    provisioning_artifact_name: v1
    parameters: {Spaces: \"  a b  \", Empty: \"\", Null: ~, List: [b, a], Map: {z: 1, a: [x]}, Secret: s, Number: 007, NullRequired: kept}
    tags: {a: \"1\", long: \"${x2.outputs.Out}\"}
    sensitive_outputs: [Token]
    lifecycle: {prevent_terminate: true, on_removal: forget, ignore_changes: [parameters.List]}
    depends_on: [x2]
  x2: {product_name: q, provisioning_artifact: active}
  x3: {product_name: q, provisioning_artifact: active, parameters: {A: \"${x.outputs.Token}-${x2.arn}-${x2.id}\", B: \"${x2.outputs.Out[0]}\"}}
";
    let world = "offer p/v1 +tag=team=core Spaces Empty=d Null=n List:CommaDelimitedList Map Secret! Number NullRequired Default=·padded· SecretDefault!=d -> Token Plain
        offer q/v7 A=1 B= -> Out";
    settles(yaml, "", world);
    // and once more, with nothing but a new value
    let mut given = Given::new("", yaml, "", world);
    given.carry_out().unwrap();
    given.yaml = yaml.replace("Number: 007", "Number: 008").replace("Secret: s,", "Secret: t,");
    assert_eq!(given.plan().unwrap().steps.len(), 2, "{}", given.shown());
    given.carry_out().unwrap();
    assert!(given.plan().unwrap().steps.is_empty(), "{}", given.shown());
}

#[test]
fn a_plan_after_an_apply_is_empty_for_random_changes() {
    for seed in 0..60_usize {
        let yaml = |round: usize| {
            let mut yaml = "provisioned_products:\n".to_owned();
            for n in 0..8_usize {
                let dice = (seed * 31 + round * 17 + n * 7) % 23;
                if dice % 5 == 4 {
                    continue;
                }
                let version = ["v1", "v2"][dice % 2];
                let needs = (0..n).filter(|m| {
                    (seed * 31 + round * 17 + m * 7) % 23 % 5 != 4 && (m + dice).is_multiple_of(4)
                });
                let needs: Vec<String> = needs.map(|m| format!("${{d{m}.outputs.VpcId}}")).collect();
                let _ = writeln!(
                    yaml,
                    "  d{n}: {{product_name: vpc, provisioning_artifact_name: {version}, parameters: {{Zones: \"z{},{}\"}}}}",
                    dice % 3,
                    needs.join(",")
                );
            }
            yaml
        };
        let mut given = Given::new("", &yaml(0), "", "");
        for round in 0..4 {
            given.yaml = yaml(round);
            given.carry_out().unwrap();
            let plan = given.plan().unwrap();
            assert!(
                plan.steps.is_empty(),
                "seed {seed}, round {round}:\n{}\n{}",
                given.yaml,
                render::plan(&plan)
            );
        }
    }
}

#[test]
fn the_fingerprint_does_not_depend_on_the_stores_key() {
    let yaml = "provisioned_products:
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {S: \"${var.password}\", T: literal}}
  y: {product_name: p, provisioning_artifact_name: v1, parameters: {S: \"a-${x.id}\", T: \"${var.password}\"}}
";
    let given = Given::new("", yaml, "", "offer p/v1 S! T U!=default");
    let equal = given.plan_with(|input, plan| {
        let other = DigestKey::new([9; 32]);
        let elsewhere = plan::plan(&PlanInput { key: &other, ..*input }).unwrap();
        let text = |plan| save(plan, &About::default(), &key());
        assert_ne!(text(plan), text(&elsewhere), "what is signed holds the digests");
        fingerprint(plan) == fingerprint(&elsewhere)
    });
    assert!(equal.unwrap());
}
