//! One pass over the events of a YAML document, building its [`Tree`]. What no document may hold is refused here:
//! duplicate keys, merge keys, tags, alias bombs. What keys mean is not known here.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::lines::Slip;
use super::tree::{MapPair, Node, NodeId, Shape, Tree, twice};
use super::{flow, slips, syntax, tags};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Place, Source};

/// Deeper nesting than this is nobody's declaration.
const MAX_DEPTH: usize = 64;
/// So many characters lie between those whose bytes are kept.
const STRIDE: usize = 32;
/// How many nodes aliases may stand for, all together.
const MAX_EXPANSION: usize = 100_000;

/// So many keys and values one file may hold, and all declarations together. It is counted before they are kept.
const MOST: usize = 1_500_000;

/// What is said of a file that holds more.
const TOO_LARGE: &str = "too-large";

/// How much of it is left for the files that are still to be read.
pub(crate) struct Room {
    left: usize,
    /// Why no more is read.
    full: Option<Diagnostic>,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: MOST, full: None }
    }
}

impl Room {
    /// Why no more is read, if that is so: what would be found in the rest costs as much as it does.
    pub fn full(self) -> Option<Diagnostic> {
        self.full
    }
}

/// Reads a document. Findings that leave a usable tree are pushed to `problems`; without a usable tree there is none.
pub(crate) fn read<'s>(source: &'s Source, problems: &mut Diagnostics) -> Option<Tree<'s>> {
    read_within(source, &mut Room::default(), problems)
}

/// The same of one file of several that have this room together.
pub(crate) fn read_within<'s>(
    source: &'s Source,
    room: &mut Room,
    problems: &mut Diagnostics,
) -> Option<Tree<'s>> {
    if room.full.is_some() {
        return None;
    }
    let mut builder = Builder::new(source, false);
    builder.most = room.left;
    let mut found = Diagnostics::default();
    let tree = builder.read(&mut found);
    room.left = room.left.saturating_sub(tree.as_ref().map_or(0, |tree| tree.weight));
    room.full = found.0.iter().find(|one| one.code == TOO_LARGE).cloned();
    problems.extend(found);
    tree
}

/// The same of a document that may hold secrets anywhere: no finding shows a line of it, or repeats what it says.
pub(crate) fn read_unseen<'s>(source: &'s Source, problems: &mut Diagnostics) -> Option<Tree<'s>> {
    let mut found = Diagnostics::default();
    let tree = Builder::new(source, true).read(&mut found);
    problems.extend(found.into_iter().map(|one| {
        let unseen = Diagnostic { related: Vec::new(), label: String::new(), ..one };
        unseen.redact(true)
    }));
    tree
}

/// A container whose end has not been seen.
struct Open<'s> {
    node: NodeId,
    key: Option<(Cow<'s, str>, Range<usize>)>,
    /// It stands where a key belongs, and is none.
    is_key: bool,
}

/// The children of a container, taken together.
#[derive(Default)]
struct Extent {
    size: usize,
    height: usize,
    end: usize,
}

struct Builder<'s> {
    tree: Tree<'s>,
    open: Vec<Open<'s>>,
    anchors: HashMap<usize, NodeId>,
    expanded: usize,
    /// How many keys and values were counted.
    counted: usize,
    /// How many there may be.
    most: usize,
    documents: usize,
    /// Keys of open maps that were refused: they do not become part of the tree.
    refused: HashSet<usize>,
    /// Byte of every so many characters; empty where the two are the same.
    bytes: Vec<usize>,
    /// Nothing that the document says is repeated.
    is_unseen: bool,
    problems: Diagnostics,
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source, is_unseen: bool) -> Self {
        let text = &*source.text;
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(byte, _)| byte).step_by(STRIDE).collect()
        };
        let tree = Tree {
            source,
            root: None,
            nodes: Vec::new(),
            weight: 0,
            tagged: BTreeSet::new(),
            indexes: RefCell::default(),
        };
        Self {
            tree,
            open: Vec::new(),
            anchors: HashMap::new(),
            expanded: 0,
            counted: 0,
            most: MOST,
            documents: 0,
            refused: HashSet::new(),
            bytes,
            is_unseen,
            problems: Diagnostics::default(),
        }
    }

    fn read(mut self, problems: &mut Diagnostics) -> Option<Tree<'s>> {
        for event in Parser::new_from_str(&self.tree.source.text) {
            let step = match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => Err(self.syntax(error.marker().index(), error.info())),
            };
            if let Err(diagnostic) = step {
                // what is not known to be a map may be anything: none of it is shown
                let is_map = self.is_map();
                if is_map {
                    problems.extend(self.problems);
                }
                problems.insist(diagnostic.redact(!is_map));
                return None;
            }
        }
        if let Some(other) = self.no_map() {
            problems.push(other);
            return None;
        }
        problems.extend(self.problems);
        self.tree.weight = self.counted;
        Some(self.tree)
    }

    /// Whether the document has begun, as a map.
    fn is_map(&self) -> bool {
        matches!(self.tree.nodes.first(), Some(Node { shape: Shape::Map(_), .. }))
    }

    /// What is said of a document that is no map: its kind, and never its text.
    fn no_map(&self) -> Option<Diagnostic> {
        let root = self.tree.node(self.tree.root?);
        let kind = match root.shape {
            Shape::List(_) => "a list",
            Shape::Scalar { .. } if !root.is_null() => "a text",
            _ => return None,
        };
        let start = root.bytes.start;
        let diagnostic = Diagnostic::error("wrong-type", format!("the file must be a map, not {kind}"));
        Some(diagnostic.at(self.place(start..start)).redact(true))
    }

    fn byte(&self, character: usize) -> usize {
        let end = self.tree.source.text.len();
        if self.bytes.is_empty() {
            character.min(end)
        } else {
            let start = self.bytes.get(character / STRIDE).copied().unwrap_or(end);
            let rest = self.tree.source.text.get(start..).unwrap_or_default();
            rest.char_indices().nth(character % STRIDE).map_or(end, |(within, _)| start + within)
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let text = self.tree.source.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end().len()
    }

    fn place(&self, bytes: Range<usize>) -> Place {
        Place::Bytes { file: self.tree.source.path.clone(), start: bytes.start, end: bytes.end }
    }

    /// A syntax error, or the bracket that it stands in.
    fn syntax(&self, character: usize, info: &str) -> Diagnostic {
        let (source, at) = (self.tree.source, self.byte(character));
        if info.contains("recursion limit") {
            // the parser's own limit, which it reaches before it has told of the values
            return too_deep(self.place(at..at));
        }
        let slip = syntax::explain(&source.text, at, info);
        let start = self.open.last().map(|open| self.tree.node(open.node).bytes.start);
        let bracket =
            start.filter(|at| source.text.get(*at..).is_some_and(|text| text.starts_with(['[', '{'])));
        let unclosed = bracket.and_then(|bracket| slips::unclosed(&source.text, bracket, at));
        let is_flow = |open: &&Open<'s>| {
            let at = self.tree.node(open.node).bytes.start;
            source.text.get(at..).is_some_and(|text| text.starts_with(['[', '{']))
        };
        let outermost = self.open.iter().find(is_flow).map(|open| self.tree.node(open.node).bytes.start);
        // the parser may complain before it has told of the bracket that a whole file stands in
        let whole = source.text.len() - source.text.trim_start().len();
        let is_whole = source.text.get(whole..).is_some_and(|text| text.starts_with(['[', '{']));
        let outermost = outermost.or(is_whole.then_some(whole));
        let missing = outermost.and_then(|start| flow::missing(&source.text, start, at));
        if let Some(missing) = missing.filter(|_| !slip.is_named) {
            return missing.told(source, self.is_map() && !self.is_unseen);
        }
        let slip = match unclosed.filter(|_| slip.is_vague) {
            Some(unclosed) => Slip { hint: slip.hint.or(unclosed.hint), ..unclosed },
            None => slip,
        };
        slip.told(source, self.is_map() && !self.is_unseen)
    }

    fn event(&mut self, event: Event<'s>, span: Span) -> Result<(), Diagnostic> {
        let bytes = self.range(span);
        self.count(&event, &bytes)?;
        match event {
            Event::DocumentStart(_) => self.document(bytes),
            Event::Alias(anchor) => self.alias(anchor, bytes),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), &bytes);
                self.scalar(text, style == ScalarStyle::Plain, anchor, bytes)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), &bytes);
                self.start(Shape::List(Vec::new()), anchor, bytes)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), &bytes);
                self.start(Shape::Map(Vec::new()), anchor, bytes)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end(bytes);
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    /// Takes up a key or a value, if there is room for it.
    fn count(&mut self, event: &Event<'s>, bytes: &Range<usize>) -> Result<(), Diagnostic> {
        let is_one = matches!(
            event,
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_)
        );
        self.counted += usize::from(is_one);
        if self.counted <= self.most {
            return Ok(());
        }
        let message = match self.most == MOST {
            true => format!("this file holds more than {MOST} keys and values"),
            false => format!("the declarations hold more than {MOST} keys and values together"),
        };
        let hint = "no more are read: take several repos";
        Err(Diagnostic::error(TOO_LARGE, message).at(self.place(bytes.start..bytes.start)).hint(hint))
    }

    fn document(&mut self, bytes: Range<usize>) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let message = "a file holds one YAML document, and a second one begins here";
        Err(Diagnostic::error("syntax", message).at(self.place(bytes)).hint("put it into a file of its own"))
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        plain: bool,
        anchor: usize,
        bytes: Range<usize>,
    ) -> Result<(), Diagnostic> {
        if let Some(Open { node, key: key @ None, .. }) = self.open.last_mut()
            && matches!(self.tree.nodes.get(*node), Some(Node { shape: Shape::Map(_), .. }))
        {
            *key = Some((text, bytes.clone()));
            if plain && self.tree.source.text.get(bytes.clone()) == Some("<<") {
                self.refuse_merge(bytes);
            }
            return Ok(());
        }
        let id = self.add(Shape::Scalar { text, plain }, anchor, bytes);
        self.attach(id);
        Ok(())
    }

    fn start(&mut self, shape: Shape<'s>, anchor: usize, bytes: Range<usize>) -> Result<(), Diagnostic> {
        let is_key = self.waits_for_key();
        if is_key {
            let refused = self.refused_key(&bytes);
            self.problems.push(refused);
        }
        self.bounded(self.open.len() + 1, &bytes)?;
        let node = self.add(shape, anchor, bytes);
        self.open.push(Open { node, key: None, is_key });
        Ok(())
    }

    fn end(&mut self, bytes: Range<usize>) {
        let Some(Open { node, is_key, .. }) = self.open.pop() else {
            return;
        };
        if is_key {
            self.leave_key_out(bytes);
            return;
        }
        self.refuse_duplicates(node);
        self.leave_out(node);
        let below = match self.tree.nodes.get(node).map(|n| &n.shape) {
            Some(Shape::List(items)) => self.measure(items.iter().copied()),
            Some(Shape::Map(pairs)) => self.measure(pairs.iter().map(|pair| pair.value)),
            _ => Extent::default(),
        };
        if let Some(done) = self.tree.nodes.get_mut(node) {
            (done.size, done.height) = (below.size.saturating_add(1), below.height + 1);
            // flow collections end at their bracket, block collections with their last child
            done.bytes.end = if bytes.is_empty() { below.end } else { bytes.end }.max(done.bytes.end);
        }
        self.attach(node);
    }

    fn measure(&self, ids: impl Iterator<Item = NodeId>) -> Extent {
        ids.filter_map(|id| self.tree.nodes.get(id)).fold(Extent::default(), |whole, node| Extent {
            size: whole.size.saturating_add(node.size),
            height: whole.height.max(node.height),
            end: whole.end.max(node.bytes.end),
        })
    }

    fn alias(&mut self, anchor: usize, bytes: Range<usize>) -> Result<(), Diagnostic> {
        if self.waits_for_key() {
            let refused = self.refused_key(&bytes);
            self.problems.push(refused);
            self.leave_key_out(bytes);
            return Ok(());
        }
        let Some(&id) = self.anchors.get(&anchor) else {
            return Err(Diagnostic::error("syntax", "this alias names no anchor").at(self.place(bytes)));
        };
        if self.open.iter().any(|open| open.node == id) {
            return Err(
                Diagnostic::error("syntax", "this alias stands inside its own anchor").at(self.place(bytes))
            );
        }
        self.expanded = self.expanded.saturating_add(self.tree.node(id).size);
        if self.expanded > MAX_EXPANSION {
            let message = format!("the aliases of this file stand for more than {MAX_EXPANSION} nodes");
            return Err(Diagnostic::error(TOO_LARGE, message).at(self.place(bytes)));
        }
        self.bounded(self.open.len() + self.tree.node(id).height, &bytes)?;
        self.attach(id);
        Ok(())
    }

    fn bounded(&self, depth: usize, bytes: &Range<usize>) -> Result<(), Diagnostic> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(too_deep(self.place(bytes.clone())))
    }

    fn add(&mut self, shape: Shape<'s>, anchor: usize, bytes: Range<usize>) -> NodeId {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node { shape, bytes, size: 1, height: 0 });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    fn attach(&mut self, child: NodeId) {
        let Some(open) = self.open.last_mut() else {
            self.tree.root = Some(child);
            return;
        };
        match self.tree.nodes.get_mut(open.node).map(|node| &mut node.shape) {
            Some(Shape::List(items)) => items.push(child),
            Some(Shape::Map(pairs)) => {
                if let Some((key, bytes)) = open.key.take() {
                    pairs.push(MapPair { key, bytes, value: child });
                }
            }
            _ => {}
        }
    }

    /// Whether the next thing is a key.
    fn waits_for_key(&self) -> bool {
        let is_free =
            |open: &Open<'s>| open.key.is_none() && matches!(self.tree.node(open.node).shape, Shape::Map(_));
        self.open.last().is_some_and(is_free)
    }

    /// The map goes on behind a key that is none; what stands under it is left out with it.
    fn leave_key_out(&mut self, bytes: Range<usize>) {
        self.refused.insert(bytes.start);
        if let Some(open) = self.open.last_mut() {
            open.key = Some((Cow::Borrowed(""), bytes));
        }
    }

    fn refused_key(&self, bytes: &Range<usize>) -> Diagnostic {
        let diagnostic =
            Diagnostic::error("syntax", "a key must be plain text").at(self.place(bytes.clone()));
        let text = self.tree.source.text.get(bytes.start.saturating_sub(1)..).unwrap_or_default();
        let hint = if text.starts_with("${") {
            Some(syntax::QUOTE.to_owned())
        } else {
            text.trim_start_matches(|c| c != '{').starts_with("{{").then(|| {
                "a value that begins with `{{` needs quotes; a variable is `${var.<name>}`".to_owned()
            })
        };
        diagnostic.maybe_hint(hint)
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, bytes: &Range<usize>) {
        let Some(tag) = tag else { return };
        self.problems.push(tags::refused(tag).at(self.place(bytes.clone())));
        self.tree.tagged.insert(bytes.start);
    }

    fn refuse_merge(&mut self, bytes: Range<usize>) {
        let diagnostic = Diagnostic::error("merge-key", "merge keys (`<<`) are not supported");
        let hint = "repeat the keys, or put what is common into `defaults:`";
        self.problems.push(diagnostic.at(self.place(bytes.clone())).hint(hint));
        self.refused.insert(bytes.start);
    }

    fn refuse_duplicates(&mut self, id: NodeId) {
        for (first, again) in twice(self.tree.pairs(id)) {
            let pairs = self.tree.pairs(id);
            let (Some(first), Some(again)) = (pairs.get(first), pairs.get(again)) else {
                continue;
            };
            if self.refused.contains(&again.bytes.start) {
                continue;
            }
            let bytes = again.bytes.clone();
            let key = if self.is_unseen { "this key".to_owned() } else { format!("the key `{}`", again.key) };
            let diagnostic = Diagnostic::error("duplicate-key", format!("{key} stands here twice"))
                .at(self.place(bytes.clone()))
                .label("again here")
                .related(self.place(first.bytes.clone()), "first here");
            self.problems.push(diagnostic);
            self.refused.insert(bytes.start);
        }
    }

    /// Takes refused keys out of a map that is complete.
    fn leave_out(&mut self, id: NodeId) {
        if self.refused.is_empty() {
            return;
        }
        if let Some(Node { shape: Shape::Map(pairs), .. }) = self.tree.nodes.get_mut(id) {
            pairs.retain(|pair| !self.refused.contains(&pair.bytes.start));
        }
    }
}

fn too_deep(at: Place) -> Diagnostic {
    Diagnostic::error("too-deep", format!("nested more than {MAX_DEPTH} levels deep")).at(at)
}
