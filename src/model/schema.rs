//! What a file that people write may hold, as plain data: what its tables of fields say, in one form for all of them. Nothing
//! checks a file by it.

/// A kind of file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileSchema {
    /// The word for it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What stands in it.
    pub holds: Schema,
}

/// What may stand somewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Schema {
    /// A text; any scalar is one, as it is written.
    Text(TextSchema),
    /// `true` or `false`
    Flag,
    /// A number within bounds.
    Number {
        /// The least.
        least: f64,
        /// The greatest, where there is one.
        most: Option<f64>,
        /// Whether it is a whole one.
        is_whole: bool,
    },
    /// A list.
    List(Box<ListSchema>),
    /// A map with known keys.
    Map(MapSchema),
    /// A map whose keys are the user's own.
    Named {
        /// What a key may be.
        key: TextSchema,
        /// What stands under each.
        value: Box<Schema>,
    },
    /// Whatever it is.
    Anything,
    /// One of several.
    Either(Vec<Schema>),
}

/// What a text may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextSchema {
    /// The only texts there are; any where there are none.
    pub allowed: Vec<&'static str>,
    /// A pattern of the whole text.
    pub pattern: Option<String>,
    /// Whether `${…}` may stand in it, which breaks no rule before it is filled.
    pub is_filled: bool,
}

/// A list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSchema {
    /// What each item is.
    pub item: Schema,
    /// How many there are at least.
    pub least: usize,
    /// How many there are at most.
    pub most: Option<usize>,
    /// Whether no two are equal.
    pub is_distinct: bool,
}

/// A map with known keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapSchema {
    /// The keys that mean something.
    pub fields: Vec<FieldSchema>,
    /// Keys of which at most one stands there.
    pub rivals: Vec<Vec<&'static str>>,
    /// Keys of which one must stand there.
    pub needed: Vec<Vec<&'static str>>,
    /// A key, and those that mean nothing beside it.
    pub excluded: Vec<(&'static str, Vec<&'static str>)>,
    /// Whether keys that begin with `x-` are the user's own.
    pub has_own: bool,
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSchema {
    /// The key.
    pub name: &'static str,
    /// What stands under it.
    pub holds: Schema,
    /// A sentence for those who write it.
    pub doc: &'static str,
    /// What holds where it is left out, as it would be written.
    pub default: Option<&'static str>,
    /// Whether it must be there.
    pub is_required: bool,
}
