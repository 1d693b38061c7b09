//! AWS::Serverless-2016-10-31 and macros that nobody here knows: they load, and their outputs have values.

use provisor_sandbox::template::Template;
use regex::Regex;

use super::{create, outputs, parse};

const SAM: &str = "Transform: AWS::Serverless-2016-10-31\n\
    Globals:\n  Function: {Runtime: python3.12, AutoPublishAlias: live}\n\
    Conditions:\n  Never: !Equals [a, b]\n\
    Resources:\n  \
    Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: hello\n      InlineCode: x\n      \
    FunctionUrlConfig: {AuthType: NONE}\n      Events:\n        Get: {Type: Api, Properties: {Path: /, Method: get}}\n        \
    Http: {Type: HttpApi}\n        Cron: {Type: Schedule, Properties: {Schedule: rate(1 day)}}\n        \
    Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}\n  \
    Gone: {Type: AWS::Serverless::Function, Condition: Never, Properties: {InlineCode: x}}\n  \
    Queue: {Type: AWS::SQS::Queue}\n  \
    Shop: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}\n  \
    Web: {Type: AWS::Serverless::HttpApi}\n  \
    Table: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: things}}\n  \
    Layer: {Type: AWS::Serverless::LayerVersion, Properties: {LayerName: deps, ContentUri: s3://a/b}}\n  \
    Flow: {Type: AWS::Serverless::StateMachine, Properties: {Name: flow}}\n  \
    App: {Type: AWS::Serverless::Application, Properties: {Location: x}}\n";

/// Expression, and what its value looks like.
const SHAPES: &[(&str, &str)] = &[
    ("!Ref Fn", "hello"),
    ("!GetAtt Fn.Arn", "arn:aws:lambda:eu-west-1:111122223333:function:hello"),
    ("!GetAtt FnRole.Arn", "arn:aws:iam::111122223333:role/.*-FnRole-[0-9A-Z]{12}"),
    ("!Ref Fn.Version", r"arn:aws:lambda:eu-west-1:111122223333:function:hello:\d\d"),
    ("!Ref Fn.Alias", "arn:aws:lambda:eu-west-1:111122223333:function:hello:live"),
    ("!Sub '${Fn.Alias}/x'", "arn:aws:lambda:eu-west-1:111122223333:function:hello:live/x"),
    ("!Ref FnAliaslive", "arn:aws:lambda:eu-west-1:111122223333:function:hello:live"),
    ("!GetAtt FnUrl.FunctionUrl", r"https://[a-z0-9]{32}\.lambda-url\.eu-west-1\.on\.aws/"),
    ("!Ref ServerlessRestApi", "[a-z0-9]{10}"),
    (
        "!Sub 'https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/'",
        r"https://[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com/Prod/",
    ),
    ("!Ref ServerlessRestApiProdStage", "Prod"),
    (
        "!Sub 'https://${ServerlessHttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}'",
        r"https://[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com",
    ),
    ("!GetAtt FnCron.Arn", "arn:aws:events:eu-west-1:111122223333:rule/.*-FnCron-[0-9A-Z]{12}"),
    ("!Ref FnQueue", "[0-9a-f-]{36}"),
    ("!Ref Shop", "[a-z0-9]{10}"),
    ("!Ref Shop.Stage", "v1"),
    ("!Ref Shopv1Stage", "v1"),
    ("!GetAtt Web.ApiEndpoint", r"https://[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com"),
    ("!Ref Web.Stage", r"\$default"),
    ("!Ref Table", "things"),
    ("!GetAtt Table.Arn", "arn:aws:dynamodb:eu-west-1:111122223333:table/things"),
    ("!Ref Layer", r"arn:aws:lambda:eu-west-1:111122223333:layer:deps:\d\d"),
    ("!Ref Flow", "arn:aws:states:eu-west-1:111122223333:stateMachine:flow"),
    ("!GetAtt Flow.Name", "flow"),
    ("!GetAtt FlowRole.Arn", "arn:aws:iam::111122223333:role/.*-FlowRole-[0-9A-Z]{12}"),
    ("!Ref App", "arn:aws:cloudformation:eu-west-1:111122223333:stack/.*"),
    ("!GetAtt App.Outputs.TopicArn", "arn:aws:sns:eu-west-1:111122223333:[a-z0-9]{12}"),
];

#[test]
fn outputs_of_serverless_resources() {
    for (value, expected) in SHAPES {
        let found = outputs(&format!("{SAM}Outputs: {{O: {{Value: {value}}}}}\n"), "").remove(0).split_off(2);
        let whole = Regex::new(&format!("^(?:{expected})$")).unwrap();
        assert!(whole.is_match(&found), "{value}: {found}");
    }
}

#[test]
fn what_the_model_generates_is_in_the_stack() {
    let stack = create(SAM, "").unwrap();
    let kinds = |id: &str| stack.resources.iter().find(|r| r.logical_id == id).map(|r| r.kind.as_str());
    assert_eq!(kinds("Fn"), Some("AWS::Lambda::Function"));
    assert_eq!(kinds("FnRole"), Some("AWS::IAM::Role"));
    assert_eq!(kinds("FnCronPermission"), Some("AWS::Lambda::Permission"));
    assert_eq!(kinds("ServerlessRestApi"), Some("AWS::ApiGateway::RestApi"));
    assert_eq!((kinds("Gone"), kinds("GoneRole")), (None, None), "not without what it is for");
    assert!(stack.resources.iter().all(|resource| !resource.kind.starts_with("AWS::Serverless::")));
}

#[test]
fn what_several_generate_is_there_when_one_of_them_is() {
    let text = "Transform: AWS::Serverless-2016-10-31\nConditions:\n  Never: !Equals [a, b]\nResources:\n  \
        One: {Type: AWS::Serverless::Function, Condition: Never, Properties: {Events: {E: {Type: Api}}}}\n  \
        Two: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api}}}}\n";
    let there = |text: &str| {
        let stack = create(text, "").unwrap();
        stack.resources.iter().filter(|resource| resource.logical_id == "ServerlessRestApi").count()
    };
    assert_eq!(there(text), 1);
    assert_eq!(there(&text.replace("Function, Properties", "Function, Condition: Never, Properties")), 0);
}

#[test]
fn code_makes_a_new_version() {
    let version = |text: &str| {
        let stack = create(text, "").unwrap();
        let found = stack.resources.iter().find(|resource| resource.kind == "AWS::Lambda::Version");
        found.unwrap().logical_id.clone()
    };
    assert!(version(SAM).starts_with("FnVersion"));
    assert_ne!(version(SAM), version(&SAM.replace("InlineCode: x\n", "InlineCode: y\n")));
    assert_ne!(version(SAM), version(&SAM.replace("python3.12", "python3.13")), "globals count");
}

#[test]
fn macros_that_nobody_knows() {
    let text = "Transform: [MyMacro, {Name: AWS::Include, Parameters: {Location: s3://a/b}}]\nExtra: x\n\
        Resources:\n  A: {Type: My::Own, Properties: {X: !Ref Elsewhere}}\n\
        Outputs:\n  O: {Value: !GetAtt Elsewhere.Arn}\n  P: {Value: !Ref A}\n";
    let outputs = outputs(text, "");
    assert!(outputs[0].starts_with("O=arn:aws:cloudformation:"), "{outputs:?}");
    let error = Template::parse(
        &text.replace("MyMacro, ", "").replace("{Name: AWS::Include", "{Name: AWS::LanguageExtensions"),
    );
    assert!(error.unwrap_err().to_string().contains("Invalid template property or properties [Extra]"));
    let spliced = parse("Resources:\n  Fn::Transform: {Name: AWS::Include}\n");
    assert!(spliced.output_keys().is_empty());
}
