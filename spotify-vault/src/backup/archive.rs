//! What stands inside a backup: the sealed files of a vault in one stream, with an authenticator
//! under the vault's key (`docs/format.md`, "Backup").

use std::io::{self, Read, Write};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use crate::crypto;
use crate::error::VaultError;
use crate::header::{self, VaultKey};
use crate::name::{RecordId, SubjectId};
use crate::record;
use crate::store::SubjectFiles;
use crate::wire::Cursor;

const MAGIC: [u8; 4] = *b"SPMB";
const VERSION: u8 = 1;

const HEADER: u8 = b'H';
const SUBJECT: u8 = b'S';
const TOMBSTONE: u8 = b'T';
const KEY: u8 = b'K';
const RECORD: u8 = b'R';
const END: u8 = b'E';

/// Length of what stands before a part: its kind and its length.
const HEAD_LEN: usize = 5;

/// Writes the stream.
pub(super) struct Writer<W> {
    out: W,
    hash: Sha256,
    subjects: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(out: W, at: Timestamp, header: &[u8]) -> io::Result<Self> {
        let mut writer = Self { out, hash: Sha256::new(), subjects: 0 };
        writer.put(&MAGIC)?;
        writer.put(&[VERSION, 0, 0, 0])?;
        writer.put(&at.as_millisecond().to_be_bytes())?;
        writer.part(HEADER, &[], header)?;
        Ok(writer)
    }

    pub(super) fn subject(&mut self, id: SubjectId, files: &SubjectFiles) -> io::Result<()> {
        self.subjects += 1;
        self.part(SUBJECT, id.as_bytes(), &[])?;
        if let Some(tombstone) = &files.tombstone {
            // Of a destroyed subject nothing else is kept, whatever was put back.
            return self.part(TOMBSTONE, &[], tombstone);
        }
        for (number, key) in &files.keys {
            self.part(KEY, &number.to_be_bytes(), key)?;
        }
        for (record, sealed) in &files.records {
            self.part(RECORD, record.as_bytes(), sealed)?;
        }
        Ok(())
    }

    pub(super) fn end(mut self, vault_key: &VaultKey) -> io::Result<W> {
        let mac = vault_key.backup_mac(&self.hash.clone().finalize().0);
        self.part(END, &self.subjects.to_be_bytes(), &mac)?;
        Ok(self.out)
    }

    fn part(&mut self, kind: u8, name: &[u8], body: &[u8]) -> io::Result<()> {
        let len = u32::try_from(name.len() + body.len()).map_err(io::Error::other)?;
        self.put(&[kind])?;
        self.put(&len.to_be_bytes())?;
        self.put(name)?;
        self.put(body)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads the stream. What it gives is authenticated once [`Reader::finish`] has passed.
pub(super) struct Reader<R> {
    input: R,
    hash: Sha256,
    subjects: u64,
    header: Vec<u8>,
    /// The part that was read last and not used yet.
    ahead: (u8, Vec<u8>),
}

impl<R: Read> Reader<R> {
    pub(super) fn begin(mut input: R) -> Result<Self, VaultError> {
        let mut start = [0; 16];
        input.read_exact(&mut start).map_err(unreadable)?;
        let (magic, rest) = start.split_first_chunk().ok_or_else(|| damaged("it is cut short"))?;
        if *magic != MAGIC {
            return Err(damaged("it is no backup of a vault"));
        }
        match rest {
            [VERSION, 0, 0, 0, ..] => {}
            [found, ..] => {
                return Err(BackupError::Version { found: *found, supported: VERSION }.into());
            }
            [] => return Err(damaged("it is cut short")),
        }
        let mut hash = Sha256::new();
        hash.update(start);
        let ahead = (END, Vec::new());
        let mut reader = Self { input, hash, subjects: 0, header: Vec::new(), ahead };
        let (HEADER, header) = reader.part()? else {
            return Err(damaged("it does not begin with a header"));
        };
        reader.header = header;
        reader.ahead = reader.part()?;
        Ok(reader)
    }

    /// Returns the vault's header as it was.
    pub(super) fn header(&self) -> &[u8] {
        &self.header
    }

    /// Reads the next subject; `None` after the last.
    pub(super) fn subject(&mut self) -> Result<Option<(SubjectId, SubjectFiles)>, VaultError> {
        let (kind, body) = &self.ahead;
        let id = match *kind {
            END => return Ok(None),
            SUBJECT => body.as_slice().try_into().map(SubjectId::from_bytes),
            _ => return Err(damaged("its parts are out of order")),
        };
        let id = id.map_err(|_| damaged("a part is malformed"))?;
        self.subjects += 1;
        let mut files = SubjectFiles::default();
        loop {
            let (kind, body) = self.part()?;
            let mut cursor = Cursor(&body);
            match kind {
                TOMBSTONE => files.tombstone = Some(body),
                KEY => {
                    let number = cursor.u32().ok_or_else(|| damaged("a part is malformed"))?;
                    files.keys.push((number, cursor.0.to_vec()));
                }
                RECORD => {
                    let record = cursor.array().ok_or_else(|| damaged("a part is malformed"))?;
                    files.records.push((RecordId::from_bytes(*record), cursor.0.to_vec()));
                }
                _ => {
                    self.ahead = (kind, body);
                    return Ok(Some((id, files)));
                }
            }
        }
    }

    /// Makes sure that the vault's key wrote all that was read, and that nothing follows.
    pub(super) fn finish(mut self, vault_key: &VaultKey) -> Result<u64, VaultError> {
        let (END, body) = &self.ahead else { return Err(damaged("its end is missing")) };
        let mut cursor = Cursor(body);
        let (Some(count), Some(mac), []) = (cursor.u64(), cursor.array(), cursor.0) else {
            return Err(damaged("its end is malformed"));
        };
        let expected = vault_key.backup_mac(&self.hash.finalize().0);
        if count != self.subjects || !crypto::same(mac, &expected) {
            return Err(damaged("its authenticator does not fit"));
        }
        match self.input.read(&mut [0]).map_err(unreadable)? {
            0 => Ok(count),
            _ => Err(damaged("something follows its end")),
        }
    }

    fn part(&mut self) -> Result<(u8, Vec<u8>), VaultError> {
        let mut head = [0; HEAD_LEN];
        self.input.read_exact(&mut head).map_err(unreadable)?;
        let [kind, len @ ..] = head;
        let len = usize::try_from(u32::from_be_bytes(len)).unwrap_or(usize::MAX);
        if len > record::MAX_LEN.max(header::MAX_LEN) + 16 {
            return Err(damaged("a part is too long"));
        }
        let mut body = vec![0; len];
        self.input.read_exact(&mut body).map_err(unreadable)?;
        if kind != END {
            self.hash.update(head);
            self.hash.update(&body);
        }
        Ok((kind, body))
    }
}

fn damaged(problem: &'static str) -> VaultError {
    BackupError::Damaged { problem }.into()
}

/// What age does not decrypt, or finds cut short, it says as an error of reading.
fn unreadable(source: io::Error) -> VaultError {
    match source.kind() {
        io::ErrorKind::InvalidData => damaged("it was changed"),
        io::ErrorKind::UnexpectedEof => damaged("it is cut short"),
        _ => BackupError::Read { source }.into(),
    }
}
