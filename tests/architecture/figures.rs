//! The figures of the house, printed: `cargo test architecture::figures -- --nocapture`. Only the ceilings are asserted.

use super::rules::circles;
use super::tree::{PROGRAM, SANDBOX};

#[test]
fn functions_are_short() {
    for (name, tree) in [("program", &*PROGRAM), ("sandbox", &*SANDBOX)] {
        let mut lines: Vec<usize> = tree.functions.iter().map(|function| function.lines).collect();
        lines.sort_unstable();
        let at = |share: usize| lines[(lines.len() - 1) * share / 100];
        println!(
            "{name}: {} functions, lines median {} p90 {} p99 {} most {}; {} arrows between modules, {} circles",
            lines.len(),
            at(50),
            at(90),
            at(99),
            at(100),
            tree.imports.len(),
            circles(&tree.imports).len(),
        );
        assert!(at(50) <= 8, "{name}: the median function has {} lines", at(50));
        assert!(at(90) <= 24, "{name}: one function in ten has more than {} lines", at(90));
    }
}
