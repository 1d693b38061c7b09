//! A disk that keeps what was synced, and of the rest what chance will have. A name is kept when its folder was synced, a
//! file's content when the file was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::trace::{Argument, Call};

/// A folder tree as the system shows it, and as a power cut leaves it.
#[derive(Clone)]
pub struct Disk {
    root: PathBuf,
    /// What below the root is not looked at.
    left_out: PathBuf,
    nodes: Vec<Node>,
    open: BTreeMap<i64, Open>,
    /// Calls that changed something.
    pub changes: usize,
}

#[derive(Clone)]
enum Node {
    Folder { names: BTreeMap<String, usize>, kept: BTreeMap<String, usize>, since: Vec<Renaming> },
    File { bytes: Vec<u8>, kept: Vec<u8>, since: Vec<Writing> },
}

/// A change of a folder's names.
#[derive(Clone)]
struct Renaming {
    name: String,
    to: Option<usize>,
}

/// A change of a file.
#[derive(Clone)]
enum Writing {
    At(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Clone, Copy)]
struct Open {
    node: usize,
    offset: usize,
    appends: bool,
}

/// What of the unsynced a cut leaves.
pub enum Kept<'c> {
    /// Nothing.
    Synced,
    /// Each change to a file, and the first so many changes to a folder, by chance.
    Chance(&'c mut dyn FnMut(usize) -> usize),
}

impl Disk {
    /// An empty folder at `root`, but for what is `left_out`.
    pub fn new(root: &Path, left_out: &Path) -> Self {
        let nodes = vec![Node::folder()];
        Self {
            root: root.to_owned(),
            left_out: left_out.to_owned(),
            nodes,
            open: BTreeMap::new(),
            changes: 0,
        }
    }

    /// All that stands there now is on the disk.
    pub fn load(&mut self) {
        let mut open = vec![(self.root.clone(), 0)];
        while let Some((path, folder)) = open.pop() {
            for entry in std::fs::read_dir(&path).unwrap() {
                let path = entry.unwrap().path();
                if path == self.left_out {
                    continue;
                }
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let node = if path.is_dir() {
                    open.push((path, self.nodes.len()));
                    Node::folder()
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    Node::File { kept: bytes.clone(), bytes, since: Vec::new() }
                };
                self.nodes.push(node);
                self.link(folder, &name, Some(self.nodes.len() - 1));
            }
            self.sync(folder);
        }
    }

    /// One call of the process.
    pub fn apply(&mut self, call: &Call) {
        let (name, arguments) = (call.name.as_str(), call.arguments.as_slice());
        match name {
            "open" | "openat" | "creat" => self.opened(arguments, &call.result),
            "dup" | "dup2" | "dup3" | "fcntl" => self.doubled(arguments, &call.result),
            "close" => drop(self.open.remove(&arguments[0].number.unwrap_or(-1))),
            "fsync" | "fdatasync" => {
                if let Some(open) = self.of(&arguments[0]) {
                    self.sync(open.node);
                }
            }
            "write" | "writev" | "pwrite64" | "ftruncate" => self.written(name, arguments),
            "mkdir" | "mkdirat" => self.made(&named(arguments)),
            "unlink" | "unlinkat" | "rmdir" => self.named(&named(arguments), None),
            "rename" | "renameat" | "renameat2" => self.renamed(arguments),
            _ => assert!(
                !arguments.iter().any(|argument| self.of(argument).is_some()),
                "the disk does not know {name}: {call:?}"
            ),
        }
    }

    fn of(&self, argument: &Argument) -> Option<Open> {
        argument.path.as_ref()?;
        self.open.get(&argument.number?).copied()
    }

    fn opened(&mut self, arguments: &[Argument], result: &Argument) {
        let (Some(number), Some(path)) = (result.number, &result.path) else { return };
        self.open.remove(&number);
        let flags =
            arguments.iter().map(|argument| argument.word.as_str()).find(|word| word.starts_with("O_"));
        let flags = flags.unwrap_or("O_CREAT|O_TRUNC");
        if self.place(path).is_none() {
            return;
        }
        if self.node(path).is_none() && flags.contains("O_CREAT") {
            self.nodes.push(Node::File { bytes: Vec::new(), kept: Vec::new(), since: Vec::new() });
            self.named(path, Some(self.nodes.len() - 1));
        }
        let Some(node) = self.node(path) else { panic!("opened, but never made: {}", path.display()) };
        if flags.contains("O_TRUNC") {
            self.write(node, Writing::Cut(0));
        }
        self.open.insert(number, Open { node, offset: 0, appends: flags.contains("O_APPEND") });
    }

    fn doubled(&mut self, arguments: &[Argument], result: &Argument) {
        let is_double =
            arguments.get(1).is_none_or(|word| word.word.starts_with("F_DUPFD") || word.number.is_some());
        let (Some(open), Some(number)) = (self.of(&arguments[0]), result.number) else { return };
        if is_double {
            self.open.insert(number, open);
        }
    }

    fn written(&mut self, name: &str, arguments: &[Argument]) {
        let Some(open) = self.of(&arguments[0]) else { return };
        let number = |argument: &Argument| usize::try_from(argument.number.unwrap()).unwrap();
        if name == "ftruncate" {
            return self.write(open.node, Writing::Cut(number(&arguments[1])));
        }
        let Node::File { bytes, .. } = &self.nodes[open.node] else { panic!("a folder is written to") };
        let at = match name {
            "pwrite64" => number(&arguments[3]),
            _ if open.appends => bytes.len(),
            _ => open.offset,
        };
        let data = arguments[1].bytes.clone();
        if let Some(open) = self.open.get_mut(&arguments[0].number.unwrap())
            && name != "pwrite64"
        {
            open.offset = at + data.len();
        }
        self.write(open.node, Writing::At(at, data));
    }

    fn made(&mut self, path: &Path) {
        self.nodes.push(Node::folder());
        self.named(path, Some(self.nodes.len() - 1));
    }

    fn renamed(&mut self, arguments: &[Argument]) {
        let half = if arguments.len() > 3 { 2 } else { 1 };
        let (from, to) = (named(&arguments[..half]), named(&arguments[half..2 * half]));
        let node = self.node(&from);
        self.named(&to, node);
        self.named(&from, None);
    }

    /// Gives a name to a node, or takes it.
    fn named(&mut self, path: &Path, to: Option<usize>) {
        let folder = path.parent().and_then(|parent| self.node(parent));
        if let (Some(folder), Some(name), Some(_)) = (folder, path.file_name(), self.place(path)) {
            self.link(folder, &name.to_string_lossy(), to);
        }
    }

    fn link(&mut self, folder: usize, name: &str, to: Option<usize>) {
        let Node::Folder { names, since, .. } = &mut self.nodes[folder] else { panic!("a name in a file") };
        let change = Renaming { name: name.to_owned(), to };
        change.apply(names);
        since.push(change);
        self.changes += 1;
    }

    fn write(&mut self, node: usize, change: Writing) {
        let Node::File { bytes, since, .. } = &mut self.nodes[node] else { panic!("a folder is written to") };
        change.apply(bytes);
        since.push(change);
        self.changes += 1;
    }

    fn sync(&mut self, node: usize) {
        match &mut self.nodes[node] {
            Node::Folder { names, kept, since } => {
                kept.clone_from(names);
                since.clear();
            }
            Node::File { bytes, kept, since } => {
                kept.clone_from(bytes);
                since.clear();
            }
        }
    }

    /// The names that lead from the root to a path; none for what is not looked at.
    fn place(&self, path: &Path) -> Option<PathBuf> {
        // it stands in the repo, one above
        let path = self.root.parent()?.join(path);
        if path.starts_with(&self.left_out) {
            return None;
        }
        path.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    fn node(&self, path: &Path) -> Option<usize> {
        let mut node = 0;
        for name in &self.place(path)? {
            let Node::Folder { names, .. } = &self.nodes[node] else { return None };
            node = *names.get(name.to_string_lossy().as_ref())?;
        }
        Some(node)
    }

    /// Writes what a power cut would leave now into an empty folder.
    pub fn cut(&self, into: &Path, kept: &mut Kept<'_>) {
        self.cut_folder(0, into, kept);
    }

    fn cut_folder(&self, folder: usize, into: &Path, chosen: &mut Kept<'_>) {
        let Node::Folder { kept, since, .. } = &self.nodes[folder] else { return };
        let mut names = kept.clone();
        let survive = match chosen {
            Kept::Synced => 0,
            Kept::Chance(chance) => chance(since.len() + 1),
        };
        since[..survive].iter().for_each(|change| change.apply(&mut names));
        for (name, node) in names {
            let path = into.join(name);
            match &self.nodes[node] {
                Node::Folder { .. } => {
                    std::fs::create_dir(&path).unwrap();
                    self.cut_folder(node, &path, chosen);
                }
                Node::File { kept, since, .. } => {
                    let mut bytes = kept.clone();
                    for change in since {
                        if let Kept::Chance(chance) = chosen
                            && chance(2) == 1
                        {
                            change.apply(&mut bytes);
                        }
                    }
                    std::fs::write(&path, bytes).unwrap();
                }
            }
        }
    }
}

impl Node {
    fn folder() -> Self {
        Self::Folder { names: BTreeMap::new(), kept: BTreeMap::new(), since: Vec::new() }
    }
}

impl Renaming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        let _before = match self.to {
            Some(node) => names.insert(self.name.clone(), node),
            None => names.remove(&self.name),
        };
    }
}

impl Writing {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::At(at, data) => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
            Self::Cut(length) => bytes.resize(*length, 0),
        }
    }
}

/// The path that a folder's descriptor and a name make, or a name alone, which may lead from where the process stands.
fn named(arguments: &[Argument]) -> PathBuf {
    let name = arguments.iter().find(|argument| argument.word.starts_with('"')).map(|name| &name.bytes);
    let name = PathBuf::from(String::from_utf8_lossy(name.unwrap()).into_owned());
    arguments[0].path.as_ref().map_or(name.clone(), |folder| folder.join(name))
}
