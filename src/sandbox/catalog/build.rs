//! From sandbox.yaml's entries to the catalog: ids, shared products, templates, and what is wrong with them.

mod templates;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{
    Artifact, Association, Catalog, Constraints, Index, OperationTimes, Portfolio, Product, Searches,
    ServiceAction, StackSet, account_factory, existing,
};
use crate::clock::Millis;
use crate::faults::{self, CallNames, Names};
use crate::files::{Held, Room};
use crate::ids;
use crate::template::Patterns;
use crate::world_file::{
    ConstraintsEntry, Durations, PortfolioEntry, Problem, Problems, ProductEntry, Source, Span, Text,
    WorldFile,
};
use templates::Known;

/// 2020-01-01; each later entry of the file is a day younger.
const FIRST_DAY: Millis = 1_577_836_800_000;
const DAY: Millis = 86_400_000;

/// Resolves the file, or says all that is wrong with it.
pub(crate) fn build(file: WorldFile, source: &Source, calls: &CallNames) -> Result<Catalog, Problems> {
    if file.portfolios.is_empty() {
        return Err(source.problem("portfolios", "a world has at least one portfolio").into());
    }
    let mut builder = Builder::new(source, file.durations);
    builder.take(source.values(), "")?;
    for (index, portfolio) in file.portfolios.iter().enumerate() {
        builder.define(portfolio, &format!("portfolios[{index}]"))?;
    }
    let portfolios = builder.portfolios(&file);
    let mut found = builder.found.take();
    let names = Names { calls, products: names(&builder.products) };
    for (index, fault) in file.faults.iter().enumerate() {
        let wrong = |(key, message)| source.problem(&format!("faults[{index}]{key}"), message);
        found.extend(faults::check(fault, &names).into_iter().map(wrong));
    }
    let mut wrong = Vec::new();
    let index = Index::new(&builder.products, &portfolios);
    let (products, held) = (&builder.products, &builder.held);
    let places = existing::Places { products, portfolios: &portfolios, index: &index, held };
    let existing = existing::resolve(&file, source, places, &mut wrong);
    // a template that is none is that of one version, and the others can be looked at
    let spares_products = found.iter().all(Problem::spares_products);
    found.extend(wrong);
    if !spares_products {
        return Err(Problems(found));
    }
    Ok(Catalog {
        file: source.path.clone(),
        reader: source.reader.clone(),
        digest: digest(source, &builder.products),
        account_id: file.account_id.to_string(),
        region: file.region.to_string(),
        time_scale: file.time_scale,
        seed: file.seed.to_string(),
        exports: file
            .exports
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
        knobs: file.knobs,
        faults: file.faults,
        portfolios,
        products: builder.products,
        lacks_some: existing.len() < file.provisioned_products.len(),
        index,
        searches: Searches::default(),
        existing,
        wrong: found,
        patterns: builder.patterns,
        held: builder.held.into_inner(),
    })
}

/// Products and the names of their versions.
pub(crate) fn names(products: &[Product]) -> Vec<(&str, Vec<&str>)> {
    let each = products.iter().map(|product| {
        let versions = product.versions.iter().filter_map(|version| version.name.as_deref());
        (product.name.as_str(), versions.collect())
    });
    each.collect()
}

fn digest(source: &Source, products: &[Product]) -> String {
    let templates =
        products.iter().flat_map(|product| &product.versions).map(|version| &version.template_body);
    let mut seen = HashSet::new();
    let texts = templates.filter(|body| seen.insert(Arc::as_ptr(body).cast::<u8>())).map(|body| &**body);
    ids::digest(&std::iter::once(source.text.as_str()).chain(texts).collect::<Vec<_>>())
}

struct Builder<'a> {
    source: &'a Source,
    defaults: Durations,
    products: Vec<Product>,
    /// By portfolio and name: several may have one name, all but one of them an `id`.
    homes: BTreeMap<(String, String), Vec<usize>>,
    /// By id; of several with one, the first.
    ids: HashMap<String, usize>,
    /// Templates by their names, read and understood once however many versions name one; apart from those that stand in for
    /// another engine's.
    templates: RefCell<HashMap<(bool, String), Known>>,
    patterns: Arc<Patterns>,
    /// The room that all this takes.
    held: RefCell<Held>,
    /// What is wrong.
    found: RefCell<Vec<Problem>>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source, defaults: Durations) -> Self {
        Self {
            source,
            defaults,
            products: Vec::new(),
            homes: BTreeMap::new(),
            ids: HashMap::new(),
            templates: RefCell::default(),
            patterns: Arc::new(Patterns::reading(source.reader.pattern_steps())),
            held: RefCell::new(source.reader.hold()),
            found: RefCell::default(),
        }
    }

    fn complain(&self, problem: Problem) {
        // what is wrong with a template is told once, however many versions name it
        let mut found = self.found.borrow_mut();
        let is_told = |other: &Problem| (&other.file, other.place) == (&problem.file, problem.place);
        if !problem.of_template || problem.file == self.source.path || !found.iter().any(is_told) {
            found.push(problem);
        }
    }

    /// Takes up so many values, which are about to be kept.
    fn take(&self, values: usize, at: &str) -> Result<(), Problem> {
        self.held.borrow_mut().take(values).ok_or_else(|| {
            let most = Room::MOST;
            let message = format!(
                "the world files and templates of all sandboxes hold more than {most} values together: take fewer or smaller ones"
            );
            self.source.problem(at, message)
        })
    }

    /// First pass: the products that a portfolio defines itself.
    fn define(&mut self, portfolio: &PortfolioEntry, path: &str) -> Result<(), Problem> {
        for (index, entry) in portfolio.products.iter().enumerate() {
            let path = format!("{path}.products[{index}]");
            if entry.shared_from.is_some() || self.known(entry).is_some() {
                self.check_shared(entry, &path);
                continue;
            }
            let product = self.product(portfolio, entry, &path)?;
            if self.ids.contains_key(&product.id) {
                let message =
                    format!("`{}` stands in this portfolio twice; give one of them an `id`", entry.name);
                self.complain(self.source.problem(&format!("{path}.name"), message));
            }
            let home = (portfolio.name.to_string(), entry.name.to_string());
            self.homes.entry(home).or_default().push(self.products.len());
            self.ids.entry(product.id.clone()).or_insert(self.products.len());
            self.products.push(product);
        }
        Ok(())
    }

    /// Second pass: the portfolios.
    fn portfolios(&self, file: &WorldFile) -> Vec<Portfolio> {
        let mut portfolios: Vec<Portfolio> = Vec::new();
        let mut ids = HashSet::new();
        for (index, entry) in file.portfolios.iter().enumerate() {
            let portfolio = self.portfolio(entry, index);
            if !ids.insert(portfolio.id.clone()) {
                let message =
                    format!("a portfolio `{}` is there already; give one of them an `id`", portfolio.name);
                self.complain(self.source.problem(&format!("portfolios[{index}].name"), message));
            }
            portfolios.push(portfolio);
        }
        portfolios
    }

    fn known(&self, entry: &ProductEntry) -> Option<usize> {
        let id = entry.id.as_ref()?.as_str();
        self.ids.get(id).copied()
    }

    fn check_shared(&self, entry: &ProductEntry, path: &str) {
        if !entry.versions.is_empty() {
            let id = entry.id.as_ref().filter(|_| entry.shared_from.is_none());
            let (key, message) = match id {
                Some(id) => (
                    "id",
                    format!(
                        "`{id}` is the id of another product: choose another one; or, where it is that one, leave `versions` out"
                    ),
                ),
                None => {
                    ("versions", format!("`{}` is defined elsewhere: its versions stand there", entry.name))
                }
            };
            self.complain(self.source.problem(&format!("{path}.{key}"), message));
        }
    }

    fn product(
        &self,
        portfolio: &PortfolioEntry,
        entry: &ProductEntry,
        path: &str,
    ) -> Result<Product, Problem> {
        let text = |value: &Option<Text>| value.as_ref().map(Text::to_string);
        let name = entry.name.to_string();
        let derived = ids::derive("prod-", &[portfolio.name.as_str(), &name]);
        let id = text(&entry.id).unwrap_or(derived);
        if entry.versions.is_empty() {
            self.complain(self.source.problem(path, format!("`{name}` has no versions")));
        }
        let mut versions: Vec<Artifact> = Vec::new();
        let mut named: HashMap<Option<&str>, usize> = HashMap::new();
        for (index, version) in entry.versions.iter().enumerate() {
            let label = version.name.as_ref().map_or("", Text::as_str);
            let nth = named.entry(version.name.as_ref().map(Text::as_str)).or_default();
            let nths = nth.to_string();
            let words: &[&str] = if *nth == 0 { &[&id, label] } else { &[&id, label, &nths] };
            let derived = ids::derive("pa-", words);
            *nth += 1;
            let place = format!("{path}.versions[{index}]");
            versions.push(self.artifact(entry, index, derived, &place)?);
        }
        let position = self.products.len() as Millis;
        Ok(Product {
            view_id: ids::derive("prodview-", &[&id]),
            kind: entry.kind.to_string(),
            owner: entry.owner.to_string(),
            description: text(&entry.description),
            distributor: text(&entry.distributor),
            support_email: text(&entry.support_email),
            support_description: text(&entry.support_description),
            support_url: text(&entry.support_url),
            created: FIRST_DAY + position * DAY,
            versions,
            tag_options: texts(&entry.tag_options),
            tags: entry.tags.iter().map(|(key, value)| (key.clone(), value.to_string())).collect(),
            durations: times(entry.durations, self.defaults),
            actions: actions(entry, &id),
            name,
            id,
        })
    }

    fn artifact(
        &self,
        product: &ProductEntry,
        index: usize,
        derived: String,
        path: &str,
    ) -> Result<Artifact, Problem> {
        let Some(version) = product.versions.get(index) else {
            return Err(self.source.problem(path, "there is no such version"));
        };
        let name = version.name.as_ref().map(Text::to_string);
        let (template, template_body, broken) = match self.template(product, version, path) {
            Ok((template, body)) => (template, body, false),
            Err(problem) => {
                // the version is there all the same, and can be named
                let (template, body) = self.empty(path).ok_or_else(|| problem.clone())?;
                self.complain(problem);
                (template, body, true)
            }
        };
        Ok(Artifact {
            id: version.id.as_ref().map_or(derived, Text::to_string),
            name,
            description: version.description.as_ref().map(Text::to_string),
            guidance: version.guidance,
            active: version.active,
            created: FIRST_DAY + self.products.len() as Millis * DAY + index as Millis * 60_000,
            template,
            template_body,
            broken,
            described: version.template.is_some() || product.kind.as_str() == "CONTROL_TOWER_ACCOUNT",
            template_name: version
                .template
                .as_ref()
                .map_or_else(String::new, |file| file.display().to_string()),
        })
    }

    /// A portfolio with its products, shared ones included.
    fn portfolio(&self, entry: &PortfolioEntry, index: usize) -> Portfolio {
        let name = entry.name.to_string();
        let id = entry.id.as_ref().map_or_else(|| ids::derive("port-", &[&name]), Text::to_string);
        let suffix = id.strip_prefix("port-").unwrap_or(&id).to_owned();
        let mut products = Vec::new();
        for (at, product) in entry.products.iter().enumerate() {
            let path = format!("portfolios[{index}].products[{at}]");
            match self.find(&name, product, &path) {
                Ok(found) => products
                    .push(Association { product: found, constraints: constraints(&product.constraints) }),
                Err(problem) => self.complain(problem),
            }
        }
        let list = |texts: &Option<Vec<Text>>| texts.as_ref().map(|texts| strings(texts));
        Portfolio {
            path_id: format!("lpv3-{suffix}"),
            description: entry.description.as_ref().map(Text::to_string),
            provider: entry.provider.to_string(),
            accounts: list(&entry.accounts),
            regions: list(&entry.regions),
            tag_options: texts(&entry.tag_options),
            tags: entry.tags.iter().map(|(key, value)| (key.clone(), value.to_string())).collect(),
            created: FIRST_DAY + index as Millis * DAY,
            products,
            name,
            id,
        }
    }

    fn find(&self, portfolio: &str, entry: &ProductEntry, path: &str) -> Result<usize, Problem> {
        if let Some(index) = self.known(entry) {
            return Ok(index);
        }
        let home = entry.shared_from.as_ref().map_or(portfolio, Text::as_str);
        self.defined(home, entry.name.as_str())
            .map_err(|message| self.source.problem(&format!("{path}.shared_from"), message))
    }

    /// The product that a portfolio defines under a name: the one without an `id` of its own, or the only one.
    fn defined(&self, home: &str, name: &str) -> Result<usize, String> {
        let named = self.homes.get(&(home.to_owned(), name.to_owned()));
        let named = named.map(Vec::as_slice).unwrap_or_default();
        let derived = ids::derive("prod-", &[home, name]);
        let is_derived = |index: &&usize| self.products.get(**index).is_some_and(|one| one.id == derived);
        match (named.iter().find(is_derived), named) {
            (Some(index), _) | (None, [index]) => Ok(*index),
            (None, []) => Err(format!("portfolio `{home}` defines no product `{name}`")),
            (None, _) => {
                Err(format!("portfolio `{home}` defines several products `{name}`: name one by its `id`"))
            }
        }
    }
}

fn constraints(entry: &ConstraintsEntry) -> Constraints {
    Constraints {
        launch_role: entry.launch_role.as_ref().map(Text::to_string),
        tag_update: entry.tag_update,
        stack_set: entry
            .stack_set
            .as_ref()
            .map(|set| StackSet { accounts: strings(&set.accounts), regions: strings(&set.regions) }),
        notification_arns: strings(&entry.notification_arns),
        template: entry.template,
    }
}

fn actions(entry: &ProductEntry, product_id: &str) -> Vec<ServiceAction> {
    let action = |action: &crate::world_file::ServiceActionEntry| ServiceAction {
        id: ids::derive("act-", &[product_id, action.name.as_str()]),
        name: action.name.to_string(),
        description: action.description.as_ref().map(Text::to_string),
        parameters: texts(&action.parameters),
    };
    entry.service_actions.iter().map(action).collect()
}

fn strings(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

fn texts(map: &BTreeMap<String, Vec<Text>>) -> BTreeMap<String, Vec<String>> {
    map.iter().map(|(key, values)| (key.clone(), strings(values))).collect()
}

fn times(own: Option<Durations>, defaults: Durations) -> OperationTimes {
    let own = own.unwrap_or_default();
    let pick = |own: Option<Span>, default: Option<Span>, seconds: Millis| {
        own.or(default).map_or(seconds * 1000, |span| span.0)
    };
    OperationTimes {
        provision: pick(own.provision, defaults.provision, 60),
        update: pick(own.update, defaults.update, 45),
        terminate: pick(own.terminate, defaults.terminate, 30),
    }
}
