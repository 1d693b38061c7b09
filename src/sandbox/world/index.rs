//! Ordered reads of provisioned products, a page at a time, without sorting or copying them all.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::{Provisioned, World};
use crate::clock::Millis;

/// What a search is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Id,
    Name,
    Arn,
    CreatedTime,
    LastRecordId,
}

impl Sort {
    /// The text that orders; ids break ties.
    fn key(self, product: &Provisioned) -> &str {
        match self {
            Sort::Id | Sort::CreatedTime => &product.id,
            Sort::Name => &product.name,
            Sort::Arn => &product.arn,
            Sort::LastRecordId => &product.state.last_record,
        }
    }
}

type Walk<'a> = Box<dyn Iterator<Item = &'a Provisioned> + 'a>;

/// A place in an order: where the last page ended.
pub(crate) type Cursor = (Millis, String, String);

pub(crate) fn cursor(sort: Sort, product: &Provisioned) -> Cursor {
    let time = if sort == Sort::CreatedTime { product.created } else { 0 };
    (time, sort.key(product).to_owned(), product.id.clone())
}

impl World {
    /// The only one with this idempotency token, or nobody; `None` if there are several.
    pub(crate) fn only_of_token(&self, token: &str) -> Option<Option<&Provisioned>> {
        let from = (token.to_owned(), String::new());
        let mut found = self.by_token.range(from..).take_while(|(other, _)| other == token);
        match (found.next(), found.next()) {
            (_, Some(_)) => None,
            (first, None) => Some(first.and_then(|(_, id)| self.provisioned.get(id))),
        }
    }

    /// Provisioned products in order, from after `cursor` on.
    fn walk<'a>(&'a self, (sort, descending): (Sort, bool), cursor: Option<&'a Cursor>) -> Walk<'a> {
        match sort {
            Sort::Id => {
                let edges = bounds(cursor.map(|cursor| cursor.2.clone()), descending);
                turn(self.provisioned.range(edges).map(|(_, product)| product), descending)
            }
            Sort::Name => {
                let edges = bounds(cursor.map(|cursor| cursor.1.clone()), descending);
                let ids = self.by_name.range(edges);
                turn(ids.filter_map(|(_, id)| self.provisioned.get(id)), descending)
            }
            Sort::CreatedTime => {
                let edges = bounds(cursor.map(|cursor| (cursor.0, cursor.2.clone())), descending);
                let ids = self.by_created.range(edges);
                turn(ids.filter_map(|(_, id)| self.provisioned.get(id)), descending)
            }
            Sort::Arn => self.walk_texts(&self.by_arn, cursor, descending),
            Sort::LastRecordId => self.walk_texts(&self.by_record, cursor, descending),
        }
    }

    fn walk_texts<'a>(
        &'a self,
        order: &'a BTreeSet<(String, String)>,
        cursor: Option<&Cursor>,
        descending: bool,
    ) -> Walk<'a> {
        let edges = bounds(cursor.map(|cursor| (cursor.1.clone(), cursor.2.clone())), descending);
        turn(order.range(edges).filter_map(|(_, id)| self.provisioned.get(id)), descending)
    }
}

/// One page: at most `size` products that `keep` accepts, and the cursor of the next page if there is one.
pub(crate) fn page_of<'a>(
    world: &'a World,
    order: (Sort, bool),
    cursor_before: Option<&'a Cursor>,
    size: usize,
    keep: impl Fn(&Provisioned) -> bool,
) -> (Vec<&'a Provisioned>, Option<Cursor>) {
    let mut page: Vec<&Provisioned> = Vec::with_capacity(size);
    for product in world.walk(order, cursor_before).filter(|product| keep(product)) {
        if page.len() == size {
            let next = page.last().map(|last| cursor(order.0, last));
            return (page, next);
        }
        page.push(product);
    }
    (page, None)
}

fn bounds<K>(edge: Option<K>, descending: bool) -> (Bound<K>, Bound<K>) {
    match (edge, descending) {
        (None, _) => (Bound::Unbounded, Bound::Unbounded),
        (Some(edge), false) => (Bound::Excluded(edge), Bound::Unbounded),
        (Some(edge), true) => (Bound::Unbounded, Bound::Excluded(edge)),
    }
}

fn turn<'a>(items: impl DoubleEndedIterator<Item = &'a Provisioned> + 'a, descending: bool) -> Walk<'a> {
    if descending { Box::new(items.rev()) } else { Box::new(items) }
}
