//! What can be wrong with a text before anybody asks what it means, and with the keys and values that stand in it.

use super::{CodeExample, CodeView};

pub(super) const CODES: &[CodeView] = &[
    CodeView {
        code: "syntax",
        what: "the text is not YAML as it is read here",
        why: "Nothing of a file can be trusted when it cannot be read to its end. Anchors and aliases work; several documents in one file, and keys that are no plain text, do not.",
        mend: "Look at the place that is named, and at the line above it: most often a quote or a bracket is not closed, an indentation is one space off, or a text with `${` stands unquoted inside `{ }` or `[ ]`.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Stage: ${var.stage}}
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
        code: "encoding",
        what: "a file is not UTF-8",
        why: "A byte that is part of no character could become anything in a request. Its text is not shown, as what is no text may be anything.",
        mend: "Save the file as UTF-8. Windows editors often write UTF-16: the message says so where it can be told.",
        example: CodeExample::Told(
            "products.yaml was saved as UTF-16: `iconv -f UTF-16 -t UTF-8 products.yaml` turns it round.",
        ),
    },
    CodeView {
        code: "duplicate-key",
        what: "a key stands twice in one map, or a declaration in two files",
        why: "YAML readers differ in which of the two they take. Here neither is taken.",
        mend: "Leave one of them out, or give it another key. Both places are named.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16, Cidr: 10.1.0.0/16}
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
        code: "merge-key",
        what: "a merge key (`<<`) stands in the text",
        why: "Merge keys are no part of YAML 1.2, and what they override is not seen where it is read.",
        mend: "What several declarations have in common stands under `defaults:` of their file.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net: &net
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
  net2: {<<: *net}
"#,
            right: r#"defaults:
  product_name: network
  provisioning_artifact_name: v1
provisioned_products:
  net: {parameters: {Cidr: 10.0.0.0/16}}
  net2: {parameters: {Cidr: 10.0.0.0/16}}
"#,
        },
    },
    CodeView {
        code: "tag",
        what: "a YAML tag (`!Ref`, `!!int`) stands in the text",
        why: "Tags make something else of a value than what is written. Declarations hold texts, lists and maps.",
        mend: "Write a reference as `${…}`: an output of another declaration is `${net.outputs.VpcId}`. What CloudFormation is to fill in belongs in the product's template.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: !Sub 10.0.0.0/16}
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
        code: "too-deep",
        what: "maps and lists lie too deep in each other",
        why: "No declaration needs it, and a text made for it could exhaust whoever reads it.",
        mend: "Put a deep document into one quoted text, if a parameter really takes it.",
        example: CodeExample::Told("A parameter whose value is a list in a list in a list, a hundred times."),
    },
    CodeView {
        code: "too-large",
        what: "a text, or what its aliases stand for, is larger than is read",
        why: "Files come from branches that nobody has reviewed: what they cost is bounded.",
        mend: "Spread declarations over several files, or over several repos.",
        example: CodeExample::Told(
            "An alias of an alias of an alias, each ten times: a few lines that stand for gigabytes.",
        ),
    },
    CodeView {
        code: "too-much",
        what: "all files together declare more than one run can hold",
        why: "Values count for each declaration on each of its locations. What a branch can make the machine do is bounded.",
        mend: "Take several repos, each with a project of its own; they may refer to each other by `external:`.",
        example: CodeExample::Told("A default of a megabyte in a file of ten thousand declarations."),
    },
    CodeView {
        code: "file",
        what: "a file that is named cannot be read",
        why: "It is not there, or is no regular file, or lies outside the folder of provisor.yaml, or its name has a hidden part: such paths are never opened for a repo.",
        mend: "Correct the path: it is relative to the file that names it. A repo that shares files with another by `../..` is opened with `--root DIR`.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yml]
locations: {demo: {sandbox: sandbox.yaml}}
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
"#,
        },
    },
    CodeView {
        code: "unknown-key",
        what: "a key that means nothing where it stands",
        why: "A key that nobody reads is a wish that nobody fulfils: a typing error in `lifecycle` could cost a database. Keys that begin with `x-` are yours, and ignored.",
        mend: "The message names the nearest key, or all that there are; docs/declarations.md and `provisor schema` have every one.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    version: v1
    parameters: {Cidr: 10.0.0.0/16}
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
        code: "wrong-type",
        what: "a value has another shape than its key takes",
        why: "Nothing is guessed from a list where a text is meant, or from nothing at all.",
        mend: "Write what the message asks for. A key that is to say nothing is left out.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    depends_on: {dns: true}
"#,
            right: r#"provisioned_products:
  dns: {product_name: network, provisioning_artifact_name: v1, parameters: {Cidr: 10.1.0.0/16}}
  net:
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
    depends_on: [dns]
"#,
        },
    },
    CodeView {
        code: "bad-value",
        what: "a value breaks the rule of its key",
        why: "The service would refuse it after the first calls have been made; what can be told offline is told before.",
        mend: "The message says what is allowed, and shows an example of it. Account ids, versions and numbers with leading zeros may stand bare: every scalar is taken as it is written.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    provisioned_product_name: net work
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
"#,
            right: r#"provisioned_products:
  net:
    provisioned_product_name: net-work
    product_name: network
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
"#,
        },
    },
    CodeView {
        code: "both-given",
        what: "two keys say the same thing, or two files do",
        why: "Which of them holds would depend on who reads them.",
        mend: "Leave one of them out. A name and an id of the same thing exclude each other; so do a location's value and one that is given by hand, and trusted settings and the checkout's.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    product_id: prod-abcdefghijklm
    provisioning_artifact_name: v1
    parameters: {Cidr: 10.0.0.0/16}
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
        code: "missing",
        what: "something that has to be said is not said",
        why: "There is nothing that would be right to assume: which product, which version, which location.",
        mend: "Write the key that the message names; `defaults:` of a file says it for all of its declarations.",
        example: CodeExample::Declarations {
            wrong: r#"provisioned_products:
  net:
    product_name: network
    parameters: {Cidr: 10.0.0.0/16}
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
        code: "not-yet",
        what: "a key that is announced, and does nothing in this version",
        why: "It is kept free so that nobody uses it for something else. Ignoring it would promise what is not done.",
        mend: "Leave it out.",
        example: CodeExample::Settings {
            wrong: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
rollouts: []
"#,
            right: r#"project: platform
declarations: [products.yaml]
locations: {demo: {sandbox: sandbox.yaml}}
"#,
        },
    },
    CodeView {
        code: "undecoded",
        what: "provisor cannot read what its own check has passed",
        why: "The check and the reader disagree: that is a mistake of provisor's.",
        mend: "Please report it with the line that is named. Writing the value in another form helps until then.",
        example: CodeExample::Told("No text is known that does this; random texts are tried in the tests."),
    },
];
