//! CloudFormation's view of the stacks behind provisioned products.

use serde_json::json;

use super::calls::memory;
use super::http::Client;

const STACKS: &str = "
time_scale: 0.01
durations: {provision: 100s, update: 60s, terminate: 30s}
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box.yaml}]
        constraints: {tag_update: true, launch_role: 'arn:aws:iam::111122223333:role/launch', notification_arns: ['arn:aws:sns:eu-west-1:111122223333:t']}
faults:
  - {operation: provision, provisioned_product: 'bad-*', outcome: rollback, message: Subnet is full}
  - {operation: update, provisioned_product: 'reject', outcome: reject, times: 1}
  - {operation: update, provisioned_product: 'taint', outcome: rollback, times: 1}
  - {operation: terminate, outcome: delete_fails, provisioned_product: taint}
";

fn cloudformation(client: &Client, form: &str) -> String {
    let answer = client.query("cloudformation", form).expect("an answer");
    assert_eq!(answer.status, 200, "{form}: {}", answer.text);
    answer.text
}

fn stack_of(client: &Client, name: &str) -> String {
    let found = client
        .ok("SearchProvisionedProducts", json!({ "Filters": { "SearchQuery": [format!("name:{name}")] } }));
    found["ProvisionedProducts"][0]["PhysicalId"].as_str().unwrap_or_default().to_owned()
}

fn part<'a>(text: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    text.split_once(&open).and_then(|(_, rest)| rest.split_once(&close)).map_or("", |(inner, _)| inner)
}

fn status(client: &Client, name: &str) -> String {
    let text = cloudformation(client, &format!("Action=DescribeStacks&StackName={}", stack_of(client, name)));
    part(&text, "StackStatus").to_owned()
}

#[test]
fn a_stack_goes_through_cloudformation_s_states() {
    let (_folder, client, _) = memory(STACKS);
    for name in ["bad-1", "reject", "taint"] {
        client.provision("box", name, &[("Name", "n")]);
    }
    let missing = client.query("cloudformation", "Action=DescribeStacks&StackName=none").unwrap();
    assert_eq!(part(&missing.text, "Code"), "ValidationError");
    assert_eq!(part(&missing.text, "Message"), "Stack with id none does not exist");
    let change = |name: &str, call: &str, token: &str| {
        let body = json!({ "ProvisionedProductName": name, token: name, "ProvisioningParameters": [{ "Key": "Name", "Value": "m" }] });
        client.ok(call, body);
    };
    let seen = |expected: [&str; 3]| {
        assert_eq!(["bad-1", "reject", "taint"].map(|name| status(&client, name)), expected);
    };
    client.pass(10);
    seen(["CREATE_IN_PROGRESS"; 3]);
    client.pass(50);
    seen(["ROLLBACK_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS"]);
    client.pass(50);
    seen(["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "CREATE_COMPLETE"]);
    change("reject", "UpdateProvisionedProduct", "UpdateToken");
    change("taint", "UpdateProvisionedProduct", "UpdateToken");
    client.pass(10);
    seen(["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS"]);
    client.pass(30);
    assert_eq!(client.describe("reject")["Status"], "TAINTED");
    seen(["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS"]);
    client.pass(30);
    seen(["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]);
    for name in ["bad-1", "taint"] {
        change(name, "TerminateProvisionedProduct", "TerminateToken");
    }
    client.pass(5);
    seen(["DELETE_IN_PROGRESS", "CREATE_COMPLETE", "DELETE_IN_PROGRESS"]);
    client.pass(30);
    assert_eq!(status(&client, "taint"), "DELETE_FAILED");
    let left = cloudformation(&client, "Action=ListStacks&StackStatusFilter.member.1=DELETE_FAILED");
    assert_eq!(left.matches("<StackName>").count(), 1);
    assert!(part(&left, "StackStatusReason").contains("DELETE_FAILED"), "{left}");
}

#[test]
fn a_stack_is_described_in_full_and_hides_what_is_secret() {
    let (_folder, client, _) = memory(STACKS);
    let request = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "t", "Tags": [{ "Key": "team", "Value": "pay" }],
        "NotificationArns": ["arn:aws:sns:eu-west-1:111122223333:own"],
        "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }, { "Key": "Stored", "Value": "/net/id" }],
    });
    client.ok("ProvisionProduct", request);
    client.pass(101);
    let stack = stack_of(&client, "one");
    let text = cloudformation(&client, &format!("Action=DescribeStacks&StackName={stack}"));
    let parts = [
        ("StackId", stack.as_str()),
        ("Description", "a box"),
        ("DisableRollback", "false"),
        ("RoleARN", "arn:aws:iam::111122223333:role/launch"),
        (
            "NotificationARNs",
            "<member>arn:aws:sns:eu-west-1:111122223333:own</member><member>arn:aws:sns:eu-west-1:111122223333:t</member>",
        ),
    ];
    for (name, expected) in parts {
        assert_eq!(part(&text, name), expected, "{text}");
    }
    let parameters = part(&text, "Parameters");
    for row in
        ["<ParameterKey>Password</ParameterKey><ParameterValue>****</ParameterValue>", "<ResolvedValue>"]
    {
        assert!(parameters.contains(row), "{parameters}");
    }
    let stored = part(parameters.split_once(">Stored<").unwrap().1, "ResolvedValue");
    assert!(stored.starts_with("vpc-"), "{stored}");
    let tags = part(&text, "Tags");
    assert!(
        tags.contains("<Key>team</Key><Value>pay</Value>") && tags.contains("aws:servicecatalog:productArn")
    );
    assert!(!text.contains("LastUpdatedTime"));
    let update = json!({
        "ProvisionedProductName": "one", "UpdateToken": "u",
        "ProvisioningParameters": [{ "Key": "Name", "Value": "m" }],
    });
    client.ok("UpdateProvisionedProduct", update);
    client.pass(61);
    assert!(cloudformation(&client, "Action=DescribeStacks").contains("<LastUpdatedTime>"));
    let body = cloudformation(&client, &format!("Action=GetTemplate&StackName={stack}"));
    assert!(part(&body, "TemplateBody").contains("Password: {Type: String, NoEcho: true"), "{body}");
    let resource = "<LogicalResourceId>Bucket</LogicalResourceId><PhysicalResourceId>m</PhysicalResourceId>\
                    <ResourceType>AWS::S3::Bucket</ResourceType>";
    for form in
        ["DescribeStackResources&", "ListStackResources&", "DescribeStackResource&LogicalResourceId=Bucket&"]
    {
        let text = cloudformation(&client, &format!("Action={form}StackName={stack}"));
        assert!(text.contains(resource) && text.contains("UPDATE_COMPLETE"), "{text}");
    }
}

#[test]
fn stacks_come_in_pages() {
    let (_folder, client, _) = memory(STACKS);
    for number in 0..230 {
        client.provision("box", &format!("p{number:03}"), &[("Name", "n")]);
    }
    client.pass(10);
    let (mut names, mut form) = (Vec::new(), "Action=DescribeStacks".to_owned());
    loop {
        let text = cloudformation(&client, &form);
        names
            .extend(text.split("<StackName>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
        match part(&text, "NextToken") {
            "" => break,
            token => form = format!("Action=DescribeStacks&NextToken={token}"),
        }
    }
    assert_eq!(names.len(), 230);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 230);
}

#[test]
fn members_that_cloudformation_cannot_take() {
    let (_folder, client, _) = memory(STACKS);
    client.provision("box", "one", &[("Name", "n")]);
    client.pass(101);
    let stack = stack_of(&client, "one");
    let failed = "failed to satisfy constraint: Member must";
    let pattern = "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";
    let rows = [
        ("GetTemplate".to_owned(), format!("Value null at 'stackName' {failed} not be null")),
        (
            "DescribeStacks&StackName=".to_owned(),
            format!("Value '' at 'stackName' {failed} have length greater than or equal to 1"),
        ),
        (
            "DescribeStacks&StackName=a%20b".to_owned(),
            format!("Value 'a b' at 'stackName' {failed} {pattern}"),
        ),
        (
            format!("GetTemplate&TemplateStage=Zork&StackName={stack}"),
            format!("Value 'Zork' at 'templateStage' {failed} satisfy enum value set: [Original, Processed]"),
        ),
    ];
    for (form, expected) in rows {
        let answer = client.query("cloudformation", &format!("Action={form}")).unwrap();
        assert_eq!(part(&answer.text, "Code"), "ValidationError");
        assert_eq!(part(&answer.text, "Message"), format!("1 validation error detected: {expected}"));
    }
    let answer = client.query("cloudformation", "Action=ListStacks&StackStatusFilter.member.1=NOPE").unwrap();
    let expected = "Value '[NOPE]' at 'stackStatusFilter' failed to satisfy constraint: Member must satisfy constraint: \
                    [Member must satisfy enum value set: [CREATE_IN_PROGRESS, ";
    assert!(part(&answer.text, "Message").contains(expected), "{}", answer.text);
}

#[test]
fn a_resource_names_its_stack() {
    let (_folder, client, _) = memory(STACKS);
    client.provision("box", "one", &[("Name", "first")]);
    client.provision("box", "two", &[("Name", "second")]);
    client.pass(101);
    let text = cloudformation(&client, "Action=DescribeStackResources&PhysicalResourceId=second");
    assert!(stack_of(&client, "two").contains(part(&text, "StackName")), "{text}");
    let none =
        client.query("cloudformation", "Action=DescribeStackResources&PhysicalResourceId=none").unwrap();
    assert_eq!(part(&none.text, "Message"), "Stack for none does not exist");
}
