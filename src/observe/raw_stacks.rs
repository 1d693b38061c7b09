//! Stacks that nobody provisioned, and that are to become provisioned products: what `ImportAsProvisionedProduct` would refuse
//! is found before it is asked.

use super::{Adoptable, Observed, Scope};
use crate::catalog::{CatalogErrorKind, CatalogRead, Existing, ExistingTag, Seen, Stack, StackRef, Status};
use crate::declare::ImportOf;
use crate::model::ids::{Address, ProvisionedId};
use crate::model::kinds::ProvisionedType;
use crate::model::time::Timestamp;
use crate::state::Home;

/// In these statuses a stack can be imported.
/// <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_ImportAsProvisionedProduct.html>
const AT_REST: [&str; 5] = [
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
];

/// Why a stack cannot become a provisioned product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unimportable {
    /// A sentence, for people.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Unimportable {
    fn new(message: String, hint: &str) -> Self {
        Self { message, hint: Some(hint.to_owned()) }
    }
}

/// A stack that is to be read.
struct StackToImport<'a> {
    address: &'a Address,
    name: &'a str,
    stack: &'a str,
    home: &'a Home,
}

/// Reads the stacks that are to be imported and are no provisioned products so far.
pub(super) fn raw_stacks(scope: Scope<'_>, catalog: &dyn CatalogRead, observed: &mut Observed) {
    if !scope.refresh {
        return;
    }
    let wanted = scope.imports().filter_map(|(address, import)| {
        let ImportOf::Stack(stack) = &import.of else { return None };
        let is_bound = scope.recorded.rows.get(address).is_some_and(|row| row.binding.is_some());
        let is_product = observed.existing.get(&address.location)?.imported(&import.of).is_some();
        let name = scope.desired.products.get(address).map_or("", |product| product.name.as_str());
        let home = observed.places.get(&address.location)?;
        (!is_bound && !is_product).then_some(StackToImport { address, name, stack, home })
    });
    let wanted: Vec<StackToImport<'_>> = wanted.collect();
    if wanted.is_empty() {
        return;
    }
    let reference =
        |of: &StackToImport<'_>| StackRef { location: of.address.location.clone(), arn: of.stack.to_owned() };
    let asked: Vec<StackRef> = wanted.iter().map(reference).collect();
    let answers = catalog.stacks(&asked);
    let mut read = Vec::new();
    for (of, answer) in wanted.iter().zip(answers) {
        let found = answer.map_err(|error| match error.kind {
            CatalogErrorKind::NotFound => of.missing(),
            _ => Unimportable {
                message: format!("the stack `{}` cannot be read: {}", of.stack, error.message),
                hint: error.hint,
            },
        });
        let found = found.and_then(|stack| of.judge(&stack).map(|()| stack));
        read.push((of.address.clone(), found.map(|stack| (of.stand_in(&stack), stack))));
    }
    for (address, found) in read {
        let stand_in = found.map(|(existing, stack)| {
            let adoptable = Adoptable { record: None, stack: Some(Ok(stack)) };
            observed.adoptable.insert(existing.id.clone(), adoptable);
            existing
        });
        observed.raw_stacks.insert(address, stand_in);
    }
}

impl StackToImport<'_> {
    fn missing(&self) -> Unimportable {
        let Home { account, region, .. } = self.home;
        let message = format!("there is no stack `{}` in account {account}, {region}", self.stack);
        let mut parts = self.stack.split(':').skip(3);
        match (parts.next(), parts.next()) {
            (Some(there), Some(of)) if there != region.as_str() || of != account.as_str() => {
                Unimportable::new(
                    message,
                    "its ARN says another one: declare it on the location of that account and region",
                )
            }
            _ => Unimportable::new(message, "name it as `aws cloudformation describe-stacks` does"),
        }
    }

    /// What the service would refuse.
    fn judge(&self, stack: &Stack) -> Result<(), Unimportable> {
        let named = self.stack;
        if stack.instances.is_some() || named.contains(":stackset/") {
            let message = format!("`{named}` is a stack set, and only stacks can be imported");
            return Err(Unimportable::new(
                message,
                "provision it anew, as a product with stack-set constraints",
            ));
        }
        if stack.is_nested {
            let message =
                format!("the stack `{named}` is nested in another one, and only its root can be imported");
            return Err(Unimportable::new(message, "import the stack that it is nested in"));
        }
        if !AT_REST.contains(&stack.status.as_str()) {
            let message = format!("the stack `{named}` is {}, and cannot be imported so", stack.status);
            return Err(Unimportable::new(
                message,
                "bring it to rest, or to an end, with CloudFormation first",
            ));
        }
        Ok(())
    }

    /// The product that it would be.
    fn stand_in(&self, stack: &Stack) -> Existing {
        let tags = stack
            .tags
            .iter()
            .map(|(key, value)| ExistingTag { key: key.as_str().into(), value: value.as_str().into() });
        Existing {
            id: ProvisionedId::new(stack.id.as_str()),
            name: self.name.to_owned(),
            arn: String::new(),
            seen: Seen::Read(ProvisionedType::Stack),
            status: Status::Available,
            status_message: None,
            token: None,
            last_record: None,
            last_provisioning_record: None,
            last_successful_record: None,
            product: None,
            artifact: None,
            artifact_name: None,
            tags: Some(tags.collect()),
            user_arn: None,
            physical_id: Some(stack.id.clone()),
            asked: Timestamp::default(),
        }
    }
}
