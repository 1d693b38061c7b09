//! Requests for accounts, as other tools keep them: each is a provisioned product of Control Tower's Account Factory, and an account that
//! there may be a location for.

mod aft;
mod gruntwork;
mod hcl;
mod lza;

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::{FolderText, ForeignAccount, ForeignFile, ForeignOffer, ForeignProduct, OtherFile};
use super::found::FoundValue;
use super::names::free;
use provisor_model::kinds::ProvisionedType;
use provisor_model::product::Selector;

/// Whose requests they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountTool {
    /// Account Factory for Terraform.
    Aft,
    /// Gruntwork's Account Factory.
    Gruntwork,
    /// The Landing Zone Accelerator.
    Lza,
}

/// No organization has as many accounts.
const MOST: usize = 5_000;

/// What one request says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AccountRequest {
    /// What it is called there.
    origin: String,
    key: String,
    /// Where it stands: a file and a line.
    at: String,
    /// What its provisioned product may be called.
    names: Vec<String>,
    parameters: BTreeMap<String, RequestedValue>,
    /// There need be none.
    is_likely: bool,
}

/// A parameter, or why it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RequestedValue {
    at: String,
    value: Result<String, String>,
}

impl AccountRequest {
    fn new(origin: &str, key: &str, at: &str) -> Self {
        Self { origin: origin.to_owned(), key: key.to_owned(), at: at.to_owned(), ..Self::default() }
    }

    fn text(&self, parameter: &str) -> Option<&str> {
        self.parameters.get(parameter)?.value.as_deref().ok()
    }
}

/// What the files of a tool say.
#[derive(Clone, Debug, Default)]
struct Requests {
    all: Vec<AccountRequest>,
    /// The ids of accounts, by name or e-mail address.
    known: BTreeMap<String, String>,
    left: Vec<String>,
    changed: Vec<String>,
}

fn too_much() -> OtherFile {
    OtherFile::new(format!("there are more than {MOST} requests"), "give some of the files at a time")
}

/// What the requests of a tool say that exists.
///
/// # Errors
/// A file that cannot be read, and one of another kind.
pub fn account_requests(tool: AccountTool, files: &[FolderText]) -> Result<ForeignFile, OtherFile> {
    let Requests { all, known, left, changed } = match tool {
        AccountTool::Aft => aft::requests(files)?,
        AccountTool::Gruntwork => gruntwork::requests(files)?,
        AccountTool::Lza => lza::requests(files)?,
    };
    if all.len() > MOST {
        return Err(too_much());
    }
    let mut found = ForeignFile { left, changed, ..ForeignFile::default() };
    let names: BTreeMap<&str, &str> =
        all.iter().filter_map(|one| Some((one.text("AccountEmail")?, one.text("AccountName")?))).collect();
    found.accounts =
        known.iter().map(|(key, id)| known_account(names.get(&**key).unwrap_or(&&**key), id)).collect();
    let mut taken = BTreeSet::new();
    for mut request in all {
        request.key = free(&request.key, &mut taken);
        match product(&request, &known) {
            Some(product) => found.products.push(product),
            None => {
                let what = "neither its name nor its e-mail address is told";
                found.left.push(format!("{}: {}: {what}", request.at, request.origin));
            }
        }
    }
    if !found.products.is_empty() {
        let advice = match tool {
            AccountTool::Aft => {
                "AFT manages them still: take the requests out of its repository; that closes no account"
            }
            AccountTool::Gruntwork => {
                "Gruntwork's pipeline manages them still: take them out of its state by `terraform state rm`, and then their files away"
            }
            AccountTool::Lza => {
                "the accelerator makes accounts that are missing, and removes none: nothing is to be done there"
            }
        };
        found.advice.push(advice.to_owned());
        found.advice.push(
            "what is no longer declared is terminated, an account too: `lifecycle: {prevent_terminate: true}` keeps it"
                .to_owned(),
        );
    }
    Ok(found)
}

fn known_account(name: &str, id: &str) -> ForeignAccount {
    ForeignAccount { name: name.to_owned(), id: id.to_owned(), region: None }
}

/// What is looked for: by the account, by its names, by its address.
fn product(request: &AccountRequest, known: &BTreeMap<String, String>) -> Option<ForeignProduct> {
    let email = request.text("AccountEmail");
    let name = request.text("AccountName");
    let first = request.names.first().map(String::as_str).or(email)?;
    let mut product = ForeignProduct::new(request.origin.clone(), Selector::Name(first.to_owned()));
    product.at = Some(request.at.clone());
    product.key = request.key.clone();
    product.kind = Some(ProvisionedType::Account);
    product.is_likely = request.is_likely;
    let id = [name, email].into_iter().flatten().find_map(|key| known.get(key));
    product.also = id.map(|id| Selector::Id(id.clone())).into_iter().collect();
    product.also.extend(request.names.iter().skip(1).cloned().map(Selector::Name));
    product.email = email.map(str::to_owned);
    for (key, value) in &request.parameters {
        let told = |what: &str| Some(format!("{}: {}: `{key}` {what}", value.at, request.origin));
        let offer = match &value.value {
            Ok(text) => ForeignOffer {
                value: Some(FoundValue::Text(text.clone())),
                lacking: told("is left out: its product has no such parameter"),
                ..ForeignOffer::default()
            },
            Err(why) => {
                ForeignOffer { told: told(&format!("is as it is there: {why}")), ..ForeignOffer::default() }
            }
        };
        product.offers.insert(key.clone(), offer);
    }
    Some(product)
}
