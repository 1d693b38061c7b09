//! Addresses of Terraform to keys of declarations: `module.m["x"].….this` is `m-x`.

use super::super::names::key_of;

/// Labels that say nothing beside the module or the instance they stand in.
const EMPTY: [&str; 4] = ["this", "main", "default", "product"];

/// The names and instances along the way of a module: `module.m["x"].module.n` is m, x, n.
pub(super) fn parts(module: &str) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), module);
    while !rest.is_empty() {
        rest = rest.trim_start_matches('.');
        if let Some(inner) = rest.strip_prefix('[') {
            let end = end_of_index(inner);
            let index = inner.get(..end).unwrap_or_default();
            let text: Option<String> = serde_json::from_str(index).ok();
            parts.push(text.unwrap_or_else(|| index.to_owned()));
            rest = inner.get(end + 1..).unwrap_or_default();
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            parts.extend((name != "module").then(|| name.to_owned()));
            rest = after;
        }
    }
    parts
}

/// Where the bracket closes: one in a quoted text does not count.
fn end_of_index(inner: &str) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ']' if !is_quoted => return at,
            _ => {}
        }
    }
    inner.len()
}

/// The address of the resource as it is written, whatever instance of it is meant.
pub(super) fn without_indexes(address: &str) -> String {
    let (mut out, mut rest) = (String::new(), address);
    while let Some((before, inner)) = rest.split_once('[') {
        out.push_str(before);
        rest = inner.get(end_of_index(inner) + 1..).unwrap_or_default();
    }
    out + rest
}

/// The key of an instance.
pub(super) fn key(modules: &[String], name: &str, index: Option<&str>) -> String {
    let is_word = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
    let says_more = !modules.is_empty() || index.is_some_and(is_word);
    let name = Some(name).filter(|name| !(says_more && EMPTY.contains(name)));
    let all = modules.iter().map(String::as_str).chain(name).chain(index);
    key_of(&all.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_keys() {
        let check = |module: &str, name: &str, index: Option<&str>, expected: &str| {
            assert_eq!(key(&parts(module), name, index), expected, "{module} {name}");
        };
        check("", "net", None, "net");
        check("", "this", None, "this");
        check("", "this", Some("0"), "this-0");
        check("", "this", Some("eu/net"), "eu-net");
        check("", "each", Some("b/c"), "each-b-c");
        check("", "counted", Some("0"), "counted-0");
        check(r#"module.m["x"]"#, "this", None, "m-x");
        check(r#"module.m["a.b]\"c"].module.n[1]"#, "net", Some("0"), "m-a-b-c-n-1-net-0");
        check("module.m", "main", Some("0"), "m-0");
        check("", "each", Some("ünï"), "each-n");
    }

    #[test]
    fn an_address_is_written_without_its_instances() {
        assert_eq!(without_indexes(r#"module.m["a]"].x.y["b"]"#), "module.m.x.y");
        assert_eq!(without_indexes("x.y[0"), "x.y");
    }
}
