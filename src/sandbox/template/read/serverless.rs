//! AWS::Serverless-2016-10-31, as far as names go: which resources its resources become and which ones it generates
//! (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>),
//! so that outputs can name them. What is in the generated resources stays out.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::template::sections::{ResourceDeclaration, Sections};
use crate::tree::{Data, Node};

const PREFIX: &str = "AWS::Serverless::";
const REST: &str = "ServerlessRestApi";
const HTTP: &str = "ServerlessHttpApi";

/// Puts the resources that the serverless model stands for in the place of its own.
pub(crate) fn run(tree: &Node, sections: &mut Sections) {
    let mut model = Model { globals: tree.get("Globals"), made: Vec::new(), renamed: BTreeMap::new() };
    for declaration in std::mem::take(&mut sections.resources) {
        match declaration.kind.strip_prefix(PREFIX).map(str::to_owned) {
            Some(kind) => model.resource(&kind, declaration),
            None => model.made.push(declaration),
        }
    }
    sections.resources = merged(model.made);
    sections.renamed = model.renamed.into_iter().collect();
}

/// What several resources generate is one resource, and there as soon as one of them is.
fn merged(made: Vec<ResourceDeclaration>) -> Vec<ResourceDeclaration> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<ResourceDeclaration> = Vec::with_capacity(made.len());
    for declaration in made {
        match places.get(&declaration.logical_id).and_then(|place| merged.get_mut(*place)) {
            Some(first) if first.condition != declaration.condition => first.condition = None,
            Some(_) => {}
            None => {
                places.insert(declaration.logical_id.clone(), merged.len());
                merged.push(declaration);
            }
        }
    }
    merged
}

struct Model<'t> {
    globals: Option<&'t Node>,
    made: Vec<ResourceDeclaration>,
    renamed: BTreeMap<String, String>,
}

impl Model<'_> {
    fn resource(&mut self, kind: &str, mut declaration: ResourceDeclaration) {
        self.take_globals(kind, &mut declaration);
        let id = declaration.logical_id.clone();
        let becomes = match kind {
            "Function" => "AWS::Lambda::Function",
            "Api" => "AWS::ApiGateway::RestApi",
            "HttpApi" => "AWS::ApiGatewayV2::Api",
            "WebSocketApi" => "AWS::ApiGatewayV2::Api",
            "SimpleTable" => "AWS::DynamoDB::Table",
            "LayerVersion" => "AWS::Lambda::LayerVersion",
            "StateMachine" => "AWS::StepFunctions::StateMachine",
            "Application" => "AWS::CloudFormation::Stack",
            "GraphQLApi" => "AWS::AppSync::GraphQLApi",
            "CapacityProvider" => "AWS::Lambda::CapacityProvider",
            "Connector" => "AWS::IAM::ManagedPolicy",
            _ => return self.made.push(declaration),
        };
        declaration.kind = becomes.to_owned();
        match kind {
            "LayerVersion" => {
                declaration.logical_id = format!("{id}{}", digest(&declaration.body));
                self.renamed.insert(id, declaration.logical_id.clone());
                self.made.push(declaration);
            }
            "Connector" => {
                declaration.logical_id = format!("{id}Policy");
                self.made.push(declaration);
            }
            "StateMachine" => {
                rename(&mut declaration.body, "Name", "StateMachineName");
                self.role(&declaration);
                self.alias(&declaration, "AWS::StepFunctions::StateMachine");
                self.made.push(declaration);
            }
            "Function" => self.function(declaration),
            "Api" | "HttpApi" => self.api(kind, declaration),
            _ => self.made.push(declaration),
        }
    }

    /// What `Globals` says holds where the resource says nothing.
    fn take_globals(&self, kind: &str, declaration: &mut ResourceDeclaration) {
        let Some(globals) = self.globals.and_then(|globals| globals.get(kind)) else { return };
        let Data::Map(members) = &mut declaration.body.data else { return };
        if !members.iter().any(|(name, _)| name == "Properties") {
            members.push(("Properties".to_owned(), Node::new(globals.at, Data::Map(Vec::new()))));
        }
        let properties = members.iter_mut().find(|(name, _)| name == "Properties");
        if let Some((_, Node { data: Data::Map(properties), .. })) = properties {
            for (name, value) in globals.entries() {
                if !properties.iter().any(|(own, _)| own == name) {
                    properties.push((name.clone(), value.clone()));
                }
            }
        }
    }

    fn function(&mut self, declaration: ResourceDeclaration) {
        let id = declaration.logical_id.clone();
        self.role(&declaration);
        self.alias(&declaration, "AWS::Lambda::Function");
        if declaration.property("FunctionUrlConfig").is_some() {
            self.make(&declaration, &format!("{id}Url"), "AWS::Lambda::Url", &[]);
        }
        if declaration.property("DeploymentPreference").is_some() {
            self.make(&declaration, "ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", &[]);
            self.make(&declaration, &format!("{id}DeploymentGroup"), "AWS::CodeDeploy::DeploymentGroup", &[]);
            self.make(&declaration, "CodeDeployServiceRole", "AWS::IAM::Role", &[]);
        }
        for (event, body) in declaration.property("Events").map_or(&[][..], Node::entries) {
            self.event(&declaration, &format!("{id}{event}"), body);
        }
        self.made.push(declaration);
    }

    fn event(&mut self, declaration: &ResourceDeclaration, name: &str, body: &Node) {
        let property = |wanted: &str| body.get("Properties").and_then(|properties| properties.get(wanted));
        let kind = body.get_text("Type").unwrap_or_default();
        let (own, permission) = match kind.as_str() {
            "Api" if property("RestApiId").is_none() => {
                self.rest(declaration);
                (None, Some("PermissionProd"))
            }
            "HttpApi" if property("ApiId").is_none() => {
                self.http(declaration);
                (None, Some("Permission"))
            }
            "Api" | "HttpApi" | "S3" | "AlexaSkill" | "Cognito" => (None, Some("Permission")),
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => {
                (Some("AWS::Events::Rule"), Some("Permission"))
            }
            "ScheduleV2" => (Some("AWS::Scheduler::Schedule"), None),
            "SNS" => (Some("AWS::SNS::Subscription"), Some("Permission")),
            "IoTRule" => (Some("AWS::IoT::TopicRule"), Some("Permission")),
            "CloudWatchLogs" => (Some("AWS::Logs::SubscriptionFilter"), Some("Permission")),
            "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
                (Some("AWS::Lambda::EventSourceMapping"), None)
            }
            _ => (None, None),
        };
        if let Some(own) = own {
            self.make(declaration, name, own, &[]);
        }
        if let Some(ending) = permission {
            self.make(declaration, &format!("{name}{ending}"), "AWS::Lambda::Permission", &[]);
        }
    }

    fn role(&mut self, declaration: &ResourceDeclaration) {
        if declaration.property("Role").is_none() {
            self.make(declaration, &format!("{}Role", declaration.logical_id), "AWS::IAM::Role", &[]);
        }
    }

    /// `AutoPublishAlias`: a version and an alias, which `Name.Version` and `Name.Alias` stand for.
    fn alias(&mut self, declaration: &ResourceDeclaration, of: &str) {
        let Some(alias) = declaration.property("AutoPublishAlias") else { return };
        let id = &declaration.logical_id;
        let naming = if of == "AWS::Lambda::Function" { "FunctionName" } else { "StateMachineName" };
        let name = declaration.property(naming).cloned().unwrap_or_else(|| reference(id));
        let version = format!("{id}Version{}", digest(&declaration.body));
        let ending = alias.text().map_or_else(String::new, plain);
        let alias_id = format!("{id}Alias{ending}");
        self.make(declaration, &version, &of.replace("::Function", "::Version"), &[("FunctionName", &name)]);
        let properties = [("FunctionName", &name), ("Name", alias)];
        self.make(declaration, &alias_id, &of.replace("::Function", "::Alias"), &properties);
        self.renamed.insert(format!("{id}.Version"), version);
        self.renamed.insert(format!("{id}.Alias"), alias_id);
    }

    fn api(&mut self, kind: &str, declaration: ResourceDeclaration) {
        let id = declaration.logical_id.clone();
        let name = declaration.property("StageName").cloned();
        if kind == "Api" {
            let deployment = format!("{id}Deployment{}", digest(&declaration.body));
            self.make(&declaration, &deployment, "AWS::ApiGateway::Deployment", &[]);
            self.renamed.insert(format!("{id}.Deployment"), deployment);
            let stage =
                format!("{id}{}Stage", name.as_ref().and_then(Node::text).map_or_else(String::new, plain));
            let named: Vec<(&str, &Node)> = name.iter().map(|name| ("StageName", name)).collect();
            self.make(&declaration, &stage, "AWS::ApiGateway::Stage", &named);
            self.renamed.insert(format!("{id}.Stage"), stage);
        } else {
            let ending = name.as_ref().and_then(Node::text).map_or("ApiGatewayDefault".to_owned(), plain);
            let stage = format!("{id}{ending}Stage");
            let named: Vec<(&str, &Node)> = name.iter().map(|name| ("StageName", name)).collect();
            self.make(&declaration, &stage, "AWS::ApiGatewayV2::Stage", &named);
            self.renamed.insert(format!("{id}.Stage"), stage);
        }
        self.made.push(declaration);
    }

    /// The API that events use when they name none.
    fn rest(&mut self, declaration: &ResourceDeclaration) {
        let stage = Node::new(declaration.body.at, Data::Text("Prod".to_owned()));
        self.make(declaration, REST, "AWS::ApiGateway::RestApi", &[]);
        self.make(
            declaration,
            &format!("{REST}ProdStage"),
            "AWS::ApiGateway::Stage",
            &[("StageName", &stage)],
        );
        self.renamed.insert(format!("{REST}.Stage"), format!("{REST}ProdStage"));
    }

    fn http(&mut self, declaration: &ResourceDeclaration) {
        let stage = format!("{HTTP}ApiGatewayDefaultStage");
        self.make(declaration, HTTP, "AWS::ApiGatewayV2::Api", &[]);
        self.make(declaration, &stage, "AWS::ApiGatewayV2::Stage", &[]);
        self.renamed.insert(format!("{HTTP}.Stage"), stage);
    }

    /// A generated resource: there when what it is generated for is there.
    fn make(&mut self, owner: &ResourceDeclaration, id: &str, kind: &str, properties: &[(&str, &Node)]) {
        let properties =
            properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone())).collect();
        let at = owner.body.at;
        let members = [
            ("Type".to_owned(), Node::new(at, Data::Text(kind.to_owned()))),
            ("Properties".to_owned(), Node::new(at, Data::Map(properties))),
        ];
        self.made.push(ResourceDeclaration {
            logical_id: id.to_owned(),
            kind: kind.to_owned(),
            condition: owner.condition.clone(),
            depends_on: Vec::new(),
            body: Node::new(at, Data::Map(members.into())),
        });
    }
}

fn reference(id: &str) -> Node {
    let name = Node::new(Default::default(), Data::Text(id.to_owned()));
    Node::new(Default::default(), Data::Map(vec![("Ref".to_owned(), name)]))
}

fn rename(body: &mut Node, from: &str, to: &str) {
    let Data::Map(members) = &mut body.data else { return };
    let properties = members.iter_mut().find(|(name, _)| name == "Properties");
    if let Some((_, Node { data: Data::Map(properties), .. })) = properties {
        for (name, _) in properties.iter_mut().filter(|(name, _)| name == from) {
            *name = to.to_owned();
        }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Ten digits that change with the content, as the model ends the names of what is never changed in place.
fn digest(body: &Node) -> String {
    let hash = Sha256::digest(body.json().to_string().as_bytes());
    hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}
