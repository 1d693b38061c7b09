//! `cargo run --example tour`: walks every example in a temporary copy: plan, apply, plan again, destroy.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for people")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (name, extra) in
        [("quickstart", None), ("platform", Some("vars-demo.yaml")), ("account-factory", None)]
    {
        let repo = std::env::temp_dir().join(format!("provisor-tour-{name}-{}", std::process::id()));
        if let Err(error) = copy(&examples.join(name), &repo) {
            eprintln!("cannot copy the example `{name}`: {error}");
            return ExitCode::FAILURE;
        }
        for words in [
            &["plan", "--concise"][..],
            &["apply", "--auto-approve"],
            &["plan"],
            &["destroy", "--auto-approve", "--max-terminate", "100%"],
        ] {
            println!("\n$ provisor {}   # {name}", words.join(" "));
            let mut arguments = vec!["provisor".into(), "-C".into(), repo.clone().into_os_string()];
            arguments.extend(words.iter().map(Into::into));
            arguments.extend(extra.iter().flat_map(|file| ["--var-file".into(), file.into()]));
            let exit = provisor::cli::run(arguments);
            if exit != ExitCode::SUCCESS {
                return exit;
            }
        }
        let _ = std::fs::remove_dir_all(&repo);
    }
    ExitCode::SUCCESS
}

/// Everything but what earlier runs left behind.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path: PathBuf = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true if path.ends_with("state") => {}
            true => copy(&path, &target)?,
            false => drop(std::fs::copy(&path, &target)?),
        }
    }
    Ok(())
}
