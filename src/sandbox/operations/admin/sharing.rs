//! Who may see a portfolio, as its administrator asks. The world file's account owns every portfolio; a portfolio
//! that names `accounts` is shared with them. There is no organization, and no copy or share is ever under way.

use serde::Deserialize;

use crate::catalog::Portfolio;
use crate::operations::admin::portfolios::{detail, portfolio};
use crate::operations::session::Session;
use crate::wire::{
    AcceptedSharesAnswer, AccessAnswer, BudgetsAnswer, Empty, Fault, OrganizationAccessAnswer,
    OrganizationsStatusAnswer, PrincipalDetail, PrincipalsAnswer, ShareDetail, SharesAnswer, page,
};
use crate::world::{Entry, Principal};

/// The request of everything that is asked about one portfolio.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnPortfolio {
    portfolio_id: String,
    #[serde(rename = "Type")]
    kind: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

fn shared_with<'a>(session: &Session<'a>, portfolio: &'a Portfolio) -> Vec<&'a String> {
    let accounts = portfolio.accounts.iter().flatten();
    accounts.filter(|account| **account != session.catalog.whole.account_id).collect()
}

pub(crate) fn describe_portfolio_shares(
    session: &mut Session<'_>,
    request: OnPortfolio,
) -> Result<SharesAnswer, Fault> {
    let mut accounts = shared_with(session, portfolio(session.catalog, &request.portfolio_id)?);
    accounts.retain(|_| request.kind == "ACCOUNT");
    let query = format!("shares {} {}", request.portfolio_id, request.kind);
    let page = page(&accounts, request.page_size, request.page_token.as_deref(), 100, &query)?;
    let share = |account: &&String| ShareDetail {
        principal_id: (*account).clone(),
        kind: "ACCOUNT",
        accepted: true,
        share_tag_options: true,
        share_principals: true,
    };
    Ok(SharesAnswer {
        portfolio_share_details: page.items.iter().map(share).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn list_portfolio_access(
    session: &mut Session<'_>,
    request: OnPortfolio,
) -> Result<AccessAnswer, Fault> {
    let accounts = shared_with(session, portfolio(session.catalog, &request.portfolio_id)?);
    let query = format!("access {}", request.portfolio_id);
    let page = page(&accounts, request.page_size, request.page_token.as_deref(), 100, &query)?;
    Ok(AccessAnswer {
        account_ids: page.items.iter().map(|account| (*account).clone()).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn list_organization_portfolio_access(
    session: &mut Session<'_>,
    request: OnPortfolio,
) -> Result<OrganizationAccessAnswer, Fault> {
    portfolio(session.catalog, &request.portfolio_id)?;
    Ok(OrganizationAccessAnswer { organization_nodes: Vec::new() })
}

/// Everybody in an account may launch what the account sees, whoever was let in besides.
pub(crate) fn list_principals_for_portfolio(
    session: &mut Session<'_>,
    request: OnPortfolio,
) -> Result<PrincipalsAnswer, Fault> {
    let id = &portfolio(session.catalog, &request.portfolio_id)?.id;
    let everybody = ["user", "group", "role"].map(|kind| PrincipalDetail {
        principal_arn: format!("arn:aws:iam:::{kind}/*"),
        principal_type: "IAM_PATTERN".to_owned(),
    });
    let associated = session
        .world
        .principals()
        .filter(|it| it.portfolio_id == *id)
        .map(|it| PrincipalDetail { principal_arn: it.arn.clone(), principal_type: it.kind.clone() });
    let found: Vec<PrincipalDetail> = everybody.into_iter().chain(associated).collect();
    let query = format!("principals {id}");
    let page = page(&found, request.page_size, request.page_token.as_deref(), 20, &query)?;
    Ok(PrincipalsAnswer { principals: page.items.to_vec(), next_page_token: page.next })
}

/// The request of AssociatePrincipalWithPortfolio and DisassociatePrincipalFromPortfolio.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnPrincipal {
    portfolio_id: String,
    #[serde(rename = "PrincipalARN")]
    principal_arn: String,
    principal_type: Option<String>,
}

/// The principal that is meant, if its portfolio is there.
fn principal(session: &Session<'_>, request: OnPrincipal) -> Result<Principal, Fault> {
    let portfolio_id = portfolio(session.catalog, &request.portfolio_id)?.id.clone();
    let kind = request.principal_type.unwrap_or_else(|| "IAM".to_owned());
    Ok(Principal { portfolio_id, arn: request.principal_arn, kind })
}

/// Of all that changes the catalog the only thing that end users' clients were seen to do first.
pub(crate) fn associate_principal(session: &mut Session<'_>, request: OnPrincipal) -> Result<Empty, Fault> {
    let principal = principal(session, request)?;
    session.world.put(Entry::Principal(principal));
    Ok(Empty {})
}

pub(crate) fn disassociate_principal(
    session: &mut Session<'_>,
    request: OnPrincipal,
) -> Result<Empty, Fault> {
    let principal = principal(session, request)?;
    session.world.put(Entry::PrincipalGone(principal));
    Ok(Empty {})
}

/// The request of ListAcceptedPortfolioShares.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListAccepted {
    portfolio_share_type: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_accepted_portfolio_shares(
    session: &mut Session<'_>,
    request: ListAccepted,
) -> Result<AcceptedSharesAnswer, Fault> {
    let catalog = session.catalog;
    let kind = request.portfolio_share_type.as_deref().unwrap_or("IMPORTED");
    let shared =
        |portfolio: &&Portfolio| portfolio.accounts.is_some() && !catalog.shares() && kind == "IMPORTED";
    let found: Vec<&Portfolio> = catalog.portfolios().filter(shared).collect();
    let query = format!("accepted {kind}");
    let page = page(&found, request.page_size, request.page_token.as_deref(), 100, &query)?;
    Ok(AcceptedSharesAnswer {
        portfolio_details: page.items.iter().map(|portfolio| detail(catalog, portfolio)).collect(),
        next_page_token: page.next,
    })
}

/// The request of ListBudgetsForResource.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnResource {
    resource_id: String,
}

pub(crate) fn list_budgets_for_resource(
    session: &mut Session<'_>,
    request: OnResource,
) -> Result<BudgetsAnswer, Fault> {
    let id = &request.resource_id;
    if session.catalog.product(id).is_some() || portfolio(session.catalog, id).is_ok() {
        Ok(BudgetsAnswer { budgets: Vec::new() })
    } else {
        Err(Fault::not_found(format!("Resource {id} not found.")))
    }
}

/// A request without members.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Nothing {}

pub(crate) fn organizations_access_status(
    _: &mut Session<'_>,
    _: Nothing,
) -> Result<OrganizationsStatusAnswer, Fault> {
    Ok(OrganizationsStatusAnswer { access_status: "DISABLED" })
}

/// The request of the two reads that follow something long.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ByToken {
    copy_product_token: String,
    portfolio_share_token: String,
}

pub(crate) fn nothing_under_way(_: &mut Session<'_>, request: ByToken) -> Result<Empty, Fault> {
    let token = request.copy_product_token + &request.portfolio_share_token;
    Err(Fault::not_found(format!("No copy or share with token {token} was started.")))
}
