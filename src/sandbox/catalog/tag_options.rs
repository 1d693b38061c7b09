//! Tag options of a portfolio and a product taken together.

use std::collections::{BTreeMap, BTreeSet};

use super::{LaunchPath, Product};

/// The values allowed for one tag key at a launch; none at all is a conflict.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TagRule {
    pub key: String,
    pub values: Vec<String>,
}

/// Union per key; a key on both sides allows what both allow.
/// <https://docs.aws.amazon.com/servicecatalog/latest/adminguide/tagoptions-launching.html>
fn rules(path: LaunchPath<'_>, product: &Product) -> Vec<TagRule> {
    merge(&path.portfolio.tag_options, &product.tag_options)
}

fn merge(portfolio: &BTreeMap<String, Vec<String>>, product: &BTreeMap<String, Vec<String>>) -> Vec<TagRule> {
    let keys: BTreeSet<&String> = portfolio.keys().chain(product.keys()).collect();
    keys.into_iter()
        .map(|key| {
            let values = match (portfolio.get(key), product.get(key)) {
                (Some(ours), Some(theirs)) => {
                    ours.iter().filter(|value| theirs.contains(value)).cloned().collect()
                }
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => Vec::new(),
            };
            TagRule { key: key.clone(), values }
        })
        .collect()
}

impl LaunchPath<'_> {
    /// What a launch of `product` on this path must carry.
    pub(crate) fn tag_rules(self, product: &Product) -> Vec<TagRule> {
        rules(self, product)
    }
}

#[cfg(test)]
mod tests {
    use super::{TagRule, merge};
    use std::collections::BTreeMap;

    #[test]
    fn a_key_on_both_sides_allows_the_intersection() {
        let side = |rows: &[(&str, &[&str])]| -> BTreeMap<String, Vec<String>> {
            rows.iter().map(|(k, v)| (k.to_string(), v.iter().map(|x| x.to_string()).collect())).collect()
        };
        let portfolio = side(&[("both", &["1", "2"]), ("mine", &["x"]), ("never", &["a"])]);
        let product = side(&[("both", &["2", "3"]), ("never", &["b"]), ("theirs", &["y", "z"])]);
        let rule = |key: &str, values: &[&str]| TagRule {
            key: key.into(),
            values: values.iter().map(|value| value.to_string()).collect(),
        };
        let expected =
            [rule("both", &["2"]), rule("mine", &["x"]), rule("never", &[]), rule("theirs", &["y", "z"])];
        assert_eq!(merge(&portfolio, &product), expected);
    }
}
