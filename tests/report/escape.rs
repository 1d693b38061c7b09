//! Foreign text, durations.

use std::time::Duration;

use provisor::model::time::duration;
use provisor::report::escape::{Escaped, Quoted, defused, is_hidden, json_safe};

#[test]
fn foreign_text_is_spelled_out() {
    let table = [
        ("plain ünïcödé 日本 🎉", "plain ünïcödé 日本 🎉"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\u{1b}[31m\u{7}\u{0}\u{7f}", r"\u{1b}[31m\u{7}\u{0}\u{7f}"),
        ("\u{9b}2J\u{85}", r"\u{9b}2J\u{85}"),
        ("\u{202e}\u{2066}\u{200f}\u{61c}", r"\u{202e}\u{2066}\u{200f}\u{61c}"),
        ("\u{200b}\u{200d}\u{feff}\u{2060}\u{ad}", r"\u{200b}\u{200d}\u{feff}\u{2060}\u{ad}"),
        ("\u{2028}\u{2029}\u{a0}\u{2009}", r"\u{2028}\u{2029}\u{a0}\u{2009}"),
        ("\u{e0041}\u{e0100}", r"\u{e0041}\u{e0100}"),
        ("x ##[error]y ##vso[task]z ## [", r"x #\#[error]y #\#vso[task]z ## ["),
        ("##teamcity[x] ##section[y] ## z", r"#\#teamcity[x] #\#section[y] ## z"),
        ("back\\slash \"quote\"", "back\\slash \"quote\""),
    ];
    for (raw, seen) in table {
        assert_eq!(Escaped(raw).to_string(), seen, "{raw:?}");
    }
}

#[test]
fn quotes_are_unambiguous() {
    assert_eq!(Quoted("a\"b\\n\n").to_string(), r#""a\"b\\n\n""#);
    assert_eq!(Quoted("").to_string(), r#""""#);
    assert_ne!(Quoted("\\n").to_string(), Quoted("\n").to_string());
}

#[test]
fn json_stays_the_same_document_and_is_harmless() {
    let text = "a\u{9b}\u{202e}\u{200b}\u{e0041}\u{7f}é";
    let safe = json_safe(&serde_json::to_string(text).unwrap());
    assert!(!safe.chars().any(is_hidden), "{safe:?}");
    assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
}

#[test]
fn commands_for_runners_are_spelled_out_in_documents() {
    let text = ["a ##vso[task.x]b", "##[group]", "::add-mask::x"];
    let safe = json_safe(&serde_json::to_string_pretty(&text).unwrap());
    assert!(!safe.contains("##"), "{safe}");
    assert!(!safe.lines().any(|line| line.trim_start().starts_with("::")), "{safe}");
    assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), text);
}

#[test]
fn what_leaves_for_people_gives_nobody_orders() {
    let table = [
        ("Error: x\n  ::add-mask::y\n", "Error: x\n  \\::add-mask::y\n"),
        ("::stop-commands::z", "\\::stop-commands::z"),
        ("at a::b ##[error]", "at a::b #\\#[error]"),
        ("\u{1b}[1;31mred\u{1b}[0m", "\u{1b}[1;31mred\u{1b}[0m"),
        ("\u{1b}]0;title\u{7} \u{1b}[2J\u{202e}", "\\u{1b}]0;title\\u{7} \\u{1b}[2J\\u{202e}"),
        ("two\n\nlines\r\n", "two\n\nlines\\r\n"),
        // blanks of all kinds before a command: runners trim them, and some end a line at a control character
        ("\t::add-mask::x", "\\t\\::add-mask::x"),
        ("\r::add-mask::x", "\\r\\::add-mask::x"),
        (" \r \u{b}\u{c}::error::x", " \\r \\u{b}\\u{c}\\::error::x"),
        ("\u{a0}\u{85}\u{2028}::error::x", "\\u{a0}\\u{85}\\u{2028}\\::error::x"),
        ("\u{3000}::error::x", "\u{3000}\\::error::x"),
        ("\r##vso[task.x]\t##teamcity[y]", "\\r#\\#vso[task.x]\\t#\\#teamcity[y]"),
        ("section_start:1:x\r\u{1b}[0Khead", "section_start:1:x\\r\\u{1b}[0Khead"),
        ("\rsection_end:1:x\r\u{1b}[0K", "\\rsection_end:1:x\\r\\u{1b}[0K"),
        // what is there and not seen, as notes of a runner are
        ("\u{1b}[8mha:AAAA\u{1b}[0m", "\\u{1b}[8mha:AAAA\u{1b}[0m"),
        ("\u{1b}[1;08mx", "\\u{1b}[1;08mx"),
        ("\u{1b}[38;5;12mblue\u{1b}[0m", "\u{1b}[38;5;12mblue\u{1b}[0m"),
    ];
    for (raw, seen) in table {
        assert_eq!(defused(raw), seen, "{raw:?}");
        assert_eq!(defused(seen), seen, "{raw:?}: once is enough");
    }
}

#[test]
fn durations_read_as_people_say_them() {
    for (seconds, text) in
        [(0, "0s"), (59, "59s"), (60, "1m0s"), (90, "1m30s"), (7205, "2h0m5s"), (360_000, "100h0m0s")]
    {
        assert_eq!(duration(Duration::from_secs(seconds)), text);
    }
    assert_eq!(duration(Duration::from_millis(1999)), "1s");
    assert_eq!(duration(Duration::MAX), "5124095576030431h0m15s");
}
