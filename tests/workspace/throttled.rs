//! Throttled requests with the real adapter against the sandbox, at AWS's own patience and in virtual time: each is looked for
//! once and sent again under its token, and nobody waits out the five minutes in which a lost request could still arrive.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use provisor::apply::Wake;
use provisor::apply::event::{Event, Remedy};
use provisor::catalog::aws::{AccessConfig, AwsCatalog, LocationConfig};
use provisor::catalog::{Catalog, Pacing};
use provisor::declare::Settings;
use provisor::files::SettingsHome;
use provisor::model::access::AccessLevel;
use provisor::model::ids::{Lineage, LocationName, Region};
use provisor::model::secret::DigestKey;
use provisor::model::time::Timestamp;
use provisor::state::{Holder, PreviewFolder, Previews, Recorded, Snapshot};
use provisor::workspace::{Adapters, HeldStore, Problem, SandboxHead, Watcher, Wish};

use super::{open, random, told};
use crate::cli::support::{Repo, advance, boxed};
use crate::memory_store::MemoryStore;

const SETTINGS: &str = "project: test\ndeclarations: [products.yaml]\nlocations:\n  hub: {account_id: \"111122223333\", regions: [eu-west-1]}\n";

/// So long nobody may wait in all: less than a lost request is waited for.
const MOST: Duration = Duration::from_secs(300);

/// The sandbox that listens there, as a location on AWS; a store that remembers.
struct Wire {
    url: String,
    recorded: RefCell<Recorded>,
}

fn key() -> DigestKey {
    DigestKey::new([7; 32])
}

impl Wire {
    /// One run: what was done, and what was said of requests that were delayed.
    fn run(&self, repo: &Repo, wish: &Wish) -> (Vec<String>, Vec<Remedy>) {
        let workspace = open(repo.path(), self).unwrap();
        let mut held = workspace.repo.store().unwrap();
        let prepared = workspace.plan(wish, held.store.recorded(), held.store.key()).unwrap();
        let now = Cell::new(Duration::ZERO);
        let clock = || now.get();
        let mut wait = |time: Duration| {
            let seconds = time.as_secs() + 1;
            advance(&self.url, seconds);
            now.set(now.get() + Duration::from_secs(seconds));
            assert!(now.get() < MOST, "somebody waits for what cannot arrive any more");
            Wake::Tick
        };
        let mut remedies = Vec::new();
        let mut sink = |event: &Event<'_>| {
            if let Event::Delayed(_, error, remedy) = event {
                assert_eq!(error.code, "ThrottlingException");
                remedies.push(*remedy);
            }
        };
        let watch = Watcher { clock: &clock, random: random(), wait: &mut wait, sink: &mut sink };
        let finished = prepared.apply(&mut *held.store, watch).unwrap();
        self.recorded.replace(held.store.recorded().clone());
        (told(&finished), remedies)
    }
}

impl Adapters for Wire {
    fn sandbox(&self, _: &SettingsHome, file: &Path) -> Result<SandboxHead, Problem> {
        Err(Problem::input(format!("`{}`: there are no sandboxes here", file.display())))
    }

    fn catalog(
        &self,
        _: &SettingsHome,
        _: &Settings,
        _: &BTreeSet<&LocationName>,
    ) -> Result<Rc<dyn Catalog>, Problem> {
        let location = LocationConfig {
            access_level: AccessLevel::Account,
            name: "hub/eu-west-1".into(),
            region: Region::from("eu-west-1"),
            access: AccessConfig::Sandbox { url: self.url.clone(), account_id: "111122223333".into() },
            pacing: Pacing::default(),
        };
        Ok(Rc::new(AwsCatalog::new(vec![location]).unwrap()))
    }

    fn store(&self, _: &SettingsHome, _: &Settings) -> Result<HeldStore, Problem> {
        let store = MemoryStore::new(self.recorded.borrow().clone(), key(), None)?;
        Ok(HeldStore { store: Box::new(store) })
    }

    fn snapshot(&self, _: &SettingsHome, _: &Settings) -> Result<Option<Snapshot>, Problem> {
        Ok(Some(Snapshot { recorded: self.recorded.borrow().clone(), key: Some(key()), held_by: None }))
    }

    fn previews(&self, _: &SettingsHome, _: &Settings) -> Result<Box<dyn Previews>, Problem> {
        let nowhere = Path::new("/nonexistent");
        Ok(Box::new(PreviewFolder::of(nowhere, Holder::this_process("test", Timestamp(0)))))
    }
}

/// The requests of an operation, with their tokens, and the looks between the first and the last of them.
fn sent(repo: &Repo, operation: &str) -> (Vec<String>, usize) {
    let calls = repo.calls();
    let at = |call: &serde_json::Value| call["operation"] == operation;
    let first = calls.iter().position(at).unwrap();
    let last = calls.iter().rposition(at).unwrap();
    let tokens = calls.iter().filter(|call| at(call)).map(|call| call["token"].to_string()).collect();
    let looks = calls[first..last].iter().filter(|call| call["operation"] == "DescribeProvisionedProduct");
    (tokens, looks.count())
}

#[test]
fn what_is_throttled_is_looked_for_once_and_sent_again_at_its_turn() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", SETTINGS);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 0.01");
    repo.faults(&[
        "{call: ProvisionProduct, outcome: throttle, times: 3}",
        "{call: UpdateProvisionedProduct, outcome: throttle, times: 2}",
        "{call: TerminateProvisionedProduct, outcome: throttle, times: 1}",
    ]);
    repo.served(|url| {
        let recorded = RefCell::new(Recorded::empty(Lineage::new("in-memory")));
        let wire = Wire { url: url.to_owned(), recorded };
        let destroy = Wish { destroy: true, ..Wish::default() };
        for (operation, wish, times) in [
            ("ProvisionProduct", Wish::default(), 3),
            ("UpdateProvisionedProduct", Wish::default(), 2),
            ("TerminateProvisionedProduct", destroy, 1),
        ] {
            assert_eq!(wire.run(&repo, &wish), (vec!["one done".to_owned()], vec![Remedy::Look; times]));
            let (tokens, looks) = sent(&repo, operation);
            assert_eq!((tokens.len(), looks), (times + 1, times), "{operation}");
            assert!(tokens.iter().all(|token| *token == tokens[0]), "{operation}: {tokens:?}");
            repo.declare(&boxed("one", "Note: b"));
        }
        assert!(wire.recorded.borrow().rows.is_empty());
    });
}
