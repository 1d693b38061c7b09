//! `moved:`: which declarations have got another key.

use std::collections::HashMap;

use super::{HeadReader, Item};
use crate::burden::{Burden, TooMuch};
use crate::declarations::DeclarationsFile;
use crate::desired::{Desired, Move};
use crate::fields::MOVE;
use crate::references::address;
use provisor_model::diagnostic::{Diagnostic, Part, Place};
use provisor_model::ids::{Key, LocationName};

/// Where one end of a move stands; nowhere in particular: everywhere.
type Whereabouts = Option<Vec<LocationName>>;

struct End {
    key: Key,
    at: Whereabouts,
}

/// The moves so far, to be looked up by their ends.
#[derive(Default)]
struct Moves {
    all: Vec<Move>,
    from: HashMap<Key, Vec<usize>>,
    to: HashMap<Key, Vec<usize>>,
}

impl Moves {
    fn add(&mut self, one: Move) {
        self.from.entry(one.from.clone()).or_default().push(self.all.len());
        self.to.entry(one.to.clone()).or_default().push(self.all.len());
        self.all.push(one);
    }

    fn by<'m>(&'m self, end: &HashMap<Key, Vec<usize>>, key: &Key) -> impl Iterator<Item = &'m Move> {
        let found = end.get(key).cloned().unwrap_or_default();
        found.into_iter().filter_map(|n| self.all.get(n))
    }

    /// What contradicts a move among those before it.
    fn against(&self, one: &Move, burden: &mut Burden) -> Result<Option<Diagnostic>, TooMuch> {
        for other in self.by(&self.from, &one.from).chain(self.by(&self.to, &one.to)) {
            burden.compares(cost(one, other))?;
            if let Some(wrong) = against(one, other) {
                return Ok(Some(wrong));
            }
        }
        Ok(None)
    }

    /// Whether a move leads back to where it begins.
    fn circle(&self, one: &Move, burden: &mut Burden) -> Result<Option<Diagnostic>, TooMuch> {
        let (mut at, mut last) = (&one.to, one);
        for _ in 0..=self.all.len() {
            if *at == one.from {
                let message = format!("`{}` moves in a circle", one.from);
                let wrong = Diagnostic::error("contradiction", message).at(one.end("to"));
                return Ok(Some(wrong.related(last.end("to"), "the one that leads back")));
            }
            let mut next = None;
            for other in self.by(&self.from, at) {
                burden.compares(cost(one, other))?;
                next = next.or_else(|| Some(other).filter(|other| other.meets(one)));
            }
            let Some(next) = next else { break };
            (at, last) = (&next.to, next);
        }
        Ok(None)
    }
}

/// What it costs to see whether two are about one location.
fn cost(one: &Move, other: &Move) -> usize {
    let locations = |one: &Move| one.at.as_ref().map_or(1, Vec::len);
    locations(one).saturating_mul(locations(other))
}

impl HeadReader<'_> {
    /// What is to be moved, in the order of the files. What contradicts something else is told at both places.
    pub fn moves(
        &mut self,
        files: &[DeclarationsFile<'_>],
        declared: &Desired,
    ) -> Result<Vec<Move>, (TooMuch, Place)> {
        let mut standing: HashMap<&Key, Vec<&LocationName>> = HashMap::new();
        for address in declared.products.keys() {
            standing.entry(&address.key).or_default().push(&address.location);
        }
        let mut moves = Moves::default();
        for item in Item::all(files, "moved", &MOVE) {
            let Some(one) = self.one_move(item) else { continue };
            let there = standing.get(&one.from).map_or(&[][..], Vec::as_slice);
            let wrong = self.contradicted(&one, &moves, there).map_err(|much| (much, one.place.clone()))?;
            match wrong {
                Some(wrong) => self.problems.push(wrong),
                None => moves.add(one),
            }
        }
        Ok(moves.all)
    }

    /// What contradicts a move: others, or that what is moved is still declared on these locations.
    fn contradicted(
        &mut self,
        one: &Move,
        moves: &Moves,
        there: &[&LocationName],
    ) -> Result<Option<Diagnostic>, TooMuch> {
        if one.from == one.to {
            return Ok(Some(nowhere(one)));
        }
        self.burden.compares(one.at.as_ref().map_or(1, Vec::len).saturating_mul(there.len().max(1)))?;
        if let Some(wrong) = moves.against(one, self.burden)? {
            return Ok(Some(wrong));
        }
        match still_declared(one, there) {
            Some(wrong) => Ok(Some(wrong)),
            None => moves.circle(one, self.burden),
        }
    }

    fn one_move(&mut self, item: Item<'_>) -> Option<Move> {
        self.is_whole(item, &["from", "to"]);
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
    let (message, end) = if !one.meets(other) {
        return None;
    } else if one.from == other.from {
        (format!("`{}` cannot become `{}` and `{}`", one.from, other.to, one.to), "from")
    } else if one.to == other.to {
        (format!("`{}` and `{}` cannot both become `{}`", other.from, one.from, one.to), "to")
    } else {
        return None;
    };
    let wrong = Diagnostic::error("contradiction", message).at(one.end(end));
    Some(wrong.related(other.end(end), "the other one"))
}

fn still_declared(one: &Move, there: &[&LocationName]) -> Option<Diagnostic> {
    there.iter().any(|location| one.covers(location)).then(|| {
        let message = format!("`{}` is still declared, and cannot have become `{}`", one.from, one.to);
        let wrong = Diagnostic::error("contradiction", message).at(one.end("from"));
        wrong.hint("take its declaration or the move away")
    })
}

fn nowhere(one: &Move) -> Diagnostic {
    let message = format!("`{}` would become itself", one.from);
    Diagnostic::error("contradiction", message)
        .at(one.end("to"))
        .hint("`from` is the key that it had, `to` the one that it has now")
}
