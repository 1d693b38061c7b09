//! What is wrong with a state, and what of it can be saved, for people.

use super::paper::{Line, print};
use crate::model::text::count;
use crate::report::style::{Ink, Style};
use crate::report::view::RecoveryView;

/// The findings, what would be taken, and what is lost with that.
#[must_use]
pub fn recovery(view: &RecoveryView<'_>, style: Style) -> String {
    let mut lines = vec![Line::ours("Found:")];
    lines.extend(view.found.iter().map(|found| Line::ours("  - ").and(Line::foreign(found))));
    lines.push(Line::default());
    lines.push(match view.taken {
        Some(taken) => {
            let what =
                format!("`{}`, with {} at serial {}", taken.file, count(taken.rows, "address"), taken.serial);
            Line::ours("To be taken: ").and(Line::foreign(&what))
        }
        None => Line::ours("Nothing is left that proves itself: a new state begins, without rows")
            .ink(Ink::Strong),
    });
    lines.push(match &view.lost {
        Some(lost) => Line::ours("Lost at most: ").and(Line::foreign(lost)),
        None => Line::ours("Lost: nothing"),
    });
    if view.key_is_lost {
        lines.push(Line::ours(
            "The key is lost: every secret counts as changed once, and saved plans are void",
        ));
    }
    print(&lines, style)
}

/// What there is to do after it.
#[must_use]
pub fn recovered(view: &RecoveryView<'_>, aside: &str) -> String {
    let next = match (&view.taken, &view.lost) {
        (Some(_), None) => "`provisor plan` shows what is left to do.",
        (Some(_), Some(_)) => {
            "`provisor plan` shows what is left to do; `provisor import --declared` adopts what was made since."
        }
        (None, _) => "`provisor import --declared` adopts whatever is declared and exists under its name.",
    };
    format!("The state is recovered; what it was is kept in its folder, as `{aside}`.\n{next}\n")
}

/// That nothing is to be recovered.
#[must_use]
pub fn sound(is_there: bool) -> String {
    match is_there {
        true => "The state is sound: nothing is to be recovered.\n".to_owned(),
        false => "There is no state here, and no backup of one. `provisor import --declared` adopts whatever is declared and exists under its name.\n".to_owned(),
    }
}
