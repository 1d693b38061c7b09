//! The one pattern language of addresses and locations: `*` stands for any text, the empty one included, and everything else
//! for itself. What a pattern is held against is decided by whoever asks.

/// Whether the pattern matches the whole text. Linear in the text for each `*`: the earliest place of every part is as good
/// as any later one, so nothing is tried twice.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let head = parts.next().unwrap_or_default();
    let Some(tail) = parts.next_back() else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)) else {
        return false;
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("app", "app", true),
            ("app", "app-web", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything", true),
            ("app-*", "app-", true),
            ("*-web", "app-web", true),
            ("a*c*e", "abcde", true),
            ("a*e*c", "abcde", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("a**b", "ab", true),
            ("*ab*ab", "ab", false),
            ("é*", "éa", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "`{pattern}` on `{text}`");
        }
    }

    #[test]
    fn many_stars_cost_no_more_than_their_number() {
        let pattern = "a*".repeat(1_000) + "b";
        assert!(!matches(&pattern, &"a".repeat(100_000)));
    }
}
