//! The state for people: `state list`, `state show`, `output`. What is sensitive is not in state, and shown as such.

use crate::model::ids::{Address, Labels, RecordId};
use crate::model::product::Language;
use crate::report::escape::{Escaped, Quoted};
use crate::report::human::cause::operation;
use crate::report::text::lines;
use crate::report::values::preferences;
use crate::state::{Applied, Content, Intent, LastFailure, Phase, Recorded, Row, Stored};

/// One address a line.
#[must_use]
pub fn state_list(recorded: &Recorded) -> String {
    let labels = recorded.labels();
    recorded.rows.keys().map(|address| format!("{}\n", Escaped(&labels.label(address)))).collect()
}

/// Everything that is remembered of one address.
#[must_use]
pub fn state_show(labels: &Labels, address: &Address, row: &Row) -> String {
    let mut page = Page::default();
    page.head(&format!("# {}", Escaped(&labels.label(address))));
    page.entry("location", &Quoted(labels.location(&address.location)).to_string());
    page.entry("account", &Quoted(row.place.account.as_str()).to_string());
    page.entry("region", &Quoted(row.place.region.as_str()).to_string());
    if let Some(binding) = &row.binding {
        page.entry("provisioned_product_id", &Quoted(binding.id.as_str()).to_string());
        page.entry("provisioned_product_name", &Quoted(&binding.name).to_string());
        page.maybe("arn", binding.arn.as_deref());
    }
    page.entry("prevent_terminate", &row.lifecycle.prevent_terminate.to_string());
    page.entry("on_removal", row.lifecycle.on_removal.as_str());
    let after: Vec<String> = row.after.iter().map(|input| labels.label(input)).collect();
    page.maybe("after", Some(after.join(", ")).as_deref().filter(|text| !text.is_empty()));
    match &row.applied {
        Some(applied) => page.applied(applied),
        None => page.head("\n# nothing was ever confirmed"),
    }
    if let Some(intent) = &row.intent {
        page.intent(intent);
    }
    if let Some(failure) = &row.last_failure {
        page.failure(failure);
    }
    page.finish()
}

/// The outputs of the rows that `pick` takes, by address.
#[must_use]
pub fn outputs(recorded: &Recorded, pick: impl Fn(&Address) -> bool) -> String {
    let labels = recorded.labels();
    let mut page = Page::default();
    for (address, row) in recorded.rows.iter().filter(|(address, _)| pick(address)) {
        if let Some(applied) = &row.applied
            && !(applied.outputs.is_empty() && applied.secret_outputs.is_empty())
        {
            page.head(&format!("{}:", Escaped(&labels.label(address))));
            page.outputs(applied);
        }
    }
    page.finish()
}

/// Sections of aligned entries.
#[derive(Default)]
struct Page {
    out: String,
    section: Vec<(String, String)>,
}

impl Page {
    fn head(&mut self, text: &str) {
        self.flush();
        self.out += text;
        self.out.push('\n');
    }

    fn entry(&mut self, key: &str, value: &str) {
        self.section.push((Escaped(key).to_string(), value.to_owned()));
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.entry(key, &Quoted(value).to_string());
        }
    }

    fn flush(&mut self) {
        let width = self.section.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        for (key, value) in self.section.drain(..) {
            self.out += &format!("  {key:width$} = {value}\n");
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        self.out
    }

    fn applied(&mut self, applied: &Applied) {
        let doubt = if applied.unverified { ", parameters not verified" } else { "" };
        self.head(&format!("\n# applied: record {}{doubt}", Escaped(applied.record.as_str())));
        self.content(&applied.content);
        if !(applied.outputs.is_empty() && applied.secret_outputs.is_empty()) {
            self.head("\n# outputs");
            self.outputs(applied);
        }
    }

    fn content(&mut self, of: &Content) {
        let target = &of.target;
        let named = |name: &str, id: &str| format!("{}  # {}", Quoted(name), Escaped(id));
        self.entry("product", &named(&target.product.name, target.product.id.as_str()));
        self.entry("version", &named(&target.artifact.name, target.artifact.id.as_str()));
        self.entry("path", &named(&target.path.name, target.path.id.as_str()));
        if target.options.language != Language::En {
            self.entry("accept_language", target.options.language.as_str());
        }
        self.maybe(
            "notification_arns",
            Some(target.options.notification_arns.join(",")).as_deref().filter(|t| !t.is_empty()),
        );
        for (key, value) in preferences(target.options.preferences.as_ref()) {
            self.maybe(&key, Some(&value));
        }
        for (key, value) in &of.parameters {
            self.entry(&format!("parameters.{key}"), &stored(value));
        }
        for (key, value) in &of.tags {
            self.maybe(&format!("tags.{key}"), Some(value));
        }
    }

    fn outputs(&mut self, applied: &Applied) {
        for (key, value) in &applied.outputs {
            self.maybe(key, Some(value));
        }
        for key in applied.secret_outputs.keys() {
            self.entry(key, "(sensitive)");
        }
    }

    fn intent(&mut self, intent: &Intent) {
        let phase = match &intent.phase {
            Phase::Intended => "no answer is known".to_owned(),
            Phase::Accepted(record) => format!("record {}", Escaped(record.as_str())),
        };
        self.head(&format!("\n# under way: {}, {phase}", operation(intent.kind)));
        self.maybe("token", Some(intent.token.as_str()));
        if let Some(content) = &intent.content {
            self.content(content);
        }
    }

    fn failure(&mut self, failure: &LastFailure) {
        let record = failure.record.as_ref().map_or("", RecordId::as_str);
        self.head(&format!("\n# last failure: {} {}", operation(failure.kind), Escaped(record)));
        for line in lines(&failure.message, 4000) {
            self.head(&format!("  | {line}"));
        }
    }
}

fn stored(value: &Stored) -> String {
    match value {
        Stored::Text(text) => Quoted(text).to_string(),
        Stored::Digest(_) => "(sensitive)".to_owned(),
        Stored::Unknown => "(unknown)".to_owned(),
    }
}
