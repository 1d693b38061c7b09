//! YAML, read once: a tree of scalars as they were written, each with its place. What keys mean is not known here.

mod flow;
mod lines;
mod places;
mod read;
mod slips;
mod syntax;
mod tags;
mod tree;

pub(super) use read::{Room, read, read_unseen, read_within};
pub(super) use tree::{MapPair, NodeId, Shape, Tree};

use std::ops::Range;

use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Segment, Source};

/// Bytes of a place inside a source: the key or the value at `path`, or the key of its nearest ancestor that exists.
/// Several places of one source are cheaper through [`Index`].
#[must_use]
pub fn locate(source: &Source, path: &[Segment], part: Part) -> Option<Range<usize>> {
    Index::new(source).locate(path, part)
}

/// Why a text is no YAML, in the words that declarations are refused in; `None` where that is not what is wrong with it.
#[must_use]
pub fn syntax_error(source: &Source) -> Option<Diagnostic> {
    let mut problems = Diagnostics::default();
    read(source, &mut problems);
    problems.into_iter().find(|found| found.code == "syntax")
}

/// Finds the bytes of places inside one source.
pub struct Index<'s>(Option<Tree<'s>>);

impl<'s> Index<'s> {
    /// Reads the source once.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Self(read(source, &mut Diagnostics::default()))
    }

    /// Whether it could be read, as a map.
    #[must_use]
    pub fn is_map(&self) -> bool {
        self.0.is_some()
    }

    /// As [`locate`].
    #[must_use]
    pub fn locate(&self, path: &[Segment], part: Part) -> Option<Range<usize>> {
        self.0.as_ref()?.locate(path, part)
    }

    /// The way to the innermost node whose key or value holds this byte; `None` where the source cannot be read.
    #[must_use]
    pub fn way_to(&self, at: usize) -> Option<Vec<Segment>> {
        Some(self.0.as_ref()?.way_to(at))
    }
}
