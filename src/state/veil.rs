//! What turned out to be a secret after it was stored: a row as it would be if that had been known. Nothing is written here.

use std::collections::BTreeMap;

use super::{Birth, Content, Row, Stored};
use provisor_model::secret::{DigestKey, Redactor, Secrets};

impl Row {
    /// Hides these wherever they stand in it.
    pub fn veil(&mut self, secrets: &Secrets, key: &DigestKey) {
        let redactor = Redactor { clear: secrets, digests: Vec::new(), key };
        let birth = self.version.birth;
        if let Some(applied) = &mut self.applied {
            applied.content.veil(birth, &redactor);
            let held = applied.outputs.extract_if(.., |_, text| secrets.are_in(text));
            let held: BTreeMap<String, String> = held.collect();
            for (name, text) in held {
                let digest = birth.scope(&name).digest(key, &text);
                applied.content.target.options.sensitive_outputs.insert(name.clone());
                applied.sensitive_outputs.insert(name, digest);
            }
        }
        if let Some(content) = self.intent.as_mut().and_then(|intent| intent.content.as_mut()) {
            content.veil(birth, &redactor);
        }
        if let Some(failure) = &mut self.last_failure {
            failure.message = redactor.redact(&failure.message);
        }
    }
}

impl Content {
    fn veil(&mut self, birth: Birth, redactor: &Redactor<'_>) {
        for (name, value) in &mut self.parameters {
            if let Stored::Text(text) = value
                && redactor.clear.are_in(text)
            {
                *value = Stored::Digest(birth.scope(name).digest(redactor.key, text));
            }
        }
        self.tags.values_mut().for_each(|text| *text = redactor.redact(text));
    }
}
