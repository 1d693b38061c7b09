//! Where a stack stands, and what follows from it (partition, domain suffix, zones). No template knowledge.

use crate::partition;

/// Where a stack is created. Everything made up is derived from it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The 12-digit account.
    pub account_id: &'a str,
    /// The region, for example `eu-west-1`.
    pub region: &'a str,
    /// The stack's name.
    pub stack_name: &'a str,
    /// The stack's ARN.
    pub stack_id: &'a str,
    /// The stack's notification topics.
    pub notification_arns: &'a [String],
}

impl Place<'_> {
    /// `AWS::Partition`.
    pub(crate) fn partition(&self) -> &'static str {
        partition::partition(self.region)
    }

    /// `AWS::URLSuffix`.
    pub(crate) fn url_suffix(&self) -> &'static str {
        partition::url_suffix(self.region)
    }

    /// The availability zones of a region; an empty name means this place's.
    pub(crate) fn zones(&self, region: &str) -> Vec<String> {
        let region = if region.is_empty() { self.region } else { region };
        let letters = match region {
            "us-east-1" => "abcdef",
            "us-west-2" | "ap-northeast-2" => "abcd",
            "us-west-1" => "ac",
            "ap-northeast-1" => "acd",
            "ca-central-1" => "abd",
            _ => "abc",
        };
        letters.chars().map(|letter| format!("{region}{letter}")).collect()
    }
}
