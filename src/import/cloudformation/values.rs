//! What a value of a template comes to, as far as the template says it.

use std::collections::BTreeSet;

use super::super::found::FoundValue;
use super::super::marked::{Marked, MarkedKind};
use super::StackPlace;
use provisor_model::secret::Secret;

/// What values may refer to.
pub(super) struct TemplateValues<'t> {
    /// `Parameters`
    pub parameters: Option<&'t Marked>,
    pub place: &'t StackPlace,
    /// The provisioned products of the template.
    pub products: &'t BTreeSet<&'t str>,
}

/// A function of a template, short or long.
struct Intrinsic<'t> {
    name: &'t str,
    argument: Marked,
}

impl TemplateValues<'_> {
    /// What parameters that are not echoed are where nobody gives them: as secret as what is given.
    pub fn defaults_of_secrets(&self) -> Vec<Secret> {
        let parameters = self.parameters.map(Marked::pairs).unwrap_or_default();
        let hidden = parameters.iter().filter(|(name, _)| self.is_hidden(name));
        hidden.filter_map(|(_, one)| one.get("Default")?.text()).map(Secret::new).collect()
    }

    fn is_hidden(&self, name: &str) -> bool {
        let parameter = self.parameters.and_then(|all| all.get(name));
        let no_echo = parameter.and_then(|parameter| parameter.get("NoEcho")?.text());
        no_echo.is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// A value, or why it is open. Whatever a secret goes into, evaluated or not, is one.
    pub fn value(&self, value: &Marked) -> Result<FoundValue, String> {
        match self.evaluated(value) {
            Ok(FoundValue::Text(text)) if looks_up_secret(&text) => Ok(FoundValue::Sensitive),
            Ok(FoundValue::Text(text)) if text.contains(LOOKS_UP) => {
                Err("a dynamic reference is looked up when it is deployed".to_owned())
            }
            Err(_) if self.holds_secret(value) => Ok(FoundValue::Sensitive),
            found => found,
        }
    }

    /// Whether something that is not echoed, or looked up among secrets, stands anywhere in it.
    fn holds_secret(&self, value: &Marked) -> bool {
        let is_hidden = |name: &str| self.is_hidden(name);
        let names = |text: &str| {
            let holes = text.split("${").skip(1).filter_map(|hole| hole.split_once('}'));
            is_hidden(text) || holes.map(|(name, _)| name).any(is_hidden)
        };
        // what a tag stands before is an argument
        let is_secret = |text: &String| names(text) || looks_up_secret(text);
        matches!(&value.kind, MarkedKind::Scalar(text) if is_secret(text))
            || value.items().iter().any(|item| self.holds_secret(item))
            || value.pairs().iter().any(|(_, inner)| self.holds_secret(inner))
    }

    fn evaluated(&self, value: &Marked) -> Result<FoundValue, String> {
        match intrinsic(value) {
            Some(Intrinsic { name: "Ref", argument }) => self.reference(argument.text().unwrap_or_default()),
            Some(Intrinsic { name: "GetAtt", argument }) => self.attribute(&path(&argument)),
            Some(Intrinsic { name: "Sub", argument }) => self.sub(&argument),
            Some(Intrinsic { name: "Join", argument }) => self.join(&argument),
            Some(Intrinsic { name, .. }) => Err(format!("`{name}` is not evaluated")),
            None => value.text().map(as_text).ok_or_else(|| "it is no text".to_owned()),
        }
    }

    /// A value that is a text.
    pub fn text(&self, value: &Marked) -> Result<String, String> {
        match self.value(value)? {
            FoundValue::Text(text) => Ok(text),
            FoundValue::Sensitive => Err("it is not echoed".to_owned()),
            _ => Err("it is another one's output".to_owned()),
        }
    }

    fn reference(&self, name: &str) -> Result<FoundValue, String> {
        match name {
            "AWS::Region" => return Ok(as_text(&self.place.region)),
            "AWS::Partition"
                if !self.place.region.starts_with("cn-") && !self.place.region.contains("-gov-") =>
            {
                return Ok(as_text("aws"));
            }
            "AWS::AccountId" => {
                let account = self.place.account_id.as_deref().map(as_text);
                return account.ok_or_else(|| "the location has no `account_id`".to_owned());
            }
            _ => {}
        }
        let Some(parameter) = self.parameters.and_then(|all| all.get(name)) else {
            return Err(format!("`{name}` is not known before it is made"));
        };
        let says = |key: &str| parameter.get(key).and_then(Marked::text);
        if self.is_hidden(name) {
            return Ok(FoundValue::Sensitive);
        }
        if says("Type").is_some_and(|kind| kind.starts_with("AWS::SSM::")) {
            return Err(format!("the parameter `{name}` is looked up"));
        }
        says("Default").map(as_text).ok_or_else(|| format!("the parameter `{name}` has no default"))
    }

    /// `X.Outputs.K` of another provisioned product.
    fn attribute(&self, path: &str) -> Result<FoundValue, String> {
        let output = path.split_once(".Outputs.").filter(|(of, _)| self.products.contains(of));
        let output = output.map(|(of, key)| FoundValue::Output { of: of.to_owned(), key: key.to_owned() });
        output.ok_or_else(|| format!("`{path}` is not known before it is made"))
    }

    fn sub(&self, argument: &Marked) -> Result<FoundValue, String> {
        let (text, own) = match argument.items() {
            [text, own] => (text.text(), Some(own)),
            _ => (argument.text(), None),
        };
        let mut rest = text.ok_or_else(|| "`Sub` has no text".to_owned())?;
        let mut out = String::new();
        while let Some((before, hole)) = rest.split_once("${") {
            let Some((name, after)) = hole.split_once('}') else { break };
            out.push_str(before);
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let filled = match own.and_then(|own| own.get(name)) {
                Some(value) => self.value(value)?,
                None if name.contains('.') => self.attribute(name)?,
                None => self.reference(name)?,
            };
            match filled {
                FoundValue::Text(text) => out.push_str(&text),
                whole if out.is_empty() && rest.is_empty() => return Ok(whole),
                _ => return Err(format!("`${{{name}}}` stands beside other text")),
            }
        }
        out.push_str(rest);
        Ok(FoundValue::Text(out))
    }

    fn join(&self, argument: &Marked) -> Result<FoundValue, String> {
        let [between, items] = argument.items() else { return Err("`Join` takes two arguments".to_owned()) };
        let between = between.text().unwrap_or_default();
        if intrinsic(items).is_some() {
            return Err("`Join` of a list that is made".to_owned());
        }
        let items: Vec<String> =
            items.items().iter().map(|item| self.text(item)).collect::<Result<_, _>>()?;
        Ok(FoundValue::Text(items.join(between)))
    }
}

/// How a dynamic reference begins, and how those do that stand for secrets.
const LOOKS_UP: &str = "{{resolve:";
const OF_SECRETS: [&str; 2] = ["{{resolve:secretsmanager:", "{{resolve:ssm-secure:"];

fn looks_up_secret(text: &str) -> bool {
    OF_SECRETS.iter().any(|begins| text.contains(begins))
}

fn as_text(text: &str) -> FoundValue {
    FoundValue::Text(text.to_owned())
}

/// `!Sub x`, and `{Fn::Sub: x}`.
fn intrinsic(value: &Marked) -> Option<Intrinsic<'_>> {
    if let Some(name) = &value.tag {
        return Some(Intrinsic { name, argument: Marked { tag: None, ..value.clone() } });
    }
    match value.pairs() {
        [(name, argument)] => {
            let name = name.strip_prefix("Fn::").or(Some(name.as_str()).filter(|name| *name == "Ref"))?;
            Some(Intrinsic { name, argument: argument.clone() })
        }
        _ => None,
    }
}

/// What `GetAtt` takes: one text, or its parts.
fn path(argument: &Marked) -> String {
    match &argument.kind {
        MarkedKind::List(items) => items.iter().filter_map(Marked::text).collect::<Vec<_>>().join("."),
        _ => argument.text().unwrap_or_default().to_owned(),
    }
}
