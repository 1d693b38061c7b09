//! Access levels: what a caller may ask for, what others own, and how it hears of that.

use serde_json::{Value, json};

use super::calls::memory;
use super::http::{Answer, Client};
use super::worlds::WORLD;

/// A world, and a product of each of these callers; each is seen by its own.
struct Stage {
    _folder: tempfile::TempDir,
    me: Client,
}

const OTHER_SESSION: &str = "deploy:run-2";
const STRANGER: &str = "eve";

impl Stage {
    fn new(knobs: &str) -> Stage {
        let (folder, client, _) = memory(&format!("{WORLD}knobs: {{{knobs}}}\n"));
        let stage = Stage { _folder: folder, me: Client { key: "deploy:run-1".into(), ..client } };
        for (key, name) in [("deploy:run-1", "mine"), (OTHER_SESSION, "ours"), (STRANGER, "theirs")] {
            stage.as_(key).provision("box", name, &[("Name", "n")]);
        }
        stage.me.pass(200);
        stage
    }

    fn as_(&self, key: &str) -> Client {
        Client { key: key.into(), ..self.me.clone() }
    }

    /// A call of mine, about something that this caller made.
    fn of(&self, owner: &str, call: fn(&Client, &Value) -> Answer) -> String {
        let name = [("deploy:run-1", "mine"), (OTHER_SESSION, "ours"), (STRANGER, "theirs")];
        let name = name.into_iter().find(|(key, _)| *key == owner).unwrap().1;
        let detail = self.as_(owner).describe(name);
        outcome(&call(&self.me, &detail))
    }
}

/// `200`, or the code of the error.
fn outcome(answer: &Answer) -> String {
    let code = answer.body["__type"].as_str().map(str::to_owned);
    code.unwrap_or_else(|| answer.status.to_string())
}

const DENIED: &str = "AccessDeniedException";
const MISSING: &str = "ResourceNotFoundException";

/// Everything that one can do with one provisioned product.
const CALLS: [fn(&Client, &Value) -> Answer; 10] = [
    |me, it| me.call("DescribeProvisionedProduct", json!({ "Id": it["Id"] })),
    |me, it| me.call("DescribeProvisionedProduct", json!({ "Name": it["Name"] })),
    |me, it| me.call("DescribeRecord", json!({ "Id": it["LastRecordId"] })),
    |me, it| me.call("GetProvisionedProductOutputs", json!({ "ProvisionedProductId": it["Id"] })),
    |me, it| {
        let owner = json!({ "OWNER": "arn:aws:iam::111122223333:user/me" });
        let of = json!({ "ProvisionedProductId": it["Id"], "ProvisionedProductProperties": owner, "IdempotencyToken": "p" });
        me.call("UpdateProvisionedProductProperties", of)
    },
    |me, it| {
        let of = json!({ "ProvisionedProductName": it["Name"], "PlanName": "p", "PlanType": "CLOUDFORMATION",
            "ProductId": it["ProductId"], "ProvisioningArtifactId": it["ProvisioningArtifactId"], "IdempotencyToken": "c" });
        me.call("CreateProvisionedProductPlan", of)
    },
    |me, it| {
        me.call("UpdateProvisionedProduct", json!({ "ProvisionedProductId": it["Id"], "UpdateToken": "u" }))
    },
    |me, it| {
        me.call(
            "UpdateProvisionedProduct",
            json!({ "ProvisionedProductName": it["Arn"], "UpdateToken": "u" }),
        )
    },
    |me, it| {
        let of = json!({ "ProvisionedProductId": it["Id"], "TerminateToken": "t" });
        me.call("TerminateProvisionedProduct", of)
    },
    |me, it| {
        let of = json!({ "ProvisionedProductName": it["Name"], "TerminateToken": "t" });
        me.call("TerminateProvisionedProduct", of)
    },
];

#[test]
fn what_others_own_is_out_of_reach_below_the_account() {
    let rows = [
        ("access_level: user", OTHER_SESSION, DENIED),
        ("access_level: user, denied_as: access_denied", STRANGER, DENIED),
        ("access_level: user, denied_as: not_found", OTHER_SESSION, MISSING),
        ("access_level: role, denied_as: not_found", STRANGER, MISSING),
        ("access_level: user, denied_as: empty", STRANGER, MISSING),
    ];
    for (knobs, owner, code) in rows {
        let stage = Stage::new(knobs);
        for (n, call) in CALLS.into_iter().enumerate() {
            assert_eq!(stage.of(owner, call), code, "{knobs}: call {n} on what {owner} owns");
        }
        assert_eq!(stage.of("deploy:run-1", CALLS[0]), "200", "{knobs}: what is mine");
        assert_eq!(stage.of("deploy:run-1", CALLS[8]), "200", "{knobs}: what is mine");
    }
    for (knobs, owner) in [("access_level: role", OTHER_SESSION), ("access_level: account", STRANGER)] {
        for n in [0, 1, 2, 3, 8] {
            assert_eq!(Stage::new(knobs).of(owner, CALLS[n]), "200", "{knobs}: call {n} on {owner}");
        }
    }
}

/// What a list gives: names, or the code of the error.
fn listed(me: &Client, operation: &str, level: Option<&str>) -> String {
    let filter = level.map(|level| json!({ "AccessLevelFilter": { "Key": level, "Value": "self" } }));
    let answer = me.call(operation, filter.unwrap_or(json!({})));
    let Some(items) =
        ["ProvisionedProducts", "RecordDetails"].into_iter().find_map(|key| answer.body[key].as_array())
    else {
        return outcome(&answer);
    };
    if let Some(total) = answer.body["TotalResultsCount"].as_u64() {
        assert_eq!(total, items.len() as u64);
    }
    let name = |item: &Value| {
        let name = item["Name"].as_str().or(item["ProvisionedProductName"].as_str());
        name.unwrap().to_owned()
    };
    let mut names: Vec<String> = items.iter().map(name).collect();
    names.sort();
    names.join(" ")
}

#[test]
fn a_list_beyond_the_callers_level_is_denied_or_empty() {
    const LISTS: [&str; 3] = ["SearchProvisionedProducts", "ScanProvisionedProducts", "ListRecordHistory"];
    let levels = [(Some("Account"), "mine ours theirs"), (Some("Role"), "mine ours"), (Some("User"), "mine")];
    for (allowed, knob) in [(0, "account"), (1, "role"), (2, "user")] {
        for (denied_as, beyond) in [("not_found", DENIED), ("access_denied", DENIED), ("empty", "")] {
            let stage = Stage::new(&format!("access_level: {knob}, denied_as: {denied_as}"));
            for (n, (level, all)) in levels.into_iter().enumerate() {
                for list in LISTS {
                    let expected = if n < allowed { beyond } else { all };
                    let found = listed(&stage.me, list, level);
                    assert_eq!(found, expected, "{list} at {level:?}, {knob}, {denied_as}");
                }
            }
            // where nothing is asked for, some ask for everything
            let search = listed(&stage.me, LISTS[0], None);
            assert_eq!(search, if allowed > 0 { beyond } else { "mine ours theirs" });
            assert_eq!(
                [listed(&stage.me, LISTS[1], None), listed(&stage.me, LISTS[2], None)],
                ["mine", "mine"]
            );
        }
    }
}

#[test]
fn a_denial_names_the_caller_and_the_action() {
    let stage = Stage::new("access_level: user");
    let filter = json!({ "AccessLevelFilter": { "Key": "Account", "Value": "self" } });
    let answer = stage.me.call("SearchProvisionedProducts", filter);
    let text = answer.body["Message"].as_str().unwrap();
    for part in ["assumed-role/deploy/run-1 is not authorized", "servicecatalog:SearchProvisionedProducts on"]
    {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(answer.status, 400);
}

#[test]
fn names_of_what_is_invisible_are_taken_all_the_same() {
    for knobs in ["access_level: user", "access_level: user, denied_as: not_found"] {
        let stage = Stage::new(knobs);
        let request = json!({
            "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "theirs",
            "ProvisionToken": "again", "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }],
        });
        let answer = stage.me.call("ProvisionProduct", request);
        let said = (outcome(&answer), answer.body["Message"].as_str().unwrap_or_default());
        assert_eq!(said, ("InvalidParametersException".to_owned(), "A stack named theirs already exists."));
    }
}

#[test]
fn whoever_gave_a_product_away_lists_its_records_and_reads_them_no_more() {
    let stage = Stage::new("access_level: user, denied_as: not_found");
    let before = stage.me.describe("mine");
    let properties = json!({ "OWNER": "arn:aws:iam::111122223333:user/eve" });
    let of = json!({ "ProvisionedProductId": before["Id"], "ProvisionedProductProperties": properties, "IdempotencyToken": "p" });
    stage.me.ok("UpdateProvisionedProductProperties", of);
    assert_eq!(outcome(&CALLS[2](&stage.me, &before)), MISSING);
    assert_eq!(outcome(&CALLS[0](&stage.me, &before)), MISSING);
    assert_eq!(listed(&stage.me, "ListRecordHistory", Some("User")), "mine mine");
    let eve = stage.as_(STRANGER);
    assert_eq!(outcome(&CALLS[2](&eve, &before)), "200");
    assert_eq!(listed(&eve, "SearchProvisionedProducts", Some("User")), "mine theirs");
    // a product is searched for by the role of its owner, and by the session
    let ours = stage.as_(OTHER_SESSION);
    for query in [
        "userArn:arn:aws:iam::111122223333:role/deploy",
        "userArnSession:arn:aws:sts::111122223333:assumed-role/deploy/run-2",
    ] {
        let body = json!({ "AccessLevelFilter": { "Key": "User", "Value": "self" }, "Filters": { "SearchQuery": [query] } });
        assert_eq!(ours.ok("SearchProvisionedProducts", body)["TotalResultsCount"], 1, "{query}");
    }
}

/// Somebody else is no end user.
#[test]
fn a_foreigner_reaches_everything() {
    let stage = Stage::new("access_level: user");
    let fault = json!({ "call": "DescribeProvisionedProduct", "provisioned_product": "mine", "outcome": "foreign_terminate", "times": 1 });
    stage.me.control("POST", "faults", fault);
    assert_eq!(stage.me.describe("mine")["Status"], "UNDER_CHANGE");
}
