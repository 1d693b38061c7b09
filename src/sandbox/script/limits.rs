//! What the service itself would not take: ids, names and ARNs of a shape that no answer of its could have.

use super::{PortfolioEntry, Problem, ProductEntry, Script, Source, Text};

type Outcome = Result<(), Problem>;

/// The first value that breaks a limit of the service ends it.
pub(crate) fn check(script: &Script, source: &Source) -> Outcome {
    let limits = Limits { source };
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
        let mut products = portfolio.products.iter().enumerate();
        products.try_for_each(|(index, product)| self.product(product, &format!("{path}.products[{index}]")))
    }

    fn product(&self, product: &ProductEntry, path: &str) -> Outcome {
        self.name(&product.name, 8191, path)?;
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

    fn account(&self, account: &Text, path: &str) -> Outcome {
        let text = account.as_str();
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let message = format!("`{account}` is not a 12-digit account id; quote it to keep leading zeros");
        self.holds(fits, path, message)
    }
}
