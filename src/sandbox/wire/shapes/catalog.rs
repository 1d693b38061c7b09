//! Answers that describe the catalog.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{KeyValue, Moment};

shapes! {
    ParameterConstraints {
        allowed_values: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        allowed_pattern: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        constraint_description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_length: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        min_length: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max_value: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        min_value: Option<String>,
    }
    ArtifactParameter {
        parameter_key: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        default_value: Option<String>,
        parameter_type: String,
        is_no_echo: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_constraints: Option<ParameterConstraints>,
    }
    ConstraintSummary {
        #[serde(rename = "Type")]
        kind: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    }
    UsageInstruction {
        #[serde(rename = "Type")]
        kind: &'static str,
        value: String,
    }
    TagOptionSummary { key: String, values: Vec<String> }
    ArtifactPreferences {
        #[serde(skip_serializing_if = "Option::is_none")]
        stack_set_accounts: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        stack_set_regions: Option<Vec<String>>,
    }
    ArtifactOutput {
        key: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    }
    ProvisioningParametersAnswer {
        provisioning_artifact_parameters: Vec<ArtifactParameter>,
        constraint_summaries: Vec<ConstraintSummary>,
        usage_instructions: Vec<UsageInstruction>,
        tag_options: Vec<TagOptionSummary>,
        provisioning_artifact_preferences: ArtifactPreferences,
        provisioning_artifact_outputs: Vec<ArtifactOutput>,
        provisioning_artifact_output_keys: Vec<ArtifactOutput>,
    }
    ProductViewSummary {
        id: String,
        product_id: String,
        name: String,
        owner: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        short_description: Option<String>,
        #[serde(rename = "Type")]
        kind: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        distributor: Option<String>,
        has_default_path: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        support_email: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        support_description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        support_url: Option<String>,
    }
    ProvisioningArtifact {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        created_time: Moment,
        guidance: &'static str,
    }
    Budget { budget_name: String }
    PathShape { id: String, name: String }
    DescribeProductAnswer {
        product_view_summary: ProductViewSummary,
        provisioning_artifacts: Vec<ProvisioningArtifact>,
        budgets: Vec<Budget>,
        launch_paths: Vec<PathShape>,
    }
    DescribeProductViewAnswer {
        product_view_summary: ProductViewSummary,
        provisioning_artifacts: Vec<ProvisioningArtifact>,
    }
    SearchProductsAnswer {
        product_view_summaries: Vec<ProductViewSummary>,
        product_view_aggregations: BTreeMap<&'static str, Vec<AggregationValue>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    AggregationValue { value: String, approximate_count: usize }
    LaunchPathSummary {
        id: String,
        constraint_summaries: Vec<ConstraintSummary>,
        tags: Vec<KeyValue>,
        name: String,
    }
    LaunchPathsAnswer {
        launch_path_summaries: Vec<LaunchPathSummary>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ProductViewDetail {
        product_view_summary: ProductViewSummary,
        status: &'static str,
        #[serde(rename = "ProductARN")]
        product_arn: String,
        created_time: Moment,
    }
    ArtifactSummary {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        created_time: Moment,
        provisioning_artifact_metadata: BTreeMap<&'static str, String>,
    }
    TagOptionDetail { key: String, value: String, active: bool, id: String, owner: String }
    DescribeProductAsAdminAnswer {
        product_view_detail: ProductViewDetail,
        provisioning_artifact_summaries: Vec<ArtifactSummary>,
        tags: Vec<KeyValue>,
        tag_options: Vec<TagOptionDetail>,
        budgets: Vec<Budget>,
    }
    SearchProductsAsAdminAnswer {
        product_view_details: Vec<ProductViewDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ArtifactDetail {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(rename = "Type")]
        kind: String,
        created_time: Moment,
        active: bool,
        guidance: &'static str,
    }
    ListArtifactsAnswer { provisioning_artifact_details: Vec<ArtifactDetail> }
    DescribeArtifactAnswer {
        provisioning_artifact_detail: ArtifactDetail,
        info: BTreeMap<&'static str, String>,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        provisioning_artifact_parameters: Option<Vec<ArtifactParameter>>,
    }
    PortfolioDetail {
        id: String,
        #[serde(rename = "ARN")]
        arn: String,
        display_name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        created_time: Moment,
        provider_name: String,
    }
    PortfoliosAnswer {
        portfolio_details: Vec<PortfolioDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    DescribePortfolioAnswer {
        portfolio_detail: PortfolioDetail,
        tags: Vec<KeyValue>,
        tag_options: Vec<TagOptionDetail>,
        budgets: Vec<Budget>,
    }
    ConstraintDetail {
        constraint_id: String,
        #[serde(rename = "Type")]
        kind: &'static str,
        owner: String,
        product_id: String,
        portfolio_id: String,
    }
    DescribeConstraintAnswer {
        constraint_detail: ConstraintDetail,
        constraint_parameters: String,
        status: &'static str,
    }
    ConstraintsAnswer {
        constraint_details: Vec<ConstraintDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    TagOptionAnswer { tag_option_detail: TagOptionDetail }
    TagOptionsAnswer {
        tag_option_details: Vec<TagOptionDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        page_token: Option<String>,
    }
}
