//! Endpoints: what answers there, whether the SDK can call them, and whether they lead to this machine.

use std::net::IpAddr;

use http::Uri;

/// What answers for AWS at a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CatalogKind {
    /// The service itself, through AWS's endpoints.
    Aws,
    /// The sandbox: what it made is simulated.
    Sandbox,
    /// An endpoint that is not the service's own.
    Custom,
    /// The row is from before this was remembered.
    #[default]
    Unknown,
}

impl CatalogKind {
    /// Whether nothing that happens there is real.
    #[must_use]
    pub fn is_simulated(self) -> bool {
        self == Self::Sandbox
    }

    /// What it is called in messages.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Sandbox => "a sandbox",
            Self::Custom => "a custom endpoint",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &str) -> bool {
    host(url).is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    })
}

/// Whether a URL leads to an endpoint of the service itself, over TLS. Other hosts of AWS's domains can be anybody's.
pub fn is_own(url: &str) -> bool {
    let Some(host) = host(url).filter(|_| is_encrypted(url)) else { return false };
    let host = host.to_ascii_lowercase();
    let domain = [".vpce.amazonaws.com", ".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
        .into_iter()
        .find_map(|domain| Some((domain, host.strip_suffix(domain)?)));
    let Some((domain, labels)) = domain else { return false };
    let labels: Vec<&str> = labels.split('.').collect();
    match labels.as_slice() {
        [endpoint, service, region] if domain.starts_with(".vpce") => {
            endpoint.starts_with("vpce-") && is_service(service) && is_region(region)
        }
        [service, region] if !domain.starts_with(".vpce") => is_service(service) && is_region(region),
        [service] => *service == "sts" && domain == ".amazonaws.com",
        _ => false,
    }
}

/// Whether what is sent to a URL is sent over TLS.
pub fn is_encrypted(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("https"))
}

fn is_service(label: &str) -> bool {
    let service = label.strip_suffix("-fips").unwrap_or(label);
    ["servicecatalog", "sts", "cloudformation"].contains(&service)
}

/// `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. Buckets, which can be anybody's, stand beneath names like `s3-eu-west-1`
/// and `s3-website-eu-west-1`.
fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let [area, of_it @ .., number] = parts.as_slice() else { return false };
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let (partition, side) = match of_it {
        [side] => (None, side),
        [partition, side] => (Some(partition), side),
        _ => return false,
    };
    letters(area)
        && (area.len() == 2 || *area == "eusc")
        && partition.is_none_or(|partition| letters(partition))
        && letters(side)
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the SDK can call this URL. When it cannot, its error prints the request that was to be sent.
pub fn is_callable(url: &str) -> bool {
    host(url).is_some()
}

/// The host of an http or https URL that names one, with at most a port: no user, no password.
fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let bare = uri.authority()?.as_str() == host;
    let with_port =
        uri.port().is_some_and(|port| uri.authority().is_some_and(|all| *all == format!("{host}:{port}")));
    let scheme = uri.scheme_str()?;
    (["http", "https"].contains(&scheme) && (bare || with_port)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{is_callable, is_loopback, is_own, is_region};

    #[test]
    fn loopback_is_told_from_the_rest() {
        for url in [
            "http://127.0.0.1:80",
            "http://127.8.0.1/x",
            "https://localhost",
            "http://[::1]:9/",
            "http://LOCALHOST:1?x",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1.example",
            "127.0.0.1",
            "https://10.0.0.1",
            "http://",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn the_service_s_own_hosts_are_told_from_others_of_its_domains() {
        for url in [
            "https://servicecatalog.eu-west-1.amazonaws.com",
            "https://SERVICECATALOG-fips.us-gov-west-1.amazonaws.com:443/",
            "https://sts.amazonaws.com",
            "https://sts.cn-north-1.amazonaws.com.cn",
            "https://servicecatalog.eu-west-1.api.aws",
            "https://vpce-0a1b-c2d3-eu-west-1a.servicecatalog.eu-west-1.vpce.amazonaws.com",
        ] {
            assert!(is_own(url), "{url}");
        }
        for url in [
            "http://servicecatalog.eu-west-1.amazonaws.com",
            "https://evil.s3.amazonaws.com",
            "https://servicecatalog.s3.amazonaws.com",
            "https://sts.s3-website-eu-west-1.amazonaws.com.evil.example",
            "https://sts.s3-website-eu-west-1.amazonaws.com",
            "https://servicecatalog.s3-eu-west-1.amazonaws.com",
            "https://servicecatalog.S3-eu-west-1.amazonaws.com",
            "https://servicecatalog.s3-us-gov-west-1.amazonaws.com",
            "https://servicecatalog-fips.s3-fips-us-gov-west-1.amazonaws.com",
            "https://sts.s3-external-1.amazonaws.com",
            "https://sts.s3-cn-north-1.amazonaws.com.cn",
            "https://sts.s3-control-x.amazonaws.com",
            "https://vpce-1.sts.s3-eu-west-1.vpce.amazonaws.com",
            "https://sts.sqs-eu-west-1.amazonaws.com",
            "https://sts.elb-west-1.amazonaws.com",
            "https://sts.eu-west-1a.amazonaws.com",
            "https://sts.eu-west-.amazonaws.com",
            "https://sts.eu--1.amazonaws.com",
            "https://sts.-west-1.amazonaws.com",
            "https://sts.eu-1.amazonaws.com",
            "https://sts.eu-we5t-1.amazonaws.com",
            "https://sts.eu-a-b-west-1.amazonaws.com",
            "https://x.execute-api.eu-west-1.amazonaws.com",
            "https://ec2-1-2-3-4.eu-west-1.compute.amazonaws.com",
            "https://vpce-1.vpce-svc-2.eu-west-1.vpce.amazonaws.com",
            "https://servicecatalog.eu-west-1.vpce.amazonaws.com",
            "https://servicecatalog.eu-west-1.amazonaws.com@evil.example",
            "https://servicecatalog.eu-west-1.amazonaws.com.",
            "https://amazonaws.com",
            "https://127.0.0.1",
            "",
        ] {
            assert!(!is_own(url), "{url}");
        }
    }

    #[test]
    fn regions_are_told_by_their_form() {
        for region in [
            "us-east-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "us-isof-south-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
            "cn-northwest-1",
            "mx-central-1",
            "il-central-1",
            "ap-southeast-5",
            "ap-southeast-12",
        ] {
            assert!(is_region(region), "{region}");
        }
    }

    #[test]
    fn what_the_sdk_cannot_call_is_told_before() {
        for url in ["http://127.0.0.1:80", "https://vpce-1.example.com/path", "http://[::1]:9"] {
            assert!(is_callable(url), "{url}");
        }
        for url in [
            "",
            "not a url",
            "127.0.0.1:80",
            "ftp://a",
            "http://",
            "http://:80",
            "http://a:99999",
            "http://me:pw@a",
            "/x",
        ] {
            assert!(!is_callable(url), "{url}");
        }
    }
}
