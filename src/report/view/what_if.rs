//! What a version that is only supposed would do to whoever runs its product.

use std::collections::BTreeMap;

use super::finding::FindingView;
use super::plan::PlanView;
use crate::declare::arrange;
use crate::model::diagnostic::{Diagnostics, Source};
use crate::model::ids::Address;
use crate::model::text::{count, listed, quote};
use crate::plan::supposed::{Supposed, SupposedVersion, Supposition};

/// What would become of whoever runs a product.
pub struct WhatIfView<'a> {
    /// What was supposed.
    pub suppositions: &'a [Supposition],
    /// What becomes of those that go on.
    pub plan: PlanView<'a>,
    /// Whoever breaks, as people write it, with what is wrong.
    pub broken: BTreeMap<String, Vec<FindingView>>,
    /// All that is wrong, what is the same once.
    pub found: Diagnostics,
    /// Whoever needs one that breaks, and was not planned.
    pub left: Vec<String>,
    /// Whoever keeps its version, as `ignore_changes` says.
    pub keeping: Vec<String>,
    /// How many other declarations are wrong as they stand.
    pub others_wrong: usize,
}

impl<'a> WhatIfView<'a> {
    /// A view of it; the sources are those that declarations stand in.
    #[must_use]
    pub fn of(supposed: &'a Supposed, fingerprint: &'a str, sources: &[Source]) -> Self {
        let label = |address: &Address| supposed.labels.label(address);
        let findings = |(address, found): (&Address, &Diagnostics)| {
            (label(address), FindingView::all(&arrange(found.clone(), sources), sources))
        };
        let all = supposed.broken.values().flat_map(|found| found.0.iter().cloned()).collect();
        Self {
            suppositions: &supposed.suppositions,
            plan: PlanView::of(&supposed.plan, fingerprint),
            broken: supposed.broken.iter().map(findings).collect(),
            found: arrange(Diagnostics(all), sources),
            left: supposed.left.iter().map(label).collect(),
            keeping: supposed.keeping.iter().map(label).collect(),
            others_wrong: supposed.others_wrong,
        }
    }

    /// What is supposed, in a sentence.
    #[must_use]
    pub fn title(&self) -> String {
        let one = |one: &Supposition| {
            let version = match &one.version {
                SupposedVersion::Published(name) => format!("version {}", quote(name)),
                SupposedVersion::Template(name, _) => format!("the template {}", quote(name)),
            };
            format!("{} ran {version}", quote(&one.product))
        };
        let all: Vec<String> = self.suppositions.iter().map(one).collect();
        format!("As if every declaration of {}:", all.join(" and of "))
    }

    /// Whether somebody asked what becomes of resources.
    #[must_use]
    pub fn compares_resources(&self) -> bool {
        self.plan.steps.iter().any(|step| step.preview.is_some())
    }

    /// How many there are of each kind, and what was not looked at.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let blocks = self.plan.blocks().count();
        let mut parts = vec![
            format!("{} would break", self.broken.len()),
            format!("{blocks} would change"),
            format!("{} unchanged", self.plan.unchanged.len()),
        ];
        parts.extend((!self.left.is_empty()).then(|| format!("{} not planned", self.left.len())));
        let mut out = vec![
            format!("What if: {}.", listed(parts, usize::MAX)),
            match self.compares_resources() {
                true => "Nothing was written.".to_owned(),
                false => "Nothing was written, and resources were not compared.".to_owned(),
            },
        ];
        out.extend(self.plan.resources());
        if self.others_wrong > 0 {
            let declarations = count(self.others_wrong, "other declaration");
            let is = if self.others_wrong == 1 { "is" } else { "are" };
            out.push(format!("{declarations} {is} wrong as they stand: `provisor plan` says why."));
        }
        out
    }
}
