//! The form of what a plan is made of: identifiers, places, templates, preferences, and the intents that `Settle` carries.
//! Part of the format: a change here is a change of it, and of its version.

use std::time::Duration;

use super::form::{Form, mirror};
use crate::dto::content::{ContentDto, Parts, PreferencesDto};
use crate::model::ids::{
    AccountId, Address, ArtifactId, Key, Lineage, LocationName, PathId, ProductId, ProvisionedId, RecordId,
    Region, Token,
};
use crate::model::kinds::RecordKind;
use crate::model::secret::KeyedDigest;
use crate::model::target::Named;
use crate::model::time::Timestamp;
use crate::model::{product, template};
use crate::state;

macro_rules! texts {
    ($($id:ident),*) => { $(
        impl Form<String> for $id {
            fn write(&self) -> String {
                self.as_str().to_owned()
            }
            fn read(file: String) -> Self {
                Self::new(file)
            }
        }
    )* };
}
texts!(
    AccountId,
    ArtifactId,
    Key,
    Lineage,
    LocationName,
    PathId,
    ProductId,
    ProvisionedId,
    RecordId,
    Region,
    Token
);

/// `[key, location]`
pub(super) type AddressPair = (String, String);

impl Form<AddressPair> for Address {
    fn write(&self) -> AddressPair {
        (self.key.write(), self.location.write())
    }
    fn read((key, location): AddressPair) -> Self {
        Self::new(key, location)
    }
}

/// `[name, id]`
pub(super) type NamePair = (String, String);

impl<T: Form<String>> Form<NamePair> for Named<T> {
    fn write(&self) -> NamePair {
        (self.name.clone(), self.id.write())
    }
    fn read((name, id): NamePair) -> Self {
        Self { id: T::read(id), name }
    }
}

impl Form<String> for KeyedDigest {
    fn write(&self) -> String {
        self.0.clone()
    }
    fn read(file: String) -> Self {
        Self(file)
    }
}

impl Form<String> for RecordKind {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }
    fn read(file: String) -> Self {
        Self::parse(&file)
    }
}

impl Form<String> for u128 {
    fn write(&self) -> String {
        if *self == 0 { String::new() } else { format!("{self:032x}") }
    }
    fn read(file: String) -> Self {
        Self::from_str_radix(&file, 16).unwrap_or_default()
    }
}

impl Form<i64> for Timestamp {
    fn write(&self) -> i64 {
        self.0
    }
    fn read(file: i64) -> Self {
        Self(file)
    }
}

impl Form<Vec<Piece>> for template::Template {
    fn write(&self) -> Vec<Piece> {
        self.pieces().iter().map(Form::write).collect()
    }
    fn read(file: Vec<Piece>) -> Self {
        Self::of(file.into_iter().map(Form::read))
    }
}

mirror!(enum Piece of template::Piece { Text[text: String], Reference[reference: Reference], InJson[reference: Reference] });

mirror!(struct Reference of template::Reference { of: AddressPair, what: Attribute });

mirror!(enum Attribute of template::Attribute { Output { key: String, index: Option<usize> }, Id, Arn });

mirror!(struct Place of state::Home {
    account: String,
    region: String,
    #[serde(default = "CatalogKind::unknown", skip_serializing_if = "CatalogKind::is_unknown")]
    catalog: CatalogKind,
});

mirror!(enum CatalogKind of state::CatalogKind { Aws, Sandbox, Custom, Unknown });

mirror!(enum OnRemoval of product::OnRemoval { Terminate, RetainPhysicalResources, Forget });

mirror!(struct Lifecycle of product::Lifecycle {
    prevent_terminate: bool,
    on_removal: OnRemoval,
    // came later: absent where it says nothing, so that older plans read and hash as they did
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terminate_timeout: Option<Duration>,
});

impl Form<PreferencesDto> for product::Preferences {
    fn write(&self) -> PreferencesDto {
        self.into()
    }
    fn read(file: PreferencesDto) -> Self {
        file.into()
    }
}

mirror!(struct Intent of state::Intent {
    op_no: u64,
    kind: Kind,
    token: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Author>,
    request_digest: String,
    base_record: Option<String>,
    born: i64,
    sent: i64,
    sign_by: i64,
    phase: Phase,
    content: Option<Content>,
});

mirror!(struct Author of state::Author { run: String, who: String, from: String, commit: Option<String> });

mirror!(enum Kind of state::Kind { Provision, Update, Terminate, Retain });

mirror!(enum Phase of state::Phase { Intended, Accepted[record: String] });

pub(super) type Content = ContentDto<Stored, String>;

impl Form<Content> for state::Content {
    fn write(&self) -> Content {
        let Self { target, parameters, tags } = self;
        Content::new(target, parameters.write(), tags.clone())
    }
    fn read(file: Content) -> Self {
        let Parts { target, parameters, tags } = file.parts();
        Self { target, parameters: Form::read(parameters), tags }
    }
}

mirror!(enum Stored of state::Stored { Text[text: String], Digest[digest: String], Unknown });

impl CatalogKind {
    fn unknown() -> Self {
        Self::Unknown
    }

    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl Place {
    /// What answers for AWS is no part of what is done.
    pub(super) fn forget_catalog(&mut self) {
        self.catalog = CatalogKind::Unknown;
    }
}

impl Intent {
    /// Leaves only what would be sent, and how far it got.
    pub(super) fn forget_when(&mut self) {
        (self.op_no, self.born, self.sent, self.sign_by) = (0, 0, 0, 0);
        self.nonce.clear();
        self.by = None;
    }

    /// Leaves no digest of a secret, nor of the request that holds it; the token stands for that.
    pub(super) fn forget_digests(&mut self) {
        self.request_digest.clear();
        let parameters = self.content.iter_mut().flat_map(|content| content.values_mut().0);
        for value in parameters {
            if let Stored::Digest(digest) = value {
                "secret".clone_into(digest);
            }
        }
    }
}
