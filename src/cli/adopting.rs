//! What was found, as declarations that can be planned: what cannot be declared as it is is left with its sentence, and the rest goes
//! on. Nothing is written here.

use std::path::Path;

use super::args::ImportArgs;
use super::declaring::ComposedFiles;
use super::edge::Edge;
use super::load::Wiring;
use super::open;
use crate::import::{Composed, Surroundings, compose};
use crate::model::ids::{Address, ProvisionedId};
use crate::model::product::Selector;
use crate::state::Store;
use crate::workspace::{Discovery, Prepared, Problem, Undeclarable, Wish};

/// So often what cannot be declared is looked for: each time a catalog may find something else.
const ROUNDS: usize = 4;

/// Declarations, and the plan that adopts what they are about.
pub struct Drafted {
    pub composed: Composed,
    pub files: ComposedFiles,
    pub prepared: Prepared,
}

/// What declarations are made with.
pub struct Drafting<'a> {
    pub args: &'a ImportArgs,
    pub wiring: &'a Wiring,
    pub around: Surroundings,
    pub folder: &'a Path,
    /// The files that are written tell editors of the repo's schema.
    pub names_schema: bool,
    pub store: &'a dyn Store,
    pub edge: &'a Edge,
}

impl Drafting<'_> {
    /// Declares all that can be declared; nothing where that is nothing.
    pub fn draft(&self, discovery: &mut Discovery) -> Result<Option<Drafted>, Problem> {
        let apart = Surroundings { is_apart: true, ..self.around.clone() };
        for round in 0..=ROUNDS {
            if discovery.found.is_empty() && discovery.declared.is_empty() {
                return Ok(None);
            }
            let wrong = match self.attempt(discovery, compose(&discovery.found, &self.around))? {
                Ok(drafted) => return Ok(Some(drafted)),
                Err(wrong) => wrong,
            };
            // what is shared is wrong for somebody: each of them alone tells for whom
            let alone = compose(&discovery.found, &apart);
            let addresses = alone.addresses.clone();
            let wrong_alone = match self.attempt(discovery, alone)? {
                Ok(drafted) => return Ok(Some(drafted)),
                Err(wrong) => wrong,
            };
            if round == ROUNDS || !leave(discovery, &addresses, &wrong_alone) {
                return Err(wrong.problem);
            }
        }
        Ok(None)
    }

    /// Plans these declarations.
    fn attempt(
        &self,
        discovery: &Discovery,
        composed: Composed,
    ) -> Result<Result<Drafted, Undeclarable>, Problem> {
        let files = ComposedFiles::of(&composed, self.folder, self.names_schema);
        let secrets = &discovery.secrets;
        let new = open::Unwritten { sources: files.sources(), variables: Some(&composed.variables), secrets };
        let workspace = open::trying(&self.args.variables, self.wiring, new, self.edge)?;
        let paths: Vec<String> = files.all.iter().map(|(path, ..)| path.display().to_string()).collect();
        let wish = wish(discovery, &composed);
        match workspace.adoption(&wish, self.store.recorded(), self.store.key(), &paths)? {
            Ok(prepared) => {
                open::said(workspace, self.edge)?;
                Ok(Ok(Drafted { composed, files, prepared }))
            }
            Err(wrong) => Ok(Err(wrong)),
        }
    }
}

/// All that was found, by the addresses that it is declared under now.
fn wish(discovery: &Discovery, composed: &Composed) -> Wish {
    let found = composed.addresses.iter().zip(&discovery.ids);
    let declared = discovery.declared.iter().map(|(address, id)| (address, id));
    let imports =
        found.chain(declared).map(|(address, id)| (address.to_string(), Selector::Id(id.to_string())));
    Wish { imports: imports.collect(), import_only: true, ..Wish::default() }
}

/// Leaves what is wrong; `false` where nobody can say what that is.
fn leave(discovery: &mut Discovery, addresses: &[Address], wrong: &Undeclarable) -> bool {
    let why = |address: &Address| wrong.keys.get(address.key.as_str());
    let found: Vec<(usize, &String)> =
        addresses.iter().enumerate().filter_map(|(n, address)| Some((n, why(address)?))).collect();
    for (n, why) in found.iter().rev() {
        let what = "correct that, or write its declaration by hand, then `provisor import KEY ID`";
        discovery.leave(*n, &format!("it cannot be declared as it is: {why}; {what}"));
    }
    let declared = discovery.declared.len();
    let (wrong, right) = discovery.declared.drain(..).partition(|(address, _)| why(address).is_some());
    discovery.declared = right;
    let wrong: Vec<(Address, ProvisionedId)> = wrong;
    for (address, id) in &wrong {
        let why = why(address).map(String::as_str).unwrap_or_default();
        discovery.left.push(format!("{address} ({id}): its declaration is wrong: {why}").into());
    }
    !found.is_empty() || discovery.declared.len() < declared
}
