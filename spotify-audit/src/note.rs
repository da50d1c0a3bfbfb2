//! Signed notes (C2SP signed-note v1.0.0): a text and the Ed25519 signatures under it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::checkpoint::origin;
use crate::line::{ChainId, hex};

/// The longest note that is read, in bytes.
pub(crate) const MAX_NOTE: usize = 64 * 1024;
/// What begins a line with a signature.
const DASH: &str = "— ";
/// The kind of key and signature: Ed25519.
const ED25519: u8 = 1;

/// A text that is no note, key, checkpoint or proof.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("read {what}: {problem}")]
#[non_exhaustive]
pub struct NoteError {
    what: &'static str,
    problem: &'static str,
}

pub(crate) fn bad(what: &'static str, problem: &'static str) -> NoteError {
    NoteError { what, problem }
}

/// A text and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// Lines, each with its newline.
    text: String,
    signatures: Vec<Signed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// Signs a text, which ends in a newline and has no empty line.
    pub(crate) fn sign(text: String, name: &str, key: &EpochKey) -> Self {
        let bytes = key.key.sign(text.as_bytes()).to_bytes().to_vec();
        let key_id = key.public(name).id();
        Self { text, signatures: vec![Signed { name: name.to_owned(), key_id, bytes }] }
    }

    /// Reads a note. Signatures of other kinds than Ed25519 pass.
    pub(crate) fn parse(note: &str) -> Result<Self, NoteError> {
        let bad = |problem| bad("a signed note", problem);
        if note.len() > MAX_NOTE {
            return Err(bad("it is too long"));
        }
        if note.chars().any(|character| character.is_control() && character != '\n') {
            return Err(bad("it has a control character"));
        }
        let (text, signatures) = note.split_once("\n\n").ok_or(bad("it has no signature"))?;
        let lines = signatures.strip_suffix('\n').ok_or(bad("its last line is unfinished"))?;
        let signatures: Vec<_> = lines
            .split('\n')
            .map(|line| Signed::parse(line).ok_or(bad("a line is no signature")))
            .collect::<Result<_, _>>()?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// Returns the signed text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a key signed the text.
    pub(crate) fn signed_by(&self, key: &PublicKey) -> bool {
        let id = key.id();
        self.signatures.iter().filter(|signed| signed.key_id == id && signed.name == key.name).any(
            |signed| {
                Signature::from_slice(&signed.bytes).is_ok_and(|signature| {
                    key.key.verify_strict(self.text.as_bytes(), &signature).is_ok()
                })
            },
        )
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signed { name, key_id, bytes } in &self.signatures {
            let signature = STANDARD.encode([key_id.as_slice(), bytes].concat());
            writeln!(f, "{DASH}{name} {signature}")?;
        }
        Ok(())
    }
}

impl Signed {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(signature).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk()?;
        let named = !name.is_empty() && !name.contains(['+', ' ']);
        (named && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: *key_id,
            bytes: bytes.to_vec(),
        })
    }
}

/// The key that signs the checkpoints of a time: a day, or a number of records.
///
/// Who makes it erases it once its successor stands in the log
/// ([`Log::rotate_key`](crate::Log::rotate_key)), so that a later intruder cannot sign the past.
pub struct EpochKey {
    epoch: u32,
    key: SigningKey,
}

impl EpochKey {
    /// Makes the key of an epoch, counted from 1, out of 32 random bytes.
    pub fn new(epoch: u32, seed: &SecretBox<[u8; 32]>) -> Self {
        Self { epoch, key: SigningKey::from_bytes(seed.expose_secret()) }
    }

    /// Returns the number of the epoch.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(crate) fn public(&self, name: &str) -> PublicKey {
        PublicKey { name: name.to_owned(), key: self.key.verifying_key() }
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpochKey").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// A key that shows who signed a checkpoint: what an auditor gets apart from the log.
///
/// As text it is a C2SP verifier key: `<name>+<8 hex digits>+<base64>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Reads the text form.
    ///
    /// # Errors
    /// When it is none, or its digits do not fit its key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let bad = |problem| bad("a verifier key", problem);
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("it has not the form name+digits+key"));
        };
        let bytes = STANDARD.decode(key).map_err(|_| bad("the key is no base64"))?;
        let Some((&ED25519, bytes)) = bytes.split_first() else {
            return Err(bad("it is no Ed25519 key"));
        };
        let key = Self::from_bytes(name, bytes).ok_or(bad("it is no Ed25519 key"))?;
        if name.is_empty() || name.contains(char::is_whitespace) || hex(&key.id()) != id {
            return Err(bad("the digits do not fit the name and key"));
        }
        Ok(key)
    }

    /// Whether it signs for a chain.
    pub fn is_of(&self, chain: &ChainId) -> bool {
        self.name == origin(chain)
    }

    pub(crate) fn from_bytes(name: &str, bytes: &[u8]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
        Some(Self { name: name.to_owned(), key })
    }

    pub(crate) fn to_hex(&self) -> String {
        hex(self.key.as_bytes())
    }

    /// The first bytes of a hash over name, kind and key.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{}+{key}", self.name, hex(&self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn key(byte: u8) -> EpochKey {
        EpochKey::new(1, &SecretBox::new(Box::new([byte; 32])))
    }

    #[test]
    fn the_example_of_the_specification_is_read_and_its_signature_holds() {
        // C2SP signed-note, "Format" and "Verifier keys": the note and its key.
        let note = "This is an example message.\n\n— example.com/foo \
                    /QRbHD9OL7PaIcEkpE0d9OHpLFbbR1PWWwT2WMmGDAWFXb7ccLcxfHkJ4k6Yok1FR3vqoRRaXqHVHyvFQFPrLq1VFQ0=\n";
        // The text is the specification's, the signature is not: reading must not depend on it.
        let note = Note::parse(note).unwrap();
        assert_eq!(note.text(), "This is an example message.\n");
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_holds_for_its_key_and_text_only() {
        let note = Note::sign("one\ntwo\n".to_owned(), "sal/1/c_1", &key(1));
        let text = note.to_string();
        assert!(text.starts_with("one\ntwo\n\n— sal/1/c_1 "), "{text}");
        let read = Note::parse(&text).unwrap();
        assert_eq!(read, note);
        assert!(read.signed_by(&key(1).public("sal/1/c_1")));
        assert!(!read.signed_by(&key(2).public("sal/1/c_1")));
        assert!(!read.signed_by(&key(1).public("sal/1/c_2")));
        let changed = Note::parse(&text.replace("two", "too")).unwrap();
        assert!(!changed.signed_by(&key(1).public("sal/1/c_1")));
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let public = key(3).public("sal/1/c_1");
        let text = public.to_string();
        assert_eq!(PublicKey::parse(&text), Ok(public));
        for wrong in ["", "a+b", "a+00000000+AQ==", &text.replace("c_1", "c_2")] {
            PublicKey::parse(wrong).unwrap_err();
        }
        assert_eq!(format!("{:?}", key(3)), "EpochKey { epoch: 1, .. }");
    }

    #[test]
    fn texts_that_are_no_notes_are_refused() {
        for text in [
            "",
            "a\n",
            "a\n\n",
            "a\n\nb\n",
            "a\n\n— n \n",
            "a\n\n— n AAAA\n",
            "a\x07\n\n— n AAAAAAA=\n",
        ] {
            Note::parse(text).unwrap_err();
        }
    }
}
