//! What a process asked of the system, as `strace -f -y -xx` tells it: one call a line, in the order in which they ended.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The calls that change a disk, those by which descriptors come and go, and those that send.
pub const CALLS: &str = "open,openat,creat,close,dup,dup2,dup3,fcntl,write,pwrite64,writev,pwritev,pwritev2,ftruncate,\
                         truncate,fallocate,copy_file_range,sendfile,fsync,fdatasync,rename,renameat,renameat2,link,linkat,\
                         symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,sendto,sendmsg";

/// One call that succeeded.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    /// As they are written, but for texts.
    pub arguments: Vec<Argument>,
    /// What it gave: a number, and the path of a descriptor.
    pub result: Argument,
}

/// One argument.
#[derive(Debug, Default, Clone)]
pub struct Argument {
    /// As it is written.
    pub word: String,
    /// A descriptor's number.
    pub number: Option<i64>,
    /// Where a descriptor leads.
    pub path: Option<PathBuf>,
    /// All texts in it, decoded and put together.
    pub bytes: Vec<u8>,
}

/// Reads a trace.
pub fn read(text: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, String> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((process, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some(begin) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(process, begin.to_owned());
            continue;
        }
        let whole = match rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, end)) => begun.remove(process).unwrap_or_default() + end,
            None => rest.to_owned(),
        };
        calls.extend(call(&whole));
    }
    calls
}

fn call(line: &str) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    let end = rest.rfind(" = ")?;
    let result = argument(rest[end + 3..].split(' ').next()?);
    let arguments = rest[..end].trim_end().strip_suffix(')')?;
    let failed = result.number.is_none_or(|number| number < 0);
    (!failed).then(|| Call {
        name: name.to_owned(),
        arguments: split(arguments).into_iter().map(argument).collect(),
        result,
    })
}

/// At the commas that stand in no brackets and in no text.
fn split(arguments: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut from) = (0, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in arguments.char_indices() {
        match letter {
            '"' => in_text = !in_text,
            '[' | '{' | '(' if !in_text => depth += 1,
            ']' | '}' | ')' if !in_text => depth -= 1,
            ',' if !in_text && depth == 0 => {
                parts.push(arguments[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(arguments[from..].trim());
    parts
}

fn argument(word: &str) -> Argument {
    let (number, path) = match word.split_once('<') {
        Some((number, path)) => (number, path.rsplit_once('>').map(|(path, _)| path)),
        None => (word, None),
    };
    assert!(!word.ends_with("\"..."), "the trace is cut short");
    Argument {
        word: word.to_owned(),
        number: number.parse().ok(),
        path: path.map(|path| PathBuf::from(String::from_utf8_lossy(&decoded(path)).into_owned())),
        bytes: word.split('"').skip(1).step_by(2).flat_map(decoded).collect(),
    }
}

/// `\x2f` is a byte; what is no such escape stands for itself.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let byte = rest.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        let length = if byte.is_some() { 4 } else { letter.len_utf8() };
        bytes.extend(byte.map_or_else(|| rest.as_bytes()[..length].to_vec(), |byte| vec![byte]));
        rest = &rest[length..];
    }
    bytes
}

#[test]
fn calls_are_read_in_the_order_of_their_ends() {
    let text = "7 openat(3<\\x2f\\x61>, \"\\x62\", O_RDWR|O_CREAT, 0600) = 4<\\x2f\\x61\\x2f\\x62>\n\
                7 fsync(4<\\x2f\\x61\\x2f\\x62> <unfinished ...>\n\
                8 write(5<\\x73>, \"\\x31,\\x32\", 3) = 3\n\
                7 <... fsync resumed>) = 0\n\
                7 mkdirat(3<\\x2f\\x61>, \"\\x63\", 0700) = -1 EEXIST (File exists)\n\
                8 writev(5<\\x73>, [{iov_base=\"\\x31\", iov_len=1}, {iov_base=\"\\x32\", iov_len=1}], 2) = 2\n";
    let calls = read(text);
    let told: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.result.number)).collect();
    assert_eq!(told, [("openat", Some(4)), ("write", Some(3)), ("fsync", Some(0)), ("writev", Some(2))]);
    assert_eq!(calls[0].result.path.as_deref(), Some("/a/b".as_ref()));
    assert_eq!(
        (calls[0].arguments[1].bytes.as_slice(), calls[1].arguments[1].bytes.as_slice()),
        (&b"b"[..], &b"1,2"[..])
    );
    assert_eq!(calls[3].arguments[1].bytes, b"12");
}
