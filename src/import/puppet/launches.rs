//! The launches of a manifest, as what they are at each location.

use std::collections::{BTreeMap, BTreeSet};

use super::super::foreign::{ForeignProduct, ForeignTags, OtherFile};
use super::KnownPlace;
use super::accounts::Accounts;
use super::conditions::{is_open, left_out, open_condition};
use super::item::PuppetItem;
use super::manifest::Manifest;
use super::missing::MissingPlaces;
use super::order::{needs, outputs, waits};
use super::parameters::{ParameterTable, Placed};
use super::ssm::ParameterStore;
use super::targets::{Certainty, Ground, MOST, Spot};
use super::told::{PuppetReport, some};
use provisor_model::product::{ArtifactSelector, Selector};

/// What of a launch is carried over, or says how Puppet works.
const READ: [&str; 13] = [
    "portfolio",
    "product",
    "version",
    "parameters",
    "depends_on",
    "tags",
    "deploy_to",
    "outputs",
    "status",
    "condition",
    "timeoutInSeconds",
    "worker_timeout",
    "execution",
];

/// No manifest gives as many parameters, over all of its launches and locations.
const MOST_PARAMETERS: usize = 2_000_000;

/// The launches that are to be declared.
pub(super) struct Launches<'m> {
    manifest: &'m Manifest,
    accounts: &'m Accounts,
    places: &'m [KnownPlace],
    all: BTreeMap<&'m str, &'m PuppetItem>,
    /// Where each is deployed to, and the name of the location there.
    spots: BTreeMap<String, BTreeMap<Spot, String>>,
    likely: BTreeSet<(&'m str, Spot)>,
}

/// What the launches are, everywhere.
///
/// # Errors
/// A manifest that stands for more than anybody has.
pub(super) fn products(
    manifest: &Manifest,
    accounts: &Accounts,
    places: &[KnownPlace],
    told: &mut PuppetReport,
) -> Result<Vec<ForeignProduct>, OtherFile> {
    let mut launches = Launches {
        manifest,
        accounts,
        places,
        all: BTreeMap::new(),
        spots: BTreeMap::new(),
        likely: BTreeSet::new(),
    };
    let gone = launches.meant(told);
    launches.deployed(told)?;
    let waits = waits(&launches.all, &gone, told);
    let mut store = ParameterStore::default();
    for (name, launch) in &launches.all {
        if let Some(spots) = launches.spots.get(*name) {
            outputs(name, launch, spots, &mut store, told);
        }
    }
    let table = ParameterTable {
        manifest: manifest.root.get("parameters"),
        mappings: manifest.root.get("mappings"),
        store: &store,
        launches: &launches.spots,
    };
    let (mut products, mut given) = (Vec::new(), 0);
    for (name, launch) in &launches.all {
        let plain = launches.plain(name, launch, told);
        for (spot, location) in launches.spots.get(*name).into_iter().flatten() {
            let placed = Placed { name, launch, spot, location, levels: accounts.levels(&spot.account) };
            let mut product = plain.clone();
            product.account_id = Some(spot.account.clone());
            product.region = Some(spot.region.clone());
            product.is_likely = launches.likely.contains(&(*name, spot.clone()));
            product.offers = table.offers(&placed, told);
            product.depends_on =
                needs(name, spot, waits.get(name).map_or(&[], |all| all), &launches.spots, told);
            given += product.offers.len();
            if given > MOST_PARAMETERS {
                return Err(too_much("parameters", MOST_PARAMETERS));
            }
            products.push(product);
        }
    }
    Ok(products)
}

fn too_much(what: &str, most: usize) -> OtherFile {
    let message = format!("this manifest stands for more than {most} {what}");
    OtherFile::new(message, "give a manifest of fewer launches or accounts at a time")
}

/// As people write a time.
fn time(seconds: u64) -> String {
    match seconds {
        hours if hours % 3600 == 0 => format!("{}h", hours / 3600),
        minutes if minutes % 60 == 0 => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

impl<'m> Launches<'m> {
    /// Leaves out what is not meant, and says so; the names of those.
    fn meant(&mut self, told: &mut PuppetReport) -> BTreeSet<&'m str> {
        let mut gone = BTreeSet::new();
        let root = &self.manifest.root;
        for (name, launch) in root.get("launches").into_iter().flat_map(PuppetItem::pairs) {
            match left_out(launch, root) {
                Some(why) => {
                    told.left(launch.at, &format!("{name}: {why}"));
                    gone.insert(name.as_str());
                }
                None if launch.get("product").is_none() => {
                    told.left(launch.at, &format!("{name}: it names no `product`"));
                    gone.insert(name.as_str());
                }
                None => drop(self.all.insert(name, launch)),
            }
        }
        gone
    }

    /// Finds out where each is.
    fn deployed(&mut self, told: &mut PuppetReport) -> Result<(), OtherFile> {
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut locations: BTreeMap<Spot, String> = BTreeMap::new();
        for place in self.places {
            let Some(account) = &place.account_id else { continue };
            known.entry(account.clone()).or_default().insert(place.region.clone());
            let spot = Spot { account: account.clone(), region: place.region.clone() };
            locations.entry(spot).or_insert_with(|| place.location.clone());
        }
        let root = &self.manifest.root;
        let puppet_account = self.manifest.puppet_account.as_deref();
        let ground = Ground { accounts: self.accounts, known: &known, puppet_account };
        let (mut missing, mut said) = (MissingPlaces::default(), 0);
        let mut units: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (name, launch) in &self.all {
            let targets = ground.targets(name, launch, told);
            said += targets.said;
            if said > MOST {
                return Err(too_much("provisioned products", MOST));
            }
            for n in &targets.units {
                units.entry(*n).or_default().insert(name);
            }
            if targets.spots.is_empty() && !targets.units.is_empty() {
                let units = targets.units.iter().filter_map(|n| self.accounts.units.get(*n));
                let units = some(units.map(|unit| unit.path.as_str()));
                let what =
                    format!("it is deployed to accounts of {units}: there is no location of such a one");
                told.left(launch.at, &format!("{name}: {what}"));
            }
            let is_open = is_open(launch, root);
            let own = self.spots.entry((*name).to_owned()).or_default();
            for (spot, certainty) in targets.spots {
                match locations.get(&spot) {
                    Some(location) => {
                        if is_open || certainty == Certainty::Likely {
                            self.likely.insert((name, spot.clone()));
                        }
                        own.insert(spot, location.clone());
                    }
                    None if certainty == Certainty::Likely => {}
                    None => missing.add(name, &spot),
                }
            }
        }
        for (n, launches) in units {
            let Some(unit) = self.accounts.units.get(n) else { continue };
            let launches = some(launches.into_iter());
            let what = "is not in the manifest: what is called so at locations of other accounts is taken";
            told.changed(
                unit.all.at,
                &format!("which accounts the unit `{}` has {what} ({launches})", unit.path),
            );
            let hint = "what `servicecatalog-puppet expand` makes of the manifest names each account";
            told.advice.push(hint.to_owned());
        }
        missing.tell(self.accounts, self.places, told);
        Ok(())
    }

    /// What a launch is wherever it is.
    fn plain(&self, name: &str, launch: &PuppetItem, told: &mut PuppetReport) -> ForeignProduct {
        let mut product = ForeignProduct::new(name.to_owned(), Selector::Name(name.to_owned()));
        let text = |key: &str| launch.get(key).and_then(PuppetItem::text).map(str::to_owned);
        product.at = Some(told.at(launch.at));
        product.key = name.to_owned();
        product.product = text("product").map(Selector::Name);
        product.artifact = text("version").map(ArtifactSelector::Name);
        product.path_name = text("portfolio");
        let tags = launch.get("tags").map(PuppetItem::items).unwrap_or_default();
        let pair = |tag: &PuppetItem| {
            let value = tag.get("value").and_then(PuppetItem::as_leaf).map(|leaf| leaf.text.clone());
            Some((tag.get("key")?.text()?.to_owned(), value.unwrap_or_default()))
        };
        product.tags = ForeignTags::AtLeast(tags.iter().filter_map(pair).collect());
        let seconds = ["timeoutInSeconds", "worker_timeout"].iter().find_map(|key| text(key)?.parse().ok());
        if let Some(seconds) = seconds.filter(|seconds| *seconds > 0) {
            let time = time(seconds);
            let kinds = ["provision", "update", "terminate"];
            product.timeouts = kinds.map(|kind| (kind.to_owned(), time.clone())).into();
        }
        if let Some(how) = launch.get("execution").filter(|how| how.text() != Some("hub")) {
            let what = "all operations are asked for from where provisor runs";
            told.changed(how.at, &format!("{name}: `execution` is left out: {what}"));
        }
        if let Some((at, why)) = open_condition(launch, &self.manifest.root) {
            told.changed(at, &format!("{name}: {why}: what is called so is declared if it is there"));
        }
        for (key, item) in launch.pairs().filter(|(key, _)| !READ.contains(&&***key)) {
            let what = match key.as_str() {
                "pre_actions" | "post_actions" => "nothing runs before or after an operation here",
                "share_tag_options" | "share_principals" | "sharing_mode" => "portfolios are not shared here",
                _ => "it has no equivalent",
            };
            told.changed(item.at, &format!("{name}: `{key}` is left out: {what}"));
        }
        product
    }
}
