//! Whose portfolios they are, as an administrator's reads tell it.

use serde_json::{Value, json};

use super::calls::memory;
use super::http::Client;

const WORLD: &str = "
portfolios:
  - {name: open, products: [{name: box, versions: [{name: v1, template: box.yaml}]}]}
  - name: shared
    accounts: ['410000000001']
    products:
      - {name: crate, versions: [{name: v1, template: box.yaml}], constraints: {tag_update: true}}
  - {name: none, accounts: [], products: [{name: chest, versions: [{name: v1, template: box.yaml}]}]}
  - {name: far, regions: [us-east-1], products: []}
";

fn names(answer: &Value) -> Vec<&str> {
    let details = answer["PortfolioDetails"].as_array().unwrap().iter();
    details.map(|detail| detail["DisplayName"].as_str().unwrap()).collect()
}

#[test]
fn the_owner_administers_all_and_the_recipient_has_what_is_shared() {
    let (_folder, owner, _) = memory(WORLD);
    let recipient = Client { key: "410000000001".into(), ..owner.clone() };
    let own = owner.ok("ListPortfolios", json!({}));
    assert_eq!(names(&own), ["open", "shared", "none"]);
    assert_eq!(names(&owner.ok("ListAcceptedPortfolioShares", json!({}))), Vec::<&str>::new());
    assert_eq!(names(&recipient.ok("ListPortfolios", json!({}))), ["open"]);
    let accepted = recipient.ok("ListAcceptedPortfolioShares", json!({}));
    assert_eq!(names(&accepted), ["shared"]);
    let (shared, none) = (&own["PortfolioDetails"][1], &own["PortfolioDetails"][2]);
    assert_eq!(shared["ARN"], accepted["PortfolioDetails"][0]["ARN"], "an ARN is its owner's");
    assert!(shared["ARN"].as_str().unwrap().contains(":111122223333:portfolio/"));
    for client in [&owner, &recipient] {
        client.ok("DescribePortfolio", json!({ "Id": shared["Id"] }));
        let constraints = client.ok("ListConstraintsForPortfolio", json!({ "PortfolioId": shared["Id"] }));
        assert_eq!(constraints["ConstraintDetails"][0]["Owner"], "111122223333");
    }
    owner.ok("DescribePortfolio", json!({ "Id": none["Id"] }));
    assert_eq!(recipient.call("DescribePortfolio", json!({ "Id": none["Id"] })).status, 400);
    let all = owner.ok("SearchProductsAsAdmin", json!({}));
    let chest = all["ProductViewDetails"].as_array().unwrap().iter();
    let mut chest = chest.filter(|view| view["ProductViewSummary"]["Name"] == "chest");
    let id = chest.next().unwrap()["ProductViewSummary"]["ProductId"].clone();
    assert_eq!(names(&owner.ok("ListPortfoliosForProduct", json!({ "ProductId": id }))), ["none"]);
}

#[test]
fn what_is_shared_with_others_only_cannot_be_launched_by_the_owner() {
    let (_folder, owner, _) = memory(WORLD);
    let launch = json!({
        "ProductName": "crate", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "t", "ProvisioningParameters": [{ "Key": "Name", "Value": "n" }],
    });
    assert_eq!(owner.call("ProvisionProduct", launch.clone()).body["__type"], "ResourceNotFoundException");
    Client { key: "410000000001".into(), ..owner }.ok("ProvisionProduct", launch);
}

#[test]
fn principals_are_let_in_account_by_account() {
    let (_folder, owner, _) = memory(WORLD);
    let other = Client { key: "410000000001".into(), ..owner.clone() };
    let portfolio = owner.ok("ListPortfolios", json!({}))["PortfolioDetails"][0]["Id"].clone();
    let role = "arn:aws:iam::111122223333:role/Launchers";
    let one = json!({ "PortfolioId": portfolio, "PrincipalARN": role, "PrincipalType": "IAM" });
    let listed = |client: &Client| {
        let answer = client.ok("ListPrincipalsForPortfolio", json!({ "PortfolioId": portfolio }));
        let principals = answer["Principals"].as_array().unwrap().clone();
        principals.into_iter().filter(|it| it["PrincipalARN"] == role).collect::<Vec<Value>>()
    };
    for _ in 0..2 {
        assert_eq!(owner.ok("AssociatePrincipalWithPortfolio", one.clone()), json!({}));
        assert_eq!(listed(&owner), [json!({ "PrincipalARN": role, "PrincipalType": "IAM" })]);
    }
    assert_eq!(listed(&other), [json!(null); 0]);
    let pattern = json!({ "PortfolioId": portfolio, "PrincipalARN": role, "PrincipalType": "IAM_PATTERN" });
    owner.ok("DisassociatePrincipalFromPortfolio", pattern);
    assert_eq!(listed(&owner).len(), 1, "another type is another principal");
    owner.ok("DisassociatePrincipalFromPortfolio", json!({ "PortfolioId": portfolio, "PrincipalARN": role }));
    assert_eq!(listed(&owner), [json!(null); 0]);
    let nowhere = json!({ "PortfolioId": "port-none", "PrincipalARN": role, "PrincipalType": "IAM" });
    let refused = owner.call("AssociatePrincipalWithPortfolio", nowhere);
    assert_eq!(refused.body["__type"], "ResourceNotFoundException");
}
