//! What a text may hold: the API's own limits, and the forms that settings and declarations have. Offline, and the
//! same for every product.

use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::regions;
use crate::advice::unfilled;
use crate::references::{self, Foreign};
use crate::settings::{Limit, VariableKind};
use provisor_model::diagnostic::Diagnostic;
use provisor_model::product::Ignored;
use provisor_model::text::did_you_mean;
use provisor_model::time::duration_in;

/// What is wrong with one value.
type Checked<T = ()> = Result<T, Diagnostic>;

/// The rule of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextRule {
    /// Any text, the empty one too.
    Free,
    /// Anything but nothing.
    Filled,
    /// Where something is, relative to the file.
    Path,
    /// So many characters.
    Length { least: usize, most: usize },
    /// One of these.
    OneOf(&'static [&'static str]),
    /// One text, of which there may be more some day.
    Only {
        text: &'static str,
        /// What to do to say something else.
        otherwise: &'static str,
    },
    /// The name of a provisioned product.
    Name,
    /// An id; of what, such as "a product".
    Id(&'static str),
    /// An account id: twelve digits.
    Account,
    /// `eu-west-1`
    Region,
    /// The ARN of an SNS topic.
    Topic,
    /// The ARN of a role.
    RoleArn,
    /// `60m`, `1h30m`, `90s`
    Duration,
    /// What of a product others may change.
    Ignored,
    /// The address of a declaration: `network`, `network@hub`.
    Address,
    /// The key of a parameter.
    ParameterKey,
    /// The key of a tag.
    TagKey,
    /// The value of a tag.
    TagValue,
    /// The name of a project.
    Project,
    /// The format of the settings.
    Format,
    /// The type of a variable.
    Type,
    /// A count, or a share in percent.
    Share,
    /// A type of resources, or several by `*`.
    ResourceType,
}

impl TextRule {
    /// Whether `text` keeps it; `what` is its name in messages, such as "`path_id`".
    pub fn check(self, what: &str, text: &str) -> Checked {
        match self {
            Self::Free => Ok(()),
            Self::Filled => filled(what, text),
            Self::Path => path(what, text),
            Self::Length { least, most } => length(what, text, least, most),
            Self::OneOf(texts) => one_of(what, text, texts),
            Self::Only { text: only, otherwise } => {
                if text == only {
                    return Ok(());
                }
                Err(bad(format!("{what} can only be `{only}`, not `{text}`")).hint(otherwise))
            }
            Self::Name => name(text),
            Self::Id(of) => id(what, of, text),
            Self::Account => account(text),
            Self::Region => region(text),
            Self::Topic => topic(text),
            Self::RoleArn => role(what, text),
            Self::Duration => duration(what, text).map(drop),
            Self::Ignored => ignored(text).map(drop),
            Self::Address => references::address(text).map(drop),
            Self::ParameterKey => length("a parameter key", text, 1, 1000),
            Self::TagKey => tag_key(text),
            Self::TagValue => tag_value(what, text),
            Self::Project => project(text),
            Self::Format => format(text),
            Self::Type => kind(text),
            Self::Share => share(text).map(drop),
            Self::ResourceType => resource_type(text),
        }
    }
}

fn bad(message: String) -> Diagnostic {
    Diagnostic::error("bad-value", message)
}

/// Blanks that nobody sees pass for nothing.
fn filled(what: &str, text: &str) -> Checked {
    match text {
        "" => Err(bad(format!("{what} is empty"))),
        _ if text.trim().is_empty() => Err(bad(format!("{what} holds nothing but blanks"))),
        _ => Ok(()),
    }
}

/// What a shell would make of it is not made of it here.
fn path(what: &str, text: &str) -> Checked {
    filled(what, text)?;
    match unmade_path(text) {
        Some(hint) => Err(bad(format!("{what} is taken as it is written: `{text}`")).hint(hint)),
        None => Ok(()),
    }
}

/// What is not made of a path here, though others do.
pub fn unmade_path(text: &str) -> Option<String> {
    if let Some(unfilled) = unfilled(text, false) {
        return Some(unfilled);
    }
    if text == "~" || text.starts_with("~/") {
        return Some("`~` is no home folder here: a path is relative to the file that holds it".to_owned());
    }
    let of_shell = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let found = Foreign::find(text, |name| of_shell(name) || text.contains("{{") || text.contains("$("))?;
    Some(found.hint())
}

/// Some text, and not too much of it.
fn length(what: &str, text: &str, min: usize, max: usize) -> Checked {
    let found = text.chars().count();
    match found {
        0 if min > 0 => Err(bad(format!("{what} is empty"))),
        _ if found > max => Err(bad(format!("{what} has {found} characters, at most {max} are allowed"))),
        _ => Ok(()),
    }
}

/// So many characters that are not allowed are named.
const ODD: usize = 5;

/// The characters that are not allowed, named so that look-alikes can be told apart.
fn characters(what: &str, text: &str, allowed: impl Fn(char) -> bool) -> Checked {
    let mut odd: Vec<String> = Vec::new();
    for c in text.chars().filter(|c| !allowed(*c)) {
        let named = match c {
            ' ' => "a space".to_owned(),
            _ if c.is_ascii_graphic() => format!("`{c}`"),
            _ => format!("the character U+{:04X}", u32::from(c)),
        };
        if !odd.contains(&named) {
            odd.push(named);
        }
        if odd.len() == ODD {
            break;
        }
    }
    let shown = match odd.split_last() {
        None => return Ok(()),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    };
    Err(bad(format!("{what} cannot hold {shown}")).maybe_hint(Foreign::advice(text)))
}

/// The characters of the name of a provisioned product.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

/// Whether the service can be asked for a provisioned product of this name.
#[must_use]
pub fn is_product_name(text: &str) -> bool {
    name(text).is_ok()
}

/// `provisioned_product_name`
fn name(text: &str) -> Checked {
    let what = "a provisioned product name";
    length(what, text, 1, 128)?;
    characters(what, text, is_name_character).map_err(|wrong| {
        let near: String = text.chars().map(|c| if is_name_character(c) { c } else { '-' }).collect();
        let hint = format!("letters, digits, `.`, `_` and `-` are allowed, such as `{near}`");
        let is_near = near.starts_with(|c: char| c.is_ascii_alphanumeric()) && wrong.hint.is_none();
        wrong.maybe_hint(is_near.then_some(hint))
    })?;
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
fn id(what: &str, of: &str, text: &str) -> Checked {
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
fn tag_key(text: &str) -> Checked {
    length("a tag key", text, 1, 128)?;
    if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(bad(format!("the tag key `{text}` begins with `aws:`, which is reserved")));
    }
    characters("a tag key", text, is_tag_character)
}

/// The value of a tag.
pub fn tag_value(what: &str, text: &str) -> Checked {
    length(what, text, 1, 256)?;
    characters(what, text, is_tag_character)
}

/// Letters, numbers and separators of any script, and a few signs: the service's own pattern. Marks are none of them, though
/// many belong to an alphabet.
fn is_tag_character(c: char) -> bool {
    static ALLOWED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{Z}\p{N}]$").ok());
    let of_a_script = || ALLOWED.as_ref().is_none_or(|allowed| allowed.is_match(c.encode_utf8(&mut [0; 4])));
    c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c) || (!c.is_ascii() && of_a_script())
}

/// `arn:partition:service:region:account:resource`
fn topic(text: &str) -> Checked {
    length("a notification ARN", text, 1, 1224)?;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let word = |part: &str, min: usize| {
        (min..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    };
    match parts.as_slice() {
        ["arn", partition, "sns", region, account, topic]
            if word(partition, 1) && word(region, 1) && is_account(account) && is_topic_name(topic) =>
        {
            Ok(())
        }
        _ => Err(bad(format!("`{text}` is not the ARN of an SNS topic"))
            .hint("such as `arn:aws:sns:eu-west-1:111122223333:events`")),
    }
}

/// The name of an SNS topic.
fn is_topic_name(text: &str) -> bool {
    let name = text.strip_suffix(".fifo").unwrap_or(text);
    (1..=256).contains(&text.len())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// An account id has twelve digits.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// An account id.
fn account(text: &str) -> Checked {
    if is_account(text) {
        return Ok(());
    }
    let digits: String = text.chars().filter(|c| !"- .".contains(*c)).collect();
    if is_account(&digits) {
        let found = bad(format!("`{text}` is not an account id: it has 12 digits, and nothing between them"));
        return Err(found.hint(format!("write `\"{digits}\"`")));
    }
    let lost = text.len() < 12 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hint = lost.then(|| format!("leading zeros are part of it: `\"{text:0>12}\"`?"));
    Err(bad(format!("`{text}` is not an account id: it has 12 digits")).maybe_hint(hint))
}

/// A region's shape: `eu-west-1`, `us-gov-east-1`.
fn region(text: &str) -> Checked {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let shaped = match parts.as_slice() {
        [words @ .., number] if words.len() >= 2 => {
            words.iter().all(word) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    if shaped {
        return Ok(());
    }
    let hint = regions::meant(text).map(|region| format!("did you mean `{region}`?"));
    Err(bad(format!("`{text}` is not a region")).hint("such as `eu-west-1`").maybe_hint(hint))
}

fn one_of(what: &str, text: &str, texts: &[&str]) -> Checked {
    if texts.contains(&text) {
        return Ok(());
    }
    let elsewhere = match text.to_lowercase().as_str() {
        "delete" | "destroy" | "remove" => Some("terminate"),
        "retain" | "abandon" => Some("retain_physical_resources"),
        "keep" | "ignore" | "orphan" => Some("forget"),
        _ => None,
    };
    let meant =
        elsewhere.filter(|meant| texts.contains(meant)).map(|meant| format!("did you mean `{meant}`?"));
    Err(bad(format!("{what} must be one of `{}`, not `{text}`", texts.join("`, `")))
        .maybe_hint(meant.or_else(|| did_you_mean(text, texts.iter().copied()))))
}

fn role(what: &str, text: &str) -> Checked {
    filled(what, text)?;
    let wrong = bad(format!("`{text}` is not the ARN of a role"))
        .hint("such as `arn:aws:iam::111122223333:role/provisor`");
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", id, name] = parts.as_slice() else { return Err(wrong) };
    let is_named = name.strip_prefix("role/").is_some_and(|name| !name.is_empty());
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !is_named || !partition.starts_with("aws") || !partition.chars().all(is_word) {
        return Err(wrong);
    }
    account(id)
}

fn project(text: &str) -> Checked {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    filled("`project`", text)?;
    if starts && text.len() <= 63 && text.chars().all(allowed) {
        return Ok(());
    }
    Err(bad(format!("`{text}` cannot name a project"))
        .hint("a lower-case letter first, then up to 62 of a-z, 0-9 and `-`"))
}

fn format(text: &str) -> Checked {
    if text == "1" {
        return Ok(());
    }
    Err(bad(format!("the format `{text}` is not known: this version reads format 1")))
}

fn kind(text: &str) -> Checked {
    if VariableKind::parse(text).is_some() {
        return Ok(());
    }
    Err(bad(format!("there is no type `{text}`"))
        .hint("the types are `string`, `number`, `bool` and `list`")
        .maybe_hint(did_you_mean(text, VariableKind::ALL.map(|(name, _)| name)))
        .maybe_hint(elsewhere(text).map(|name| format!("did you mean `{name}`?"))))
}

/// What a type of other tools is called here.
fn elsewhere(text: &str) -> Option<&'static str> {
    match text.split('(').next().unwrap_or_default().to_lowercase().as_str() {
        "int" | "integer" | "float" | "double" => Some("number"),
        "boolean" => Some("bool"),
        "str" | "text" => Some("string"),
        "array" | "set" | "tuple" | "list" | "commadelimitedlist" => Some("list"),
        _ => None,
    }
}

/// `AWS::RDS::DBInstance`, `AWS::RDS::*`, `*`
fn resource_type(text: &str) -> Checked {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "*:_@-".contains(c);
    if (text.contains("::") || text.starts_with('*')) && text.chars().all(allowed) {
        return Ok(());
    }
    Err(bad(format!("`{text}` names no type of resources"))
        .hint("such as `AWS::RDS::DBInstance`, or `AWS::RDS::*` for several"))
}

/// `3`, or `10%`
pub(crate) fn share(text: &str) -> Checked<Limit> {
    Limit::parse(text).ok_or_else(|| {
        bad(format!("`max_terminate` must be a count such as `3`, or a share such as `10%`, not `{text}`"))
    })
}

/// One entry of `lifecycle.ignore_changes`.
pub(crate) fn ignored(text: &str) -> Checked<Ignored> {
    match text.split_once('.') {
        None if text == "parameters" => Ok(Ignored::AllParameters),
        None if text == "tags" => Ok(Ignored::AllTags),
        None if text == "provisioning_artifact" => Ok(Ignored::Artifact),
        Some(("parameters", key)) if !key.is_empty() => Ok(Ignored::Parameter(key.to_owned())),
        Some(("tags", key)) if !key.is_empty() => Ok(Ignored::Tag(key.to_owned())),
        _ => {
            let head = text.split('.').next().unwrap_or_default();
            Err(bad(format!("changes of `{text}` cannot be ignored"))
                .hint(
                    "`parameters.<Key>`, `parameters`, `tags.<key>`, `tags` and `provisioning_artifact` can; `*` in a key stands for anything",
                )
                .maybe_hint(did_you_mean(head, ["parameters", "tags", "provisioning_artifact"])))
        }
    }
}

/// Longer than this no operation takes, and no deadline overflows.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// `60m`, `1h30m`, `90s`, `1d`
pub(crate) fn duration(what: &str, text: &str) -> Checked<Duration> {
    match duration_in(text) {
        Some(Duration::ZERO) => Err(bad(format!("{what} is no time at all: `{text}`"))),
        None => {
            let is_count = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && text != "0";
            let hint = is_count.then(|| format!("say of what: `{text}m` for minutes, `{text}s` for seconds"));
            Err(bad(format!("{what} must be a duration such as `90s`, `60m` or `1h30m`, not `{text}`"))
                .maybe_hint(hint))
        }
        Some(long) if long > LONGEST => Err(bad(format!("{what} is longer than 30 days"))),
        Some(duration) => Ok(duration),
    }
}
