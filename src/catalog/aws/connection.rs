//! How a location is reached, told to people: where the credentials come from, and whose they are. No key, token or
//! password leaves this file.

use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::ProvideCredentials;

use super::batch::Link;
use super::errors::here;
use crate::{CatalogError, CatalogErrorKind, Connection};
use provisor_model::ids::LocationName;

/// How this location is reached. Who the caller is, is asked again: only the service can tell whose credentials are.
pub(super) async fn connection(link: &Link, _: &LocationName) -> Result<Connection, CatalogError> {
    let clients = &link.clients;
    let none = || here(CatalogErrorKind::Denied, "there are no credentials");
    let provider = clients.credentials.as_ref().ok_or_else(none)?;
    let found = provider.provide_credentials().await;
    let found = found.map_err(|error| here(CatalogErrorKind::Denied, error.to_string()))?;
    let sources = found.get_property::<Vec<AwsCredentialFeature>>();
    let sources: Vec<&str> = sources.into_iter().flatten().filter_map(source).collect();
    let ask = async |listener| {
        let call = clients.sts.get_caller_identity();
        call.customize().interceptor(listener).send().await
    };
    let principal = link.get(ask).await.ok().and_then(|(answer, _)| answer.arn);
    Ok(Connection { credentials: sources.join(", then "), principal, ..clients.connection.clone() })
}

/// Where credentials come from, in people's words.
fn source(feature: &AwsCredentialFeature) -> Option<&'static str> {
    use AwsCredentialFeature as From;
    Some(match feature {
        From::CredentialsEnvVars => "environment variables",
        From::CredentialsEnvVarsStsWebIdToken => "a web identity token that the environment names",
        From::CredentialsStsAssumeRole => "an assumed role",
        From::CredentialsStsAssumeRoleWebId => "a role assumed with a web identity",
        From::CredentialsProfile => "a profile with keys",
        From::CredentialsProfileSourceProfile => "a profile's source profile",
        From::CredentialsProfileNamedProvider => "a profile's credential source",
        From::CredentialsProfileStsWebIdToken => "a profile's web identity token",
        From::CredentialsProfileSso => "a profile's SSO session",
        From::CredentialsSso => "an SSO session",
        From::CredentialsProfileProcess | From::CredentialsProcess => "a profile's `credential_process`",
        From::CredentialsHttp => "the container's endpoint",
        From::CredentialsImds => "the instance's metadata service",
        From::CredentialsProfileLogin | From::CredentialsLogin => "a login session",
        _ => return None,
    })
}
