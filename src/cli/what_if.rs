//! `provisor plan --what-if PRODUCT=VERSION`: what a version would do to all who run its product, before it is theirs.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::{Format, PlanArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::{Wiring, offering};
use super::rendering::{all_sound, comment, copies, placed};
use super::{open, previewing};
use crate::plan::file::fingerprint;
use crate::plan::supposed::{SupposedVersion, Supposition};
use crate::report::view::WhatIfView;
use crate::report::{Style, human, json, markdown};
use crate::workspace::{Problem, Workspace};

pub fn run(args: &PlanArgs, edge: &Edge) -> Result<Exit, Problem> {
    contradiction(args).map_or(Ok(()), Err)?;
    let copies = copies(&args.written.write)?;
    for format in copies.iter().map(|copy| copy.format).chain([args.written.format()]) {
        if !matches!(format, Format::Human | Format::Json | Format::Markdown) {
            let why = "a policy or a reader would take anything else for a plan";
            return Err(Problem::usage(format!(
                "`--what-if` is written as `human`, `json` or `markdown`: {why}"
            )));
        }
    }
    let wish = args.selection.wish(false)?;
    let wiring = Wiring::new(if wish.preview { "plan --preview" } else { "plan" });
    let workspace = open::surveyed(&args.selection.variables, &wiring, edge)?;
    if !workspace.is_sound() {
        return Err(workspace.wrong(&wish));
    }
    let copies = placed(&copies, args.written.markdown_limit, &workspace.repo, edge)?;
    let suppositions = all_sound(args.what_if.iter().map(|text| supposition(text, &workspace)))?;
    once(&suppositions)?;
    let remembered = workspace.repo.remembered()?;
    let (supposed, previewed) = match wish.preview {
        false => workspace.suppose(suppositions, &wish, &remembered, None)?,
        true => {
            previewing::sweep(&workspace.repo, edge)?;
            previewing::watched(edge, |with| workspace.suppose(suppositions, &wish, &remembered, Some(with)))?
        }
    };
    previewing::told(&previewed, edge);
    if previewed.interrupted {
        return Ok(previewing::interrupted(edge));
    }
    let style = args.brevity.dress(edge.out_style);
    let told = |format, style, budget| {
        let fingerprint = fingerprint(&supposed.plan);
        let mut view = WhatIfView::of(&supposed, &fingerprint, &workspace.repo.sources);
        view.plan.diagnostics = edge.warned.borrow().clone();
        match format {
            Format::Json => json::what_if(&view),
            Format::Markdown => markdown::what_if(&view, budget),
            _ => human::what_if(&view, &workspace.repo.sources, style),
        }
    };
    edge.out(&told(args.written.format(), style, comment(&args.written)))?;
    for copy in &copies {
        copy.write(&told(copy.format, Style::plain(), copy.budget))?;
    }
    Ok(if args.detailed_exitcode && supposed.is_felt() { Exit::Changes } else { Exit::Done })
}

/// What makes no sense together: nothing of it can be applied, and it is about what is declared.
fn contradiction(args: &PlanArgs) -> Option<Problem> {
    let selection = &args.selection;
    let is_template =
        |text: &&String| text.split_once('=').is_some_and(|(_, named)| named.starts_with("file:"));
    if selection.preview
        && let Some(template) = args.what_if.iter().find(is_template)
    {
        let why = "the catalog previews only what is published";
        return Some(Problem::usage(format!(
            "`--preview` and `--what-if {template}` contradict each other: {why}"
        )));
    }
    let flags = [
        (args.out.is_some(), "--out", "what is only supposed cannot be applied"),
        (args.destroy, "--destroy", "the one plans what is declared, the other that nothing is"),
        (
            selection.refresh_only,
            "--refresh-only",
            "the one is about versions, the other about what was changed outside",
        ),
    ];
    let (_, flag, why) = flags.into_iter().find(|(is_given, ..)| *is_given)?;
    Some(Problem::usage(format!("`--what-if` and `{flag}` contradict each other: {why}")))
}

/// One product cannot have two versions.
fn once(suppositions: &[Supposition]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    let twice = suppositions.iter().filter(|one| !seen.insert(&one.product)).map(|one| &one.product);
    let twice: BTreeSet<&String> = twice.collect();
    let told = twice.into_iter().map(|product| {
        Problem::usage(format!("`--what-if` names `{product}` twice: suppose one version at a time"))
    });
    told.reduce(Problem::with).map_or(Ok(()), Err)
}

fn supposition(text: &str, workspace: &Workspace<'_>) -> Result<Supposition, Problem> {
    let (product, version) = match text.split_once('=') {
        Some((product, version)) if !product.is_empty() && !version.is_empty() => (product, version),
        _ => {
            let message =
                format!("`--what-if {text}`: write PRODUCT=VERSION, or PRODUCT=file:PATH for a template");
            return Err(Problem::usage(message));
        }
    };
    let version = match version.strip_prefix("file:") {
        Some(path) => {
            let source = workspace.template(Path::new(path))?;
            SupposedVersion::Template(version.to_owned(), Box::new(offering(&source)?))
        }
        None => SupposedVersion::Published(version.to_owned()),
    };
    Ok(Supposition { product: product.to_owned(), version })
}
