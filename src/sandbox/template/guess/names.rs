//! A likely shape from nothing but a name: attributes of unknown types, exports of other stacks, values that
//! Systems Manager holds.

use super::source::Source;

/// Endings of names in lower case, letters and digits only; the first that fits decides.
const ENDINGS: &[(&str, &str)] = &[
    ("vpcid", "vpc-{hex:17}"),
    ("vpc", "vpc-{hex:17}"),
    ("subnetid", "subnet-{hex:17}"),
    ("subnet", "subnet-{hex:17}"),
    ("securitygroupid", "sg-{hex:17}"),
    ("securitygroup", "sg-{hex:17}"),
    ("routetableid", "rtb-{hex:17}"),
    ("routetable", "rtb-{hex:17}"),
    ("instanceid", "i-{hex:17}"),
    ("imageid", "ami-{hex:17}"),
    ("amiid", "ami-{hex:17}"),
    ("ami", "ami-{hex:17}"),
    ("volumeid", "vol-{hex:17}"),
    ("transitgatewayid", "tgw-{hex:17}"),
    ("transitgateway", "tgw-{hex:17}"),
    ("natgatewayid", "nat-{hex:17}"),
    ("allocationid", "eipalloc-{hex:17}"),
    ("hostedzoneid", "Z{ALNUM:20}"),
    ("hostedzone", "Z{ALNUM:20}"),
    ("accountid", "{digits:12}"),
    ("kmskeyid", "{uuid}"),
    ("keyid", "{uuid}"),
    ("rolearn", "arn:{partition}:iam::{account}:role/{alnum:12}"),
    ("bucketarn", "arn:{partition}:s3:::{alnum:16}"),
    ("keyarn", "{arn:kms}:key/{uuid}"),
    ("topicarn", "{arn:sns}:{alnum:12}"),
    ("queuearn", "{arn:sqs}:{alnum:12}"),
    ("arn", "{arn:cloudformation}:resource/{uuid}"),
    ("availabilityzones", "{region}a,{region}b,{region}c"),
    ("azs", "{region}a,{region}b,{region}c"),
    ("availabilityzone", "{region}a"),
    ("cidrblock", "10.{digits:2}.0.0/16"),
    ("cidr", "10.{digits:2}.0.0/16"),
    ("ipaddress", "{private_ip}"),
    ("privateip", "{private_ip}"),
    ("publicip", "{ip}"),
    ("port", "443"),
    ("address", "{alnum:12}.{region}.{suffix}"),
    ("domainname", "{alnum:12}.{region}.{suffix}"),
    ("dnsname", "{alnum:12}.{region}.{suffix}"),
    ("dns", "{alnum:12}.{region}.{suffix}"),
    ("domain", "{alnum:12}.{region}.{suffix}"),
    ("hostname", "{alnum:12}.{region}.{suffix}"),
    ("endpoint", "{alnum:12}.{region}.{suffix}"),
    ("url", "https://{alnum:12}.{region}.{suffix}/"),
    ("uri", "https://{alnum:12}.{region}.{suffix}/"),
    ("version", "1"),
    ("number", "1"),
    ("revision", "1"),
    ("count", "1"),
    ("region", "{region}"),
    ("owner", "{account}"),
    ("ownerid", "{account}"),
    ("identifier", "{alnum:17}"),
    ("etag", "{hex:32}"),
    ("fingerprint", "{hex:40}"),
    ("status", "ACTIVE"),
    ("state", "ACTIVE"),
    ("createdat", "2024-01-01T00:00:00Z"),
    ("updatedat", "2024-01-01T00:00:00Z"),
    ("modifiedat", "2024-01-01T00:00:00Z"),
    ("time", "2024-01-01T00:00:00Z"),
    ("timestamp", "2024-01-01T00:00:00Z"),
    ("date", "2024-01-01T00:00:00Z"),
];
/// An identifier of nobody knows what.
const ID: &str = "{alnum:17}";

/// Makes up a value for a name such as `VpcId`, `Outputs.PrivateSubnets` or `/network/vpc-id`.
pub(crate) fn guess(source: &Source<'_>, name: &str) -> String {
    let last = name.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or(name);
    let plain: String =
        last.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    // numbered ones too: `PrivateSubnet1`, `PrivateSubnet1ID`
    let digitless = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let without_id: String = plain.replace(|c: char| c.is_ascii_digit(), "");
    let fits =
        |ending: &str| [plain.as_str(), digitless, &without_id].iter().any(|text| text.ends_with(ending));
    // `BastionIP` and `PublicIp`, but not `Zip`
    if last.ends_with("IP") || last.ends_with("Ip") {
        let pattern = if plain.contains("private") { "{private_ip}" } else { "{ip}" };
        return source.fill(pattern, name, &|_, _| None);
    }
    if ["SG", "SGID", "SGId", "SgId"].iter().any(|ending| last.ends_with(ending)) {
        return source.fill("sg-{hex:17}", name, &|_, _| None);
    }
    let one = ENDINGS.iter().find(|(ending, _)| fits(ending)).map(|(_, pattern)| (*pattern).to_owned());
    let pattern = one.or_else(|| several(plain.strip_suffix('s')?)).or_else(|| by_word(last));
    let pattern = pattern.or_else(|| fits("id").then(|| ID.to_owned()));
    let tail = last.rsplit('.').next().unwrap_or(last).to_ascii_lowercase();
    match pattern {
        Some(pattern) => source.fill(&pattern, name, &|_, _| None),
        None => format!("{tail}-{}", source.letters("alnum", 12, name)),
    }
}

/// Three of what a name in the singular says, as exports and stored values hold lists.
fn several(singular: &str) -> Option<String> {
    let (_, pattern) = ENDINGS.iter().find(|(ending, _)| singular.ends_with(ending))?;
    Some([*pattern; 3].join(","))
}

/// `net-SubnetAPublic`, `PrivateSubnet1AID`, `net-SubnetsPublic`: what tells one from another comes last.
fn by_word(name: &str) -> Option<String> {
    let name = name.rsplit(['-', '.']).next()?.to_ascii_lowercase();
    let kinds = ["subnet", "routetable", "securitygroup"];
    let kind = kinds.into_iter().find(|kind| name.contains(kind) && !name.contains("subnetgroup"))?;
    if name.contains(&format!("{kind}s")) {
        return several(kind);
    }
    ENDINGS.iter().find(|(ending, _)| *ending == kind).map(|(_, pattern)| (*pattern).to_owned())
}

/// Makes up a value of an AWS-specific parameter type, or by name where the type says nothing.
pub(crate) fn of_type(source: &Source<'_>, kind: &str, name: &str) -> String {
    match kind {
        "AWS::EC2::AvailabilityZone::Name" => source.fill("{region}a", name, &|_, _| None),
        "AWS::EC2::KeyPair::KeyName" | "AWS::EC2::SecurityGroup::GroupName" | "String" => guess(source, name),
        _ => {
            let last_two = kind.rsplit("::").take(2).collect::<Vec<_>>();
            let word: String = last_two.into_iter().rev().collect();
            guess(source, &word)
        }
    }
}
