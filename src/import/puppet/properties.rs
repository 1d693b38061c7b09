//! Files of properties: sections of `name = value`, as Python's `configparser` reads them.

use std::collections::BTreeMap;

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileProperty {
    pub section: String,
    pub name: String,
    pub value: String,
    /// Its line, counted from 1.
    pub line: usize,
}

/// So much may be filled in at once.
const LONGEST: usize = 10_000;

/// The properties of a file; `section` is the one that it begins in.
///
/// # Errors
/// The line that is none, and why.
pub(super) fn properties(text: &str, section: &str) -> Result<Vec<FileProperty>, String> {
    let mut found: Vec<FileProperty> = Vec::new();
    let mut section = section.to_owned();
    for (n, line) in text.lines().enumerate() {
        let (n, trimmed) = (n + 1, line.trim());
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t'])
            && let Some(last) = found.last_mut()
        {
            last.value.push('\n');
            last.value.push_str(trimmed);
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = name.0.to_owned();
        } else if let Some((name, value)) = trimmed.split_once(['=', ':']) {
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            found.push(FileProperty { section: section.clone(), name, value, line: n });
        } else {
            return Err(format!("line {n} is neither a section nor `name = value`"));
        }
    }
    filled(found)
}

/// `%(name)s` is another one of its section, or of `DEFAULT`.
fn filled(mut found: Vec<FileProperty>) -> Result<Vec<FileProperty>, String> {
    let mut values: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for one in &found {
        values.entry(&one.section).or_default().insert(&one.name, &one.value);
    }
    let value = |section: &str, name: &str| {
        let of = |section: &str| values.get(section).and_then(|all| all.get(name)).copied();
        of(section).or_else(|| of("DEFAULT"))
    };
    let mut texts = Vec::new();
    for one in &found {
        let fill = |name: &str| value(&one.section, name);
        let text = interpolated(&one.value, &fill);
        texts.push(text.ok_or_else(|| format!("line {}: `%` stands for nothing that is known", one.line))?);
    }
    for (one, text) in found.iter_mut().zip(texts) {
        one.value = text;
    }
    Ok(found)
}

/// `None` where something is not known, or there is no end of it.
fn interpolated<'v>(text: &str, fill: &dyn Fn(&str) -> Option<&'v str>) -> Option<String> {
    let (mut text, mut depth) = (text.to_owned(), 0);
    loop {
        let (mut out, mut rest, mut is_done) = (String::new(), text.as_str(), true);
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                out.push_str("%%");
                rest = after;
            } else {
                let (name, after) = after.strip_prefix('(')?.split_once(")s")?;
                out.push_str(fill(name)?);
                rest = after;
                is_done = false;
                if out.len() > text.len() + LONGEST {
                    return None;
                }
            }
        }
        out.push_str(rest);
        depth += 1;
        if is_done {
            return Some(out.replace("%%", "%"));
        }
        if depth > 10 {
            return None;
        }
        text = out;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_have_sections_and_refer_to_each_other() {
        let text =
            "a: 1\n# no\n[launches]\nvpc.version = v2\nbase=x\nnet.version = %(base)s-%%\nlong = a\n  b\n";
        let found = properties(text, "Custom").unwrap();
        let told: Vec<_> =
            found.iter().map(|one| (&*one.section, &*one.name, &*one.value, one.line)).collect();
        assert_eq!(
            told,
            [
                ("Custom", "a", "1", 1),
                ("launches", "vpc.version", "v2", 4),
                ("launches", "base", "x", 5),
                ("launches", "net.version", "x-%", 6),
                ("launches", "long", "a\nb", 7),
            ]
        );
    }

    #[test]
    fn what_is_no_property_is_told_by_its_line() {
        let check = |text: &str, expected: &str| assert_eq!(properties(text, "s").unwrap_err(), expected);
        check("[a]\nhush\n", "line 2 is neither a section nor `name = value`");
        check("a = %(b)s", "line 1: `%` stands for nothing that is known");
        check("a = %(a)s", "line 1: `%` stands for nothing that is known");
        check(
            "a = %(b)s%(b)s\nb = %(c)s%(c)s\nc = %(a)s%(a)s",
            "line 1: `%` stands for nothing that is known",
        );
    }
}
