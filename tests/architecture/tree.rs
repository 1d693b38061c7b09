//! The source tree: its files, the modules that they are, and what each names. Knows where files lie; what is in one is
//! told by `syntax` and `shapes`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::shapes::{self, Function, Tests};
use super::syntax::{self, Names};

/// One file of ours.
pub struct File {
    /// Below the repo, with `/`.
    pub path: String,
    pub text: String,
}

/// The modules of a program, and who imports whom. A room that is a crate of its own stands in the tree like any other.
pub struct Tree {
    /// All functions outside tests.
    pub functions: Vec<Function>,
    modules: BTreeMap<String, Module>,
    /// Between modules of this crate, with re-exports followed to where an item is defined; one for each pair.
    pub imports: Vec<Import>,
    /// The rooms that are crates of their own, in place.
    pub crates: BTreeSet<String>,
}

/// The program, without the crate that stands in its folder.
pub static PROGRAM: LazyLock<Tree> =
    LazyLock::new(|| Tree::of("src", |path| !path.starts_with("src/sandbox/")));

/// The sandbox's crate.
pub static SANDBOX: LazyLock<Tree> =
    LazyLock::new(|| Tree::of("src/sandbox", |path| !path.starts_with("src/sandbox/tests/")));

/// That a module needs another one of its crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Module paths, such as `crate::plan::order`.
    pub from: String,
    pub to: String,
    /// File and line.
    pub place: String,
}

struct Module {
    path: String,
    names: Names,
}

impl Tree {
    fn of(root: &str, belongs: impl Fn(&str) -> bool) -> Self {
        let files: Vec<File> = below(root).into_iter().filter(|file| belongs(&file.path)).collect();
        let mut modules = BTreeMap::new();
        for file in &files {
            let name = module_path(file.path.strip_prefix(root).unwrap());
            modules.insert(name, Module { path: file.path.clone(), names: syntax::names(&file.text) });
        }
        let functions = files.iter().flat_map(|file| shapes::functions(file, Tests::LeftOut)).collect();
        let crates =
            crates_below(root).into_iter().filter(|name| belongs(&format!("{root}/{name}/"))).collect();
        let mut tree = Self { functions, modules, imports: Vec::new(), crates };
        tree.imports = tree.modules.keys().flat_map(|module| tree.imports_of(module)).collect();
        tree
    }

    /// Every path that is named, resolved as far as `use` tells, with its place.
    pub fn named(&self) -> impl Iterator<Item = (String, String)> {
        self.modules.iter().flat_map(move |(name, module)| {
            module.names.paths.iter().map(move |(path, line)| {
                (format!("{}:{line}", module.path), self.absolute(name, path).join("::"))
            })
        })
    }

    /// All types by name, with their places.
    pub fn types(&self) -> impl Iterator<Item = (String, String)> {
        self.modules.values().flat_map(|module| {
            module.names.types.iter().map(|(name, line)| (format!("{}:{line}", module.path), name.clone()))
        })
    }

    fn imports_of(&self, from: &str) -> Vec<Import> {
        let module = &self.modules[from];
        let mut imports = BTreeMap::new();
        for (path, line) in &module.names.paths {
            let Some(to) = self.home(self.absolute(from, path), 0) else { continue };
            if to != from {
                imports.entry(to).or_insert(line);
            }
        }
        let place = |line| format!("{}:{line}", module.path);
        imports
            .into_iter()
            .map(|(to, line)| Import { from: from.to_owned(), to, place: place(line) })
            .collect()
    }

    /// A path from the crate's root, or from another crate's.
    fn absolute(&self, module: &str, path: &[String]) -> Vec<String> {
        let own = |parts: &[String]| -> Vec<String> {
            module.split("::").map(str::to_owned).chain(parts.iter().cloned()).collect()
        };
        let Some(first) = path.first() else { return Vec::new() };
        let room = |name: &str| -> Vec<String> {
            ["crate", name].into_iter().map(str::to_owned).chain(path[1..].iter().cloned()).collect()
        };
        match first.as_str() {
            "crate" => match module.split("::").nth(1).filter(|name| self.crates.contains(*name)) {
                Some(name) => room(name),
                None => path.to_vec(),
            },
            first if first.strip_prefix("provisor_").is_some_and(|name| self.crates.contains(name)) => {
                room(first.trim_start_matches("provisor_"))
            }
            "self" => own(&path[1..]),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                let mut base: Vec<String> = module.split("::").map(str::to_owned).collect();
                base.truncate(base.len().saturating_sub(ups));
                base.extend(path[ups..].iter().cloned());
                base
            }
            first => {
                let child = format!("{module}::{first}");
                let used = self.modules[module].names.uses.get(first);
                match used {
                    Some(used) if used.first().map(String::as_str) != Some(first) => {
                        let used = self.absolute(module, used);
                        used.into_iter().chain(path[1..].iter().cloned()).collect()
                    }
                    _ if self.modules.contains_key(&child) => own(path),
                    _ => path.to_vec(),
                }
            }
        }
    }

    /// The module that defines what a path names, if it is one of ours.
    fn home(&self, path: Vec<String>, depth: usize) -> Option<String> {
        let longest = (1..=path.len()).rev().find(|n| self.modules.contains_key(&path[..*n].join("::")))?;
        let module = path[..longest].join("::");
        let Some(item) = path.get(longest) else { return Some(module) };
        match self.modules[&module].names.uses.get(item) {
            Some(used) if depth < 8 => {
                let target = self.absolute(&module, used);
                self.home(target, depth + 1).or(Some(module))
            }
            _ => Some(module),
        }
    }
}

/// Every Rust file of ours, tests included.
pub fn all() -> Vec<File> {
    ["src", "tests", "benches", "examples"].into_iter().flat_map(below).collect()
}

/// `/plan/file/mod.rs` is `crate::plan::file`.
fn module_path(file: &str) -> String {
    let stem = file.trim_start_matches('/').trim_end_matches(".rs");
    let parts = stem.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
    std::iter::once("crate").chain(parts).collect::<Vec<_>>().join("::")
}

/// The folders in a program's that are crates.
fn crates_below(root: &str) -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(root);
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
    let crates = folders.filter(|folder| folder.path().join("Cargo.toml").is_file());
    crates.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect()
}

fn below(folder: &str) -> Vec<File> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(File {
                    path: relative(&path, &root),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().into_owned()
}
