//! One block of a plan: header, causes, and what becomes of the product. A replacement is one block of two steps.

use super::cause::causes;
use super::rows::{Row, table};
use crate::model::ids::Labels;
use crate::model::product::Language;
use crate::plan::diff::shown;
use crate::plan::{Act, Action, Reason, Refusal, Shown, Spec, Step};
use crate::report::escape::{Escaped, Quoted};
use crate::report::style::{Ink, Style};
use crate::report::text::lines;
use crate::report::values::{preferences, remark};

/// One step, or the two halves of a replacement.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// The step, or the termination.
    pub step: &'a Step,
    /// The provisioning that follows the termination.
    pub creation: Option<&'a Step>,
    /// How addresses are written.
    pub labels: &'a Labels,
}

/// What a block does, as a mark in the margin: three columns wide, coloured.
pub(super) fn sign(act: Act, style: Style) -> String {
    let (text, ink) = match act {
        Act::Provision => ("  +", Ink::Add),
        Act::Update => ("  ~", Ink::Change),
        Act::Replace => ("-/+", Ink::Remove),
        Act::Terminate => ("  -", Ink::Remove),
        Act::Settle => ("  >", Ink::Change),
        Act::Adopt | Act::Accept => ("  =", Ink::Add),
        Act::Forget => ("  .", Ink::Strong),
        Act::Remember => ("  *", Ink::Strong),
        Act::Refuse => ("  !", Ink::Remove),
    };
    let blanks = text.len() - text.trim_start().len();
    format!("{:blanks$}{}", "", style.paint(ink, text.trim_start()))
}

/// What the mark means, for the legend.
pub(super) fn meaning(act: Act) -> &'static str {
    match act {
        Act::Update => "update in-place",
        Act::Replace => "destroy and then create replacement",
        Act::Settle => "resume what was interrupted",
        Act::Accept => "accept as it is",
        Act::Refuse => "refused",
        Act::Provision | Act::Terminate | Act::Adopt | Act::Forget | Act::Remember => act.as_str(),
    }
}

impl Block<'_> {
    /// What it does.
    pub(super) fn act(&self) -> Act {
        match self.creation {
            Some(_) => Act::Replace,
            None => self.step.act(),
        }
    }

    /// Header, causes and, unless concise, the rest.
    pub(super) fn text(&self, style: Style) -> String {
        let label = self.labels.label(&self.step.address);
        let header = style.paint(Ink::Strong, format_args!("  # {}", Escaped(&label)));
        let mut out = format!("{header} {}", self.fate(style));
        let steps: Vec<&Step> = std::iter::once(self.step).chain(self.creation).collect();
        let mut causes = causes(&steps);
        if matches!(&self.step.action, Action::Terminate(gone) if gone.retain) {
            causes.push("(its stack and resources are retained)".to_owned());
        }
        for cause in causes {
            out += &if style.concise { format!(" {}", cause.trim_start()) } else { format!("\n  # {cause}") };
        }
        out.push('\n');
        if let Action::Refused(refusal) = &self.step.action {
            out += &refused(refusal);
        } else if !style.concise {
            out += &self.body(&label, style);
        }
        out
    }

    fn fate(&self, style: Style) -> String {
        match (self.act(), &self.step.action) {
            (Act::Provision, _) => "will be created".to_owned(),
            (Act::Update, _) => "will be updated in-place".to_owned(),
            (Act::Replace, _) => format!("must be {}", style.paint(Ink::Remove, "replaced")),
            (Act::Terminate, _) => format!("will be {}", style.paint(Ink::Remove, "destroyed")),
            (Act::Settle, _) => "will be resumed".to_owned(),
            (Act::Adopt, _) => "will be imported".to_owned(),
            (Act::Accept, _) => "will be accepted as it is now".to_owned(),
            (Act::Forget, Action::Forget { leaves: Some(_) }) => {
                "will be forgotten, and its provisioned product left alone".to_owned()
            }
            (Act::Forget, _) => "will be forgotten: its provisioned product is gone".to_owned(),
            (Act::Remember, _) => "will be remembered with its new lifecycle".to_owned(),
            (Act::Refuse, _) => format!("is {}", style.paint(Ink::Remove, "refused")),
        }
    }

    fn body(&self, label: &str, style: Style) -> String {
        let rows = match (&self.step.action, self.creation.map(|step| &step.action)) {
            (Action::Provision(spec), _) => self.whole(spec, style),
            (Action::Update(_, spec), _) => self.sent(spec, style),
            (Action::Adopt(_, spec, _) | Action::Accept(_, spec, _), _) => self.changes(spec, style),
            (Action::Terminate(_), Some(Action::Provision(spec))) => self.sent(spec, style),
            _ => Vec::new(),
        };
        let first = match self.act() {
            Act::Remember => String::new(),
            act => format!("{} {}{}\n", sign(act, style), Escaped(label), self.title()),
        };
        match (rows.into_iter().flatten().collect::<Vec<_>>(), self.act()) {
            (rows, Act::Update) if rows.is_empty() => {
                let outside = |reason: &Reason| matches!(reason, Reason::Outside { .. });
                let what = if self.step.reasons.iter().any(outside) {
                    "what was changed cannot be read: the declarations are applied once more"
                } else {
                    "nothing differs from the declarations: they are applied once more"
                };
                format!("{first}      ({what})\n")
            }
            (rows, _) => first + &table(&rows, style),
        }
    }

    /// Name, id, product and version, place: what there is to say of them.
    fn title(&self) -> String {
        let (name, id, spec) = match &self.step.action {
            Action::Provision(spec) => (Some(&spec.target.name), None, Some(spec)),
            Action::Update(id, spec) | Action::Adopt(id, spec, _) | Action::Accept(id, spec, _) => {
                (Some(&spec.target.name), Some(id), Some(spec))
            }
            Action::Terminate(gone) => {
                let spec = self.creation.and_then(|step| match &step.action {
                    Action::Provision(spec) => Some(spec),
                    _ => None,
                });
                (Some(&gone.name), Some(&gone.id), spec)
            }
            Action::Settle(intent, spec) => {
                (intent.content.as_ref().map(|content| &content.target.name), None, spec.as_ref())
            }
            Action::Forget { leaves } => (None, leaves.as_ref(), None),
            Action::Remember | Action::Refused(_) => (None, None, None),
        };
        let account = match self.step.place.account.as_str() {
            "" => String::new(),
            account => format!(" ({})", Escaped(account)),
        };
        let parts = [
            name.map(|name| Quoted(name).to_string()),
            id.map(|id| Escaped(id.as_str()).to_string()),
            spec.map(|spec| Escaped(&format!("{} {}", spec.target.product.name, version(spec))).to_string()),
            Some(format!("on {}{account}", Escaped(self.labels.location(&self.step.address.location)))),
        ];
        parts.into_iter().flatten().map(|part| format!("  {part}")).collect()
    }

    /// Every member of what is created.
    fn whole(&self, spec: &Spec, style: Style) -> Vec<Option<Row>> {
        let text = |key: &str, text: String| {
            let value = if text.is_empty() { Shown::Absent } else { Shown::Text(text) };
            Row::new(key, &value, None, style)
        };
        let options = &spec.target.options;
        let language = if options.language == Language::En { "" } else { options.language.as_str() };
        let mut rows = vec![
            text("path", spec.target.path.name.clone()),
            text("accept_language", language.to_owned()),
            text("notification_arns", options.notification_arns.join(",")),
        ];
        rows.extend(
            preferences(options.preferences.as_ref()).into_iter().map(|(key, value)| text(&key, value)),
        );
        rows.extend(spec.parameters.iter().map(|(key, parameter)| {
            Row::new(&parameter_key(key), &shown(&parameter.value), remark(parameter), style)
        }));
        rows.extend(
            spec.tags.iter().map(|(key, value)| Row::new(&format!("tags.{key}"), &shown(value), None, style)),
        );
        rows
    }

    /// What changes; if nothing does because something is made anew, what it will be.
    fn sent(&self, spec: &Spec, style: Style) -> Vec<Option<Row>> {
        let rows = self.changes(spec, style);
        let failed = |reason: &Reason| matches!(reason, Reason::FailedCreation { .. });
        let anew = self.creation.is_some() || self.step.reasons.iter().any(failed);
        if rows.iter().any(Option::is_some) || !anew { rows } else { self.whole(spec, style) }
    }

    /// Only what changes, in the order: product, version, preferences, parameters, tags, inputs that may change.
    fn changes(&self, spec: &Spec, style: Style) -> Vec<Option<Row>> {
        let mut reasons: Vec<&Reason> = self.step.reasons.iter().collect();
        for reason in self.creation.iter().flat_map(|step| &step.reasons) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.sort_by_key(|reason| rank(reason));
        let told: Vec<&str> = reasons.iter().filter_map(|reason| compared(reason)).collect();
        reasons.iter().flat_map(|reason| self.change(reason, spec, &told, style)).collect()
    }

    fn change(&self, reason: &Reason, spec: &Spec, told: &[&str], style: Style) -> Vec<Option<Row>> {
        match reason {
            Reason::Product { before, after } => vec![names("product", pair(before), pair(after), style)],
            Reason::Version { before, after } => vec![names("version", pair(before), pair(after), style)],
            Reason::Path { before, after } => {
                vec![Row::change(
                    "path",
                    &Shown::Text(before.clone()),
                    &Shown::Text(after.clone()),
                    None,
                    style,
                )]
            }
            Reason::Preferences { before, after } => {
                let (before, after) = (preferences(before.as_ref()), preferences(after.as_ref()));
                let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
                keys.sort();
                keys.dedup();
                let side =
                    |text: Option<&String>| text.map_or(Shown::Absent, |text| Shown::Text(text.clone()));
                let rows = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
                rows.map(|key| Row::change(key, &side(before.get(key)), &side(after.get(key)), None, style))
                    .collect()
            }
            Reason::Parameter { key, before, after, by_default } => {
                let remark = by_default.then_some("template default");
                vec![Row::change(&parameter_key(key), before, after, remark, style)]
            }
            Reason::Tag { key, before, after } => {
                vec![Row::change(&format!("tags.{key}"), before, after, None, style)]
            }
            Reason::InputMayChange { key, .. } if !told.contains(&key.as_str()) => {
                vec![self.input(key, spec, style)]
            }
            _ => Vec::new(),
        }
    }

    fn input(&self, key: &str, spec: &Spec, style: Style) -> Option<Row> {
        let tag = || spec.tags.get(key.strip_prefix("tags.")?);
        match (spec.parameters.get(key), tag()) {
            (Some(parameter), _) => Row::may_change(&parameter_key(key), &shown(&parameter.value), style),
            (None, Some(value)) => Row::may_change(key, &shown(value), style),
            (None, None) => None,
        }
    }
}

fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Product { .. } => 0,
        Reason::Version { .. } => 1,
        Reason::Path { .. } => 2,
        Reason::Preferences { .. } => 3,
        Reason::Parameter { .. } => 4,
        Reason::Tag { .. } => 5,
        _ => 6,
    }
}

fn compared(reason: &Reason) -> Option<&str> {
    match reason {
        Reason::Parameter { key, .. } | Reason::Tag { key, .. } => Some(key),
        _ => None,
    }
}

fn version(spec: &Spec) -> &str {
    let artifact = &spec.target.artifact;
    if artifact.name.is_empty() { artifact.id.as_str() } else { &artifact.name }
}

/// A parameter that is called like one of our own rows says what it is.
fn parameter_key(key: &str) -> String {
    let ours = ["product", "version", "path", "accept_language", "notification_arns"].contains(&key)
        || key.starts_with("tags.")
        || key.starts_with("stack_set_");
    if ours { format!("parameters.{key}") } else { key.to_owned() }
}

fn pair<T: std::fmt::Display>((name, id): &(String, T)) -> (&str, String) {
    (name, id.to_string())
}

/// Names; ids too where the names do not tell them apart.
fn names(key: &str, before: (&str, String), after: (&str, String), style: Style) -> Option<Row> {
    let alike = before.0 == after.0;
    let side = |(name, id): (&str, String)| match name {
        "" => Shown::Text(id),
        name if alike => Shown::Text(format!("{name} ({id})")),
        name => Shown::Text(name.to_owned()),
    };
    Row::change(key, &side(before), &side(after), None, style)
}

fn refused(refusal: &Refusal) -> String {
    let mut out = String::new();
    for (n, line) in lines(&refusal.message, 4000).iter().enumerate() {
        out += &format!("  # {}{line}\n", if n == 0 { "" } else { "| " });
    }
    for (n, line) in refusal.hint.iter().flat_map(|hint| lines(hint, 4000)).enumerate() {
        out += &format!("  # {}{line}\n", if n == 0 { "hint: " } else { "      " });
    }
    out
}
