//! CloudFormation's intrinsic functions on values that are already evaluated. No template, no place.

use ipnet::IpNet;
use serde_json::Value;

/// Text that doubles itself stops here.
pub(crate) const MAX_TEXT: usize = 1_000_000;

pub(crate) const EQUALS: &str =
    "Template error: every Fn::Equals object requires a list of 2 string parameters.";
pub(crate) const NOT: &str = "Template error: every Fn::Not object requires a list of one boolean parameter.";
pub(crate) const IF: &str = "Template error: Fn::If requires a list argument with three elements";
pub(crate) const GET_ATT: &str = "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name \
    and the resource attribute";
const JOIN: &str = "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and \
        (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be \
        joined.";

/// What CloudFormation says of functions that are given too little or too much, whatever it is.
pub(crate) fn miscounted(name: &str, given: Option<usize>) -> Option<String> {
    let told = match (name, given) {
        ("Fn::Join", Some(2)) | ("Fn::Equals", Some(2)) | ("Fn::Not", Some(1)) | ("Fn::If", Some(3)) => {
            return None;
        }
        ("Fn::Join", _) => JOIN.to_owned(),
        ("Fn::Equals", _) => EQUALS.to_owned(),
        ("Fn::Not", _) => NOT.to_owned(),
        ("Fn::If", _) => IF.to_owned(),
        ("Fn::And" | "Fn::Or", Some(2..=10)) => return None,
        ("Fn::And" | "Fn::Or", _) => and_or(name),
        _ => return None,
    };
    Some(told)
}

/// `Fn::Join`.
pub(crate) fn join(delimiter: &Value, items: &Value) -> Result<Value, String> {
    let (Some(delimiter), Some(items)) = (delimiter.as_str(), items.as_array()) else {
        return Err(JOIN.to_owned());
    };
    let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>().ok_or(JOIN)?;
    bounded(texts.join(delimiter))
}

/// `Fn::And` and `Fn::Or`.
pub(crate) fn and_or(name: &str) -> String {
    let what = "requires a list of at least 2 and at most 10 boolean parameters.";
    format!("Template error: every {name} object {what}")
}

/// Refuses text that has grown beyond any use.
pub(crate) fn bounded(text: String) -> Result<Value, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("Template error: a value may not exceed {MAX_TEXT} bytes"));
    }
    Ok(Value::String(text))
}

/// `Fn::Select`.
pub(crate) fn select(index: &Value, items: &Value) -> Result<Value, String> {
    let wrong = || {
        let what = "Fn::Select requires a list argument with two elements: an integer index and a list";
        format!("Template error: {what}")
    };
    let text = index.as_str().ok_or_else(wrong)?.trim();
    let items = items.as_array().ok_or_else(wrong)?;
    let number: i64 = text.parse().map_err(|_| wrong())?;
    let item = usize::try_from(number).ok().and_then(|index| items.get(index));
    item.cloned()
        .ok_or_else(|| format!("Template error: Fn::Select cannot select nonexistent value at index {text}"))
}

/// `Fn::Split`.
pub(crate) fn split(delimiter: &Value, text: &Value) -> Result<Value, String> {
    match (delimiter.as_str(), text.as_str()) {
        (Some(delimiter), Some(text)) if !delimiter.is_empty() => Ok(text.split(delimiter).collect()),
        _ => {
            let what = "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be \
                split or a function that returns a string to be split.";
            Err(format!("Template error: {what}"))
        }
    }
}

/// `Fn::Cidr`: `count` blocks with `bits` host bits each, from the front of `block`.
pub(crate) fn cidr(block: &str, count: &str, bits: &str) -> Result<Value, String> {
    let wrong = |what: &str| format!("Template error: Fn::Cidr {what}");
    let net: IpNet = block.trim().parse().map_err(|_| wrong("ipBlock must be a CIDR block"))?;
    let count: usize = count.trim().parse().map_err(|_| wrong("count must be a number from 1 to 256"))?;
    let bits: u32 = bits.trim().parse().map_err(|_| wrong("cidrBits must be a number"))?;
    if !(1..=256).contains(&count) {
        return Err(wrong("count must be a number from 1 to 256"));
    }
    let length = u8::try_from(bits).ok().filter(|bits| *bits > 0);
    let length = length.and_then(|bits| net.max_prefix_len().checked_sub(bits));
    let blocks = length.and_then(|length| net.trunc().subnets(length).ok());
    let texts: Vec<Value> =
        blocks.into_iter().flatten().take(count).map(|block| Value::String(block.to_string())).collect();
    if texts.len() < count {
        return Err(wrong(&format!("cannot cut {count} blocks of {bits} bits out of {block}")));
    }
    Ok(Value::Array(texts))
}
