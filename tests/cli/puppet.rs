//! `import --from-puppet`: what a manifest of aws-service-catalog-puppet deploys becomes declarations; the plan after that is empty.

use super::support::Repo;

const VAULT: &str = "
Parameters:
  Key: {Type: String, NoEcho: true}
  Label: {Type: String, Default: none}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Label}}
";

/// An account in a region, with what Puppet has made there.
fn world(account: &str, region: &str, products: &str) -> String {
    format!(
        r#"account_id: "{account}"
region: {region}
time_scale: 3600
portfolios:
  - name: net
    products:
      - {{name: box, versions: [{{name: v1, template: box-v1.yaml}}, {{name: v2, template: box-v2.yaml}}]}}
      - {{name: vault, versions: [{{name: v1, template: vault.yaml}}]}}
provisioned_products:
{products}"#
    )
}

/// Three accounts, one of them in two regions.
fn deployed() -> Repo {
    let repo = Repo::beside("", VAULT);
    repo.write(
        "hub.yaml",
        &world(
            "111122223333",
            "eu-west-1",
            "  - {name: base, product: box, version: v2, parameters: {Name: base, Mode: fast, Note: \"on\"}, tags: {\"ServiceCatalogPuppet:Actor\": Generated}}\n",
        ),
    );
    let spokes = [
        ("dev", "410000000001", "eu-west-1", "teams", "fast"),
        ("prod", "410000000002", "eu-west-1", "prod", "fast"),
        ("far", "410000000002", "us-east-1", "prod", "slow"),
    ];
    for (file, account, region, note, mode) in spokes {
        let products = format!(
            "  - {{name: vpc, product: box, version: v1, parameters: {{Name: vpc-{region}, Note: {note}, Mode: {mode}}}, tags: {{cost: \"1\"}}}}
  - {{name: app, product: box, version: v1, parameters: {{Name: \"arn:aws:sns:{region}:{account}:vpc-{region}\", Note: {note}, Size: \"3\"}}}}
  - {{name: safe, product: vault, version: v1, parameters: {{Key: swordfish, Label: looked-up}}}}
  - {{name: old, product: box, version: v1, parameters: {{Name: old}}}}
"
        );
        repo.write(&format!("{file}.yaml"), &world(account, region, &products));
    }
    repo.write(
        "provisor.yaml",
        "project: p\nlocations:\n  hub: {sandbox: hub.yaml}\n  dev: {sandbox: dev.yaml}\n  prod: {sandbox: prod.yaml}\n  far: {sandbox: far.yaml}\n",
    );
    // a name may hold what a parameter's rule does not
    repo.edit("box-v1.yaml", ", AllowedPattern: \"[A-Za-z0-9 _.,+-]*\"", "");
    repo
}

const MANIFEST: &str = r#"schema: puppet-2019-04-01
accounts:
  - account_id: &hub '111122223333'
    name: hub
    default_region: &home eu-west-1
    regions_enabled: [*home]
    tags: [role:hub]
  - account_id: 410000000001
    name: dev
    default_region: *home
    regions_enabled: [*home]
    tags: [role:spoke, type:dev]
  - account_id: '410000000002'
    name: prod
    default_region: *home
    regions_enabled: [*home, us-east-1, ap-south-1]
    tags: [role:spoke, type:prod]
    parameters:
      Note: {default: prod}
  - account_id: '410000000009'
    name: Sandbox 9
    default_region: *home
    regions_enabled: [*home]
    tags: [role:spoke]
parameters:
  Note: {default: teams}
  Central: {ssm: {name: central}}
mappings:
  Modes:
    eu-west-1: {mode: fast}
    us-east-1: {default: slow}
launches:
  base:
    portfolio: net
    product: box
    version: v1
    parameters:
      Name: {default: base}
      Note: {default: on}
      Mode: {default: "${Custom::Mode}"}
    deploy_to:
      accounts: [{account_id: "${AWS::PuppetAccountId}", regions: default_region}]
  vpc:
    portfolio: net
    product: box
    version: v1
    depends_on: [base]
    tags: [{key: cost, value: "1"}]
    parameters:
      Name: {default: "vpc-${AWS::Region}"}
      Mode: {mapping: [Modes, AWS::Region, mode]}
      Gone: {default: x}
    outputs:
      ssm: [{param_name: "/net/${AWS::AccountId}/${AWS::Region}/arn", stack_output: Arn}]
    deploy_to: &everywhere
      tags: [{tag: "role:spoke", regions: regions_enabled}]
  old: {portfolio: net, product: box, version: v1, status: terminated, deploy_to: *everywhere}
lambda-invocations:
  sweep: {function_name: sweep, invoke_for: *everywhere}
"#;

const APPS: &str = r#"app: &app
  portfolio: net
  product: box
  version: v1
  depends_on:
    - {name: vpc, type: launch, affinity: account-and-region}
    - base
    - {name: sweep, type: lambda-invocation, affinity: account}
  pre_actions: [{name: ping}]
  parameters:
    Name: {ssm: {name: "/net/${AWS::AccountId}/${AWS::Region}/arn"}}
    Size: {default: 3}
  deploy_to:
    tags:
      - {tag: "type:dev", regions: [eu-west-1]}
      - {tag: "type:prod", regions: [eu-west-1, us-east-1]}
safe:
  <<: *app
  product: vault
  timeoutInSeconds: 90
  parameters:
    Key: {default: swordfish}
    Label: {ssm: {name: label}}
"#;

/// The manifest in its folder, with all that may stand beside it.
fn written(repo: &Repo) {
    std::fs::create_dir_all(repo.path().join("puppet/launches")).unwrap();
    repo.write("puppet/manifest.yaml", MANIFEST);
    repo.write("puppet/launches/apps.yaml", APPS);
    repo.write("puppet/launches/README.md", "no part of it");
    repo.write("puppet/intrinsic-functions.properties", "Mode = fast\n");
    repo.write("puppet/manifest-111122223333.properties", "[launches]\nbase.version = v2\n");
}

/// Gives the secrets of all locations.
fn give(repo: &Repo) {
    let line = |at: &str| format!("safe_key{at}: swordfish\n");
    repo.write("secrets.yaml", &["", "_dev", "_far", "_prod"].map(line).concat());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(repo.path().join("secrets.yaml"), mode).unwrap();
}

#[test]
fn what_a_manifest_deploys_is_declared_and_managed() {
    let repo = deployed();
    written(&repo);
    repo.sh("import --from-puppet puppet/manifest.yaml").exits(5).says(&["10 to import"]);
    assert!(!repo.path().join("products").exists(), "nobody agreed");
    let done = repo.sh("import --from-puppet puppet --auto-approve").exits(0).says(&[
        "Resources: 10 imported.",
        "Conversion: 10 carried over, 0 renamed, 7 otherwise changed, 4 left.",
        "puppet/launches/apps.yaml:8: app: it does not wait for the lambda-invocation `sweep`, which is left",
        "puppet/launches/apps.yaml:9: app: `pre_actions` is left out: nothing runs before or after an operation here",
        "puppet/launches/apps.yaml:11: app: `Name` was the SSM parameter `/net/${AWS::AccountId}/${AWS::Region}/arn`: it is the output `Arn` of `vpc` now",
        "puppet/launches/apps.yaml:23: safe: `Label` is as it is there: Puppet reads the SSM parameter `label` when it runs",
        "puppet/manifest.yaml:52: vpc: its product has no parameter `Gone`, which Puppet does not send",
        "puppet/manifest.yaml:57: old: it is `status: terminated`: what of it is still there stays",
        "there is no location of account 410000000002 in ap-south-1 (`vpc`): add ap-south-1 to the `regions` of",
        "puppet/manifest.yaml:20: there is no location of account 410000000009 in eu-west-1 (`vpc`): write below `locations:` `sandbox-9: {account_id: \"410000000009\", regions: [eu-west-1]}`",
        "puppet/manifest.yaml:59: lambda-invocations.sweep: no provisioned product, but a call of a function",
        "puppet/manifest.yaml:54: vpc: Puppet writes the output `Arn` to the SSM parameter `/net/${AWS::AccountId}/${AWS::Region}/arn`, and nobody will once Puppet is gone: who reads it?",
    ]);
    for text in [&done.out, &done.err] {
        assert!(!text.contains("swordfish") && !text.contains("`Central`"), "{text}");
    }
    let text = repo.read("products/box.yaml");
    for part in [
        "  product_name: box\n  provisioning_artifact_name: v1\n  parameters: {Note: prod}\n",
        "      Name: ${vpc.outputs.Arn}\n",
        "  base:\n    provisioning_artifact_name: v2\n    parameters: {Mode: fast, Name: base, Note: \"on\"}\n",
        "Name: vpc-${location.region}",
        "    depends_on: [base]\n    locations: [dev, far, prod]\n",
        "{location: dev, parameters: {Note: teams}}",
        "{location: far, parameters: {Mode: slow}}",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("old") && !text.contains("Gone"), "{text}");
    let safe = repo.read("products/vault.yaml");
    for part in [
        "Label: looked-up",
        "Key: ${var.safe_key_dev}",
        "timeouts: {provision: 90s",
        "depends_on: [base, vpc]",
    ] {
        assert!(safe.contains(part), "{part}\n{safe}");
    }
    give(&repo);
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0).says(&["No changes."]);
    repo.sh("import --from-puppet puppet --auto-approve --secret-file secrets.yaml")
        .exits(0)
        .says(&["Nothing to import"])
        .tells(&["10 provisioned products of the file: managed here already"]);
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn where_the_manifest_and_the_catalog_differ_the_plan_says_so() {
    let repo = deployed();
    written(&repo);
    repo.edit("puppet/manifest.yaml", "Note: {default: prod}", "Note: {default: other}");
    repo.edit("puppet/manifest.yaml", "    us-east-1: {default: slow}\n", "");
    repo.sh("import --from-puppet puppet --name vpc --auto-approve").exits(0).says(&[
        "Resources: 3 imported.",
        "vpc: `Mode` is as it is there: nothing stands there in `mappings`",
        "vpc: what it has of `base`, which is left, is as it is there",
    ]);
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["\"prod\" -> \"other\"", "Plan: 0 to add, 2 to change, 0 to destroy."]);
}

/// What is declared otherwise than the file says is in the report, with file and line, and not only beside the declaration.
#[test]
fn what_the_catalog_does_not_offer_is_reported() {
    let said = |repo: &Repo| repo.sh("import --from-puppet puppet --name base --auto-approve").exits(0).out;
    let repo = deployed();
    written(&repo);
    let before = said(&repo);
    assert!(!before.contains("not offered") && !before.contains("launch path"), "{before}");
    let repo = deployed();
    written(&repo);
    repo.write("puppet/manifest-111122223333.properties", "[launches]\nbase.version = v99\n");
    repo.edit("puppet/manifest.yaml", "  base:\n    portfolio: net\n", "  base:\n    portfolio: nope\n");
    let line = MANIFEST.lines().position(|line| line == "  base:").unwrap() + 1;
    let after = said(&repo);
    for sentence in [
        "its version `v99` is not offered: what runs is declared",
        "there is no launch path `nope`, and the one that it has is taken (there is `net`)",
    ] {
        assert!(
            after.contains(&format!("puppet/manifest.yaml:{line}: base: {sentence}")),
            "{sentence}\n{after}"
        );
    }
}

#[test]
fn an_output_that_is_another_one_now_is_no_reference() {
    let repo = deployed();
    written(&repo);
    repo.edit("far.yaml", "Name: \"arn:aws:sns:us-east-1:410000000002:vpc-us-east-1\"", "Name: typed-in");
    repo.sh("import --from-puppet puppet --auto-approve").exits(0).says(&[
        "app: `Name` is as it is there: the output `Arn` of `vpc` is another one",
        "apps.yaml:11: app: `Name` was the SSM parameter",
    ]);
    let text = repo.read("products/box.yaml");
    assert!(text.contains("Name: ${vpc.outputs.Arn}") && text.contains("Name: typed-in"), "{text}");
    give(&repo);
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0).says(&["No changes."]);
}

#[test]
fn accounts_that_only_their_unit_tells_are_looked_for_at_all_locations() {
    let repo = deployed();
    written(&repo);
    repo.edit(
        "far.yaml",
        "name: safe, product: vault, version: v1, parameters: {Key: swordfish, Label: looked-up}",
        "name: safe, product: box, version: v1, parameters: {Name: safe}",
    );
    let at = MANIFEST.find("  - account_id: 410000000001").unwrap();
    let units = "  - ou: /workloads
    name: workloads
    default_region: eu-west-1
    regions_enabled: [eu-west-1, us-east-1]
    tags: [\"role:spoke\", \"type:dev\", \"type:prod\"]
    exclude: {accounts: ['410000000001']}
    parameters:
      Note: {default: prod}
";
    let rest = &MANIFEST[MANIFEST.find("\nparameters:").unwrap() + 1..];
    repo.write("puppet/manifest.yaml", &format!("{}{units}{rest}", &MANIFEST[..at]));
    repo.sh("import --from-puppet puppet --auto-approve").exits(0).says(&[
        "Resources: 6 imported.",
        "puppet/launches/apps.yaml:17: safe: what is called so at far/us-east-1 is a `box`: it is taken for another one's",
        "puppet/manifest.yaml:8: which accounts the unit `/workloads` has is not in the manifest",
        "`servicecatalog-puppet expand`",
    ]);
    assert!(!repo.read("products/box.yaml").contains("dev"));
    give(&repo);
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0).says(&["No changes."]);
}

#[test]
fn what_is_not_there_is_told_once() {
    let repo = deployed();
    repo.write(
        "m.yaml",
        "accounts:\n  - {account_id: '410000000001', name: dev, default_region: eu-west-1, tags: [a]}\n  - {account_id: '410000000002', name: prod, default_region: eu-west-1, tags: [a]}\nlaunches:\n  absent: {portfolio: net, product: box, version: v1, deploy_to: {tags: [{tag: a, regions: default_region}]}}\n",
    );
    repo.sh("import --from-puppet m.yaml --auto-approve").exits(5).says(&["Nothing to import"]).tells(&[
        "m.yaml:5: absent: nothing is called so at dev, prod, or it is not shown to this principal",
    ]);
    // a name says nothing of the account that it is in
    repo.edit("provisor.yaml", "  dev: {sandbox: dev.yaml}\n", "");
    repo.sh("import --from-puppet m.yaml --auto-approve").exits(5).tells(&[
        "m.yaml:2: there is no location of account 410000000001 in eu-west-1 (`absent`): write below `locations:` `dev: {account_id: \"410000000001\", regions: [eu-west-1]}`",
    ]);
}

#[test]
fn a_file_that_is_no_manifest_is_refused() {
    let repo = deployed();
    let check = |text: &str, expected: &[&str]| {
        repo.write("m.yaml", text);
        let done = repo.sh("import --from-puppet m.yaml --auto-approve").exits(1).tells(expected);
        assert!(!done.err.contains("hush"), "{}", done.err);
        assert!(!repo.path().join("products").exists());
    };
    check("a: [hush", &["`m.yaml`: this is neither YAML nor JSON: line 2, column 1"]);
    check("hush", &["`m.yaml`: this is no manifest: it is no map", "`manifest.yaml`"]);
    check("a: hush\n", &["it has neither `launches` nor `accounts`"]);
    check("Resources: {hush: 1}\n", &["this is a template", "`--from-cloudformation`"]);
    check("launches: {}\n", &["`m.yaml` holds no `launches`"]);
    std::fs::create_dir(repo.path().join("launches")).unwrap();
    repo.write("launches/a.yaml", "hush: [\n");
    check("launches: {}\n", &["`m.yaml`: `launches/a.yaml`: this is neither YAML nor JSON: line 2"]);
    // no link is followed out of the folder
    std::fs::remove_file(repo.path().join("launches/a.yaml")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", repo.path().join("launches/b.yaml")).unwrap();
    check("launches: {}\n", &["launches/b.yaml"]);
    repo.sh("import --from-puppet absent").exits(1).tells(&["`absent`"]);
    repo.sh("import --from-puppet m.yaml --all").exits(64);
    repo.sh("import --all --puppet-account 1").exits(64);
}

#[test]
fn a_version_that_is_not_deployed_yet_is_asked_what_it_takes() {
    let world = "account_id: \"111122223333\"
region: eu-west-1
time_scale: 3600
portfolios: [{name: net, products: [{name: box, versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}]}]}]
provisioned_products:
  - {name: next, product: box, version: v1, parameters: {Name: next, Note: old, Mode: fast}}
  - {name: gone, product: box, version: v1, parameters: {Name: gone}}
";
    let repo = Repo::beside(world, VAULT);
    repo.write(
        "box-v2.yaml",
        "Parameters:\n  Name: {Type: String}\n  Mode: {Type: String, Default: slow}\n  Added: {Type: String}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n",
    );
    repo.write(
        "m.yaml",
        "accounts: [{account_id: '111122223333', name: here, default_region: eu-west-1, tags: [a]}]
parameters: {Added: {default: new}, Note: {default: old}}
launches:
  next: {portfolio: net, product: box, version: v2, parameters: {Name: {default: next}}, deploy_to: &all {tags: [{tag: a, regions: default_region}]}}
  gone: {portfolio: net, product: box, version: v9, parameters: {Name: {default: gone}}, deploy_to: *all}
",
    );
    repo.sh("import --from-puppet m.yaml --auto-approve").exits(0).says(&["Resources: 2 imported."]);
    let text = repo.read("products/box.yaml");
    for part in [
        "  # its version `v9` is not offered: what runs\n  gone:\n    provisioning_artifact_name: v1\n",
        "  next:\n    provisioning_artifact_name: v2\n    parameters: {Added: new, Mode: fast, Name: next}\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["\"v1\" -> \"v2\"", "Plan: 0 to add, 2 to change, 0 to destroy."]);
}

#[test]
fn what_is_at_another_location_is_referred_to_there() {
    let repo = deployed();
    repo.edit("hub.yaml", "Note: \"on\"", "Note: \"arn:aws:sns:us-east-1:410000000002:vpc-us-east-1\"");
    for file in ["dev.yaml", "prod.yaml", "far.yaml"] {
        repo.edit(file, "name: vpc,", "name: v.pc,");
    }
    let account = |id: &str, name: &str| {
        format!(
            "  - {{account_id: '{id}', name: {name}, default_region: eu-west-1, regions_enabled: [eu-west-1, us-east-1], tags: [{name}, all]}}\n"
        )
    };
    let accounts =
        [account("111122223333", "hub"), account("410000000001", "dev"), account("410000000002", "prod")];
    repo.write(
        "m.yaml",
        &format!(
            "accounts:\n{}launches:
  base:
    product: box
    version: v2
    depends_on: [v.pc]
    parameters: {{Note: {{servicecatalog_provisioned_product_output: {{account_id: '410000000002', region: us-east-1, provisioned_product_name: v.pc, output_key: Arn}}}}}}
    deploy_to: {{tags: [{{tag: hub, regions: default_region}}]}}
  v.pc:
    product: box
    version: v1
    deploy_to: {{tags: [{{tag: dev, regions: default_region}}, {{tag: prod, regions: enabled}}]}}
",
            accounts.concat()
        ),
    );
    repo.sh("import --from-puppet m.yaml --auto-approve")
        .exits(0)
        .says(&["Resources: 4 imported.", "v.pc is v-pc"]);
    let text = repo.read("products/box.yaml");
    for part in
        ["Note: ${v-pc@far/us-east-1.outputs.Arn}", "depends_on: [v-pc@dev/eu-west-1, v-pc@prod/eu-west-1]"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes."]);
}
