//! Case 13: whom TLS trusts, where a company's proxy puts its own certificates before AWS's.

use std::process::{Command, Stdio};

use super::support::{Repo, first_line};

const LOCATION: &str = "project: cases\ndeclarations: [products.yaml]\nlocations:\n  hub: {account_id: \"111122223333\", regions: [eu-west-1], endpoint_url: \"https://127.0.0.1:PORT\"}\n";

fn repo(port: &str) -> Repo {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &LOCATION.replace("PORT", port));
    repo
}

/// Plans with made-up credentials and this of the environment.
fn plan(repo: &Repo, environment: &[(&str, &str)]) -> super::support::Done {
    let mut command = repo.command(&["plan"]);
    command.envs([("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "x")]);
    command.envs(environment.iter().copied()).output().expect("the binary runs").into()
}

#[test]
fn a_bundle_that_cannot_be_used_is_named_and_nothing_of_it_is_shown() {
    let repo = repo("9");
    repo.write("notes.txt", "canary, and no certificate");
    let of_nothing = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    repo.write("bad.pem", of_nothing);
    for (path, why) in [
        ("gone.pem", "there is no such file"),
        ("notes.txt", "no PEM certificate"),
        ("bad.pem", "none of its certificates can be read"),
        (".", "a folder"),
        ("/dev/null", "a device"),
    ] {
        let done = plan(&repo, &[("AWS_CA_BUNDLE", path)]).exits(1);
        let done = done.tells(&[why, &format!("`{path}`"), "AWS_CA_BUNDLE", "hint: name a file of PEM"]);
        assert!(!done.err.contains("canary"), "{}", done.err);
    }
    repo.write("config", "[default]\nca_bundle = gone.pem\n");
    let of_profile = [("AWS_CONFIG_FILE", "config")];
    plan(&repo, &of_profile).exits(1).tells(&["`gone.pem`", "`ca_bundle` of the AWS configuration"]);
    // the environment wins
    let both = [of_profile[0], ("AWS_CA_BUNDLE", "notes.txt")];
    plan(&repo, &both).exits(1).tells(&["`notes.txt`", "AWS_CA_BUNDLE"]);
}

#[test]
fn a_company_s_certificates_are_trusted_where_they_are_named() {
    if Command::new("openssl").arg("version").output().is_err() {
        return println!("skipped: there is no openssl");
    }
    let repo = repo("9");
    let openssl = |line: &str| {
        let mut command = Command::new("openssl");
        command.args(line.split(' ')).current_dir(repo.path()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let key = "-newkey rsa:2048 -nodes -days 2";
    repo.write("ext", "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
    for line in [
        format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=company"),
        format!("req -x509 {key} -keyout other.key -out other.pem -subj /CN=other"),
        "req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=localhost".to_owned(),
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -extfile ext -days 2"
            .to_owned(),
    ] {
        assert!(openssl(&line).status().unwrap().success(), "{line}");
    }
    let serve = "s_server -accept 127.0.0.1:0 -cert leaf.pem -key leaf.key -rev";
    let mut server = openssl(serve).stdout(Stdio::piped()).spawn().unwrap();
    let lines = std::iter::repeat_with(|| first_line(&mut server)).take(5);
    let accepts =
        lines.into_iter().find(|line| line.starts_with("ACCEPT")).expect("it says where it listens");
    repo.edit("provisor.yaml", ":9\"", &format!(":{}\"", accepts.rsplit(':').next().unwrap().trim()));
    repo.write("config", "[default]\nca_bundle = ca.pem\n");
    for nobody in [&[][..], &[("AWS_CA_BUNDLE", "other.pem")]] {
        let done = plan(&repo, nobody).exits(1);
        done.tells(&["UnknownIssuer", "AWS_CA_BUNDLE or `ca_bundle` of the profile"]);
    }
    for named in [[("AWS_CA_BUNDLE", "ca.pem")], [("AWS_CONFIG_FILE", "config")]] {
        let done = plan(&repo, &named).exits(1).tells(&["hub/eu-west-1"]);
        // what answers there is no catalog
        assert!(!done.err.contains("cannot connect"), "{}", done.err);
        assert!(!done.err.contains("certificate"), "{}", done.err);
    }
    server.kill().unwrap();
    server.wait().unwrap();
}
