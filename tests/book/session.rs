//! A session at a terminal, in a folder of its own: commands, and what they are said to print.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::cli::support::binary;

/// Whatever comes between.
const ANYTHING: &str = "…";

/// Where it is, and in which folder all of it is.
pub struct Session {
    at: PathBuf,
    folder: TempDir,
}

impl Session {
    pub fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { at: folder.path().to_owned(), folder }
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.at.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn append(&self, file: &str, text: &str) {
        let before = fs::read_to_string(self.at.join(file)).unwrap();
        self.write(file, &(before + text));
    }

    /// Runs the commands of a block, and holds what they print against what is shown; gives how many they were.
    pub fn run(&mut self, place: &str, block: &str) -> usize {
        let mut steps: Vec<Step<'_>> = Vec::new();
        for line in block.lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command, shown: Vec::new() }),
                (None, Some(step)) => step.shown.push(line),
                (None, None) => panic!("{place}: `{line}` stands before any command"),
            }
        }
        for step in &steps {
            let printed = self.carry_out(step.command);
            let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
            if let Err(line) = fits(&step.shown, &printed) {
                let printed = printed.join("\n");
                panic!("{place}: `{}` does not print `{line}` there; it prints\n{printed}", step.command);
            }
        }
        steps.len()
    }

    fn carry_out(&mut self, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.at.push(folder);
            return String::new();
        }
        let own = binary();
        let path = format!("{}:{}", own.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-c", &format!("{{ {command}; }} 2>&1")])
            .current_dir(&self.at)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .envs([("AWS_EC2_METADATA_DISABLED", "true"), ("LANG", "C.UTF-8"), ("COLUMNS", "120")])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A command, and the lines that are shown below it.
struct Step<'b> {
    command: &'b str,
    shown: Vec<&'b str>,
}

/// Whether these lines were printed, all of them but for what `…` stands for; if not, the first that was not.
fn fits<'s>(shown: &[&'s str], printed: &[&str]) -> Result<(), &'s str> {
    let (mut at, mut skips) = (0, shown.is_empty());
    for line in shown {
        if *line == ANYTHING {
            skips = true;
            continue;
        }
        let rest = printed.get(at..).unwrap_or_default();
        let within = if skips { rest.len() } else { 1 };
        let found = rest.iter().take(within).position(|printed| is_like(line.trim_end(), printed));
        at += found.ok_or(*line)? + 1;
        skips = false;
    }
    let ends = skips || at == printed.len();
    if ends { Ok(()) } else { Err("and nothing more") }
}

/// Whether the parts between `…` stand in a line, in their order.
fn is_like(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split(ANYTHING);
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[test]
fn what_is_not_printed_is_found_out() {
    let printed = ["one", "two 22", "", "three"];
    let right: [&[&str]; 5] =
        [&[], &["one", "…"], &["…", "two …", "", "three"], &["one", "two 2…", "…", "three"], &["…"]];
    for shown in right {
        assert_eq!(fits(shown, &printed), Ok(()), "{shown:?}");
    }
    let wrong: [(&[&str], &str); 4] = [
        (&["one"], "and nothing more"),
        (&["two 22", "…"], "two 22"),
        (&["one", "three"], "three"),
        (&["…", "two …3", "…"], "two …3"),
    ];
    for (shown, line) in wrong {
        assert_eq!(fits(shown, &printed), Err(line), "{shown:?}");
    }
}
