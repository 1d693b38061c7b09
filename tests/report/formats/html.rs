//! The page: nothing from outside is more than text in it, and it asks for nothing.

use provisor::plan::Plan;
use provisor::report::html;
use provisor::report::view::PlanView;

use super::super::agreement::{Dice, any_plan};
use super::{HOSTILE, harmless, sensitive, telling};

fn written(plan: &Plan) -> String {
    html::plan(&PlanView::of(plan, "fingerprint-1"))
}

/// The tags of a page with their attributes, without what is between them; style and script left out.
/// But code: what stands between backquotes in a sentence is that, whoever wrote the sentence, and nothing else comes of it.
pub fn tags(page: &str) -> Vec<String> {
    let (_, page) = page.split_once("</style>").unwrap();
    let (page, _) = page.split_once("<script>").unwrap();
    let inside = page.split('<').skip(1).map(|part| part.split_once('>').expect("a tag ends").0.to_owned());
    let all: Vec<String> = inside.collect();
    let code: Vec<&String> = all.iter().filter(|tag| tag.ends_with("code")).collect();
    assert!(
        code.chunks(2).all(|pair| matches!(pair, [begins, ends] if *begins == "code" && *ends == "/code")),
        "{code:?}"
    );
    all.iter().filter(|tag| !tag.ends_with("code")).cloned().collect()
}

#[test]
fn nothing_from_outside_makes_a_tag() {
    // names of products and values are text only: whatever they are, the page is made of the same tags
    let bare: Vec<String> =
        tags(&written(&harmless())).into_iter().filter(|tag| !is_broken_by_lines(tag)).collect();
    for hostile in HOSTILE {
        let page = written(&telling(hostile));
        let tags: Vec<String> = tags(&page).into_iter().filter(|tag| !is_broken_by_lines(tag)).collect();
        assert_eq!(tags, bare, "{hostile:?}");
        let visible = |c: char| c == '\n' || !provisor::report::escape::is_hidden(c);
        assert!(page.chars().all(visible), "{page}");
    }
}

/// Of a value with several lines there are several elements: these, and no others.
fn is_broken_by_lines(tag: &str) -> bool {
    ["ins", "/ins", "del", "/del", "br", "span class=\"same\"", "/span"].contains(&tag)
}

#[test]
fn it_loads_and_sends_nothing() {
    let page = written(&telling("https://zq.example/x.png"));
    assert!(page.contains("default-src 'none'"), "{page}");
    for tag in tags(&page) {
        assert!(!tag.contains(" src=") && !tag.contains(" style=") && !tag.contains(" on"), "{tag}");
        if let Some(href) = tag.split(" href=\"").nth(1) {
            assert!(href.starts_with('#'), "{tag}");
        }
    }
    let (style, rest) = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
    let script = rest.split_once("<script>").unwrap().1;
    for word in ["fetch", "XMLHttpRequest", "innerHTML", "eval", "import"] {
        assert!(!script.contains(word), "{word}");
    }
}

#[test]
fn every_change_has_an_entry_and_every_arrow_its_ends() {
    let mut dice = Dice(41);
    for _ in 0..100 {
        let mut plan = any_plan(&mut dice);
        for n in 1..plan.steps.len() {
            if dice.roll(3) == 0 {
                let before = usize::try_from(dice.roll(n as u64)).unwrap();
                plan.steps[n].after.insert(provisor::plan::StepIx(before));
            }
        }
        let view = PlanView::of(&plan, "fingerprint-1");
        let page = html::plan(&view);
        assert!(html::is_ours(&page) && page.contains(&format!("<h1>{}</h1>", view.sentence())), "{page}");
        assert!(page.contains("fingerprint-1"));
        let ids: Vec<String> = tags(&page)
            .iter()
            .filter_map(|tag| Some(tag.split(" id=\"step-").nth(1)?.split('"').next()?.to_owned()))
            .collect();
        let numbers: Vec<String> =
            view.groups().iter().map(|group| group.members[0].number.to_string()).collect();
        let sorted = |mut all: Vec<String>| {
            all.sort();
            all
        };
        assert_eq!(sorted(ids.clone()), sorted(numbers));
        for link in tags(&page).iter().filter_map(|tag| tag.strip_prefix("a href=\"#step-")) {
            assert!(ids.contains(&link.split('"').next().unwrap().to_owned()), "{link}");
        }
    }
}

/// What is typed into the search is an address, however an entry tells it to people.
#[test]
fn every_address_of_an_entry_is_found_in_it() {
    let mut dice = Dice(43);
    let mut several = 0;
    for _ in 0..50 {
        let plan = any_plan(&mut dice);
        let view = PlanView::of(&plan, "fingerprint-1");
        let page = html::plan(&view);
        for group in view.groups() {
            several += usize::from(group.members.len() > 1);
            let entry = page.split(&format!(" id=\"step-{}\"", group.members[0].number)).nth(1).unwrap();
            let entry = entry.split("</details>").next().unwrap();
            for member in &group.members {
                assert!(entry.contains(&member.address), "{} in {entry}", member.address);
            }
        }
    }
    assert!(several > 10, "{several}");
}

#[test]
fn a_secret_is_a_word() {
    let page = written(&sensitive());
    assert!(page.contains("<ins>(sensitive)</ins>") && !page.contains("hunter2"), "{page}");
}
