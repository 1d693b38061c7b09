//! Suggestions: the nearest name instead of a long list.

/// The name that was probably meant.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let near = names.map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &lower), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1.max(word.chars().count() / 3)).then_some(name)
}

/// `; did you mean …?` if a name is near, else what there is.
pub(crate) fn suggestion<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, names.clone()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            if all.is_empty() { String::new() } else { format!("; there is {}", all.join(", ")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_near_names_are_near() {
        let names = || ["region", "portfolios"].into_iter();
        assert_eq!(nearest("portfolio", names()), Some("portfolios"));
        assert_eq!(nearest("anything", names()), None);
    }
}
