//! What grows with each line of a log: the tree over the lines, and which key signs.

use std::fs::File;
use std::io;

use crate::entry::{Entry, Opening};
use crate::lines::Forwards;
use crate::own;
use crate::tree::{Frontier, leaf};

/// The tree and the key of a log up to some line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fold {
    pub(crate) tree: Frontier,
    pub(crate) epoch: Option<Epoch>,
}

/// A key for checkpoints, as the log names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) number: u64,
    /// The public key, in hex.
    pub(crate) key: String,
    /// The record that names it.
    pub(crate) from: u64,
    /// Whether no key before introduced it.
    pub(crate) renewed: bool,
}

impl Fold {
    /// Reads the state that the opening of a segment carries.
    pub(crate) fn of(opening: &Entry, size: u64) -> Option<Self> {
        let nodes = opening.data("tree")?.as_array()?;
        let nodes: Option<Vec<_>> = nodes.iter().map(serde_json::Value::as_str).collect();
        let tree = Frontier::from_hex(size, nodes?)?;
        let from = opening.data("epoch_from").and_then(serde_json::Value::as_u64);
        let renewed = opening.data("renewed").and_then(serde_json::Value::as_bool) == Some(true);
        Some(Self { tree, epoch: from.and_then(|from| Epoch::of(opening, from, renewed)) })
    }

    /// Reads a segment from its first line up to a place that ends a line.
    pub(crate) fn of_segment(file: &File, to: u64) -> io::Result<Self> {
        let mut lines = Forwards::new(file.try_clone()?, 0, to)?;
        let mut fold = None;
        while let Some(line) = lines.next_line()? {
            fold.get_or_insert_with(|| {
                Opening::parse(line.bytes).map(|opening| opening.fold).unwrap_or_default()
            })
            .take(line.bytes);
        }
        Ok(fold.unwrap_or_default())
    }

    /// Takes in the next line, without its newline.
    pub(crate) fn take(&mut self, line: &[u8]) {
        self.tree.push(leaf(line));
        let renewed = own::mentions(line, own::LOG_RENEWED);
        if (renewed || own::mentions(line, own::LOG_KEY))
            && let Ok(entry) = Entry::parse(line)
            && let Some(epoch) = Epoch::of(&entry, entry.seq(), renewed)
            && self.epoch.as_ref().is_none_or(|known| known.key != epoch.key)
        {
            self.epoch = Some(epoch);
        }
    }
}

impl Epoch {
    fn of(entry: &Entry, from: u64, renewed: bool) -> Option<Self> {
        let number = entry.data("epoch")?.as_u64()?;
        let key = entry.data("key")?.as_str()?.to_owned();
        Some(Self { number, key, from, renewed })
    }
}
