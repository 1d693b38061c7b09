//! Death at any moment of a preview: what it had made in the catalog is taken away by whoever runs next, and nothing else.

use std::time::Instant;

use super::super::support::post;
use super::{cleans_up, journals, killed_at, pending, several};

#[test]
fn killed_at_every_call_of_a_preview() {
    for (operation, calls) in [
        ("SearchProvisionedProducts", 1),
        ("CreateProvisionedProductPlan", 1),
        ("CreateProvisionedProductPlan", 2),
        ("CreateProvisionedProductPlan", 4),
        ("DescribeProvisionedProductPlan", 1),
        ("DescribeProvisionedProductPlan", 3),
        ("DeleteProvisionedProductPlan", 1),
        ("DeleteProvisionedProductPlan", 3),
        ("DeleteProvisionedProductPlan", 4),
        ("DescribeProvisionedProduct", 1),
    ] {
        for next in ["plan --preview", "apply --auto-approve"] {
            let (repo, id) = several();
            let round = format!("{operation} {calls}, then {next}");
            assert!(killed_at(&repo, "plan --preview", operation, calls), "{round}: it was too quick");
            cleans_up(&repo, next, &id, &round);
        }
    }
}

#[test]
fn killed_at_any_moment() {
    let whole = {
        let (repo, _) = several();
        let began = Instant::now();
        repo.sh("plan --preview").exits(0);
        began.elapsed()
    };
    for n in 0..24_u64 {
        let (repo, id) = several();
        let scattered = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
        let after = whole.mul_f64(scattered as f64 / 1024.0);
        let round = format!("round {n}, killed after {after:?} of {whole:?}");
        for line in ["plan --preview", "apply --auto-approve --preview"].iter().take(1 + (n % 2) as usize) {
            let mut child = repo.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
            std::thread::sleep(after);
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let next = if n % 3 == 0 { "apply --auto-approve" } else { "plan --preview" };
        cleans_up(&repo, next, &id, &round);
    }
}

/// The service lives on, and may take what was asked when nobody listens any more.
#[test]
fn killed_beside_a_service_that_lives_on() {
    for (operation, calls) in [
        ("CreateProvisionedProductPlan", 1),
        ("CreateProvisionedProductPlan", 3),
        ("DescribeProvisionedProductPlan", 2),
        ("DeleteProvisionedProductPlan", 2),
    ] {
        for next in ["plan --preview", "apply --auto-approve", "destroy --auto-approve"] {
            let (repo, id) = several();
            let round = format!("{operation} {calls}, then {next}");
            repo.served(|url| {
                assert!(killed_at(&repo, "plan --preview", operation, calls), "{round}: it was too quick");
                let done = repo.sh(next);
                assert_eq!(done.code, Some(0), "{round}\n{}\n{}", done.out, done.err);
                assert_eq!(pending(url), ["theirs", "foreign"], "{round}");
                assert_eq!(journals(&repo), Vec::<String>::new(), "{round}");
                let theirs = post(url, "DeleteProvisionedProductPlan", &serde_json::json!({"PlanId": id}));
                assert_eq!(theirs, serde_json::json!({}), "{round}");
            });
        }
    }
}
