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
        None => there_is(names),
    }
}

/// The same of a version: one that only has other digits is another one, and not a slip.
pub(crate) fn version_suggestion<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let is_slip = |name: &&str| undigited(name) != undigited(wanted) || name.eq_ignore_ascii_case(wanted);
    match nearest(wanted, names.clone().filter(is_slip)) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => there_is(names),
    }
}

fn there_is<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if all.is_empty() { String::new() } else { format!("; there is {}", all.join(", ")) }
}

/// A name without what tells numbers apart.
fn undigited(name: &str) -> String {
    name.to_lowercase().split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect()
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
