//! What another tool's file says that exists: plain data, before the catalog was asked about it.

use std::collections::{BTreeMap, BTreeSet};

use super::found::FoundValue;
use provisor_model::kinds::ProvisionedType;
use provisor_model::product::{ArtifactSelector, OnRemoval, Preferences, Selector};
use provisor_model::secret::Secret;

/// A file of a folder that was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderText {
    /// The way to it from that folder, such as `launches/network.yaml`.
    pub path: String,
    /// What it is called in sentences.
    pub shown: String,
    /// What it holds.
    pub text: String,
}

/// What a file of another tool holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignFile {
    /// What can be looked for. Their keys are unique.
    pub products: Vec<ForeignProduct>,
    /// Accounts that the file tells: each could be a location.
    pub accounts: Vec<ForeignAccount>,
    /// What cannot be carried over, and why: a sentence each.
    pub left: Vec<String>,
    /// What is carried over otherwise than it was: a sentence each.
    pub changed: Vec<String>,
    /// Sensitive texts that stand in it, whatever they are for: to be found where they come out again, and never written.
    pub secrets: Vec<Secret>,
    /// What such a file does not tell, or what is to be done in the other tool: a sentence each.
    pub advice: Vec<String>,
}

/// An account of another tool's file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignAccount {
    /// What it is called there.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its region, where that is told.
    pub region: Option<String>,
}

/// A provisioned product as another tool's file describes it. What it leaves open is as it is in the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignProduct {
    /// What it is called in the file.
    pub origin: String,
    /// Where it stands there: the file and the line, where that helps.
    pub at: Option<String>,
    /// What it is called in declarations.
    pub key: String,
    /// By what it is found.
    pub which: Selector,
    /// By what else, where that finds nothing: other names, or the account that it is.
    pub also: Vec<Selector>,
    /// Of which type it has to be.
    pub kind: Option<ProvisionedType>,
    /// The e-mail address of the account that it is.
    pub email: Option<String>,
    /// The account it is in.
    pub account_id: Option<String>,
    /// The region it is in.
    pub region: Option<String>,
    /// What it is one of: the id, where the file has it.
    pub product: Option<Selector>,
    /// The version, likewise.
    pub artifact: Option<ArtifactSelector>,
    /// The name of the launch path.
    pub path_name: Option<String>,
    /// `AcceptLanguage`, where it is not English.
    pub accept_language: Option<String>,
    /// The parameters that are given.
    pub parameters: BTreeMap<String, FoundValue>,
    /// The parameters that are sensitive, given or not.
    pub hidden: BTreeSet<String>,
    /// All of its parameters are, those too that the file does not name.
    pub hides_all: bool,
    /// What sensitive parameters hold, as far as the file tells: to be found where it comes out again, and never written.
    pub secrets: BTreeMap<String, Secret>,
    /// Those that are only given where the product has one of that name.
    pub offers: BTreeMap<String, ForeignOffer>,
    /// The file does not tell for sure that it is there: if it is not, nothing is missing.
    pub is_likely: bool,
    /// The tags that it is given.
    pub tags: ForeignTags,
    /// `NotificationArns`
    pub notification_arns: Vec<String>,
    /// How a stack set spreads.
    pub preferences: Option<Preferences>,
    /// How long operations may take: `provision`, `update`, `terminate`.
    pub timeouts: BTreeMap<String, String>,
    /// What its removal does.
    pub on_removal: OnRemoval,
    /// What comes first, by key, or by key and location: `network@hub/eu-west-1`.
    pub depends_on: BTreeSet<String>,
    /// What it gives, as far as the file tells.
    pub outputs: BTreeMap<String, String>,
    /// The outputs that are sensitive.
    pub sensitive_outputs: BTreeSet<String>,
    /// What whoever reads the declaration should know.
    pub remarks: Vec<String>,
}

impl ForeignProduct {
    /// Of which nothing is known but what it is called and by what it is found.
    #[must_use]
    pub fn new(origin: String, which: Selector) -> Self {
        Self {
            origin,
            at: None,
            key: String::new(),
            which,
            also: Vec::new(),
            kind: None,
            email: None,
            account_id: None,
            region: None,
            product: None,
            artifact: None,
            path_name: None,
            accept_language: None,
            parameters: BTreeMap::new(),
            hidden: BTreeSet::new(),
            hides_all: false,
            secrets: BTreeMap::new(),
            offers: BTreeMap::new(),
            is_likely: false,
            tags: ForeignTags::AtLeast(BTreeMap::new()),
            notification_arns: Vec::new(),
            preferences: None,
            timeouts: BTreeMap::new(),
            on_removal: OnRemoval::default(),
            depends_on: BTreeSet::new(),
            outputs: BTreeMap::new(),
            sensitive_outputs: BTreeSet::new(),
            remarks: Vec::new(),
        }
    }

    /// What it is called in the file, and where it stands there, as far as that is told.
    #[must_use]
    pub fn placed(&self) -> String {
        let at = self.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
        format!("{at}{}", self.origin)
    }

    /// Both, so that it is found again in its own tool.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.which {
            Selector::Name(name) if *name == self.origin => self.placed(),
            which => format!("{} ({which})", self.placed()),
        }
    }
}

/// A parameter that is given where the product has one of that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignOffer {
    /// What it is; `None`: what is there stays.
    pub value: Option<FoundValue>,
    /// Texts that it may be as well: if one of them is there, that is meant.
    pub or: Vec<String>,
    /// What is to be told of that, where the product has it.
    pub told: Option<String>,
    /// What is to be told where the product has none of that name.
    pub lacking: Option<String>,
}

/// Tags, as a file tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignTags {
    /// These, and whatever else is there.
    AtLeast(BTreeMap<String, String>),
    /// These and no others.
    Exactly(BTreeMap<String, String>),
}

/// That a file is not what it was taken for. Nothing of what stands in it is repeated: it may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherFile {
    /// What it is, or where it cannot be read.
    pub message: String,
    /// What to give instead.
    pub hint: String,
}

impl OtherFile {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}
