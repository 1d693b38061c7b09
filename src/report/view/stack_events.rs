//! The list of a stack's events that a failed record may have for its text, laid out for people: an event a line, the cause
//! first. What is no such list, or not a whole one, stays as it is.

/// One event of the stack that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent<'a> {
    /// `LogicalResourceId`: a resource of the template, or the stack itself.
    pub resource: &'a str,
    /// `ResourceType`
    pub resource_type: &'a str,
    /// `StatusReason`
    pub reason: &'a str,
}

/// How the list begins, after whatever comes before it.
const BEGIN: &str = "Errors from CloudFormation: [{LogicalResourceId : ";
const NEXT: &str = "}, {LogicalResourceId : ";
const TYPE: &str = ", ResourceType : ";
const REASON: &str = ", StatusReason : ";
const END: &str = "}]";

/// What comes before the list, and its events as they came; `None` if the text is no whole list.
#[must_use]
pub fn stack_events(text: &str) -> Option<(&str, Vec<StackEvent<'_>>)> {
    let (before, list) = text.split_once(BEGIN)?;
    let list = list.trim_end().strip_suffix(END)?;
    let events: Option<Vec<StackEvent<'_>>> = list.split(NEXT).map(event).collect();
    events.map(|events| (before, events))
}

/// One event; a text whose braces do not match was cut off, or means something else.
fn event(text: &str) -> Option<StackEvent<'_>> {
    if text.matches('{').count() != text.matches('}').count() {
        return None;
    }
    let (resource, rest) = text.split_once(TYPE)?;
    let (resource_type, reason) = rest.split_once(REASON)?;
    Some(StackEvent { resource, resource_type, reason: reason.trim() })
}

/// The text with each event on a line of its own, and what came before the list at the head of the cause's.
#[must_use]
pub fn by_cause(text: &str) -> String {
    let Some((before, mut events)) = stack_events(text) else { return text.to_owned() };
    if let Some(cause) = events.iter().position(is_cause) {
        events[..=cause].rotate_right(1);
    }
    let line =
        |event: &StackEvent<'_>| format!("{} ({}): {}", event.resource, event.resource_type, event.reason);
    let lines: Vec<String> = events.iter().map(line).collect();
    format!("{before}{}", lines.join("\n"))
}

/// Whether an event is no consequence of another one: the stack fails because a resource did, and what was under way then is
/// cancelled.
fn is_cause(event: &StackEvent<'_>) -> bool {
    let is_stack = event.resource_type == "AWS::CloudFormation::Stack" && event.resource.starts_with("SC-");
    let is_cancelled = event.reason.starts_with("Resource ") && event.reason.ends_with(" cancelled");
    !is_stack && !is_cancelled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(events: &[(&str, &str, &str)]) -> String {
        let one = |(resource, of, reason): &(&str, &str, &str)| {
            format!("{{LogicalResourceId : {resource}, ResourceType : {of}, StatusReason : {reason}}}")
        };
        let events: Vec<String> = events.iter().map(one).collect();
        format!("Errors from CloudFormation: [{}]", events.join(", "))
    }

    const STACK: (&str, &str, &str) = (
        "SC-111122223333-pp-abcdefghijklm",
        "AWS::CloudFormation::Stack",
        "The following resource(s) failed to create: [A, B]. Rollback requested by user.",
    );
    const CANCELLED: (&str, &str, &str) = ("A", "Custom::A", "Resource creation cancelled");
    const CAUSE: (&str, &str, &str) = (
        "B",
        "Custom::B",
        "Received response status [FAILED], {\"why\": [1, {\"a\": 2}]} (RequestId: 0, Proxy: null)",
    );

    #[test]
    fn the_cause_comes_first_and_the_rest_in_its_order() {
        let text = list(&[STACK, CANCELLED, CAUSE, STACK]);
        let lines = by_cause(&text);
        let resources: Vec<&str> = lines.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(resources, ["B", STACK.0, "A", STACK.0]);
        assert_eq!(lines.lines().next(), Some(&*format!("B (Custom::B): {}", CAUSE.2)));
    }

    #[test]
    fn what_comes_before_the_list_comes_before_the_cause() {
        let text = format!("Client error: {}\n", list(&[STACK, CAUSE]));
        assert!(by_cause(&text).starts_with("Client error: B (Custom::B): Received"), "{}", by_cause(&text));
    }

    #[test]
    fn a_nested_stack_may_be_the_cause_and_a_list_may_have_none() {
        let nested = ("Nested", "AWS::CloudFormation::Stack", "Embedded stack was not successfully created");
        assert!(by_cause(&list(&[STACK, nested])).starts_with("Nested "));
        let cancelled = ("A", "Custom::A", "Resource update cancelled");
        let lines = by_cause(&list(&[STACK, cancelled]));
        assert!(lines.starts_with("SC-") && lines.lines().count() == 2, "{lines}");
    }

    #[test]
    fn what_is_no_whole_list_stays_as_it_is() {
        let whole = list(&[STACK, CANCELLED, CAUSE]);
        let cut = (0..whole.len()).map(|end| whole[..end].to_owned());
        let odd = [
            "".to_owned(),
            "Errors from CloudFormation: []".to_owned(),
            "Subnet is full".to_owned(),
            whole.replace(", StatusReason : Resource", ""),
            whole.replace("ResourceType : Custom::A", "Type : Custom::A"),
            whole.replace("[{", "[["),
        ];
        for text in cut.chain(odd) {
            assert_eq!(by_cause(&text), text);
        }
    }
}
