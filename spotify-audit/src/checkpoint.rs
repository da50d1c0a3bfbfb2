//! Signed heads of the tree (C2SP tlog-checkpoint v1.0.0), and the succession of keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::line::{ChainId, decode_hex};
use crate::note::{EpochKey, Note, NoteError, PublicKey, bad};
use crate::tree::{Frontier, Node};

/// A signed statement: the first so many lines of a log have this root.
///
/// One that is kept out of the writer's reach is an anchor: against it a log that was cut off or
/// written anew shows ([`Verification::anchor`](crate::Verification::anchor)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Node,
    pub(crate) note: Note,
}

/// Returns the name under which a chain signs.
pub(crate) fn origin(chain: &ChainId) -> String {
    format!("sal/1/{}", chain.as_str())
}

impl Checkpoint {
    pub(crate) fn sign(chain: &ChainId, tree: &Frontier, key: &EpochKey) -> Self {
        let (origin, size, root) = (origin(chain), tree.size(), tree.root());
        let text = format!("{origin}\n{size}\n{}\n", STANDARD.encode(root));
        let note = Note::sign(text, &origin, key);
        Self { origin, size, root, note }
    }

    /// Reads a signed checkpoint. Its signature is not checked.
    ///
    /// # Errors
    /// When the text is no checkpoint.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        Self::of(Note::parse(text)?)
    }

    pub(crate) fn of(note: Note) -> Result<Self, NoteError> {
        let bad = |problem| bad("a checkpoint", problem);
        let mut lines = note.text().lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(bad("it has fewer than three lines"));
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(bad("a line is empty"));
        }
        let size = number(size).ok_or(bad("its size is no number"))?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(bad("its root is no hash"))?;
        Ok(Self { origin: origin.to_owned(), size, root, note })
    }

    /// Returns how many lines it covers.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether a key signed it.
    pub fn signed_by(&self, key: &PublicKey) -> bool {
        self.note.signed_by(key)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// Reads a decimal number without sign and leading zeroes.
pub(crate) fn number(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let leading = digits.len() > 1 && digits.starts_with('0');
    if plain && !leading { digits.parse().ok() } else { None }
}

/// A signed statement: from this record on, this key signs. The key before it signed it; the
/// first key, and one that was renewed because the key before it is lost, sign for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Succession {
    pub(crate) epoch: u32,
    /// The record `log.key` that names the key.
    pub(crate) from: u64,
    pub(crate) key: PublicKey,
    /// Whether the key before it is lost.
    pub(crate) renewed: bool,
    pub(crate) note: Note,
}

/// What the first line of a statement about a key ends with: one that follows, one that was renewed.
const FOLLOWS: &str = "/key";
const RENEWED: &str = "/renewed";

impl Succession {
    pub(crate) fn sign(chain: &ChainId, from: u64, next: &EpochKey, by: &EpochKey) -> Self {
        Self::of_key(chain, from, next, by, false)
    }

    /// Says that a key signs whose predecessor is lost.
    pub(crate) fn renew(chain: &ChainId, from: u64, next: &EpochKey) -> Self {
        Self::of_key(chain, from, next, next, true)
    }

    fn of_key(chain: &ChainId, from: u64, next: &EpochKey, by: &EpochKey, renewed: bool) -> Self {
        let (name, epoch) = (origin(chain), next.epoch());
        let key = next.public(&name);
        let mark = if renewed { RENEWED } else { FOLLOWS };
        let text = format!("{name}{mark}\n{epoch}\n{from}\n{}\n", key.to_hex());
        Self { epoch, from, key, renewed, note: Note::sign(text, &name, by) }
    }

    /// Whether it is about the keys of a chain.
    pub(crate) fn is_of(&self, chain: &ChainId) -> bool {
        let rest = self.note.text().strip_prefix(&origin(chain));
        let mark = rest.and_then(|rest| rest.lines().next());
        mark == Some(if self.renewed { RENEWED } else { FOLLOWS })
    }

    /// Reads a statement. `None` when the note is something else.
    fn of(note: &Note) -> Option<Self> {
        let mut lines = note.text().lines();
        let first = lines.next()?;
        let renewed = first.ends_with(RENEWED);
        let name = first.strip_suffix(if renewed { RENEWED } else { FOLLOWS })?.to_owned();
        let epoch = u32::try_from(number(lines.next()?)?).ok()?;
        let from = number(lines.next()?)?;
        let key = PublicKey::from_bytes(&name, &decode_hex(lines.next()?)?)?;
        lines.next().is_none().then(|| Self { epoch, from, key, renewed, note: note.clone() })
    }
}

/// What stands in the file of checkpoints.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Checkpoint(Checkpoint),
    Succession(Succession),
}

impl Statement {
    pub(crate) fn parse(text: &str) -> Result<Self, NoteError> {
        let note = Note::parse(text)?;
        match Succession::of(&note) {
            Some(succession) => Ok(Self::Succession(succession)),
            None => Checkpoint::of(note).map(Self::Checkpoint),
        }
    }

    /// Returns the number of the last record it speaks of.
    pub(crate) fn seq(&self) -> u64 {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.size,
            Self::Succession(succession) => succession.from,
        }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.note.fmt(f),
            Self::Succession(succession) => succession.note.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::*;

    fn key(epoch: u32) -> EpochKey {
        let byte = u8::try_from(epoch).unwrap();
        EpochKey::new(epoch, &SecretBox::new(Box::new([byte; 32])))
    }

    fn chain() -> ChainId {
        ChainId::from_random([7; 16])
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_signed() {
        let mut tree = Frontier::default();
        tree.push(crate::tree::leaf(b"a"));
        let checkpoint = Checkpoint::sign(&chain(), &tree, &key(1));
        let text = checkpoint.to_string();
        assert!(text.starts_with("sal/1/c_07070707070707070707070707070707\n1\n"), "{text}");
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint.clone()));
        assert!(checkpoint.signed_by(&key(1).public(&origin(&chain()))));
        assert!(matches!(Statement::parse(&text), Ok(Statement::Checkpoint(_))));
    }

    #[test]
    fn a_succession_names_the_next_key_and_is_signed_by_the_one_before() {
        let succession = Succession::sign(&chain(), 9, &key(2), &key(1));
        let Ok(Statement::Succession(read)) = Statement::parse(&succession.note.to_string()) else {
            panic!("{succession:?}");
        };
        assert_eq!(read, succession);
        assert!(read.note.signed_by(&key(1).public(&origin(&chain()))));
        assert_eq!(read.key, key(2).public(&origin(&chain())));
    }

    #[test]
    fn sizes_with_signs_or_leading_zeroes_are_refused() {
        assert_eq!(number("10"), Some(10));
        assert_eq!(number("0"), Some(0));
        for text in ["", "01", "+1", "-1", "1 ", "99999999999999999999"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }
}
