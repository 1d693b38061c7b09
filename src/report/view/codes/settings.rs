//! What can be wrong with settings, with values of variables and with places.

use super::{CodeExample, CodeView};

pub(super) const CODES: &[CodeView] = &[
    CodeView {
        code: "untrusted-setting",
        what: "the checkout says what only the trusted settings may say",
        why: "Under `--settings` a branch chooses neither accounts nor credentials, endpoints, guards or the state: only `project`, `declarations` and `variables` are its own.",
        mend: "Take the key out of the checkout's provisor.yaml, or run without `--settings` where nobody else's branch is planned.",
        example: CodeExample::Told(
            "`provisor plan --settings ../ops/provisor.yaml` in a checkout whose provisor.yaml has `locations:`.",
        ),
    },
    CodeView {
        code: "other-project",
        what: "the trusted settings are those of another project",
        why: "The state and the accounts of one project would be used for another one's declarations.",
        mend: "Name the settings of this project by `--settings` or PROVISOR_SETTINGS, or correct `project`.",
        example: CodeExample::Told(
            "`project: payments` in the settings, `project: platform` in the checkout.",
        ),
    },
    CodeView {
        code: "state-path",
        what: "the state cannot be kept where the settings say",
        why: "The store is ours alone: it lies beneath the folder of provisor.yaml, in a folder that is not a link and holds nothing else.",
        mend: "Name a folder of its own, such as `state`. Trusted settings name one outside the checkout.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
state: {path: ../state}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
state: {path: state}
"#,
        },
    },
    CodeView {
        code: "custom-endpoint",
        what: "an endpoint that is not the service's own",
        why: "Credentials sign every request: whoever answers there could use what they see.",
        mend: "If it is meant, such as a VPC endpoint, write `allow_custom_endpoint: true` beside it. The environment and the AWS config file count as well.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations:
  demo: {regions: [eu-west-1], endpoint_url: "https://catalog.example.com"}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations:
  demo: {sandbox: sandbox.yaml}
"#,
        },
    },
    CodeView {
        code: "plain-http",
        what: "an endpoint that is reached without encryption",
        why: "Parameters hold secrets, and anybody on the way could read them. Plain http is for this machine only.",
        mend: "Write `https://`.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations:
  demo: {regions: [eu-west-1], endpoint_url: "http://catalog.example.com", allow_custom_endpoint: true}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations:
  demo: {sandbox: sandbox.yaml}
"#,
        },
    },
    CodeView {
        code: "unknown-region",
        what: "a region that looks like another one",
        why: "It has the shape of a region, and is none that is known: nothing would be found there. A warning, as AWS opens new ones.",
        mend: "Write the one that is meant. If it is new, nothing has to be done.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml, regions: [eu-wset-1]}}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml, regions: [eu-west-1]}}
"#,
        },
    },
    CodeView {
        code: "world",
        what: "the file of a sandbox is wrong",
        why: "A simulated catalog is read as strictly as a real one answers; templates are evaluated when it starts.",
        mend: "The message names the line in the world file or in the template. docs/sandbox.md has every key.",
        example: CodeExample::Told("`product:` instead of `products:` below a portfolio of sandbox.yaml."),
    },
    CodeView {
        code: "unknown-location",
        what: "a name that is no location",
        why: "Nothing can be planned for a place that the settings do not name.",
        mend: "Correct the name, or add the location to `locations:`. One region of an account is `account/region`.",
        example: CodeExample::Places {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    location: hbu
    parameters: {Cidr: 10.0.0.0/16}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    location: hub
    parameters: {Cidr: 10.0.0.0/16}
"#,
        },
    },
    CodeView {
        code: "matches-nothing",
        what: "a glob, a choice or an override that fits no location",
        why: "What fits nothing does nothing, and nobody writes that on purpose.",
        mend: "Correct the pattern or the values: the message says what there is.",
        example: CodeExample::Places {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    locations: ["prod-*"]
    parameters: {Cidr: 10.0.0.0/16}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    locations: ["d*"]
    parameters: {Cidr: 10.0.0.0/16}
"#,
        },
    },
    CodeView {
        code: "ambiguous",
        what: "a name that stands for several",
        why: "Which of them is meant cannot be guessed: the wrong one would be changed, or read.",
        mend: "Name one of them: `hub/eu-west-1` of a location with several regions, `net@dev` of a declaration on several locations.",
        example: CodeExample::Places {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    locations: [hub, dev]
    parameters: {Cidr: 10.0.0.0/16}
external:
  other: {provisioned_product_name: dns}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    locations: [hub, dev]
    parameters: {Cidr: 10.0.0.0/16}
"#,
        },
    },
    CodeView {
        code: "unknown-variable",
        what: "a variable that is not declared",
        why: "A typing error in a name would fill nothing in. In the environment (`PROVISOR_VAR_…`) it is a warning, as that may be meant for others.",
        mend: "Declare it under `variables:` of provisor.yaml, or correct its name; upper and lower case are told apart.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Stage: "${var.stgae}"}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Stage: "${var.stage}"}
"#,
        },
    },
    CodeView {
        code: "no-value",
        what: "a variable, or a fact of a location, that has no value",
        why: "It is used, and nothing says what it is. `validate` takes sensitive ones as unknown.",
        mend: "Give it by `--var`, a `--var-file`, `PROVISOR_VAR_name`, a default, or at the location; a sensitive one by `PROVISOR_SECRET_name` or a `--secret-file`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: "${var.cidr}"}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Stage: "${var.stage}"}
"#,
        },
    },
    CodeView {
        code: "empty-secret",
        what: "a secret that is given, and empty",
        why: "CI gives branches of strangers empty secrets. An empty one counts as not given, so that nothing is provisioned with it.",
        mend: "Give it a value, or leave the variable out of the environment.",
        example: CodeExample::Told("`PROVISOR_SECRET_db_password= provisor plan`"),
    },
    CodeView {
        code: "exposed-secret",
        what: "a sensitive value that is given where others can read it",
        why: "Arguments stand in the list of processes; what comes as `PROVISOR_VAR_…` is printed by a branch that drops `sensitive: true`.",
        mend: "Give it by `PROVISOR_SECRET_name` or in a `--secret-file`.",
        example: CodeExample::Told(
            "`provisor apply --var db_password=…` of a variable that is `sensitive: true`.",
        ),
    },
    CodeView {
        code: "known-secret",
        what: "a value that the state holds as a secret is given to a variable that is not sensitive",
        why: "Somebody may have dropped `sensitive: true`. The value is treated as a secret all the same.",
        mend: "Write `sensitive: true` for the variable, or give it another value.",
        example: CodeExample::Told(
            "A branch that takes `sensitive: true` away from `db_password`, after an apply that used it.",
        ),
    },
    CodeView {
        code: "sensitive-default",
        what: "a sensitive variable with its value in the file",
        why: "A default or a list of allowed values in git is no secret.",
        mend: "Leave it out, and give the value by `PROVISOR_SECRET_name` or a `--secret-file`.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
variables: {password: {sensitive: true, default: hunter22}}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
variables: {password: {sensitive: true}}
"#,
        },
    },
    CodeView {
        code: "sensitive",
        what: "something sensitive stands where everybody can read it",
        why: "Names and tags are shown by whatever lists products, and settings are printed.",
        mend: "Only parameters may hold it.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    tags: {token: "${var.password}"}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Token: "${var.password}"}
"#,
        },
    },
];
