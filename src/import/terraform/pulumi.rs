//! The same provider's resources as Pulumi exports them: other spelling of the same attributes, secrets where they stand. What is
//! encrypted is not decrypted, and of what is there in plain nothing is kept but to find where it comes out again.

use serde_json::{Map, Value as Json};

use super::hidden::Hidden;
use super::instance::Instance;

/// What Pulumi calls a provisioned product.
const TYPE: &str = "aws:servicecatalog/provisionedProduct:ProvisionedProduct";

/// The key of an object that stands for something else; of what it is, only that it is no plain value matters.
const SPECIAL: &str = "4dabf18193072939515e22adb298388d";

/// A resource as the provider would have told Terraform of it.
pub(super) struct PulumiResource<'j> {
    urn: &'j str,
    of: &'j Json,
    attributes: Map<String, Json>,
    outputs: Map<String, Json>,
    inputs: PulumiSide,
}

/// What went in, or what came out.
struct PulumiSide {
    attributes: Map<String, Json>,
    /// What of each is sensitive.
    shadow: Map<String, Json>,
}

impl PulumiSide {
    fn of(resource: &Json, key: &str) -> Self {
        let mut side = Self { attributes: Map::new(), shadow: Map::new() };
        for (key, value) in resource.get(key).and_then(Json::as_object).into_iter().flatten() {
            let name = snake(key);
            let opened = attribute(&name, value);
            side.attributes.insert(name.clone(), opened.value);
            side.shadow.insert(name, opened.shadow);
        }
        side
    }
}

/// A value, and what of it is sensitive.
#[derive(Default)]
struct Unsealed {
    value: Json,
    shadow: Json,
}

/// What an export holds of provisioned products, and why some of it is left.
pub(super) fn resources<'j>(export: &'j Json, left: &mut Vec<String>) -> Vec<PulumiResource<'j>> {
    let all = export.get("deployment").and_then(|deployment| deployment.get("resources"));
    let all = all.and_then(Json::as_array).into_iter().flatten();
    let ours = all.filter(|one| one.get("type").and_then(Json::as_str) == Some(TYPE));
    let mut found = Vec::new();
    for one in ours {
        let Some(urn) = one.get("urn").and_then(Json::as_str) else { continue };
        let is = |key: &str| one.get(key) == Some(&Json::Bool(true));
        if is("external") {
            left.push(format!("{}: it is only read there: declare it under `external:`", name(urn)));
        } else if is("pendingReplacement") {
            left.push(format!("{}: it is gone, and waits for being made anew", name(urn)));
        } else {
            found.push(PulumiResource::new(urn, one));
        }
    }
    found
}

impl<'j> PulumiResource<'j> {
    fn new(urn: &'j str, of: &'j Json) -> Self {
        let PulumiSide { mut attributes, mut shadow } = PulumiSide::of(of, "outputs");
        let inputs = PulumiSide::of(of, "inputs");
        // what came out hidden as a whole: what went in tells which part of it
        for (name, value) in &inputs.attributes {
            if attributes.get(name).is_none_or(Json::is_null) {
                attributes.insert(name.clone(), value.clone());
                if !value.is_null() && inputs.shadow.get(name).is_some_and(is_hidden) {
                    shadow.remove(name);
                }
            }
        }
        let extra = of.get("additionalSecretOutputs").and_then(Json::as_array).into_iter().flatten();
        for key in extra.filter_map(Json::as_str) {
            shadow.insert(snake(key), Json::Bool(true));
        }
        attributes.entry("name").or_insert(Json::Null);
        if let Some(id) = of.get("id") {
            attributes.insert("id".to_owned(), id.clone());
        }
        if let Some(times) = of.get("customTimeouts").and_then(Json::as_object) {
            let times = times.iter().map(|(key, time)| (key.clone(), duration(time))).collect();
            attributes.insert("timeouts".to_owned(), Json::Object(times));
        }
        Self { urn, of, attributes, outputs: shadow, inputs }
    }

    pub fn instance(&self) -> Instance<'_> {
        let is = |key: &str| self.of.get(key) == Some(&Json::Bool(true));
        let needs = self.of.get("dependencies").and_then(Json::as_array).into_iter().flatten();
        Instance {
            module: "",
            name: name(self.urn),
            urn: Some(self.urn),
            index: None,
            attributes: &self.attributes,
            hidden: Hidden::by_members(&self.outputs, &self.attributes)
                .and(Hidden::by_members(&self.inputs.shadow, &self.inputs.attributes)),
            is_tainted: false,
            is_deposed: is("delete"),
            is_protected: is("protect"),
            is_kept: is("retainOnDelete"),
            needs: needs.filter_map(Json::as_str).map(str::to_owned).collect(),
        }
    }
}

/// What somebody called it: the last part of its URN.
fn name(urn: &str) -> &str {
    urn.rsplit("::").next().unwrap_or(urn)
}

/// `provisioningArtifactId` is `provisioning_artifact_id`.
fn snake(key: &str) -> String {
    let mut name = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// An attribute in the provider's own form: what is there once at most is a list there.
fn attribute(name: &str, value: &Json) -> Unsealed {
    let mut opened = open(value);
    match name {
        "provisioning_parameters" => {
            for side in [&mut opened.value, &mut opened.shadow] {
                side.as_array_mut().into_iter().flatten().for_each(respell);
            }
        }
        "stack_set_provisioning_preferences" => {
            respell(&mut opened.value);
            if opened.value.is_object() {
                opened.value = Json::Array(vec![opened.value]);
            }
        }
        _ => {}
    }
    opened
}

/// Its keys as the provider spells them.
fn respell(of: &mut Json) {
    if let Json::Object(members) = of {
        *members = std::mem::take(members).into_iter().map(|(key, value)| (snake(&key), value)).collect();
    }
}

/// Takes secrets apart: in the place of each stands what is known of it, if anything.
fn open(value: &Json) -> Unsealed {
    match value {
        Json::Object(members) if members.contains_key(SPECIAL) => {
            let plain = members.get("plaintext").and_then(Json::as_str);
            let plain: Option<Json> = plain.and_then(|text| serde_json::from_str(text).ok());
            Unsealed { value: plain.map_or(Json::Null, |plain| open(&plain).value), shadow: Json::Bool(true) }
        }
        Json::Object(members) => {
            let (mut value, mut shadow) = (Map::new(), Map::new());
            for (key, member) in members {
                let opened = open(member);
                value.insert(key.clone(), opened.value);
                shadow.insert(key.clone(), opened.shadow);
            }
            Unsealed { value: Json::Object(value), shadow: Json::Object(shadow) }
        }
        Json::Array(items) => {
            let (value, shadow) = items.iter().map(open).map(|one| (one.value, one.shadow)).unzip();
            Unsealed { value: Json::Array(value), shadow: Json::Array(shadow) }
        }
        plain => Unsealed { value: plain.clone(), shadow: Json::Bool(false) },
    }
}

fn is_hidden(shadow: &Json) -> bool {
    match shadow {
        Json::Bool(flag) => *flag,
        Json::Array(items) => items.iter().any(is_hidden),
        Json::Object(members) => members.values().any(is_hidden),
        _ => false,
    }
}

/// Seconds, or as people write it.
fn duration(time: &Json) -> Json {
    match time.as_f64() {
        Some(seconds) if seconds > 0.0 => Json::String(format!("{}s", seconds.round())),
        _ => time.clone(),
    }
}
