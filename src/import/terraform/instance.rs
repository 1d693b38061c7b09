//! One instance of a resource, alike in all that Terraform writes.

use serde_json::{Map, Value as Json};

use super::TYPE;
use super::address::{key, parts};
use super::hidden::Hidden;

/// A provisioned product as Terraform remembers it, or Pulumi.
pub(super) struct Instance<'j> {
    /// `module.m["x"]`; empty at the root.
    pub module: &'j str,
    /// The label.
    pub name: &'j str,
    /// The key of `for_each`, or the number of `count`.
    pub index: Option<&'j Json>,
    /// What Pulumi calls it.
    pub urn: Option<&'j str>,
    pub attributes: &'j Map<String, Json>,
    /// What is sensitive of them.
    pub hidden: Hidden,
    pub is_tainted: bool,
    /// It was to be replaced, and is there beside what took its place.
    pub is_deposed: bool,
    /// It must not be destroyed.
    pub is_protected: bool,
    /// Its removal leaves it alone.
    pub is_kept: bool,
    /// The addresses of what comes first.
    pub needs: Vec<String>,
}

impl Instance<'_> {
    /// What tells it from all others: as Terraform writes it, or the URN.
    pub fn address(&self) -> String {
        if let Some(urn) = self.urn {
            return urn.to_owned();
        }
        let module = if self.module.is_empty() { String::new() } else { format!("{}.", self.module) };
        let index = self.index.map(|index| format!("[{index}]")).unwrap_or_default();
        format!("{module}{TYPE}.{}{index}", self.name)
    }

    /// What people call it.
    pub fn origin(&self) -> String {
        if self.urn.is_some() { self.name.to_owned() } else { self.address() }
    }

    /// What its key does not tell of where it comes from.
    pub fn remark(&self) -> Option<String> {
        match self.urn {
            Some(urn) => (self.name != self.key()).then(|| format!("in Pulumi: {urn}")),
            None => {
                let address = self.address();
                (address != format!("{TYPE}.{}", self.key())).then(|| format!("in Terraform: {address}"))
            }
        }
    }

    /// The key that its declaration gets.
    pub fn key(&self) -> String {
        let index = self.index.map(|index| index.as_str().map_or_else(|| index.to_string(), str::to_owned));
        key(&parts(self.module), self.name, index.as_deref())
    }

    /// The id, for people.
    pub fn id(&self) -> String {
        self.text("id").unwrap_or("something without an id").to_owned()
    }

    /// An attribute that is a text, and says something.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// An attribute that is a list.
    pub fn list(&self, name: &str) -> &[Json] {
        self.attributes.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}
