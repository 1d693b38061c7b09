//! What `strace` tells of a run: which calls there were, and which of them were broken.

use std::collections::BTreeMap;

/// From which to which call of a kind a run can be broken, counted in each thread as `strace` counts.
#[derive(Default)]
pub struct Counts(BTreeMap<String, Range>);

#[derive(Clone, Copy, Default)]
struct Range {
    /// How many the loader and the standard library make before the program begins.
    before: usize,
    /// How many the busiest thread makes.
    all: usize,
}

impl Counts {
    pub fn read(trace: &str) -> Self {
        let mut threads: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
        let mut counts = Self::default();
        let mut has_begun = false;
        for line in trace.lines() {
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let Some((name, arguments)) = rest.trim_start().split_once('(') else { continue };
            if name.starts_with('<') || name.contains(' ') {
                continue;
            }
            let so_far = threads.entry(thread.to_owned()).or_default().entry(name).or_default();
            *so_far += 1;
            has_begun |= arguments.contains("provisor.yaml");
            let range = counts.0.entry(name.to_owned()).or_default();
            range.all = range.all.max(*so_far);
            if !has_begun {
                range.before = *so_far;
            }
        }
        counts
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first and the last that are worth breaking; the last is the smaller one where there is none.
    pub fn of(&self, call: &str) -> (usize, usize) {
        let range = self.0.get(call).copied().unwrap_or_default();
        (range.before + 1, range.all)
    }
}

/// The lines of a trace that tell of broken calls.
pub fn injected(trace: &str) -> impl Iterator<Item = &str> {
    trace.lines().filter(|line| line.ends_with("(INJECTED)"))
}

#[test]
fn calls_are_counted_in_each_thread() {
    let trace = "1 openat(AT_FDCWD</>, \"/lib\") = 3\n1 openat(AT_FDCWD</>, \"provisor.yaml\") = 3\n\
                 2 openat(AT_FDCWD</>, \"a\" <unfinished ...>\n1 fsync(3</b>) = 0\n2 <... openat resumed>) = 4\n\
                 2 fsync(3</b>) = -1 EIO (Input/output error) (INJECTED)\n1 fsync(3</b>) = 0\n";
    let counts = Counts::read(trace);
    assert_eq!((counts.of("openat"), counts.of("fsync"), counts.of("rename")), ((2, 2), (1, 2), (1, 0)));
    assert_eq!(injected(trace).count(), 1);
}
