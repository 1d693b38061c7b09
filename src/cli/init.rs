//! `provisor init`: a starter repo that works at once on the sandbox.

use super::args::Init;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;

/// One file of an example: its path in the example's folder, and its text.
type File = (&'static str, &'static str);

macro_rules! example {
    ($name:literal: $($file:literal),* $(,)?) => {
        ($name, &[$(($file, include_str!(concat!("../../examples/", $name, "/", $file)))),*])
    };
}

/// The examples, as they stand in `examples/`.
const EXAMPLES: &[(&str, &[File])] = &[
    example!("quickstart": "provisor.yaml", "sandbox.yaml", "products.yaml", "templates/bucket-v1.yaml", "templates/bucket-v2.yaml"),
];

pub fn run(args: &Init, edge: &Edge) -> Result<Exit, Fail> {
    let Some((name, files)) = EXAMPLES.iter().find(|(name, _)| *name == args.example) else {
        let names: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
        return Err(Fail::usage(format!("there is no example `{}`: there is {}", args.example, names.join(", "))));
    };
    let taken: Vec<String> = files
        .iter()
        .map(|(file, _)| args.directory.join(file))
        .filter(|path| path.exists())
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if !taken.is_empty() {
        return Err(Fail::refused(format!("{} would be overwritten", taken.join(", ")), "init an empty directory"));
    }
    for (file, text) in *files {
        let path = args.directory.join(file);
        let unwritable = |error| Fail::error(format!("cannot write `{}`: {error}", path.display()));
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(unwritable)?;
        std::fs::write(&path, text).map_err(unwritable)?;
        edge.err(&format!("wrote {}\n", path.display()));
    }
    let go = if args.directory.as_os_str() == "." { String::new() } else { format!(" -C {}", args.directory.display()) };
    edge.out(&format!(
        "Example `{name}` is ready: it runs on an embedded sandbox, without an AWS account.\n\n  provisor{go} plan\n  provisor{go} apply\n"
    ))
}
