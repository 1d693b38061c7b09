//! What messages and hints tell people to type: every command and flag that a text of the sources names between backticks
//! is one that the binary has.

use std::path::Path;

use clap::Command;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Every text of the sources but documentation and tests.
fn texts(tokens: TokenStream, found: &mut Vec<String>) {
    let (mut is_doc, mut of_tests) = (false, false);
    for token in tokens {
        match token {
            TokenTree::Ident(word) => is_doc = word == "doc",
            TokenTree::Punct(sign) if sign.as_char() == '=' && is_doc => {}
            TokenTree::Literal(literal) => {
                if let (false, Ok(text)) = (is_doc, syn::parse_str::<syn::LitStr>(&literal.to_string())) {
                    found.push(text.value());
                }
                is_doc = false;
            }
            TokenTree::Group(group) => {
                of_tests |= group.delimiter() == Delimiter::Bracket
                    && group.stream().to_string().replace(' ', "") == "cfg(test)";
                if of_tests && group.delimiter() == Delimiter::Brace {
                    of_tests = false;
                } else {
                    texts(group.stream(), found);
                }
                is_doc = false;
            }
            TokenTree::Punct(_) => is_doc = false,
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // the sandbox is a crate of its own, and has no command line
            if !path.ends_with("src/sandbox") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut texts_of_file = Vec::new();
            texts(text.parse().unwrap(), &mut texts_of_file);
            found.extend(texts_of_file.into_iter().map(|text| (path.display().to_string(), text)));
        }
    }
}

fn has_flag(command: &Command, flag: &str) -> bool {
    let name = flag.trim_start_matches('-');
    command.get_arguments().any(|argument| {
        argument.get_long() == Some(name)
            || argument.get_all_aliases().unwrap_or_default().contains(&name)
            || flag.len() == 2 && argument.get_short() == name.chars().next()
    })
}

fn anywhere(command: &Command, flag: &str) -> bool {
    has_flag(command, flag) || command.get_subcommands().any(|below| anywhere(below, flag))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// What of a text between backticks the binary does not have.
fn missing(root: &Command, typed: &str) -> Option<String> {
    let mut words = typed.split_whitespace().peekable();
    let mut command = root;
    let is_named = words.next_if_eq(&"provisor").is_some();
    let mut depth = 0;
    while let Some(word) = words.next_if(|word| is_word(word)) {
        match command.find_subcommand(word) {
            Some(below) => (command, depth) = (below, depth + 1),
            // `state X`, `provisor X`; an operand is no command
            None if command.has_subcommands() && (is_named || depth > 0) => return Some(word.to_owned()),
            None => break,
        }
    }
    let is_ours = is_named || depth > 0 || typed.starts_with("--") || typed.starts_with("-C ");
    let mut flags = words.filter(|word| word.starts_with('-') && word.len() > 1).map(|word| {
        let end = word.find(['=', '{']).unwrap_or(word.len());
        word[..end].trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
    });
    let global = |flag: &str| has_flag(root, flag);
    let is_there = |flag: &String| match depth {
        0 => anywhere(root, flag),
        _ => has_flag(command, flag) || global(flag),
    };
    flags.find(|flag| is_ours && flag.len() > 1 && *flag != "--help" && !is_there(flag))
}

/// The inside of each pair of backticks.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn no_text_names_a_command_or_a_flag_that_is_not_there() {
    let root = provisor::cli::command_line();
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let named = found.iter().flat_map(|(file, text)| in_backticks(text).map(move |typed| (file, typed)));
    let (mut checked, mut wrong) = (0, Vec::new());
    for (file, typed) in named {
        checked += usize::from(typed.starts_with("provisor ") || typed.starts_with("--"));
        wrong.extend(missing(&root, typed).map(|what| format!("{file}: `{typed}`: there is no `{what}`")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 40, "only {checked} texts name something to type");
}

#[test]
fn what_is_not_there_is_noticed() {
    let root = provisor::cli::command_line();
    for (typed, expected) in [
        ("provisor state frob", Some("frob")),
        ("state frob ADDRESS", Some("frob")),
        ("provisor frob", Some("frob")),
        ("provisor plan --frob x", Some("--frob")),
        ("plan --frob", Some("--frob")),
        ("--frob", Some("--frob")),
        ("provisor validate --out", Some("--out")),
        ("provisor plan --json --out FILE", None),
        ("provisor apply FILE", None),
        ("provisor -C DIR plan", None),
        ("--exclude '*@x'", None),
        ("--{flag} x", None),
        ("aws sso login --profile x", None),
        ("state", None),
        ("state.path", None),
        ("state push FILE", None),
    ] {
        assert_eq!(missing(&root, typed).as_deref(), expected, "{typed}");
    }
    let mut found = Vec::new();
    let text = "/// `--doc`\nfn f() { g!(\"`--in {x}`\", 1); } #[cfg(test)] mod tests { const X: &str = \"`--test`\"; } const Y: &str = \"y\";";
    texts(text.parse().unwrap(), &mut found);
    assert_eq!(found, ["`--in {x}`", "y"]);
}
