//! What is written does not grow without end, and what is searched is not searched one by one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use provisor_sandbox::{Options, Reader, attach};
use serde_json::json;

use super::calls::memory;
use super::http::Client;
use super::live::{child, kill};
use super::worlds::{PRODUCT, WORLD, folder, problems};

/// The same request many times over one connection.
fn many(client: &Client, request: &str, times: usize) {
    let mut stream = TcpStream::connect(&client.address).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let request = request.repeat(times);
    let writer = std::thread::spawn(move || stream.write_all(request.as_bytes()).unwrap());
    let (mut seen, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    let mut answers = 0;
    while answers < times {
        let read = reader.read(&mut buffer).unwrap();
        assert!(read > 0, "{answers} answers");
        seen.extend_from_slice(&buffer[..read]);
        answers += seen.windows(15).filter(|text| text == b"HTTP/1.1 200 OK").count();
        seen.drain(..seen.len().saturating_sub(14));
    }
    writer.join().unwrap();
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn the_journal_of_a_long_life_is_small_after_the_next_start() {
    let (folder, _) = folder(WORLD);
    let journal = folder.path().join("data/world.jsonl");
    let (first, url, _) = child(folder.path());
    let client = Client::new(&url);
    client.provision("box", "one", &[("Name", "n")]);
    let advance =
        "POST /_sandbox/advance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n{\"seconds\":1}";
    many(&client, advance, 2_000);
    kill(first);
    assert!(lines(&journal) > 2_000, "{} lines", lines(&journal));
    let (second, url, _) = child(folder.path());
    assert!(lines(&journal) < 10, "{} lines", lines(&journal));
    let client = Client::new(&url);
    client.provision("box", "two", &[("Name", "n")]);
    assert_eq!(
        (&client.describe("one")["Status"], &client.describe("two")["Status"]),
        (&json!("AVAILABLE"), &json!("UNDER_CHANGE"))
    );
    kill(second);
    let text = std::fs::read_to_string(journal).unwrap();
    assert!(text.contains("token-one") && text.contains("token-two"));
}

#[test]
fn our_own_log_is_two_files_at_most() {
    let (folder, file) = folder(WORLD);
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let log = data.join("calls.jsonl");
    std::fs::write(&log, "x".repeat((16 << 20) - 100)).unwrap();
    std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o600)).unwrap();
    let options = Options { world: file, data: Some(data.clone()), ..Options::default() };
    let client = Client::new(&attach(&options).unwrap().url);
    client.ok("SearchProducts", json!({}));
    client.ok("SearchProducts", json!({}));
    assert_eq!(lines(&log), 2);
    assert!(std::fs::metadata(data.join("calls.old.jsonl")).unwrap().len() > 15 << 20);
}

#[test]
fn unstable_searches_overlap_and_lose_nothing() {
    let (_folder, client, _) = memory(&format!("{WORLD}knobs: {{unstable_search: true}}\n"));
    for number in 0..31 {
        client.provision("box", &format!("p{number}"), &[("Name", "n")]);
    }
    let (mut names, mut request) = (Vec::new(), json!({ "PageSize": 3 }));
    loop {
        let page = client.ok("SearchProvisionedProducts", request.clone());
        let items = page["ProvisionedProducts"].as_array().unwrap().clone();
        names.extend(items.iter().map(|item| item["Name"].as_str().unwrap().to_owned()));
        match page.get("NextPageToken") {
            None => break,
            Some(token) => request["PageToken"] = token.clone(),
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert!(names.len() == 31 && all > 31, "{} of {all}", names.len());
}

#[test]
fn one_field_can_name_the_only_one() {
    let (_folder, client, _) = memory(WORLD);
    let made = client.provision("box", "one", &[("Name", "n")]);
    client.provision("box", "two", &[("Name", "n")]);
    let product = client.describe("one");
    let search = |queries: &[String]| {
        let found = client.ok("SearchProvisionedProducts", json!({ "Filters": { "SearchQuery": queries } }));
        assert_eq!(found["TotalResultsCount"], found["ProvisionedProducts"].as_array().unwrap().len());
        found["ProvisionedProducts"][0]["Name"].as_str().unwrap_or("-").to_owned()
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    for (field, value) in [
        ("id", text(&product["Id"])),
        ("name", "one".to_owned()),
        ("arn", text(&product["Arn"])),
        ("idempotencyToken", "token-one".to_owned()),
        ("lastRecordId", text(&made["RecordId"])),
        ("lastProvisioningRecordId", text(&made["RecordId"])),
    ] {
        let query = format!("{field}:{value}");
        assert_eq!(search(std::slice::from_ref(&query)), "one", "{query}");
        assert_eq!(search(&[query.clone(), "status:AVAILABLE".to_owned()]), "-", "{query}");
        assert_eq!(search(&[format!("{query}x")]), "-", "{query}x");
    }
}

/// What is there in the beginning has its template's resources, each its own.
#[test]
fn what_is_there_in_the_beginning_counts_with_its_template() {
    let many: String = (0..450).map(|n| format!("  R{n}: {{Type: AWS::SNS::Topic}}\n")).collect();
    let there: String = (0..4_500).map(|n| format!("  - {{name: p{n}, product: x}}\n")).collect();
    let world =
        format!("{PRODUCT}      - {{name: x, versions: [{{template: many.yaml}}]}}\nprovisioned_products:\n");
    let (folder, file) = folder(&(world + &there));
    std::fs::write(folder.path().join("many.yaml"), format!("Resources:\n{many}")).unwrap();
    let found = problems(&file);
    let [(_, _, message)] = &found[..] else { panic!("{found:?}") };
    assert!(message.contains("have more than 2000000 values together"), "{message}");
}

/// Loops count with what they write out, and not with more.
#[test]
fn what_loops_write_out_in_the_beginning_counts() {
    let template = "Transform: AWS::LanguageExtensions\nParameters:\n  Names: {Type: CommaDelimitedList}\nResources:\n  \
        Fn::ForEach::Topics: [Name, !Ref Names, {'T${Name}': {Type: 'AWS::SNS::Topic'}}]\n";
    let world =
        format!("{PRODUCT}      - {{name: x, versions: [{{template: loop.yaml}}]}}\nprovisioned_products:\n");
    let entry = |n| format!("  - {{name: p{n}, product: x, parameters: {{Names: \"a,b,c\"}}}}\n");
    let (folder, file) = folder(&(world + &(0..120).map(entry).collect::<String>()));
    std::fs::write(folder.path().join("loop.yaml"), template).unwrap();
    provisor_sandbox::check(&file, &Reader::default()).unwrap();
}
