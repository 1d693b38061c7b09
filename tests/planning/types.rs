//! Values of AWS's own parameter types: their shape, as far as it can be told without asking AWS.

use super::fixture::check;
use super::validation::{p, value};

#[test]
fn ids_have_a_prefix_and_hexadecimal_digits() {
    let id = |prefix: &str| format!("must be `{prefix}` and 8 or 17 hexadecimal digits");
    for (kind, prefix) in [
        ("VPC", "vpc-"),
        ("Subnet", "subnet-"),
        ("SecurityGroup", "sg-"),
        ("Image", "ami-"),
        ("Volume", "vol-"),
        ("Instance", "i-"),
    ] {
        let kind = format!("AWS::EC2::{kind}::Id");
        let rule = format!("A:{kind}");
        value(&format!("{prefix}0123abcd"), &rule, "");
        value(&format!("{prefix}0123456789abcdef0"), &rule, "");
        for wrong in ["1", "XYZ", "0123ABCD", "0123abcde", "0123456789abcdefg", ""] {
            let text = format!("{prefix}{wrong}");
            value(&text, &rule, &format!("{} (`{kind}`) [`{text}` is none]", id(prefix)));
        }
        let begins = format!("must be an id that begins with `{prefix}` (`{kind}`)");
        value("nope", &rule, &format!("{begins} [`nope` is none]"));
        value("\"\"", &rule, &format!("{begins} [empty]"));
    }
    value(
        "[subnet-0123abcd, sg-0123abcd]",
        "A:List<AWS::EC2::Subnet::Id>",
        "must be an id that begins with `subnet-` (`AWS::EC2::Subnet::Id`) [`sg-0123abcd` is none]",
    );
    check(
        &p("[subnet-0123abcd, \"\"]"),
        "",
        "offer p/v1 A:List<AWS::EC2::Subnet::Id>",
        "parameter-value at 6:28: parameter `A` must be an id that begins with `subnet-` (`AWS::EC2::Subnet::Id`) [empty]",
    );
}

#[test]
fn zones_are_of_the_region() {
    let zone = "must be an availability zone of `eu-west-1`, such as `eu-west-1a`";
    for (text, right) in [
        ("eu-west-1a", true),
        ("eu-west-1-lon-1a", true),
        ("eu-west-1", false),
        ("eu-west-11", false),
        ("us-east-1a", false),
        ("eu-west-1A", false),
        ("abc", false),
    ] {
        let expect = if right { String::new() } else { format!("{zone} [`{text}` is none]") };
        value(text, "A:AWS::EC2::AvailabilityZone::Name", &expect);
    }
    value(
        "[eu-west-1a, us-east-1a]",
        "A:List<AWS::EC2::AvailabilityZone::Name>",
        &format!("{zone} [`us-east-1a` is none]"),
    );
    // the instances of a stack set stand elsewhere
    let set = "+set=111122223333@us-east-1";
    value("us-east-1a", &format!("A:AWS::EC2::AvailabilityZone::Name {set}"), "");
    let none = "must be an availability zone: a region and a letter";
    let expect = format!("{none} [`us-east-1` is none]");
    value("us-east-1", &format!("A:AWS::EC2::AvailabilityZone::Name {set}"), &expect);
}

#[test]
fn other_types_of_aws() {
    let zone = "must be the id of a hosted zone: `Z`, then capital letters and digits";
    value("Z1D633PJN98FT9", "A:AWS::Route53::HostedZone::Id", "");
    value("abc", "A:AWS::Route53::HostedZone::Id", &format!("{zone} [`abc` is none]"));
    value(
        "\"\"",
        "A:AWS::EC2::KeyPair::KeyName",
        "must be given: `AWS::EC2::KeyPair::KeyName` takes no empty value [empty]",
    );
    let name = "must be the name of an SSM parameter: letters, digits and `.-_/`";
    value("/aws/service/ami-x_86", "A:AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "");
    value("a b", "A:AWS::SSM::Parameter::Value<String>", &format!("{name} [`a b` is none]"));
}
