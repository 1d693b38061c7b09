//! The execution of an operation that deploys something, decided at the moment it is accepted: when its record
//! changes status, how it ends and what the provisioned product is afterwards.

use crate::catalog::vended_account;
use crate::clock::Millis;
use crate::faults::{Occasion, Strike};
use crate::ids;
use crate::operations::change::deployment::{Deployment, name_of_stack, stack_arn};
use crate::operations::change::parameters::{Given, Previous, Values, effective};
use crate::operations::change::stacks::{self, Failure};
use crate::operations::session::Session;
use crate::template::Place;
use crate::world::{After, Deployed, Instance, Output, RecordEnd, RecordError, Status, Timeline};
use crate::world_file::{Knobs, OperationName, OutcomeName};

/// The parameters: as a request gives them, or worked out before.
pub(crate) enum Input<'a> {
    Given(&'a [Given], Previous<'a>),
    Ready(Values),
}

/// How it goes.
pub(crate) struct Execution {
    pub timeline: Timeline,
    pub end: ExecutionEnd,
    /// What it runs with, or was tried with; nothing if it was refused.
    pub values: Values,
    /// Names of other stacks' exports.
    pub imports: Vec<String>,
}

/// How it ends.
pub(crate) enum ExecutionEnd {
    Deployed {
        outputs: Vec<Output>,
    },
    /// `created`: something exists, though not what was asked for.
    Failed {
        message: String,
        created: bool,
    },
}

impl Execution {
    /// What it makes of the provisioned product; `failed` is told whether something was created.
    pub(crate) fn after(&self, failed: impl Fn(bool) -> Status, instances: Vec<Instance>) -> After {
        let Values { values: parameters, secrets } = self.values.clone();
        let imports = self.imports.clone();
        match &self.end {
            ExecutionEnd::Deployed { .. } => After {
                status: Status::Available,
                status_message: None,
                deployed: Some(Deployed { parameters, secrets, instances, imports }),
            },
            ExecutionEnd::Failed { message, created } => {
                After { status: failed(*created), status_message: Some(message.clone()), deployed: None }
            }
        }
    }
}

impl ExecutionEnd {
    pub(crate) fn record_end(&self, knobs: &Knobs) -> RecordEnd {
        match self {
            ExecutionEnd::Deployed { outputs, .. } => RecordEnd::Succeeded { outputs: outputs.clone() },
            ExecutionEnd::Failed { message, .. } => {
                let error =
                    RecordError { code: knobs.record_error_code.to_string(), description: message.clone() };
                RecordEnd::Failed { errors: vec![error] }
            }
        }
    }
}

/// Decides how a provisioning or an update goes.
pub(crate) fn execution(
    session: &mut Session<'_>,
    deployment: &Deployment<'_>,
    operation: OperationName,
    input: Input<'_>,
) -> Execution {
    let span = match operation {
        OperationName::Provision => deployment.product.durations.provision,
        OperationName::Update => deployment.product.durations.update,
        OperationName::Terminate => deployment.product.durations.terminate,
    };
    let fired = strike(session, deployment, operation);
    let attempt = attempt(session, deployment, input);
    let now = session.now;
    let Some(fired) = fired else {
        return match attempt {
            Ok(made) => succeeded(now, span, made),
            Err(failure) => failed(session, &deployment.kind, span, failure),
        };
    };
    match (fired.outcome, attempt) {
        (OutcomeName::Hang, Ok(made)) => hanging(succeeded(now, span, made)),
        (_, Err(failure)) => failed(session, &deployment.kind, span, failure),
        (OutcomeName::Rollback, Ok(made)) => {
            let message =
                fired.message.clone().unwrap_or_else(|| default_rollback(deployment, &made, operation));
            rolled_back(now, span, fired.after, message, made.values)
        }
        (_, Ok(_)) => {
            let text = fired.message.unwrap_or_else(|| default_rejection(&deployment.kind).to_owned());
            rejected(session, &deployment.kind, span, &text)
        }
    }
}

/// The fault that strikes this operation, if any.
pub(crate) fn strike(
    session: &mut Session<'_>,
    deployment: &Deployment<'_>,
    operation: OperationName,
) -> Option<Strike> {
    let occasion = Occasion {
        operation: Some(operation),
        provisioned_product: &deployment.provisioned_name,
        product: &deployment.product.name,
        ..Occasion::default()
    };
    let fired = session.faults.strike(occasion);
    session.notes.faults.extend(fired.iter().map(|fired| fired.label.clone()));
    fired
}

struct CreatedStack {
    values: Values,
    outputs: Vec<Output>,
    /// Logical ids and types.
    resources: Vec<(String, String)>,
    imports: Vec<String>,
}

fn attempt(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    input: Input<'_>,
) -> Result<CreatedStack, Failure> {
    let catalog = session.catalog;
    let template = &deployment.artifact.template;
    let values = match input {
        Input::Given(given, _) if !deployment.artifact.described => Values::as_given(given),
        Input::Given(given, previous) => {
            effective(template, given, previous, &deployment.provisioned_id, &catalog.whole.knobs)?
        }
        Input::Ready(values) => values,
    };
    let stack_id = deployment.physical_id.clone().unwrap_or_default();
    let constrained = deployment.path.constraints.notification_arns.iter();
    let topics: Vec<String> = deployment.notification_arns.iter().chain(constrained).cloned().collect();
    let place = Place {
        account_id: catalog.account_id,
        region: catalog.region,
        stack_name: name_of_stack(&stack_id),
        stack_id: &stack_id,
        notification_arns: &topics,
    };
    let stack = stacks::stack(session, deployment, &values, &place)?;
    let output = |made: crate::template::Output| Output {
        key: made.key,
        value: made.value,
        description: made.description,
        export: made.export,
    };
    let mut outputs: Vec<Output> = stack.outputs.into_iter().map(output).collect();
    match deployment.kind.as_str() {
        "CFN_STACK" => outputs.push(stack_arn(stack_id)),
        "CFN_STACKSET" => outputs = vec![stack_arn(stack_id)],
        "CONTROL_TOWER_ACCOUNT" => vend(&mut outputs, &values),
        _ => {}
    }
    let resources =
        stack.resources.into_iter().map(|resource| (resource.logical_id, resource.kind)).collect();
    Ok(CreatedStack { values, outputs, resources, imports: stack.imports.into_iter().collect() })
}

/// The account that Account Factory hands out depends on its e-mail address only.
fn vend(outputs: &mut [Output], values: &Values) {
    let email = values.values.get("AccountEmail").map_or("", String::as_str);
    if let Some(output) = outputs.iter_mut().find(|output| output.key == "AccountId") {
        output.value = vended_account(email);
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

fn succeeded(
    now: Millis,
    span: Millis,
    CreatedStack { values, outputs, imports, .. }: CreatedStack,
) -> Execution {
    Execution { timeline: steady(now, span), end: ExecutionEnd::Deployed { outputs }, values, imports }
}

fn hanging(execution: Execution) -> Execution {
    Execution { timeline: Timeline { ends: None, ..execution.timeline }, ..execution }
}

/// CloudFormation, or the engine, refuses the call: over early, nothing to roll back.
pub(crate) fn rejected(session: &Session<'_>, kind: &str, span: Millis, text: &str) -> Execution {
    let request = ids::uuid(&["cloudformation", session.request_id]);
    let message = if kind.starts_with("CFN_") {
        format!(
            "AmazonCloudFormationException  {text} (Service: AmazonCloudFormation; Status Code: 400; \
             Error Code: ValidationError; Request ID: {request})"
        )
    } else {
        text.to_owned()
    };
    Execution {
        timeline: steady(session.now, span / 4),
        end: ExecutionEnd::Failed { message, created: false },
        values: Values::default(),
        imports: Vec::new(),
    }
}

fn failed(session: &Session<'_>, kind: &str, span: Millis, failure: Failure) -> Execution {
    match failure {
        Failure::Refused(text) => rejected(session, kind, span, &text),
        Failure::RolledBack(text) => rolled_back(session.now, span, 0.5, text, Values::default()),
    }
}

fn rolled_back(now: Millis, span: Millis, after: f64, message: String, values: Values) -> Execution {
    let end = ExecutionEnd::Failed { message, created: true };
    Execution { timeline: unwinding(now, span, after), end, values, imports: Vec::new() }
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

/// What a rollback says for which nobody gave words: CloudFormation's is the list of the stack's events.
fn default_rollback(deployment: &Deployment<'_>, made: &CreatedStack, operation: OperationName) -> String {
    let verb = if operation == OperationName::Provision { "create" } else { "update" };
    let (resource, kind) = made.resources.first().cloned().unwrap_or_default();
    let undone =
        format!("The following resource(s) failed to {verb}: [{resource}]. Rollback requested by user.");
    match deployment.kind.as_str() {
        "CONTROL_TOWER_ACCOUNT" => default_rejection(&deployment.kind).to_owned(),
        kind if !kind.starts_with("CFN_") => undone,
        _ => {
            let stack = name_of_stack(deployment.physical_id.as_deref().unwrap_or_default());
            let event = |resource: &str, kind: &str, reason: &str| {
                format!("{{LogicalResourceId : {resource}, ResourceType : {kind}, StatusReason : {reason}}}")
            };
            let of_stack = event(stack, "AWS::CloudFormation::Stack", &undone);
            let of_resource = event(&resource, &kind, "Failed by a fault of the sandbox");
            format!("Errors from CloudFormation: [{of_stack}, {of_resource}]")
        }
    }
}

fn default_rejection(kind: &str) -> &'static str {
    match kind {
        "CONTROL_TOWER_ACCOUNT" => {
            "AWS Control Tower could not baseline VPC in the managed account because of existing resource dependencies."
        }
        _ => "Rejected by a fault of the sandbox",
    }
}
