//! What the public resource schemas say of every resource type (`schemas.txt`): what identifies a resource, what
//! replaces it, which attributes are lists. What values look like is in `attributes` and `guess`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    /// The attribute made by the service that `Ref` gives.
    pub identifier: Option<&'static str>,
    /// The property that `Ref` gives.
    pub naming: Option<&'static str>,
    replacing: &'static str,
}

static SCHEMAS: LazyLock<HashMap<&'static str, Schema>> = LazyLock::new(|| {
    let lines = include_str!("schemas.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(line).collect()
});

fn line(line: &'static str) -> Option<(&'static str, Schema)> {
    let (kind, rest) = line.split_once(' ')?;
    let (identifier, replacing) = rest.split_once(' ').unwrap_or((rest, ""));
    // of several parts, the last is what makes the resource its own
    let last = identifier.rsplit('+').next().unwrap_or(identifier);
    let made = last.strip_prefix('@');
    let naming = Some(identifier).filter(|name| *name != "-" && !name.contains(['@', '+']));
    Some((kind, Schema { identifier: made, naming, replacing }))
}

/// What is known of a type such as `AWS::S3::Bucket`.
pub(crate) fn schema(kind: &str) -> Option<&'static Schema> {
    SCHEMAS.get(kind.strip_prefix("AWS::")?)
}

impl Schema {
    /// Whether a change of a property replaces the resource; none where that depends.
    pub fn replaces(&self, property: &str) -> Option<bool> {
        let mut words = self.replacing.split(' ');
        match words.find(|word| word.strip_suffix('?').unwrap_or(word) == property) {
            Some(word) => (!word.ends_with('?')).then_some(true),
            None => Some(false),
        }
    }

    /// Whether an attribute is a list.
    pub fn is_list(&self, attribute: &str) -> bool {
        self.replacing.split(' ').any(|word| word.strip_suffix("[]") == Some(attribute))
    }
}

/// The service's name in its ARNs, where it is not the lower-case name of the types.
const SERVICES: &[(&str, &str)] = &[
    ("ACMPCA", "acm-pca"),
    ("AmazonMQ", "mq"),
    ("ApiGatewayV2", "apigateway"),
    ("ApplicationAutoScaling", "application-autoscaling"),
    ("ApplicationInsights", "applicationinsights"),
    ("CertificateManager", "acm"),
    ("CloudFormation", "cloudformation"),
    ("CodeStarConnections", "codestar-connections"),
    ("Cognito", "cognito-idp"),
    ("DirectoryService", "ds"),
    ("DocDB", "rds"),
    ("EFS", "elasticfilesystem"),
    ("ElasticLoadBalancingV2", "elasticloadbalancing"),
    ("Elasticsearch", "es"),
    ("EMR", "elasticmapreduce"),
    ("EMRContainers", "emr-containers"),
    ("EMRServerless", "emr-serverless"),
    ("EventSchemas", "schemas"),
    ("KinesisAnalyticsV2", "kinesisanalytics"),
    ("KinesisFirehose", "firehose"),
    ("KinesisVideo", "kinesisvideo"),
    ("MSK", "kafka"),
    ("Neptune", "rds"),
    ("NetworkFirewall", "network-firewall"),
    ("OpenSearchServerless", "aoss"),
    ("OpenSearchService", "es"),
    ("RedshiftServerless", "redshift-serverless"),
    ("ResourceExplorer2", "resource-explorer-2"),
    ("ResourceGroups", "resource-groups"),
    ("SSMContacts", "ssm-contacts"),
    ("SSMIncidents", "ssm-incidents"),
    ("ServiceCatalogAppRegistry", "servicecatalog"),
    ("StepFunctions", "states"),
    ("VpcLattice", "vpc-lattice"),
    ("WAFRegional", "waf-regional"),
];

/// The service's name in its ARNs.
pub(crate) fn arn_service(kind: &str) -> String {
    let service = kind.split("::").nth(1).unwrap_or_default();
    let other = SERVICES.iter().find(|(name, _)| *name == service).map(|(_, other)| (*other).to_owned());
    other.unwrap_or_else(|| service.to_ascii_lowercase())
}
