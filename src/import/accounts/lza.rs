//! `accounts-config.yaml` of the Landing Zone Accelerator: all accounts of an organization, and the ids of some.

use super::super::foreign::{FolderText, OtherFile};
use super::super::marked::{Marked, read};
use super::{AccountRequest, RequestedValue, Requests};

const GIVE: &str = "give the `accounts-config.yaml` of the Landing Zone Accelerator";

/// The requests of a configuration.
///
/// # Errors
/// A file that cannot be read, and one of another kind.
pub(super) fn requests(files: &[FolderText]) -> Result<Requests, OtherFile> {
    let mut found = Requests::default();
    for file in files {
        let root = read(&file.text)?;
        if root.get("workloadAccounts").is_none() && root.get("mandatoryAccounts").is_none() {
            let message = "this is no `accounts-config.yaml`: it has no `workloadAccounts`";
            return Err(OtherFile::new(message, GIVE));
        }
        for section in ["mandatoryAccounts", "workloadAccounts"] {
            let Some(accounts) = root.get(section) else { continue };
            if let Some(tag) = &accounts.tag {
                let at = format!("{}:{}", file.shown, accounts.line);
                found.left.push(format!(
                    "{at}: `{section}` stands in another file (`!{tag}`): give that below its name"
                ));
            }
            if section == "mandatoryAccounts" {
                let at = format!("{}:{}", file.shown, accounts.line);
                let what =
                    "the landing zone's own accounts are declared only where Account Factory made them";
                found.changed.push(format!("{at}: `{section}`: {what}"));
            }
            for account in accounts.items() {
                let request = request(account, file, &mut found);
                found.all.extend(request.map(|request| AccountRequest {
                    // those are the landing zone's own: no Account Factory made them
                    is_likely: section == "mandatoryAccounts",
                    ..request
                }));
            }
        }
        for account in root.get("accountIds").map(Marked::items).unwrap_or_default() {
            let text = |key: &str| account.get(key).and_then(Marked::text).map(str::to_owned);
            found.known.extend(text("email").zip(text("accountId")));
        }
    }
    Ok(found)
}

fn request(account: &Marked, file: &FolderText, found: &mut Requests) -> Option<AccountRequest> {
    let at = |line: usize| format!("{}:{line}", file.shown);
    let text = |key: &str| account.get(key).and_then(Marked::text).map(str::to_owned);
    let (Some(name), Some(email)) = (text("name"), text("email")) else {
        found.left.push(format!("{}: an account has no `name` or no `email`", at(account.line)));
        return None;
    };
    let mut request = AccountRequest::new(&name, &name, &at(account.line));
    let unit = text("organizationalUnit");
    // as the accelerator asks for it
    let parameters = [
        ("AccountEmail", Some(email.clone())),
        ("AccountName", Some(name.clone())),
        ("ManagedOrganizationalUnit", unit),
        ("SSOUserEmail", Some(email)),
        ("SSOUserFirstName", Some(name.clone())),
        ("SSOUserLastName", Some(name.clone())),
    ];
    for (key, value) in parameters {
        let value = value.map(|text| RequestedValue { at: at(account.line), value: Ok(text) });
        request.parameters.extend(value.map(|value| (key.to_owned(), value)));
    }
    for (key, value) in account.pairs() {
        if !["name", "email", "organizationalUnit", "description"].contains(&&**key) {
            let what = "Account Factory itself takes no such thing";
            found.changed.push(format!("{}: {name}: `{key}` is left out: {what}", at(value.line)));
        }
    }
    request.names = vec![name.clone()];
    Some(request)
}
