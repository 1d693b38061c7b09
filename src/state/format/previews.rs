//! The form of a journal of previews: JSON lines, the first of which says which format it is and whose. Format `provisor.previews/v1`.

use serde::{Deserialize, Serialize};

use super::row::{CatalogKindDto, address, catalog_read, catalog_written};
use crate::previews::{OpenPreview, PreviewNote};
use crate::{Home, StateError};
use provisor_model::ids::{ProvisionedId, Token};
use provisor_model::time::Timestamp;

const FORMAT: &str = "provisor.previews/v";

/// The version that is written, and the highest that is read.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    format: String,
    /// For people.
    holder: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum NoteLine {
    Opening {
        name: String,
        address: String,
        account: String,
        region: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalog: Option<CatalogKindDto>,
        product: String,
        creates: bool,
        token: String,
        sign_by: i64,
    },
    Opened {
        name: String,
        plan: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned: Option<String>,
    },
    Closed {
        name: String,
    },
}

#[derive(Deserialize)]
struct Claim {
    format: String,
}

/// The first line.
pub(crate) fn head_line(holder: &str) -> Result<String, StateError> {
    line(&HeadLine { format: format!("{FORMAT}{VERSION}"), holder: holder.to_owned() })
}

/// One thing that happened, as a line.
pub(crate) fn note_line(note: &PreviewNote) -> Result<String, StateError> {
    line(&match note.clone() {
        PreviewNote::Opening(open) => {
            let OpenPreview { name, address, home, product, creates, token, sign_by, .. } = *open;
            let Home { account, region, catalog } = home;
            NoteLine::Opening {
                name,
                address: address.to_string(),
                account: account.to_string(),
                region: region.to_string(),
                catalog: catalog_written(catalog),
                product,
                creates,
                token: token.to_string(),
                sign_by: sign_by.0,
            }
        }
        PreviewNote::Opened { name, plan, provisioned } => {
            NoteLine::Opened { name, plan, provisioned: provisioned.map(|id| id.to_string()) }
        }
        PreviewNote::Closed { name } => NoteLine::Closed { name },
    })
}

fn line(of: &impl Serialize) -> Result<String, StateError> {
    let text =
        serde_json::to_string(of).map_err(|error| super::unwritable("a journal of previews", error))?;
    Ok(text + "\n")
}

/// What a journal says. A last line without its end was being written when its run died: what it was about had not been asked for.
///
/// # Errors
/// [`StateError::Corrupt`] with the line. `what` names the file.
pub(crate) fn notes(what: &str, text: &str) -> Result<Vec<PreviewNote>, StateError> {
    let corrupt = |line: usize, why: String| {
        StateError::Corrupt {
        reason: format!("{what}, line {line}: {why}"),
        hint: "a run of `plan --preview` wrote it: look for provisioned product plans named `provisor-preview-…` in the catalog, delete them with `aws servicecatalog delete-provisioned-product-plan`, then remove the file".to_owned(),
    }
    };
    let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
    let mut lines = whole.lines().enumerate();
    let Some((_, head)) = lines.next() else { return Ok(Vec::new()) };
    let Claim { format } = serde_json::from_str(head).map_err(|error| corrupt(1, error.to_string()))?;
    match format.strip_prefix(FORMAT).and_then(|version| version.parse().ok()) {
        Some(VERSION) => {}
        Some(found) if found > VERSION => {
            return Err(corrupt(
                1,
                format!("a later provisor wrote it (format {found}, this one knows {VERSION})"),
            ));
        }
        _ => return Err(corrupt(1, format!("`{format}` is no journal of previews"))),
    }
    let note = |(n, text): (usize, &str)| {
        let line: NoteLine = serde_json::from_str(text).map_err(|error| corrupt(n + 1, error.to_string()))?;
        line.note().map_err(|why| corrupt(n + 1, why))
    };
    lines.map(note).collect()
}

impl NoteLine {
    fn note(self) -> Result<PreviewNote, String> {
        Ok(match self {
            Self::Opening {
                name,
                address: at,
                account,
                region,
                catalog,
                product,
                creates,
                token,
                sign_by,
            } => {
                let catalog = catalog_read(catalog);
                PreviewNote::Opening(Box::new(OpenPreview {
                    address: address(&at)?,
                    home: Home { account: account.into(), region: region.into(), catalog },
                    token: Token::from(token),
                    sign_by: Timestamp(sign_by),
                    name,
                    product,
                    creates,
                    plan: None,
                    provisioned: None,
                }))
            }
            Self::Opened { name, plan, provisioned } => {
                PreviewNote::Opened { name, plan, provisioned: provisioned.map(ProvisionedId::from) }
            }
            Self::Closed { name } => PreviewNote::Closed { name },
        })
    }
}
