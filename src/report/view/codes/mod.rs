//! What every code of a diagnostic means: what is wrong, why it is refused or told, how it is mended, and an example. Plain
//! data; a test holds it against the codes that the sources use.

mod ends;
mod meaning;
mod offered;
#[cfg(test)]
mod page;
mod settings;
mod texts;

use crate::model::text::did_you_mean;

/// One code.
#[derive(Clone, Copy, Debug)]
pub struct CodeView {
    /// The stable word, as `--json` has it.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// Why it is an error, or worth a warning.
    pub why: &'static str,
    /// How it is mended.
    pub mend: &'static str,
    /// What it looks like.
    pub example: CodeExample,
}

/// What a code looks like: a file before and after, or what was typed or written elsewhere.
#[derive(Clone, Copy, Debug)]
pub enum CodeExample {
    /// A file of declarations, where there is one location.
    Declarations {
        /// The one that has it.
        wrong: &'static str,
        /// The same, mended.
        right: &'static str,
    },
    /// The same, where there are the locations `hub` and `dev`.
    Places {
        /// The one that has it.
        wrong: &'static str,
        /// The same, mended.
        right: &'static str,
    },
    /// `provisor.yaml`
    Settings {
        /// The one that has it.
        wrong: &'static str,
        /// The same, mended.
        right: &'static str,
    },
    /// In words, with what is typed.
    Told(&'static str),
}

impl CodeExample {
    /// The file of the example, and its two texts.
    #[must_use]
    pub const fn file(&self) -> Option<BeforeAfter> {
        let (name, (wrong, right)) = match self {
            Self::Declarations { wrong, right } => ("products.yaml", (*wrong, *right)),
            Self::Places { wrong, right } => {
                ("products.yaml, with the locations `hub` and `dev`", (*wrong, *right))
            }
            Self::Settings { wrong, right } => ("provisor.yaml", (*wrong, *right)),
            Self::Told(_) => return None,
        };
        Some(BeforeAfter { name, wrong, right })
    }
}

/// A file before and after.
#[derive(Clone, Copy, Debug)]
pub struct BeforeAfter {
    /// What it is called.
    pub name: &'static str,
    /// The one that is wrong.
    pub wrong: &'static str,
    /// The same, mended.
    pub right: &'static str,
}

/// Codes that belong together.
#[derive(Clone, Copy, Debug)]
pub struct CodeGroup {
    /// What they are about.
    pub title: &'static str,
    /// In the order in which one meets them.
    pub codes: &'static [CodeView],
}

/// Every code there is.
pub const CODE_GROUPS: [CodeGroup; 6] = [
    CodeGroup { title: "Texts and files", codes: texts::CODES },
    CodeGroup { title: "Settings, variables and locations", codes: settings::CODES },
    CodeGroup { title: "Declarations and references", codes: meaning::CODES },
    CodeGroup { title: "What the catalog offers", codes: offered::CODES },
    CodeGroup { title: "Imports", codes: offered::IMPORTS },
    CodeGroup { title: "Where no line of a file is at fault", codes: ends::CODES },
];

impl CodeView {
    /// The one of this name.
    ///
    /// # Errors
    /// What may have been meant, where there is none.
    pub fn named(code: &str) -> Result<&'static Self, Option<String>> {
        let all = || CODE_GROUPS.iter().flat_map(|group| group.codes);
        let word = code.trim().to_lowercase().replace(['_', ' '], "-");
        all().find(|one| one.code == word).ok_or_else(|| did_you_mean(&word, all().map(|one| one.code)))
    }
}
