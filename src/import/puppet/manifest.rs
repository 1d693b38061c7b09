//! A manifest with all that stands beside it: sections in folders of their own, `manifests/`, `capabilities/`, properties, and
//! the functions that are filled in before anything is read.

use std::collections::{BTreeMap, BTreeSet};

use super::super::foreign::{FolderText, OtherFile};
use super::item::{ItemKind, ItemPlace, PuppetItem};
use super::properties::{FileProperty, properties};
use super::told::{PuppetReport, some};
use super::{PUPPET_FOLDERS, PuppetFolder};

/// What a manifest holds, and folders beside it may add to.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    PUPPET_FOLDERS.into_iter().take_while(|name| *name != "parameters")
}

/// No text is as large as this when its functions are filled in.
const LARGEST: usize = 64 << 20;

const GIVE: &str = "give the `manifest.yaml` of aws-service-catalog-puppet, as it stands in its folder";

/// A manifest in one piece.
pub(super) struct Manifest {
    pub root: PuppetItem,
    /// The account that Puppet runs in, as far as that is told.
    pub puppet_account: Option<String>,
}

/// Puts a manifest together.
///
/// # Errors
/// A file that cannot be read, and one of another kind.
pub(super) fn manifest(folder: &PuppetFolder, told: &mut PuppetReport) -> Result<Manifest, OtherFile> {
    let mut accounts = accounts_told(&folder.beside);
    if accounts.len() > 1 && folder.account_id.is_none() {
        let what =
            "properties of several accounts stand beside the manifest: give Puppet's by `--puppet-account`";
        told.changed.push(format!("{what} ({})", some(accounts.iter().map(String::as_str))));
        accounts.clear();
    }
    let mut assembly = Assembly {
        puppet_account: folder.account_id.clone().or_else(|| accounts.pop_first()),
        functions: BTreeMap::new(),
        told,
    };
    assembly.functions(folder)?;
    let mut root = assembly.tree(&folder.manifest)?;
    if root.get("Resources").is_some() {
        return Err(OtherFile::new("this is a template", "give it to `--from-cloudformation`"));
    }
    let ItemKind::Map(_) = root.kind else {
        return Err(OtherFile::new("this is no manifest: it is no map", GIVE));
    };
    // what is expanded holds all that stands beside it
    if !folder.manifest.path.ends_with("-expanded.yaml") {
        for section in sections().chain(["parameters", "mappings"]) {
            for text in beside(folder, section) {
                let own = assembly.tree(text)?;
                assembly.section(&mut root, section, own);
            }
        }
        for text in beside(folder, "manifests") {
            let more = assembly.tree(text)?;
            assembly.manifests(&mut root, more);
        }
        for text in beside(folder, "capabilities") {
            root.overlay(assembly.tree(text)?);
        }
        assembly.properties(folder, &mut root)?;
    }
    let mut known = sections().chain(["accounts", "cfct"]);
    if !known.any(|section| root.get(section).is_some()) {
        let message = "this is no manifest: it has neither `launches` nor `accounts`";
        return Err(OtherFile::new(message, GIVE));
    }
    Ok(Manifest { root, puppet_account: assembly.puppet_account })
}

/// The files of a folder beside the manifest.
fn beside<'f>(folder: &'f PuppetFolder, name: &str) -> impl Iterator<Item = &'f FolderText> {
    folder.beside.iter().filter(move |text| text.path.split_once('/').is_some_and(|(at, _)| at == name))
}

/// The accounts that have files of properties of their own.
fn accounts_told(beside: &[FolderText]) -> BTreeSet<String> {
    let of = |text: &FolderText| {
        let stem = text.path.strip_suffix(".properties")?;
        let id = stem.rsplit_once('-')?.1;
        (id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
    };
    beside.iter().filter_map(of).collect()
}

struct Assembly<'t> {
    puppet_account: Option<String>,
    /// `Custom::X` and `AWS::PuppetAccountId`, with what they stand for.
    functions: BTreeMap<String, String>,
    told: &'t mut PuppetReport,
}

impl Assembly<'_> {
    fn functions(&mut self, folder: &PuppetFolder) -> Result<(), OtherFile> {
        for text in self.of_this_account(folder, "intrinsic-functions") {
            for one in self.read_properties(text, "Custom")? {
                self.functions.insert(format!("{}::{}", one.section, one.name), one.value);
            }
        }
        let account = self.puppet_account.clone();
        self.functions.extend(account.map(|account| ("AWS::PuppetAccountId".to_owned(), account)));
        Ok(())
    }

    /// `NAME.properties`, and the one of this account, which wins.
    fn of_this_account<'f>(&self, folder: &'f PuppetFolder, stem: &str) -> Vec<&'f FolderText> {
        let own = self.puppet_account.as_ref().map(|id| format!("{stem}-{id}.properties"));
        let names = [Some(format!("{stem}.properties")), own];
        let find = |name: String| folder.beside.iter().find(|text| text.path == name);
        names.into_iter().flatten().filter_map(find).collect()
    }

    fn read_properties(&self, text: &FolderText, section: &str) -> Result<Vec<FileProperty>, OtherFile> {
        properties(&text.text, section).map_err(|why| {
            OtherFile::new(format!("`{}`: {why}", text.shown), "give the file as its own tool takes it")
        })
    }

    fn tree(&mut self, text: &FolderText) -> Result<PuppetItem, OtherFile> {
        let file = self.told.files.len();
        self.told.files.push(text.shown.clone());
        let within = |error: OtherFile| match file {
            0 => error,
            _ => OtherFile { message: format!("`{}`: {}", text.shown, error.message), ..error },
        };
        let filled = self
            .filled(&text.text)
            .ok_or_else(|| within(OtherFile::new("it is too large with its functions filled in", GIVE)))?;
        PuppetItem::of_file(&filled, file).map_err(within)
    }

    /// What is known of `${Custom::X}`, filled in; what is not stays as it is.
    fn filled(&self, text: &str) -> Option<String> {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let ends = after.char_indices().take(200).find(|(_, c)| matches!(c, '}' | '\n'));
            let name = ends.map(|(at, _)| &after[..at]).filter(|name| self.functions.contains_key(*name));
            match name.and_then(|name| Some((name, self.functions.get(name)?))) {
                Some((name, value)) => {
                    out.push_str(value);
                    rest = after.get(name.len() + 1..).unwrap_or_default();
                }
                None => {
                    out.push_str("${");
                    rest = after;
                }
            }
            if out.len() > LARGEST {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }

    /// What a file of a section's own folder adds.
    fn section(&mut self, root: &mut PuppetItem, section: &str, own: PuppetItem) {
        // the files of such a folder hold the section itself; some people write its name above it once more
        let is_headed = own.get(section).is_some() && own.pairs().count() == 1;
        let own = if is_headed { own.get(section).cloned().unwrap_or(own) } else { own };
        let ItemKind::Map(pairs) = own.kind else {
            return self.told.changed(own.at, "it is no map, and is not read");
        };
        let Some(there) = section_of(root, section, own.at) else { return };
        for (name, item) in pairs {
            if let Some(other) = there.get(&name) {
                let other = self.told.at(other.at);
                let what = format!("`{name}` stands in {other} too: the one here is taken");
                self.told.changed(item.at, &what);
            }
            there.insert(name, item);
        }
    }

    /// What a file of `manifests/` adds.
    fn manifests(&mut self, root: &mut PuppetItem, more: PuppetItem) {
        let ItemKind::Map(parts) = more.kind else {
            return self.told.changed(more.at, "it is no map, and is not read");
        };
        for (section, item) in parts {
            match section.as_str() {
                "schema" | "Schema" => {}
                "parameters" | "mappings" => self.section(root, &section, item),
                name if sections().any(|known| known == name) => self.section(root, &section, item),
                name => {
                    let what = format!("`{name}` is not read: Puppet does not read it from `manifests/`");
                    self.told.changed(item.at, &what);
                }
            }
        }
    }

    /// Versions, conditions and states that stand in files of properties.
    fn properties(&mut self, folder: &PuppetFolder, root: &mut PuppetItem) -> Result<(), OtherFile> {
        let stem = folder.manifest.path.strip_suffix(".yaml").unwrap_or(&folder.manifest.path).to_owned();
        for text in self.of_this_account(folder, &stem) {
            let all = self.read_properties(text, "DEFAULT")?;
            let file = self.told.files.len();
            self.told.files.push(text.shown.clone());
            for one in all.into_iter().filter(|one| one.section != "DEFAULT") {
                let at = ItemPlace { file, line: one.line };
                let Some((name, field)) = one.name.rsplit_once('.') else {
                    self.told.changed(at, &format!("`{}` is not read: it is no `NAME.version`", one.name));
                    continue;
                };
                if !["version", "condition", "status"].contains(&field) {
                    self.told.changed(at, &format!("`{field}` is not read: Puppet takes no such property"));
                    continue;
                }
                match item_of(root, &one.section, name) {
                    Some(pairs) => drop(pairs.insert(field.to_owned(), PuppetItem::leaf(at, &one.value))),
                    None => self.told.changed(at, &format!("there is no `{name}` in `{}`", one.section)),
                }
            }
        }
        Ok(())
    }
}

/// What a section holds; where there is none, a new one.
fn section_of<'r>(
    root: &'r mut PuppetItem,
    section: &str,
    at: ItemPlace,
) -> Option<&'r mut BTreeMap<String, PuppetItem>> {
    let nothing = || PuppetItem::map(at, BTreeMap::new());
    let there = root.as_map()?.entry(section.to_owned()).or_insert_with(nothing);
    if there.as_map().is_none() {
        *there = nothing();
    }
    there.as_map()
}

fn item_of<'r>(
    root: &'r mut PuppetItem,
    section: &str,
    name: &str,
) -> Option<&'r mut BTreeMap<String, PuppetItem>> {
    root.as_map()?.get_mut(section)?.as_map()?.get_mut(name)?.as_map()
}
