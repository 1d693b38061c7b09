//! `provisor catalog`: what there is to provision. Whoever browses may have declared nothing yet, or something wrong.

use std::path::Path;

use super::args::{
    CatalogCommand, CatalogListArgs, CatalogScaffoldArgs, CatalogShowArgs, SheetArgs, VariableArgs,
};
use super::declaring::{ComposedFiles, declare, folder, has_schema, tell_variables, there};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::open;
use crate::import::{FileOrigin, ScaffoldValue, scaffold};
use crate::model::text::quoted;
use crate::observe::SheetRequest;
use crate::report::view::CatalogView;
use crate::report::{human, json};
use crate::workspace::{Browsed, Problem, Wish, Workspace};

pub fn run(command: &CatalogCommand, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("catalog");
    match command {
        CatalogCommand::List(args) => list(args, &wiring, edge),
        CatalogCommand::Show(args) => show(args, &wiring, edge),
        CatalogCommand::Scaffold(args) => write_scaffold(args, &wiring, edge),
    }
}

fn list(args: &CatalogListArgs, wiring: &Wiring, edge: &Edge) -> Result<Exit, Problem> {
    let workspace = opened(&args.variables, wiring, edge)?;
    let recorded = workspace.repo.recorded()?;
    let found = workspace.catalog_products(args.location.as_deref(), &recorded)?;
    let found = found.into_iter().map(|product| (product, None)).collect();
    let view = CatalogView::of(found, &workspace.labels(&recorded));
    edge.out(&if args.json { json::catalog(&view) } else { human::catalog(&view, edge.out_style) })
}

fn show(args: &CatalogShowArgs, wiring: &Wiring, edge: &Edge) -> Result<Exit, Problem> {
    let workspace = opened(&args.variables, wiring, edge)?;
    let recorded = workspace.repo.recorded()?;
    let found = workspace.catalog_product(args.location.as_deref(), args.of.browsed(), &recorded)?;
    let view = CatalogView::of(found, &workspace.labels(&recorded));
    edge.out(&if args.json { json::catalog(&view) } else { human::products(&view, edge.out_style) })
}

fn write_scaffold(args: &CatalogScaffoldArgs, wiring: &Wiring, edge: &Edge) -> Result<Exit, Problem> {
    let workspace = opened(&args.variables, wiring, edge)?;
    let folder = args.write.as_deref().map(|dir| folder(Some(dir), &workspace)).transpose()?;
    let recorded = workspace.repo.recorded()?;
    let (location, key) = (args.location.as_deref(), args.key.as_deref());
    let what = workspace.scaffold(location, args.of.browsed(), key, &recorded)?;
    let files = folder.as_ref().map(|folder| there(folder, &workspace)).unwrap_or_default();
    let day: String = Edge::now().utc().chars().take(10).collect();
    let sentence = format!("Written by `provisor catalog scaffold` on {day}: a beginning, to be edited");
    let origin = FileOrigin { sentence, names_locations: false };
    let composed = scaffold(&what, &workspace.surroundings(files, origin));
    let written =
        ComposedFiles::of(&composed, folder.as_deref().unwrap_or(Path::new(".")), has_schema(&workspace));
    if workspace.is_sound() {
        let again = open::adopting(
            &args.variables,
            wiring,
            open::Unwritten {
                sources: written.sources(),
                variables: Some(&composed.variables),
                secrets: &[],
            },
            edge,
        )?;
        if !again.is_sound() {
            return Err(again.wrong(&Wish::default()));
        }
    }
    if folder.is_some() {
        written.write(&workspace, edge)?;
        declare(&composed.variables, &workspace, edge)?;
    } else {
        if !args.json {
            composed.files.iter().try_for_each(|file| edge.out(&file.text).map(drop))?;
        }
        tell_variables(&composed.variables, &workspace, edge);
    }
    let open = what.parameters.iter().filter(|one| one.value == ScaffoldValue::Open);
    let open: Vec<&str> = open.map(|one| one.key.as_str()).collect();
    if args.json {
        edge.out(&written.told(folder.is_none(), &open))?;
    }
    if !open.is_empty() {
        edge.err(&format!("To be filled in before it can be provisioned: {}\n", quoted(open)));
    }
    what.warnings.iter().for_each(|warning| edge.err(&format!("Warning: {warning}\n")));
    Ok(Exit::Done)
}

/// The repo with what of it is sound: whoever asks a catalog may have declared nothing yet.
pub fn opened<'a>(
    variables: &VariableArgs,
    wiring: &'a Wiring,
    edge: &Edge,
) -> Result<Workspace<'a>, Problem> {
    let workspace = open::adopting(variables, wiring, open::Unwritten::default(), edge)?;
    if !workspace.is_sound() {
        edge.err("Warning: some declarations are wrong and left out here: `provisor validate` says which\n");
    }
    Ok(workspace)
}

impl SheetArgs {
    fn browsed(&self) -> Browsed<'_> {
        let sheet = SheetRequest { version: self.version.as_deref(), path: self.path.as_deref() };
        Browsed { product: &self.product, sheet }
    }
}
