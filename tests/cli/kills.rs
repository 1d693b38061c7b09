//! Death at any moment: `kill -9` again and again, Ctrl-C once and twice; the next run settles it and nothing is doubled.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::support::{Done, Repo, Served, boxed};

/// Kills of each kind.
const ROUNDS: u64 = 26;

/// Eight products: two chains and two on their own.
fn eight() -> Repo {
    let needs = |key: &str, of: &str| boxed(key, &format!("Note: \"${{{of}.outputs.Arn}}\""));
    let chains = [needs("b", "a"), needs("c", "b"), needs("e", "d"), needs("f", "e")].concat();
    Repo::new(&([boxed("a", ""), boxed("d", ""), boxed("g", ""), boxed("h", "")].concat() + &chains))
}

fn available() -> Vec<(String, String)> {
    "abcdefgh".chars().map(|key| (key.to_string(), "AVAILABLE".to_owned())).collect()
}

/// How long an undisturbed apply takes here, now.
fn takes() -> Duration {
    let repo = eight();
    let began = Instant::now();
    repo.apply().exits(0);
    began.elapsed()
}

/// The `n`th moment, spread over the whole run.
fn moment(n: u64, whole: Duration) -> Duration {
    let scattered = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    whole.mul_f64(scattered as f64 / 1024.0)
}

fn killed(repo: &Repo, line: &str, after: Duration) {
    let mut child = repo.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Applies until there is nothing left to do, three times at most.
#[track_caller]
fn settles(repo: &Repo, round: &str) {
    let runs: Vec<Done> = (0..3).map(|_| repo.apply()).collect();
    let told: String =
        runs.iter().map(|done| format!("{:?}\n{}{}\n", done.code, done.out, done.err)).collect();
    assert!(runs.iter().any(|done| done.code == Some(0)), "{round}: not after three runs\n{told}");
    let plan = repo.sh("plan --detailed-exitcode");
    assert_eq!(plan.code, Some(0), "{round}: the plan is not empty\n{}{}\n{told}", plan.out, plan.err);
    assert_eq!(repo.existing(), available(), "{round}");
}

/// No round may leave two products, or a product nobody knows of; failures of the sandbox's wire may come on top.
fn rounds(faults: &[&str]) {
    let whole = takes();
    for n in 0..ROUNDS {
        let repo = eight();
        repo.faults(faults);
        let after = moment(n, whole);
        let round = format!("round {n}, killed after {after:?} of {whole:?}, faults {faults:?}");
        killed(&repo, "apply --auto-approve", after);
        if n % 3 == 0 {
            killed(&repo, "apply --auto-approve", moment(n + 100, whole));
        }
        settles(&repo, &round);
        let sent =
            repo.calls().iter().filter(|call| call["operation"] == "TerminateProvisionedProduct").count();
        assert_eq!(sent, 0, "{round}: nothing was terminated");
    }
}

#[test]
fn killed_while_creating() {
    rounds(&[]);
}

#[test]
fn killed_while_creating_over_a_wire_that_loses_answers() {
    rounds(&[
        "{call: ProvisionProduct, outcome: drop_response, rate: 0.3}",
        "{call: ProvisionProduct, outcome: drop_request, rate: 0.2}",
    ]);
}

#[test]
fn killed_while_updating_and_destroying() {
    let whole = takes();
    for n in 0..8 {
        let repo = eight();
        repo.apply().exits(0);
        let text = repo
            .read("products.yaml")
            .replace("provisioning_artifact_name: v1", "provisioning_artifact_name: v2");
        repo.write("products.yaml", &text);
        killed(&repo, "apply --auto-approve", moment(n, whole));
        settles(&repo, &format!("update, round {n}"));
        killed(&repo, "destroy --auto-approve", moment(n + 50, whole));
        let ends: Vec<Done> = (0..2).map(|_| repo.sh("destroy --auto-approve")).collect();
        assert_eq!(
            ends[1].code,
            Some(0),
            "round {n}\n{}{}\n{}{}",
            ends[0].out,
            ends[0].err,
            ends[1].out,
            ends[1].err
        );
        assert!(repo.existing().is_empty(), "round {n}");
    }
}

/// An apply that takes seconds, with its first operation under way.
fn under_way(repo: &Repo) -> (Child, BufReader<std::process::ChildStderr>) {
    begun(repo, repo.command(&["apply", "--auto-approve"]))
}

fn begun(repo: &Repo, mut apply: Command) -> (Child, BufReader<std::process::ChildStderr>) {
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 30");
    let mut child = apply.spawn().unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while talk.read_line(&mut line).unwrap() > 0 && !line.contains("Provisioning...") {
        line.clear();
    }
    (child, talk)
}

fn signal(child: &Child, name: &str) {
    let line = format!("kill -{name} {}", child.id());
    assert!(Command::new("bash").args(["-c", &line]).status().unwrap().success());
}

#[test]
fn a_first_signal_leaves_what_is_in_flight_recorded() {
    for name in ["INT", "TERM", "HUP"] {
        let repo = eight();
        let (child, talk) = under_way(&repo);
        signal(&child, name);
        let said =
            std::thread::spawn(move || talk.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n"));
        let done = Done::from(child.wait_with_output().unwrap());
        let said = said.join().unwrap();
        assert_eq!(done.code, Some(4), "SIG{name}\n{}{said}", done.out);
        assert!(done.out.contains("in flight"), "SIG{name}\n{}", done.out);
        repo.edit("sandbox.yaml", "time_scale: 30", "time_scale: 3600");
        repo.sh("plan --detailed-exitcode").exits(2);
        settles(&repo, name);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let repo = eight();
    let (mut child, talk) = under_way(&repo);
    signal(&child, "INT");
    let _ = Command::new("bash").args(["-c", &format!("kill -INT {}", child.id())]).status();
    let began = Instant::now();
    let code = child.wait().unwrap().code();
    drop(talk);
    assert_eq!(code, Some(4));
    assert!(began.elapsed() < Duration::from_secs(2));
    repo.edit("sandbox.yaml", "time_scale: 30", "time_scale: 3600");
    settles(&repo, "two signals");
}

/// As `nohup` starts a program, and a script what it leaves in the background.
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let repo = eight();
    let apply = repo.command(&["apply", "--auto-approve"]);
    let mut ignoring = Command::new("bash");
    ignoring
        .args(["-c", "trap '' HUP INT; exec \"$0\" \"$@\""])
        .arg(apply.get_program())
        .args(apply.get_args());
    ignoring.current_dir(apply.get_current_dir().unwrap());
    ignoring.env_clear().envs(apply.get_envs().filter_map(|(name, value)| Some((name, value?))));
    ignoring.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, talk) = begun(&repo, ignoring);
    signal(&child, "HUP");
    signal(&child, "INT");
    let said: Vec<String> = talk.lines().map_while(Result::ok).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", said.join("\n"));
    repo.settled();
}

/// An hour passes at the service, and nobody has asked: what was signed before is old, what was in flight is over.
#[test]
fn stopped_for_an_hour_it_goes_on() {
    let repo = eight();
    // the sandbox goes on without the one that is stopped
    let _served = Served::start(&repo);
    for n in 0..6 {
        let mut child = repo.command(&["apply", "--auto-approve"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(80 * n + 150));
        if child.try_wait().unwrap().is_none() {
            signal(&child, "STOP");
            std::thread::sleep(Duration::from_secs(1));
            signal(&child, "CONT");
        }
        let done = Done::from(child.wait_with_output().unwrap());
        assert_eq!(done.code, Some(0), "stop {n}\n{}{}", done.out, done.err);
        repo.settled();
        let version = |n| format!("provisioning_artifact_name: v{}", n % 2 + 1);
        repo.write("products.yaml", &repo.read("products.yaml").replace(&version(n), &version(n + 1)));
    }
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}
