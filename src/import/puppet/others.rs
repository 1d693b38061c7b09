//! What a manifest holds beside launches: it makes no provisioned products, and is left, each with its place.

use super::item::PuppetItem;
use super::manifest::sections;
use super::told::PuppetReport;

/// What a section of a manifest is, and who takes it from here.
const OTHERS: [(&str, &str); 10] = [
    (
        "stacks",
        "a stack: `imports: [{to: …, stack: NAME}]` makes a provisioned product of one whose product is in the catalog",
    ),
    ("apps", "an app of the CDK"),
    ("workspaces", "a workspace of Terraform"),
    ("spoke-local-portfolios", "a portfolio: who may provision what is not managed here"),
    ("imported-portfolios", "a portfolio: who may provision what is not managed here"),
    ("lambda-invocations", "a call of a function"),
    ("code-build-runs", "a run of CodeBuild"),
    ("service-control-policies", "a policy of the organization"),
    ("tag-policies", "a policy of the organization"),
    ("organizational-units", "a unit of the organization"),
];

/// What else a manifest may say, without a word of it being lost.
const SAID: [&str; 9] = [
    "launches",
    "accounts",
    "parameters",
    "mappings",
    "conditions",
    "defaults",
    "schema",
    "Schema",
    "configuration",
];

/// Tells what is left.
pub(super) fn tell(root: &PuppetItem, told: &mut PuppetReport) {
    for (section, item) in root.pairs().filter(|(section, _)| !SAID.contains(&&***section)) {
        let known = OTHERS.iter().find(|(name, _)| name == section).map(|(_, what)| *what);
        if known.is_none() && !sections().any(|name| name == section) {
            told.left(item.at, &format!("`{section}` is not read: it makes no provisioned products"));
            continue;
        }
        let what = known.unwrap_or("something of its own");
        for (name, one) in item.pairs() {
            told.left(one.at, &format!("{section}.{name}: no provisioned product, but {what}"));
        }
    }
}
