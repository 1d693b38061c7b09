//! `provisor schema`: JSON Schemas of the files that people write, for editors, and of the documents that programs read.

use std::path::Path;

use clap::ValueEnum;

use super::args::{SchemaArgs, SchemaOf};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::schemas::{kinds, of_file};
use super::{catalog, files};
use crate::files::GivenFiles;
use crate::report::json;
use crate::report::view::OfferedView;
use crate::workspace::Problem;

pub fn run(args: &SchemaArgs, edge: &Edge) -> Result<Exit, Problem> {
    let name = args.of.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    if args.catalog && args.of != SchemaOf::Declarations {
        return Err(Problem::usage(format!("no catalog has anything to say about `{name}`"))
            .hint("`--catalog` belongs to `provisor schema declarations`"));
    }
    let offered = if args.catalog { offered(args, edge)? } else { Vec::new() };
    match &args.write {
        Some(folder) => write(folder, &offered, edge),
        None => edge.out(&text(&name, &offered).unwrap_or_default()),
    }
}

/// The schema of this name.
fn text(name: &str, offered: &[OfferedView]) -> Option<String> {
    let file = kinds().into_iter().find(|file| file.name == name);
    match file {
        Some(file) => Some(of_file(&file, offered)),
        None => json::document_schema(name),
    }
}

fn write(folder: &Path, offered: &[OfferedView], edge: &Edge) -> Result<Exit, Problem> {
    edge.for_everyone();
    files::make_folder(folder, edge)?;
    for file in kinds() {
        let path = folder.join(format!("{}.json", file.name));
        files::write_schema(&path, &GivenFiles::beside(&edge.root), &of_file(&file, offered), edge)?;
        edge.err(&format!("wrote {}\n", path.display()));
    }
    let line = format!("# yaml-language-server: $schema={}/declarations.json", folder.display());
    edge.out(&format!("A first line such as this one, relative to the file, tells an editor:\n\n  {line}\n"))
}

fn offered(args: &SchemaArgs, edge: &Edge) -> Result<Vec<OfferedView>, Problem> {
    let wiring = Wiring::new("schema");
    let workspace = catalog::opened(&args.variables, &wiring, edge)?;
    let recorded = workspace.repo.recorded()?;
    Ok(OfferedView::all(&workspace.catalog_sheets(args.location.as_deref(), &recorded)?))
}
