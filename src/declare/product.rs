//! One declaration on one location: its layers merged, its texts filled, the API's limits held.

use std::borrow::Cow;

use super::check::{self, Checked};
use super::document::Declaration;
use super::expression::Fault;
use super::layers::Stack;
use super::scope::Scope;
use super::yaml::Tree;
use super::{DesiredProduct, Layer, Site};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::product::{ArtifactSelector, Selector, Timeouts};

/// Puts one product together. Findings are pushed; what is returned then does not matter.
pub(super) struct Composer<'c> {
    /// The declaration's file.
    pub tree: &'c Tree<'c>,
    /// Its layers on this location.
    pub stack: Stack<'c>,
    /// What can be referred to.
    pub scope: Scope<'c>,
    /// The settings' timeouts.
    pub timeouts: Timeouts,
    /// Where it is declared.
    pub site: Site,
    /// What was found.
    pub problems: &'c mut Diagnostics,
}

impl Composer<'_> {
    /// The product, if nothing essential is missing.
    pub fn product(mut self, key: &str) -> Option<DesiredProduct> {
        let (product, artifact) = (self.product_selector(key), self.artifact(key));
        let path = self.path();
        let name = self.name(key);
        let parameters = self.parameters();
        let tags = self.tags();
        let notification_arns = self.notification_arns();
        let preferences = self.preferences();
        let language = self.checked("accept_language", |d| d.accept_language.as_deref(), check::language);
        let depends_on = self.depends_on();
        let timeouts = self.timeouts();
        let sensitive_outputs = self.list("sensitive_outputs", |d| d.sensitive_outputs.as_deref());
        let lifecycle = self.lifecycle(timeouts);
        let ignored = self.nested_list(&["lifecycle", "ignore_changes"], |d| {
            d.lifecycle.as_ref()?.ignore_changes.as_deref()
        });
        let ignore_changes =
            ignored.into_iter().filter_map(|(text, place)| self.keep(check::ignored(&text), |_| place));
        let ignore_changes = ignore_changes.collect();
        Some(DesiredProduct {
            name,
            product: product?,
            artifact: artifact?,
            path,
            parameters,
            tags,
            notification_arns,
            preferences,
            language: language.unwrap_or_default(),
            depends_on,
            timeouts,
            sensitive_outputs: sensitive_outputs.into_iter().map(|(text, _)| text).collect(),
            lifecycle,
            ignore_changes,
            site: self.site,
        })
    }

    /// The place of a field in a layer.
    pub fn place(&self, layer: Layer, keys: &[&str], part: Part) -> Place {
        self.site.place(layer, keys, part)
    }

    /// Takes note of a layer that is not the declaration itself.
    pub fn note(&mut self, field: &str, layer: Layer) {
        if layer != Layer::Own {
            self.site.layers.insert(field.to_owned(), layer);
        }
    }

    /// The value, or the finding at its place. Places cost something, and are only made for findings.
    pub fn keep<T>(&mut self, checked: Checked<T>, place: impl FnOnce(&Site) -> Place) -> Option<T> {
        checked.map_err(|diagnostic| self.problems.push(diagnostic.at(place(&self.site)))).ok()
    }

    /// The value, or the finding at its `${`.
    pub fn fill<T>(&mut self, filled: Result<T, Fault>, place: impl FnOnce(&Site) -> Place) -> Option<T> {
        filled
            .map_err(|fault| {
                let place = pinpoint(self.tree, place(&self.site), fault.nth);
                self.problems.push(fault.diagnostic().at(place));
            })
            .ok()
    }

    /// A text that must be known at plan, from the layer that gives it.
    fn text<'f>(&mut self, field: &str, text: &'f str, layer: Layer) -> Option<Cow<'f, str>> {
        self.note(field, layer);
        let filled = self.scope.known(field.rsplit('.').next().unwrap_or(field), text);
        self.fill(filled, value_of(layer, field))
    }

    /// A text, filled and checked.
    pub fn checked<T>(
        &mut self,
        field: &str,
        get: fn(&Declaration) -> Option<&str>,
        check: impl Fn(&str) -> Checked<T>,
    ) -> Option<T> {
        let (text, layer) = self.stack.pick(get)?;
        let text = self.text(field, text, layer)?;
        self.keep(check(&text), value_of(layer, field))
    }

    fn name(&mut self, key: &str) -> String {
        let field = "provisioned_product_name";
        if self.stack.pick(|d| d.provisioned_product_name.as_ref()).is_none() {
            self.keep(check::name(key), |site| site.place(Layer::Own, &[], Part::Key));
            return key.to_owned();
        }
        let checked = |text: &str| check::name(text).map(|()| text.to_owned());
        self.checked(field, |d| d.provisioned_product_name.as_deref(), checked).unwrap_or_default()
    }

    /// Of fields that exclude each other, the one that the winning layer gives.
    fn one_of<'f>(
        &mut self,
        fields: &[(&'static str, Option<&'f str>)],
        layer: Layer,
    ) -> Option<(&'static str, &'f str)> {
        let mut given = fields.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        let first = given.next()?;
        if let Some((second, _)) = given.next() {
            let message = format!("`{}` and `{second}` are both given, and only one may be", first.0);
            let diagnostic = Diagnostic::error("both-given", message)
                .at(self.place(layer, &[second], Part::Key))
                .related(self.place(layer, &[first.0], Part::Key), "the other one");
            self.problems.push(diagnostic);
        }
        Some(first)
    }

    fn missing(&mut self, key: &str, what: &str, hint: &str) {
        let diagnostic = Diagnostic::error("missing", format!("`{key}` has no {what}")).hint(hint);
        self.problems.push(diagnostic.at(self.place(Layer::Own, &[], Part::Key)));
    }

    fn product_selector(&mut self, key: &str) -> Option<Selector> {
        let found = self.stack.pick(|d| (d.product_name.is_some() || d.product_id.is_some()).then_some(d));
        let Some((fields, layer)) = found else {
            self.missing(key, "product", "write `product_name` or `product_id`");
            return None;
        };
        let given =
            [("product_name", fields.product_name.as_deref()), ("product_id", fields.product_id.as_deref())];
        let (field, text) = self.one_of(&given, layer)?;
        let text = self.text(field, text, layer)?;
        self.selector(field, "a product", (&text, layer), 8191)
    }

    fn path(&mut self) -> Option<Selector> {
        let (fields, layer) =
            self.stack.pick(|d| (d.path_name.is_some() || d.path_id.is_some()).then_some(d))?;
        let given = [("path_name", fields.path_name.as_deref()), ("path_id", fields.path_id.as_deref())];
        let (field, text) = self.one_of(&given, layer)?;
        let text = self.text(field, text, layer)?;
        self.selector(field, "a launch path", (&text, layer), 100)
    }

    fn selector(
        &mut self,
        field: &str,
        of: &str,
        (text, layer): (&str, Layer),
        max: usize,
    ) -> Option<Selector> {
        let what = format!("`{field}`");
        let place = value_of(layer, field);
        if field.ends_with("_id") {
            self.keep(check::id(&what, of, text), place).map(|()| Selector::Id(text.to_owned()))
        } else {
            self.keep(check::length(&what, text, 1, max), place).map(|()| Selector::Name(text.to_owned()))
        }
    }

    fn artifact(&mut self, key: &str) -> Option<ArtifactSelector> {
        let given = |d: &Declaration| {
            d.provisioning_artifact_name.is_some()
                || d.provisioning_artifact_id.is_some()
                || d.provisioning_artifact.is_some()
        };
        let Some((fields, layer)) = self.stack.pick(|d| given(d).then_some(d)) else {
            let hint = "write `provisioning_artifact_name`, `provisioning_artifact_id` or `provisioning_artifact: active`";
            self.missing(key, "provisioning artifact", hint);
            return None;
        };
        let given = [
            ("provisioning_artifact_name", fields.provisioning_artifact_name.as_deref()),
            ("provisioning_artifact_id", fields.provisioning_artifact_id.as_deref()),
            ("provisioning_artifact", fields.provisioning_artifact.as_deref()),
        ];
        let (field, text) = self.one_of(&given, layer)?;
        let text = self.text(field, text, layer)?;
        if field != "provisioning_artifact" {
            return Some(match self.selector(field, "a provisioning artifact", (&text, layer), 8192)? {
                Selector::Name(name) => ArtifactSelector::Name(name),
                Selector::Id(id) => ArtifactSelector::Id(id),
            });
        }
        let wrong = || {
            let message = format!("`provisioning_artifact` can only be `active`, not `{text}`");
            Diagnostic::error("bad-value", message).hint("a version is named by `provisioning_artifact_name`")
        };
        let active = (text == "active").then_some(ArtifactSelector::OnlyActive).ok_or_else(wrong);
        self.keep(active, value_of(layer, field))
    }
}

/// The value of a field such as `timeouts.provision`.
fn value_of(layer: Layer, field: &str) -> impl FnOnce(&Site) -> Place {
    move |site| site.place(layer, &field.split('.').collect::<Vec<_>>(), Part::Value)
}

/// The `nth` `${` of the scalar at `place`, where it can be told from the source.
pub(super) fn pinpoint(tree: &Tree<'_>, place: Place, nth: Option<usize>) -> Place {
    let (Place::Node { file, path, .. }, Some(nth)) = (&place, nth) else {
        return place;
    };
    match tree.find(path).and_then(|id| tree.hole(id, nth)) {
        Some(bytes) => Place::Bytes { file: file.clone(), start: bytes.start, end: bytes.end },
        None => place,
    }
}
