//! What a provisioned product is that is to be adopted, as far as it can be read, and in what that differs from its
//! declaration: what the next plan would find. Pure.

use std::collections::BTreeMap;

use super::diff::{Difference, difference};
use super::spec::{Outlook, Subject, instances_there};
use super::{Adoption, Parameter, Planned, Sending, Spec};
use crate::catalog::{Existing, Stack, StackParameter, Status};
use crate::model::ids::{ArtifactId, PathId};
use crate::model::secret::DigestKey;
use crate::model::target::{Named, Options, Target};
use crate::model::template::{Missing, Template};
use crate::observe::Adoptable;
use crate::state::{Applied, Binding, Birth, Content, Row, Stored, Unverified};

/// A declaration, and the product that it is to adopt.
pub(super) struct Candidate<'a> {
    /// Nothing of ours is there.
    pub subject: Subject<'a>,
    pub existing: &'a Existing,
    /// What could be read of it.
    pub read: Option<&'a Adoptable>,
}

/// What is adopted, and what will be said of it then.
pub(super) struct Appraisal {
    pub adoption: Adoption,
    pub difference: Difference,
}

impl Candidate<'_> {
    /// What it is, and in what it differs from what is declared.
    ///
    /// # Errors
    /// The references that nothing will ever fill.
    pub fn judge(&self, outlook: &Outlook) -> Result<Appraisal, Vec<(String, Missing)>> {
        let adoption = self.adoption(&self.subject.spec(outlook)?);
        let row = self.row(&adoption);
        let subject = Subject { row: Some(&row), ..self.subject };
        let difference = difference(&subject, &subject.spec(outlook)?, outlook);
        Ok(Appraisal { adoption, difference })
    }

    fn adoption(&self, wanted: &Spec) -> Adoption {
        let parameters = self.parameters(wanted);
        // a secret that was given is not known to be right, and of one that was not, nothing is known
        let is_unread = |(key, parameter): (&String, &Parameter)| match parameter.value {
            Planned::Secret { .. } => true,
            Planned::Unknown => self.is_sensitive(key),
            Planned::Known(_) | Planned::Pending(_) | Planned::Kept(_) => false,
        };
        let spec = Spec {
            target: self.target(wanted),
            tags: self.tags(wanted),
            send_tags: false,
            instances: None,
            parameters,
        };
        Adoption {
            id: self.existing.id.clone(),
            unverified: self.values().is_none() || spec.parameters.iter().any(is_unread),
            record: self.existing.last_successful_record.clone(),
            spec,
        }
    }

    fn is_sensitive(&self, key: &str) -> bool {
        self.subject.product.parameters.get(key).is_some_and(|one| one.sensitive)
            || self.subject.input.shows_secret(&self.existing.id, key)
    }

    fn stack(&self) -> Option<&Stack> {
        self.read?.stack.as_ref()?.as_ref().ok()
    }

    fn values(&self) -> Option<&BTreeMap<String, StackParameter>> {
        self.stack().map(|stack| &stack.parameters)
    }

    /// Why nobody can read its parameters, if so.
    pub fn unread(&self) -> Option<String> {
        match self.read.and_then(|read| read.stack.as_ref()) {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(format!(" ({why})")),
            None => Some(String::new()),
        }
    }

    /// As declared; of a stack set, with the accounts and regions that it has.
    fn options(&self, wanted: &Spec) -> Options {
        let mut options = wanted.target.options.clone();
        let instances = self.stack().and_then(|stack| stack.instances.as_ref());
        if let (Some(instances), Some(preferences)) = (instances, &mut options.preferences) {
            instances_there(preferences, instances);
        }
        options
    }

    /// The product, version and path of its last success: after a failure, the catalog shows what was attempted.
    fn target(&self, wanted: &Spec) -> Target {
        let offer = self.subject.offer;
        let record = self.read.and_then(|read| read.record.as_ref());
        let shown = Some(self.existing).filter(|existing| existing.status == Status::Available);
        let product = shown.and_then(|shown| shown.product.as_ref());
        let artifact = shown.and_then(|shown| shown.artifact.as_ref());
        let product = product.or_else(|| record?.product.as_ref()).unwrap_or(&offer.product);
        let artifact = artifact.or_else(|| record?.artifact.as_ref()).unwrap_or(&wanted.target.artifact.id);
        let path = record.and_then(|record| record.path.as_ref());
        // of a path that is gone nobody knows what it was called
        let path = offer.paths.iter().find(|known| Some(&known.id) == path).unwrap_or(&offer.path);
        let Subject { input, address, .. } = self.subject;
        let version = input.version_of_others(artifact).map(str::to_owned);
        let version = version.unwrap_or_else(|| offer.version_of(artifact));
        let product = match offer.product == *product {
            true => Named::new(product.clone(), &offer.product_name),
            false => input.product_named(address, product),
        };
        Target {
            name: self.existing.name.clone(),
            product,
            artifact: Named::<ArtifactId>::new(artifact.clone(), version),
            path: Named::<PathId>::new(path.id.clone(), &path.name),
            options: self.options(wanted),
        }
    }

    /// The tags that it has, but those that its product's tag options give it and nobody declares.
    fn tags(&self, wanted: &Spec) -> BTreeMap<String, Planned> {
        let Some(there) = &self.existing.tags else {
            let known = wanted.tags.iter().filter(|(_, value)| matches!(value, Planned::Known(_)));
            return known.map(|(key, value)| (key.clone(), value.clone())).collect();
        };
        let options = &self.subject.offer.offering.tag_options;
        let is_ours = |key: &str| wanted.tags.contains_key(key) || !options.contains_key(key);
        let ours = there.iter().filter(|tag| is_ours(&tag.key));
        ours.map(|tag| (tag.key.to_string(), Planned::Known(tag.value.to_string()))).collect()
    }

    fn parameters(&self, wanted: &Spec) -> BTreeMap<String, Parameter> {
        let offered = self.subject.offer.offering.parameters.keys().chain(wanted.parameters.keys());
        let Some(values) = self.values() else {
            return offered.map(|key| (key.clone(), self.trusted(key, wanted.parameters.get(key)))).collect();
        };
        let read = values.iter().map(|(key, there)| {
            let wanted = wanted.parameters.get(key);
            let parameter = match (there.value.as_str(), wanted.map(|wanted| &wanted.value)) {
                _ if there.is_masked() => self.trusted(key, wanted),
                // the text of a secret stands in no plan: it is the one that is given, or it is not known
                (text, Some(Planned::Secret { template: Some(template), .. })) => match template.as_text() {
                    Some(given) if given.trim() == text.trim() => self.trusted(key, wanted),
                    _ => unknown(),
                },
                (_, Some(Planned::Secret { .. })) => unknown(),
                // nor does that of one that was not given
                _ if self.is_sensitive(key) => unknown(),
                (text, _) => Parameter { value: Planned::Known(text.to_owned()), sent: Sending::Previous },
            };
            (key.clone(), parameter)
        });
        read.collect()
    }

    /// What cannot be read is taken to be as it is declared; what is not declared, or not known yet, is not known.
    fn trusted(&self, key: &str, wanted: Option<&Parameter>) -> Parameter {
        let declared = self.subject.product.parameters.get(key);
        let is_kept = declared.is_some_and(|declared| declared.value.is_none());
        let is_known = |value: &Planned| match value {
            Planned::Known(_) => true,
            Planned::Secret { template, .. } => template.as_ref().and_then(Template::as_text).is_some(),
            Planned::Pending(_) | Planned::Unknown | Planned::Kept(_) => false,
        };
        wanted.filter(|wanted| !is_kept && is_known(&wanted.value)).cloned().unwrap_or_else(unknown)
    }

    /// As the state will hold it, but for its birth.
    fn row(&self, adoption: &Adoption) -> Row {
        let Adoption { id, spec, record, .. } = adoption;
        let (key, birth) = (self.subject.input.key, Birth::default());
        let parameters = spec.parameters.iter();
        let content = Content {
            target: spec.target.clone(),
            parameters: parameters
                .map(|(name, parameter)| (name.clone(), stored(&parameter.value, birth, name, key)))
                .collect(),
            tags: spec.tags.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect(),
        };
        let applied = record.clone().map(|record| Applied {
            content,
            outputs: BTreeMap::new(),
            sensitive_outputs: BTreeMap::new(),
            record,
            unverified: adoption.unverified.then_some(Unverified::Parameters).into_iter().collect(),
        });
        let binding = Binding { id: id.clone(), name: spec.target.name.clone(), arn: None };
        Row { binding: Some(binding), applied, ..Row::default() }
    }
}

fn unknown() -> Parameter {
    Parameter { value: Planned::Unknown, sent: Sending::Previous }
}

fn text(value: &Planned) -> Option<String> {
    if let Planned::Known(text) = value { Some(text.clone()) } else { None }
}

fn stored(value: &Planned, birth: Birth, name: &str, key: &DigestKey) -> Stored {
    match value {
        Planned::Known(text) => Stored::Text(text.clone()),
        Planned::Secret { template: Some(template), .. } => match template.as_text() {
            Some(text) => Stored::Digest(birth.scope(name).digest(key, text)),
            None => Stored::Unknown,
        },
        Planned::Secret { template: None, .. }
        | Planned::Pending(_)
        | Planned::Unknown
        | Planned::Kept(_) => Stored::Unknown,
    }
}
