//! Going through the lines of a file, forwards or backwards, in bounded memory.

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::ops::Range;

use crate::fs::read_exact_at;
use crate::line::MAX_LINE;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A line as it stands in the file, without its newline.
#[derive(Debug)]
pub(crate) struct RawLine<'a> {
    /// Its first [`MAX_LINE`] bytes.
    pub(crate) bytes: &'a [u8],
    /// Where it begins.
    pub(crate) offset: u64,
    /// How many bytes it has.
    pub(crate) length: u64,
    /// Whether a newline ends it.
    pub(crate) finished: bool,
}

/// Lines from a place in the file to another.
pub(crate) struct Forwards {
    input: Box<dyn Read + Send>,
    /// Where in the file the next line begins.
    offset: u64,
    buffer: Vec<u8>,
    /// What of the buffer is read and not yet given out.
    unread: Range<usize>,
}

impl Forwards {
    pub(crate) fn new(mut file: File, from: u64, to: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(from))?;
        let part = Box::new(file.take(to.saturating_sub(from)));
        Ok(Self { offset: from, ..Self::over(part) })
    }

    /// Reads all lines of an input.
    pub(crate) fn over(input: Box<dyn Read + Send>) -> Self {
        Self { input, offset: 0, buffer: vec![0; CHUNK], unread: 0..0 }
    }

    pub(crate) fn next_line(&mut self) -> io::Result<Option<RawLine<'_>>> {
        // How many bytes of the line were looked at, and how many of those dropped: the first part
        // is kept, the rest of a line that is too long is only counted.
        let (mut seen, mut dropped) = (0, 0);
        let newline = loop {
            let rest = self.buffer.get(self.unread.clone()).unwrap_or_default();
            let unseen = rest.get(seen..).unwrap_or_default();
            if let Some(newline) = memchr::memchr(b'\n', unseen) {
                break Some(seen + newline);
            }
            seen = rest.len();
            if seen > MAX_LINE {
                dropped += seen - MAX_LINE;
                seen = MAX_LINE;
                self.unread.end = self.unread.start + MAX_LINE;
            }
            if !self.fill()? {
                break None;
            }
        };
        let start = self.unread.start;
        let kept = newline.unwrap_or(seen);
        let finished = newline.is_some();
        self.unread.start += kept + usize::from(finished);
        if kept + dropped == 0 && !finished {
            return Ok(None);
        }
        let (offset, length) = (self.offset, as_u64(kept + dropped));
        self.offset += length + u64::from(finished);
        let bytes = self.buffer.get(start..start + kept.min(MAX_LINE)).unwrap_or_default();
        Ok(Some(RawLine { bytes, offset, length, finished }))
    }

    /// Reads more behind what is unread. False at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.unread.start > 0 {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        let free = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
        let count = loop {
            match self.input.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                count => break count?,
            }
        };
        self.unread.end += count;
        Ok(count > 0)
    }
}

fn as_u64(count: usize) -> u64 {
    count.try_into().unwrap_or(u64::MAX)
}

/// Lines from a place in the file back to its start.
#[derive(Debug)]
pub(crate) struct Backwards<F> {
    file: F,
    /// Where the bytes in the buffer begin.
    start: u64,
    /// What is read and not yet given out; it ends where the next line ends.
    buffer: Vec<u8>,
    line: Vec<u8>,
}

impl std::fmt::Debug for Forwards {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forwards").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl<F: Borrow<File>> Backwards<F> {
    pub(crate) fn new(file: F, to: u64) -> Self {
        Self { file, start: to, buffer: Vec::new(), line: Vec::new() }
    }

    pub(crate) fn next_line(&mut self) -> io::Result<Option<RawLine<'_>>> {
        if self.buffer.is_empty() && !self.fill()? {
            return Ok(None);
        }
        let finished = self.buffer.last() == Some(&b'\n');
        if finished {
            self.buffer.pop();
        }
        self.line.clear();
        let mut length = 0;
        loop {
            let newline = self.buffer.iter().rposition(|byte| *byte == b'\n');
            let from = newline.map_or(0, |newline| newline + 1);
            let part = self.buffer.split_off(from);
            length += u64::try_from(part.len()).unwrap_or(u64::MAX);
            // Parts come from the end; only the first bytes of the line are kept.
            self.line.splice(..0, part);
            self.line.truncate(MAX_LINE);
            if newline.is_some() || !self.fill()? {
                break;
            }
        }
        let offset = self.start + u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        Ok(Some(RawLine { bytes: &self.line, offset, length, finished }))
    }

    /// Reads the part before an empty buffer. False at the start of the file.
    fn fill(&mut self) -> io::Result<bool> {
        let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX).min(self.start);
        self.start -= chunk;
        self.buffer.resize(usize::try_from(chunk).unwrap_or(CHUNK), 0);
        read_exact_at(self.file.borrow(), &mut self.buffer, self.start)?;
        Ok(chunk > 0)
    }
}

/// Returns how many newlines stand before a place in the file.
pub(crate) fn count_newlines(file: &File, before: u64) -> io::Result<u64> {
    let mut buffer = vec![0; CHUNK];
    let (mut offset, mut count) = (0, 0);
    while offset < before {
        let wanted = usize::try_from(before - offset).unwrap_or(CHUNK).min(CHUNK);
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        read_exact_at(file, part, offset)?;
        count += part.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        offset += u64::try_from(wanted).unwrap_or(u64::MAX);
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn file(content: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        file
    }

    type Seen = (Vec<u8>, u64, u64, bool);

    fn seen(line: &RawLine<'_>) -> Seen {
        (line.bytes.to_vec(), line.offset, line.length, line.finished)
    }

    fn forwards(content: &[u8]) -> Vec<Seen> {
        let mut lines = Forwards::new(file(content), 0, content.len().try_into().unwrap()).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push(seen(&line));
        }
        all
    }

    fn backwards(content: &[u8]) -> Vec<Seen> {
        let file = file(content);
        let mut lines = Backwards::new(&file, content.len().try_into().unwrap());
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push(seen(&line));
        }
        all.reverse();
        all
    }

    /// Lines made of lengths around the sizes at which the two readers change their behaviour.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let length = prop_oneof![
            0..40_usize,
            MAX_LINE - 2..MAX_LINE + 3,
            CHUNK - 2..CHUNK + 3,
            2 * CHUNK..2 * CHUNK + 9
        ];
        (proptest::collection::vec(length, 0..6), any::<bool>()).prop_map(|(lengths, finished)| {
            let mut content = Vec::new();
            for (index, length) in lengths.iter().enumerate() {
                content.extend((b'a'..=b'z').cycle().skip(index).take(*length));
                content.push(b'\n');
            }
            if !finished {
                content.pop();
            }
            content
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn both_directions_see_the_lines_of_the_file(content in content()) {
            let mut expected = Vec::new();
            let mut offset = 0;
            for line in content.split_inclusive(|byte| *byte == b'\n') {
                let finished = line.ends_with(b"\n");
                let text = line.strip_suffix(b"\n").unwrap_or(line);
                let kept = text[..text.len().min(MAX_LINE)].to_vec();
                expected.push((kept, offset, text.len() as u64, finished));
                offset += line.len() as u64;
            }
            prop_assert!(forwards(&content) == expected);
            prop_assert!(backwards(&content) == expected);
            let file = file(&content);
            for (number, line) in expected.iter().enumerate() {
                prop_assert_eq!(count_newlines(&file, line.1).unwrap(), number as u64);
            }
        }
    }
}
