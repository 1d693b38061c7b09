//! How what somebody wrote in a form of his own is written here.

/// Longer texts are not repeated in a hint.
pub(super) const SHORT: usize = 40;

/// How a text is written as a list.
pub(super) fn as_list(text: &str) -> String {
    match text.trim_end() {
        text if text.starts_with('-') => "a space is missing behind each `-`".to_owned(),
        text if text.contains("${") => format!("write `[\"{text}\"]`"),
        text => format!("write `[{text}]`"),
    }
}

/// How something that others take for a truth value is written.
pub(super) fn as_flag(text: &str, plain: bool) -> Option<String> {
    let meant = match text.to_lowercase().as_str() {
        "yes" | "on" | "y" | "1" | "true" => "true",
        "no" | "off" | "n" | "0" | "false" => "false",
        _ => return None,
    };
    let how = if plain { "" } else { ", without quotes" };
    Some(format!("write `{meant}`{how}"))
}

/// How a line that was meant to be a key and a value is written.
pub(super) fn as_map(text: &str) -> Option<String> {
    let (key, value) = text.split_once(['=', ':'])?;
    let (key, value) = (key.trim(), value.trim());
    let is_key = !key.is_empty()
        && key.len() <= SHORT
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    (is_key && !value.is_empty() && value.len() <= SHORT).then(|| format!("write `{key}: {value}`"))
}

/// What to do where `${…}` stands and nothing is filled in; `overrides` are where declarations are.
pub(super) fn unfilled(text: &str, has_overrides: bool) -> Option<String> {
    let told = match has_overrides {
        true => {
            "`${…}` is not filled in here: write the value itself; `overrides` has another for some locations"
        }
        false => "`${…}` is not filled in here: write the value itself",
    };
    text.contains("${").then(|| told.to_owned())
}
