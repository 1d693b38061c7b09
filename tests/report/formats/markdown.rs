//! Markdown: what stands above the fold, what is dropped where there is no room, and that nothing from outside is more than text.

use provisor::plan::{Action, Breach, Plan, Reason};
use provisor::report::markdown::{self, Budget};
use provisor::report::view::PlanView;

use super::super::agreement::{Dice, any_plan};
use super::super::fixture::{known, parameter_changed, plan, spec, step, terminate, text, update, with};
use super::{HOSTILE, harmless, telling};

fn written(plan: &Plan, most: usize) -> String {
    markdown::plan(&PlanView::of(plan, "fingerprint-1"), Budget::Characters(most))
}

const IN_FULL: &str = r#"<!-- provisor plan -->
Plan: 1 to add, 1 to change, 1 to destroy.

> ⚠ **1 provisioned product will be destroyed**: `old`

Fingerprint: `fingerprint-1`

| action | address | product |
|---|---|---|
| **destroy** | `old` |  |
| create | `new` | `vpc v3` |
| update | `app` | `vpc v3` |

<details><summary><code>old</code> will be destroyed</summary>

```diff
- "old-dev"  pp-9  on hub (111122223333)
# (removed from the declarations)
```

</details>

<details><summary><code>new</code> will be created</summary>

```diff
+ "new-dev"  vpc v3  on hub (111122223333)
# (declared, and not there)
+ path = "platform"
+ Size = "2"
```

</details>

<details><summary><code>app</code> will be updated in-place</summary>

```diff
! "app-dev"  pp-1  vpc v3  on hub (111122223333)
# (changed outside, by value: Size)
# (parameters changed: Size, Zones)
- Size = "1"
+ Size = "2"  # changed outside
- Zones = "a,b,c"
+ Zones = "a,b,d"
```

</details>

<details><summary>Drift: 1 product changed outside of provisor</summary>

```diff
# app
- Size = "0"
+ Size = "1"
```

</details>
"#;

#[test]
fn a_plan_in_full() {
    let steps = vec![
        step("new", Action::Provision(with(spec("new-dev"), "Size", known("2"))), vec![Reason::New]),
        update(
            "app",
            vec![
                parameter_changed("Size", text("1"), text("2")),
                parameter_changed("Zones", text("a,b,c"), text("a,b,d")),
                Reason::Drifted { key: "Size".into(), applied: text("0"), there: text("1") },
            ],
        ),
        terminate("old", false, vec![Reason::Removed]),
    ];
    assert_eq!(written(&plan(steps), 65_536), IN_FULL);
}

#[test]
fn every_address_of_a_small_plan_is_in_its_table() {
    let mut dice = Dice(31);
    for _ in 0..200 {
        let plan = any_plan(&mut dice);
        let view = PlanView::of(&plan, "f");
        let page = markdown::plan(&view, Budget::Characters(65_536));
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
        assert_eq!(rows.len(), view.groups().len(), "{page}");
        for block in view.blocks() {
            let place = format!("`{}`", block.title.location);
            let is_told = |row: &&&str| {
                row.contains(&format!("`{}`", block.address))
                    || row.contains(&format!("`{}` on ", block.key)) && row.contains(&place)
            };
            assert!(rows.iter().any(|row| is_told(&row)), "{}\n{page}", block.address);
        }
        assert!(page.starts_with(&format!("<!-- provisor plan -->\n{}\n", view.sentence())));
        assert!(markdown::is_ours(&page));
    }
}

/// Many different products, and one value that fills a page by itself.
fn large() -> Plan {
    let mut steps: Vec<_> = (0..400)
        .map(|n| {
            let wanted = with(spec(&format!("p{n}")), "Note", known(&"ü🦀".repeat(n)));
            step(&format!("product-{n}"), Action::Provision(wanted), vec![Reason::New])
        })
        .collect();
    steps.extend((0..30).map(|n| terminate(&format!("gone-{n}"), false, vec![Reason::Removed])));
    steps.push(update("big", vec![parameter_changed("P", text("x"), text(&"many words\n".repeat(50_000)))]));
    Plan { breach: Some(Breach { planned: 30, limit: 1 }), ..plan(steps) }
}

#[test]
fn there_is_always_room_for_the_summary() {
    let plan = large();
    for most in [2_000, 2_500, 4_000, 32_768, 65_536, 1 << 20] {
        let page = written(&plan, most);
        let size = page.encode_utf16().count();
        assert!(size <= most, "{size} of {most}");
        let bytes = markdown::plan(&PlanView::of(&plan, "fingerprint-1"), Budget::Bytes(most));
        assert!(bytes.len() <= most, "{} bytes of {most}", bytes.len());
        for page in [page, bytes] {
            for must in [
                "\nPlan: 400 to add, 1 to change, 30 to destroy.\n",
                "**30 provisioned products will be destroyed**",
                "**This plan is refused:**",
                "\nFingerprint: `fingerprint-1`\n",
            ] {
                assert!(page.contains(must), "{most} leaves no room for {must:?}:\n{page}");
            }
            let opened = page.matches("<details>").count();
            assert_eq!(opened, page.matches("</details>").count());
            assert_eq!(page.matches("```").count(), 2 * opened);
            let dropped = page.contains(" left out: there is room for ");
            assert_eq!(dropped, opened < 431, "{opened}");
            if most > 32_000 {
                assert!(opened > 20, "{opened} of {most}");
            }
        }
    }
}

/// What is left of a page where code is taken out: blocks between fences, as CommonMark has them, and spans.
fn prose(page: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<usize> = None;
    for line in page.lines() {
        let bare = line.trim_start_matches(' ');
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        let may = ticks >= 3 && line.len() - bare.len() < 4;
        match fence {
            Some(opened) if may && ticks >= opened && bare.trim_end().len() == ticks => fence = None,
            Some(_) => {}
            None if may && !bare[ticks..].contains('`') => fence = Some(ticks),
            None => out += &format!("{}\n", without_spans(line)),
        }
    }
    assert_eq!(fence, None, "a fence is not closed:\n{page}");
    out
}

/// A line without `spans` and `<code>` elements: each ends at the first thing that can end it.
fn without_spans(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(['`', '<']) {
        let (before, from) = rest.split_at(at);
        out += before;
        rest = match from.strip_prefix("<code>") {
            Some(inside) => inside.split_once("</code>").expect("an end").1,
            None if from.starts_with('`') => {
                let ticks = from.len() - from.trim_start_matches('`').len();
                let fence = &from[..ticks];
                from[ticks..].split_once(fence).expect("an end").1
            }
            None => {
                out.push('<');
                &from[1..]
            }
        };
    }
    out + rest
}

#[test]
fn nothing_from_outside_is_more_than_code() {
    let bare = prose(&written(&harmless(), 1 << 20));
    assert!(!bare.contains("zq"), "{bare}");
    for hostile in HOSTILE {
        let page = written(&telling(hostile), 1 << 20);
        assert_eq!(prose(&page), bare, "{hostile:?} broke out:\n{page}");
        let visible = |c: char| c == '\n' || !provisor::report::escape::is_hidden(c);
        assert!(page.chars().all(visible), "{page}");
        assert!(
            !page.contains("##[") && page.lines().all(|line| !line.trim_start().starts_with("::")),
            "{page}"
        );
        // a cell that ends in the middle would make a column more
        let rows = page.lines().filter(|line| line.starts_with("| "));
        for row in rows {
            assert_eq!(row.matches('|').count(), 4, "{row}");
        }
        // in an element, whatever markup is made of is spelled out
        for inside in page.split("<code>").skip(1).map(|rest| rest.split("</code>").next().unwrap()) {
            assert!(
                !inside.contains(['<', '>', '"', '`', '@', '*', '_', '[', ']', '|', '\\', '~']),
                "{inside}"
            );
        }
    }
}

#[test]
fn a_secret_is_a_word() {
    let page = written(&super::sensitive(), 65_536);
    assert!(page.contains("+ Password = (sensitive)\n") && !page.contains("hunter2"), "{page}");
}
