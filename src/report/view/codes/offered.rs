//! What can be wrong with a declaration once the catalog has said what it offers, and with an import.

use super::{CodeExample, CodeView};

pub(super) const CODES: &[CodeView] = &[
    CodeView {
        code: "catalog",
        what: "the catalog could not be read",
        why: "The service refused a call, or did not answer: its own words stand in the message. Nothing was changed.",
        mend: "`provisor doctor` tries credentials, endpoint, clock and permissions one by one, and says which right is missing.",
        example: CodeExample::Told("An expired session: `aws sso login`, and again."),
    },
    CodeView {
        code: "unknown-product",
        what: "a product that the catalog does not have, or does not show us",
        why: "Only products of portfolios that the principal has access to can be provisioned. Under `limits.products` it is a warning: no declaration provisions it.",
        mend: "Correct the name (`provisor catalog list` has all of them), or ask the platform team to associate the principal with the portfolio.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: netwrok, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "ambiguous-product",
        what: "several products have this name",
        why: "Names of products are not unique, and the service itself refuses such a name.",
        mend: "Name one of them by `product_id`: the message lists them with their portfolios.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  cache: {product_name: cache, provisioning_artifact_name: v1}
"#,
            right: r#"provisioned_products:
  cache: {product_id: prod-cacheoftheaaa, provisioning_artifact_name: v1}
"#,
        },
    },
    CodeView {
        code: "unknown-version",
        what: "the product has no active version of this name",
        why: "It was never published, is deactivated, or is written otherwise.",
        mend: "Name one that there is: the message lists them, `provisor catalog show PRODUCT` has more.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v9, parameters: {Cidr: 10.0.0.0/16}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "ambiguous-version",
        what: "several active versions of the product have this name",
        why: "Names of versions are not unique.",
        mend: "Name one of them by `provisioning_artifact_id`.",
        example: CodeExample::Told(
            "Two versions `v1`, uploaded by two people: `provisioning_artifact_id: pa-…` tells them apart.",
        ),
    },
    CodeView {
        code: "not-only-active",
        what: "`provisioning_artifact: active`, and not exactly one version is active",
        why: "It means the only active version there is. Which of several is newest cannot be told from the service's answer.",
        mend: "Name the version by `provisioning_artifact_name`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  orders: {product_name: queue, provisioning_artifact: active}
"#,
            right: r#"provisioned_products:
  orders: {product_name: queue, provisioning_artifact_name: v2}
"#,
        },
    },
    CodeView {
        code: "deprecated-version",
        what: "a deprecated version is to be provisioned anew",
        why: "The service refuses it. What runs on it already may stay.",
        mend: "Name a version that is not deprecated.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v0, parameters: {Cidr: 10.0.0.0/16}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "retired-version",
        what: "a change of something that runs on a version which is no longer offered",
        why: "The service updates to offered versions only. As long as nothing changes, it may stay.",
        mend: "Name a version that is offered, or take the change back.",
        example: CodeExample::Told(
            "A tag is added to a product whose version `v1` was deactivated last week.",
        ),
    },
    CodeView {
        code: "unknown-path",
        what: "the product has no launch path of this name",
        why: "A launch path is the portfolio through which a product is provisioned; its name is the portfolio's.",
        mend: "Correct `path_name`, or leave it out where there is only one.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, path_name: platfrom, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, path_name: platform, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "ambiguous-path",
        what: "several launch paths to the product have this name",
        why: "Names of portfolios are not unique.",
        mend: "Name one of them by `path_id`.",
        example: CodeExample::Told("Two portfolios named `platform`: `path_id: lpv2-…` tells them apart."),
    },
    CodeView {
        code: "path-needed",
        what: "the product has several launch paths, and none is chosen",
        why: "Constraints and tag options differ between them: nothing would be right to assume.",
        mend: "Choose one with `path_name`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  dns: {product_name: dns, provisioning_artifact_name: v1}
"#,
            right: r#"provisioned_products:
  dns: {product_name: dns, path_name: platform, provisioning_artifact_name: v1}
"#,
        },
    },
    CodeView {
        code: "no-launch-path",
        what: "no launch path leads to the product for these credentials",
        why: "The product is shown, and its portfolio is not granted to the principal.",
        mend: "Ask the platform team to associate the principal with the portfolio.",
        example: CodeExample::Told("A role that may list the catalog, and belongs to no portfolio."),
    },
    CodeView {
        code: "missing-parameter",
        what: "a parameter without a default is not given",
        why: "The template cannot be used without it.",
        mend: "Write it under `parameters:`; its description stands in the message.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "unknown-parameter",
        what: "a parameter that this version of the product does not have",
        why: "The service refuses it. Versions differ in their parameters. `lifecycle.ignore_changes` counts as well.",
        mend: "Correct its name: the nearest one is named. `provisor catalog show PRODUCT --version V` has all of them.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16, Satge: dev}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16, Stage: dev}}
"#,
        },
    },
    CodeView {
        code: "parameter-value",
        what: "a parameter's value breaks the template's rule",
        why: "CloudFormation would refuse it minutes later: not an allowed value, not the pattern, too long, too large.",
        mend: "The message says the rule, and the words that the template's author wrote about it.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16, Stage: prd}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16, Stage: prod}}
"#,
        },
    },
    CodeView {
        code: "template-rule",
        what: "values that a rule of the template forbids together",
        why: "The template's `Rules`, or a template constraint of the portfolio, say which values go together.",
        mend: "Change one of the values that the rule names.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: vpc-0abc, Stage: prod, Size: small}}
"#,
            right: r#"provisioned_products:
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: vpc-0abc, Stage: prod, Size: large}}
"#,
        },
    },
    CodeView {
        code: "unknown-output",
        what: "an output that the product does not have",
        why: "Nothing could be filled in from it, or be kept secret by `sensitive_outputs`.",
        mend: "Correct its name: the nearest one is named, or all that there are.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: "${net.outputs.VpcID}"}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: "${net.outputs.VpcId}"}}
"#,
        },
    },
    CodeView {
        code: "tag-value",
        what: "a tag whose value is none of its tag options",
        why: "The portfolio or the product lists the values that this tag may have, and the service refuses any other.",
        mend: "Write one of them.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    tags: {cost-centre: "300"}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    tags: {cost-centre: "200"}
"#,
        },
    },
    CodeView {
        code: "tag-conflict",
        what: "a tag for which portfolio and product allow nothing in common",
        why: "No value is right: the service leaves such a tag out, and refuses one that is sent.",
        mend: "Leave the tag out; the platform team resolves the conflict.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  dns: {product_name: dns, path_name: platform, provisioning_artifact_name: v1, tags: {owner: core}}
"#,
            right: r#"provisioned_products:
  dns: {product_name: dns, path_name: platform, provisioning_artifact_name: v1}
"#,
        },
    },
    CodeView {
        code: "not-a-stack-set",
        what: "stack-set preferences of a product that is no stack set",
        why: "Only products with a STACKSET constraint spread over accounts and regions.",
        mend: "Leave `provisioning_preferences` out. A declaration stands on several accounts by `locations:`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    provisioning_preferences: {stack_set_regions: [eu-west-1]}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
"#,
        },
    },
    CodeView {
        code: "stack-set-constraint",
        what: "an account or a region that the STACKSET constraint does not allow",
        why: "The constraint lists where the product may spread to, and the service refuses anything else.",
        mend: "Name those that are allowed: the message lists them.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  baseline:
    product_name: baseline
    provisioning_artifact_name: v1
    provisioning_preferences: {stack_set_accounts: ["410000000009"]}
"#,
            right: r#"provisioned_products:
  baseline:
    product_name: baseline
    provisioning_artifact_name: v1
    provisioning_preferences: {stack_set_accounts: ["410000000001"]}
"#,
        },
    },
];

/// Of `imports:` and `provisor import`.
pub(super) const IMPORTS: &[CodeView] = &[
    CodeView {
        code: "bound",
        what: "a provisioned product, or a declaration, that belongs to another one already",
        why: "One declaration stands for one provisioned product, and the other way round.",
        mend: "Leave the import out, or declare the product under a key of its own. `provisor state mv` moves what is recorded.",
        example: CodeExample::Told(
            "`provisor import net pp-…`, where `net` was applied already and is another product.",
        ),
    },
    CodeView {
        code: "other-name",
        what: "what is to be imported has another name than its declaration",
        why: "A provisioned product keeps its name for ever: the next plan would have to replace it.",
        mend: "Write its name as `provisioned_product_name` of the declaration.",
        example: CodeExample::Told(
            "`imports: [{to: net, provisioned_product_id: pp-…}]`, and that product is called `network-prod`.",
        ),
    },
    CodeView {
        code: "name-taken",
        what: "a stack cannot become a provisioned product of this name: there is one",
        why: "Names of provisioned products are unique in an account and region.",
        mend: "Declare it under another `provisioned_product_name`.",
        example: CodeExample::Told(
            "`imports: [{to: net, stack: net}]`, where a provisioned product `net` exists beside the stack.",
        ),
    },
    CodeView {
        code: "other-template",
        what: "a stack has another template than the declared version",
        why: "The catalog takes a stack in only if both are the same, as a whole.",
        mend: "Declare the version that has the stack's template, or have it published.",
        example: CodeExample::Told("A stack that was made from the template of `v1`, declared as `v2`."),
    },
    CodeView {
        code: "stack",
        what: "a stack that cannot become a provisioned product",
        why: "It is not there, is being changed, belongs to a provisioned product, or is nested in another one.",
        mend: "The message says which; the next import finds it once that is over.",
        example: CodeExample::Told("`imports: [{to: net, stack: netwrk}]`"),
    },
    CodeView {
        code: "unfinished-import",
        what: "an import died while it wrote its files",
        why: "Some of the declarations that it found are written, and some are not: a plan would take the rest for strangers.",
        mend: "`provisor import --declared` writes the rest and imports what it declares; or take `.provisor-import.json` away to do without.",
        example: CodeExample::Told("`provisor import --all --write products`, killed half way."),
    },
];
