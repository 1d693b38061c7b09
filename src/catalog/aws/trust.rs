//! Whom TLS trusts: the machine's own certificates, and the bundle that the environment or the AWS configuration names, as
//! behind a company's inspection of TLS. It is judged here, because the SDK would panic about a bad one.

use std::path::Path;

use aws_config::SdkConfig;
use aws_smithy_http_client::tls::TrustStore;
use aws_types::service_config::ServiceConfigKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::endpoints::STS;
use super::errors::here;
use crate::{CatalogError, CatalogErrorKind, Configured};
use provisor_files::{FileError, GivenFiles};

/// The variable that names a bundle, as every SDK calls it.
pub(super) const VARIABLE: &str = "AWS_CA_BUNDLE";

/// A file of certificates that are trusted besides those of the machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bundle {
    path: String,
    /// Who names it.
    by: &'static str,
}

impl Bundle {
    /// The one that the environment names, else the one of the profile.
    pub(super) fn configured(base: &SdkConfig, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let named = |path: String, by| (!path.is_empty()).then_some(Self { path, by });
        let of_profile = || {
            let key = ServiceConfigKey::builder().service_id(STS).env(VARIABLE).profile("ca_bundle");
            base.service_config()?.load_config(key.build().ok()?)
        };
        let by_variable = variable(VARIABLE).and_then(|path| named(path, VARIABLE));
        by_variable.or_else(|| named(of_profile()?, "`ca_bundle` of the AWS configuration"))
    }

    /// The same, for people.
    pub(super) fn named(&self) -> Configured {
        Configured { text: self.path.clone(), by: self.by.to_owned() }
    }

    /// Its certificates, and the machine's.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no certificate.
    pub(super) fn store(&self) -> Result<TrustStore, CatalogError> {
        let read = GivenFiles::default().read(Path::new(&self.path));
        let bytes = read.map_err(|error| self.unusable(&why(&error)))?;
        let pems = certificates(&bytes).map_err(|why| self.unusable(why))?;
        Ok(pems.into_iter().fold(TrustStore::default(), TrustStore::with_pem_certificate))
    }

    fn unusable(&self, why: &str) -> CatalogError {
        let Self { path, by } = self;
        let error = here(CatalogErrorKind::Refused, format!("certificates of `{path}` (by {by}): {why}"));
        let hint = "name a file of PEM certificates, or none: those of this machine are trusted anyway";
        CatalogError { hint: Some(hint.to_owned()), ..error }
    }
}

fn why(error: &FileError) -> String {
    if error.is_missing() { "there is no such file".to_owned() } else { error.to_string() }
}

/// The certificates that anything can be proved by, each as PEM. A bundle may hold some that this program cannot use.
fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|_| "it is not PEM")?;
    if found.is_empty() {
        return Err("there is no PEM certificate in it");
    }
    let is_usable = |der: &&CertificateDer<'_>| RootCertStore::empty().add((*der).clone()).is_ok();
    let pems: Vec<_> = found.iter().filter(is_usable).map(|der| pem(der)).collect();
    if pems.is_empty() { Err("none of its certificates can be read") } else { Ok(pems) }
}

fn pem(der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for this test, with a key that nobody kept.
    const GOOD: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBfDCCASGgAwIBAgIUev7XaxF3BHFVxqWxA6oRnRabwhQwCgYIKoZIzj0EAwIw\n\
EjEQMA4GA1UEAwwHY29tcGFueTAgFw0yNjExMjkxNjE5NTNaGA8yMDgxMDkwMTE2\n\
MTk1M1owEjEQMA4GA1UEAwwHY29tcGFueTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n\
A0IABO+EOhDK93UMDnjgzGWkQ2CSu03mg/kH6pvFudPpVtxpIHLgDvV/FZ+CxwM3\n\
TZ29voQsnNTp6k8qw+gYK7kYi2WjUzBRMB0GA1UdDgQWBBRFy6VsZvWCqFC/BLVe\n\
k935AJyIQjAfBgNVHSMEGDAWgBRFy6VsZvWCqFC/BLVek935AJyIQjAPBgNVHRMB\n\
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDm6fLyYd7tAjAFvErbwh7M/RrL\n\
NXj64wV3ggfBbep2rAIhAJwQt3YS2hdjdl2BPPSEthZ/uPVbZ8jau/BFNYVAkbvN\n\
-----END CERTIFICATE-----\n";

    #[test]
    fn only_certificates_that_can_be_read_are_trusted() {
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (bundle, expected) in [
            (GOOD.to_owned(), Ok(1)),
            (format!("company\n{GOOD}{garbage}{GOOD}"), Ok(2)),
            (garbage.to_owned(), Err("none of its certificates can be read")),
            (String::new(), Err("there is no PEM certificate in it")),
            ("\u{0}DER".to_owned(), Err("there is no PEM certificate in it")),
            ("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n".to_owned(), Err("it is not PEM")),
        ] {
            let found = certificates(bundle.as_bytes());
            assert_eq!(found.as_ref().map(Vec::len).map_err(|why| *why), expected, "{bundle}");
            for pem in found.into_iter().flatten() {
                assert_eq!(certificates(&pem).map(|again| again.len()), Ok(1));
            }
        }
    }
}
