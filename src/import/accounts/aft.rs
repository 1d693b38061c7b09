//! Requests of Account Factory for Terraform: `module` blocks with `control_tower_parameters`.

use std::collections::BTreeMap;

use super::super::foreign::{FolderText, OtherFile};
use super::hcl::{HclBlock, HclEach, HclScope, HclValue, read};
use super::{AccountRequest, MOST, RequestedValue, Requests};

const GIVE: &str = "give the `.tf` file with the account requests, or its folder";

/// What a request says beside what becomes parameters.
const BESIDE: [&str; 4] =
    ["account_tags", "change_management_parameters", "custom_fields", "account_customizations_name"];

/// The requests of a folder.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn requests(files: &[FolderText]) -> Result<Requests, OtherFile> {
    let mut blocks = Vec::new();
    for file in files {
        let block =
            read(&file.text).map_err(|why| OtherFile::new(format!("`{}`: {why}", file.shown), GIVE))?;
        blocks.push((file, block));
    }
    let mut scope = HclScope::default();
    for (file, root) in &blocks {
        let is_values = file.path.ends_with(".tfvars");
        for (name, entry) in root.attributes.iter().filter(|_| is_values) {
            scope.variables.insert(name, &entry.value);
        }
        for block in &root.blocks {
            match (block.kind.as_str(), block.labels.first()) {
                ("locals", _) => {
                    scope
                        .locals
                        .extend(block.attributes.iter().map(|(name, entry)| (name.as_str(), &entry.value)));
                }
                ("variable", Some(name)) => {
                    if let Some(default) = block.get("default") {
                        scope.variables.entry(name).or_insert(&default.value);
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = Requests::default();
    for (file, root) in &blocks {
        for block in root.blocks.iter().filter(|block| block.kind == "module") {
            if let Some(name) =
                block.labels.first().filter(|_| block.get("control_tower_parameters").is_some())
            {
                Module { name, block, file, scope: &scope }.requests(&mut found)?;
            }
        }
    }
    Ok(found)
}

/// A module that asks for accounts.
struct Module<'h> {
    name: &'h str,
    block: &'h HclBlock,
    file: &'h FolderText,
    scope: &'h HclScope<'h>,
}

impl<'h> Module<'h> {
    fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.file.shown)
    }

    fn requests(&self, found: &mut Requests) -> Result<(), OtherFile> {
        let at = self.at(self.block.line);
        let origin = format!("module.{}", self.name);
        if let Some(entry) = self.block.get("count") {
            let at = self.at(entry.line);
            found.left.push(format!(
                "{at}: {origin}: `count` is not followed: import it by `import --all --name NAME`"
            ));
            return Ok(());
        }
        let Some(entry) = self.block.get("for_each") else {
            found.all.push(self.request(&origin, self.name, self.scope));
            return self.told(&at, &origin, found);
        };
        let Some(HclValue::Map(entries)) = self.scope.followed(&entry.value) else {
            let what =
                "only Terraform works out what `for_each` goes over: import it by `import --all --name NAME`";
            found.left.push(format!("{}: {origin}: {what}", self.at(entry.line)));
            return Ok(());
        };
        for (key, entry) in entries {
            let each = Some(HclEach { key, value: &entry.value });
            let scope = HclScope { each, ..self.scope.clone() };
            let name = format!("{origin}[\"{key}\"]");
            found.all.push(self.request(&name, &format!("{}-{key}", self.name), &scope));
            if found.all.len() > MOST {
                return Err(super::too_much());
            }
        }
        self.told(&at, &origin, found)
    }

    fn told(&self, at: &str, origin: &str, found: &mut Requests) -> Result<(), OtherFile> {
        let beside = BESIDE.iter().filter(|name| self.block.get(name).is_some());
        let beside: Vec<String> = beside.map(|name| format!("`{name}`")).collect();
        if !beside.is_empty() {
            let what = "Account Factory itself takes none of that";
            found.changed.push(format!("{at}: {origin}: {} left out: {what}", beside.join(", ")));
        }
        if found.all.len() > MOST { Err(super::too_much()) } else { Ok(()) }
    }

    fn request(&self, origin: &str, key: &str, scope: &HclScope<'h>) -> AccountRequest {
        let mut request = AccountRequest::new(origin, key, &self.at(self.block.line));
        let given = self.block.get("control_tower_parameters");
        let given = given.and_then(|entry| scope.followed(&entry.value));
        let nothing = BTreeMap::new();
        let entries = match given {
            Some(HclValue::Map(entries)) => entries,
            _ => &nothing,
        };
        for (name, entry) in entries {
            let value = scope.text(&entry.value).map_err(str::to_owned);
            let at = self.at(entry.line);
            request.parameters.insert(name.clone(), RequestedValue { at, value });
        }
        if let Some(name) = request.text("AccountName") {
            // as AFT calls what it makes
            request.names = vec![name.trim().replace(' ', "-"), name.to_owned()];
        }
        request
    }
}
