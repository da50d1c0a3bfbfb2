//! One line of format `sal/1`: its stamp, its seal, and the start of a chain.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::json;
use crate::text::{Id, IdError};

/// The longest line, in bytes, with its newline.
pub const MAX_LINE: usize = 16 * 1024;
/// What stands before the digits of the seal.
const SEAL: &[u8] = b",\"h\":\"";
/// What stands after them.
const END: &[u8] = b"\"}";

/// A SHA-256 as it stands in a line: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 64]);

impl Hash {
    /// Returns the digits.
    #[expect(clippy::missing_panics_doc, reason = "the digits are ASCII")]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("hex digits are ASCII")
    }

    /// Reads 64 lower-case hex digits.
    pub(crate) fn parse(digits: &[u8]) -> Option<Self> {
        let digits: [u8; 64] = digits.try_into().ok()?;
        // Without an early end the compiler compares many digits at once.
        let other = |digit: &u8| !matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        (!digits.iter().fold(false, |found, digit| found | other(digit))).then_some(Self(digits))
    }

    /// Returns what the digits stand for.
    fn to_bytes(self) -> [u8; 32] {
        let value = |digit: u8| if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.0.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit));
        }
        bytes
    }

    pub(crate) fn of(hasher: Sha256) -> Self {
        let bytes: [u8; 32] = hasher.finalize().into();
        let mut digits = [0; 64];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(bytes) {
            *pair = hex_digits(byte);
        }
        Self(digits)
    }

    /// Returns the hash of a line: over the digits of the one before, then the line's own bytes.
    pub(crate) fn next(&self, body: &[u8]) -> Self {
        Self::of(Sha256::new().chain_update(self.0).chain_update(body))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

fn hex_digits(byte: u8) -> [u8; 2] {
    // Without a branch, because every line that is verified has 64 of these.
    [byte >> 4, byte & 15].map(|value| b'0' + value + u8::from(value > 9) * (b'a' - b'9' - 1))
}

/// Returns lower-case hex digits.
pub(crate) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().flat_map(|byte| hex_digits(*byte)).map(char::from).collect()
}

/// Reads 32 bytes from 64 lower-case hex digits.
pub(crate) fn decode_hex(digits: &str) -> Option<[u8; 32]> {
    Hash::parse(digits.as_bytes()).map(Hash::to_bytes)
}

/// The name of a chain, drawn at random when its log is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainId(Id);

impl ChainId {
    /// Makes the name of a new chain out of 16 random bytes.
    #[expect(clippy::missing_panics_doc, reason = "the name is an identifier")]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let name = format!("c_{}", hex(&bytes));
        Self(Id::new(&name).expect("34 letters and digits are an identifier"))
    }

    /// Reads the name of a chain.
    pub(crate) fn parse(name: &str) -> Result<Self, IdError> {
        Id::new(name).map(Self)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn id(&self) -> Id {
        self.0.clone()
    }

    /// Returns what stands for the hash of the line before the first.
    pub(crate) fn genesis(&self) -> Hash {
        let hasher = Sha256::new().chain_update(b"sal/1 genesis ").chain_update(self.as_str());
        Hash::of(hasher)
    }
}

/// What every line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// The number of the line in its chain, from 1.
    pub(crate) seq: u64,
    /// The wall clock.
    pub(crate) ts: Timestamp,
    /// The boot-time clock, in microseconds.
    pub(crate) mono: u64,
}

impl Stamp {
    pub(crate) fn render(&self, out: &mut Vec<u8>) {
        let Self { seq, ts, mono } = self;
        json::display(
            out,
            format_args!("{{\"v\":1,\"seq\":{seq},\"ts\":\"{ts:.6}\",\"mono\":{mono}"),
        );
    }

    /// Reads the stamp at the start of a line and returns what stands after it.
    fn parse(body: &[u8]) -> Option<(Self, &[u8])> {
        let (seq, rest) = number(body.strip_prefix(b"{\"v\":1,\"seq\":")?)?;
        let rest = rest.strip_prefix(b",\"ts\":\"")?;
        let (ts, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'"')?)?;
        let (mono, rest) = number(rest.strip_prefix(b"\",\"mono\":")?)?;
        // More fields follow: a number that the end of the line cuts off is none.
        let fields = rest.starts_with(b",").then_some(rest)?;
        Some((Self { seq, ts: time(ts)?, mono }, fields))
    }
}

/// Reads a time: at once in the shape that lines are written in, else as any RFC 3339 text.
fn time(text: &[u8]) -> Option<Timestamp> {
    written_time(text).or_else(|| str::from_utf8(text).ok()?.parse().ok())
}

/// Reads `2026-11-21T05:30:00.123400Z`.
fn written_time(text: &[u8]) -> Option<Timestamp> {
    let (year, rest) = digits::<4>(text)?;
    let (month, rest) = digits::<2>(rest.strip_prefix(b"-")?)?;
    let (day, rest) = digits::<2>(rest.strip_prefix(b"-")?)?;
    let (hour, rest) = digits::<2>(rest.strip_prefix(b"T")?)?;
    let (minute, rest) = digits::<2>(rest.strip_prefix(b":")?)?;
    let (second, rest) = digits::<2>(rest.strip_prefix(b":")?)?;
    let (micros, rest) = digits::<6>(rest.strip_prefix(b".")?)?;
    let small = |number: i32| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, micros * 1000).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok().filter(|_| rest == b"Z")
}

/// Reads so many digits and returns what stands after them.
fn digits<const COUNT: usize>(text: &[u8]) -> Option<(i32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<COUNT>()?;
    let value = digits.iter().fold(0, |value, digit| value * 10 + i32::from(*digit) - 0x30);
    digits.iter().all(u8::is_ascii_digit).then_some((value, rest))
}

/// Reads a number as JSON has it and returns what stands after it.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    if let [b'0', rest @ ..] = text {
        return Some((0, rest));
    }
    let (mut value, mut rest) = (0_u64, text);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        rest = after;
    }
    (rest.len() < text.len()).then_some((value, rest))
}

/// A line taken apart without a JSON parser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed<'a> {
    pub(crate) stamp: Stamp,
    /// What the hash is over.
    pub(crate) body: &'a [u8],
    /// What stands between the stamp and the hash, with the comma before each field.
    pub(crate) fields: &'a [u8],
    pub(crate) hash: Hash,
}

/// Why a line cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    Seal,
    Stamp,
}

impl<'a> Sealed<'a> {
    /// Takes a line, without its newline, apart.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, Malformed> {
        let (body, hash) = split_seal(line).ok_or(Malformed::Seal)?;
        let (stamp, fields) = Stamp::parse(body).ok_or(Malformed::Stamp)?;
        Ok(Self { stamp, body, fields, hash })
    }

    /// Whether the seal fits the line and the one before.
    pub(crate) fn follows(&self, previous: &Hash) -> bool {
        previous.next(self.body) == self.hash
    }
}

fn split_seal(line: &[u8]) -> Option<(&[u8], Hash)> {
    let line = line.strip_suffix(END)?;
    let (body, digits) = line.split_at_checked(line.len().checked_sub(64)?)?;
    Some((body.strip_suffix(SEAL)?, Hash::parse(digits)?))
}

/// Appends a whole line to `out` and returns its hash.
pub(crate) fn seal(out: &mut Vec<u8>, stamp: &Stamp, fields: &[u8], previous: &Hash) -> Hash {
    let start = out.len();
    stamp.render(out);
    out.extend_from_slice(fields);
    let hash = previous.next(out.get(start..).expect("the buffer only grew"));
    out.extend_from_slice(SEAL);
    out.extend_from_slice(&hash.0);
    out.extend_from_slice(END);
    out.push(b'\n');
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp { seq: 7, ts: Timestamp::from_microsecond(1_795_239_000_123_400).unwrap(), mono: 83 }
    }

    #[test]
    fn a_line_is_taken_apart_as_it_was_put_together() {
        let previous = ChainId::from_random([1; 16]).genesis();
        let mut line = Vec::new();
        let hash = seal(&mut line, &stamp(), b",\"code\":\"SM0001I\"", &previous);
        assert_eq!(line.pop(), Some(b'\n'));
        let sealed = Sealed::parse(&line).unwrap();
        assert_eq!(sealed.stamp, stamp());
        assert_eq!(sealed.hash, hash);
        assert!(sealed.follows(&previous));
        assert!(!sealed.follows(&hash));
    }

    #[test]
    fn a_time_is_read_as_any_reader_does() {
        let texts = [
            "2026-11-21T05:30:00.123400Z",
            "1969-12-31T23:59:59.999999Z",
            "2024-02-29T00:00:00.000000Z",
            "2023-02-29T00:00:00.000000Z",
            "2026-11-21T05:30:60.000000Z",
            "2026-11-21T24:00:00.000000Z",
            "2026-11-21T05:30:00.12340 Z",
            "2026-11-21T05:30:00.123400",
            "2026-11-21T05:30:00.1234000Z",
            "2026-11-21T05:30:00+01:00",
            "2026-13-21T05:30:00.123400Z",
            "/026-11-21T05:30:00.123400Z",
        ];
        for text in texts {
            assert_eq!(time(text.as_bytes()), text.parse().ok(), "{text}");
        }
        assert!(written_time(texts[0].as_bytes()).is_some(), "without the general parser");
    }

    #[test]
    fn time_has_six_digits_after_the_point() {
        let mut out = Vec::new();
        stamp().render(&mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"{"v":1,"seq":7,"ts":"2026-11-21T05:30:00.123400Z","mono":83"#);
    }

    #[test]
    fn genesis_is_the_hash_of_the_chain_name() {
        // printf 'sal/1 genesis c_00000000000000000000000000000000' | sha256sum
        let chain = ChainId::from_random([0; 16]);
        assert_eq!(
            chain.genesis().as_str(),
            "077e81e04af0a7ca6b05ec8416601191bc673f2c77e1d02904e86b3693e3a10c"
        );
    }

    #[test]
    fn a_line_without_seal_or_stamp_is_malformed() {
        let seal = format!(",\"h\":\"{}\"}}", "a".repeat(64));
        for line in ["", "}", "{\"v\":1}", &"x".repeat(63)] {
            assert_eq!(Sealed::parse(line.as_bytes()).unwrap_err(), Malformed::Seal);
        }
        for body in [
            "",
            "{\"v\":2,\"seq\":1",
            "{\"v\":1,\"seq\":-1,\"ts\":\"\",\"mono\":1,",
            "{\"v\":1,\"seq\":01,\"ts\":\"2026-11-21T05:30:00Z\",\"mono\":1,",
            "{\"v\":1,\"seq\":1,\"ts\":\"2026-11-21T05:30:00Z\",\"mono\":1",
        ] {
            let line = format!("{body}{seal}");
            assert_eq!(Sealed::parse(line.as_bytes()).unwrap_err(), Malformed::Stamp);
        }
        let upper = format!("{{\"v\":1,\"h\":\"{}\"}}", "A".repeat(64));
        assert_eq!(Sealed::parse(upper.as_bytes()).unwrap_err(), Malformed::Seal);
    }
}
