//! What exists, or what another tool's file says exists, to declarations: the YAML that a colleague would have written. Pure: what
//! was found comes in as plain data, and texts of files go out. Who asks, writes and adopts is `workspace/`.

mod cloudformation;
mod compose;
mod draft;
mod foreign;
mod found;
mod marked;
mod names;
mod offers;
mod puppet;
mod scaffold;
mod secrets;
mod surroundings;
mod terraform;
mod value;
mod vary;
mod yaml;

pub use cloudformation::{StackPlace, cloudformation};
pub use compose::{Composed, ComposedFile, compose};
pub use foreign::{ForeignFile, ForeignOffer, ForeignProduct, ForeignTags, OtherFile};
pub use found::{FoundProduct, FoundValue};
pub use names::key_and_location;
pub use puppet::{KnownPlace, PUPPET_FOLDERS, PuppetFolder, PuppetText, puppet};
pub use scaffold::{Scaffold, ScaffoldParameter, ScaffoldTag, ScaffoldValue, scaffold};
pub use surroundings::Surroundings;
pub use terraform::terraform;
pub use vary::{Substitute, Substitutes};
