//! Spec to request: values filled, what state will keep of them, and the digest and token that bind the two. Pure.

use std::collections::BTreeMap;

use crate::catalog::{Operation, Payload, Sent};
use crate::model::ids::ProvisionedId;
use crate::model::json::is_same_document;
use crate::model::product::{Bound, Preferences};
use crate::model::secret::{DigestKey, KeyedDigest, Secret, Secrets};
use crate::model::target::{Options, Target};
use crate::model::template::{Attribute, Known, Missing, Template};
use crate::plan::{Instances, Parameter, Planned, Sending, Spec};
use crate::state::{Birth, Content, Kind, Row, Stored};

/// A spec with every hole filled: what goes out, and what is kept of it.
#[derive(Clone, Debug)]
pub(super) struct Filled {
    pub payload: Payload,
    pub content: Content,
    /// The sensitive clear texts among the values.
    pub secrets: Vec<Secret>,
}

/// Why a spec cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfillable {
    /// An output is not there.
    Missing(Missing),
    /// A tag would show something sensitive.
    SecretTag(String),
}

impl From<Missing> for Unfillable {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

/// The row that digests are made for.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    /// What it is born with, or was.
    pub birth: Birth,
    /// As it stands, if it stands already.
    pub row: Option<&'a Row>,
    pub key: &'a DigestKey,
}

impl Owner<'_> {
    /// What stands for a value: what stands for it already, if that was made by an older scheme, or else equal contents
    /// would differ.
    fn digest(self, name: &str, text: &str) -> KeyedDigest {
        let scope = self.birth.scope(name);
        let mut kept = self.row.into_iter().flat_map(Row::digests).filter(|kept| kept.scope.name == name);
        let same = kept.find(|kept| kept.digest.stands_for(self.key, scope, text));
        same.map_or_else(|| scope.digest(self.key, text), |kept| kept.digest.clone())
    }

    /// Whether two values are the same; of one that became sensitive, or ceased to be, one side is a text.
    fn is_same(self, name: &str, one: &Stored, other: &Stored) -> bool {
        match (one, other) {
            (Stored::Text(one), Stored::Text(other)) => {
                one.trim() == other.trim() || is_same_document(one, other)
            }
            (Stored::Text(text), Stored::Digest(digest)) | (Stored::Digest(digest), Stored::Text(text)) => {
                digest.stands_for(self.key, self.birth.scope(name), text)
            }
            (one, other) => one == other,
        }
    }
}

/// What specs are filled with.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub known: &'a Known,
    /// Whose values they become.
    pub owner: Owner<'a>,
    /// Sensitive clear texts, wherever they turn up.
    pub secrets: &'a Secrets,
}

impl Sources<'_> {
    /// Fills a spec.
    ///
    /// # Errors
    /// The first value that cannot be filled.
    pub fn fill(self, spec: &Spec) -> Result<Filled, Unfillable> {
        let mut values = BTreeMap::new();
        let mut stored = BTreeMap::new();
        let mut secrets = Vec::new();
        for (name, parameter) in &spec.parameters {
            let (value, kept) = self.parameter(name, parameter)?;
            if let Some(Sent::Secret(secret)) = &value {
                secrets.push(secret.clone());
            }
            // a default is not sent: the template fills it in
            if let (Some(value), true) = (value, parameter.sent != Sending::Default) {
                values.insert(name.clone(), value);
            }
            stored.insert(name.clone(), kept);
        }
        let tag = |(name, value): (&String, &Planned)| Ok((name.clone(), self.tag(name, value)?));
        let tags = spec.tags.iter().map(tag).collect::<Result<BTreeMap<_, _>, Unfillable>>()?;
        let payload = Payload {
            target: sent(spec),
            parameters: values,
            tags: spec.send_tags.then(|| tags.clone()),
            stack_set: spec.instances.as_ref().map(|instances| instances.operation),
        };
        Ok(Filled {
            payload,
            content: Content { target: spec.target.clone(), parameters: stored, tags },
            secrets,
        })
    }

    fn parameter(self, name: &str, parameter: &Parameter) -> Result<(Option<Sent>, Stored), Unfillable> {
        let previous = parameter.sent == Sending::Previous;
        let secret = |text: String| {
            let digest = self.owner.digest(name, &text);
            (Some(Sent::Secret(Secret::new(text))), Stored::Digest(digest))
        };
        Ok(match &parameter.value {
            Planned::Kept(digest) => (Some(Sent::Previous), Stored::Digest(digest.clone())),
            Planned::Unknown => (Some(Sent::Previous), Stored::Unknown),
            Planned::Secret { template: None, digest } => (None, Stored::Digest(digest.clone())),
            Planned::Secret { template: Some(template), .. } => secret(template.fill(self.known)?),
            Planned::Known(text) if previous => (Some(Sent::Previous), Stored::Text(text.clone())),
            Planned::Known(text) => (Some(Sent::Value(text.clone())), Stored::Text(text.clone())),
            Planned::Pending(template) => {
                let text = template.fill(self.known)?;
                if self.is_sensitive(template, &text) {
                    secret(text)
                } else {
                    (Some(Sent::Value(text.clone())), Stored::Text(text))
                }
            }
        })
    }

    fn tag(self, name: &str, value: &Planned) -> Result<String, Unfillable> {
        match value {
            Planned::Known(text) => Ok(text.clone()),
            Planned::Pending(template) | Planned::Secret { template: Some(template), .. } => {
                let text = template.fill(self.known)?;
                if self.is_sensitive(template, &text) {
                    Err(Unfillable::SecretTag(name.to_owned()))
                } else {
                    Ok(text)
                }
            }
            Planned::Secret { template: None, .. } | Planned::Unknown | Planned::Kept(_) => Ok(String::new()),
        }
    }

    /// Whether a filled text is sensitive: by where it comes from, or by what is in it.
    fn is_sensitive(self, template: &Template, text: &str) -> bool {
        let from_secret = template.references().any(|reference| match &reference.what {
            Attribute::Output { key, .. } => {
                self.known.get(&reference.of).is_some_and(|facts| facts.sensitive.contains(key))
            }
            Attribute::Id | Attribute::Arn => false,
        });
        from_secret || self.secrets.are_in(text)
    }
}

/// Where instances come or go, only those are named.
fn sent(spec: &Spec) -> Target {
    let mut target = spec.target.clone();
    if let Some(Instances { accounts, regions, .. }) = &spec.instances {
        let bounds = target.options.preferences.take().unwrap_or_default();
        let (accounts, regions) = (accounts.clone(), regions.clone());
        target.options.preferences = Some(Preferences { accounts, regions, ..bounds });
    }
    target
}

/// Whether two contents of one row would make the same product, however much of them is sensitive.
pub(super) fn same_inputs(owner: Owner<'_>, wanted: &Content, applied: &Content) -> bool {
    wanted.target.product.id == applied.target.product.id
        && wanted.target.artifact.id == applied.target.artifact.id
        && wanted.tags == applied.tags
        && wanted.target.options.preferences == applied.target.options.preferences
        && wanted.parameters.len() == applied.parameters.len()
        && wanted
            .parameters
            .iter()
            .zip(&applied.parameters)
            .all(|((a, one), (b, other))| a == b && owner.is_same(a, one, other))
}

/// The kind of intent that an operation stands behind.
pub(super) fn kind(operation: &Operation) -> Kind {
    match operation {
        Operation::Provision { .. } => Kind::Provision,
        Operation::Update { .. } => Kind::Update,
        Operation::Terminate { retain: false, .. } => Kind::Terminate,
        Operation::Terminate { retain: true, .. } => Kind::Retain,
    }
}

/// The operation that a kind of intent stands for.
pub(super) fn operation(kind: Kind, id: Option<&ProvisionedId>, filled: Option<Filled>) -> Option<Operation> {
    match (kind, id, filled) {
        (Kind::Provision, _, Some(filled)) => Some(Operation::Provision { payload: filled.payload }),
        (Kind::Update, Some(id), Some(filled)) => {
            Some(Operation::Update { id: id.clone(), payload: filled.payload })
        }
        (Kind::Terminate, Some(id), _) => Some(Operation::Terminate { id: id.clone(), retain: false }),
        (Kind::Retain, Some(id), _) => Some(Operation::Terminate { id: id.clone(), retain: true }),
        _ => None,
    }
}

/// Stands for the whole request: one token never carries two.
pub(super) fn digest(key: &DigestKey, operation: &Operation) -> KeyedDigest {
    let options = match operation {
        Operation::Provision { payload } | Operation::Update { payload, .. } => &payload.target.options,
        Operation::Terminate { .. } => &Options::default(),
    };
    let mut parts: Vec<String> = vec!["request".to_owned(), options.language.as_str().to_owned()];
    match operation {
        Operation::Provision { payload } => {
            let arns = options.notification_arns.join("\n");
            parts.extend(["provision".to_owned(), payload.target.name.clone(), arns]);
            payload_parts(payload, &mut parts);
        }
        Operation::Update { id, payload } => {
            parts.extend(["update".to_owned(), id.to_string()]);
            payload_parts(payload, &mut parts);
            // that there are no tags any more is not the same as nothing said of them
            let takes_all = payload.tags.as_ref().is_some_and(BTreeMap::is_empty);
            parts.extend(takes_all.then(|| "no tags".to_owned()));
        }
        Operation::Terminate { id, retain } => {
            parts.extend(["terminate".to_owned(), id.to_string(), retain.to_string()]);
        }
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    KeyedDigest(key.sign(&parts))
}

/// The path is left out: its id moves when a portfolio is associated again, and means the same.
fn payload_parts(payload: &Payload, parts: &mut Vec<String>) {
    let target = &payload.target;
    parts.extend([target.product.id.to_string(), target.artifact.id.to_string()]);
    for (name, sent) in &payload.parameters {
        let (how, text) = match sent {
            Sent::Value(text) => ("value", text.as_str()),
            Sent::Secret(secret) => ("value", secret.expose()),
            Sent::Previous => ("previous", ""),
        };
        parts.extend(["parameter".to_owned(), name.clone(), how.to_owned(), text.to_owned()]);
    }
    for (name, value) in payload.tags.iter().flatten() {
        parts.extend(["tag".to_owned(), name.clone(), value.clone()]);
    }
    if let Some(preferences) = &target.options.preferences {
        let Preferences { accounts, regions, failure_tolerance, max_concurrency } = preferences;
        let bound = |bound: &Option<Bound>| match bound {
            None => String::new(),
            Some(Bound::Count(n)) => format!("{n}"),
            Some(Bound::Percentage(n)) => format!("{n}%"),
        };
        parts.extend(["preferences".to_owned(), accounts.join(","), regions.join(",")]);
        parts.extend([bound(failure_tolerance), bound(max_concurrency)]);
    }
    parts.extend(payload.stack_set.map(|operation| operation.as_str().to_owned()));
}
