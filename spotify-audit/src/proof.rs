//! The proof that a record is in a log (C2SP tlog-proof v1), to be checked without the log.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, number};
use crate::line::ChainId;
use crate::note::{NoteError, PublicKey, bad};
use crate::tree::{self, Node};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Proves that a line stands at its place in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub(crate) seq: u64,
    pub(crate) hashes: Vec<Node>,
    pub(crate) checkpoint: Checkpoint,
}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    /// When the text is none.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let bad = |problem| bad("a proof", problem);
        let (head, note) = text.split_once("\n\n").ok_or(bad("it has no checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(bad("it does not begin with the name of the format"));
        }
        // What a proof may carry besides says nothing here.
        lines.next_if(|line| line.starts_with("extra "));
        let index = lines.next().and_then(|line| number(line.strip_prefix("index ")?));
        let seq = index.and_then(|index| index.checked_add(1)).ok_or(bad("it has no index"))?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok();
        let hashes: Option<Vec<_>> = lines.map(hash).collect();
        let hashes = hashes.filter(|hashes| hashes.len() <= 64).ok_or(bad("a line is no hash"))?;
        Ok(Self { seq, hashes, checkpoint: Checkpoint::parse(note)? })
    }

    /// Returns the number of the record that it is about.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the signed checkpoint against which it proves the record.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Whether a line, without its newline, is the record, and the key signed for it.
    pub fn proves(&self, line: &[u8], key: &PublicKey) -> bool {
        let Checkpoint { root, size, .. } = &self.checkpoint;
        let index = self.seq.saturating_sub(1);
        self.checkpoint.signed_by(key)
            && tree::includes(root, *size, index, tree::leaf(line), &self.hashes)
    }

    /// Whether the proof is about this chain.
    pub fn is_of(&self, chain: &ChainId) -> bool {
        self.checkpoint.origin == crate::checkpoint::origin(chain)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}\nindex {}\n", self.seq.saturating_sub(1))?;
        for hash in &self.hashes {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::*;
    use crate::note::EpochKey;
    use crate::tree::{Frontier, Prover, leaf};

    #[test]
    fn a_proof_is_read_as_it_was_written_and_proves_one_line() {
        let key = EpochKey::new(1, &SecretBox::new(Box::new([5; 32])));
        let chain = ChainId::from_random([7; 16]);
        let (mut tree, mut prover) =
            (Frontier::default(), Prover::new(2, 5, &Frontier::default()).unwrap());
        for line in [b"a", b"b", b"c", b"d", b"e"] {
            tree.push(leaf(line));
            prover.push(leaf(line));
        }
        let checkpoint = Checkpoint::sign(&chain, &tree, &key);
        let proof = Proof { seq: 3, hashes: prover.finish().unwrap(), checkpoint };
        let read = Proof::parse(&proof.to_string()).unwrap();
        assert_eq!(read, proof);
        let public = key.public(&crate::checkpoint::origin(&chain));
        assert!(read.proves(b"c", &public) && read.is_of(&chain));
        assert!(!read.proves(b"d", &public));
        let other = EpochKey::new(1, &SecretBox::new(Box::new([6; 32])));
        assert!(!read.proves(b"c", &other.public(&crate::checkpoint::origin(&chain))));
    }

    #[test]
    fn texts_that_are_no_proofs_are_refused() {
        for text in ["", HEADER, "c2sp.org/tlog-proof@v1\nindex 01\n\na\n1\nb\n\n— n AAAA\n"] {
            Proof::parse(text).unwrap_err();
        }
    }
}
