//! `provisor man`: the help of each command as a manual page, from the same table that reads the command line.

use clap::{Arg, Command};

use super::args::ManArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::{files, teaching};
use crate::files::GivenFiles;
use crate::model::text::did_you_mean;
use crate::workspace::Problem;

pub fn run(args: &ManArgs, edge: &Edge) -> Result<Exit, Problem> {
    let mut root = teaching::command_line();
    root.build();
    let Some(folder) = &args.write else {
        let (mut command, mut name) = (&root, "provisor".to_owned());
        for word in &args.command {
            let below = command.get_subcommands().map(Command::get_name);
            command = command.find_subcommand(word).ok_or_else(|| {
                Problem::usage(format!("there is no command `{name} {word}`"))
                    .hint(did_you_mean(word, below).unwrap_or_else(|| format!("`{name} --help` lists them")))
            })?;
            name = format!("{name} {word}");
        }
        return edge.raw(&page(command, &name));
    };
    edge.for_everyone();
    files::make_folder(folder, edge)?;
    let mut pages = Vec::new();
    gather(&root, "provisor", &mut pages);
    for (name, text) in &pages {
        let path = folder.join(format!("{}.1", name.replace(' ', "-")));
        files::write_page(&path, &GivenFiles::beside(&edge.root), text, edge)?;
    }
    edge.out(&format!("Wrote {} pages; the first one: man -l {}/provisor.1\n", pages.len(), folder.display()))
}

/// The pages of a command and of those below it.
fn gather(command: &Command, name: &str, pages: &mut Vec<(String, String)>) {
    pages.push((name.to_owned(), page(command, name)));
    for below in shown(command) {
        gather(below, &format!("{name} {}", below.get_name()), pages);
    }
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}

fn page(command: &Command, name: &str) -> String {
    let title = name.replace(' ', "-");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut out = format!(
        "{BEGIN} \"{}\" 1 \"\" \"provisor {}\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n",
        roff(&title.to_uppercase()),
        env!("CARGO_PKG_VERSION"),
        roff(&title),
        roff(&about)
    );
    let usage = command.clone().render_usage().to_string();
    out.push_str(&format!(".B {}\n", roff(usage.trim_start_matches("Usage: ").trim())));
    let below: Vec<&Command> = shown(command).collect();
    if !below.is_empty() {
        out.push_str(".SH COMMANDS\n");
        for one in below {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            let page = format!("{title}-{}", one.get_name());
            out.push_str(&format!(".TP\n\\fB{}\\fR(1)\n{}\n", roff(&page), roff(&about)));
        }
    }
    let arguments: Vec<&Arg> = command.get_arguments().filter(|one| !one.is_hide_set()).collect();
    let mut headings: Vec<&str> = Vec::new();
    for argument in &arguments {
        let heading = argument.get_help_heading().unwrap_or("Options");
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        out.push_str(&format!(".SH {}\n", roff(&heading.to_uppercase())));
        let under = arguments.iter().filter(|one| one.get_help_heading().unwrap_or("Options") == heading);
        out.extend(under.map(|one| told(one)));
    }
    if let Some(more) = command.get_after_help().map(ToString::to_string) {
        out.push_str(".SH NOTES\n.nf\n");
        out.extend(more.lines().map(|line| roff(line) + "\n"));
        out.push_str(".fi\n");
    }
    out
}

/// How a page begins.
const BEGIN: &str = ".TH";

fn told(argument: &Arg) -> String {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let is_flag = !argument.get_action().takes_values();
    let default = match defaults.as_slice() {
        [] => String::new(),
        _ if is_flag => String::new(),
        values => format!(" [default: {}]", values.join(", ")),
    };
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !is_flag && !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    let values = if values.is_empty() { String::new() } else { format!(" [one of: {}]", values.join(", ")) };
    format!(".TP\n\\fB{}\\fR\n{}\n", roff(&argument.to_string()), roff(&format!("{help}{default}{values}")))
}

/// Text that a page shows as it is.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
