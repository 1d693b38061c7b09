//! Declarations against what the catalog offers: everything that would otherwise be seen as a rollback minutes later.

use std::collections::BTreeMap;

use super::PlanInput;
use super::rules::Checker;
use super::sensitive::is_sensitive;
use super::spec::{is_made_anew, there};
use super::unresolved::{artifact_field, unresolved};
use super::values::Value;
use crate::declare::{DesiredParameter, DesiredProduct};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::ids::{Address, Labels};
use crate::model::product::Ignored;
use crate::model::template::{Attribute, Template};
use crate::model::text::{did_you_mean, quoted};
use crate::observe::{Choice, Offer};
use crate::state::{Place, Row};

/// The output that every stack has, beside those of its template.
const STACK_ARN: &str = "CloudformationStackARN";

/// All that is wrong with the selected declarations.
pub(super) fn validate(input: &PlanInput<'_>) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut checker = Checker::default();
    let labels = input.desired.labels(input.recorded.rows.keys());
    one_name_twice(input, &labels, &mut found);
    for (address, product) in &input.desired.products {
        if !input.policy.selected.contains(address) || input.policy.refresh_only {
            continue;
        }
        let row = input.recorded.rows.get(address);
        let subject = Subject { input, labels: &labels, address, product, row };
        match input.observed.offers.get(&choice(input, address, product)) {
            Some(Ok(offer)) => subject.against(offer, &mut checker, &mut found),
            Some(Err(why)) => found.push(unresolved(address, product, why)),
            None => {}
        }
    }
    found
}

/// The offer a declaration resolved to, if it did.
pub(super) fn offer<'a>(input: &PlanInput<'a>, address: &Address) -> Option<&'a Offer> {
    let product = input.desired.products.get(address)?;
    input.observed.offers.get(&choice(input, address, product))?.as_ref().ok()
}

fn choice(input: &PlanInput<'_>, address: &Address, product: &DesiredProduct) -> Choice {
    match is_made_anew(input, address) {
        true => Choice::anew(address, product),
        false => {
            let row = input.recorded.rows.get(address);
            Choice::of(address, product, row, there(input, address))
        }
    }
}

/// Two locations may be one account and region: the service would take the second product of a name for the first.
fn one_name_twice(input: &PlanInput<'_>, labels: &Labels, found: &mut Diagnostics) {
    let mut seen: BTreeMap<(&Place, &str), (&Address, &DesiredProduct)> = BTreeMap::new();
    for (address, product) in &input.desired.products {
        let Some(place) = input.observed.places.get(&address.location) else { continue };
        let Some((other, first)) = seen.insert((place, &product.name), (address, product)) else { continue };
        if ![address, other].iter().any(|one| input.policy.selected.contains(one)) {
            continue;
        }
        let message = format!(
            "`{}` and `{}` have one name in account {}, {}: `{}`",
            labels.label(other),
            labels.label(address),
            place.account,
            place.region,
            product.name
        );
        let site = |product: &DesiredProduct| product.site.field("provisioned_product_name", Part::Value);
        found.push(
            Diagnostic::error("duplicate-name", message)
                .at(site(product))
                .related(site(first), "the other one")
                .note(format!("`{}` and `{}` are one place", other.location, address.location))
                .hint(
                    "give one of them another `provisioned_product_name`, or leave one of the locations out",
                ),
        );
    }
}

struct Subject<'a> {
    input: &'a PlanInput<'a>,
    labels: &'a Labels,
    address: &'a Address,
    product: &'a DesiredProduct,
    row: Option<&'a Row>,
}

impl Subject<'_> {
    fn against(&self, offer: &Offer, checker: &mut Checker, found: &mut Diagnostics) {
        self.version(offer, found);
        self.values(offer, checker, found);
        self.missing(offer, found);
        self.tags(offer, found);
        self.preferences(offer, found);
        self.references(found);
    }

    fn values(&self, offer: &Offer, checker: &mut Checker, found: &mut Diagnostics) {
        for (key, declared) in &self.product.parameters {
            match offer.offering.parameters.get(key) {
                None => found.push(self.unknown_parameter(offer, key, declared)),
                Some(_) => {
                    let value =
                        Value { key, declared, text: declared.value.as_ref().and_then(Template::as_text) };
                    value.against(self.input, self.product, offer, (checker, found));
                }
            }
        }
    }

    fn version(&self, offer: &Offer, found: &mut Diagnostics) {
        if offer.artifact.deprecated && is_made_anew(self.input, self.address) {
            let version = offer.version();
            found.push(
                Diagnostic::error(
                    "deprecated-version",
                    format!(
                        "version `{version}` of `{}` is deprecated and cannot be provisioned anew",
                        offer.product_name
                    ),
                )
                .at(self.product.site.field(artifact_field(self.product), Part::Value))
                .label("deprecated")
                .hint("choose a version that is not deprecated"),
            );
        }
    }

    fn unknown_parameter(&self, offer: &Offer, key: &str, declared: &DesiredParameter) -> Diagnostic {
        let version = offer.version();
        let applied = self.row.and_then(|row| row.applied.as_ref());
        let before = applied.filter(|applied| applied.content.parameters.contains_key(key));
        let message = match before {
            Some(applied) => format!(
                "`{}` {version} no longer has the parameter `{key}` that {} had",
                offer.product_name, applied.content.artifact_name
            ),
            None => format!("`{}` {version} has no parameter `{key}`", offer.product_name),
        };
        let known: Vec<&str> = offer.offering.parameters.keys().map(String::as_str).collect();
        let place = self.product.site.place(declared.layer, &["parameters", key], Part::Key);
        Diagnostic::error("unknown-parameter", message).at(place).label("unknown parameter").hint(
            did_you_mean(key, known.iter().copied()).unwrap_or_else(|| {
                if known.is_empty() {
                    "it takes no parameters".to_owned()
                } else {
                    format!("it takes {}", quoted(&known))
                }
            }),
        )
    }

    fn missing(&self, offer: &Offer, found: &mut Diagnostics) {
        // what was applied can be kept, but not given to something that is made anew
        let applied = self.row.and_then(|row| row.applied.as_ref());
        let applied = applied.filter(|_| !is_made_anew(self.input, self.address));
        let ignored = &self.product.ignore_changes;
        let is_ignored = |key: &String| {
            ignored.contains(&Ignored::AllParameters) || ignored.contains(&Ignored::Parameter(key.clone()))
        };
        for (key, rule) in &offer.offering.parameters {
            let was = applied.is_some_and(|applied| applied.content.parameters.contains_key(key));
            let given = match self.product.parameters.get(key) {
                Some(declared) => declared.value.is_some() || was,
                None => was && (rule.no_echo || is_ignored(key)),
            };
            if rule.default.is_some() || given {
                continue;
            }
            let version = offer.version();
            let diagnostic = Diagnostic::error(
                "missing-parameter",
                format!(
                    "`{}` needs the parameter `{key}`: {} {version} has no default for it",
                    self.labels.label(self.address),
                    offer.product_name
                ),
            )
            .at(self.product.site.field("parameters", Part::Key))
            .label(format!("`{key}` is missing"));
            let about = (!rule.description.is_empty())
                .then(|| format!("`{key}` ({}): {}", rule.kind, rule.description));
            found.push(match about {
                Some(about) => diagnostic.note(about),
                None => diagnostic,
            });
        }
    }

    fn tags(&self, offer: &Offer, found: &mut Diagnostics) {
        for (key, value) in &self.product.tags {
            let Some(allowed) = offer.offering.tag_options.get(key) else { continue };
            let layer = self.product.site.layers.get(&format!("tags.{key}")).copied().unwrap_or_default();
            let place = |part| self.product.site.place(layer, &["tags", key], part);
            if allowed.is_empty() {
                found.push(
                    Diagnostic::error(
                        "tag-conflict",
                        format!(
                            "tag `{key}` is in conflict between the portfolio's and the product's tag options"
                        ),
                    )
                    .at(place(Part::Key))
                    .label("must not be sent")
                    .hint("remove the tag; the platform team resolves the conflict"),
                );
            } else if let Some(text) = value.as_text().filter(|text| !allowed.iter().any(|a| a == text)) {
                let nearest = did_you_mean(text, allowed.iter().map(String::as_str));
                found.push(
                    Diagnostic::error("tag-value", format!("tag `{key}` must be one of its tag options"))
                        .at(place(Part::Value))
                        .label(format!("not one of {}", quoted(allowed)))
                        .maybe_hint(nearest),
                );
            }
        }
    }

    fn preferences(&self, offer: &Offer, found: &mut Diagnostics) {
        let Some(wanted) = &self.product.preferences else { return };
        let field = |name: &'static str| {
            let layer = self.product.site.layers.get("provisioning_preferences").copied().unwrap_or_default();
            self.product.site.place(layer, &["provisioning_preferences", name], Part::Value)
        };
        let Some(allowed) = &offer.offering.stack_set else {
            found.push(
                Diagnostic::error(
                    "not-a-stack-set",
                    format!(
                        "`{}` is not a stack-set product: it takes no provisioning preferences",
                        offer.product_name
                    ),
                )
                .at(self.product.site.field("provisioning_preferences", Part::Key))
                .label("only for products with a STACKSET constraint"),
            );
            return;
        };
        let mut outside = |what: &str, name: &'static str, wanted: &[String], allowed: &[String]| {
            for item in wanted.iter().filter(|item| !allowed.contains(item)) {
                found.push(
                    Diagnostic::error(
                        "stack-set-constraint",
                        format!("{what} `{item}` is not in the product's STACKSET constraint"),
                    )
                    .at(field(name))
                    .label(format!("allowed: {}", quoted(allowed))),
                );
            }
        };
        outside("account", "stack_set_accounts", &wanted.accounts, &allowed.accounts);
        outside("region", "stack_set_regions", &wanted.regions, &allowed.regions);
    }

    fn references(&self, found: &mut Diagnostics) {
        let parameters = self
            .product
            .parameters
            .iter()
            .filter_map(|(key, p)| Some(("parameters", key, p.value.as_ref()?, p.layer)));
        let tags = self.product.tags.iter().map(|(key, value)| {
            (
                "tags",
                key,
                value,
                self.product.site.layers.get(&format!("tags.{key}")).copied().unwrap_or_default(),
            )
        });
        for (field, key, value, layer) in parameters.chain(tags) {
            for reference in value.references() {
                let Attribute::Output { key: output, .. } = &reference.what else { continue };
                if field == "tags" && self.input.is_sensitive(reference) {
                    found.push(
                        Diagnostic::error(
                            "sensitive",
                            format!("the tag `{key}` cannot hold the sensitive output `{output}`"),
                        )
                        .at(self.product.site.place(layer, &[field, key], Part::Value))
                        .hint("only parameters may hold it"),
                    );
                }
                let Some(known) =
                    offer(self.input, &reference.of).and_then(|o| o.offering.output_keys.as_ref())
                else {
                    continue;
                };
                if known.contains(output) || output == STACK_ARN {
                    continue;
                }
                let sensitive =
                    field == "parameters" && is_sensitive(self.product, offer(self.input, self.address), key);
                let part = if sensitive { Part::Key } else { Part::Value };
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                let hint = did_you_mean(output, names.iter().copied())
                    .unwrap_or_else(|| format!("it has {}", quoted(&names)));
                found.push(
                    Diagnostic::error(
                        "unknown-output",
                        format!("`{}` has no output `{output}`", self.labels.label(&reference.of)),
                    )
                    .at(self.product.site.place(layer, &[field, key], part))
                    .label("unknown output")
                    .redact(sensitive)
                    .hint(hint),
                );
            }
        }
    }
}
