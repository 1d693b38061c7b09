//! Random lives of rows: the same seed and the same state give the same commit.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::ids::{Address, RecordId, Token};
use provisor::model::product::{Bound, Language, Lifecycle, OnRemoval, Preferences};
use provisor::model::secret::KeyedDigest;
use provisor::model::target::{Named, Options, Target};
use provisor::model::time::Timestamp;
use provisor::state::{
    Applied, Binding, Birth, CatalogKind, Change, Content, Group, Home, Intent, Kind, Phase, Recorded, Row,
    Settlement, Stored, Unverified, Version,
};

/// splitmix64
#[derive(Clone)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// The commit that follows `recorded`: one to four groups, of a change each, that all hold.
pub fn commit(seed: u64, recorded: &Recorded) -> Vec<Group> {
    // no two states of one life draw the same
    let rows = recorded.rows.values().map(|row| row.version);
    let versions = rows.chain(recorded.tombstones.values().map(|stone| stone.version));
    let mut rng = Rng(seed);
    for version in versions {
        rng.0 = rng.next() ^ version.n ^ (version.birth.0 >> 64) as u64;
    }
    let mut busy = BTreeSet::new();
    let mut groups = Vec::new();
    for _ in 0..=rng.below(4) {
        let address = address(&mut rng);
        if !busy.insert(address.clone()) {
            continue;
        }
        let change = change(&mut rng, recorded, &address, &mut busy);
        groups.push(Group::of(recorded, &address, vec![change]));
    }
    groups
}

pub fn address(rng: &mut Rng) -> Address {
    let key = format!("product-{}", rng.below(12));
    let location = ["hub", "pay-dev/eu-west-1", "größe/us-east-1"][rng.below(3)];
    Address::new(key.as_str(), location)
}

fn change(rng: &mut Rng, recorded: &Recorded, at: &Address, busy: &mut BTreeSet<Address>) -> Change {
    let row = recorded.rows.get(at).cloned().unwrap_or_default();
    match (&row.intent, &row.binding) {
        (Some(intent), _) if intent.phase == Phase::Intended => match rng.below(8) {
            0 => Change::Resent { sent: Timestamp(7_000), sign_by: Timestamp(8_000) },
            1 => Change::Refused { message: "no such path".into() },
            2 => Change::Abandoned,
            _ => Change::Accepted {
                record: RecordId::from(format!("rec-{:x}", rng.next())),
                provisioned: format!("pp-{:x}", rng.next()).into(),
            },
        },
        (Some(intent), _) => Change::Settled(Box::new(settlement(rng, intent.kind)), Some(Timestamp(7))),
        (None, Some(_)) => change_bound(rng, recorded, at, busy),
        (None, None) if row.op_no > 0 && rng.one_in(4) => Change::Forget,
        (None, None) if rng.one_in(6) => adopted(rng, recorded),
        (None, None) => begin(rng, &row, Kind::Provision),
    }
}

fn change_bound(rng: &mut Rng, recorded: &Recorded, at: &Address, busy: &mut BTreeSet<Address>) -> Change {
    let to = address(rng);
    let row = recorded.rows.get(at).cloned().unwrap_or_default();
    match rng.below(10) {
        0 => Change::Vanished,
        1 => Change::Forget,
        2 => Change::Remembered {
            lifecycle: lifecycle(rng),
            after: after(rng, recorded),
            sensitive: BTreeMap::new(),
            parameters: BTreeMap::new(),
        },
        3 if !recorded.rows.contains_key(&to) && to != *at && busy.insert(to.clone()) => Change::Moved { to },
        4 => adopted(rng, recorded),
        5 => begin(rng, &row, Kind::Retain),
        6 | 7 => begin(rng, &row, Kind::Terminate),
        _ => begin(rng, &row, Kind::Update),
    }
}

fn settlement(rng: &mut Rng, kind: Kind) -> Settlement {
    match kind {
        _ if rng.one_in(4) => Settlement::Failed { message: "Subnet is \"full\"\n(code 7)".into() },
        Kind::Terminate | Kind::Retain => Settlement::Gone,
        Kind::Provision | Kind::Update => Settlement::Succeeded {
            outputs: texts(rng, "Output"),
            sensitive_outputs: BTreeMap::from([("Password".into(), KeyedDigest("ab".repeat(32)))]),
            arn: rng.one_in(2).then(|| "arn:aws:servicecatalog:eu-west-1:1:stack/x/pp-1".into()),
            is_unproven: rng.one_in(4),
        },
    }
}

/// The beginning of the row's next operation; a row that never was has had none.
pub fn begin(rng: &mut Rng, row: &Row, kind: Kind) -> Change {
    let makes = matches!(kind, Kind::Provision | Kind::Update);
    Change::Begin {
        birth: birth(rng),
        home: Home {
            account: "012345678901".into(),
            region: "eu-west-1".into(),
            catalog: [CatalogKind::Aws, CatalogKind::Sandbox, CatalogKind::Custom][rng.below(3)],
        },
        intent: Box::new(Intent {
            op_no: row.op_no + 1,
            kind,
            nonce: u128::from(rng.next()),
            by: None,
            token: Token::from(format!("t{:016x}{:016x}", rng.next(), rng.next())),
            request_digest: KeyedDigest(format!("{:064x}", rng.next())),
            base_record: (kind != Kind::Provision).then(|| "rec-base".into()),
            born: Timestamp(1_000),
            sent: Timestamp(1_000),
            sign_by: Timestamp(6_000),
            phase: Phase::Intended,
            content: makes.then(|| content(rng)),
        }),
        lifecycle: lifecycle(rng),
        after: row.after.clone(),
    }
}

pub fn birth(rng: &mut Rng) -> Birth {
    Birth(u128::from(rng.next()) << 64 | u128::from(rng.next()))
}

fn adopted(rng: &mut Rng, recorded: &Recorded) -> Change {
    Change::Adopted {
        birth: birth(rng),
        home: Home {
            account: "111122223333".into(),
            region: "us-east-1".into(),
            catalog: CatalogKind::Unknown,
        },
        binding: Binding {
            id: format!("pp-{:x}", rng.next()).into(),
            name: "adopted".into(),
            arn: Some("arn:aws:x".into()),
        },
        applied: Some(Box::new(Applied {
            content: content(rng),
            outputs: texts(rng, "Output"),
            sensitive_outputs: BTreeMap::new(),
            record: "rec-foreign".into(),
            unverified: BTreeSet::from([Unverified::Parameters, Unverified::Record]),
        })),
        lifecycle: lifecycle(rng),
        after: after(rng, recorded),
    }
}

pub fn content(rng: &mut Rng) -> Content {
    let mut parameters: BTreeMap<String, Stored> =
        texts(rng, "Parameter").into_iter().map(|(key, text)| (key, Stored::Text(text))).collect();
    parameters.insert("Password".into(), Stored::Digest(KeyedDigest("cd".repeat(32))));
    parameters.insert("Kept".into(), Stored::Unknown);
    if rng.one_in(25) {
        // above several chunks, and above what sled keeps in its log
        parameters.insert("Policy".into(), Stored::Text("p\u{e9}".repeat(rng.below(60_000))));
    }
    Content {
        parameters,
        tags: BTreeMap::from([("env".into(), "dev".into())]),
        target: Target {
            name: "net-dev".into(),
            product: Named::new("prod-abcdefghijklm", "vpc"),
            artifact: Named::new("pa-abcdefghijklm", "v1"),
            path: Named::new("lpv3-abcdefghijklm", "platform"),
            options: Options {
                notification_arns: vec!["arn:aws:sns:eu-west-1:111122223333:events".into()],
                preferences: rng.one_in(3).then(|| Preferences {
                    accounts: vec!["111122223333".into()],
                    regions: vec![],
                    failure_tolerance: Some(Bound::Count(1)),
                    max_concurrency: Some(Bound::Percentage(30)),
                }),
                language: [Language::En, Language::Jp, Language::Zh][rng.below(3)],
                sensitive_outputs: BTreeSet::from(["Password".into()]),
            },
        },
    }
}

fn texts(rng: &mut Rng, stem: &str) -> BTreeMap<String, String> {
    let odd = ["", "012345678901", "1.10", "yes", " a\tb\u{0}\u{1f600} ", "{\"a\": [1]}\n"];
    (0..rng.below(6)).map(|n| (format!("{stem}{n}"), odd[rng.below(odd.len())].to_owned())).collect()
}

fn lifecycle(rng: &mut Rng) -> Lifecycle {
    let removals = [OnRemoval::Terminate, OnRemoval::RetainPhysicalResources, OnRemoval::Forget];
    Lifecycle { prevent_terminate: rng.one_in(3), on_removal: removals[rng.below(3)], ..Lifecycle::default() }
}

fn after(rng: &mut Rng, recorded: &Recorded) -> BTreeSet<Birth> {
    (0..rng.below(3)).filter_map(|_| recorded.birth(&address(rng))).collect()
}

/// A row that satisfies all rules: its operation `op_no` is intended.
pub fn row(rng: &mut Rng, op_no: u64) -> Row {
    let before = Row { op_no: op_no - 1, ..Row::default() };
    let Change::Begin { birth, home, intent, .. } = begin(rng, &before, Kind::Provision) else {
        unreachable!("that is what it makes")
    };
    let version = Version { birth, n: 1 };
    let tokens = vec![(op_no, intent.token.clone())];
    Row { version, home, op_no, tokens, intent: Some(*intent), ..Row::default() }
}
