//! Values that hang on something else, and defaults: held against the rules as far as nothing can mend them.

use super::fixture::Given;
use super::validation::p;

/// What is written beside something that is not known yet is held against the rules: nothing that it is filled with mends it.
#[test]
fn what_is_written_beside_a_reference_is_checked() {
    let world = "offer p/v1 Name[..10]=a Ports:List<Number>=1 Subs:List<AWS::EC2::Subnet::Id>=subnet-12345678 Stage{dev|prod}=dev Size:Number=1 Vpc:AWS::EC2::VPC::Id=vpc-12345678 Doc=x";
    let hole = "${y.outputs.VpcId}";
    for (value, says) in [
        (format!("Name: \"averyveryverylong-{hole}\""), "`Name` must have at most 10 characters"),
        (format!("Ports: [443, \"{hole}\", https]"), "`Ports` must be a number"),
        (format!("Subs: [\"{hole}\", sg-12345678]"), "`Subs` must be an id that begins with `subnet-`"),
        (format!("Stage: \"x{hole}\""), "`Stage` must be one of `dev`, `prod`"),
        (format!("Stage: \"{hole}x\""), "`Stage` must be one of `dev`, `prod`"),
        (format!("Size: \"x{hole}\""), "`Size` must be a number"),
        (format!("Vpc: \"subnet-{hole}\""), "`Vpc` must be an id that begins with `vpc-`"),
        (format!("Doc: \"{}{hole}\"", "x".repeat(5000)), "`Doc` must have at most 4096 bytes"),
    ] {
        let yaml =
            p("1").replace("A: 1", &value) + "  y: {product_name: vpc, provisioning_artifact_name: v1}\n";
        let shown = Given::new("", &yaml, "", world).shown();
        assert!(shown.contains(says), "{value}\n{shown}");
    }
    for value in [
        format!("Name: \"short-{hole}\""),
        format!("Ports: [443, \"{hole}\"]"),
        format!("Stage: \"d{hole}v\""),
        format!("Size: \"1{hole}\""),
        format!("Vpc: \"vpc-{hole}\""),
        format!("Vpc: \"v{hole}\""),
    ] {
        let yaml =
            p("1").replace("A: 1", &value) + "  y: {product_name: vpc, provisioning_artifact_name: v1}\n";
        let shown = Given::new("", &yaml, "", world).shown();
        assert!(shown.contains("provision x (new)"), "{value}\n{shown}");
    }
}

/// A default that breaks the template's own rules fails as any other value does, where it comes into force.
#[test]
fn a_default_that_breaks_its_own_rules_is_found() {
    let yaml = "provisioned_products:\n  x: {product_name: p, provisioning_artifact_name: v1}\n";
    for (rule, says) in [
        ("A{dev|prod}=other", "the default that v1 has for `A` must be one of `dev`, `prod`"),
        ("A/[a-z]+/=42", "the default that v1 has for `A` must match the pattern"),
        ("A[..3]=toolong", "the default that v1 has for `A` must have at most 3 characters"),
    ] {
        let shown = Given::new("", yaml, "", &format!("offer p/v1 {rule}")).shown();
        assert!(shown.contains(says), "{rule}\n{shown}");
        // what is there already stays
        let value = rule.rsplit('=').next().unwrap();
        let shown = Given::new("", yaml, &format!("x p/v1 A={value}"), &format!("offer p/v1 {rule}")).shown();
        assert!(!shown.contains("the default"), "{rule}\n{shown}");
    }
}
