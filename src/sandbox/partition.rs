//! Partitions of AWS: one table from a region to its partition and to the suffix of its domains. All ARNs are made from it.

/// Prefixes of regions, the partition, the suffix; what has none of them is of the commercial partition.
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
];

fn row(region: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    PARTITIONS.iter().find(|(prefix, ..)| region.starts_with(prefix))
}

/// `AWS::Partition`.
pub(crate) fn partition(region: &str) -> &'static str {
    row(region).map_or("aws", |(_, partition, _)| partition)
}

/// `AWS::URLSuffix`.
pub(crate) fn url_suffix(region: &str) -> &'static str {
    row(region).map_or("amazonaws.com", |(.., suffix)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_belong_to_partitions() {
        for (region, partition_name, suffix) in [
            ("eu-west-1", "aws", "amazonaws.com"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ] {
            assert_eq!((partition(region), url_suffix(region)), (partition_name, suffix), "{region}");
        }
    }
}
