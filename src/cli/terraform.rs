//! Terraform's single-dash long flags, as fingers and scripts have them, to ours. Pure.

use std::ffi::OsString;

/// Flags that Terraform takes with `=true` and `=false` as well; left out, each is false.
const SWITCHES: [&str; 8] = [
    "auto-approve",
    "compact-warnings",
    "destroy",
    "detailed-exitcode",
    "json",
    "no-color",
    "raw",
    "refresh-only",
];

/// Arguments as clap takes them.
#[must_use]
pub fn translate(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut past_end = false;
    arguments
        .into_iter()
        .enumerate()
        .filter_map(|(n, argument)| {
            past_end |= argument == "--";
            match argument.to_str() {
                Some(text) if n > 0 && !past_end => one(text).map(OsString::from),
                _ => Some(argument),
            }
        })
        .collect()
}

/// What is said of a flag that is taken, and does nothing here.
#[must_use]
pub fn unheeded(arguments: &[OsString]) -> Option<&'static str> {
    let given = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    let mut flags = given.filter_map(|argument| Some(argument.to_str()?.trim_start_matches('-')));
    flags.any(|flag| flag == "lock=false").then_some(
        "`-lock=false` does nothing: who only reads locks nothing, and who writes the state always does; \
         `--lock-timeout 5m` waits for another run",
    )
}

/// What is said of `TF_LOG`, which does nothing here.
#[must_use]
pub fn unheeded_log(value: &str) -> Option<&'static str> {
    (!value.is_empty() && !value.eq_ignore_ascii_case("off")).then_some(
        "TF_LOG does nothing here: `PROVISOR_LOG=FILE` or `--log FILE` writes a line for each call",
    )
}

fn one(text: &str) -> Option<String> {
    let body = text.strip_prefix("--").or_else(|| text.strip_prefix('-')).unwrap_or_default();
    match body {
        "refresh=false" => return Some("--no-refresh".to_owned()),
        "input=false" => return Some("--no-input".to_owned()),
        "no-color" | "no-color=true" => return Some("--color=never".to_owned()),
        "compact-warnings" | "compact-warnings=true" => return None,
        "refresh=true" | "refresh" | "input=true" | "lock=true" | "lock=false" => return None,
        _ => {}
    }
    match body.split_once('=') {
        Some((flag, "true")) if SWITCHES.contains(&flag) => return Some(format!("--{flag}")),
        Some((flag, "false")) if SWITCHES.contains(&flag) => return None,
        _ => {}
    }
    let name = body.split('=').next().unwrap_or_default();
    let long = name.len() > 1 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let single = text.starts_with('-') && !text.starts_with("--");
    Some(if single && long { format!("-{text}") } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_dash_flags_become_ours_and_short_ones_stay() {
        let check = |typed: &str, expected: &[&str]| {
            let typed = std::iter::once("provisor").chain(typed.split(' ')).map(OsString::from).collect();
            let got: Vec<String> =
                translate(typed).iter().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
            assert_eq!(got, expected);
        };
        check("-C dir plan -out=x", &["-C", "dir", "plan", "--out=x"]);
        check("plan -refresh=false -no-color", &["plan", "--no-refresh", "--color=never"]);
        check("apply -auto-approve -input=false -lock=false", &["apply", "--auto-approve", "--no-input"]);
        check("plan -detailed-exitcode=true -json=false", &["plan", "--detailed-exitcode"]);
        check("plan -compact-warnings=true -out=true", &["plan", "--out=true"]);
        check("plan -var a=-b --target x", &["plan", "--var", "a=-b", "--target", "x"]);
        check("apply -- -out=x", &["apply", "--", "-out=x"]);
    }
}
