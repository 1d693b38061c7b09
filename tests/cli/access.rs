//! An end user's rights, and products of somebody else beside ours: the sandbox knows whose is whose, and denies the rest in each of
//! the ways that the service may have.

use serde_json::{Value, json};

use super::support::{Done, Repo, SETTINGS, advance, boxed, post_as};

/// Who provisor is in an embedded sandbox.
const ME: &str = "111122223333";
const EVE: &str = "eve";
const DENIALS: [&str; 3] = ["access_denied", "not_found", "empty"];

/// A repo of these boxes, in a world whose callers may have so much.
fn repo(keys: &[&str], knobs: &str) -> Repo {
    let repo = Repo::boxes(keys);
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &format!("{world}knobs: {{{knobs}}}\n"));
    repo
}

/// The same, and the location says whose products are seen.
fn at(level: &str, keys: &[&str], knobs: &str) -> Repo {
    let repo = repo(keys, knobs);
    sees(&repo, level);
    repo
}

fn sees(repo: &Repo, level: &str) {
    let location = format!("sandbox: sandbox.yaml, access_level: {level}}}");
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox: sandbox.yaml}", &location));
}

fn knobs(repo: &Repo, text: &str) {
    let world = repo.read("sandbox.yaml");
    let world = world.split("knobs:").next().unwrap();
    repo.write("sandbox.yaml", &format!("{world}knobs: {{{text}}}\n"));
}

/// Gives a product to another caller, and waits until that is done.
fn given(repo: &Repo, name: &str, from: &str, to: &str) {
    repo.served(|url| {
        let detail = post_as(from, url, "DescribeProvisionedProduct", &json!({ "Name": name }));
        let id = &detail["ProvisionedProductDetail"]["Id"];
        let owner = format!("arn:aws:iam::{ME}:user/{to}");
        let properties = json!({ "OWNER": owner });
        let of = json!({ "ProvisionedProductId": id, "ProvisionedProductProperties": properties, "IdempotencyToken": format!("to-{to}") });
        let answer = post_as(from, url, "UpdateProvisionedProductProperties", &of);
        assert!(answer["RecordId"].is_string(), "{detail} {answer}");
        advance(url, 600);
    });
}

fn to_eve(repo: &Repo, name: &str) {
    given(repo, name, ME, EVE);
}

fn back_to_me(repo: &Repo, name: &str) {
    given(repo, name, EVE, "sandbox");
}

/// A product of eve's.
fn made_by_eve(repo: &Repo, name: &str) {
    repo.served(|url| {
        let request = json!({
            "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": name,
            "ProvisionToken": format!("eve-{name}"), "ProvisioningParameters": [{ "Key": "Name", "Value": name }],
        });
        let answer = post_as(EVE, url, "ProvisionProduct", &request);
        assert!(answer["RecordDetail"]["RecordId"].is_string(), "{answer}");
        advance(url, 600);
    });
}

/// The names of all there is, whosever it is: an administrator looks.
fn there_is(repo: &Repo) -> Vec<String> {
    let world = repo.read("sandbox.yaml");
    knobs(repo, "access_level: account");
    let found = repo.existing().into_iter().map(|(name, _)| name).collect();
    repo.write("sandbox.yaml", &world);
    found
}

/// What the state remembers of an address.
fn remembered(repo: &Repo, key: &str) -> Value {
    let mut state = repo.sh(&format!("state show {key} --json")).exits(0).json();
    state.as_object_mut().unwrap().remove("serial");
    state
}

#[test]
fn a_search_that_is_not_permitted_says_what_is_missing_and_what_may_be_written() {
    for denied_as in ["access_denied", "not_found"] {
        let repo = repo(&["one"], &format!("access_level: user, denied_as: {denied_as}"));
        let texts = [
            "not authorized to perform: servicecatalog:SearchProvisionedProducts",
            "`servicecatalog:accountLevel: self`",
            "`access_level: user`",
            "its `access_level` says, `account`",
            "--> provisor.yaml:4:3",
        ];
        repo.sh("plan").exits(1).tells(&texts);
        repo.apply().exits(1).tells(&texts);
        assert_eq!(repo.called("ProvisionProduct"), 0);
        sees(&repo, "role");
        repo.sh("plan")
            .exits(1)
            .tells(&["`servicecatalog:roleLevel: self`", "its `access_level` says, `role`"]);
        sees(&repo, "user");
        repo.apply().exits(0);
        repo.settled();
    }
}

/// An empty answer instead of a denial would make everything look gone.
#[test]
fn an_account_that_looks_empty_is_not_believed() {
    let repo = at("account", &["one"], "access_level: account");
    repo.apply().exits(0);
    knobs(&repo, "access_level: user, denied_as: empty");
    repo.sh("plan").exits(1).tells(&[
        "shows nothing",
        "`servicecatalog:accountLevel: self`",
        "provisor.yaml:4",
    ]);
    repo.sh("destroy --auto-approve").exits(1);
    sees(&repo, "user");
    repo.settled();
}

#[test]
fn an_end_user_lives_with_what_others_own() {
    for denied_as in DENIALS {
        let repo = at("user", &["one", "two"], &format!("access_level: user, denied_as: {denied_as}"));
        made_by_eve(&repo, "theirs");
        repo.sh("plan").exits(0).says(&[
            "Plan: 2 to add",
            "at access level `user`",
            "runs whose session names differ do not see each other's products",
        ]);
        repo.apply().exits(0).says(&["Resources: 2 added"]);
        repo.settled();
        repo.edit(
            "products.yaml",
            "product_name: box, provisioning_artifact_name: v1",
            "product_name: box, provisioning_artifact_name: v2",
        );
        repo.apply().exits(0).says(&["2 changed"]);
        repo.settled();
        repo.sh("destroy --auto-approve").exits(0);
        assert_eq!(there_is(&repo), ["theirs"], "{denied_as}");
    }
}

/// Somebody else owns it now: it is not gone, whatever the answer looks like.
#[test]
fn what_is_not_visible_is_deferred_and_kept_in_the_state() {
    for denied_as in DENIALS {
        let repo = at("user", &["one", "two"], &format!("access_level: user, denied_as: {denied_as}"));
        repo.apply().exits(0);
        to_eve(&repo, "one");
        let before = remembered(&repo, "one");
        let texts = ["not visible at access level `user`", "--exclude one", "Also: 1 deferred"];
        let says = ["1 deferred step is about what is not visible: the rest is done without it."];
        repo.sh("plan --detailed-exitcode").exits(2).says(&texts).says(&says);
        repo.apply().exits(4).says(&["not visible at access level `user`"]);
        // not declared any more, and not wanted at all: the same
        repo.declare(&boxed("two", ""));
        repo.sh("plan").exits(0).says(&texts);
        repo.apply().exits(4).says(&["not visible at access level `user`"]);
        repo.sh("destroy --auto-approve")
            .exits(4)
            .says(&["1 destroyed", "not visible at access level `user`"]);
        assert_eq!(remembered(&repo, "one"), before, "{denied_as}: nothing was written of it");
        assert_eq!(there_is(&repo), ["one"]);
        assert_eq!(repo.called("TerminateProvisionedProduct"), 1);
        repo.sh("plan --exclude one").exits(0).says(&["1 to add"]);
        // it comes back, and is what it was
        back_to_me(&repo, "one");
        repo.declare(&boxed("one", ""));
        repo.settled();
    }
}

#[test]
fn a_saved_plan_is_for_the_level_at_which_it_was_made() {
    let repo = at("user", &["one"], "access_level: account");
    repo.sh("plan --out plan.bin").exits(0);
    sees(&repo, "account");
    repo.sh("apply plan.bin")
        .exits(6)
        .tells(&["its `access_level` is `account` now, and was `user` when the plan was made"]);
    sees(&repo, "user");
    repo.sh("apply plan.bin").exits(0);
    // planned, and then out of sight
    repo.edit("products.yaml", "provisioning_artifact_name: v1", "provisioning_artifact_name: v2");
    repo.sh("plan --out plan.bin").exits(0);
    knobs(&repo, "access_level: user, denied_as: not_found");
    to_eve(&repo, "one");
    let done = repo.sh("apply plan.bin").exits(6);
    let done = done.tells(&["is not visible at access level `user`"]);
    assert!(!done.err.contains("is gone"), "{}", done.err);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 0);
    // planned at account level before anybody could say so
    sees(&repo, "account");
    knobs(&repo, "access_level: account");
    repo.sh("plan --out plan.bin").exits(0);
    sees(&repo, "user");
    repo.sh("apply plan.bin").exits(6).tells(&["its `access_level` is `user` now, and was `account`"]);
}

#[test]
fn a_name_that_is_taken_by_what_is_not_visible_is_refused_at_the_call() {
    for denied_as in DENIALS {
        let repo = at("user", &["theirs", "mine"], &format!("access_level: user, denied_as: {denied_as}"));
        made_by_eve(&repo, "theirs");
        repo.sh("plan").exits(0).says(&["Plan: 2 to add"]);
        let texts = [
            "`theirs` exists already, and is not visible at access level `user`",
            "provisioned_product_name",
        ];
        repo.apply().exits(3).says(&["1 added"]).says(&texts);
        // again, and not unknown for ever
        repo.apply().exits(3).says(&texts);
        assert_eq!(there_is(&repo), ["mine", "theirs"]);
        let rows = repo.sh("state pull").exits(0).json()["rows"].clone();
        let rows = rows.as_array().unwrap();
        assert!(rows.len() == 1 && rows[0]["binding"]["name"] == "mine", "{rows:?}");
        // whoever is not wanted any more leaves nothing behind
        repo.declare(&boxed("mine", ""));
        repo.sh("plan --detailed-exitcode").exits(0);
        repo.declare(
            &(boxed("mine", "")
                + &boxed("theirs", "")
                    .replace("{product_name", "{provisioned_product_name: other, product_name")),
        );
        repo.apply().exits(0);
        assert_eq!(there_is(&repo), ["mine", "other", "theirs"]);
    }
}

/// Everything about a request is lost but the request: the answer, and whatever one asks for it. Then the process dies.
fn dies_in_doubt(repo: &Repo, line: &str, call: &str) {
    // a plan looks once whether a name is free
    let plans = usize::from(call == "ProvisionProduct");
    repo.faults(&[
        &format!("{{call: {call}, outcome: drop_response}}"),
        &format!("{{call: DescribeProvisionedProduct, outcome: error_500, skip: {plans}}}"),
    ]);
    let before = repo.called(call);
    let mut child = repo.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
    while repo.called(call) == before {
        assert_eq!(child.try_wait().unwrap(), None, "it ends without a call");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    repo.faults(&[]);
    repo.served(|url| advance(url, 600));
}

fn user_knobs(repo: &Repo, denied_as: &str, more: &str) {
    let world = repo.read("sandbox.yaml");
    let world: String =
        world.lines().filter(|line| !line.starts_with("knobs:")).map(|line| format!("{line}\n")).collect();
    let (head, faults) =
        world.split_once("faults:").map_or((world.as_str(), None), |(head, faults)| (head, Some(faults)));
    let faults = faults.map(|faults| format!("faults:{faults}")).unwrap_or_default();
    repo.write(
        "sandbox.yaml",
        &format!("{head}knobs: {{access_level: user, denied_as: {denied_as}{more}}}\n{faults}"),
    );
}

#[test]
fn an_unanswered_creation_is_resumed_and_never_doubled() {
    for denied_as in DENIALS {
        let repo = at("user", &["one"], "access_level: user");
        user_knobs(&repo, denied_as, "");
        dies_in_doubt(&repo, "apply --auto-approve", "ProvisionProduct");
        // whoever sees it takes it over
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(
            (repo.called("ProvisionProduct"), there_is(&repo)),
            (1, vec!["one".to_owned()]),
            "{denied_as}"
        );
    }
}

#[test]
fn an_unanswered_creation_that_is_not_visible_is_neither_absent_nor_made_twice() {
    for denied_as in DENIALS {
        // the token is known still, or not any more
        for (lifetime, texts) in [
            ("", ["not visible at access level `user`", "--exclude one"]),
            (
                ", token_lifetime: 1s",
                ["`one` exists by now, perhaps by the interrupted operation", "apply as whoever began it"],
            ),
        ] {
            let repo = at("user", &["one"], "access_level: user");
            user_knobs(&repo, denied_as, lifetime);
            dies_in_doubt(&repo, "apply --auto-approve", "ProvisionProduct");
            to_eve(&repo, "one");
            for _ in 0..2 {
                repo.apply().exits(4).says(&texts);
            }
            // not wanted any more, or under another name: it is still not known what became of it
            let declared = repo.read("products.yaml");
            repo.declare(&boxed("two", ""));
            repo.apply().exits(4);
            repo.declare(
                &boxed("one", "").replace("{product_name", "{provisioned_product_name: other, product_name"),
            );
            repo.apply().exits(4);
            repo.sh("destroy --auto-approve").exits(4);
            assert_eq!(there_is(&repo), ["one"], "{denied_as}{lifetime}: never a second one");
            // whoever gets it back goes on where it was
            back_to_me(&repo, "one");
            repo.write("products.yaml", &declared);
            let runs: Vec<Done> = (0..3).map(|_| repo.apply()).collect();
            assert_eq!(runs[2].code, Some(0), "{}{}", runs[2].out, runs[2].err);
            repo.settled();
            assert_eq!(there_is(&repo), ["one"]);
        }
    }
}

#[test]
fn an_unanswered_update_or_termination_of_what_is_not_visible_stays_open() {
    for denied_as in DENIALS {
        for (line, call) in [
            ("apply --auto-approve", "UpdateProvisionedProduct"),
            ("destroy --auto-approve", "TerminateProvisionedProduct"),
        ] {
            let repo = at("user", &["one"], "access_level: user");
            user_knobs(&repo, denied_as, "");
            repo.apply().exits(0);
            repo.edit("products.yaml", "provisioning_artifact_name: v1", "provisioning_artifact_name: v2");
            dies_in_doubt(&repo, line, call);
            if call == "TerminateProvisionedProduct" {
                // it is gone, and the record of ours says so
                repo.sh(line).exits(0);
                assert!(there_is(&repo).is_empty());
                assert_eq!((repo.sh("state list").out.as_str(), repo.called(call)), ("", 1));
                continue;
            }
            to_eve(&repo, "one");
            for _ in 0..2 {
                repo.sh(line).exits(4).says(&["not visible at access level `user`"]);
            }
            back_to_me(&repo, "one");
            let runs: Vec<Done> = (0..2).map(|_| repo.apply()).collect();
            assert_eq!(runs[1].code, Some(0), "{}{}", runs[1].out, runs[1].err);
            repo.settled();
        }
    }
}

/// A termination whose product is not found was not carried out by that.
#[test]
fn a_termination_that_finds_nothing_is_not_taken_for_done() {
    let repo = at("user", &["one"], "access_level: user");
    repo.apply().exits(0);
    for (refused, code, text) in
        [("not_found", 4, "not visible at access level"), ("access_denied", 3, "AccessDenied")]
    {
        repo.faults(&[
            &format!("{{call: TerminateProvisionedProduct, outcome: {refused}}}"),
            "{call: DescribeProvisionedProduct, outcome: not_found}",
        ]);
        repo.sh("destroy --auto-approve").exits(code).says(&[text]);
        repo.faults(&[]);
        repo.sh("state list").exits(0).says(&["one"]);
        assert_eq!(there_is(&repo), ["one"]);
    }
    repo.sh("destroy --auto-approve").exits(0);
    assert!(there_is(&repo).is_empty());
}
