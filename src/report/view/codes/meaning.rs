//! What can be wrong with declarations among each other.

use super::{CodeExample, CodeView};

pub(super) const CODES: &[CodeView] = &[
    CodeView {
        code: "no-declarations",
        what: "a file among the declarations holds none",
        why: "A template, a world file or a saved plan was taken for declarations: what is wrong with each of its keys would tell nothing. That all files together declare nothing is a warning.",
        mend: "Correct `declarations:` in provisor.yaml: it names files, and folders that hold nothing but declarations. `provisor destroy` terminates everything on purpose.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml, sandbox.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
"#,
        },
    },
    CodeView {
        code: "reserved",
        what: "a key that means something in references",
        why: "`${key}`, `${var.…}`, `${external.…}` and `${location.…}` mean something else: nothing could refer to this declaration.",
        mend: "Choose another key. If it is provisioned already, `moved:` renames it.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  location: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
            right: r#"provisioned_products:
  site: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "duplicate-name",
        what: "two declarations have one name on one location",
        why: "Names of provisioned products are unique in an account and region: the second one could never be made.",
        mend: "Give one of them another `provisioned_product_name`. Two locations may also be one account and region: leave one of them out.",
        example: CodeExample::Declarations {
            wrong: r#"defaults: {product_name: network, provisioning_artifact_name: v1, provisioned_product_name: net}
provisioned_products:
  blue: {parameters: {Cidr: 10.0.0.0/16}}
  green: {parameters: {Cidr: 10.1.0.0/16}}
"#,
            right: r#"defaults: {product_name: network, provisioning_artifact_name: v1, provisioned_product_name: "net-${key}"}
provisioned_products:
  blue: {parameters: {Cidr: 10.0.0.0/16}}
  green: {parameters: {Cidr: 10.1.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "similar-name",
        what: "two names differ in upper and lower case only",
        why: "They are two products, and people will take one for the other. A warning.",
        mend: "Give one of them a name of its own.",
        example: CodeExample::Declarations {
            wrong: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  net: {parameters: {Cidr: 10.0.0.0/16}}
  Net: {parameters: {Cidr: 10.1.0.0/16}}
"#,
            right: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  net: {parameters: {Cidr: 10.0.0.0/16}}
  net2: {parameters: {Cidr: 10.1.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "bad-reference",
        what: "a `${…}` that is no reference",
        why: "It would be sent as it is written, or filled with something else than is meant.",
        mend: "References are `${var.name}`, `${location.name}`, `${net.outputs.VpcId}`, `${net@hub.id}`, `${external.dns.outputs.Zone}`, `${key}`. A literal `${` is written `$${`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Stage: "${stage}"}
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
        code: "not-filled",
        what: "a text that looks like another tool's placeholder",
        why: "`$(env)` and `{{ env }}` are sent as they are written. A warning, where a variable of that name is declared or the form is never meant.",
        mend: "Write `${var.env}`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Note: "{{ stage }}"}
"#,
            right: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Note: "${var.stage}"}
"#,
        },
    },
    CodeView {
        code: "unknown-reference",
        what: "a reference, or a move, to something that is not declared",
        why: "There is no declaration of that key, so that nothing could come first or be taken from it.",
        mend: "Correct the key: the nearest one is named. A product of somebody else is declared under `external:` and referred to as `${external.name.outputs.Key}`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: "${nte.outputs.VpcId}"}}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: "${net.outputs.VpcId}"}}
"#,
        },
    },
    CodeView {
        code: "not-there",
        what: "something that is referred to, or to be imported, does not stand on that location",
        why: "Its declaration does not stand there, or the catalog has no such provisioned product.",
        mend: "Name the location on which it stands, as in `${net@hub.outputs.VpcId}`; or correct the name or the id.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: "${external.dns.outputs.VpcId}"}}
external:
  dns: {provisioned_product_name: dns-of-others}
"#,
            right: r#"provisioned_products:
  app: {product_name: app, provisioning_artifact_name: v1, parameters: {VpcId: vpc-0abc}}
"#,
        },
    },
    CodeView {
        code: "not-known",
        what: "a reference to a product where the value must be known at plan",
        why: "A plan says what will be made: names, versions and locations cannot wait for an output. Parameters and tags can.",
        mend: "Fill it from a variable, or write it.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app:
    product_name: app
    provisioned_product_name: "app-${net.outputs.VpcId}"
    provisioning_artifact_name: v1
    parameters: {VpcId: "${net.outputs.VpcId}"}
"#,
            right: r#"provisioned_products:
  net: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.0.0.0/16}}
  app:
    product_name: app
    provisioned_product_name: "app-${var.stage}"
    provisioning_artifact_name: v1
    parameters: {VpcId: "${net.outputs.VpcId}"}
"#,
        },
    },
    CodeView {
        code: "too-long",
        what: "a text that is longer than any value the service takes",
        why: "Filled in, it would be refused after the first calls were made.",
        mend: "Shorten it, or put what is large where the template can read it, such as a bucket.",
        example: CodeExample::Told("A variable of a megabyte that is filled in ten times."),
    },
    CodeView {
        code: "cycle",
        what: "declarations that wait for each other",
        why: "None of them could be first.",
        mend: "Take one of the references or `depends_on` away: the message names the whole ring, with every place.",
        example: CodeExample::Declarations {
            wrong: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  a: {parameters: {Cidr: 10.0.0.0/16}, depends_on: [b]}
  b: {parameters: {Cidr: 10.1.0.0/16}, depends_on: [a]}
"#,
            right: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  a: {parameters: {Cidr: 10.0.0.0/16}, depends_on: [b]}
  b: {parameters: {Cidr: 10.1.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "contradiction",
        what: "two things that are written cannot both hold",
        why: "A key that is declared and moved away, one product that is to become two, an external that is managed here, two overrides of one field for one location.",
        mend: "Take one of them away: both places are named.",
        example: CodeExample::Declarations {
            wrong: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  net: {parameters: {Cidr: 10.0.0.0/16}}
  vpc: {parameters: {Cidr: 10.1.0.0/16}}
moved: [{from: net, to: vpc}]
"#,
            right: r#"defaults: {product_name: network, provisioning_artifact_name: v1}
provisioned_products:
  vpc: {parameters: {Cidr: 10.1.0.0/16}}
moved: [{from: net, to: vpc}]
"#,
        },
    },
];
