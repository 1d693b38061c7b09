//! A front end over the simulation's world, with a store without a disk: a wish is planned and applied, again and again in one
//! process, as a loop would. No clock ticks and nothing is waited for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use super::memory_store::MemoryStore;
use provisor::apply::{Ended, Outcome};
use provisor::catalog::Catalog;
use provisor::declare::{Limit, Settings};
use provisor::files::SettingsHome;
use provisor::model::diagnostic::Source;
use provisor::model::ids::{Lineage, LocationName};
use provisor::model::secret::DigestKey;
use provisor::model::time::Timestamp;
use provisor::plan::file;
use provisor::state::{Change, Group, Holder, PreviewFolder, Previews, Recorded, Snapshot, Store};
use provisor::workspace::{
    Adapters, Complaints, Finished, HeldStore, Made, Prepared, Problem, ProblemKind, Remembered, SandboxHead,
    Watcher, Wish, Workspace, read_saved,
};
use tempfile::TempDir;

use super::common::{open, random, told};
use super::fault::Schedule;
use super::ports::Sim;

const SETTINGS: &str = "project: test\ndeclarations: [products.yaml]\nlocations:\n  hub: {account_id: \"111122223333\", regions: [eu-west-1]}\n";

/// Adapters that remember between two openings, as a disk and a cloud do.
struct Fakes {
    sim: Rc<Sim>,
    recorded: RefCell<Recorded>,
    /// How often a catalog was asked for.
    catalogs: RefCell<usize>,
}

fn key() -> DigestKey {
    DigestKey::new([7; 32])
}

impl Fakes {
    fn new() -> Self {
        let sim = Sim::new(&Schedule::clean(), None, false);
        sim.calm.set(true);
        let recorded = RefCell::new(Recorded::empty(Lineage::new("in-memory")));
        Self { sim: Rc::new(sim), recorded, catalogs: RefCell::new(0) }
    }

    /// Applies, and keeps what the store holds afterwards.
    fn apply(&self, prepared: &Prepared, mut held: HeldStore) -> Vec<String> {
        told(&self.finish(prepared, &mut held))
    }

    fn finish(&self, prepared: &Prepared, held: &mut HeldStore) -> Finished {
        let began = self.sim.world.borrow().now;
        let clock =
            || Duration::from_millis(u64::try_from(self.sim.world.borrow().now - began).unwrap_or_default());
        let mut wait = |time: Duration| self.sim.wait(time);
        let mut events = 0;
        let watch = Watcher { clock: &clock, random: random(), wait: &mut wait, sink: &mut |_| events += 1 };
        let finished = prepared.apply(&mut *held.store, watch).unwrap();
        assert!(events >= 2, "the sink hears of the beginning and of the end");
        self.recorded.replace(held.store.recorded().clone());
        finished
    }

    /// One round of a loop.
    fn round(&self, repo: &TempDir, wish: &Wish) -> Result<Vec<String>, Problem> {
        let workspace = open(repo.path(), self)?;
        let held = workspace.repo.store()?;
        let prepared = workspace.plan(wish, held.store.recorded(), held.store.key())?;
        Ok(self.apply(&prepared, held))
    }
}

impl Adapters for Fakes {
    fn sandbox(&self, _: &SettingsHome, file: &Path) -> Result<SandboxHead, Problem> {
        Err(Problem::input(format!("`{}`: there are no sandboxes here", file.display())))
    }

    fn catalog(
        &self,
        _: &SettingsHome,
        _: &Settings,
        locations: &BTreeSet<&LocationName>,
    ) -> Result<Rc<dyn Catalog>, Problem> {
        *self.catalogs.borrow_mut() += 1;
        assert!(locations.iter().all(|name| name.as_str() == "hub/eu-west-1"), "{locations:?}");
        let sim: Rc<dyn Catalog> = self.sim.clone();
        Ok(sim)
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

fn repo(declarations: &str) -> TempDir {
    let repo = tempfile::tempdir().unwrap();
    std::fs::write(repo.path().join("provisor.yaml"), SETTINGS).unwrap();
    declare(&repo, declarations);
    repo
}

fn declare(repo: &TempDir, declarations: &str) {
    let text = format!("provisioned_products:\n{declarations}");
    std::fs::write(repo.path().join("products.yaml"), text).unwrap();
}

fn network(key: &str, size: &str) -> String {
    format!(
        "  {key}: {{product_name: network, provisioning_artifact_name: v1, parameters: {{Size: \"{size}\"}}}}\n"
    )
}

#[test]
fn a_wish_is_planned_and_applied_round_after_round() {
    let fakes = Fakes::new();
    let repo = repo(&(network("one", "1") + &network("two", "${one.outputs.Size}")));
    let all = Wish::default();
    assert_eq!(fakes.round(&repo, &all).unwrap(), ["one done", "two done"]);
    assert_eq!(fakes.round(&repo, &all).unwrap(), [""; 0], "nothing is left to do");
    declare(&repo, &(network("one", "2") + &network("two", "3")));
    let one = Wish { targets: vec!["o*".to_owned()], ..Wish::default() };
    assert_eq!(fakes.round(&repo, &one).unwrap(), ["one done"]);
    declare(&repo, &network("one", "2"));
    let none = Wish { max_terminate: Some(Limit::Count(0)), ..Wish::default() };
    let workspace = open(repo.path(), &fakes).unwrap();
    let plan = plan(&workspace, &none).unwrap().plan;
    assert_eq!(plan.breach.map(|breach| breach.planned), Some(1), "a guard is a part of the plan");
    assert_eq!(fakes.round(&repo, &all).unwrap(), ["two done"]);
    let destroy = Wish { destroy: true, ..Wish::default() };
    assert_eq!(fakes.round(&repo, &destroy).unwrap(), ["one done"]);
    assert!(fakes.recorded.borrow().rows.is_empty());
}

#[test]
fn a_pattern_that_names_nothing_is_told_with_what_the_catalog_says() {
    let fakes = Fakes::new();
    let repo = repo(&network("one", "1"));
    let wish = Wish { targets: vec!["onne".to_owned()], ..Wish::default() };
    let problem = fakes.round(&repo, &wish).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Input);
    assert!(matches!(&problem.complaints, Complaints::Sentences(all) if all.len() == 1), "{problem:?}");
    declare(&repo, &network("one", "1").replace("name: v1", "name: v9"));
    let problem = fakes.round(&repo, &wish).unwrap_err();
    assert!(
        matches!(&problem.complaints, Complaints::Findings(found, _) if found.0.len() == 2),
        "{problem:?}"
    );
}

#[test]
fn a_rename_that_comes_too_late_holds_nobody_else_up() {
    for (size, wanted) in [("1", vec!["other done"]), ("2", vec!["network stale", "other done"])] {
        let fakes = Fakes::new();
        let repo = repo(&(network("net", "1") + &network("other", "1")));
        fakes.round(&repo, &Wish::default()).unwrap();
        let named =
            format!("{{provisioned_product_name: net, {}", &network("network", size)["  network: {".len()..]);
        declare(&repo, &format!("  network: {named}{}", network("other", "2")));
        let workspace = open(repo.path(), &fakes).unwrap();
        let mut held = workspace.repo.store().unwrap();
        let prepared = workspace.plan(&Wish::default(), held.store.recorded(), held.store.key()).unwrap();
        somebody_writes(&mut *held.store, "net");
        let finished = fakes.finish(&prepared, &mut held);
        let lost: Vec<String> = finished.not_renamed.iter().map(|conflict| conflict.told("net")).collect();
        let stale = |ended: &Ended| match &ended.outcome {
            Outcome::Stale(why) => {
                format!("{} stale", ended.label)
                    + why.strip_prefix("another run has changed").map_or("?", |_| "")
            }
            Outcome::Done => format!("{} done", ended.label),
            other => format!("{other:?}"),
        };
        let ended: Vec<String> = finished.report.ended.iter().map(stale).collect();
        assert_eq!(ended, wanted);
        assert_eq!(lost.len(), usize::from(size == "1"), "{lost:?}");
        let rows =
            fakes.recorded.borrow().rows.keys().map(|address| address.key.to_string()).collect::<Vec<_>>();
        assert_eq!(rows, ["net", "other"], "the row is where it was");
        assert!(!fakes.round(&repo, &Wish::default()).unwrap().iter().any(|ended| ended.contains("Stale")));
        assert!(fakes.recorded.borrow().rows.keys().any(|address| address.key.as_str() == "network"));
    }
}

/// Another run writes a row, that says the same as before.
fn somebody_writes(store: &mut dyn Store, key: &str) {
    let recorded = store.recorded();
    let (address, row) = recorded.rows.iter().find(|(address, _)| address.key.as_str() == key).unwrap();
    let change = Change::Remembered {
        lifecycle: row.lifecycle,
        after: row.after.clone(),
        sensitive: [].into(),
        parameters: [].into(),
    };
    let group = Group::of(recorded, &address.clone(), vec![change]);
    assert!(store.commit(&[group]).unwrap().iter().all(Result::is_ok));
}

#[test]
fn a_saved_plan_is_held_against_the_present() {
    let fakes = Fakes::new();
    let repo = repo(&network("one", "1"));
    let workspace = open(repo.path(), &fakes).unwrap();
    let prepared = plan(&workspace, &Wish::default()).unwrap();
    let text = file::save(&prepared.plan, &workspace.repo.about(&prepared, Made::default(), &key()), &key());
    let hold = |text: &str| {
        let workspace = open(repo.path(), &fakes)?;
        let held = workspace.repo.store()?;
        let source = Source { path: "p.bin".into(), text: text.into() };
        let saved = read_saved(&source, held.store.recorded(), held.store.key())?;
        let prepared = workspace.repo.hold(saved, held.store.recorded(), held.store.key(), None)?;
        Ok::<_, Problem>(fakes.apply(&prepared, held))
    };
    assert_eq!(hold(&text).unwrap(), ["one done"]);
    let asked = *fakes.catalogs.borrow();
    assert_eq!(hold(&text).unwrap_err().kind, ProblemKind::SavedPlan, "a second time it is stale");
    assert_eq!(*fakes.catalogs.borrow(), asked, "the state alone tells that");
    assert_eq!(hold("no plan").unwrap_err().kind, ProblemKind::SavedPlan);
}

fn plan(workspace: &Workspace<'_>, wish: &Wish) -> Result<Prepared, Problem> {
    let Remembered { recorded, key, .. } = workspace.repo.remembered()?;
    workspace.plan(wish, &recorded, &key)
}

#[test]
fn what_is_odd_is_data_and_what_is_wrong_is_a_problem() {
    let fakes = Fakes::new();
    let repo = repo(&network("one", "1"));
    assert!(open(repo.path(), &fakes).unwrap().warnings.0.is_empty());
    std::fs::write(repo.path().join("provisor.yaml"), SETTINGS.replace("[products.yaml]", "[]")).unwrap();
    let warnings = open(repo.path(), &fakes).unwrap().warnings;
    assert_eq!(warnings.0.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["no-declarations"]);
    let rows = [
        ("[absent.yaml]", ProblemKind::Declarations),
        ("[provisor.yaml, products.yaml]", ProblemKind::Declarations),
    ];
    for (named, kind) in rows {
        let text = SETTINGS.replace("[products.yaml]", named);
        std::fs::write(repo.path().join("provisor.yaml"), text).unwrap();
        assert_eq!(open(repo.path(), &fakes).err().map(|problem| problem.kind), Some(kind), "{named}");
    }
    std::fs::remove_file(repo.path().join("provisor.yaml")).unwrap();
    assert_eq!(open(repo.path(), &fakes).err().map(|problem| problem.kind), Some(ProblemKind::Input));
}
