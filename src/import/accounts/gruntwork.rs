//! Account requests of Gruntwork: a file for each, and a list of the accounts that there are.

use super::super::foreign::{FolderText, OtherFile};
use super::super::marked::{Marked, read};
use super::{AccountRequest, RequestedValue, Requests};

/// What a field is called by the Account Factory.
const FIELDS: [(&str, &str); 6] = [
    ("account_email", "AccountEmail"),
    ("account_name", "AccountName"),
    ("organizational_unit_name", "ManagedOrganizationalUnit"),
    ("sso_user_email", "SSOUserEmail"),
    ("sso_user_first_name", "SSOUserFirstName"),
    ("sso_user_last_name", "SSOUserLastName"),
];

/// The requests of a folder.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn requests(files: &[FolderText]) -> Result<Requests, OtherFile> {
    let mut found = Requests::default();
    for file in files {
        let within =
            |error: OtherFile| OtherFile { message: format!("`{}`: {}", file.shown, error.message), ..error };
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")).unwrap_or(name);
        if stem == "accounts" {
            known(&read(&file.text).map_err(within)?, &mut found);
        } else if let Some(account) = stem.strip_prefix("account-") {
            let root = read(&file.text).map_err(within)?;
            let request = request(account, &root, file, &mut found);
            found.all.push(request);
        }
    }
    Ok(found)
}

/// `accounts.yml`: names, with the ids that they have.
fn known(root: &Marked, found: &mut Requests) {
    for (name, account) in root.pairs() {
        let id = account.get("id").or_else(|| account.get("account_id")).and_then(Marked::text);
        found.known.extend(id.map(|id| (name.clone(), id.to_owned())));
    }
}

fn request(account: &str, root: &Marked, file: &FolderText, found: &mut Requests) -> AccountRequest {
    let at = |line: usize| format!("{}:{line}", file.shown);
    let mut request = AccountRequest::new(account, account, &at(root.line));
    for (key, value) in root.pairs() {
        let Some((_, parameter)) = FIELDS.iter().find(|(field, _)| field == key) else {
            let what = "Account Factory itself takes no such thing";
            found.changed.push(format!("{}: {account}: `{key}` is left out: {what}", at(value.line)));
            continue;
        };
        let text = value.text().map(str::to_owned).ok_or_else(|| "it is no text".to_owned());
        request
            .parameters
            .insert((*parameter).to_owned(), RequestedValue { at: at(value.line), value: text });
    }
    let named = || RequestedValue { at: at(root.line), value: Ok(account.to_owned()) };
    request.parameters.entry("AccountName".to_owned()).or_insert_with(named);
    let name = request.text("AccountName").unwrap_or(account).to_owned();
    request.names = vec![name.replace(' ', "-"), name];
    request
}
