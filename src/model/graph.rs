//! What waits for what: declarations that refer to each other, steps of a plan, terminations. One type orders them, finds
//! circles and says what hangs on what. What the edges mean is decided by whoever draws them.

use std::borrow::Borrow;
use std::collections::btree_set::Iter;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::Hash;

/// Nodes, and for each one the nodes that it waits for. The order in which the nodes were given breaks every tie.
#[derive(Clone, Debug)]
pub struct Graph<T> {
    nodes: Vec<T>,
    index: HashMap<T, usize>,
    /// By the number of a node, the numbers of those it waits for.
    before: Vec<BTreeSet<usize>>,
}

impl<T: Copy + Eq + Hash> Graph<T> {
    /// Nodes that wait for nothing yet. A node that is given twice is one.
    #[must_use]
    pub fn new(nodes: impl IntoIterator<Item = T>) -> Self {
        let mut graph = Self { nodes: Vec::new(), index: HashMap::new(), before: Vec::new() };
        for node in nodes {
            graph.index.entry(node).or_insert_with(|| {
                graph.nodes.push(node);
                graph.nodes.len() - 1
            });
        }
        graph.before.resize_with(graph.nodes.len(), BTreeSet::new);
        graph
    }

    /// From now on `node` waits for `input`. Nothing waits for what is not there.
    pub fn wait<Q: Eq + Hash + ?Sized>(&mut self, node: &Q, input: &Q)
    where
        T: Borrow<Q>,
    {
        if let (Some(node), Some(input)) = (self.index.get(node), self.index.get(input)) {
            self.before[*node].insert(*input);
        }
    }

    /// What this node itself waits for, in the order of the nodes.
    pub fn inputs(&self, node: T) -> impl Iterator<Item = T> {
        self.index.get(&node).into_iter().flat_map(|node| &self.before[*node]).map(|input| self.nodes[*input])
    }

    /// The same nodes, each waiting for those that waited for it.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut reversed = Self { before: vec![BTreeSet::new(); self.nodes.len()], ..self.clone() };
        for (node, inputs) in self.before.iter().enumerate() {
            for input in inputs {
                reversed.before[*input].insert(node);
            }
        }
        reversed
    }

    /// These nodes and all that they wait for, directly or through others, in the order of the nodes.
    #[must_use]
    pub fn reach<'q, Q: Eq + Hash + ?Sized + 'q>(&self, from: impl IntoIterator<Item = &'q Q>) -> Vec<T>
    where
        T: Borrow<Q>,
    {
        let mut open: Vec<usize> =
            from.into_iter().filter_map(|node| self.index.get(node).copied()).collect();
        let mut reached: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            open.extend(self.before[node].iter().filter(|input| reached.insert(**input)));
        }
        reached.into_iter().map(|node| self.nodes[node]).collect()
    }

    /// All nodes, each after everything that it waits for. Nodes that wait for each other in a circle would never come: the
    /// one of them with the least `rank` goes first, so that none is lost.
    pub fn order<K: Ord>(&self, rank: impl Fn(T) -> K) -> Vec<T> {
        let followers = self.reversed().before;
        let mut waits: Vec<usize> = self.before.iter().map(BTreeSet::len).collect();
        let mut open: BTreeSet<usize> = (0..self.nodes.len()).collect();
        let mut ready: BTreeSet<usize> = open.iter().copied().filter(|node| waits[*node] == 0).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        let freed = |open: &BTreeSet<usize>| {
            self.circle(open).into_iter().min_by_key(|node| (rank(self.nodes[*node]), *node))
        };
        while let Some(node) = ready.pop_first().or_else(|| freed(&open)) {
            open.remove(&node);
            order.push(self.nodes[node]);
            for follower in followers[node].iter().filter(|follower| open.contains(follower)) {
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    ready.insert(*follower);
                }
            }
        }
        order
    }

    /// Some nodes that wait for each other, where all that are open wait for an open one.
    fn circle(&self, open: &BTreeSet<usize>) -> Vec<usize> {
        let mut path: Vec<usize> = open.first().into_iter().copied().collect();
        let mut place: HashMap<usize, usize> = HashMap::new();
        while let Some(node) = path.last() {
            place.insert(*node, path.len() - 1);
            let Some(next) = self.before[*node].iter().find(|input| open.contains(input)) else { break };
            if let Some(start) = place.get(next) {
                return path.split_off(*start);
            }
            path.push(*next);
        }
        path
    }

    /// The circles there are, each once, as a chain in which every node waits for the next one and the last for the first.
    #[must_use]
    pub fn circles(&self) -> Vec<Vec<T>> {
        let mut search =
            Search { graph: self, visits: vec![Visit::New; self.nodes.len()], found: Vec::new(), members: 0 };
        for start in 0..self.nodes.len() {
            search.from(start);
        }
        let nodes = |circle: Vec<usize>| circle.into_iter().map(|node| self.nodes[node]).collect();
        search.found.into_iter().map(nodes).collect()
    }
}

/// How far a search has got with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

struct Search<'g, T> {
    graph: &'g Graph<T>,
    visits: Vec<Visit>,
    found: Vec<Vec<usize>>,
    /// How many members they have together.
    members: usize,
}

impl<'g, T> Search<'g, T> {
    /// Depth first, with a stack of its own: chains may be as long as there are nodes.
    fn from(&mut self, start: usize) {
        let mut path = Vec::new();
        self.enter(start, &mut path);
        while let Some((node, inputs)) = path.last_mut() {
            match inputs.next() {
                None => {
                    self.visits[*node] = Visit::Done;
                    path.pop();
                }
                Some(input) if self.visits[*input] == Visit::Open => {
                    // circles that share no node are all found; where many do, there are more than anybody can count
                    if self.members <= self.visits.len() {
                        let members = path.iter().map(|(member, _)| *member);
                        let circle: Vec<usize> = members.skip_while(|member| member != input).collect();
                        self.members += circle.len();
                        self.found.push(circle);
                    }
                }
                Some(input) => self.enter(*input, &mut path),
            }
        }
    }

    fn enter(&mut self, node: usize, path: &mut Vec<(usize, Iter<'g, usize>)>) {
        if self.visits[node] == Visit::New {
            self.visits[node] = Visit::Open;
            path.push((node, self.graph.before[node].iter()));
        }
    }
}

/// One line a node: `app <- network, database`.
impl<T: fmt::Display> fmt::Display for Graph<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (node, inputs) in self.nodes.iter().zip(&self.before) {
            let inputs: Vec<String> = inputs.iter().map(|input| self.nodes[*input].to_string()).collect();
            let arrow = if inputs.is_empty() { "" } else { " <- " };
            writeln!(f, "{node}{arrow}{}", inputs.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a<b` says that `a` waits for `b`.
    fn graph(nodes: &'static str, edges: &'static str) -> Graph<&'static str> {
        let mut graph = Graph::new(nodes.split_whitespace());
        for (node, input) in edges.split_whitespace().filter_map(|edge| edge.split_once('<')) {
            graph.wait(node, input);
        }
        graph
    }

    #[test]
    fn a_graph_prints_itself() {
        let graph = graph("app network", "app<network app<elsewhere");
        assert_eq!(graph.to_string(), "app <- network\nnetwork\n");
        assert_eq!(graph.reversed().to_string(), "app\nnetwork <- app\n");
    }

    #[test]
    fn nodes_come_after_what_they_wait_for() {
        for (nodes, edges, expected) in [
            ("a b c", "", "a b c"),
            ("a b c", "a<c", "b c a"),
            ("a b c d", "a<b b<d", "c d b a"),
            // `b` ranks before `a`
            ("ab a c", "ab<a a<ab c<ab", "a ab c"),
            ("b a", "b<b", "a b"),
        ] {
            let order = graph(nodes, edges).order(|node| node.len());
            assert_eq!(order.join(" "), expected, "{nodes}, {edges}");
        }
    }

    #[test]
    fn circles_are_found_once_each() {
        for (edges, expected) in [
            ("a<b b<c", ""),
            ("a<a", "a"),
            ("a<b b<a c<a", "a b"),
            ("a<b b<c c<a", "a b c"),
            ("a<b b<a c<d d<c", "a b, c d"),
        ] {
            let circles: Vec<String> =
                graph("a b c d", edges).circles().iter().map(|circle| circle.join(" ")).collect();
            assert_eq!(circles.join(", "), expected, "{edges}");
        }
    }

    #[test]
    fn as_many_circles_are_told_as_there_are_nodes() {
        const ALL: usize = 600;
        let mut graph = Graph::new(0..ALL);
        for node in 0..ALL {
            for other in (0..ALL).filter(|other| *other != node) {
                graph.wait(&node, &other);
            }
        }
        let circles = graph.circles();
        let members: usize = circles.iter().map(Vec::len).sum();
        assert!(!circles.is_empty() && members <= 2 * ALL, "{} with {members}", circles.len());
    }

    #[test]
    fn what_hangs_on_a_node_is_reached() {
        let graph = graph("a b c d", "a<b b<c c<a");
        assert_eq!(graph.reach(["b"]), ["a", "b", "c"]);
        assert_eq!(graph.reach(["d", "elsewhere"]), ["d"]);
    }

    #[test]
    fn chains_may_be_long() {
        let mut graph = Graph::new(0..100_000);
        for node in 1..100_000 {
            graph.wait(&node, &(node - 1));
        }
        assert_eq!(graph.order(|_| ()).last(), Some(&99_999));
        assert!(graph.circles().is_empty());
        graph.wait(&0, &99_999);
        assert_eq!(graph.circles().len(), 1);
        assert_eq!(graph.order(|node| node).first(), Some(&0));
    }
}
