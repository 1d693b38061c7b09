//! Locations on AWS: where credentials come from, what is refused, and by whose clock requests are signed. Each case
//! runs in a child process, because the SDK reads the environment and the files that it names.

use std::process::Command;
use std::time::{Duration, Instant};

use provisor::catalog::aws::{AccessConfig, AwsCatalog, Role};
use provisor::catalog::{Catalog, CatalogErrorKind, CatalogRead, Operation, Pacing, Request};
use serde_json::json;

use super::errors::closed_port;
use super::server::{Reply, Seen, Server};
use super::setup::{detail, here, only, record_ref, sandbox};

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "secret")];

/// What the child does; without its environment it does nothing.
#[test]
fn child() {
    let Ok(url) = std::env::var("CATALOG_TEST_URL") else {
        return;
    };
    let case = std::env::var("CATALOG_TEST_CASE").unwrap();
    let mut location = sandbox(&url);
    if case != "sandbox" {
        let role = Role {
            arn: "arn:aws:iam::410000000001:role/provisor".to_owned(),
            external_id: Some("ext".to_owned()),
            session_name: None,
        };
        let profile = (case == "profile").then(|| "platform".to_owned());
        let role = (case == "role").then_some(role);
        let given = |name: &str| std::env::var(name).is_ok();
        let endpoint_url = (!given("CATALOG_TEST_UNWRITTEN")).then_some(url);
        let allow_custom_endpoint = !given("CATALOG_TEST_UNALLOWED");
        location.access = AccessConfig::Aws { profile, role, endpoint_url, allow_custom_endpoint };
        location.pacing = Pacing::default();
    }
    let catalog = AwsCatalog::new(vec![location]).unwrap();
    let read = only(catalog.records(&[record_ref("rec-1")]));
    match std::env::var("CATALOG_TEST_EXPECT") {
        Ok(expected) => {
            let error = read.unwrap_err();
            assert!(format!("{:?}: {error}", error.kind).contains(&expected), "{error:?}");
            return;
        }
        Err(_) => read.unwrap(),
    };
    if case == "paced" {
        let began = Instant::now();
        let answers = catalog.records(&vec![record_ref("rec-1"); 28]);
        assert!(answers.iter().all(Result::is_ok));
        let took = began.elapsed();
        assert!(took > Duration::from_millis(500), "{took:?}");
        return;
    }
    let submit = || {
        let operation = Operation::Terminate { id: "pp-1".into(), retain: false };
        let sign_by = catalog.time(&here()).sign_by();
        only(catalog.submit(&[Request { location: here(), token: "tok".into(), sign_by, operation }]))
    };
    if case == "slept" {
        let error = submit().unwrap_err();
        assert_eq!(error.kind, CatalogErrorKind::NotSent, "{error:?}");
    }
    submit().unwrap();
}

fn run(case: &str, url: &str, environment: &[(&str, &str)]) {
    let nobody = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "catalog::accounts::child"])
        .env_clear()
        .env("HOME", nobody.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("CATALOG_TEST_URL", url)
        .env("CATALOG_TEST_CASE", case)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{case}: {said}");
}

fn service() -> Server {
    Server::start(|seen| {
        match seen.operation.as_str() {
        "AssumeRole" => Reply::Raw(
            200,
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDROLE</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>2035-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
                .to_owned(),
        ),
        _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
    }
    })
}

fn signer(seen: &Seen) -> &str {
    let (_, credential) = seen.headers["authorization"].split_once("Credential=").unwrap();
    credential.split('/').next().unwrap()
}

#[test]
fn keys_of_the_environment_are_found() {
    let server = service();
    run("plain", &server.url, &KEYS);
    assert_eq!(signer(&server.seen()[0]), "AKIDENV");
}

#[test]
fn what_changes_the_cloud_is_signed_with_the_server_s_time() {
    let server = service();
    run("plain", &server.url, &KEYS);
    let seen = server.seen();
    let request = seen.iter().find(|seen| seen.operation == "TerminateProvisionedProduct").unwrap();
    let time = &request.headers["x-amz-date"];
    assert!(time.starts_with("20310304T0506"), "the server's clock, not this machine's: {time}");
}

/// While this machine slept, no clock ran here, and two hours passed there: what says so also says what time it is.
#[test]
fn what_was_signed_before_a_sleep_is_signed_again_with_the_time_after_it() {
    let expired = || {
        Reply::Fault(
            400,
            "InvalidSignatureException",
            "Signature expired: 20310304T050607Z is now earlier than 20310304T070107Z (20310304T070607Z - 5 min.)"
                .to_owned(),
        )
    };
    let later = "Tue, 04 Mar 2031 07:06:07 GMT";
    let server = Server::start(move |seen| match (seen.operation.as_str(), seen.before) {
        ("TerminateProvisionedProduct", 0) => Reply::At(later, Box::new(expired())),
        _ => Reply::Json(json!({"RecordDetail": detail("rec-1", "CREATED")})),
    });
    run("slept", &server.url, &KEYS);
    let seen = server.seen();
    let sent = seen.iter().filter(|seen| seen.operation == "TerminateProvisionedProduct");
    let times: Vec<&str> = sent.map(|seen| &seen.headers["x-amz-date"][..13]).collect();
    assert_eq!(times, ["20310304T0506", "20310304T0706"]);
}

#[test]
fn a_written_profile_wins_over_keys_of_the_environment() {
    let server = service();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("credentials");
    std::fs::write(&file, "[platform]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n")
        .unwrap();
    let mut environment = KEYS.to_vec();
    environment.push(("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()));
    run("profile", &server.url, &environment);
    assert!(server.seen().iter().all(|seen| signer(seen) == "AKIDPROFILE"));
    environment.pop();
    environment.push(("CATALOG_TEST_EXPECT", "Denied: no credentials: "));
    run("profile", &server.url, &environment);
    environment.pop();
    environment.push(("CATALOG_TEST_EXPECT", "profile `platform` gives none"));
    run("profile", &server.url, &environment);
}

#[test]
fn a_role_is_assumed_once_for_all_clients_of_a_location() {
    let server = service();
    run("role", &server.url, &KEYS);
    assert_eq!(server.count("AssumeRole"), 1);
    let seen = server.seen();
    assert_eq!((signer(&seen[0]), signer(&seen[1]), signer(&seen[2])), ("AKIDENV", "AKIDROLE", "AKIDROLE"));
    assert_eq!(seen[1].headers["x-amz-security-token"], "t");
}

#[test]
fn a_role_that_cannot_be_asked_for_now_is_no_denial() {
    let [id, secret] = KEYS;
    run("role", &closed_port(), &[id, secret, ("CATALOG_TEST_EXPECT", "NotSent: no credentials: ")]);
    let server = Server::start(|_| {
        Reply::Raw(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code>\
         <Message>not yours</Message></Error></ErrorResponse>"
                .to_owned(),
        )
    });
    run("role", &server.url, &[id, secret, ("CATALOG_TEST_EXPECT", "Denied: no credentials: ")]);
    run("role", &server.url, &[id, secret, ("CATALOG_TEST_EXPECT", "not yours")]);
    run("role", &server.url, &[("CATALOG_TEST_EXPECT", "Denied: no credentials: ")]);
}

/// Nothing is allowed, and nothing is written: what follows says where calls go.
const UNWRITTEN: [(&str, &str); 2] = [("CATALOG_TEST_UNWRITTEN", ""), ("CATALOG_TEST_UNALLOWED", "")];
const REAL: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[test]
fn an_endpoint_that_is_not_the_service_s_own_gets_no_real_credentials() {
    let server = service();
    let url = server.url.as_str();
    let refused = ("CATALOG_TEST_EXPECT", "allow_custom_endpoint: true");
    let lower = [("AWS_ACCESS_KEY_ID", "asiaiosfodnn7example"), REAL[1]];
    for keys in [REAL, lower] {
        run("plain", url, &[&keys[..], &[UNWRITTEN[1], refused]].concat());
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SERVICE_CATALOG", "AWS_ENDPOINT_URL_STS"] {
            run("plain", url, &[&keys[..], &UNWRITTEN, &[(name, url), refused]].concat());
        }
    }
    // those that come over the network are real, whatever they are called: nobody is asked for them
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    std::fs::write(&token, "a.web.token").unwrap();
    let identity = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::410000000001:role/x"),
    ];
    run("plain", url, &[&identity[..], &UNWRITTEN, &[("AWS_ENDPOINT_URL_STS", url), refused]].concat());
    assert!(server.seen().is_empty(), "nothing is sent");
    // made-up ones may go anywhere on this machine, and real ones where that is allowed
    run("plain", url, &[&KEYS[..], &UNWRITTEN, &[("AWS_ENDPOINT_URL", url)]].concat());
    run("plain", url, &[&KEYS[..], &UNWRITTEN, &[("AWS_ENDPOINT_URL_SERVICE_CATALOG", url)]].concat());
    let proxy = closed_port();
    let proxied = [("AWS_ENDPOINT_URL_SERVICE_CATALOG", url), ("HTTP_PROXY", &proxy), ("http_proxy", &proxy)];
    run("plain", url, &[&REAL[..], &UNWRITTEN[..1], &proxied].concat());
    run("plain", url, &REAL);
    assert_eq!(server.seen().len(), 8);
}

#[test]
fn an_endpoint_elsewhere_is_refused_whoever_names_it() {
    let server = service();
    let url = server.url.as_str();
    let refused = (
        "CATALOG_TEST_EXPECT",
        "is not the service's own: if that is meant, write `allow_custom_endpoint: true`",
    );
    let plain = ("CATALOG_TEST_EXPECT", "is reached without encryption");
    for (named, expected) in [
        ("https://evil.example", refused),
        ("https://x.s3.amazonaws.com", refused),
        ("http://10.0.0.1:80", plain),
    ] {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SERVICE_CATALOG", "AWS_ENDPOINT_URL_STS"] {
            run("plain", url, &[&KEYS[..], &UNWRITTEN, &[(name, named), expected]].concat());
        }
    }
    let allowed = [&KEYS[..], &UNWRITTEN[..1], &[("AWS_ENDPOINT_URL", "http://10.0.0.1:80"), plain]].concat();
    run("plain", url, &allowed);
    // what is written is no way for what credentials are asked of
    run(
        "plain",
        url,
        &[&KEYS[..], &[UNWRITTEN[1], ("AWS_ENDPOINT_URL_STS", "https://evil.example"), refused]].concat(),
    );
    assert!(server.seen().is_empty(), "nothing is sent");
}

#[test]
fn an_endpoint_of_the_configuration_file_is_judged_as_any_other() {
    let server = service();
    let url = server.url.as_str();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config");
    let keys = "aws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n";
    let with = |text: &str, more: &[(&str, &str)]| {
        std::fs::write(&file, text).unwrap();
        let environment = [("AWS_CONFIG_FILE", file.to_str().unwrap())];
        run("profile", url, &[&environment[..], &UNWRITTEN, more].concat());
    };
    let elsewhere = ("CATALOG_TEST_EXPECT", "(by the AWS configuration file) is not the service's own");
    let real = ("CATALOG_TEST_EXPECT", "the credentials may be real");
    let services = |service: &str, url: &str| {
        format!(
            "[profile platform]\n{keys}services = mine\n[services mine]\n{service} =\n  endpoint_url = {url}\n"
        )
    };
    with(&format!("[profile platform]\n{keys}endpoint_url = https://evil.example\n"), &[elsewhere]);
    for service in ["service_catalog", "sts", "sso", "sso_oidc"] {
        with(&services(service, "https://evil.example"), &[elsewhere]);
        with(&services(service, url).replace("AKID", "AKIA"), &[real]);
    }
    let loopback = format!("[profile platform]\n{keys}endpoint_url = {url}\n");
    with(&loopback.replace("AKID", "AKIA"), &[real]);
    with(
        &loopback.replace(
            "aws_access_key_id",
            "role_arn = arn:aws:iam::410000000001:role/x\nsource_profile = platform\naws_access_key_id",
        ),
        &[real],
    );
    assert!(server.seen().is_empty(), "nothing is sent");
    with(&loopback, &[]);
    with(&services("service_catalog", url), &[]);
    assert_eq!(server.seen().len(), 4, "and that is where calls go");
}

#[test]
fn the_source_that_is_used_is_the_one_that_is_named() {
    let server = service();
    let url = server.url.as_str();
    let home = tempfile::tempdir().unwrap();
    let (file, token) = (home.path().join("config"), home.path().join("token"));
    let services =
        "services = mine\n[services mine]\nservice_catalog =\n  endpoint_url = https://file.example\n";
    std::fs::write(&file, format!("[profile platform]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\nendpoint_url = https://all.example\n{services}")).unwrap();
    std::fs::write(&token, "a.web.token").unwrap();
    let by_file = ("AWS_CONFIG_FILE", file.to_str().unwrap());
    let one = ("AWS_ENDPOINT_URL_SERVICE_CATALOG", "https://one.example");
    let all = ("AWS_ENDPOINT_URL", "https://all.example");
    let own = ("AWS_ENDPOINT_URL_STS", "https://sts.eu-west-1.amazonaws.com");
    let stacks = ("AWS_ENDPOINT_URL_CLOUDFORMATION", "https://cloudformation.eu-west-1.amazonaws.com");
    let said = |text| ("CATALOG_TEST_EXPECT", text);
    for (environment, expected) in [
        (
            vec![by_file, own, stacks, all, one],
            said("`https://one.example` (by AWS_ENDPOINT_URL_SERVICE_CATALOG)"),
        ),
        (vec![by_file, own, all], said("`https://all.example` (by AWS_ENDPOINT_URL)")),
        (vec![by_file, own, stacks], said("`https://file.example` (by the AWS configuration file)")),
    ] {
        run("profile", url, &[&environment[..], &UNWRITTEN, &[expected]].concat());
    }
    // what the settings write is what calls go to; of the rest, only what credentials may be asked of counts
    let written = |more: &[(&str, &str)]| {
        run("plain", url, &[&[UNWRITTEN[1]][..], more].concat());
    };
    written(&[&KEYS[..], &[own, one]].concat());
    written(&[&KEYS[..], &[own, ("AWS_ENDPOINT_URL_CLOUDFORMATION", "http://10.0.0.1:80")]].concat());
    assert_eq!(server.seen().len(), 4);
    written(
        &[
            &REAL[..],
            &[
                own,
                one,
                said("(by `endpoint_url` of the settings) is not the service's own, and the credentials"),
            ],
        ]
        .concat(),
    );
    // that they are to be ignored is heeded for our calls, and not by what asks for credentials
    let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    written(
        &[
            &KEYS[..],
            &[
                ignored,
                ("AWS_ENDPOINT_URL_STS", "https://evil.example"),
                said("`https://evil.example` (by AWS_ENDPOINT_URL_STS)"),
            ],
        ]
        .concat(),
    );
    run("plain", url, &[&KEYS[..], &UNWRITTEN, &[ignored, ("AWS_ENDPOINT_URL_SSO_OIDC", url), ("AWS_ACCESS_KEY_ID", REAL[0].1), said("(by AWS_ENDPOINT_URL_SSO_OIDC) is not the service's own, and the credentials may be real")]].concat());
    assert_eq!(server.seen().len(), 4, "nothing more is sent");
}

#[test]
fn a_written_endpoint_wins_over_those_of_the_environment() {
    let server = service();
    let elsewhere = closed_port();
    let named = [
        ("AWS_ENDPOINT_URL", elsewhere.as_str()),
        ("AWS_ENDPOINT_URL_SERVICE_CATALOG", &elsewhere),
        ("AWS_ENDPOINT_URL_STS", &elsewhere),
    ];
    run("role", &server.url, &[&KEYS[..], &named].concat());
    assert_eq!(server.count("AssumeRole"), 1);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn an_account_is_asked_at_a_pace() {
    let [id, secret] = KEYS;
    run("paced", &service().url, &[id, secret]);
}

#[test]
fn no_credentials_are_a_denial_and_nothing_is_sent() {
    let server = service();
    run("plain", &server.url, &[("CATALOG_TEST_EXPECT", "Denied")]);
    assert!(server.seen().is_empty());
}

#[test]
fn junk_in_the_environment_is_an_error_and_no_panic() {
    let server = service();
    for junk in [("AWS_MAX_ATTEMPTS", "0"), ("AWS_RETRY_MODE", "hard")] {
        let [id, secret] = KEYS;
        run("plain", &server.url, &[id, secret, junk, ("CATALOG_TEST_EXPECT", junk.0)]);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_sandbox_takes_nothing_from_the_environment() {
    let server = service();
    let [id, secret] = KEYS;
    let proxy = closed_port();
    let environment = [
        id,
        secret,
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_PROFILE", "nobody"),
        ("HTTP_PROXY", proxy.as_str()),
        ("http_proxy", proxy.as_str()),
        ("ALL_PROXY", proxy.as_str()),
    ];
    run("sandbox", &server.url, &environment);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| signer(seen) == "111122223333"));
    assert!(seen[0].headers["authorization"].contains("/eu-west-1/servicecatalog/aws4_request"));
}

#[test]
fn loopback_is_never_asked_for_by_a_proxy() {
    let server = service();
    let [id, secret] = KEYS;
    let proxy = closed_port();
    run("plain", &server.url, &[id, secret, ("HTTP_PROXY", &proxy), ("http_proxy", &proxy)]);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_tls_handshake_that_fails_was_never_sent() {
    let server = service();
    let [id, secret] = KEYS;
    let url = server.url.replace("http:", "https:");
    run("plain", &url, &[id, secret, ("CATALOG_TEST_EXPECT", "NotSent")]);
}
