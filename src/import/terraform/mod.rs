//! Terraform's word on what it manages: a state, or what `terraform show -json` makes of a state or of a plan. Which of them a
//! file is, its content tells.

mod address;
mod hidden;
mod instance;
mod product;
mod pulumi;
mod shown;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::foreign::{ForeignFile, ForeignProduct, OtherFile};
use super::names::free;
use address::without_indexes;
use instance::Instance;

/// What all of them call a provisioned product.
const TYPE: &str = "aws_servicecatalog_provisioned_product";

const GIVE: &str = "give the output of `terraform state pull`, or of `terraform show -json`";

const GIVE_EXPORT: &str = "give the output of `pulumi stack export`";

/// What no export holds.
const PULUMI_ADVICE: &str =
    "Pulumi manages them still: let go of each there by `pulumi state delete URN`, which destroys nothing";

const TEMPLATE: &str = "give it to `--from-cloudformation`";

/// What no state holds.
const ADVICE: [&str; 2] = [
    "a state holds no `lifecycle`: write `prevent_destroy` as `lifecycle: {prevent_terminate: true}`, and `ignore_changes` as it is",
    "Terraform manages them still: let go of each there by `terraform state rm ADDRESS`, which destroys nothing",
];

/// The provisioned products of a file that Terraform wrote.
///
/// # Errors
/// A file of another kind.
pub fn terraform(text: &str) -> Result<ForeignFile, OtherFile> {
    let json: Json = serde_json::from_str(text).map_err(|error| no_json(text, &error))?;
    let instances = match kind(&json)? {
        TerraformFile::State => state::instances(&json),
        TerraformFile::Values(values) => shown::instances(&json, values),
    };
    Ok(read(&instances, &ADVICE))
}

/// The provisioned products of what Pulumi exports of a stack.
///
/// # Errors
/// A file of another kind.
pub fn pulumi(text: &str) -> Result<ForeignFile, OtherFile> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        OtherFile::new(format!("this is no JSON: line {line}, column {column}"), GIVE_EXPORT)
    })?;
    if !json.get("deployment").is_some_and(Json::is_object) {
        let message = "this is JSON, but no export of Pulumi: it has no `deployment`";
        return Err(OtherFile::new(message, GIVE_EXPORT));
    }
    let mut left = Vec::new();
    let resources = pulumi::resources(&json, &mut left);
    let instances: Vec<Instance<'_>> = resources.iter().map(pulumi::PulumiResource::instance).collect();
    let mut file = read(&instances, &[PULUMI_ADVICE]);
    file.left.extend(left);
    let is_busy =
        |key: &str| json["deployment"].get(key).and_then(Json::as_array).is_some_and(|all| !all.is_empty());
    if ["pending_operations", "pendingOperations"].iter().any(|key| is_busy(key)) {
        file.advice.push(
            "operations were under way when it was exported: `pulumi refresh`, then export and import again"
                .to_owned(),
        );
    }
    Ok(file)
}

/// What a file is.
enum TerraformFile<'j> {
    /// The state itself.
    State,
    /// The values of a state, as `show -json` tells them, of a plan too.
    Values(&'j Json),
}

fn kind(json: &Json) -> Result<TerraformFile<'_>, OtherFile> {
    let has = |key: &str| json.get(key).is_some_and(|value| !value.is_null());
    if has("deployment") {
        return Err(OtherFile::new("this is an export of Pulumi", "give it to `--from-pulumi`"));
    }
    if has("encrypted_data") {
        return Err(OtherFile::new(
            "this is an encrypted state",
            "give the output of `tofu state pull`, which decrypts it",
        ));
    }
    if has("Resources") || has("AWSTemplateFormatVersion") {
        return Err(OtherFile::new("this is a CloudFormation template", TEMPLATE));
    }
    if has("@level") {
        return Err(OtherFile::new("this is the log of a run with `-json`", GIVE));
    }
    match json.get("version").and_then(Json::as_u64) {
        Some(4) if has("resources") || has("lineage") => return Ok(TerraformFile::State),
        Some(format) if has("lineage") || has("modules") => {
            let message = format!("this is a state of format {format}, and format 4 is read");
            let hint = "`terraform state pull` of a Terraform since 0.12 writes that";
            return Err(OtherFile::new(message, hint));
        }
        _ => {}
    }
    if !has("format_version") {
        return Err(OtherFile::new("this is JSON, but neither a state nor what `show -json` tells", GIVE));
    }
    let is_plan = ["prior_state", "planned_values", "resource_changes"].iter().any(|key| has(key));
    match json.get("values").or_else(|| json.get("prior_state")?.get("values")) {
        Some(values) => Ok(TerraformFile::Values(values)),
        None if is_plan => Err(OtherFile::new(
            "this is a plan that begins with nothing: nothing exists before it is applied",
            GIVE,
        )),
        // of a state that holds nothing, nothing is shown
        None => Ok(TerraformFile::Values(&Json::Null)),
    }
}

/// What a text is that is no JSON.
fn no_json(text: &str, error: &serde_json::Error) -> OtherFile {
    let begins =
        |words: &[&str]| text.lines().any(|line| words.iter().any(|word| line.strip_prefix(word).is_some()));
    if text.trim_start().starts_with("{\"@level\"") {
        return OtherFile::new("this is the log of a run with `-json`", GIVE);
    }
    if begins(&["resource \"", "module \"", "provider \"", "terraform {"]) {
        return OtherFile::new("this is Terraform configuration, which does not say what exists", GIVE);
    }
    if begins(&["AWSTemplateFormatVersion", "Resources:"]) {
        return OtherFile::new("this is a CloudFormation template", TEMPLATE);
    }
    if begins(&["launches:", "accounts:", "spoke-local-portfolios:"]) {
        return OtherFile::new("this is a manifest of aws-service-catalog-puppet", GIVE);
    }
    if begins(&["{", "["]) {
        let (line, column) = (error.line(), error.column());
        return OtherFile::new(format!("this is broken JSON: line {line}, column {column}"), GIVE);
    }
    OtherFile::new("this is no JSON", GIVE)
}

/// Each instance becomes a product, or has a sentence.
fn read(instances: &[Instance<'_>], advice: &[&str]) -> ForeignFile {
    let mut file = ForeignFile::default();
    let deposed: BTreeSet<String> =
        instances.iter().filter(|one| one.is_deposed).map(Instance::address).collect();
    for address in &deposed {
        let ids = |is_deposed: bool| {
            let of = instances.iter().filter(|one| one.address() == *address && one.is_deposed == is_deposed);
            of.map(Instance::id).collect::<Vec<_>>().join(", ")
        };
        let (old, new) = (ids(true), ids(false));
        let rest = if new.is_empty() {
            "nothing took its place".to_owned()
        } else {
            format!("{new} took its place")
        };
        let is_pulumi = instances.iter().any(|one| one.urn.is_some());
        let (what, how) = match is_pulumi {
            true => ("waits for its deletion", "pulumi up"),
            false => ("is deposed", "terraform apply"),
        };
        file.left.push(format!("{address}: {old} {what}, {rest}: `{how}` ends that; then import again"));
    }
    let mut of_address: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut keys, mut needs) = (BTreeSet::new(), Vec::new());
    for one in instances.iter().filter(|one| !deposed.contains(&one.address())) {
        match product::product(one, &mut file.changed) {
            Ok(mut product) => {
                product.key = free(&one.key(), &mut keys);
                let written = without_indexes(&one.address());
                of_address.entry(written).or_default().insert(product.key.clone());
                needs.push(one.needs.clone());
                file.products.push(product);
            }
            Err(why) => file.left.push(why),
        }
    }
    depend(&mut file.products, &needs, &of_address);
    file.advice =
        advice.iter().filter(|_| !file.products.is_empty()).map(|text| (*text).to_owned()).collect();
    file
}

/// A state tells the direct and the indirect: what comes first by way of another one is left out.
fn depend(
    products: &mut [ForeignProduct],
    needs: &[Vec<String>],
    of_address: &BTreeMap<String, BTreeSet<String>>,
) {
    for (product, needs) in products.iter_mut().zip(needs) {
        let all = needs.iter().filter_map(|address| of_address.get(&without_indexes(address))).flatten();
        product.depends_on = all.filter(|key| **key != product.key).cloned().collect();
    }
    let all: BTreeMap<String, BTreeSet<String>> =
        products.iter().map(|one| (one.key.clone(), one.depends_on.clone())).collect();
    for product in products {
        let indirect: BTreeSet<&String> =
            product.depends_on.iter().filter_map(|key| all.get(key)).flatten().collect();
        product.depends_on.retain(|key| !indirect.contains(key));
    }
}
