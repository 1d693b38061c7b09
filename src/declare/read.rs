//! Declarations files to [`Desired`]: read all, see what stands where, then put each product together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::arrange::{arranged, suggested};
use super::burden::{Burden, TooMuch};
use super::declarations::{Declaration, DeclarationsFile, collect};
use super::desired::{Desired, DesiredProduct, OpenChoice, Reading};
use super::doubts::Doubts;
use super::heads::{HeadReader, contradictions, externals};
use super::idle::{Idle, unsaid};
use super::placing::{Placement, Placer};
use super::product::Composer;
use super::references::{Context, Targets};
use super::wrong_fields::{WrongFields, wrong_fields};
use super::yaml::{Room, Tree};
use super::{Location, Settings};
use super::{cycles, duplicates, literal};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Near, Place, Source};
use provisor_model::ids::{Address, Labels, LocationName};
use provisor_model::text::{did_you_mean, listed, quote};

/// So many declarations are named where none is near.
const FEW: usize = 10;

/// Findings that depend on the location.
const LOCAL: [&str; 3] = ["no-value", "ambiguous", "not-there"];

/// What can be said of declarations while something is wrong.
#[derive(Debug)]
pub struct Survey {
    /// What nothing is wrong with.
    pub reading: Reading,
    /// What something is wrong with, without that: what the catalog says of the rest holds all the same.
    pub partial: Desired,
    /// The keys of all declarations, broken ones too; `None` where a file cannot be read.
    pub keys: Option<BTreeSet<String>>,
    /// Which fields of them something is wrong with, by their keys.
    pub wrong: BTreeMap<String, WrongFields>,
    /// Everything that is wrong.
    pub problems: Diagnostics,
}

/// Reads all declarations, or none: what tests want. The program tells what can be said while something is wrong.
///
/// # Errors
/// Everything that is wrong with them.
#[cfg(feature = "internals")]
pub fn read(sources: &[Source], settings: &Settings) -> Result<Reading, Diagnostics> {
    let Survey { reading, problems, .. } = survey(sources, settings, Doubts::default());
    if problems.has_errors() { Err(problems) } else { Ok(reading) }
}

/// Reads all declarations as far as that goes: a file or a declaration that is broken hides nothing in the others, and what
/// may only be wrong because of a doubt is left out.
#[must_use]
pub fn survey(sources: &[Source], settings: &Settings, doubts: Doubts) -> Survey {
    let settings = &*with_a_location(settings);
    let mut problems = Diagnostics::default();
    let mut room = Room::default();
    let read = |source| DeclarationsFile::read(source, &mut room, &mut problems);
    let files: Vec<DeclarationsFile<'_>> = sources.iter().filter_map(read).collect();
    if let Some(full) = room.full() {
        return refused(full);
    }
    let trees: Vec<&Tree<'_>> = files.iter().map(|file| &file.tree).collect();
    let broken = files.len() < sources.len() || files.iter().any(DeclarationsFile::hides_any);
    let doubts = Doubts { declarations: doubts.declarations || broken, ..doubts };
    let declared = collect(&files, &mut problems);
    let unread = || files.iter().flat_map(DeclarationsFile::unread_names);
    let keys =
        declared.iter().map(|declaration| declaration.key.to_owned()).chain(unread().cloned()).collect();
    let all_keys = Some(keys).filter(|_| !doubts.declarations);
    let mut burden = Burden::default();
    let placer = Placer { settings, problems: &mut problems, doubts, burden: &mut burden };
    let places = match placed(declared, placer) {
        Ok(places) => places,
        Err((too_much, at)) => return refused(too_much.diagnostic().at(at)),
    };
    let externals = externals(&files, settings, &mut problems);
    let targets = targets(settings, &places, unread().map(String::as_str)).beside(externals.known());
    let is_anywhere = !doubts.accounts && !doubts.locations;
    let mut resolver = Resolver { settings, targets: &targets, is_anywhere, problems: &mut problems };
    let Resolved { products, guessed } = match resolver.products(&places, &mut burden) {
        Ok(products) => products,
        Err((too_much, at)) => return refused(too_much.diagnostic().at(at)),
    };
    let idle = Idle { settings, targets: &targets, doubts };
    match idle.all(&files, &places, &mut burden) {
        Ok(found) => problems = unsaid(found, problems),
        Err((too_much, at)) => return refused(too_much.diagnostic().at(at)),
    }
    let mut warnings = Diagnostics::default();
    cycles::find(&products, &Labels::of(products.iter().map(|(address, _)| address)), &mut problems);
    if !doubts.values {
        duplicates::find(&products, &mut problems, &mut warnings);
    }
    let products = products.into_iter().collect();
    let mut desired = Desired { products, externals: externals.sound, ..Desired::nothing() };
    contradictions(&desired, &mut problems);
    let burden = &mut burden;
    let mut heads = HeadReader { settings, targets: &targets, problems: &mut problems, burden };
    if let Err((too_much, at)) = heads.read(&files, &mut desired) {
        return refused(too_much.diagnostic().at(at));
    }
    // also by what is only a doubt: what the catalog would say of it may be invented
    let wrong = wrong_fields(&problems, &trees);
    let problems = arranged(doubts.filter(problems), &trees);
    let mut partial = Desired { products: taken_out(&mut desired, &wrong), ..Desired::nothing() };
    partial.products.extend(guessed);
    files.iter().for_each(|file| literal::doubtful(file, settings, &mut warnings));
    let warnings = arranged(warnings, &trees);
    let problems = with_near(problems, &places, settings);
    Survey { reading: Reading { desired, warnings }, partial, keys: all_keys, wrong, problems }
}

/// With what may have been meant by names that are none.
fn with_near(problems: Diagnostics, places: &[Placement<'_>], settings: &Settings) -> Diagnostics {
    let keys: Vec<&str> = places.iter().map(|placement| placement.declaration.key).collect();
    suggested(problems, keys.len() + settings.names(), |found, near| {
        match near {
        Near::Declaration(key) => match did_you_mean(&key, keys.iter().copied()) {
            Some(hint) => found.hint(hint),
            None if found.hint.is_some() || keys.is_empty() => found,
            None => found.note(format!("there is {}", listed(keys.iter().map(quote), FEW))),
        },
        Near::Value(name) => match settings.variables.contains_key(&name) {
            true => found,
            false if keys.contains(&name.as_str()) => {
                found.hint(format!("an output of a declaration is `${{{name}.outputs.NAME}}`"))
            }
            false => {
                let near = settings.nearest_variable(&name).map(|near| format!("did you mean `${{var.{near}}}`?"));
                let is_guess = found.hint.as_ref().is_some_and(|hint| hint.starts_with("did you mean"));
                let declare =
                    || format!("declare `{name}` under `variables:` in provisor.yaml, and write `${{var.{name}}}`");
                found.maybe_hint(near.or_else(|| is_guess.then(declare)))
            }
        },
        Near::Holder(key) if keys.contains(&key.as_str()) => found,
        Near::Holder(_) => found.hint(
            "what Terraform looks up is written out here, or is a variable (`${var.NAME}`) or an output of a declaration (`${NAME.outputs.KEY}`)",
        ),
        Near::Variable(name) => settings.with_variable(found, &name),
        Near::Location(text) => settings.with_location(found, &text),
    }
    })
}

/// Those that something is wrong with; the others stay.
fn taken_out(
    desired: &mut Desired,
    wrong: &BTreeMap<String, WrongFields>,
) -> BTreeMap<Address, DesiredProduct> {
    let all = std::mem::take(&mut desired.products).into_iter();
    let (partial, sound) = all.partition(|(address, _)| wrong.contains_key(address.key.as_str()));
    desired.products = sound;
    partial
}

/// Where each of the declarations stands.
fn placed<'f>(
    declared: Vec<Declaration<'f>>,
    placer: Placer<'_>,
) -> Result<Vec<Placement<'f>>, (TooMuch, Place)> {
    let Placer { settings, problems, doubts, burden } = placer;
    let mut places = Vec::with_capacity(declared.len());
    for declared in declared {
        let mut found = Diagnostics::default();
        let placed = Placer { settings, problems: &mut found, doubts, burden }.place(declared);
        let found = found.into_iter().filter(|one| !declared.covers(one));
        problems.extend(found.map(|one| one.found(declared.key, None)));
        places.push(placed.map_err(|too_much| (too_much, declared.place()))?);
    }
    Ok(places)
}

/// Too much is said alone: what would be found after it costs as much as it does.
fn refused(too_much: Diagnostic) -> Survey {
    let problems = Diagnostics(vec![too_much]);
    Survey {
        reading: Reading::default(),
        partial: Desired::nothing(),
        keys: None,
        wrong: BTreeMap::new(),
        problems,
    }
}

/// The settings; with a location to judge declarations on, where there is none.
fn with_a_location(settings: &Settings) -> Cow<'_, Settings> {
    if !settings.locations.is_empty() {
        return Cow::Borrowed(settings);
    }
    let mut settings = settings.clone();
    let location = Location::nowhere();
    settings.locations.insert(location.name.clone(), location);
    Cow::Owned(settings)
}

/// Which declarations stand where.
fn targets<'r>(
    settings: &'r Settings,
    places: &[Placement<'r>],
    unread: impl Iterator<Item = &'r str>,
) -> Targets<'r> {
    // where it stands besides is not known, and what refers to it may be right
    let known = |placement: &Placement<'_>| match placement.is_sure {
        true => placement.locations.clone(),
        false => Vec::new(),
    };
    let placed = places.iter().map(|placement| (placement.declaration.key, known(placement)));
    // one that is read as well is where that says it is
    let standing: HashMap<&str, Vec<LocationName>> =
        unread.map(|key| (key, Vec::new())).chain(placed).collect();
    Targets::new(settings, standing)
}

/// On so many locations it is tried out what may stand on any.
const ANYWHERE: usize = 20;

/// What declarations come to.
#[derive(Default)]
struct Resolved {
    products: Vec<(Address, DesiredProduct)>,
    /// Those that leave open what they choose, or where they stand.
    guessed: Vec<(Address, DesiredProduct)>,
}

/// What all declarations are resolved with.
struct Resolver<'r> {
    settings: &'r Settings,
    targets: &'r Targets<'r>,
    /// Whether there is no other location than those that are known.
    is_anywhere: bool,
    problems: &'r mut Diagnostics,
}

impl Resolver<'_> {
    fn products(
        &mut self,
        places: &[Placement<'_>],
        burden: &mut Burden,
    ) -> Result<Resolved, (TooMuch, Place)> {
        let Resolved { mut products, mut guessed } = Resolved::default();
        for placement in places.iter().filter(|placement| !placement.declaration.misshapen()) {
            // what is written of its place names none, or cannot be read
            let is_open = placement.declaration.unread().place || placement.locations.is_empty();
            if is_open && self.is_anywhere && !placement.is_varied() {
                for (name, product) in self.anywhere(placement) {
                    burden.is_to_be(&product).map_err(|much| (much, placement.declaration.place()))?;
                    guessed.push((Address::new(placement.declaration.key, name), product));
                }
                continue;
            }
            for name in &placement.locations {
                let product = self.product(placement, name);
                let Some(product) = product.filter(|product| !product.unread.place) else {
                    continue;
                };
                burden.is_to_be(&product).map_err(|much| (much, placement.declaration.place()))?;
                let address = Address::new(placement.declaration.key, name.clone());
                let is_another =
                    placement.declaration.is_another() || product.unread != OpenChoice::default();
                let of = if is_another { &mut guessed } else { &mut products };
                of.push((address, product));
            }
            if placement.locations.is_empty() {
                self.judge(placement);
            }
        }
        Ok(Resolved { products, guessed })
    }

    /// It may stand on any location: what is wrong with it on each of them is told.
    fn anywhere(&mut self, placement: &Placement<'_>) -> Vec<(LocationName, DesiredProduct)> {
        let names: Vec<&LocationName> = self.settings.locations.keys().take(ANYWHERE + 1).collect();
        if names.len() > ANYWHERE {
            self.judge(placement);
            return Vec::new();
        }
        let (mut products, mut found): (Vec<_>, Option<Vec<Diagnostic>>) = (Vec::new(), None);
        for name in names {
            let before = self.problems.0.len();
            let product = self.product(placement, name).map(|product| {
                let unread = OpenChoice { place: true, ..product.unread };
                (name.clone(), DesiredProduct { unread, ..product })
            });
            products.extend(product);
            let here = self.problems.0.split_off(before);
            let is_there = |one: &Diagnostic| {
                here.iter().any(|other| {
                    (other.code, &other.place, &other.message) == (one.code, &one.place, &one.message)
                })
            };
            found = Some(match found {
                None => here,
                Some(found) => found.into_iter().filter(is_there).collect(),
            });
        }
        let found = found.into_iter().flatten().filter(|one| !LOCAL.contains(&one.code));
        let key = placement.declaration.key;
        self.problems.extend(found.map(|one| one.found(key, None)));
        products
    }

    /// Nobody knows where it stands, and the rest of it can still be judged.
    fn judge(&mut self, placement: &Placement<'_>) {
        let Some(anywhere) = self.settings.locations.keys().next() else {
            return;
        };
        let before = self.problems.0.len();
        self.product(placement, anywhere);
        let rest = self.problems.0.split_off(before);
        self.problems.extend(rest.into_iter().filter(|diagnostic| !LOCAL.contains(&diagnostic.code)));
    }

    fn product(&mut self, placement: &Placement<'_>, name: &LocationName) -> Option<DesiredProduct> {
        let before = self.problems.0.len();
        let product = self.composed(placement, name);
        let written = self.settings.locations.get(name).map(|location| location.written.clone());
        let on = written.filter(|_| placement.locations.len() > 1);
        let mut found = self.problems.0.split_off(before);
        found.retain(|one| !placement.declaration.covers(one));
        let key = placement.declaration.key;
        self.problems.extend(found.into_iter().map(|one| one.found(key, on.clone())));
        product
    }

    fn composed(&mut self, placement: &Placement<'_>, name: &LocationName) -> Option<DesiredProduct> {
        let declaration = placement.declaration;
        let context = Context {
            location: Some(self.settings.locations.get(name)?),
            key: Some(declaration.key),
            targets: Some(self.targets),
            ..Context::of(&self.settings.variables)
        };
        let composer = Composer {
            tree: &declaration.file.tree,
            sheets: placement.sheets(name),
            context,
            timeouts: self.settings.timeouts,
            origin: declaration.origin(),
            declaration: Some(declaration),
            problems: self.problems,
        };
        composer.product(declaration.key)
    }
}
