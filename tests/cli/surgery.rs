//! Operations on the state: what is shown, what is refused, what is written, and that the next plan is what was said.

use serde_json::Value;

use super::support::{Repo, boxed};

fn applied(keys: &[&str]) -> Repo {
    let repo = Repo::boxes(keys);
    repo.apply().exits(0);
    repo
}

/// The id of what an address stands for.
fn id(repo: &Repo, address: &str) -> String {
    let state = repo.sh(&format!("state show {address} --json")).exits(0).json();
    state["rows"][0]["provisioned_product"]["id"].as_str().unwrap().to_owned()
}

fn row(repo: &Repo, key: &str) -> Value {
    let state = repo.sh("state pull").exits(0).json();
    let mut rows = state["rows"].as_array().unwrap().iter();
    rows.find(|row| row["address"].as_str().unwrap().starts_with(key)).unwrap().clone()
}

fn serial(repo: &Repo) -> u64 {
    repo.sh("state pull").json()["serial"].as_u64().unwrap()
}

#[test]
fn a_row_moves_with_all_that_it_is() {
    let repo = applied(&["one", "two"]);
    let (before, was, backups) = (row(&repo, "one"), serial(&repo), repo.sh("state history").out);
    repo.declare(
        &(boxed("uno", "").replace("{Name: uno, }}", "{Name: one}, provisioned_product_name: one}")
            + &boxed("two", "")),
    );
    let shown = ["one -> uno: pp-", "\"one\"", "State: 1 moved."];
    let dry = repo.sh("state mv one uno --dry-run").exits(0).says(&shown).says(&["Nothing was written"]);
    assert!(!dry.out.contains("Note: "), "{}", dry.out);
    repo.sh("state mv one uno").exits(5).says(&shown).tells(&["no terminal", "--auto-approve", "--dry-run"]);
    assert_eq!(serial(&repo), was, "nothing is written before a yes");
    repo.sh("state mv one uno --auto-approve").exits(0).says(&shown).says(&["2 addresses now, at serial"]);
    let after = row(&repo, "uno");
    for same in ["birth", "tokens", "op_no", "binding", "applied", "home"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(serial(&repo), was + 1, "one commit");
    let backup = repo.read(&format!("state/backups/{was}.json"));
    assert!(backup.contains("one@") && !backup.contains("uno@"), "{backup}");
    assert!(repo.sh("state history").out.starts_with(&backups));
    repo.sh("plan").exits(0);
    assert_eq!(repo.called("TerminateProvisionedProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn where_the_old_key_is_declared_still_a_move_says_so() {
    let repo = applied(&["one"]);
    repo.sh("state mv one uno --auto-approve")
        .exits(0)
        .says(&["`one` is still declared (products.yaml:2:3)", "takes this back"]);
    repo.declare(&boxed("two", ""));
    repo.sh("state mv uno due --dry-run").exits(0).says(&["`due` is not declared", "no longer wanted"]);
    repo.write("products.yaml", "provisioned_products: [");
    repo.sh("state mv uno due --dry-run").exits(0).says(&["the declarations cannot be read"]);
}

#[test]
fn a_move_from_nowhere_or_over_another_is_refused() {
    let repo = applied(&["one", "two"]);
    let was = serial(&repo);
    for (line, code, says) in [
        ("state mv ones three", 1, "did you mean `one`?"),
        ("state mv one two", 5, "`two` is taken: it is pp-"),
        ("state mv one one", 1, "already"),
        ("state mv one 1st", 1, "no declaration can have its address"),
        ("state mv one x@demi", 1, "did you mean `demo`?"),
        ("state mv o* x", 64, "is a pattern"),
        ("state rm ones", 1, "did you mean `one`?"),
        ("state rm", 64, "required"),
    ] {
        repo.sh(line).exits(code).tells(&[says]);
        if code != 64 {
            let told = repo.sh(&format!("{line} --auto-approve --json")).exits(code).json();
            assert!(told["diagnostics"][0].to_string().contains(says), "{told}");
        }
    }
    assert_eq!(serial(&repo), was);
    let fresh = Repo::boxes(&["one"]);
    for line in ["state mv one two --auto-approve", "state rm one --auto-approve"] {
        fresh.sh(line).exits(1).tells(&["nothing has been applied yet"]);
    }
    assert!(!fresh.path().join("state/HEAD").exists(), "nothing is begun by it");
}

#[test]
fn one_instance_of_several_moves_alone_or_all_together() {
    let repo = Repo::new(&boxed("one", "").replace("{product_name", "{locations: [dev, prod], product_name"));
    let location = |name: &str| format!("  {name}: {{sandbox: {name}.yaml}}\n");
    let (dev, prod) = (location("dev"), location("prod"));
    repo.write(
        "provisor.yaml",
        &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{dev}{prod}"),
    );
    let world = repo.read("sandbox.yaml");
    repo.write("dev.yaml", &world);
    repo.write("prod.yaml", &world.replace("111122223333", "222233334444"));
    repo.apply().exits(0);
    repo.sh("state mv one uno@prod --dry-run").exits(1).tells(&["one of 2 rows", "such as `one@dev`"]);
    repo.sh("state mv one@dev one@prod --dry-run")
        .exits(5)
        .tells(&["cannot move to `prod/eu-west-1`", "111122223333 in eu-west-1"]);
    repo.sh("state mv one@prod uno@prod --auto-approve").exits(0).says(&["1 moved"]);
    assert_eq!(repo.sh("state list").out, "one\nuno\n");
    repo.sh("state mv uno one --auto-approve").exits(0);
    repo.sh("state mv one uno --auto-approve").exits(0).says(&["2 moved"]);
    assert_eq!(repo.sh("state list").out, "uno@dev\nuno@prod\n");
}

#[test]
fn what_is_forgotten_stays_and_can_be_brought_back() {
    let repo = applied(&["one", "other", "two"]);
    let (one, other) = (id(&repo, "one"), id(&repo, "other"));
    let back = [format!("`provisor import one {one}`"), format!("`provisor import other {other}`")];
    let done = repo.sh("state rm o* --auto-approve").exits(0);
    let done = done.says(&["State: 2 forgotten.", &back[0], &back[1], "still declared (products.yaml:2:3)"]);
    done.says(&["The state has 1 address now"]);
    assert_eq!(repo.existing().len(), 3, "nothing is terminated");
    let tombstones = repo.sh("state pull").json()["tombstones"].as_array().unwrap().len();
    assert_eq!(tombstones, 2);
    repo.sh("plan").exits(5).says(&["exists already", &one]);
    repo.sh(&format!("import one {one} --auto-approve")).exits(0);
    repo.sh(&format!("import other {other} --auto-approve")).exits(0);
    repo.settled();
}

#[test]
fn what_was_sent_is_neither_moved_nor_forgotten() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    repo.sh("apply --auto-approve --no-wait").exits(4);
    for line in
        ["state rm one two --auto-approve", "state mv one three --auto-approve", "state rm one --dry-run"]
    {
        repo.sh(line).exits(5).tells(&["`one`: a provision is under way (operation 1)", "`provisor apply`"]);
    }
    assert_eq!(repo.sh("state list").out, "one\ntwo\n");
    repo.edit("sandbox.yaml", "time_scale: 5", "time_scale: 3600");
    repo.apply().exits(0);
    repo.sh("state rm one two --auto-approve").exits(0);
}

/// What stands in the way may be what the holder is about to end: whoever writes has to wait, whatever is decided then.
#[test]
fn what_writes_the_state_needs_its_lock() {
    let repo = applied(&["one", "two"]);
    std::fs::write(repo.path().join("export.json"), repo.sh("state pull").exits(0).out).unwrap();
    repo.sh("plan --destroy --max-terminate 2 --out p.bin").exits(0);
    repo.declare(&(boxed("one", "Note: new") + &boxed("two", "Note: new")));
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    repo.sh("apply --auto-approve --no-wait").exits(4);
    let backups = std::fs::read_dir(repo.path().join("state/backups")).unwrap();
    let backup = backups.flatten().next().unwrap().path();
    let restore = format!("state restore {} --auto-approve", backup.file_stem().unwrap().to_str().unwrap());
    let lock = std::fs::File::options().write(true).open(repo.path().join("state/lock")).unwrap();
    std::fs::write(repo.path().join("state/lock"), "`provisor apply` (pid 7 on there)\n").unwrap();
    lock.lock().unwrap();
    for line in [
        "state rm one",
        "state rm one --auto-approve",
        "state rm one --auto-approve --json",
        "state rm due --auto-approve",
        "state mv one uno --auto-approve",
        "state mv one two --auto-approve",
        "state push export.json --auto-approve",
        &restore,
        "import one one --auto-approve",
        "import --all --auto-approve",
        "import --declared --auto-approve",
        "apply",
        "apply --auto-approve",
        "apply p.bin",
        "destroy --auto-approve",
    ] {
        let done = repo.sh(line).exits(7);
        let told = done.out + &done.err;
        assert!(told.contains("`provisor apply` (pid 7 on there)"), "{line}: {told}");
    }
    // who only looks is told what there is, and wrong usage is wrong whoever has it
    repo.sh("state rm one --dry-run").exits(5).tells(&["an update is under way", "(pid 7 on there)"]);
    repo.sh("state rm due --dry-run").exits(1).tells(&["`due`"]);
    repo.sh("state mv o* x").exits(64);
    repo.sh("state list").exits(0);
}

#[test]
fn surgery_is_told_as_one_document() {
    let repo = applied(&["one"]);
    let dry = repo.sh("state rm one --json --dry-run").exits(0).json();
    assert_eq!((&dry["format"], &dry["done"]), (&"provisor.state_change/v1".into(), &false.into()));
    let refused = repo.sh("state rm one --json").exits(5).json();
    assert_eq!(refused["diagnostics"][0]["code"], "refused");
    let done = repo.sh("state rm one --json --auto-approve").exits(0).json();
    assert_eq!((&done["command"], &done["done"]), (&"state rm".into(), &true.into()));
    assert_eq!(done["serial"].as_u64(), Some(serial(&repo)));
    assert_eq!(done["rows"][0]["fate"], "forgotten");
    assert!(done["rows"][0]["provisioned_product"]["id"].as_str().unwrap().starts_with("pp-"));
    assert!(done["notes"][0].as_str().unwrap().contains("provisor import one pp-"), "{done}");
}

#[test]
fn an_export_is_shown_before_it_takes_over() {
    let repo = applied(&["one"]);
    repo.write("one.json", &repo.sh("state pull").out);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.sh("state push one.json --dry-run").exits(7).tells(&["it has serial"]);
    let mut older = repo.sh("state pull").json();
    older["rows"].as_array_mut().unwrap().remove(1);
    repo.write("less.json", &older.to_string());
    let was = serial(&repo);
    repo.sh("state push less.json").exits(5).says(&["- two: pp-", "State: 1 forgotten."]);
    repo.sh("state push less.json --dry-run").exits(0).says(&["State: 1 forgotten.", "Nothing was written"]);
    assert_eq!(serial(&repo), was);
    repo.sh("state push less.json --auto-approve").exits(0).says(&["1 address now"]);
    let other = Repo::boxes(&["one"]);
    other.write("less.json", &older.to_string());
    other.sh("state push less.json").exits(0).says(&["1 address now"]);
}

/// Three boxes, one after the other: the serials after each.
fn grown() -> (Repo, [u64; 3]) {
    let repo = Repo::boxes(&["one"]);
    let serials = [vec!["one"], vec!["one", "two"], vec!["one", "two", "three"]].map(|keys| {
        repo.declare(&keys.iter().map(|key| boxed(key, "")).collect::<String>());
        repo.apply().exits(0);
        serial(&repo)
    });
    (repo, serials)
}

#[test]
fn backups_are_listed_with_time_and_rows() {
    let (repo, [first, second, third]) = grown();
    let list = repo.sh("state restore").exits(0);
    let list =
        list.says(&[&format!("#{first}  20"), "1 address\n", &format!("#{second}  20"), "2 addresses\n"]);
    assert!(list.out.lines().last().unwrap().starts_with(&format!("#{third} ")), "{}", list.out);
    let wrong = repo.sh("state restore 99999").exits(1);
    wrong.tells(&[
        "there is no backup of serial 99999",
        &format!("#{second}  20"),
        "2 addresses",
        "state restore SERIAL",
    ]);
    repo.write(&format!("state/backups/{second}.json"), "{");
    let json = repo.sh("state restore --json").exits(0).json();
    assert_eq!((&json["format"], &json["backups"][0]["rows"]), (&"provisor.backups/v1".into(), &1.into()));
    assert!(json["backups"][1]["error"].as_str().unwrap().contains("the export"), "{json}");
    repo.sh(&format!("state restore {second}")).exits(7).tells(&["cannot take", "backups/"]);
    Repo::boxes(&["one"]).sh("state restore").exits(0).says(&["There is no backup."]);
}

#[test]
fn one_goes_back_on_purpose_and_nothing_is_made_twice() {
    let (repo, [first, _, third]) = grown();
    let (two, three) = (id(&repo, "two"), id(&repo, "three"));
    let line = format!("state restore {first}");
    let shown = ["- three: pp-", "- two: pp-", "State: 2 forgotten.", "still declared"];
    repo.sh(&format!("{line} --dry-run")).exits(0).says(&shown).says(&["Nothing was written"]);
    repo.sh(&line).exits(5).says(&shown).says(&[&format!("`provisor import two {two}`")]);
    let before = repo.sh("state pull").json();
    assert_eq!(before["serial"].as_u64(), Some(third), "nothing was written");
    repo.sh(&format!("{line} --auto-approve")).exits(0).says(&shown).says(&["1 address now"]);
    let after = repo.sh("state pull").json();
    assert_eq!(after["lineage"], before["lineage"]);
    assert_eq!(after["serial"].as_u64(), Some(third + 1), "forward, not back");
    assert!(repo.sh("state history two").out.lines().last().unwrap().contains("two  restored, by "));
    repo.sh("plan").exits(5).says(&["exists already", &two, &three]);
    repo.sh("import --declared --auto-approve").exits(0);
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct"), 3);
    repo.sh(&format!("state restore {third} --auto-approve")).exits(0);
    repo.settled();
}

#[test]
fn a_restored_row_mints_no_old_token_and_knows_those_since() {
    let repo = applied(&["one"]);
    let first = serial(&repo);
    for note in ["a", "b"] {
        repo.declare(&boxed("one", &format!("Note: {note}")));
        repo.apply().exits(0);
    }
    let known = row(&repo, "one");
    assert_eq!(known["tokens"].as_array().unwrap().len(), 3);
    let done = repo.sh(&format!("state restore {first} --auto-approve")).exits(0);
    done.says(&["~ one: pp-", "record: rec-", "outputs: not the same", "State: 1 changed."]);
    let back = row(&repo, "one");
    assert_eq!((&back["tokens"], &back["op_no"]), (&known["tokens"], &known["op_no"]));
    assert_ne!(back["applied"]["record"], known["applied"]["record"]);
    assert!(back["n"].as_u64() > known["n"].as_u64(), "no plan that was saved before fits");
    repo.declare(&boxed("one", "Note: c"));
    repo.apply().exits(0);
    let tokens = row(&repo, "one")["tokens"].as_array().unwrap().clone();
    assert_eq!((tokens.len(), &tokens[..3]), (4, &known["tokens"].as_array().unwrap()[..]));
    repo.settled();
}

#[test]
fn nobody_goes_back_while_something_is_under_way() {
    let repo = applied(&["one"]);
    let first = serial(&repo);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 5");
    repo.declare(&boxed("one", "Note: a"));
    repo.sh("apply --auto-approve --no-wait").exits(4);
    repo.sh(&format!("state restore {first} --auto-approve"))
        .exits(5)
        .tells(&["`one`: an update is under way"]);
}

#[test]
fn the_history_tells_when_how_long_and_follows_a_row() {
    let repo = applied(&["one"]);
    repo.sh("state mv one uno --auto-approve").exits(0);
    repo.sh("state mv uno due --auto-approve").exits(0);
    repo.sh("state rm due --auto-approve").exits(0);
    let all = repo.sh("state history due").exits(0).out;
    let lines: Vec<&str> = all.lines().collect();
    let words = [
        "one  provision succeeded after ",
        "one  moved, by",
        "uno  arrived, by",
        "uno  moved",
        "due  arrived",
        "due  forgotten",
    ];
    assert_eq!(lines.len(), words.len(), "{all}");
    for (line, word) in lines.iter().zip(words) {
        assert!(line.contains(word) && line.contains("  20"), "{line} lacks {word}");
    }
    assert_eq!(repo.sh("state history --limit 2").out, lines[4..].join("\n") + "\n");
    assert_eq!(repo.sh("state history --limit 0").out, "");
    let json = repo.sh("state history one --json").exits(0).json();
    let entry = &json["entries"][0];
    assert!(entry["milliseconds"].as_u64().unwrap() > 0, "{entry}");
    assert!(entry["ended"].as_str().unwrap() > entry["sent"].as_str().unwrap(), "{entry}");
    assert!(["who", "from", "run"].iter().all(|key| entry["author"][key].is_string()), "{entry}");
}

/// What says nothing new is not written.
#[test]
fn an_equal_export_changes_nothing() {
    let repo = applied(&["one"]);
    repo.write("same.json", &repo.sh("state pull").exits(0).out);
    let before = serial(&repo);
    repo.sh("state push same.json").exits(0).says(&["State: nothing differs.\nNothing was written.\n"]);
    assert_eq!(serial(&repo), before);
}

/// Whatever differs has a word in what is shown.
#[test]
fn no_row_changes_without_saying_in_what() {
    let repo = applied(&["one"]);
    let state = repo.sh("state pull").exits(0).json();
    let shown = |edit: &dyn Fn(&mut Value)| {
        let mut state = state.clone();
        edit(&mut state);
        repo.write("edited.json", &state.to_string());
        repo.sh("state push edited.json --dry-run").exits(0).out
    };
    let account = shown(&|state| state["rows"][0]["account"] = "410000000009".into());
    assert!(account.contains("account_id: 111122223333 -> 410000000009"), "{account}");
}

#[test]
fn nothing_moves_to_a_word_that_is_reserved() {
    let repo = applied(&["one"]);
    for word in ["key", "var", "external", "location", "key@demo"] {
        repo.sh(&format!("state mv one {word} --auto-approve"))
            .exits(1)
            .tells(&["is a reserved word", "choose another key"]);
    }
}

/// Two rows for one product: the one whose declaration is gone would take it from the other.
#[test]
fn a_state_in_which_two_rows_stand_for_one_product_is_not_pushed() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let mut state = repo.sh("state pull").exits(0).json();
    let mut twin = state["rows"][0].clone();
    twin["address"] = "twin@demo/eu-west-1".into();
    twin["birth"] = "0123456789abcdef0123456789abcdef".into();
    state["rows"].as_array_mut().unwrap().push(twin);
    state["serial"] = 99.into();
    repo.write("edited.json", &state.to_string());
    for line in ["state push edited.json --dry-run", "state push edited.json --auto-approve"] {
        let done = repo.sh(line);
        assert_ne!(done.code, Some(0), "{line}");
        done.tells(&[" both stand for pp-", "leave one of the rows out"]);
    }
    repo.settled();
}

/// What a hand may write into an export and no catalog ever answered is refused before anything is asked or written.
#[test]
fn a_state_that_no_program_wrote_is_not_pushed() {
    let repo = applied(&["one"]);
    let state = repo.sh("state pull").exits(0).json();
    let was = repo.sh("state pull").out;
    for (pointer, value, says) in [
        ("/serial", serde_json::json!(u64::MAX), "no state has the serial"),
        ("/rows/0/n", serde_json::json!(u64::MAX), "a number that nothing was ever counted to"),
        ("/rows/0/op_no", serde_json::json!(1_u64 << 63), "a number that nothing was ever counted to"),
        ("/rows/0/account", "1234".into(), "its `account` is no account"),
        ("/rows/0/region", "".into(), "its `region` is no region"),
        ("/rows/0/binding/id", "one of ours".into(), "its `binding.id` is no id"),
        ("/rows/0/binding/name", " ".into(), "its `binding.name` is empty"),
        ("/rows/0/applied/record", "".into(), "its `applied.record` is no id"),
        ("/rows/0/tokens/0/1", "".into(), "a token that no request can carry"),
    ] {
        let mut edited = state.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        repo.write("edited.json", &edited.to_string());
        for flag in ["--dry-run", "--auto-approve"] {
            let done = repo.sh(&format!("state push edited.json {flag}"));
            assert_eq!(done.code, Some(7), "{pointer}: {}", done.err);
            done.tells(&[says]);
        }
    }
    assert_eq!(repo.sh("state pull").out, was);
    repo.settled();
}
