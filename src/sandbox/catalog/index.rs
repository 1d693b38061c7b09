//! Where products are found: by id, by name, by the portfolios that they are in. A world may have thousands, and each request names one.

use std::collections::HashMap;

use super::{Portfolio, Product};

/// Where each product is. Products and portfolios are told by their places in the catalog.
#[derive(Debug, Default)]
pub(crate) struct Index {
    ids: HashMap<String, usize>,
    views: HashMap<String, usize>,
    names: HashMap<String, Vec<usize>>,
    homes: Vec<Vec<Home>>,
}

/// Where a product stands in a portfolio.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Home {
    pub portfolio: usize,
    /// Which of the portfolio's products.
    pub place: usize,
}

impl Index {
    pub(super) fn new(products: &[Product], portfolios: &[Portfolio]) -> Self {
        let mut index = Self { homes: vec![Vec::new(); products.len()], ..Self::default() };
        for (n, product) in products.iter().enumerate() {
            // of what stands there twice, the first
            index.ids.entry(product.id.clone()).or_insert(n);
            index.views.entry(product.view_id.clone()).or_insert(n);
            index.names.entry(product.name.clone()).or_default().push(n);
        }
        for (portfolio, entry) in portfolios.iter().enumerate() {
            for (place, association) in entry.products.iter().enumerate() {
                let homes = index.homes.get_mut(association.product);
                if let Some(homes) =
                    homes.filter(|homes| homes.last().is_none_or(|last| last.portfolio != portfolio))
                {
                    homes.push(Home { portfolio, place });
                }
            }
        }
        index
    }

    pub(crate) fn id(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    pub(crate) fn view(&self, id: &str) -> Option<usize> {
        self.views.get(id).copied()
    }

    /// All of a name, in the file's order.
    pub(crate) fn named(&self, name: &str) -> &[usize] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The portfolios of a product, in the file's order.
    pub(crate) fn homes(&self, product: usize) -> &[Home] {
        self.homes.get(product).map(Vec::as_slice).unwrap_or_default()
    }
}
