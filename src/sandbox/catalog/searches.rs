//! What the last search of the catalog found: its pages are asked for one after the other, and a catalog may have hundreds of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Product;

/// Of so many owners and types is told how many products they have.
const COUNTED: usize = 100;

/// What a search found.
pub(crate) struct Found {
    query: String,
    /// The places of the products in the catalog, in order.
    pub products: Vec<usize>,
    /// By owner and by type: how many.
    pub counts: [(&'static str, Vec<(String, usize)>); 2],
}

/// The last search of a catalog, which never changes.
#[derive(Default)]
pub(crate) struct Searches(Mutex<Option<Arc<Found>>>);

impl Searches {
    /// What `search` finds, if it is not what was found last. `query` tells who asks, and for what.
    pub(crate) fn found(
        &self,
        query: &str,
        products: &[Product],
        search: impl FnOnce() -> Vec<usize>,
    ) -> Arc<Found> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(found) if found.query == query => Arc::clone(found),
            _ => Arc::clone(last.insert(Arc::new(Found::new(query, products, search())))),
        }
    }
}

impl Found {
    fn new(query: &str, all: &[Product], products: Vec<usize>) -> Self {
        let count = |of: fn(&Product) -> &String| {
            let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
            for product in products.iter().filter_map(|index| all.get(*index)) {
                *counts.entry(of(product)).or_default() += 1;
            }
            counts.into_iter().take(COUNTED).map(|(value, count)| (value.clone(), count)).collect()
        };
        let counts =
            [("Owner", count(|product| &product.owner)), ("ProductType", count(|product| &product.kind))];
        Self { query: query.to_owned(), products, counts }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A catalog of thousands has hundreds of pages, and another program may look for each name that it has.
    #[test]
    fn the_pages_of_a_search_are_cut_from_what_was_looked_for_once() {
        let (searches, looked) = (Searches::default(), Cell::new(0));
        let ask = |query: &str| {
            searches.found(query, &[], || {
                looked.set(looked.get() + 1);
                (0..15_000).collect()
            })
        };
        let pages: usize =
            (0..150).map(|page| ask("all").products.iter().skip(page * 100).take(100).count()).sum();
        assert_eq!((pages, looked.get()), (15_000, 1));
        ask("other");
        ask("all");
        assert_eq!(looked.get(), 3);
    }
}
