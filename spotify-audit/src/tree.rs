//! The Merkle tree over the lines of a log (RFC 6962 section 2.1, RFC 9162 section 2.1).
//!
//! Line number n is leaf n - 1. Nothing here holds more than one hash for each level of the tree.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::line::{decode_hex, hex};

/// The hash of a node.
pub(crate) type Node = [u8; 32];

/// Returns the hash of a leaf: a line without its newline.
pub(crate) fn leaf(line: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(line).finalize().into()
}

fn parent(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The right edge of a tree: the roots of its full subtrees, the largest first.
///
/// It is all that is needed to add leaves and to tell the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    nodes: Vec<Node>,
}

impl Frontier {
    /// Returns how many leaves the tree has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub(crate) fn push(&mut self, leaf: Node) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.nodes.pop() else { break };
            node = parent(&left, &node);
        }
        self.nodes.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// Returns the root; that of a tree without leaves is the hash of nothing.
    pub(crate) fn root(&self) -> Node {
        let mut nodes = self.nodes.iter().rev();
        match nodes.next() {
            None => Sha256::digest([]).into(),
            Some(last) => nodes.fold(*last, |right, left| parent(left, &right)),
        }
    }

    /// Returns the nodes as hex digits, for the opening of a segment.
    pub(crate) fn to_hex(&self) -> Vec<String> {
        self.nodes.iter().map(hex).collect()
    }

    /// Reads the nodes of a tree of this size. `None` when their number does not fit.
    pub(crate) fn from_hex<'a>(
        size: u64,
        nodes: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let nodes: Vec<Node> = nodes.into_iter().map(decode_hex).collect::<Option<_>>()?;
        (u64::try_from(nodes.len()).ok()? == u64::from(size.count_ones()))
            .then_some(Self { size, nodes })
    }
}

/// Gathers, in one pass over the leaves, the hashes that prove one of them (RFC 9162
/// section 2.1.3.1).
#[derive(Debug)]
pub(crate) struct Prover {
    /// The subtrees beside the way from the leaf to the root, with what was gathered of each.
    subtrees: Vec<(Range<u64>, Frontier)>,
    next: u64,
}

impl Prover {
    /// Begins a proof of a leaf in a tree of this size, after the leaves that `before` has. `None`
    /// when there is no such leaf, or it is one of those.
    pub(crate) fn new(index: u64, size: u64, before: &Frontier) -> Option<Self> {
        if index >= size || index < before.size {
            return None;
        }
        let mut subtrees = Vec::new();
        let mut range = 0..size;
        while range.end - range.start > 1 {
            let middle = range.start + split(range.end - range.start);
            let (way, beside) = if index < middle {
                (range.start..middle, middle..range.end)
            } else {
                (middle..range.end, range.start..middle)
            };
            subtrees.push((beside, Frontier::default()));
            range = way;
        }
        subtrees.reverse();
        let mut prover = Self { subtrees, next: 0 };
        // A full subtree of the leaves before never lies in two of these: both are cut the same way.
        let mut rest = before.size;
        for node in &before.nodes {
            let height = u64::BITS - 1 - rest.leading_zeros();
            rest -= 1 << height;
            if let Some(part) = prover.part() {
                part.nodes.push(*node);
                part.size += 1 << height;
            }
            prover.next += 1 << height;
        }
        Some(prover)
    }

    /// Takes in the next leaf.
    pub(crate) fn push(&mut self, leaf: Node) {
        if let Some(part) = self.part() {
            part.push(leaf);
        }
        self.next += 1;
    }

    /// Returns the subtree that the next leaf belongs to.
    fn part(&mut self) -> Option<&mut Frontier> {
        let place = self.next;
        let mut subtrees = self.subtrees.iter_mut();
        subtrees.find(|(range, _)| range.contains(&place)).map(|(_, part)| part)
    }

    /// Returns the proof, the leaf's sibling first. `None` before every leaf was taken in.
    pub(crate) fn finish(self) -> Option<Vec<Node>> {
        let whole = |(range, part): &(Range<u64>, Frontier)| {
            (part.size() == range.end - range.start).then(|| part.root())
        };
        self.subtrees.iter().map(whole).collect()
    }
}

/// Returns the largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// Whether a leaf stands at this place in the tree of this size and root (RFC 9162
/// section 2.1.3.2).
pub(crate) fn includes(root: &Node, size: u64, index: u64, leaf: Node, proof: &[Node]) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut node) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = parent(sibling, &node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = parent(&node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree of RFC 6962 section 2.1, written as it stands there.
    fn root_by_definition(leaves: &[Node]) -> Node {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(place(split(leaves.len() as u64)));
                parent(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    fn place(number: u64) -> usize {
        number.try_into().unwrap()
    }

    fn leaves(count: u64) -> Vec<Node> {
        (0..count).map(|number| leaf(format!("line {number}").as_bytes())).collect()
    }

    fn frontier(leaves: &[Node]) -> Frontier {
        let mut frontier = Frontier::default();
        for leaf in leaves {
            frontier.push(*leaf);
        }
        frontier
    }

    #[test]
    fn roots_are_those_of_the_reference_tree_of_certificate_transparency() {
        // The test tree of github.com/google/certificate-transparency: eight leaves, in hex.
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        for (input, root) in inputs.iter().zip(roots) {
            let pairs = input.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
            let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
            frontier.push(leaf(&bytes));
            assert_eq!(hex(&frontier.root()), root);
        }
    }

    #[test]
    fn frontier_has_the_root_of_the_definition_and_survives_hex() {
        for size in 0..70 {
            let leaves = leaves(size);
            let frontier = frontier(&leaves);
            assert_eq!(frontier.root(), root_by_definition(&leaves), "{size}");
            let hex = frontier.to_hex();
            let read = Frontier::from_hex(size, hex.iter().map(String::as_str)).unwrap();
            assert_eq!(read, frontier);
            let more = hex.iter().map(String::as_str).chain(["zz"]);
            assert_eq!(Frontier::from_hex(size, more), None);
        }
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_nothing_else_is() {
        for size in 1..40 {
            let leaves = leaves(size);
            let root = frontier(&leaves).root();
            for index in 0..size {
                let mut prover = Prover::new(index, size, &Frontier::default()).unwrap();
                for leaf in &leaves {
                    prover.push(*leaf);
                }
                let proof = prover.finish().unwrap();
                for before in 0..=index {
                    let (first, rest) = leaves.split_at(place(before));
                    let mut prover = Prover::new(index, size, &frontier(first)).unwrap();
                    for leaf in rest {
                        prover.push(*leaf);
                    }
                    assert_eq!(prover.finish().as_ref(), Some(&proof), "{before}, {index}, {size}");
                }
                let leaf = leaves[place(index)];
                assert!(includes(&root, size, index, leaf, &proof), "{index} of {size}");
                assert!(!includes(&root, size, index, super::leaf(b"other"), &proof));
                assert!(!includes(&root, size, (index + 1) % size, leaf, &proof) || size == 1);
                assert!(!includes(&root, size, size, leaf, &proof), "there is no such leaf");
                if let Some((_, short)) = proof.split_last() {
                    assert!(!includes(&root, size, index, leaf, short));
                }
                let long = [proof.clone(), vec![root]].concat();
                assert!(!includes(&root, size, index, leaf, &long));
            }
        }
        assert!(Prover::new(3, 3, &Frontier::default()).is_none());
        assert!(
            Prover::new(0, 2, &Frontier::default()).unwrap().finish().is_none(),
            "leaves are missing"
        );
    }
}
