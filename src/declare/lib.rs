//! Text to `Desired`: what the declarations say, resolved as far as it can be without asking anybody. Pure.
//! Nothing here reads a file, the environment or the clock: sources and inputs come in as arguments.
//!
//! A document is read once, into a tree with places (`yaml/`), and checked against the table of fields (`fields/`,
//! `check.rs`). The layers that speak of one thing are merged by the table (`layers.rs`), their texts are filled
//! (`references/`), and what comes out is decoded by serde_yaml (`decode.rs`).

mod advice;
mod arrange;
mod burden;
mod check;
mod cycles;
mod declarations;
mod decode;
mod desired;
mod doubts;
mod duplicates;
mod fields;
mod gaps;
mod heads;
mod idle;
mod kinds;
mod layers;
mod literal;
mod origin;
mod placing;
mod product;
mod read;
mod references;
mod rough;
mod settings;
mod wrong_fields;
mod yaml;

pub use arrange::arrange;
pub use declarations::is_reserved;
pub use desired::{
    Desired, DesiredParameter, DesiredProduct, External, Import, ImportOf, Move, OpenChoice, Reading, Removal,
};
pub use doubts::{Doubts, WrittenSettings, unreached};
pub use fields::{file_schemas, is_product_name, tag_value, unmade_path};
pub use origin::{Layer, Origin};
#[cfg(feature = "internals")]
pub use read::read;
pub use read::{Survey, survey};
pub use rough::{Rough, rough};
pub use settings::names_given;
pub use settings::{
    Access, AssumeRole, Inputs, Limit, Location, Outline, ReplaceGuard, Settings, SettingsDraft, ValueOrigin,
    Variable, VariableKind, with_variables,
};
pub use wrong_fields::WrongFields;
pub use yaml::{Index, locate, syntax_error};
