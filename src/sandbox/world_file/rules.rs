//! What the service itself would not take: ids, names and ARNs of a shape that no answer of its could have.

use super::fields::{NumberRule, TextRule};
use super::words::suggestion;

/// The product types of the service's model, and Account Factory's.
const PRODUCT_TYPES: [&str; 6] = [
    "CLOUD_FORMATION_TEMPLATE",
    "MARKETPLACE",
    "TERRAFORM_OPEN_SOURCE",
    "TERRAFORM_CLOUD",
    "EXTERNAL",
    "CONTROL_TOWER_ACCOUNT",
];

/// Why a text breaks its rule.
pub(super) fn text(text: &str, rule: TextRule) -> Result<(), String> {
    let length = text.chars().count();
    let (holds, message) = match rule {
        TextRule::Any => return Ok(()),
        TextRule::Name(most) => {
            ((1..=most).contains(&length), format!("a name has 1 to {most} characters, not {length}"))
        }
        TextRule::Id => {
            (is_id(text), format!("`{text}` is not an id: 1 to 100 letters, digits, `_` and `-`"))
        }
        TextRule::Account => (
            text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            format!("`{text}` is not a 12-digit account id; quote it to keep leading zeros"),
        ),
        TextRule::Region => {
            let slip = meant_region(text);
            let advice = slip.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let message = format!("`{text}` is not a region's name such as `eu-west-1`{advice}");
            (is_region(text) && slip.is_none(), message)
        }
        TextRule::RoleArn => (
            text.starts_with("arn:") && text.contains(":role/"),
            format!("`{text}` is not the ARN of a role"),
        ),
        TextRule::Arn => (text.starts_with("arn:"), format!("`{text}` is not an ARN")),
        TextRule::ProductType => {
            (PRODUCT_TYPES.contains(&text), format!("`{text}` is no product type{}", meant_type(text)))
        }
        TextRule::ErrorCode => (
            !text.is_empty() && !text.contains(char::is_whitespace),
            format!("`{text}` is no code of an error"),
        ),
    };
    if holds { Ok(()) } else { Err(message) }
}

/// What was meant by a product type that there is none of.
fn meant_type(text: &str) -> String {
    match text {
        // what its provisioned products are called
        "CFN_STACKSET" | "STACKSET" => {
            ": a product whose launches become stack sets has `constraints: {stack_set: …}`".to_owned()
        }
        "CFN_STACK" => ": did you mean `CLOUD_FORMATION_TEMPLATE`?".to_owned(),
        other => suggestion(other, PRODUCT_TYPES.into_iter()),
    }
}

/// Why a number breaks its rule.
pub(super) fn number(number: f64, rule: NumberRule) -> Result<(), &'static str> {
    match rule {
        NumberRule::TimeScale if !(number > 0.0 && number <= 1e6) => {
            Err("time_scale is above 0 and at most 1000000")
        }
        NumberRule::Rate if !(number.is_finite() && number > 0.0) => {
            Err("a rate is above 0; leave it out for no limit")
        }
        NumberRule::Any | NumberRule::TimeScale | NumberRule::Rate => Ok(()),
    }
}

fn is_id(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    letters && (1..=100).contains(&text.len())
}

/// What the name of a region says of where it is.
const DIRECTIONS: [&str; 9] =
    ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];

/// The name with the direction that is meant by a slip of one; other words may be those of regions to come.
fn meant_region(text: &str) -> Option<String> {
    let mut parts: Vec<&str> = text.split('-').collect();
    let place = parts.len().checked_sub(2)?;
    let word = parts.get_mut(place)?;
    if DIRECTIONS.contains(word) {
        return None;
    }
    let near = DIRECTIONS.into_iter().find(|name| strsim::damerau_levenshtein(name, word) == 1)?;
    *word = near;
    Some(parts.join("-")).filter(|name| is_region(name))
}

/// `eu-west-1`, `us-gov-east-1`: letters, a place in one or more parts, a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [country, place @ .., number] = parts.as_slice() else { return false };
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let digits = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    letters(country) && !place.is_empty() && place.iter().all(|part| letters(part)) && digits
}
