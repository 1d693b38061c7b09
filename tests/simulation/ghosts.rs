//! What the world remembers: every operation it accepted, and every product as it looked at any time.

use std::collections::BTreeMap;

use provisor::catalog::{Existing, Seen, Status};
use provisor::model::ids::{ArtifactId, ProductId, ProvisionedId, RecordId, Token};
use provisor::model::kinds::{ProvisionedType, RecordKind};
use provisor::model::time::Timestamp;

pub type Parameters = BTreeMap<String, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Succeeds,
    /// Rolled back: a creation leaves ERROR, all else TAINTED.
    Fails,
    /// As engines other than `CloudFormation` do: even a failed creation is TAINTED.
    Taints,
    /// As `Taints`, because somebody else is busy: it is said to be a matter of time.
    Busy,
}

/// Everything that was ever accepted, and what became of it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: RecordId,
    pub kind: RecordKind,
    pub product: ProvisionedId,
    pub name: String,
    pub artifact: ArtifactId,
    pub parameters: Parameters,
    /// `None`: somebody else's.
    pub token: Option<Token>,
    pub created: i64,
    pub ends: i64,
    pub fate: Fate,
    pub over: bool,
    pub vanished: bool,
}

#[derive(Clone, Debug)]
pub struct Product {
    pub id: ProvisionedId,
    pub name: String,
    /// The token that made it; `None`: somebody else made it.
    pub token: Option<Token>,
    pub shown_token: Option<Token>,
    pub status: Status,
    pub alive: bool,
    pub artifact: ArtifactId,
    pub parameters: Parameters,
    pub last: RecordId,
    pub last_provisioning: RecordId,
    pub last_successful: Option<RecordId>,
    /// What it looked like, and from when on; `None`: gone.
    pub views: Vec<(i64, Option<Existing>)>,
}

impl Product {
    /// Notes how it looks from now on.
    pub fn note(&mut self, now: i64) {
        let seen = self.alive.then(|| Existing {
            id: self.id.clone(),
            name: self.name.clone(),
            arn: format!("arn:aws:servicecatalog:eu-west-1:111122223333:stack/{}", self.id),
            seen: Seen::Read(ProvisionedType::Stack),
            status: self.status.clone(),
            status_message: None,
            token: self.shown_token.clone(),
            last_record: Some(self.last.clone()),
            last_provisioning_record: Some(self.last_provisioning.clone()),
            last_successful_record: self.last_successful.clone(),
            product: Some(ProductId::new("prod-1")),
            artifact: Some(self.artifact.clone()),
            artifact_name: None,
            tags: None,
            user_arn: None,
            physical_id: None,
            asked: Timestamp(now),
        });
        self.views.push((now, seen));
    }

    /// How it looked then.
    pub fn view(&self, then: i64) -> Option<&Existing> {
        self.views.iter().rev().find(|(from, _)| *from <= then).and_then(|(_, view)| view.as_ref())
    }
}

/// What a product gives: a text that moves with its size, one that moves with everything, and one that stays.
pub fn outputs(id: &ProvisionedId, parameters: &Parameters) -> BTreeMap<String, String> {
    let all: String = parameters.iter().map(|(key, value)| format!("{key}={value};")).collect();
    let size = parameters.get("Size").cloned().unwrap_or_default();
    [("Size", size), ("All", all), ("Id", id.to_string())].map(|(key, value)| (key.to_owned(), value)).into()
}
