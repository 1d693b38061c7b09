//! The structures in answers, with the service's member names. An absent member is left out, never null.

use serde::{Serialize, Serializer};

use crate::clock::Millis;

/// A point in time: a JSON number of seconds with at most three decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment(pub Millis);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

/// Declares structures whose members are written as the service writes them.
macro_rules! shapes {
    ($($(#[$note:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty),* $(,)? })*) => {
        $(
            $(#[$note])*
            #[derive(Debug, Clone, Serialize)]
            #[serde(rename_all = "PascalCase")]
            pub(crate) struct $name {
                $($(#[$attribute])* pub $field: $kind),*
            }
        )*
    };
}

shapes! {
    KeyValue { key: String, value: String }
    RecordErrorShape {
        #[serde(skip_serializing_if = "String::is_empty")]
        code: String,
        description: String,
    }
    OutputShape {
        output_key: String,
        output_value: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    }
    RecordDetail {
        record_id: String,
        provisioned_product_name: String,
        status: &'static str,
        created_time: Moment,
        updated_time: Moment,
        provisioned_product_type: String,
        record_type: String,
        provisioned_product_id: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        product_id: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        provisioning_artifact_id: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        path_id: String,
        record_errors: Vec<RecordErrorShape>,
        record_tags: Vec<KeyValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        launch_role_arn: Option<String>,
    }
    RecordAnswer { record_detail: RecordDetail }
    DescribeRecordAnswer {
        record_detail: RecordDetail,
        record_outputs: Vec<OutputShape>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    RecordsAnswer {
        record_details: Vec<RecordDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    OutputsAnswer {
        outputs: Vec<OutputShape>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ProvisionedProductDetail {
        name: String,
        arn: String,
        #[serde(rename = "Type")]
        kind: String,
        id: String,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        status_message: Option<String>,
        created_time: Moment,
        idempotency_token: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        last_record_id: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        last_provisioning_record_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_successful_provisioning_record_id: Option<String>,
        product_id: String,
        provisioning_artifact_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        launch_role_arn: Option<String>,
    }
    Dashboard { name: String }
    DescribeProvisionedAnswer {
        provisioned_product_detail: ProvisionedProductDetail,
        cloud_watch_dashboards: Vec<Dashboard>,
    }
    ScanAnswer {
        provisioned_products: Vec<ProvisionedProductDetail>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
    ProvisionedProductAttribute {
        name: String,
        arn: String,
        #[serde(rename = "Type")]
        kind: String,
        id: String,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        status_message: Option<String>,
        created_time: Moment,
        idempotency_token: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        last_record_id: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        last_provisioning_record_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_successful_provisioning_record_id: Option<String>,
        tags: Vec<KeyValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        physical_id: Option<String>,
        product_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        product_name: Option<String>,
        provisioning_artifact_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        provisioning_artifact_name: Option<String>,
        user_arn: String,
        user_arn_session: String,
    }
    SearchAnswer {
        provisioned_products: Vec<ProvisionedProductAttribute>,
        total_results_count: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_page_token: Option<String>,
    }
}

mod admin;
mod catalog;
mod extras;
pub(crate) use admin::*;
pub(crate) use catalog::*;
pub(crate) use extras::*;
