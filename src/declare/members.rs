//! The members of a product that are maps and lists: parameters, tags, ARNs, dependencies, timeouts, lifecycle.

use std::collections::{BTreeMap, BTreeSet};

use super::check;
use super::document::Declaration;
use super::expression;
use super::product::Composer;
use super::scope::{Filled, refuse_sensitive};
use super::value;
use super::yaml::NodeId;
use super::{DesiredParameter, Layer, Site};
use crate::model::diagnostic::{Diagnostic, Part, Place, Segment};
use crate::model::ids::Address;
use crate::model::product::{Lifecycle, Timeouts};
use crate::model::template::Template;

impl Composer<'_> {
    /// `parameters`
    pub fn parameters(&mut self) -> BTreeMap<String, DesiredParameter> {
        let mut parameters = BTreeMap::new();
        for (key, id, layer) in self.stack.merged(self.tree, "parameters") {
            let place = |part| move |site: &Site| site.place(layer, &["parameters", key], part);
            self.keep(check::length("a parameter key", key, 1, 1000), place(Part::Key));
            let filled = match value::parameter(self.tree, id, &self.scope) {
                Ok(filled) => filled,
                Err((at, fault)) => {
                    let place = self.below(layer, &["parameters", key], (id, at), fault.nth);
                    self.problems.push(fault.diagnostic().at(place));
                    continue;
                }
            };
            let sensitive = filled.as_ref().is_some_and(|filled| filled.sensitive.is_some());
            let value = filled.map(Filled::template);
            if let Some(text) = value.as_ref().and_then(Template::as_text).filter(|text| text.len() > 4096) {
                let checked = check::length(&format!("the value of `{key}`"), text, 0, 4096);
                self.keep(checked, place(Part::Value));
            }
            parameters.insert(key.to_owned(), DesiredParameter { value, sensitive, layer });
        }
        parameters
    }

    /// The place of a finding inside a value: exact where it can be.
    fn below(&self, layer: Layer, keys: &[&str], (top, at): (NodeId, NodeId), nth: Option<usize>) -> Place {
        let exact = nth.and_then(|nth| self.tree.hole(at, nth));
        let bytes = exact.or_else(|| (top != at).then(|| self.tree.node(at).bytes.clone()));
        bytes.map_or_else(
            || self.place(layer, keys, Part::Value),
            |bytes| Place::Bytes { file: self.site.file.clone(), start: bytes.start, end: bytes.end },
        )
    }

    /// `tags`
    pub fn tags(&mut self) -> BTreeMap<String, Template> {
        let mut tags = BTreeMap::new();
        for (key, id, layer) in self.stack.merged(self.tree, "tags") {
            if layer != Layer::Own {
                self.note(&format!("tags.{key}"), layer);
            }
            let place = |part| move |site: &Site| site.place(layer, &["tags", key], part);
            self.keep(check::tag_key(key), place(Part::Key));
            let Some(text) = value::scalar(self.tree, id) else {
                let message = format!("the tag `{key}` must be a text, not {}", self.tree.node(id).kind());
                self.keep::<()>(Err(Diagnostic::error("wrong-type", message)), place(Part::Value));
                continue;
            };
            let filled = self.scope.fill(text, str::to_owned).and_then(|filled| {
                refuse_sensitive(|| format!("the tag `{key}`"), &filled).map(|()| filled.template())
            });
            let Some(template) = self.fill(filled, place(Part::Value)) else {
                continue;
            };
            if let Some(text) = template.as_text() {
                self.keep(check::tag_value(key, text), place(Part::Value));
            }
            tags.insert(key.to_owned(), template);
        }
        if tags.len() > 50 {
            let message = format!("{} tags are declared, at most 50 are allowed", tags.len());
            let place = self.place(Layer::Own, &["tags"], Part::Key);
            self.problems.push(Diagnostic::error("bad-value", message).at(place));
        }
        tags
    }

    /// The items of a list that replaces as a whole, filled, each with its place.
    pub fn list(&mut self, field: &str, get: fn(&Declaration) -> Option<&[String]>) -> Vec<(String, Place)> {
        self.nested_list(&[field], get)
    }

    /// [`Composer::list`] inside a map that is merged by key.
    pub fn nested_list(
        &mut self,
        keys: &[&str],
        get: fn(&Declaration) -> Option<&[String]>,
    ) -> Vec<(String, Place)> {
        let Some((items, layer)) = self.stack.pick(get) else {
            return Vec::new();
        };
        self.note(&keys.join("."), layer);
        let field = keys.last().copied().unwrap_or_default();
        let mut texts = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let place = match self.place(layer, keys, Part::Value) {
                Place::Node { file, mut path, part } => {
                    path.push(Segment::Index(n));
                    Place::Node { file, path, part }
                }
                other => other,
            };
            let filled = self.scope.known(field, item);
            texts.extend(self.fill(filled, |_| place.clone()).map(|text| (text.into_owned(), place)));
        }
        texts
    }

    /// `notification_arns`
    pub fn notification_arns(&mut self) -> Vec<String> {
        let items = self.list("notification_arns", |d| d.notification_arns.as_deref());
        let mut arns: Vec<String> = Vec::new();
        for (n, (arn, place)) in items.into_iter().enumerate() {
            let checked = match check::topic(&arn) {
                Ok(()) if arns.contains(&arn) => Err(Diagnostic::error(
                    "bad-value",
                    format!("the notification ARN `{arn}` stands here twice"),
                )),
                Ok(()) if n == 5 => {
                    Err(Diagnostic::error("bad-value", "at most 5 notification ARNs are allowed"))
                }
                other => other,
            };
            self.keep(checked, |_| place);
            arns.push(arn);
        }
        arns
    }

    /// `depends_on`
    pub fn depends_on(&mut self) -> BTreeSet<Address> {
        let items = self.list("depends_on", |d| d.depends_on.as_deref());
        let scope = self.scope;
        let mut needed = BTreeSet::new();
        for (text, place) in items {
            let (Some(standing), Some(here)) = (scope.standing, scope.location) else {
                continue;
            };
            let found = expression::address(&text).and_then(|address| standing.find(address, here));
            needed.extend(self.keep(found, |_| place));
        }
        needed
    }

    /// `timeouts`
    pub fn timeouts(&mut self) -> Timeouts {
        let duration = |name: &'static str| move |text: &str| check::duration(&format!("`{name}`"), text);
        let fields = (
            self.checked(
                "timeouts.provision",
                |d| d.timeouts.as_ref()?.provision.as_deref(),
                duration("provision"),
            ),
            self.checked("timeouts.update", |d| d.timeouts.as_ref()?.update.as_deref(), duration("update")),
            self.checked(
                "timeouts.terminate",
                |d| d.timeouts.as_ref()?.terminate.as_deref(),
                duration("terminate"),
            ),
        );
        Timeouts {
            provision: fields.0.unwrap_or(self.timeouts.provision),
            update: fields.1.unwrap_or(self.timeouts.update),
            terminate: fields.2.unwrap_or(self.timeouts.terminate),
        }
    }

    /// `lifecycle`, and how long a removal may take.
    pub fn lifecycle(&mut self, timeouts: Timeouts) -> Lifecycle {
        let removal = self.checked(
            "lifecycle.on_removal",
            |d| d.lifecycle.as_ref()?.on_removal.as_deref(),
            check::on_removal,
        );
        let prevent = self.stack.pick(|d| d.lifecycle.as_ref()?.prevent_terminate);
        if let Some((_, layer)) = prevent {
            self.note("lifecycle.prevent_terminate", layer);
        }
        Lifecycle {
            prevent_terminate: prevent.is_some_and(|(prevent, _)| prevent),
            on_removal: removal.unwrap_or_default(),
            terminate_timeout: Some(timeouts.terminate).filter(|time| *time != Timeouts::default().terminate),
        }
    }
}
