//! The scripted server: one thread for each connection, answers given by a closure that sees each call with its number.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::setup::detail;

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// `DescribeRecord`, … or what the form's `Action` says.
    pub(super) operation: String,
    /// The JSON body; null for a form.
    pub(super) body: Value,
    /// Headers in lower case.
    pub(super) headers: BTreeMap<String, String>,
    /// How many requests of this operation came before.
    pub(super) before: usize,
}

/// What the server does with a request.
pub(super) enum Reply {
    /// 200 with this JSON.
    Json(Value),
    /// An error of the service.
    Fault(u16, &'static str, String),
    /// A status and a body that is not the service's.
    Raw(u16, String),
    /// The same as another one, under another `Date`.
    At(&'static str, Box<Reply>),
    /// The connection is closed without an answer.
    Hangup,
    /// Nothing is said for this long, then the connection is closed.
    Silence(Duration),
}

/// Listens until the process ends; remembers all requests.
pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// The `Date` of all answers, far from the clock of any machine that runs this.
pub(super) const DATE: &str = "Tue, 04 Mar 2031 05:06:07 GMT";
/// The same in milliseconds.
pub(super) const DATE_MS: i64 = 1_930_367_167_000;
/// The record that is asked after to hear the server's clock.
pub(super) const CLOCK: &str = "rec-clock";

impl Server {
    pub(super) fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::dated(Some(DATE), script)
    }

    pub(super) fn dated(
        date: Option<&'static str>,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, script) = (Arc::new(Mutex::new(Vec::new())), Arc::new(script));
        let all = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, script) = (Arc::clone(&all), Arc::clone(&script));
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream);
                    while let Some(seen) = read(&mut reader, &all) {
                        let answer = if asks_the_time(&seen) { time() } else { script(&seen) };
                        if !reply(reader.get_mut(), date, answer) {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, seen }
    }

    /// The address of a server that tells the time once, and is gone.
    pub(super) fn gone() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            drop(listener);
            let mut reader = BufReader::new(stream);
            let seen = read(&mut reader, &Mutex::default()).unwrap();
            assert!(asks_the_time(&seen));
            reply(reader.get_mut(), Some(DATE), time())
        });
        url
    }

    /// All requests so far, in the order of their arrival.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests of one operation came.
    pub(super) fn count(&self, operation: &str) -> usize {
        self.seen().iter().filter(|seen| seen.operation == operation).count()
    }
}

fn read(reader: &mut BufReader<TcpStream>, all: &Mutex<Vec<Seen>>) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    let mut body = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    let operation = match headers.get("x-amz-target") {
        Some(target) => target.rsplit('.').next().unwrap().to_owned(),
        None => body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default().to_owned(),
    };
    let mut all = all.lock().unwrap();
    let before = all.iter().filter(|seen| seen.operation == operation).count();
    let seen = Seen { operation, body: serde_json::from_str(&body).unwrap_or_default(), headers, before };
    if !asks_the_time(&seen) {
        all.push(seen.clone());
    }
    Some(seen)
}

/// Whether somebody only wants to hear the server's clock: no script says what is answered, and nobody counts it.
fn asks_the_time(seen: &Seen) -> bool {
    seen.body["Id"] == CLOCK
}

fn time() -> Reply {
    Reply::Json(serde_json::json!({"RecordDetail": detail(CLOCK, "CREATED")}))
}

/// Whether the connection lives on.
fn reply(stream: &mut TcpStream, date: Option<&str>, reply: Reply) -> bool {
    let (status, body) = match reply {
        Reply::Json(value) => (200, value.to_string()),
        Reply::Fault(status, code, message) => {
            (status, serde_json::json!({"__type": code, "Message": message}).to_string())
        }
        Reply::Raw(status, body) => (status, body),
        Reply::At(date, reply) => return self::reply(stream, Some(date), *reply),
        Reply::Hangup => return false,
        Reply::Silence(pause) => {
            std::thread::sleep(pause);
            return false;
        }
    };
    let date = date.map(|date| format!("Date: {date}\r\n")).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.1\r\n{date}x-amzn-RequestId: req-1\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // in one piece: two would wait for each other
    stream.write_all(answer.as_bytes()).is_ok()
}
