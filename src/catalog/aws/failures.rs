//! What a failed call means: whether anything was sent, whether an answer came, and whose it was. The codes of the
//! service's own errors are in `errors`.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::clock::SignedTooLate;
use super::credentials::NoneInProfile;
use super::errors::{Call, advice, here, is_skewed, kind_of};
use super::login;
use super::trust::VARIABLE;
use crate::{CatalogError, CatalogErrorKind};

/// Turns what the SDK gives into what it means.
pub(super) fn catalog_error<E>(call: Call, error: &SdkError<E, HttpResponse>) -> CatalogError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    use CatalogErrorKind::{Ambiguous, Denied, NotSent, Refused};
    if let SdkError::ServiceError(answer) = error {
        return service_error(call, answer.raw().status().as_u16(), answer.err());
    }
    if let Some(credentials) = source_of::<CredentialsError>(error) {
        let kind = if is_unreachable(credentials) { NotSent } else { Denied };
        let of_profile = source_of::<NoneInProfile>(credentials);
        let said = of_profile.map_or_else(|| in_words(credentials), |none| in_words(&none.source));
        let asked = of_profile.map(|none| login::Asked { name: &none.name, known: &none.known });
        let login::Advice { message, hint } = login::advice(&said, asked);
        return CatalogError { hint, ..here(kind, format!("no credentials: {message}")) };
    }
    if let Some(late) = source_of::<SignedTooLate>(error) {
        return here(NotSent, late.to_string());
    }
    match error {
        SdkError::DispatchFailure(failure) => match never_connected(failure) {
            Some(connect) => unconnected(&in_words(connect)),
            None => here(Ambiguous, format!("the connection was lost: {}", in_words(error))),
        },
        SdkError::TimeoutError(_) => here(Ambiguous, format!("no answer in time: {}", in_words(error))),
        SdkError::ConstructionFailure(_) => here(Refused, in_words(error)),
        _ => here(Ambiguous, format!("the answer cannot be read: {}", in_words(error))),
    }
}

/// The action that a call is for IAM, by the SDK's type of its error: `aws_sdk_sts::operation::…::GetCallerIdentityError`.
pub(super) fn action_of<E>() -> Option<String> {
    let path = std::any::type_name::<E>();
    let service = path.strip_prefix("aws_sdk_")?.split("::").next()?;
    let name = path.rsplit("::").next()?.strip_suffix("Error")?;
    Some(format!("{service}:{name}"))
}

/// What is the matter with the way there, and whose matter it is.
fn unconnected(said: &str) -> CatalogError {
    let error = here(CatalogErrorKind::NotSent, format!("cannot connect: {said}"));
    let hint = if said.contains("UnknownIssuer") {
        format!(
            "where a company inspects TLS, {VARIABLE} or `ca_bundle` of the profile names the file of its certificates"
        )
    } else if said.contains("tunnel error") {
        "the proxy that HTTPS_PROXY names would not connect: look at it, at its user and password, and at NO_PROXY"
            .to_owned()
    } else {
        return error;
    };
    CatalogError { hint: Some(hint), ..error }
}

fn service_error<E>(call: Call, status: u16, error: &E) -> CatalogError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let code = error.code().unwrap_or_default();
    let message = match error.message() {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ if code.is_empty() => {
            format!("not an answer of the service: http status {status}: {}", in_words(error))
        }
        _ => format!("{code} (http status {status})"),
    };
    let hint = if is_skewed(code, &message) { Some(SKEWED) } else { advice(&message) };
    let hint = hint.map(str::to_owned);
    CatalogError { kind: kind_of(call, status, code, &message), code: code.to_owned(), message, hint }
}

/// What to do when signatures stay of another time although they follow the `Date` of the service's answers.
const SKEWED: &str = "nothing was done: the clock of this machine, or the `Date` of the answers that reach it, is more than five minutes off; set the clock by network time, then run again";

/// Name resolution, connecting and the TLS handshake come before the first byte of a request.
fn never_connected(failure: &DispatchFailure) -> Option<&(dyn Error + 'static)> {
    let error = source_of::<hyper_util::client::legacy::Error>(failure.as_connector_error()?)?;
    error.is_connect().then(|| error.source()).flatten()
}

/// Credentials that cannot be had now, because their source is not reached, are not a denial.
fn is_unreachable(error: &CredentialsError) -> bool {
    matches!(error, CredentialsError::ProviderTimedOut(_))
        || chain(error)
            .filter_map(|cause| cause.downcast_ref::<ConnectorError>())
            .any(|cause| cause.is_io() || cause.is_timeout())
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn source_of<'e, S: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e S> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// What every error of the SDK says of itself.
const EMPTY_WORDS: [&str; 9] = [
    "",
    "Error",
    "dispatch failure",
    "io error",
    "other",
    "request has timed out",
    "response error",
    "service error",
    "unhandled error",
];

/// The error and its causes on one line, each text once. Some texts of the SDK hold the whole request, secrets
/// included: those are left out.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let texts = chain(error).map(ToString::to_string);
    let telling = texts.filter(|text| !EMPTY_WORDS.contains(&text.as_str()) && !text.contains("SdkBody"));
    let line = telling.fold(String::new(), |line, text| {
        let text = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        match line.as_str() {
            "" => text,
            line if line.contains(&text) => line.to_owned(),
            line => format!("{line}: {text}"),
        }
    });
    if line.is_empty() { "no reason is given".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot send `Request {{ body: SdkBody {{ s3cret }} }}`")]
    struct Dump(#[source] std::fmt::Error);

    #[test]
    fn a_text_that_prints_a_request_is_left_out() {
        assert_eq!(in_words(&Dump(std::fmt::Error)), std::fmt::Error.to_string());
    }

    #[test]
    fn a_call_is_known_by_the_type_of_its_error() {
        use aws_sdk_servicecatalog::operation::describe_record::DescribeRecordError;
        assert_eq!(action_of::<DescribeRecordError>().as_deref(), Some("servicecatalog:DescribeRecord"));
        assert_eq!(action_of::<Dump>(), None);
    }

    #[test]
    fn an_error_without_words_says_so() {
        let error: SdkError<aws_sdk_servicecatalog::Error, HttpResponse> = SdkError::timeout_error("");
        let error = in_words(&error);
        assert_eq!(error, "no reason is given");
    }
}
