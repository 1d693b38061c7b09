//! Codes of what no line of a file is about: the kinds of problems that end a command.

use super::{CodeExample, CodeView};

pub(super) const CODES: &[CodeView] = &[
    CodeView {
        code: "usage",
        what: "what was typed has no meaning",
        why: "Exit code 64: nothing was read or tried.",
        mend: "`provisor COMMAND --help` has every flag, with examples.",
        example: CodeExample::Told("`provisor apply --parallelism 0`"),
    },
    CodeView {
        code: "input",
        what: "something that was named is not there or cannot be read",
        why: "A file, a folder, an address or a value that the command line or the environment names. Exit code 1: nothing was changed.",
        mend: "Correct the name: where there is a near one, it is told.",
        example: CodeExample::Told("`provisor plan --target 'nte*'`, where nothing is called so."),
    },
    CodeView {
        code: "declarations",
        what: "the settings or the declarations cannot be used as a whole",
        why: "What is wrong stands in no single line. Exit code 1: nothing was changed.",
        mend: "The message says what is missing.",
        example: CodeExample::Told("`provisor plan` in a folder without provisor.yaml."),
    },
    CodeView {
        code: "refused",
        what: "a guard forbids it, or somebody has to decide first",
        why: "A step would terminate, replace or take over something that nobody has agreed to, or there is no terminal to ask on. Exit code 5: nothing was tried.",
        mend: "The hint names the flag that allows it this once, such as `--max-terminate N`, `--replace ADDR` or `--auto-approve`; `--skip-refused` does the rest.",
        example: CodeExample::Told("Two declarations are deleted, and `guards.max_terminate` is 1."),
    },
    CodeView {
        code: "saved-plan",
        what: "a saved plan no longer fits",
        why: "What it was made from has moved, it is too old (`--max-age`), was changed, or a secret is missing or another. Exit code 6: nothing was tried.",
        mend: "Plan again, and have that approved.",
        example: CodeExample::Told(
            "`provisor apply plan.bin` after somebody else's apply of the same products.",
        ),
    },
    CodeView {
        code: "state",
        what: "the state cannot be used",
        why: "Another command holds it, it is damaged, of another format, or readable by others. Exit code 7: nothing was tried.",
        mend: "`--lock-timeout 10m` waits for whoever holds it; `provisor state recover` saves what can be saved; the message says which.",
        example: CodeExample::Told("Two `provisor apply` of one repo at the same time."),
    },
    CodeView {
        code: "output",
        what: "a result could not be written",
        why: "The disk is full, or the file is not ours to write: a link, a folder, or a file that is no report of ours. Exit code 1.",
        mend: "Name another file, or make room. What was applied is in the state all the same.",
        example: CodeExample::Told("`provisor plan --out /full/plan.bin`"),
    },
];
