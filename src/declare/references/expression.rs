//! `${…}`: how a text with references is written. What the references mean is not known here.

use std::borrow::Cow;

use provisor_model::diagnostic::{Diagnostic, Near};
use provisor_model::template::Attribute;
use provisor_model::text::{did_you_mean, nearest};

/// A stretch of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// Stands as it is.
    Text(Cow<'t, str>),
    /// `${…}`
    Hole {
        /// Which `${` of the text it is, literal ones counted.
        nth: usize,
        /// What is wanted, or why nothing can be.
        of: Result<Expression<'t>, Box<Diagnostic>>,
    },
}

/// What stands between `${` and `}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expression<'t> {
    /// `key`
    Key,
    /// `var.<name>`
    Variable(&'t str),
    /// `location.<fact>`
    Location(LocationFact),
    /// `external.<name>.outputs.<Key>`, `.id`, `.arn`
    External {
        /// Its name.
        name: &'t str,
        /// What of it.
        what: Attribute,
    },
    /// `<address>.outputs.<Key>`, `.id`, `.arn`
    Product {
        /// The declaration as it is written: a key, or a key and a location.
        address: AddressText<'t>,
        /// What of it.
        what: Attribute,
    },
}

/// What can be said of a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LocationFact {
    /// `name`
    Name,
    /// `account`
    Account,
    /// `account_id`
    AccountId,
    /// `region`
    Region,
}

/// `network`, `network@hub`, `network@hub/eu-west-1`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressText<'t> {
    /// The declaration's key, before the `@`.
    pub key: &'t str,
    /// The location behind the `@`, if one is written.
    pub at: Option<&'t str>,
}

/// So many faults of one text are told.
const FEW: usize = 10;

/// What is wrong with a text, and at which of its `${`.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Counted from 0; `None`: the whole text.
    pub nth: Option<usize>,
    /// What is wrong; the caller knows where.
    diagnostic: Box<Diagnostic>,
    /// What is wrong with further ones.
    more: Vec<Fault>,
}

impl Fault {
    /// At one `${`.
    pub fn hole(nth: usize, diagnostic: Diagnostic) -> Self {
        Self { nth: Some(nth), diagnostic: Box::new(diagnostic), more: Vec::new() }
    }

    /// Several of one text as one; `None` where there is none.
    pub fn of(faults: Vec<Self>) -> Option<Self> {
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        Some(Self { more: faults.take(FEW - 1).collect(), ..first })
    }

    /// Whether it is that something sensitive is written where everybody sees it.
    pub fn is_sensitive(&self) -> bool {
        self.diagnostic.code == "sensitive"
    }

    /// Each of them.
    pub fn all(mut self) -> impl Iterator<Item = Self> {
        let more = std::mem::take(&mut self.more);
        [self].into_iter().chain(more)
    }

    /// What is wrong, without a place yet.
    pub fn diagnostic(self) -> Diagnostic {
        *self.diagnostic
    }
}

impl From<Diagnostic> for Fault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { nth: None, diagnostic: Box::new(diagnostic), more: Vec::new() }
    }
}

/// What `${…}` may hold, for messages.
const FORMS: &str = "`${…}` holds `key`, `var.<name>`, `location.<fact>`, `<declaration>.outputs.<Key>`, `.id` or `.arn`; \
                     a literal `${` is written `$${`";

/// Cuts a text into stretches and holes.
pub(crate) fn parse(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut nth) = (text, 0);
    while let Some(at) = rest.find("${") {
        let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + 2..).unwrap_or_default());
        if let Some(kept) = before.strip_suffix('$') {
            tokens.push(Token::Text(Cow::Owned(format!("{kept}${{"))));
            rest = after;
        } else {
            let inside = enclosed(after);
            if !before.is_empty() {
                tokens.push(Token::Text(before.into()));
            }
            let of =
                inside.ok_or_else(|| unterminated(after)).and_then(|(inside, _)| expression(inside.trim()));
            tokens.push(Token::Hole { nth, of: of.map_err(Box::new) });
            rest = inside.map_or("", |(_, behind)| behind);
        }
        nth += 1;
    }
    if !rest.is_empty() || tokens.is_empty() {
        tokens.push(Token::Text(rest.into()));
    }
    tokens
}

/// What stands between `${` and its `}`, and what behind it; `${{ x }}` of others ends with both of its braces.
fn enclosed(after: &str) -> Option<(&str, &str)> {
    let (inside, behind) = after.split_once('}')?;
    match behind.strip_prefix('}').filter(|_| after.starts_with('{')) {
        Some(rest) => Some((after.get(..inside.len() + 1)?, rest)),
        None => Some((inside, behind)),
    }
}

fn unterminated(after: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("bad-reference", "this `${` has no `}`");
    let end =
        after.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.@/".contains(c))).unwrap_or(after.len());
    let meant = after.get(..end).filter(|meant| expression(meant).is_ok());
    diagnostic.hint(match meant {
        Some(meant) => format!("did you mean `${{{meant}}}`?"),
        None => "a literal `${` is written `$${`".to_owned(),
    })
}

fn bad(message: String) -> Diagnostic {
    Diagnostic::error("bad-reference", message).hint(FORMS)
}

fn expression(text: &str) -> Result<Expression<'_>, Diagnostic> {
    if text.is_empty() {
        return Err(bad("`${}` refers to nothing".to_owned()));
    }
    if text.contains("${") {
        return Err(bad("references do not nest".to_owned()));
    }
    match text.split_once('.') {
        None if text == "key" => Ok(Expression::Key),
        Some(("var", name)) if is_key(name) => Ok(Expression::Variable(name)),
        Some(("location", fact)) => location_fact(fact).map(Expression::Location),
        Some(("external", rest)) => match split_attribute(rest) {
            Some((name, what)) if is_key(name) => Ok(Expression::External { name, what }),
            _ => Err(not_a_reference(text)
                .hint("an external product has `external.<name>.outputs.<Key>`, `.id` and `.arn`")),
        },
        _ => product(text),
    }
}

fn not_yet(what: &str) -> Diagnostic {
    Diagnostic::error("not-yet", format!("{what} not supported yet by this version"))
}

fn location_fact(text: &str) -> Result<LocationFact, Diagnostic> {
    match text {
        "name" => Ok(LocationFact::Name),
        "account" => Ok(LocationFact::Account),
        "account_id" => Ok(LocationFact::AccountId),
        "region" => Ok(LocationFact::Region),
        _ => Err(Diagnostic::error("bad-reference", format!("a location has no `{text}`"))
            .hint("`location.name`, `.account`, `.account_id` and `.region` are known")
            .maybe_hint(did_you_mean(text, ["name", "account", "account_id", "region"]))),
    }
}

fn product(text: &str) -> Result<Expression<'_>, Diagnostic> {
    let (head, what) = split_attribute(text).ok_or_else(|| not_a_reference(text))?;
    let address = address(head)?;
    if matches!(address.key, "key" | "var" | "location" | "external") {
        return Err(bad(format!("`${{{text}}}` is not a reference")));
    }
    Ok(Expression::Product { address, what })
}

/// What others write in place of a reference, and the words next to `outputs`.
fn not_a_reference(text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("bad-reference", format!("`${{{text}}}` is not a reference"));
    let parts: Vec<&str> = text.split('.').collect();
    let meant = of_others(&parts, text).or_else(|| of_variables(&parts)).or_else(|| of_outputs(&parts));
    match meant {
        None if matches!(parts.as_slice(), [_, "outputs", _]) => {
            diagnostic.hint("the key of an output holds letters, digits, `_`, `-`, `:` and `.`")
        }
        Some(hint) => near(&parts).into_iter().fold(diagnostic.hint(hint), Diagnostic::near),
        None => diagnostic.hint(FORMS),
    }
}

/// What has to be there for what may have been meant.
fn near(parts: &[&str]) -> Option<Near> {
    match parts {
        [name] | ["vars" | "variable" | "variables" | "local" | "locals" | "params" | "parameters", name]
            if is_key(name) =>
        {
            Some(Near::Value((*name).to_owned()))
        }
        ["module" | "data" | "resource", .., key, _] if is_key(key) => Some(Near::Holder((*key).to_owned())),
        _ => None,
    }
}

/// What may have been meant as a variable.
fn of_variables(parts: &[&str]) -> Option<String> {
    let meant = |name: &str| format!("did you mean `${{var.{name}}}`?");
    match parts {
        ["var", name] if name.contains('[') => {
            let name = name.split('[').next().filter(|name| is_key(name))?;
            Some(format!("a list is filled in as a whole, with commas: `${{var.{name}}}`"))
        }
        [name] if is_key(name) => {
            Some(format!("a variable is `${{var.{name}}}`; a literal `${{` is written `$${{`"))
        }
        [name] => quoted_key(name).map(meant),
        ["vars" | "variable" | "variables" | "local" | "locals" | "params" | "parameters", name] => {
            is_key(name).then(|| meant(name))
        }
        _ => None,
    }
}

/// What may have been meant as an output of a declaration, its id or its ARN.
fn of_outputs(parts: &[&str]) -> Option<String> {
    let is_output =
        |name: &str| !name.contains('[') && split_attribute(&format!("x.outputs.{name}")).is_some();
    let meant = |key: &str, output: &str| Some(format!("did you mean `${{{key}.outputs.{output}}}`?"));
    match parts {
        [key, rest] if is_declaration(key) && bracketed(rest).is_some_and(is_output) => {
            meant(key, bracketed(rest)?)
        }
        ["provisioned_products" | "products" | "declarations", rest @ ..]
            if split_attribute(&rest.join(".")).is_some_and(|(key, _)| is_declaration(key)) =>
        {
            Some(format!("did you mean `${{{}}}`?", rest.join(".")))
        }
        ["module" | "data" | "resource", rest @ .., key, output]
            if is_key(key) && is_output(output) && rest.len() < 2 =>
        {
            meant(key, output)
        }
        [key, word] if is_declaration(key) && nearest(word, ["id", "arn"]).is_some() => {
            nearest(word, ["id", "arn"]).map(|word| format!("did you mean `${{{key}.{word}}}`?"))
        }
        [key, "outputs", output] if output.contains('[') => {
            let output = output.split('[').next().filter(|output| is_output(output))?;
            Some(format!("an item of a list is `${{{key}.outputs.{output}[0]}}`, counted from 0"))
        }
        [_, "outputs", _] => None,
        [key, word, output]
            if is_output(output) && (nearest(word, ["outputs"]).is_some() || *word == "out") =>
        {
            meant(key, output)
        }
        [key, "outputs"] if is_declaration(key) => Some(format!("an output is `${{{key}.outputs.NAME}}`")),
        [key, output] if is_declaration(key) && is_output(output) => {
            Some(format!("an output is `${{{key}.outputs.{output}}}`"))
        }
        _ => None,
    }
}

/// What is said of heads that name nothing by themselves, and of what others compute.
fn of_others(parts: &[&str], text: &str) -> Option<String> {
    let told = match parts {
        _ if text.starts_with("AWS::") || text.starts_with('!') => {
            return Some(format!("what CloudFormation is to fill in is written `$${{{text}}}`"));
        }
        _ if text.starts_with('{') => {
            let inside = text.trim_start_matches('{').trim_end_matches('}').trim();
            let name = inside.rsplit('.').next().filter(|name| is_key(name))?;
            return Some(format!("a variable is `${{var.{name}}}`, with one pair of braces"));
        }
        _ if is_key(text.split_once(':').map_or("", |(_, name)| name)) => {
            let (head, name) = text.split_once(':')?;
            return match head {
                "env" => of_others(&["env", name], &format!("env.{name}")),
                _ => Some(format!("a variable is `${{var.{name}}}`; a literal `${{` is written `$${{`")),
            };
        }
        ["env", name] if is_key(name) => {
            let name = name.to_lowercase();
            return Some(format!(
                "the environment is read by variables: declare one, such as `{name}`, give it by `PROVISOR_VAR_{name}`, and write `${{var.{name}}}`"
            ));
        }
        ["location"] => {
            "of a location, `${location.name}`, `.account`, `.account_id` and `.region` are known"
        }
        ["var"] => "a variable is `${var.NAME}`",
        ["external"] => "an external product has `external.<name>.outputs.<Key>`, `.id` and `.arn`",
        ["data", _, _] | ["each" | "count" | "self" | "path" | "terraform", _] => {
            "what Terraform looks up or counts is written out here, or is a variable: `${var.NAME}`"
        }
        _ if text.contains(['?', '(', '=', '+']) => {
            "nothing is computed in a reference: give the value by a variable, or by `overrides` for some locations"
        }
        _ => return None,
    };
    Some(told.to_owned())
}

/// The `x` of `var["x"]`.
fn quoted_key(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("var[")?.strip_suffix(']')?;
    Some(inside.trim_matches(['"', '\''])).filter(|name| is_key(name))
}

/// The `X` of `outputs[X]` and `outputs["X"]`.
fn bracketed(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("outputs[")?.strip_suffix(']')?;
    Some(inside.trim_matches(['"', '\'']))
}

/// Whether this may be the address of a declaration.
fn is_declaration(text: &str) -> bool {
    address(text).is_ok_and(|address| !matches!(address.key, "key" | "var" | "location" | "external" | "env"))
}

/// `network@hub.outputs.VpcId` at the dot behind the address; location names hold no dots.
fn split_attribute(text: &str) -> Option<(&str, Attribute)> {
    let (head, what) = text.split_once('.')?;
    let attribute = match what.split_once('.') {
        None if what == "id" => Attribute::Id,
        None if what == "arn" => Attribute::Arn,
        Some(("outputs", output)) => {
            let (key, index) = match output.split_once('[') {
                None => (output, None),
                Some((key, index)) => (key, Some(index.strip_suffix(']')?.parse().ok()?)),
            };
            let named =
                !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-:.".contains(c));
            named.then(|| Attribute::Output { key: key.to_owned(), index })?
        }
        _ => return None,
    };
    Some((head, attribute))
}

/// `network` or `network@hub/eu-west-1`, as `depends_on` holds it.
pub(crate) fn address(text: &str) -> Result<AddressText<'_>, Diagnostic> {
    let (key, at) = text.split_once('@').map_or((text, None), |(key, at)| (key, Some(at)));
    if !is_key(key) {
        let found =
            Diagnostic::error("bad-reference", format!("`{text}` is not the address of a declaration"));
        let hint = match text.contains(['*', '?']) {
            true => "globs are not read here: name each declaration",
            false => {
                "an address is the key of a declaration, such as `network`, or `network@hub` for one location"
            }
        };
        return Err(found.hint(hint).near(Near::Declaration(key.replace(['*', '?'], ""))));
    }
    match at {
        Some(at) if at.contains('*') => Err(not_yet("references that gather several locations (`@*`) are")
            .hint(format!("refer to each by itself, such as `{key}@dev`"))),
        Some("") => Err(bad(format!("`{text}` names no location behind its `@`"))),
        _ => Ok(AddressText { key, at }),
    }
}

/// `[A-Za-z][A-Za-z0-9_-]*`
pub(crate) fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
