//! Who is let in, and as whom.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use super::calls::memory;
use super::http::Client;
use super::worlds::WORLD;

fn head(lines: &str, key: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\n{lines}X-Amz-Target: AWS242ServiceCatalogService.SearchProducts\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/servicecatalog/aws4_request\r\n"
    )
}

fn knock(client: &Client, lines: &str, key: &str) -> (u16, String) {
    let answer = client.send(&head(lines, key), "{}").unwrap();
    (answer.status, answer.body["__type"].as_str().unwrap_or("").to_owned())
}

#[test]
fn only_loopback_names_are_served() {
    let (_folder, client, _) = memory(WORLD);
    for host in ["Host: 127.0.0.1\r\n", "Host: localhost:99\r\n", "Host: [::1]:1\r\n"] {
        assert_eq!(knock(&client, host, "any").0, 200, "{host}");
    }
    let origin = "Host: localhost\r\nOrigin: http://localhost\r\n";
    let both = "Host: localhost\r\nHost: evil.example\r\n";
    for lines in ["Host: evil.example\r\n", "", origin, both] {
        assert_eq!(knock(&client, lines, "any"), (403, "AccessDeniedException".to_owned()), "{lines}");
    }
}

/// An image of another site asks without an origin, and after its name was made to mean this machine, under any host.
#[test]
fn nothing_is_read_for_a_web_page() {
    let (_folder, client, _) = memory(WORLD);
    let read = |lines: &str| {
        let head = format!("GET /_sandbox/state HTTP/1.1\r\n{lines}");
        client.send(&head, "").map(|answer| answer.status)
    };
    let local = "Host: localhost\r\n";
    for lines in ["", "Sec-Fetch-Site: none\r\n"] {
        assert_eq!(read(&format!("{local}{lines}")), Some(200), "{lines}");
    }
    for lines in ["cross-site", "same-site", "same-origin"].map(|site| format!("Sec-Fetch-Site: {site}\r\n"))
    {
        assert_eq!(read(&format!("{local}{lines}")), Some(403), "{lines}");
    }
    assert_eq!(read(&format!("{local}Referer: https://evil.example/\r\n")), Some(403));
    assert_eq!(read("Host: evil.example\r\n"), Some(403));
}

#[test]
fn keys_that_look_real_are_refused() {
    let (_folder, client, _) = memory(WORLD);
    for key in ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AKIA"] {
        let refused = (403, "UnrecognizedClientException".to_owned());
        assert_eq!(knock(&client, "Host: localhost\r\n", key), refused, "{key}");
    }
}

#[test]
fn large_requests_are_refused() {
    let (_folder, client, _) = memory(WORLD);
    let answer = client.send(&head("Host: localhost\r\n", "any"), &"x".repeat((16 << 20) + 1));
    assert_eq!(answer.map(|answer| answer.status), Some(413));
}

#[test]
fn bodies_that_break_off_are_answered() {
    let (_folder, client, _) = memory(WORLD);
    let send = |framing: &str, body: &str| {
        let mut stream = TcpStream::connect(&client.address).unwrap();
        write!(stream, "{}{framing}\r\n\r\n{body}", head("Host: localhost\r\n", "any")).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    for (framing, body) in [
        ("Transfer-Encoding: chunked", "zz\r\n"),
        ("Transfer-Encoding: chunked", "2\r\n{}\r\nzz\r\n"),
        ("Content-Length: 50", "{}"),
    ] {
        let answer = send(framing, body);
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("SerializationException"),
            "{framing}: {answer}"
        );
    }
    let early = send("Expect: 100-continue\r\nContent-Length: 99999999999", "");
    assert!(early.starts_with("HTTP/1.1 413 "), "{early}");
}

#[test]
fn who_is_not_let_in_is_told_so_before_the_body() {
    let (_folder, client, _) = memory(WORLD);
    let local = "Host: localhost\r\n";
    let twice = format!(
        "{local}Authorization: AWS4-HMAC-SHA256 Credential=b/20260101/eu-west-1/sts/aws4_request\r\n"
    );
    for (lines, key, code) in [
        (local, "AKIAIOSFODNN7EXAMPLE", "UnrecognizedClientException"),
        ("Host: evil.example\r\n", "any", "AccessDeniedException"),
        ("Host: localhost\r\nOrigin: http://localhost\r\n", "any", "AccessDeniedException"),
        (&twice, "any", "IncompleteSignatureException"),
    ] {
        for framing in ["Content-Length: 99999999", "Transfer-Encoding: chunked"] {
            let mut stream = TcpStream::connect(&client.address).unwrap();
            write!(stream, "{}{framing}\r\n\r\n", head(lines, key)).unwrap();
            // nothing of the body is sent, and neither side of the connection is closed by us: the answer ends it
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(
                answer.starts_with("HTTP/1.1 403 ") && answer.contains(code),
                "{lines}{framing}: {answer}"
            );
            assert!(answer.to_ascii_lowercase().contains("connection: close"), "{lines}{framing}: {answer}");
        }
    }
    // of two credentials none is taken, however little is sent
    assert_eq!(knock(&client, &twice, "any"), (403, "IncompleteSignatureException".to_owned()));
}

#[test]
fn large_bodies_that_never_come_starve_no_small_request() {
    let (_folder, client, _) = memory(WORLD);
    let large: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&client.address).unwrap();
            write!(stream, "{}Content-Length: 16777216\r\n\r\n{{", head("Host: localhost\r\n", "any"))
                .unwrap();
            stream
        })
        .collect();
    // a new connection is served behind those before it
    for _ in 0..20 {
        assert_eq!(knock(&client, "Host: localhost\r\n", "any").0, 200);
    }
    for mut stream in large {
        // none of them was given up meanwhile
        stream.set_nonblocking(true).unwrap();
        let waits = stream.read(&mut [0; 1]).unwrap_err();
        assert_eq!(waits.kind(), std::io::ErrorKind::WouldBlock);
    }
}

#[test]
fn credentials_are_for_this_service() {
    let (_folder, client, _) = memory(WORLD);
    let ask = |scope: &str| {
        let head = head("Host: localhost\r\n", "any").replace("any/20260101/eu-west-1/servicecatalog", scope);
        client.send(&head, "{}").unwrap().body["__type"].as_str().unwrap_or("none").to_owned()
    };
    let rows = [
        ("any/20260101/eu-west-1/servicecatalog", "none"),
        ("any/20260101/eu-west-1/s3", "InvalidSignatureException"),
        ("any/x/20260101/eu-west-1/servicecatalog", "IncompleteSignatureException"),
        ("any/today/eu-west-1/servicecatalog", "IncompleteSignatureException"),
    ];
    for (scope, expected) in rows {
        assert_eq!(ask(scope), expected, "{scope}");
    }
}

#[test]
fn identity_over_the_query_protocol() {
    let (_folder, client, _) = memory(WORLD);
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Authorization: AWS4-HMAC-SHA256 Credential=410000000001/20260101/eu-west-1/sts/aws4_request\r\n";
    let answer = client.send(head, "Action=GetCallerIdentity&Version=2011-06-15").unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("text/xml"), "{}", answer.head);
    assert_eq!(client.send(head, "Action=AssumeRole").unwrap().status, 400);
}

#[test]
fn only_posts_are_calls() {
    let (_folder, client, _) = memory(WORLD);
    for method in ["GET", "PUT", "HEAD"] {
        let head = head("Host: localhost\r\n", "any").replacen("POST", method, 1);
        assert_eq!(client.send(&head, "{}").unwrap().status, 400, "{method}");
    }
}
