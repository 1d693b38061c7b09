//! `provisor init`: a starter repo that works at once on the sandbox.

use std::path::Path;

use super::args::InitArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::schemas;
use crate::files::{FileError, GivenFiles, WriteTarget};
use crate::report::json::{self, WrittenFile};
use crate::workspace::{Problem, ProblemKind, SETTINGS};

/// One file of an example: its path in the example's folder, and its text.
type ExampleFile = (&'static str, &'static str);

macro_rules! example {
    ($name:literal: $($file:literal),* $(,)?) => {
        ($name, &[$(($file, include_str!(concat!("../../examples/", $name, "/", $file)))),*])
    };
}

/// The examples, as they stand in `examples/`.
const EXAMPLES: &[(&str, &[ExampleFile])] = &[
    example!("quickstart":
        "products.yaml",
        "provisor.yaml",
        "sandbox.yaml",
        "templates/bucket-v1.yaml",
        "templates/bucket-v2.yaml",
    ),
    example!("platform":
        "products/data.yaml",
        "products/messaging.yaml",
        "products/network.yaml",
        "products/services.yaml",
        "provisor.yaml",
        "sandbox.yaml",
        "templates/bastion.yaml",
        "templates/cluster.yaml",
        "templates/database-v1.yaml",
        "templates/database-v2.yaml",
        "templates/function.yaml",
        "templates/network-v1.yaml",
        "templates/network-v2.yaml",
        "templates/queue.json",
        "vars-demo.yaml",
    ),
    example!("account-factory":
        "accounts/data.yaml",
        "accounts/identity.yaml",
        "accounts/mobile.yaml",
        "accounts/payments.yaml",
        "accounts/risk.yaml",
        "accounts/sandbox.yaml",
        "accounts/search.yaml",
        "accounts/shared.yaml",
        "provisor.yaml",
        "sandbox.yaml",
        "templates/account.yaml",
    ),
];

/// What git is to leave alone: its lines, and what stands there.
const IGNORE: &str = "# what provisor remembers: private, and of this machine\n/state/\n# saved plans: name them so, as in `provisor plan --out plan.bin`\n*.bin\n";
const GITIGNORE: &str = ".gitignore";

/// The names of the examples.
pub fn names() -> impl Iterator<Item = &'static str> {
    EXAMPLES.iter().map(|(name, _)| *name)
}

pub fn run(args: &InitArgs, edge: &Edge) -> Result<Exit, Problem> {
    let Some((name, files)) = EXAMPLES.iter().find(|(name, _)| *name == args.example) else {
        let names: Vec<&str> = names().collect();
        return Err(Problem::usage(format!(
            "there is no example `{}`: there is {}",
            args.example,
            names.join(", ")
        )));
    };
    let base = edge.at(&args.directory);
    if std::fs::symlink_metadata(base.join(SETTINGS)).is_ok() {
        let nothing = format!("Nothing to initialise: `{SETTINGS}` is there.\n");
        return edge.out(&if args.json { json::files(&[], &[]) } else { nothing });
    }
    let mut files = written(files);
    let taken: Vec<String> = files
        .iter()
        .map(|(file, _)| args.directory.join(file))
        .filter(|path| std::fs::symlink_metadata(edge.at(path)).is_ok())
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if !taken.is_empty() {
        return Err(Problem::refused(
            format!("{} would be overwritten", taken.join(", ")),
            "init an empty directory",
        ));
    }
    match std::fs::symlink_metadata(base.join(GITIGNORE)) {
        Ok(_) => tell_unignored(&args.directory.join(GITIGNORE), &base, edge),
        Err(_) => files.push((GITIGNORE.to_owned(), IGNORE.to_owned())),
    }
    write(&files, args, edge)?;
    if args.json {
        let paths = files.iter().map(|(file, _)| args.directory.join(file).display().to_string());
        let paths: Vec<String> = paths.collect();
        let files: Vec<_> = paths.iter().map(|path| WrittenFile { path, text: None }).collect();
        return edge.out(&json::files(&files, &[]));
    }
    let go = if args.directory.as_os_str() == "." {
        String::new()
    } else {
        format!(" -C {}", args.directory.display())
    };
    let values = files.iter().find(|(file, _)| file.starts_with("vars-"));
    let flags = values.map(|(file, _)| format!(" --var-file {file}")).unwrap_or_default();
    edge.out(&format!(
        "Example `{name}` is ready: it runs on an embedded sandbox, without an AWS account.\n\n  provisor{go} plan{flags}\n  provisor{go} apply{flags}\n"
    ))
}

/// Says what an ignore file that is there lacks: it is somebody's own.
fn tell_unignored(named: &Path, base: &Path, edge: &Edge) {
    let bytes = GivenFiles::beside(base).read(&base.join(GITIGNORE)).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    let is_there = |wanted: &str| text.lines().any(|line| bare(line) == bare(wanted));
    let wanted = IGNORE.lines().filter(|line| !line.starts_with('#'));
    let missing: Vec<String> =
        wanted.filter(|line| !is_there(line)).map(|line| format!("`{line}`")).collect();
    if !missing.is_empty() {
        edge.err(&format!(
            "Warning: `{}` is there, and stays as it is: add {} to it, so that the state and saved plans stay out of git\n",
            named.display(),
            missing.join(" and ")
        ));
    }
}

fn write(files: &[(String, String)], args: &InitArgs, edge: &Edge) -> Result<(), Problem> {
    let base = edge.at(&args.directory);
    edge.for_everyone();
    for (file, text) in files {
        let path = args.directory.join(file);
        let unwritable = |error: FileError| {
            Problem::new(ProblemKind::Output, format!("cannot write `{}`: {error}", path.display()))
        };
        let there = edge.at(&path);
        there.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|error| unwritable(error.into()))?;
        // a link that lies there already leads nowhere else
        let target = WriteTarget::at(&there, &GivenFiles::beside(&base)).map_err(unwritable)?;
        let written = target.create(text.as_bytes());
        written.map_err(|error| unwritable(error.into()))?;
        edge.err(&format!("wrote {}\n", path.display()));
    }
    Ok(())
}

/// The files of an example as they are written: each with the line that names its schema to an editor, and the schemas.
fn written(files: &[ExampleFile]) -> Vec<(String, String)> {
    let headed = |(file, text): &ExampleFile| {
        let line = kind(file).map(|kind| schemas::line(Path::new(file), kind)).unwrap_or_default();
        ((*file).to_owned(), format!("{line}{text}"))
    };
    let schemas =
        schemas::texts().into_iter().map(|(name, text)| (format!("{}/{name}", schemas::FOLDER), text));
    files.iter().map(headed).chain(schemas).collect()
}

/// What a file of an example is; `None` where no schema of ours tells it.
fn kind(file: &str) -> Option<&'static str> {
    match file {
        SETTINGS => Some("settings"),
        "sandbox.yaml" => Some("world"),
        other if other.starts_with("templates/") || other.starts_with("vars-") => None,
        _ => Some("declarations"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_an_example_is_written() {
        for (name, files) in EXAMPLES {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
            let there =
                below(&root).into_iter().filter(|file| !["README.md", "plan.txt"].contains(&file.as_str()));
            let listed: BTreeSet<String> = files.iter().map(|(file, _)| (*file).to_owned()).collect();
            assert_eq!(there.collect::<BTreeSet<_>>(), listed, "{name}");
        }
    }

    fn below(root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if !path.is_dir() {
                    found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
                } else if !path.ends_with("state") {
                    open.push(path);
                }
            }
        }
        found
    }
}
