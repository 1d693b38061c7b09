//! What a run knows by now: the facts that specs are filled from, and the sensitive texts that it must not tell. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::request::{Filled, Owner, Sources, Unfillable};
use crate::model::ids::Address;
use crate::model::secret::{DigestKey, KeyedDigest, Redactor, Secret, Secrets};
use crate::model::template::{Attribute, Facts, Known, Template};
use crate::plan::{Plan, Spec};
use crate::state::{Content, Row, Stored};

/// What a run of one plan knows.
#[derive(Debug)]
pub(super) struct Knowledge<'p> {
    known: Known,
    secrets: Secrets,
    /// Whose facts some spec is filled from; nobody asks for the others.
    referred: BTreeSet<&'p Address>,
    /// The addresses whose ARN a later step is filled from.
    arns: BTreeSet<&'p Address>,
}

impl<'p> Knowledge<'p> {
    pub(super) fn new(plan: &'p Plan, known: Known, secrets: Secrets) -> Self {
        let specs = plan.steps.iter().filter_map(|step| step.spec());
        let references = || specs.clone().flat_map(Spec::templates).flat_map(Template::references);
        let arns = references().filter(|reference| reference.what == Attribute::Arn);
        Self {
            referred: references().map(|reference| &reference.of).collect(),
            arns: arns.map(|reference| &reference.of).collect(),
            known,
            secrets,
        }
    }

    /// What is known of an address.
    pub(super) fn of(&self, address: &Address) -> Option<&Facts> {
        self.known.get(address)
    }

    /// Whether some spec is filled with the ARN of this.
    pub(super) fn needs_arn(&self, address: &Address) -> bool {
        self.arns.contains(address)
    }

    /// Takes in the facts of an address, as far as somebody needs them.
    pub(super) fn learn(&mut self, address: &Address, facts: impl FnOnce(Option<&Facts>) -> Facts) {
        if self.referred.contains(address) {
            let facts = facts(self.known.get(address));
            self.known.insert(address.clone(), facts);
        }
    }

    /// Redacts these clear texts too from now on.
    pub(super) fn add_sensitive(&mut self, secrets: impl IntoIterator<Item = Secret>) {
        self.secrets.extend(secrets);
    }

    /// A spec with every hole filled.
    pub(super) fn fill(&self, owner: Owner<'_>, spec: &Spec) -> Result<Filled, Unfillable> {
        Sources { known: &self.known, owner, secrets: &self.secrets }.fill(spec)
    }

    /// What of a product's outputs may be stored, and digests of the rest. `content` is what went in.
    pub(super) fn storable(
        &self,
        owner: Owner<'_>,
        content: Option<&Content>,
        outputs: &BTreeMap<String, String>,
    ) -> Storable {
        let mut storable = Storable::default();
        for (name, value) in outputs {
            if self.is_sensitive(owner, content, name, value) {
                storable.digests.insert(name.clone(), owner.birth.scope(name).digest(owner.key, value));
            } else {
                storable.outputs.insert(name.clone(), value.clone());
            }
        }
        storable
    }

    /// Whether an output is sensitive: declared as such, one that was so before, or one that holds the text of something
    /// sensitive that went in.
    fn is_sensitive(&self, owner: Owner<'_>, content: Option<&Content>, name: &str, value: &str) -> bool {
        let echoes = |(parameter, stored): (&String, &Stored)| match stored {
            Stored::Digest(digest) => digest.stands_for(owner.key, owner.birth.scope(parameter), value),
            Stored::Text(_) | Stored::Unknown => false,
        };
        let applied = owner.row.and_then(|row| row.applied.as_ref());
        applied.is_some_and(|applied| applied.sensitive_outputs.contains_key(name))
            || content.is_some_and(|content| content.target.options.sensitive_outputs.contains(name))
            || self.secrets.are_in(value)
            || content.is_some_and(|content| content.parameters.iter().any(echoes))
    }

    /// A text of the catalog without anything sensitive that went into `row`, or is known in clear.
    pub(super) fn redact(&self, row: Option<&Row>, key: &DigestKey, text: &str) -> String {
        let digests = row.into_iter().flat_map(Row::digests).collect();
        Redactor { clear: &self.secrets, digests, key }.redact(text)
    }
}

/// What is stored of outputs.
#[derive(Debug, Default)]
pub(super) struct Storable {
    /// The texts that the state may hold.
    pub outputs: BTreeMap<String, String>,
    /// Of the sensitive ones only this.
    pub digests: BTreeMap<String, KeyedDigest>,
}
