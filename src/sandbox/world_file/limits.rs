//! What the service itself would not take: ids, names and ARNs of a shape that no answer of its could have.

use super::words::suggestion;
use super::{Knobs, PortfolioEntry, Problem, ProductEntry, Source, Text, WorldFile};

/// The product types of the service's model, and Account Factory's.
const TYPES: [&str; 6] = [
    "CLOUD_FORMATION_TEMPLATE",
    "MARKETPLACE",
    "TERRAFORM_OPEN_SOURCE",
    "TERRAFORM_CLOUD",
    "EXTERNAL",
    "CONTROL_TOWER_ACCOUNT",
];

type Outcome = Result<(), Problem>;

/// The first value that breaks a limit of the service ends it.
pub(crate) fn check(script: &WorldFile, source: &Source) -> Outcome {
    let limits = Limits { source };
    limits.holds(
        !script.portfolios.is_empty(),
        "portfolios",
        "a world has at least one portfolio".to_owned(),
    )?;
    limits.knobs(&script.knobs)?;
    for (index, portfolio) in script.portfolios.iter().enumerate() {
        limits.portfolio(portfolio, &format!("portfolios[{index}]"))?;
    }
    Ok(())
}

struct Limits<'a> {
    source: &'a Source,
}

impl Limits<'_> {
    fn portfolio(&self, portfolio: &PortfolioEntry, path: &str) -> Outcome {
        self.name(&portfolio.name, 100, path)?;
        self.id(portfolio.id.as_ref(), path)?;
        for (index, account) in portfolio.accounts.iter().flatten().enumerate() {
            self.account(account, &format!("{path}.accounts[{index}]"))?;
        }
        for (index, region) in portfolio.regions.iter().flatten().enumerate() {
            self.region(region, &format!("{path}.regions[{index}]"))?;
        }
        let mut products = portfolio.products.iter().enumerate();
        products.try_for_each(|(index, product)| self.product(product, &format!("{path}.products[{index}]")))
    }

    fn product(&self, product: &ProductEntry, path: &str) -> Outcome {
        self.name(&product.name, 8191, path)?;
        let kind = product.kind.as_str();
        let unknown = || format!("`{kind}` is no product type{}", suggestion(kind, TYPES.into_iter()));
        self.holds(TYPES.contains(&kind), &format!("{path}.type"), unknown())?;
        self.id(product.id.as_ref(), path)?;
        for (index, version) in product.versions.iter().enumerate() {
            self.id(version.id.as_ref(), &format!("{path}.versions[{index}]"))?;
        }
        let constraints = &product.constraints;
        let path = format!("{path}.constraints");
        if let Some(role) = &constraints.launch_role {
            let is_role = role.as_str().starts_with("arn:") && role.as_str().contains(":role/");
            self.holds(
                is_role,
                &format!("{path}.launch_role"),
                format!("`{role}` is not the ARN of a role"),
            )?;
        }
        for (index, topic) in constraints.notification_arns.iter().enumerate() {
            let at = format!("{path}.notification_arns[{index}]");
            self.holds(topic.as_str().starts_with("arn:"), &at, format!("`{topic}` is not an ARN"))?;
        }
        for (index, region) in constraints.stack_set.iter().flat_map(|set| &set.regions).enumerate() {
            self.region(region, &format!("{path}.stack_set.regions[{index}]"))?;
        }
        let mut accounts = constraints.stack_set.iter().flat_map(|set| &set.accounts).enumerate();
        accounts.try_for_each(|(index, account)| {
            self.account(account, &format!("{path}.stack_set.accounts[{index}]"))
        })
    }

    fn holds(&self, truth: bool, path: &str, message: String) -> Outcome {
        if truth { Ok(()) } else { Err(self.source.problem(path, message)) }
    }

    fn name(&self, name: &Text, most: usize, path: &str) -> Outcome {
        let length = name.as_str().chars().count();
        let message = format!("a name has 1 to {most} characters, not {length}");
        self.holds((1..=most).contains(&length), &format!("{path}.name"), message)
    }

    fn id(&self, id: Option<&Text>, path: &str) -> Outcome {
        let Some(id) = id else { return Ok(()) };
        let letters = id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let fits = letters && (1..=100).contains(&id.as_str().len());
        let message = format!("`{id}` is not an id: 1 to 100 letters, digits, `_` and `-`");
        self.holds(fits, &format!("{path}.id"), message)
    }

    fn region(&self, region: &Text, path: &str) -> Outcome {
        self.holds(is_region(region.as_str()), path, no_region(region.as_str()))
    }

    fn knobs(&self, knobs: &Knobs) -> Outcome {
        for (name, code) in knobs.codes() {
            let plain = !code.is_empty() && !code.contains(char::is_whitespace);
            self.holds(plain, &format!("knobs.{name}"), format!("`{code}` is no code of an error"))?;
        }
        for (name, rate) in [("read_rate", knobs.read_rate), ("write_rate", knobs.write_rate)] {
            let possible = rate.is_none_or(|rate| rate.is_finite() && rate > 0.0);
            let message = "a rate is above 0; leave it out for no limit".to_owned();
            self.holds(possible, &format!("knobs.{name}"), message)?;
        }
        Ok(())
    }

    fn account(&self, account: &Text, path: &str) -> Outcome {
        let text = account.as_str();
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let message = format!("`{account}` is not a 12-digit account id; quote it to keep leading zeros");
        self.holds(fits, path, message)
    }
}

/// `eu-west-1`, `us-gov-east-1`: letters, a place in one or more parts, a number.
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [country, place @ .., number] = parts.as_slice() else { return false };
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let digits = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    letters(country) && !place.is_empty() && place.iter().all(|part| letters(part)) && digits
}

pub(super) fn no_region(text: &str) -> String {
    format!("`{text}` is not a region's name such as `eu-west-1`")
}
