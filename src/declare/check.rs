//! The API's own limits on what a request holds: lengths, patterns, counts. Offline, and the same for every product.

use std::time::Duration;

use crate::model::diagnostic::{Diagnostic, did_you_mean};
use crate::model::product::{Bound, Ignored, Language, OnRemoval};

/// What is wrong with one value.
pub(super) type Checked<T = ()> = Result<T, Diagnostic>;

fn bad(message: String) -> Diagnostic {
    Diagnostic::error("bad-value", message)
}

/// Some text, and not too much of it.
pub(super) fn length(what: &str, text: &str, min: usize, max: usize) -> Checked {
    let found = text.chars().count();
    match found {
        0 if min > 0 => Err(bad(format!("{what} is empty"))),
        _ if found > max => Err(bad(format!("{what} has {found} characters, at most {max} are allowed"))),
        _ => Ok(()),
    }
}

/// The first character that is not allowed, named so that look-alikes can be told apart.
fn characters(what: &str, text: &str, allowed: impl Fn(char) -> bool) -> Checked {
    let Some(odd) = text.chars().find(|c| !allowed(*c)) else {
        return Ok(());
    };
    let code = u32::from(odd);
    let shown =
        if odd.is_ascii_graphic() { format!("`{odd}`") } else { format!("the character U+{code:04X}") };
    Err(bad(format!("{what} cannot hold {shown}")))
}

/// `provisioned_product_name`
pub(super) fn name(text: &str) -> Checked {
    let what = "a provisioned product name";
    length(what, text, 1, 128)?;
    characters(what, text, |c| c.is_ascii_alphanumeric() || "._-".contains(c))?;
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(bad(format!(
        "{what} begins with a letter or a digit, not with `{}`",
        text.chars().next().unwrap_or(' ')
    )))
}

/// The prefixes of ids, and what carries them.
const PREFIXES: [(&str, &str); 6] = [
    ("prod-", "a product"),
    ("pa-", "a provisioning artifact"),
    ("lpv2-", "a launch path"),
    ("lpv3-", "a launch path"),
    ("pp-", "a provisioned product"),
    ("port-", "a portfolio"),
];

/// An id; `of` is what it should name, such as "a product".
pub(super) fn id(what: &str, of: &str, text: &str) -> Checked {
    length(what, text, 1, 100)?;
    characters(what, text, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-')?;
    match PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix)) {
        Some((_, other)) if *other != of => {
            Err(bad(format!("{what} must be the id of {of}, and `{text}` looks like the id of {other}")))
        }
        _ => Ok(()),
    }
}

/// A tag's key.
pub(super) fn tag_key(text: &str) -> Checked {
    length("a tag key", text, 1, 128)?;
    if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(bad(format!("the tag key `{text}` begins with `aws:`, which is reserved")));
    }
    characters("a tag key", text, is_tag_character)
}

/// A tag's value, as far as it is known.
pub(super) fn tag_value(key: &str, text: &str) -> Checked {
    if (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let what = format!("the tag `{key}`");
    length(&what, text, 1, 256)?;
    characters(&what, text, is_tag_character)
}

/// Letters, numbers and separators of any script, and a few signs.
fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

/// `arn:partition:service:region:account:resource`
pub(super) fn topic(text: &str) -> Checked {
    length("a notification ARN", text, 1, 1224)?;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let word = |part: &str, min: usize| {
        (min..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    };
    match parts.as_slice() {
        ["arn", partition, "sns", region, account, topic]
            if word(partition, 1)
                && word(region, 1)
                && is_account(account)
                && !topic.is_empty()
                && !topic.contains([':', '/']) =>
        {
            Ok(())
        }
        _ => Err(bad(format!("`{text}` is not the ARN of an SNS topic"))
            .hint("such as `arn:aws:sns:eu-west-1:111122223333:events`")),
    }
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// An account id.
pub(super) fn account(text: &str) -> Checked {
    if is_account(text) {
        return Ok(());
    }
    let lost = text.len() < 12 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hint = lost.then(|| format!("leading zeros are part of it: `\"{text:0>12}\"`?"));
    Err(bad(format!("`{text}` is not an account id: it has 12 digits")).maybe_hint(hint))
}

/// A region's shape: `eu-west-1`, `us-gov-east-1`.
pub(super) fn region(text: &str) -> Checked {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let shaped = match parts.as_slice() {
        [words @ .., number] if words.len() >= 2 => {
            words.iter().all(word) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    if shaped { Ok(()) } else { Err(bad(format!("`{text}` is not a region")).hint("such as `eu-west-1`")) }
}

/// `accept_language`
pub(super) fn language(text: &str) -> Checked<Language> {
    Language::parse(text)
        .ok_or_else(|| bad(format!("`accept_language` must be one of `en`, `jp`, `zh`, not `{text}`")))
}

/// `lifecycle.on_removal`
pub(super) fn on_removal(text: &str) -> Checked<OnRemoval> {
    let known =
        [OnRemoval::Terminate, OnRemoval::RetainPhysicalResources, OnRemoval::Forget].map(OnRemoval::as_str);
    OnRemoval::parse(text).ok_or_else(|| {
        bad(format!("`on_removal` must be one of `{}`, not `{text}`", known.join("`, `")))
            .maybe_hint(did_you_mean(text, known))
    })
}

/// One entry of `lifecycle.ignore_changes`.
pub(super) fn ignored(text: &str) -> Checked<Ignored> {
    match text.split_once('.') {
        None if text == "parameters" => Ok(Ignored::AllParameters),
        None if text == "tags" => Ok(Ignored::AllTags),
        None if text == "provisioning_artifact" => Ok(Ignored::Artifact),
        Some(("parameters", key)) if !key.is_empty() => Ok(Ignored::Parameter(key.to_owned())),
        Some(("tags", key)) if !key.is_empty() => Ok(Ignored::Tag(key.to_owned())),
        _ => {
            let head = text.split('.').next().unwrap_or_default();
            Err(bad(format!("changes of `{text}` cannot be ignored"))
                .hint("`parameters.<Key>`, `tags.<key>` and `provisioning_artifact` can")
                .maybe_hint(did_you_mean(head, ["parameters", "tags", "provisioning_artifact"])))
        }
    }
}

/// Longer than this no operation takes, and no deadline overflows.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// `60m`, `1h30m`, `90s`
pub(super) fn duration(what: &str, text: &str) -> Checked<Duration> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    match parsed {
        Some(Duration::ZERO) | None => {
            Err(bad(format!("{what} must be a duration such as `90s`, `60m` or `1h30m`, not `{text}`")))
        }
        Some(long) if long > LONGEST => Err(bad(format!("{what} is longer than 30 days"))),
        Some(duration) => Ok(duration),
    }
}

/// A stack-set percentage or count in its range.
pub(super) fn bound(what: &str, bound: Bound, least: u32) -> Checked {
    match bound {
        Bound::Percentage(n) if !(least..=100).contains(&n) => {
            Err(bad(format!("{what} must be from {least} to 100, not {n}")))
        }
        Bound::Count(n) if n < least => Err(bad(format!("{what} must be at least {least}, not {n}"))),
        _ => Ok(()),
    }
}
