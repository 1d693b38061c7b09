//! The schemas of the files that people write: every kind there is, and the line by which an editor finds one.

use std::path::Path;

use super::worlds;
use crate::declare::file_schemas;
use crate::model::schema::FileSchema;
use crate::report::json;
use crate::report::view::OfferedView;

/// The kind of file that catalogs have something to say about.
const DECLARATIONS: &str = "declarations";

/// The folder of a repo that schemas are written to, where nobody names another.
pub const FOLDER: &str = "schemas";

/// The line by which an editor finds the schema of a file in a repo, by the file's path there.
pub fn line(file: &Path, kind: &str) -> String {
    let up = "../".repeat(file.components().count().saturating_sub(1));
    format!("# yaml-language-server: $schema={up}{FOLDER}/{kind}.json\n")
}

/// Every kind of file that people write.
pub fn kinds() -> Vec<FileSchema> {
    let mut all = file_schemas();
    all.push(worlds::schema());
    all
}

/// The schema of one, with what the products take where that is known.
pub fn of_file(file: &FileSchema, offered: &[OfferedView]) -> String {
    json::file_schema(file, if file.name == DECLARATIONS { offered } else { &[] })
}

/// The schemas of all files, by the names of theirs.
pub fn texts() -> Vec<(String, String)> {
    kinds().iter().map(|file| (format!("{}.json", file.name), of_file(file, &[]))).collect()
}
