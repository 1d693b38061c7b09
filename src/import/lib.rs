//! What exists, or what another tool's file says exists, to declarations: the YAML that a colleague would have written. Pure: what
//! was found comes in as plain data, and texts of files go out. Who asks, writes and adopts is `workspace/`.

mod accounts;
mod cloudformation;
mod compose;
mod draft;
mod foreign;
mod found;
mod locations;
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

pub use accounts::{AccountTool, account_requests};
pub use cloudformation::{StackPlace, cloudformation};
pub use compose::{Composed, ComposedFile, compose};
pub use foreign::{
    FolderText, ForeignAccount, ForeignFile, ForeignOffer, ForeignProduct, ForeignTags, OtherFile,
};
pub use found::{FoundProduct, FoundValue};
pub use locations::location_data;
pub use names::key_and_location;
pub use puppet::{KnownPlace, PUPPET_FOLDERS, PuppetFolder, puppet};
pub use scaffold::{Scaffold, ScaffoldParameter, ScaffoldTag, ScaffoldValue, scaffold};
pub use surroundings::{FileOrigin, Surroundings};
pub use terraform::{pulumi, terraform};
pub use vary::{Substitute, Substitutes};
