//! Declared values against the rules of their parameters: those that are written, and those that others fill.

use super::rules::Checker;
use super::{PlanInput, Planned, Spec};
use crate::declare::{DesiredParameter, DesiredProduct};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::template::Template;
use crate::observe::Offer;

/// All that is wrong with values that were filled from what others put out.
pub(super) fn filled(
    input: &PlanInput<'_>,
    product: &DesiredProduct,
    offer: &Offer,
    spec: &Spec,
    (checker, found): (&mut Checker, &mut Diagnostics),
) {
    for (key, declared) in &product.parameters {
        let Some(parameter) = spec
            .parameters
            .get(key)
            .filter(|_| declared.value.as_ref().is_some_and(|value| value.as_text().is_none()))
        else {
            continue;
        };
        let text = match &parameter.value {
            Planned::Known(text) => Some(text.as_str()),
            Planned::Secret { template: Some(template), .. } => template.as_text(),
            _ => None,
        };
        Value { key, declared, text }.against(input, product, offer, (&mut *checker, &mut *found));
    }
}

/// A declared value, as far as it is known.
pub(super) struct Value<'a> {
    pub key: &'a String,
    pub declared: &'a DesiredParameter,
    pub text: Option<&'a str>,
}

impl Value<'_> {
    pub fn against(
        &self,
        input: &PlanInput<'_>,
        product: &DesiredProduct,
        offer: &Offer,
        (checker, found): (&mut Checker, &mut Diagnostics),
    ) {
        let (Some(text), Some(rule)) = (self.text, offer.offering.parameters.get(self.key)) else { return };
        let references = self.declared.value.iter().flat_map(Template::references);
        let secret =
            self.declared.sensitive || rule.no_echo || references.into_iter().any(|r| input.is_sensitive(r));
        for broken in checker.broken(rule, text, secret) {
            // under the caret, and in the line above it, stands what must not be seen
            let part = if secret { Part::Key } else { Part::Value };
            let place = product.site.place(self.declared.layer, &["parameters", self.key], part);
            found.push(
                Diagnostic::error("parameter-value", format!("parameter `{}` {}", self.key, broken.message))
                    .at(place)
                    .label(broken.label)
                    .redact(secret)
                    .maybe_hint(broken.hint),
            );
        }
    }
}
