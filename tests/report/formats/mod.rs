//! The formats that others read: Terraform's JSON, markdown, a page. Each is a renderer of the one view, and obeys nothing that it is told.

mod bots;
mod html;
mod markdown;
mod run;
mod terraform;

use std::collections::BTreeSet;

use provisor::model::ids::{Address, Labels};
use provisor::model::target::Named;
use provisor::plan::{Action, Note, Plan, Planned, Reason, Refusal, Rule, Step};

use super::fixture::{
    address, known, output, parameter_changed, plan, secret, spec, step, terminate, text, update, with,
};

/// A plan of whatever there is to tell, with this text wherever a text comes from outside.
fn telling(foreign: &str) -> Plan {
    let mut wanted = with(spec(foreign), foreign, known(foreign));
    wanted.target.product = Named::new("prod-1", foreign);
    wanted.target.artifact = Named::new("pa-1", foreign);
    wanted.target.path = Named::new("lpv3-1", foreign);
    wanted.target.options.notification_arns = vec![foreign.to_owned()];
    wanted.tags.insert(foreign.to_owned(), known(foreign));
    let long = |first: &str| text(&format!("{first}\n{foreign}\n{}\n", foreign.repeat(3)));
    let json = |n: u8| text(&format!("{{\"a\": {n}, \"b\": {}}}", serde_json::Value::from(foreign)));
    let changed = |key: &str, before, after| parameter_changed(&format!("{foreign}{key}"), before, after);
    let refusal = Refusal { rule: Rule::Exists, message: foreign.to_owned(), hint: Some(foreign.to_owned()) };
    let tainted = Reason::Tainted { message: foreign.to_owned(), record: Some(foreign.into()) };
    let drifted = Reason::Drifted { key: foreign.to_owned(), applied: text(foreign), there: text("x") };
    let outside = Reason::Outside { record: Some(foreign.into()), kind: None };
    let gone = Step { address: address("gone"), ..terminate(foreign, false, vec![Reason::Removed]) };
    let steps = vec![
        gone,
        terminate("again", true, vec![Reason::Requested]),
        step("again", Action::Provision(wanted.clone()), vec![Reason::Requested]),
        step("new", Action::Provision(wanted.clone()), vec![Reason::New]),
        update(
            "app",
            vec![
                changed("1", text(foreign), text("x")),
                changed("2", long("a"), long("b")),
                changed("3", json(1), json(2)),
                tainted,
                drifted,
                outside,
            ],
        ),
        step("no", Action::Refused(refusal), vec![Reason::New]),
        step("all", Action::Update("pp-2".into(), with(wanted, "Late", late(foreign))), vec![]),
    ];
    let elsewhere = steps.iter().map(|step| Step { address: Address::new("far", "eu/r"), ..step.clone() });
    let far: Vec<Step> = elsewhere.take(1).collect();
    let all: Vec<Step> = steps.into_iter().chain(far).collect();
    let labels = Labels::of(all.iter().map(|step| &step.address));
    let notes = vec![Note { address: address("app"), text: foreign.to_owned() }];
    let unchanged = BTreeSet::from([address("same")]);
    Plan { labels, notes, unchanged, ..plan(all) }
}

fn late(name: &str) -> Planned {
    Planned::Pending(output("network", name))
}

/// What a page would obey, one way or another, around a word that is found again.
const HOSTILE: [&str; 16] = [
    "zq`zq",
    "zq```\nzq",
    "````\n~~~~\n# zq\n",
    "zq</code></pre></details><script>zq()</script>",
    "zq|zq\\|zq|",
    "@zq and @org/zq",
    "zq](javascript:zq) [zq](https://zq.example) ![zq](https://zq.example/i.png)",
    "<https://zq.example> https://zq.example www.zq.example zq@zq.example",
    "zq\n\n<img src=x onerror=zq>\n\n# zq",
    "zq\" onload=\"zq' x='",
    "**zq** __zq__ ~~zq~~ <!-- zq",
    "zq --> zq ]]> zq",
    "#1 zq/zq#2 GH-3",
    "&lt;zq&#64;zq&amp;",
    "zq\u{202e}\u{1b}[31mzq\r\n::error::zq ##[group]zq",
    "`` zq ` zq ``` zq",
];

/// The same plan, without a word from outside.
fn harmless() -> Plan {
    telling("zq")
}

fn sensitive() -> Plan {
    plan(vec![step("vault", Action::Provision(with(spec("v"), "Password", secret())), vec![Reason::New])])
}
