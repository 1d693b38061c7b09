//! Answers about shares, principals, budgets, service actions and what a tag option is attached to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ActionSummary, Budget, Moment, PortfolioDetail, ProductViewSummary, ProvisioningArtifact};

shapes! {
    ShareDetail {
        principal_id: String,
        #[serde(rename = "Type")]
        kind: &'static str,
        accepted: bool,
        share_tag_options: bool,
        share_principals: bool,
    }
    SharesAnswer {
        portfolio_share_details: Vec<ShareDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    AcceptedSharesAnswer {
        portfolio_details: Vec<PortfolioDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    AccessAnswer {
        account_ids: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    OrganizationNode {
        #[serde(rename = "Type")]
        kind: &'static str,
        value: String,
    }
    OrganizationAccessAnswer { organization_nodes: Vec<OrganizationNode> }
    OrganizationsStatusAnswer { access_status: &'static str }
    PrincipalDetail {
        #[serde(rename = "PrincipalARN")]
        principal_arn: String,
        principal_type: String,
    }
    PrincipalsAnswer {
        principals: Vec<PrincipalDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    BudgetsAnswer { budgets: Vec<Budget> }
    ServiceActionDetail { service_action_summary: ActionSummary, definition: BTreeMap<&'static str, String> }
    ServiceActionAnswer { service_action_detail: ServiceActionDetail }
    ArtifactView { product_view_summary: ProductViewSummary, provisioning_artifact: ProvisioningArtifact }
    ArtifactViewsAnswer {
        provisioning_artifact_views: Vec<ArtifactView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ResourceDetail {
        id: String,
        #[serde(rename = "ARN")]
        arn: String,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        created_time: Moment,
    }
    ResourcesAnswer {
        resource_details: Vec<ResourceDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        page_token: Option<String>,
    }
}
