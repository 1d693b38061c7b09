//! The course of an operation that deploys something, decided at the moment it is accepted: when its record
//! changes status, how it ends and what the provisioned product is afterwards.

use super::Session;
use super::links::{self, Setback};
use super::parameters::{Given, Previous, Values, effective};
use crate::catalogue::{Artifact, LaunchPath, Product, Shop, vended_account};
use crate::clock::Millis;
use crate::faults::{Fired, Occasion};
use crate::ids;
use crate::script::{Knobs, OperationName, OutcomeName};
use crate::template::Place;
use crate::world::{After, Deployed, Instance, Output, RecordEnd, RecordError, Status, Timeline};

/// What is to be deployed where, with names resolved.
pub(crate) struct Order<'a> {
    pub product: &'a Product,
    pub artifact: &'a Artifact,
    pub path: LaunchPath<'a>,
    pub provisioned_name: String,
    pub provisioned_id: String,
    pub kind: String,
    pub notification_arns: Vec<String>,
    /// The stack behind it; none for other engines.
    pub physical_id: Option<String>,
}

/// The parameters: as a request gives them, or worked out before.
pub(crate) enum Input<'a> {
    Given(&'a [Given], Previous<'a>),
    Ready(Values),
}

/// How it goes.
pub(crate) struct Course {
    pub timeline: Timeline,
    pub ending: Ending,
    /// What it runs with, or was tried with; nothing if it was refused.
    pub values: Values,
    /// Names of other stacks' exports.
    pub imports: Vec<String>,
}

/// How it ends.
pub(crate) enum Ending {
    Deployed {
        outputs: Vec<Output>,
    },
    /// `created`: something exists, though not what was asked for.
    Failed {
        message: String,
        created: bool,
    },
}

impl Course {
    /// What it makes of the provisioned product; `failed` is told whether something was created.
    pub(crate) fn after(&self, failed: impl Fn(bool) -> Status, instances: Vec<Instance>) -> After {
        let Values { values: parameters, secrets } = self.values.clone();
        let imports = self.imports.clone();
        match &self.ending {
            Ending::Deployed { .. } => After {
                status: Status::Available,
                status_message: None,
                deployed: Some(Deployed { parameters, secrets, instances, imports }),
            },
            Ending::Failed { message, created } => {
                After { status: failed(*created), status_message: Some(message.clone()), deployed: None }
            }
        }
    }
}

impl Ending {
    pub(crate) fn record_end(&self, knobs: &Knobs) -> RecordEnd {
        match self {
            Ending::Deployed { outputs, .. } => RecordEnd::Succeeded { outputs: outputs.clone() },
            Ending::Failed { message, .. } => {
                let error =
                    RecordError { code: knobs.record_error_code.to_string(), description: message.clone() };
                RecordEnd::Failed { errors: vec![error] }
            }
        }
    }
}

/// Plans the course of a provision or an update.
pub(crate) fn course(
    session: &mut Session<'_>,
    order: &Order<'_>,
    operation: OperationName,
    input: Input<'_>,
) -> Course {
    let span = match operation {
        OperationName::Provision => order.product.durations.provision,
        OperationName::Update => order.product.durations.update,
        OperationName::Terminate => order.product.durations.terminate,
    };
    let fired = strike(session, order, operation);
    let attempt = attempt(session, order, input);
    let now = session.now;
    let Some(fired) = fired else {
        return match attempt {
            Ok(made) => succeeding(now, span, made),
            Err(setback) => thwarted(session, (&order.kind, span), setback),
        };
    };
    match (fired.outcome, attempt) {
        (OutcomeName::Hang, Ok(made)) => hanging(succeeding(now, span, made)),
        (_, Err(setback)) => thwarted(session, (&order.kind, span), setback),
        (OutcomeName::Rollback, Ok(made)) => {
            let message = fired.message.clone().unwrap_or_else(|| default_rollback(&made, operation));
            unwound((now, span, fired.after), message, made.values)
        }
        (_, Ok(_)) => {
            let text = fired.message.unwrap_or_else(|| "Rejected by a fault of the sandbox".to_owned());
            rejected(session, &order.kind, span, &text)
        }
    }
}

/// The fault that strikes this operation, if any.
pub(crate) fn strike(
    session: &mut Session<'_>,
    order: &Order<'_>,
    operation: OperationName,
) -> Option<Fired> {
    let occasion = Occasion {
        operation: Some(operation),
        provisioned_product: &order.provisioned_name,
        product: &order.product.name,
        ..Occasion::default()
    };
    let fired = session.faults.strike(occasion);
    session.notes.faults.extend(fired.iter().map(|fired| fired.label.clone()));
    fired
}

struct Made {
    values: Values,
    outputs: Vec<Output>,
    /// Logical ids.
    resources: Vec<String>,
    imports: Vec<String>,
}

fn attempt(session: &Session<'_>, order: &Order<'_>, input: Input<'_>) -> Result<Made, Setback> {
    let shop = session.shop;
    let template = &order.artifact.template;
    let values = match input {
        Input::Given(given, _) if !order.artifact.described => Values::as_given(given),
        Input::Given(given, previous) => {
            effective(template, given, previous, &order.provisioned_id, &shop.catalogue.knobs)?
        }
        Input::Ready(values) => values,
    };
    let stack_id = order.physical_id.clone().unwrap_or_default();
    let constrained = order.path.constraints.notification_arns.iter();
    let topics: Vec<String> = order.notification_arns.iter().chain(constrained).cloned().collect();
    let place = Place {
        account_id: shop.account_id,
        region: shop.region,
        stack_name: name_of_stack(&stack_id),
        stack_id: &stack_id,
        notification_arns: &topics,
    };
    let stack = links::stack(session, order, &values, &place)?;
    let output = |made: crate::template::Output| Output {
        key: made.key,
        value: made.value,
        description: made.description,
        export: made.export,
    };
    let mut outputs: Vec<Output> = stack.outputs.into_iter().map(output).collect();
    match order.kind.as_str() {
        "CFN_STACK" => outputs.push(stack_arn(stack_id)),
        "CFN_STACKSET" => outputs = vec![stack_arn(stack_id)],
        "CONTROL_TOWER_ACCOUNT" => vend(&mut outputs, &values),
        _ => {}
    }
    let resources = stack.resources.into_iter().map(|resource| resource.logical_id).collect();
    Ok(Made { values, outputs, resources, imports: stack.imports.into_iter().collect() })
}

/// The output that every provisioned stack has beside its own.
pub(crate) fn stack_arn(value: String) -> Output {
    let description = Some("The ARN of the launched Cloudformation Stack".to_owned());
    Output { key: "CloudformationStackARN".to_owned(), value, description, export: None }
}

/// The account that Account Factory hands out depends on its e-mail address only.
fn vend(outputs: &mut [Output], values: &Values) {
    let email = values.values.get("AccountEmail").map_or("", String::as_str);
    if let Some(output) = outputs.iter_mut().find(|output| output.key == "AccountId") {
        output.value = vended_account(email);
    }
}

/// The name within a stack's or stack set's ARN.
pub(crate) fn name_of_stack(physical_id: &str) -> &str {
    let after = physical_id.split('/').nth(1).unwrap_or_default();
    after.split(':').next().unwrap_or_default()
}

/// What stands behind a provisioned product in CloudFormation; other engines show nothing.
pub(crate) fn physical_id(shop: Shop<'_>, kind: &str, provisioned_id: &str) -> Option<String> {
    let (account, region) = (shop.account_id, shop.region);
    let name = format!("SC-{account}-{provisioned_id}");
    let unique = ids::uuid(&["stack", account, region, provisioned_id]);
    match kind {
        "CFN_STACK" => Some(format!("arn:aws:cloudformation:{region}:{account}:stack/{name}/{unique}")),
        "CFN_STACKSET" => Some(format!("arn:aws:cloudformation:{region}:{account}:stackset/{name}:{unique}")),
        _ => None,
    }
}

/// When a record that takes `span` starts to run: soon.
fn running(now: Millis, span: Millis) -> Millis {
    now + (span / 10).clamp(1, 2000)
}

pub(crate) fn steady(now: Millis, span: Millis) -> Timeline {
    let running = running(now, span);
    Timeline { created: now, running, unwinding: None, ends: Some((now + span).max(running + 1)) }
}

fn succeeding(now: Millis, span: Millis, Made { values, outputs, imports, .. }: Made) -> Course {
    Course { timeline: steady(now, span), ending: Ending::Deployed { outputs }, values, imports }
}

fn hanging(course: Course) -> Course {
    Course { timeline: Timeline { ends: None, ..course.timeline }, ..course }
}

/// CloudFormation, or the engine, refuses the call: over early, nothing to roll back.
pub(crate) fn rejected(session: &Session<'_>, kind: &str, span: Millis, text: &str) -> Course {
    let request = ids::uuid(&["cloudformation", session.request_id]);
    let cloudformation = kind.starts_with("CFN_") || kind == "CONTROL_TOWER_ACCOUNT";
    let message = match cloudformation {
        true => format!(
            "AmazonCloudFormationException  {text} (Service: AmazonCloudFormation; Status Code: 400; \
             Error Code: ValidationError; Request ID: {request})"
        ),
        false => text.to_owned(),
    };
    Course {
        timeline: steady(session.now, span / 4),
        ending: Ending::Failed { message, created: false },
        values: Values::default(),
        imports: Vec::new(),
    }
}

fn thwarted(session: &Session<'_>, (kind, span): (&str, Millis), setback: Setback) -> Course {
    match setback {
        Setback::Refused(text) => rejected(session, kind, span, &text),
        Setback::Undone(text) => unwound((session.now, span, 0.5), text, Values::default()),
    }
}

fn unwound((now, span, after): (Millis, Millis, f64), message: String, values: Values) -> Course {
    let ending = Ending::Failed { message, created: true };
    Course { timeline: unwinding(now, span, after), ending, values, imports: Vec::new() }
}

/// Goes wrong at a part of its span and is undone until its end.
pub(crate) fn unwinding(now: Millis, span: Millis, after: f64) -> Timeline {
    let steady = steady(now, span.max(4));
    let ends = steady.ends.unwrap_or(now);
    let wrong = now + (span as f64 * after) as Millis;
    Timeline {
        unwinding: Some(wrong.clamp(steady.running + 1, (ends - 1).max(steady.running + 1))),
        ..steady
    }
}

fn default_rollback(made: &Made, operation: OperationName) -> String {
    let verb = if operation == OperationName::Provision { "create" } else { "update" };
    let resource = made.resources.first().map_or("", String::as_str);
    format!("The following resource(s) failed to {verb}: [{resource}]. Rollback requested by user.")
}
