//! What a parameter of a launch comes to: the account's word before the launch's, the launch's before the manifest's.

use std::collections::{BTreeMap, BTreeSet};

use super::super::foreign::ForeignOffer;
use super::super::found::FoundValue;
use super::accounts::AccountLevels;
use super::item::{ItemKind, ItemPlace, PuppetItem};
use super::ssm::{ParameterStore, filled};
use super::targets::Spot;
use super::told::PuppetReport;

/// What parameters are read from.
pub(super) struct ParameterTable<'m> {
    /// `parameters` of the manifest.
    pub manifest: Option<&'m PuppetItem>,
    pub mappings: Option<&'m PuppetItem>,
    pub store: &'m ParameterStore,
    /// Where each launch is deployed to, and where that is a location.
    pub launches: &'m BTreeMap<String, BTreeMap<Spot, String>>,
}

/// What one word comes to.
enum WordReading {
    /// Texts that it may be; the first, where nothing else tells.
    Texts(Vec<String>),
    /// Another one's output, and how it was carried over where that is to be told.
    Output(FoundValue, Option<String>),
    /// What Puppet looks up when it runs.
    Open(String),
    /// Nothing is given.
    Nothing,
}

/// Mappings are not as deep as this.
const DEEPEST: usize = 10;

/// A launch at one place.
pub(super) struct Placed<'m> {
    pub name: &'m str,
    pub launch: &'m PuppetItem,
    pub spot: &'m Spot,
    /// `parameters` of the account.
    pub levels: AccountLevels<'m>,
    /// Where it is: the location.
    pub location: &'m str,
}

impl ParameterTable<'_> {
    /// Everything that a launch may be given there.
    pub fn offers(&self, of: &Placed<'_>, told: &PuppetReport) -> BTreeMap<String, ForeignOffer> {
        let own = of.launch.get("parameters");
        let levels = [of.levels.own, own, self.manifest];
        let names: BTreeSet<&String> =
            levels.iter().flatten().flat_map(|level| level.pairs()).map(|(name, _)| name).collect();
        let mut offers = BTreeMap::new();
        for name in names {
            let words: Vec<&PuppetItem> =
                levels.iter().flatten().filter_map(|level| level.get(name)).collect();
            let Some(offer) = self.offer(name, &words, of, told) else { continue };
            let lacking = own.and_then(|own| own.get(name)).map(|item| {
                let at = told.at(item.at);
                format!(
                    "{at}: {}: its product has no parameter `{name}`, which Puppet does not send",
                    of.name
                )
            });
            offers.insert(name.clone(), ForeignOffer { lacking, ..offer });
        }
        for (name, word) in of.levels.unsure.iter().flat_map(|level| level.pairs()) {
            let at = told.at(word.at);
            let why = "the manifest does not tell which unit its account is of";
            let told = Some(format!("{at}: {}: `{name}` is as it is there: {why}", of.name));
            offers.insert(name.clone(), ForeignOffer { told, ..ForeignOffer::default() });
        }
        offers
    }

    /// What the nearest word says. Puppet lays one over the other as maps, so that a farther one of another kind may win: then what is
    /// there tells.
    fn offer(
        &self,
        name: &str,
        words: &[&PuppetItem],
        of: &Placed<'_>,
        told: &PuppetReport,
    ) -> Option<ForeignOffer> {
        let (nearest, farther) = words.split_first()?;
        let mut or = Vec::new();
        for word in farther.iter().filter(|word| kind(word) != kind(nearest)) {
            if let WordReading::Texts(texts) = self.reading(word, of) {
                or.extend(texts);
            }
        }
        let says = |at: ItemPlace, what: &str| format!("{}: {}: `{name}` {what}", told.at(at), of.name);
        let at = nearest.at;
        let (value, told) = match self.reading(nearest, of) {
            WordReading::Texts(mut texts) => {
                let rest = texts.split_off(1.min(texts.len()));
                or.extend(rest);
                (texts.pop().map(FoundValue::Text), None)
            }
            WordReading::Output(value, why) => (Some(value), why.map(|why| says(at, &why))),
            WordReading::Open(why) => (None, Some(says(at, &format!("is as it is there: {why}")))),
            WordReading::Nothing if or.is_empty() => return None,
            WordReading::Nothing => (None, None),
        };
        Some(ForeignOffer { value, or, told, lacking: None })
    }

    fn reading(&self, word: &PuppetItem, of: &Placed<'_>) -> WordReading {
        let ItemKind::Map(_) = &word.kind else { return literal(word, of.spot) };
        let open = |what: &str| WordReading::Open(what.to_owned());
        let get = |key: &str| word.get(key);
        match kind(word) {
            Some("mapping") => {
                get("mapping").map_or(WordReading::Nothing, |path| self.mapping(path, of.spot))
            }
            Some("default") => get("default").map_or(WordReading::Nothing, |item| literal(item, of.spot)),
            Some("servicecatalog_provisioned_product_output") => {
                get("servicecatalog_provisioned_product_output")
                    .map_or(WordReading::Nothing, |item| self.output(item, of))
            }
            Some("ssm") => get("ssm").map_or(WordReading::Nothing, |item| self.ssm(item, of)),
            Some("macro") => open("Puppet finds it by a macro when it runs"),
            Some("boto3") => open("Puppet finds it by a call of AWS when it runs"),
            Some("cloudformation_stack_output") => open("it is the output of a stack"),
            Some("s3") => open("Puppet reads it from S3 when it runs"),
            _ if word.pairs().next().is_none() || word.pairs().any(|(key, _)| key == "default") => {
                WordReading::Nothing
            }
            _ => {
                let (kinds, _): (Vec<&str>, Vec<()>) =
                    word.pairs().map(|(key, _)| (key.as_str(), ())).unzip();
                WordReading::Open(format!("`{}` is none that is known", kinds.join("`, `")))
            }
        }
    }

    /// The value under a path; `default` stands for whatever is not there.
    fn mapping(&self, path: &PuppetItem, spot: &Spot) -> WordReading {
        let names: Vec<&str> = path
            .texts()
            .map(|name| match name {
                "AWS::AccountId" | "${AWS::AccountId}" => spot.account.as_str(),
                "AWS::Region" | "${AWS::Region}" => spot.region.as_str(),
                other => other,
            })
            .collect();
        let find = |names: &[&str]| {
            let mut here = self.mappings?;
            for name in names {
                here = here.get(name)?;
            }
            here.as_leaf()
        };
        let mut found = find(&names);
        // a default in the place of one name, with what follows it or without
        for at in (0..names.len()).rev().take_while(|_| names.len() <= DEEPEST) {
            let mut other = names.clone();
            other.splice(at..=at, ["default"]);
            let short = other.get(..=at).unwrap_or_default();
            found = found.or_else(|| find(short)).or_else(|| find(&other));
        }
        match found {
            Some(leaf) => WordReading::Texts(leaf.readings()),
            None => WordReading::Open("nothing stands there in `mappings`".to_owned()),
        }
    }

    /// What the parameter store holds: certain only where another launch writes it.
    fn ssm(&self, item: &PuppetItem, of: &Placed<'_>) -> WordReading {
        let name = item.get("name").and_then(PuppetItem::text).unwrap_or_default();
        let given = self.store.giver(of.name, item, of.spot).filter(|_| item.get("jmespath").is_none());
        match given.and_then(|giver| self.reference(&giver.launch, &giver.spot, &giver.output, of)) {
            Some(value) => {
                let why = format!("was the SSM parameter `{name}`: it is {} now", told_output(&value));
                WordReading::Output(value, Some(why))
            }
            None => WordReading::Open(format!("Puppet reads the SSM parameter `{name}` when it runs")),
        }
    }

    fn output(&self, item: &PuppetItem, of: &Placed<'_>) -> WordReading {
        let text = |key: &str| item.get(key).and_then(PuppetItem::text).map(|text| filled(text, of.spot));
        let (Some(name), Some(key)) = (text("provisioned_product_name"), text("output_key")) else {
            return WordReading::Open("it names no output".to_owned());
        };
        let spot = Spot {
            account: text("account_id").unwrap_or_else(|| of.spot.account.clone()),
            region: text("region").unwrap_or_else(|| of.spot.region.clone()),
        };
        match self.reference(&name, &spot, &key, of) {
            Some(value) => WordReading::Output(value, None),
            None => WordReading::Open(format!(
                "it is the output `{key}` of `{name}`, which is no launch of a location there"
            )),
        }
    }

    /// The output of a launch at a place, as seen from another.
    fn reference(&self, launch: &str, spot: &Spot, output: &str, of: &Placed<'_>) -> Option<FoundValue> {
        let spots = self.launches.get(launch).filter(|_| launch != of.name)?;
        let location = spots.get(spot)?;
        let is_plain = *location == of.location || spots.len() == 1;
        let of = if is_plain { launch.to_owned() } else { format!("{launch}@{location}") };
        Some(FoundValue::Output { of, key: output.to_owned() })
    }
}

fn told_output(value: &FoundValue) -> String {
    match value {
        FoundValue::Output { of, key } => format!("the output `{key}` of `{of}`"),
        _ => String::new(),
    }
}

/// How a value is given, of several ways what Puppet takes.
fn kind(word: &PuppetItem) -> Option<&'static str> {
    const KINDS: [&str; 8] = [
        "mapping",
        "default",
        "s3",
        "servicecatalog_provisioned_product_output",
        "cloudformation_stack_output",
        "boto3",
        "ssm",
        "macro",
    ];
    if !matches!(word.kind, ItemKind::Map(_)) {
        return Some("default");
    }
    let is_given = |kind: &str| {
        let item = word.get(kind);
        item.is_some_and(|item| kind != "default" || item.as_leaf().is_none_or(|leaf| leaf.is_given))
    };
    KINDS.into_iter().find(|kind| is_given(kind))
}

/// A value that stands in the manifest.
fn literal(item: &PuppetItem, spot: &Spot) -> WordReading {
    let Some(leaf) = item.as_leaf() else { return WordReading::Open("it is no text".to_owned()) };
    if !leaf.is_given {
        return WordReading::Nothing;
    }
    let texts: Vec<String> = leaf.readings().iter().map(|text| filled(text, spot)).collect();
    match texts.first() {
        Some(text) if text.contains("${AWS::PuppetAccountId}") => WordReading::Open(
            "the account that Puppet runs in is not told: give it by `--puppet-account`".to_owned(),
        ),
        Some(text) if text.contains("${Custom::") => {
            WordReading::Open("it holds a function that no `intrinsic-functions.properties` tells".to_owned())
        }
        _ => WordReading::Texts(texts),
    }
}
