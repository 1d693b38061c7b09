//! Sensitive values that are known come out again: as an output, in another parameter, in a tag, in the catalog's words. What was found
//! is told without them; what shows one where nothing can be secret is left.

use std::collections::BTreeSet;

use super::unclaimed::Discovery;
use super::{Problem, Repo};
use crate::import::{FoundProduct, FoundValue};
use crate::model::secret::{DigestKey, Redactor, Secret, Secrets};
use crate::observe::CatalogProduct;
use crate::state::Recorded;

/// Texts of fewer bytes stand in others by accident: they count only as the whole.
const LONG: usize = 8;

/// Texts of fewer bytes are anybody's.
const SHORTEST: usize = 4;

/// What nobody is to see, as it is looked for.
struct KnownSecrets {
    /// As an apply looks for it in outputs.
    all: Secrets,
    /// Those that are long enough to be found inside other texts.
    long: Secrets,
    /// The others, as a whole.
    short: BTreeSet<String>,
}

impl KnownSecrets {
    fn of(secrets: &[Secret]) -> Self {
        let is_long = |secret: &&Secret| secret.expose().trim().len() >= LONG;
        let short = secrets.iter().filter(|secret| !is_long(secret)).map(|one| one.expose().trim());
        Self {
            all: secrets.iter().cloned().collect(),
            long: secrets.iter().filter(is_long).cloned().collect(),
            short: short.filter(|text| text.len() >= SHORTEST).map(str::to_owned).collect(),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        self.short.contains(text.trim()) || self.long.are_in(text)
    }

    /// What of it shows one of them where nothing can be secret.
    fn shown_by(&self, found: &FoundProduct) -> Option<String> {
        if self.long.are_in(&found.name) {
            return Some("its name".to_owned());
        }
        let mut tags = found.tags.iter();
        let (tag, _) = tags.find(|(key, text)| self.is_in(key) || self.is_in(text))?;
        Some(format!("its tag `{}`", self.redacted(tag)))
    }

    fn redacted(&self, text: &str) -> String {
        let key = DigestKey::new([0; 32]);
        Redactor { clear: &self.all, digests: Vec::new(), key: &key }.redact(text)
    }
}

impl Repo<'_> {
    /// Every sensitive value that was given.
    pub(super) fn given_secrets(&self) -> impl Iterator<Item = Secret> + '_ {
        let variables = self.settings.variables.values().filter(|variable| variable.sensitive);
        let values = variables.filter_map(|variable| variable.value.as_deref());
        let values = values.filter(|value| !super::unset::is_open(value)).map(Secret::new);
        self.settings.secrets.iter().cloned().chain(values)
    }

    /// The rows as they may be shown: what turned out to be a secret after it was stored is one there too.
    ///
    /// # Errors
    /// A state that cannot be used.
    pub fn shown(&self) -> Result<Recorded, Problem> {
        let snapshot = self.snapshot()?;
        let key = snapshot.as_ref().and_then(|snapshot| snapshot.key.clone());
        let mut recorded = Self::rows(snapshot);
        let given: Vec<Secret> = self.given_secrets().collect();
        if let Some(key) = key.filter(|_| !given.is_empty()) {
            let secrets: Secrets = given.into_iter().collect();
            recorded.rows.values_mut().for_each(|row| row.veil(&secrets, &key));
        }
        Ok(recorded)
    }

    /// Names of what exists, as they may be shown.
    pub(super) fn told(&self, names: BTreeSet<&str>) -> BTreeSet<String> {
        let hidden = KnownSecrets::of(&self.given_secrets().collect::<Vec<_>>());
        names.into_iter().map(|name| hidden.redacted(name)).collect()
    }

    /// Products of the catalog, as they may be shown: whoever provisioned something else may have called it as a secret.
    pub(super) fn hiding(&self, mut products: Vec<CatalogProduct>) -> Vec<CatalogProduct> {
        let hidden = KnownSecrets::of(&self.given_secrets().collect::<Vec<_>>());
        for user in products.iter_mut().flat_map(|product| &mut product.users) {
            if user.address.is_none() {
                user.name = hidden.redacted(&user.name);
            }
        }
        products
    }

    /// Redacts these too.
    #[must_use]
    pub fn knowing(mut self, secrets: &[Secret]) -> Self {
        self.settings.secrets.extend(secrets.iter().cloned());
        self
    }
}

impl Discovery {
    /// Without what nobody is to see.
    pub(super) fn hidden(mut self, secrets: Vec<Secret>) -> Self {
        let hidden = KnownSecrets::of(&secrets);
        for found in &mut self.found {
            hide(found, &hidden);
        }
        let shown: Vec<(usize, String)> = self
            .found
            .iter()
            .enumerate()
            .filter_map(|(n, found)| Some((n, hidden.shown_by(found)?)))
            .collect();
        for (n, what) in shown.into_iter().rev() {
            self.leave(n, &format!("{what} shows what is sensitive, and only parameters can be secret: change that, then import again"));
        }
        for sentence in self.conversion.iter_mut().flat_map(|conversion| &mut conversion.changed) {
            *sentence = hidden.redacted(sentence);
        }
        for left in &mut self.left {
            left.sentence = hidden.redacted(&left.sentence);
        }
        for (who, names) in std::mem::take(&mut self.by_others) {
            let names = names.iter().map(|name| hidden.redacted(name));
            self.by_others.entry(hidden.redacted(&who)).or_default().extend(names);
        }
        self.secrets = secrets;
        self
    }
}

fn hide(found: &mut FoundProduct, hidden: &KnownSecrets) {
    let outputs = found.outputs.iter().filter(|(_, text)| hidden.all.are_in(text));
    let outputs: Vec<String> = outputs.map(|(key, _)| key.clone()).collect();
    found.sensitive_outputs.extend(outputs);
    for (key, value) in found.parameters.iter_mut().chain(&mut found.defaults) {
        if value.sent().is_some_and(|text| hidden.is_in(&text)) {
            *value = FoundValue::Sensitive;
            found.searched.insert(key.clone());
        }
    }
    for remark in &mut found.remarks {
        *remark = hidden.redacted(remark);
    }
}
