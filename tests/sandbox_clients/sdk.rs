//! The Rust SDK from end to end against a sandbox, with nothing of ours between them: browse, provision, describe,
//! update, taint, repair, look back, terminate. The AWS CLI tells the same story in tests/boto3/awscli_story.py.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::config::{BehaviorVersion, Config, Region};
use aws_sdk_servicecatalog::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_servicecatalog::operation::describe_record::DescribeRecordOutput;
use aws_sdk_servicecatalog::types::{
    ListRecordHistorySearchFilter, ProductViewFilterBy, ProvisionedProductDetail,
    ProvisionedProductViewFilterBy, ProvisioningParameter, RecordDetail, RecordOutput, RecordStatus, Tag,
    UpdateProvisioningParameter,
};

use super::BINARY;

const ACCOUNT: &str = "111122223333";
const FULL: &str = "Security group quota exceeded";
const WORLD: &str = r#"
region: eu-central-1
time_scale: 2000
durations: {provision: 60s, update: 60s, terminate: 60s}
portfolios:
  - name: platform
    products:
      - name: vpc
        owner: network-team
        versions: [{name: v1, template: network.yaml, guidance: DEPRECATED}, {name: v2, template: network.yaml}]
        constraints: {launch_role: "arn:aws:iam::111122223333:role/launch", tag_update: true}
        tag_options: {cost-centre: ["100", "200"]}
faults:
  - {operation: update, product: vpc, outcome: rollback, message: Security group quota exceeded, times: 1}
"#;

/// A sandbox of its own, ended with the test.
struct Sandbox {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let template = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/boto3/worlds/network.yaml");
        std::fs::copy(template, folder.path().join("network.yaml")).unwrap();
        let world = folder.path().join("sandbox.yaml");
        std::fs::write(&world, WORLD).unwrap();
        let mut command = Command::new(BINARY);
        command.args(["sandbox", "--port", "0", "--world"]).arg(world);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Sandbox { child, url: url.trim_end().to_owned(), _folder: folder }
    }

    fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new(ACCOUNT, "x", None, None, "test"));
        Client::from_conf(config.build())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn the_rust_sdk_works_from_browsing_to_terminating() {
    let sandbox = Sandbox::start();
    let catalog = sandbox.client();
    let (product, version, path) = browse(&catalog).await;
    let id = provision(&catalog, &product, &version, &path).await;
    update_taint_repair(&catalog).await;
    search(&catalog, &id).await;
    let kinds = [
        ("UPDATE_PROVISIONED_PRODUCT", RecordStatus::Succeeded),
        ("UPDATE_PROVISIONED_PRODUCT", RecordStatus::Failed),
        ("PROVISION_PRODUCT", RecordStatus::Succeeded),
    ];
    assert_eq!(history(&catalog, &id).await, kinds.clone().map(|(kind, status)| (kind.to_owned(), status)));
    terminate(&catalog, &id).await;
    let last = history(&catalog, &id).await.remove(0);
    assert_eq!(last, ("TERMINATE_PROVISIONED_PRODUCT".to_owned(), RecordStatus::Succeeded));
}

/// Finds what there is to provision: product, version, launch path.
async fn browse(catalog: &Client) -> (String, String, String) {
    let found = catalog
        .search_products()
        .filters(ProductViewFilterBy::Owner, vec!["network-team".into()])
        .send()
        .await;
    let views = found.unwrap().product_view_summaries.unwrap();
    assert_eq!(views.len(), 1);
    let product = views[0].product_id().unwrap().to_owned();
    let described = catalog.describe_product().id(&product).send().await.unwrap();
    assert_eq!(described.product_view_summary(), Some(&views[0]));
    let versions = described.provisioning_artifacts();
    let guidance =
        versions.iter().map(|version| (version.name().unwrap(), version.guidance().unwrap().as_str()));
    assert_eq!(guidance.collect::<Vec<_>>(), [("v1", "DEPRECATED"), ("v2", "DEFAULT")]);
    let version = versions[1].id().unwrap().to_owned();
    let paths = catalog.list_launch_paths().product_id(&product).send().await.unwrap();
    let [path] = paths.launch_path_summaries() else { panic!("{paths:?}") };
    let kinds = path.constraint_summaries().iter().filter_map(|constraint| constraint.r#type());
    assert_eq!(kinds.collect::<Vec<_>>(), ["LAUNCH", "RESOURCE_UPDATE"]);
    let path = path.id().unwrap().to_owned();
    let asked = catalog.describe_provisioning_parameters().product_id(&product).path_id(&path);
    let asked = asked.provisioning_artifact_id(&version).send().await.unwrap();
    let parameter = |key: &str| {
        let mut all = asked.provisioning_artifact_parameters().iter();
        all.find(|parameter| parameter.parameter_key() == Some(key)).unwrap()
    };
    assert!(parameter("KeyName").default_value().is_none() && parameter("Secret").is_no_echo());
    assert_eq!(parameter("Size").parameter_constraints().unwrap().allowed_values(), ["small", "large"]);
    (product, version, path)
}

async fn provision(catalog: &Client, product: &str, version: &str, path: &str) -> String {
    let parameter = |key, value| ProvisioningParameter::builder().key(key).value(value).build();
    let asked = catalog
        .provision_product()
        .product_id(product)
        .provisioning_artifact_id(version)
        .path_id(path)
        .provisioned_product_name("story")
        .provision_token("token-story")
        .tags(Tag::builder().key("cost-centre").value("100").build().unwrap())
        .provisioning_parameters(parameter("KeyName", "first"))
        .provisioning_parameters(parameter("Secret", "hush-hush"));
    let record = asked.clone().send().await.unwrap().record_detail.unwrap();
    let done = until(catalog, &record, RecordStatus::Succeeded).await;
    let again = asked.clone().send().await.unwrap().record_detail.unwrap();
    assert_eq!(again.record_id(), record.record_id(), "a token that comes again is the same call");
    let refused = asked.provision_token("another").send().await.unwrap_err();
    assert!(said(&refused, "InvalidParametersException", "already exists"), "{refused:?}");
    let mut pages = catalog
        .get_provisioned_product_outputs()
        .provisioned_product_name("story")
        .page_size(1)
        .into_paginator()
        .send();
    let mut outputs = Vec::new();
    while let Some(page) = pages.next().await {
        outputs.extend(page.unwrap().outputs.unwrap());
    }
    assert_eq!(outputs, done.record_outputs());
    assert_eq!(value(&outputs, "Key"), "first");
    record.provisioned_product_id.unwrap()
}

async fn update_taint_repair(catalog: &Client) {
    let parameter = |key| UpdateProvisioningParameter::builder().key(key);
    let change = catalog
        .update_provisioned_product()
        .provisioned_product_name("story")
        .provisioning_parameters(parameter("KeyName").use_previous_value(true).build())
        .provisioning_parameters(parameter("Secret").use_previous_value(true).build())
        .provisioning_parameters(parameter("Size").value("large").build());
    let good = described(catalog).await.last_successful_provisioning_record_id;
    let record = change.clone().send().await.unwrap().record_detail.unwrap();
    let failed = until(catalog, &record, RecordStatus::Failed).await.record_detail.unwrap();
    assert_eq!(failed.record_errors()[0].description(), Some(FULL));
    let tainted = described(catalog).await;
    assert_eq!(tainted.status().unwrap().as_str(), "TAINTED");
    assert!(tainted.status_message().unwrap().contains(FULL));
    assert_eq!(tainted.last_provisioning_record_id(), record.record_id());
    assert_eq!(tainted.last_successful_provisioning_record_id, good);
    assert_eq!(size(catalog).await, "small-a1");
    let record = change.send().await.unwrap().record_detail.unwrap();
    until(catalog, &record, RecordStatus::Succeeded).await;
    assert_eq!(described(catalog).await.status().unwrap().as_str(), "AVAILABLE");
    assert_eq!(size(catalog).await, "large-a1");
}

async fn search(catalog: &Client, id: &str) {
    let asked = catalog
        .search_provisioned_products()
        .filters(ProvisionedProductViewFilterBy::SearchQuery, vec!["name:story".into()]);
    let found = asked.send().await.unwrap();
    let [found] = found.provisioned_products() else { panic!("{found:?}") };
    assert_eq!((found.id(), found.product_name()), (Some(id), Some("vpc")));
    let tag = Tag::builder().key("cost-centre").value("100").build().unwrap();
    assert!(found.tags().contains(&tag), "{found:?}");
}

async fn terminate(catalog: &Client, id: &str) {
    let record = catalog.terminate_provisioned_product().provisioned_product_id(id).send().await.unwrap();
    until(catalog, &record.record_detail.unwrap(), RecordStatus::Succeeded).await;
    let gone = catalog.describe_provisioned_product().id(id).send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_resource_not_found_exception(), "{gone:?}");
    assert!(said(&gone, "ResourceNotFoundException", id), "{gone:?}");
    let again = catalog.terminate_provisioned_product().provisioned_product_id(id).send().await.unwrap_err();
    assert!(again.as_service_error().unwrap().is_resource_not_found_exception(), "{again:?}");
}

/// Type and status of all its records, newest first.
async fn history(catalog: &Client, id: &str) -> Vec<(String, RecordStatus)> {
    let filter = ListRecordHistorySearchFilter::builder().key("provisionedproduct").value(id).build();
    let listed = catalog.list_record_history().search_filter(filter).send().await.unwrap();
    let kind = |record: RecordDetail| (record.record_type.unwrap(), record.status.unwrap());
    listed.record_details.unwrap().into_iter().map(kind).collect()
}

async fn described(catalog: &Client) -> ProvisionedProductDetail {
    let described = catalog.describe_provisioned_product().name("story").send().await.unwrap();
    described.provisioned_product_detail.unwrap()
}

async fn size(catalog: &Client) -> String {
    let outputs = catalog.get_provisioned_product_outputs().provisioned_product_name("story").send().await;
    value(outputs.unwrap().outputs(), "SizeAndZone").to_owned()
}

fn value<'a>(outputs: &'a [RecordOutput], key: &str) -> &'a str {
    let found = outputs.iter().find(|output| output.output_key() == Some(key));
    found.unwrap().output_value().unwrap()
}

/// Describes a record until it ends, which must be with this status, after no status that comes before another.
async fn until(catalog: &Client, record: &RecordDetail, status: RecordStatus) -> DescribeRecordOutput {
    const ORDER: [RecordStatus; 5] = [
        RecordStatus::Created,
        RecordStatus::InProgress,
        RecordStatus::InProgressInError,
        RecordStatus::Failed,
        RecordStatus::Succeeded,
    ];
    let place = |status: &RecordStatus| ORDER.iter().position(|known| known == status).unwrap();
    assert_eq!(record.status(), Some(&RecordStatus::Created));
    let mut latest = RecordStatus::Created;
    for _ in 0..3000 {
        let answer = catalog.describe_record().id(record.record_id().unwrap()).send().await.unwrap();
        let seen = answer.record_detail().unwrap().status().unwrap().clone();
        assert!(place(&seen) >= place(&latest), "{seen} after {latest}");
        if matches!(seen, RecordStatus::Succeeded | RecordStatus::Failed) {
            assert_eq!(seen, status, "{answer:?}");
            return answer;
        }
        latest = seen;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?} is still {latest}", record.record_id());
}

fn said<E: ProvideErrorMetadata>(error: &SdkError<E>, code: &str, text: &str) -> bool {
    error.code() == Some(code) && error.message().is_some_and(|message| message.contains(text))
}
