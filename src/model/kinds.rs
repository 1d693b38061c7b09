//! The service's open sets of words: types of products and of provisioned products, kinds of records. What a word of
//! ours means is said elsewhere.

use std::fmt;

/// An enum of the words that we know, and one variant for all others, which keeps what the API wrote.
macro_rules! open_set {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
            /// One that this version does not know, as the API writes it.
            Other(String),
        }

        impl $name {
            /// As the API writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }

            /// From the API's word.
            #[must_use]
            pub fn parse(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

open_set! {
    /// The type of a product in the catalog.
    ProductType {
        Template = "CLOUD_FORMATION_TEMPLATE",
        Marketplace = "MARKETPLACE",
        Account = "CONTROL_TOWER_ACCOUNT",
    }
}

open_set! {
    /// The type of a provisioned product.
    ProvisionedType { Stack = "CFN_STACK", StackSet = "CFN_STACKSET", Account = "CONTROL_TOWER_ACCOUNT" }
}

open_set! {
    /// What kind of operation a record is of.
    RecordKind {
        Provision = "PROVISION_PRODUCT",
        Update = "UPDATE_PROVISIONED_PRODUCT",
        Terminate = "TERMINATE_PROVISIONED_PRODUCT",
    }
}

impl ProvisionedType {
    /// Whether `CloudFormation` makes it; other engines keep no value that was sent before, and update what failed to be
    /// created.
    #[must_use]
    pub fn is_cloudformation(&self) -> bool {
        matches!(self, Self::Stack | Self::StackSet)
    }
}
