//! Page tokens: opaque to clients, and good only for the query they came from.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use crate::ids;

/// Letters of a seal.
const SEAL: usize = 12;

/// A page of a list and the token of the next.
pub(crate) struct Page<'a, T> {
    pub items: &'a [T],
    pub next: Option<String>,
}

/// Cuts a page out of a list that is at hand as a whole. A page size of 0 means the default.
pub(crate) fn page<'a, T>(
    items: &'a [T],
    size: Option<usize>,
    token: Option<&str>,
    default: usize,
    query: &str,
) -> Result<Page<'a, T>, Fault> {
    let size = size.filter(|&size| size > 0).unwrap_or(default);
    let from = match token.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => tokens_cursor::<usize>(token, query)?,
    };
    let rest = items.get(from..).unwrap_or_default();
    let cut = size.min(rest.len());
    let next = (cut < rest.len()).then(|| token_of(&(from + cut), query));
    Ok(Page { items: rest.get(..cut).unwrap_or_default(), next })
}

/// A token for going on at `cursor` in `query`.
pub(crate) fn token_of<C: Serialize>(cursor: &C, query: &str) -> String {
    let text = serde_json::to_string(cursor).unwrap_or_default();
    let seal = seal(query, &text);
    format!("{seal}{}", ids::hex(text.as_bytes()))
}

/// The cursor in a token, if the token belongs to `query`.
pub(crate) fn tokens_cursor<C: DeserializeOwned>(token: &str, query: &str) -> Result<C, Fault> {
    let read = || {
        let (sealed, text) = token.split_at_checked(SEAL)?;
        let bytes: Option<Vec<u8>> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect();
        let text = String::from_utf8(bytes?).ok().filter(|text| sealed == seal(query, text))?;
        serde_json::from_str(&text).ok()
    };
    read().ok_or_else(|| Fault::invalid("Invalid page token"))
}

/// What tells a token of ours, of this query, and whole, from any other text.
fn seal(query: &str, cursor: &str) -> String {
    ids::digest(&["page", query, cursor]).chars().take(SEAL).collect()
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn pages_are_disjoint_and_the_last_has_no_token() {
        let items: Vec<u32> = (0..45).collect();
        let mut seen = Vec::new();
        let mut token: Option<String> = None;
        let mut sizes = Vec::new();
        loop {
            let page = page(&items, Some(20), token.as_deref(), 20, "q").unwrap();
            seen.extend_from_slice(page.items);
            sizes.push(page.items.len());
            token = page.next;
            if token.is_none() {
                break;
            }
            assert!(super::page(&items, Some(20), token.as_deref(), 20, "other").is_err());
            let cut = token.as_deref().and_then(|token| token.get(..token.len() - 2));
            assert!(super::page(&items, Some(20), cut, 20, "q").is_err());
        }
        assert_eq!(sizes, [20, 20, 5]);
        assert_eq!(seen, items);
        assert_eq!(page(&items, Some(0), None, 20, "q").unwrap().items.len(), 20);
        assert!(page(&items, None, Some("nonsense"), 20, "q").is_err());
    }
}
