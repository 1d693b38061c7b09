//! Ordered reads of provisioned products, a page at a time.

use std::ops::Bound;

use super::{ProvisionedProduct, World};
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

/// An order of provisioned products.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub sort: Sort,
    pub descending: bool,
}

impl Sort {
    /// The time that orders, before any text.
    fn time(self, product: &ProvisionedProduct) -> Millis {
        if self == Sort::CreatedTime { product.created } else { 0 }
    }

    /// The text that orders; ids break ties.
    fn key(self, product: &ProvisionedProduct) -> &str {
        match self {
            Sort::Id | Sort::CreatedTime => &product.id,
            Sort::Name => &product.name,
            Sort::Arn => &product.arn,
            Sort::LastRecordId => &product.state.last_record,
        }
    }
}

type Walk<'a> = Box<dyn Iterator<Item = &'a ProvisionedProduct> + 'a>;

/// A place in an order: where the last page ended.
pub(crate) type Cursor = (Millis, String, String);

pub(crate) fn cursor(sort: Sort, product: &ProvisionedProduct) -> Cursor {
    (sort.time(product), sort.key(product).to_owned(), product.id.clone())
}

impl World {
    /// The only one with this idempotency token, or nobody; `None` if there are several.
    pub(crate) fn only_of_token(&self, token: &str) -> Option<Option<&ProvisionedProduct>> {
        let from = (token.to_owned(), String::new());
        let mut found = self.by_token.range(from..).take_while(|(other, _)| other == token);
        match (found.next(), found.next()) {
            (_, Some(_)) => None,
            (first, None) => Some(first.and_then(|(_, id)| self.provisioned.get(id))),
        }
    }

    /// ProvisionedProduct products in order, from after `cursor` on. They are kept by id, which is what searches ask for unless
    /// they say otherwise; any other order is made for each page.
    fn walk<'a>(&'a self, order: Order, cursor: Option<&'a Cursor>) -> Walk<'a> {
        let Order { sort, descending } = order;
        if sort == Sort::Id {
            let edges = bounds(cursor.map(|cursor| cursor.2.clone()), descending);
            return turn(self.provisioned.range(edges).map(|(_, product)| product), descending);
        }
        let key =
            |product: &'a ProvisionedProduct| (sort.time(product), sort.key(product), product.id.as_str());
        let edge = cursor.map(|(time, key, id)| (*time, key.as_str(), id.as_str()));
        let after = |product: &&'a ProvisionedProduct| match edge {
            None => true,
            Some(edge) if descending => key(product) < edge,
            Some(edge) => key(product) > edge,
        };
        let mut sorted: Vec<&ProvisionedProduct> = self.provisioned.values().filter(after).collect();
        sorted.sort_unstable_by_key(|product| key(product));
        turn(sorted.into_iter(), descending)
    }
}

/// One page: at most `size` products that `keep` accepts, and the cursor of the next page if there is one.
pub(crate) fn page_of<'a>(
    world: &'a World,
    order: Order,
    cursor_before: Option<&'a Cursor>,
    size: usize,
    keep: impl Fn(&ProvisionedProduct) -> bool,
) -> (Vec<&'a ProvisionedProduct>, Option<Cursor>) {
    let mut page: Vec<&ProvisionedProduct> = Vec::with_capacity(size);
    for product in world.walk(order, cursor_before).filter(|product| keep(product)) {
        if page.len() == size {
            let next = page.last().map(|last| cursor(order.sort, last));
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

fn turn<'a>(
    items: impl DoubleEndedIterator<Item = &'a ProvisionedProduct> + 'a,
    descending: bool,
) -> Walk<'a> {
    if descending { Box::new(items.rev()) } else { Box::new(items) }
}
