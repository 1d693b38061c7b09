//! URLs of endpoints: whether the SDK can call them, and whether they lead to this machine.

use std::net::IpAddr;

use http::Uri;

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &str) -> bool {
    host(url).is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    })
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
    use super::{is_callable, is_loopback};

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
