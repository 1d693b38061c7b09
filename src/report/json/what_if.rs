//! The member `what_if` of a plan that is only supposed: `suppositions` (`product`, `version`, `template`: whether that is a file), `broken`
//! (`address`, `diagnostics`), `not_planned` and `keeping` (addresses), `others_wrong` (a count) and `resources_compared`: with `--preview`.

use serde::Serialize;

use super::finding::FindingDoc;
use crate::plan::supposed::{SupposedVersion, Supposition};
use crate::report::view::{FindingView, WhatIfView};

#[derive(Serialize)]
pub(super) struct WhatIfDoc<'a> {
    suppositions: Vec<SuppositionDoc<'a>>,
    broken: Vec<BrokenDoc<'a>>,
    not_planned: &'a [String],
    keeping: &'a [String],
    others_wrong: usize,
    resources_compared: bool,
}

#[derive(Serialize)]
struct SuppositionDoc<'a> {
    product: &'a str,
    version: &'a str,
    template: bool,
}

#[derive(Serialize)]
struct BrokenDoc<'a> {
    address: &'a str,
    diagnostics: Vec<FindingDoc<'a>>,
}

impl<'a> WhatIfDoc<'a> {
    pub(super) fn of(view: &'a WhatIfView<'_>) -> Self {
        let supposition = |one: &'a Supposition| SuppositionDoc {
            product: &one.product,
            version: one.version.name(),
            template: matches!(one.version, SupposedVersion::Template(..)),
        };
        let broken = |(address, found): (&'a String, &'a Vec<FindingView>)| BrokenDoc {
            address,
            diagnostics: found.iter().map(FindingDoc::of).collect(),
        };
        Self {
            suppositions: view.suppositions.iter().map(supposition).collect(),
            broken: view.broken.iter().map(broken).collect(),
            not_planned: &view.left,
            keeping: &view.keeping,
            others_wrong: view.others_wrong,
            resources_compared: view.compares_resources(),
        }
    }
}
