//! Items of lists against the rules of their parameter.

use super::fixture::check;
use super::validation::p;

#[test]
fn all_items_that_are_wrong_are_told() {
    let wrong = |value: &str, rule: &str, expect: &[&str]| {
        let told = expect.iter().map(|one| format!("parameter-value at 6:{one}"));
        check(&p(value), "", &format!("offer p/v1 {rule}"), &told.collect::<Vec<_>>().join("\n"));
    };
    let number = "parameter `A` must be a number";
    wrong("[x, 1, y]", "A:List<Number>", &[&format!("11: {number} [`x`]"), &format!("17: {number} [`y`]")]);
    let id = "parameter `A` must be";
    wrong(
        "[subnet-12345678, subnet-1234567, \"\"]",
        "A:List<AWS::EC2::Subnet::Id>",
        &[
            &format!(
                "28: {id} `subnet-` and 8 or 17 hexadecimal digits (`AWS::EC2::Subnet::Id`) [`subnet-1234567` is none]"
            ),
            &format!("44: {id} an id that begins with `subnet-` (`AWS::EC2::Subnet::Id`) [empty]"),
        ],
    );
    wrong(
        "[c, a, d]",
        "A:CommaDelimitedList/[ab]/",
        &[
            &format!("11: {id} {}", "MATCH [`c` does not match]")
                .replace("be MATCH", "match the pattern `[ab]`"),
            &format!("17: {id} {}", "MATCH [`d` does not match]")
                .replace("be MATCH", "match the pattern `[ab]`"),
        ],
    );
    // of a secret nobody is told how many items are wrong
    wrong(
        "\"c,a,d\"",
        "A:CommaDelimitedList!{a}",
        &["7: parameter `A` must be one of `a` [this value is not allowed]"],
    );
    // nor is anybody told thousands
    let many = format!("[{}]", vec!["x"; 60].join(", "));
    let told: Vec<String> = (0..50)
        .map(|n| {
            format!("{}: {number} [`x`{}]", 11 + 3 * n, if n == 49 { ", as are further items" } else { "" })
        })
        .collect();
    wrong(&many, "A:List<Number>", &told.iter().map(String::as_str).collect::<Vec<_>>());
}
