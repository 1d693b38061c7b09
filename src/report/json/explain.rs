//! What codes mean as `provisor.codes/v1`.

use serde::Serialize;

use super::printed;
use crate::report::view::{BeforeAfter, CodeExample, CodeView};

/// These codes.
#[must_use]
pub fn explained(codes: &[&CodeView]) -> String {
    printed(&CodesDoc {
        format: "provisor.codes/v1",
        codes: codes.iter().map(|one| CodeDoc::of(one)).collect(),
    })
}

#[derive(Serialize)]
struct CodesDoc {
    format: &'static str,
    codes: Vec<CodeDoc>,
}

#[derive(Serialize)]
struct CodeDoc {
    code: &'static str,
    what: &'static str,
    why: &'static str,
    mend: &'static str,
    example: ExampleDoc,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ExampleDoc {
    File { file: &'static str, wrong: &'static str, right: &'static str },
    Told { told: &'static str },
}

impl CodeDoc {
    fn of(one: &CodeView) -> Self {
        let CodeView { code, what, why, mend, example } = *one;
        let example = match (example.file(), example) {
            (Some(BeforeAfter { name: file, wrong, right }), _) => ExampleDoc::File { file, wrong, right },
            (None, CodeExample::Told(told)) => ExampleDoc::Told { told },
            (None, _) => ExampleDoc::Told { told: "" },
        };
        Self { code, what, why, mend, example }
    }
}
