//! `moved:`: which declarations have got another key.

use super::{HeadReader, Item};
use crate::declare::declarations::DeclarationsFile;
use crate::declare::desired::{Desired, Move};
use crate::declare::fields::MOVE;
use crate::declare::references::address;
use crate::model::diagnostic::{Diagnostic, Part};
use crate::model::ids::{Key, LocationName};

/// Where one end of a move stands; nowhere in particular: everywhere.
type Whereabouts = Option<Vec<LocationName>>;

struct End {
    key: Key,
    at: Whereabouts,
}

impl HeadReader<'_> {
    /// What is to be moved, in the order of the files. What contradicts something else is told at both places.
    pub fn moves(&mut self, files: &[DeclarationsFile<'_>], declared: &Desired) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::new();
        for item in Item::all(files, "moved", &MOVE) {
            let Some(one) = self.one_move(item) else { continue };
            let wrong = moves.iter().find_map(|other| against(&one, other));
            let wrong = wrong.or_else(|| still_declared(&one, declared)).or_else(|| circle(&one, &moves));
            match wrong {
                Some(wrong) => self.problems.push(wrong.at(one.place)),
                None => moves.push(one),
            }
        }
        moves
    }

    fn one_move(&mut self, item: Item<'_>) -> Option<Move> {
        if !self.is_whole(item, &["from", "to"]) {
            return None;
        }
        let (from, to) = (self.end(item, "from"), self.end(item, "to"));
        let (from, to) = (from?, to?);
        let place = item.place(None, Part::Value);
        if from.at.is_some() && to.at.is_some() && from.at != to.at {
            let message = "a provisioned product stays on its location: only its key can be moved";
            self.problems.push(Diagnostic::error("contradiction", message).at(place));
            return None;
        }
        Some(Move { from: from.key, to: to.key, at: from.at.or(to.at), place })
    }

    fn end(&mut self, item: Item<'_>, field: &str) -> Option<End> {
        let text = self.text(item, field, self.anywhere())?;
        let found = address(&text).and_then(|text| {
            let named = |at| self.settings.named(at).ok_or_else(|| self.settings.unknown_location(at));
            Ok(End { key: Key::new(text.key), at: text.at.map(named).transpose()? })
        });
        found.map_err(|wrong| self.problems.push(wrong.at(item.place(Some(field), Part::Value)))).ok()
    }
}

fn against(one: &Move, other: &Move) -> Option<Diagnostic> {
    let message = if !one.meets(other) {
        return None;
    } else if one.from == other.from {
        format!("`{}` cannot become `{}` and `{}`", one.from, other.to, one.to)
    } else if one.to == other.to {
        format!("`{}` and `{}` cannot both become `{}`", other.from, one.from, one.to)
    } else {
        return None;
    };
    Some(Diagnostic::error("contradiction", message).related(other.place.clone(), "the other one"))
}

fn still_declared(one: &Move, declared: &Desired) -> Option<Diagnostic> {
    let is_there =
        declared.products.keys().any(|address| address.key == one.from && one.covers(&address.location));
    is_there.then(|| {
        let message = format!("`{}` is still declared, and cannot have become `{}`", one.from, one.to);
        Diagnostic::error("contradiction", message).hint("take its declaration or the move away")
    })
}

/// Whether a move leads back to where it begins.
fn circle(one: &Move, moves: &[Move]) -> Option<Diagnostic> {
    let mut at = &one.to;
    for _ in 0..=moves.len() {
        if *at == one.from {
            let message = format!("`{}` moves in a circle", one.from);
            return Some(Diagnostic::error("contradiction", message));
        }
        at = &moves.iter().find(|next| next.from == *at && next.meets(one))?.to;
    }
    None
}
