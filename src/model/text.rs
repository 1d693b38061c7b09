//! Lists, counts and suggestions in messages. Nothing is escaped or painted here: the texts may be a stranger's.

use std::fmt::Display;

/// Longer names are nobody's typing errors, and comparing costs the product of two lengths.
const LONGEST_NAME: usize = 100;

/// "`a`".
pub fn quote(item: impl Display) -> String {
    format!("`{item}`")
}

/// Names in a message have so many characters at most: longer ones are nobody's.
const LONGEST_SHOWN: usize = 200;
/// So many characters of a message stand between two names at most.
const LONGEST_STRETCH: usize = 2000;

/// A message whose names, which stand in backticks, are not longer than people can read.
#[must_use]
pub fn brief(message: String) -> String {
    if message.len() <= LONGEST_SHOWN {
        return message;
    }
    let most = |n: usize| if n % 2 == 1 { LONGEST_SHOWN } else { LONGEST_STRETCH };
    let stretches = message.split('`').enumerate().map(|(n, text)| shortened(text, most(n)));
    stretches.collect::<Vec<_>>().join("`")
}

/// The text, cut where it is longer than that.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// "`a`, `b`, `c`".
pub fn quoted(items: impl IntoIterator<Item: Display>) -> String {
    listed(items.into_iter().map(quote), usize::MAX)
}

/// The items with commas between them, at most so many, then how many there are besides: "a, b and 3 more".
pub fn listed(items: impl IntoIterator<Item: Display>, most: usize) -> String {
    let mut items = items.into_iter();
    let shown: Vec<String> = items.by_ref().take(most).map(|item| item.to_string()).collect();
    let shown = shown.join(", ");
    // what is not shown need not be put into words
    let rest = match items.size_hint() {
        (least, Some(most)) if least == most => least,
        _ => items.count(),
    };
    match rest {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// "1 file", "2 files", "2 addresses".
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {}", plural(n, one))
}

/// The noun as it stands after such a number: "file" after 1, "files" and "addresses" after all others.
#[must_use]
pub fn plural(n: usize, one: &str) -> String {
    let ending = match n {
        1 => "",
        _ if one.ends_with('s') => "es",
        _ => "s",
    };
    format!("{one}{ending}")
}

/// So many digits name something, such as an account, and count nothing.
const ID: usize = 12;

/// The candidate nearest to `wrong`, if one is near enough to be meant: at most one letter in three is another, and never
/// more than three. Upper and lower case are the same; of equally near ones, the first in the alphabet.
#[must_use]
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    if length > LONGEST_NAME {
        return None;
    }
    // of a single letter, only the other case is near
    let limit = if length < 2 { 0 } else { (length / 3).clamp(1, 3) };
    let distance = |candidate: &str| {
        // nobody means nothing; two names differ by at least as many letters as one is longer: most are out before they are compared
        let near = candidate.chars().take(length + limit + 1).count().abs_diff(length) <= limit;
        (near && !candidate.is_empty()).then(|| strsim::osa_distance(&wrong, &candidate.to_lowercase()))
    };
    // another number is another value, unless it is the same one written otherwise
    let number = |text: &str| {
        text.parse::<f64>().ok().filter(|_| text.len() < ID && text.starts_with(|c: char| c.is_ascii_digit()))
    };
    let own = number(&wrong);
    let is_other = |candidate: &&str| own.zip(number(candidate)).is_some_and(|(own, other)| own != other);
    let candidates = candidates.into_iter().filter(|candidate| !is_other(candidate));
    let near = candidates.filter_map(|candidate| Some((distance(candidate)?, candidate)));
    near.filter(|(distance, _)| *distance <= limit).min().map(|(_, candidate)| candidate)
}

/// So many candidates are compared where nothing near is needed.
const COMPARED: usize = 2_000;

/// The candidates that are most like `wrong`, however little that is: the most alike first, `most` of them. Of many candidates only so many
/// are compared.
#[must_use]
pub fn likest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let wrong: String = wrong.to_lowercase().chars().take(LONGEST_NAME).collect();
    let candidates = candidates.into_iter().filter(|name| name.len() <= LONGEST_NAME).take(COMPARED);
    let likeness = |name: &str| {
        let share = strsim::normalized_damerau_levenshtein(&wrong, &name.to_lowercase());
        // the least first
        (1000.0 - share * 1000.0) as u32
    };
    let mut all: Vec<(u32, &str)> = candidates.map(|name| (likeness(name), name)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(_, name)| name).take(most).collect()
}

/// "did you mean `x`?", if there is something near.
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wrong, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// Whether a terminal would obey this character, reorder by it, or show nothing (or a mere blank) for it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && !matches!(c, ' ' | '\u{3000}'))
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_say_how_much_they_leave_out() {
        assert_eq!(quoted(["a", "b"]), "`a`, `b`");
        assert_eq!(quoted([] as [&str; 0]), "");
        assert_eq!(listed(1..=3, 3), "1, 2, 3");
        assert_eq!(listed(1..=5, 3), "1, 2, 3 and 2 more");
    }

    #[test]
    fn a_name_that_nobody_can_read_is_shortened() {
        let (long, short) = ("é".repeat(9_000), "é".repeat(LONGEST_SHOWN));
        let message = |name: &str| format!("unknown key `{name}` in `{name}`, and `b` too");
        assert_eq!(brief(message(&long)), message(&format!("{short}…")));
        assert_eq!(brief(message(&short)), message(&short));
        let all: Vec<String> = (0..100).map(|n| format!("a-name-{n}")).collect();
        assert_eq!(brief(quoted(&all)), quoted(&all));
        // a name with the sign that ends names
        assert!(brief(message(&format!("`{long}"))).chars().count() < 2 * LONGEST_STRETCH + 100);
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!([0, 1, 2].map(|n| count(n, "file")), ["0 files", "1 file", "2 files"]);
        assert_eq!([1, 2].map(|n| count(n, "address")), ["1 address", "2 addresses"]);
    }

    #[test]
    fn what_is_near_is_suggested() {
        for (wrong, all, expected) in [
            ("netwrok", vec!["app", "network"], Some("network")),
            ("NETWORK", vec!["network"], Some("network")),
            ("ab", vec!["ac", "ad"], Some("ac")),
            ("app", vec!["network"], None),
            ("x", vec!["abc"], None),
        ] {
            assert_eq!(nearest(wrong, all.iter().copied()), expected, "{wrong}");
        }
    }

    #[test]
    fn a_text_that_is_no_name_is_compared_with_nothing() {
        let long = "a".repeat(LONGEST_NAME + 1);
        assert_eq!(nearest(&long, [long.as_str()]), None);
        let many: Vec<String> = (0..10_000).map(|n| format!("{}{n}", "b".repeat(10_000))).collect();
        assert_eq!(nearest("bbbbbb", many.iter().map(String::as_str)), None);
    }
}
