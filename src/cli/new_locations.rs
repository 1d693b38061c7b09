//! Accounts that came up in another tool's files and that no location is of: written as data, for people to copy from. How they are
//! reached is theirs to say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::declaring::write_new;
use super::edge::Edge;
use crate::import::{FileOrigin, location_data};
use crate::model::text::count;
use crate::workspace::{Discovery, Problem, SETTINGS, Workspace};

/// A file of locations that is about to be written.
pub struct NewLocations {
    path: PathBuf,
    text: String,
    accounts: usize,
}

impl NewLocations {
    /// What there is to write, if there is any: never where declarations are read from.
    pub fn of(discovery: &Discovery, workspace: &Workspace<'_>, origin: &FileOrigin) -> Option<Self> {
        let settings = &workspace.repo.settings;
        let accounts = &discovery.conversion.as_ref()?.accounts;
        let at = discovery.found.first().and_then(|found| settings.locations.get(&found.location));
        let at = at.or_else(|| settings.locations.values().next().filter(|_| settings.locations.len() == 1));
        let accounts = workspace.new_accounts(accounts, at.map(|location| location.region.as_str()));
        let is_read = |name: &String| Path::new(name).components().all(|part| part.as_os_str() == ".");
        if accounts.is_empty() || settings.declarations.iter().any(is_read) {
            return None;
        }
        let entries: BTreeSet<String> =
            settings.locations.values().map(|location| location.account.clone()).collect();
        let how = "how they are reached is for you to say, such as by a `role_arn` in `location_defaults`";
        let origin =
            [format!("{}.", origin.sentence), format!("Accounts as `locations:` takes them: {how}.")];
        let checkout = &workspace.repo.checkout;
        let mut names = (1..).map(|n| match n {
            1 => PathBuf::from("locations-new.yaml"),
            n => PathBuf::from(format!("locations-new-{n}.yaml")),
        });
        let path = names.find(|path| !checkout.has(path))?;
        Some(Self { path, text: location_data(&accounts, &entries, &origin), accounts: accounts.len() })
    }

    /// What would be written.
    pub fn shown(&self) -> String {
        let lines = self.text.lines().take(40).map(|line| format!("    {line}\n"));
        let head =
            format!("# {} would be written ({})\n", self.path.display(), count(self.accounts, "account"));
        head + &lines.collect::<String>() + "\n"
    }

    pub fn write(&self, workspace: &Workspace<'_>, edge: &Edge) -> Result<(), Problem> {
        write_new(&self.path, &self.text, &workspace.repo.checkout, edge)
    }

    /// What is to be done with it.
    pub fn advice(&self) -> String {
        let path = self.path.display();
        format!("copy what you need of `{path}` below `locations:` of {SETTINGS}, and say how it is reached")
    }
}
