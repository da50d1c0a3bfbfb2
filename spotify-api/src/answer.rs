//! From the bytes of an answer to its type.

use std::fmt;

use serde::{
    Serialize,
    de::{DeserializeOwned, value::UnitDeserializer},
};
use serde_json::Value;

/// Something that an operation answers with.
pub trait Answer: Sized {
    /// Reads the body of a successful answer.
    ///
    /// # Errors
    /// The body is not what the operation promises. An empty one is what an `Option` promises (N13).
    fn read(body: &[u8]) -> Result<Self, Mismatch>;

    /// Returns the JSON that the answer was read from, or `None` if its body is of no interest.
    fn again(&self) -> Option<Value>;
}

impl<T: DeserializeOwned + Serialize> Answer for T {
    fn read(body: &[u8]) -> Result<Self, Mismatch> {
        // Some files and proxies put a byte order mark in front of the JSON.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if body.trim_ascii().is_empty() {
            // A unit is `None` for an `Option` and nothing for all else that is promised.
            let nothing = UnitDeserializer::<serde::de::value::Error>::new();
            return T::deserialize(nothing).map_err(|_| Mismatch::Empty);
        }
        // Checking the whole for UTF-8 is faster than checking each text; only the error of a body
        // that is none says where.
        let read = match std::str::from_utf8(body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(body),
        };
        read.map_err(|error| Mismatch::from(&error))
    }

    fn again(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }
}

/// Reads a body as the answer `A` and returns what [`Answer::again`] gives.
pub(crate) fn reread<A: Answer>(body: &[u8]) -> Result<Option<Value>, Mismatch> {
    A::read(body).map(|answer| answer.again())
}

/// An answer of which only the success matters; its body may be anything (N12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done;

impl Answer for Done {
    fn read(_: &[u8]) -> Result<Self, Mismatch> {
        Ok(Self)
    }

    fn again(&self) -> Option<Value> {
        None
    }
}

/// How an answer differs from what was promised, without any of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// There is no body.
    Empty,
    /// The body is no JSON.
    NotJson {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    /// The body ends in the middle.
    CutOff,
    /// A value has another shape.
    Shape {
        /// What was expected there, in this crate's words.
        expected: Option<String>,
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
}

impl From<&serde_json::Error> for Mismatch {
    fn from(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Eof => Self::CutOff,
            serde_json::error::Category::Data => {
                Self::Shape { expected: expectation(&error.to_string()), line, column }
            }
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                Self::NotJson { line, column }
            }
        }
    }
}

/// Takes from serde's message the part that says what was expected: that part is written by the
/// types of this crate, the part before it repeats the body.
fn expectation(message: &str) -> Option<String> {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    if let Some(field) = message.strip_prefix("missing field `") {
        return Some(format!("field {}", field.trim_end_matches('`')));
    }
    message.rsplit_once(", expected ").map(|(_, expected)| expected.to_owned())
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty body"),
            Self::CutOff => f.write_str("JSON that ends in the middle"),
            Self::NotJson { line, column } => {
                write!(f, "something that is no JSON (line {line}, column {column})")
            }
            Self::Shape { expected: Some(expected), line, column } => {
                write!(f, "JSON without {expected} at line {line}, column {column}")
            }
            Self::Shape { expected: None, line, column } => {
                write!(f, "JSON of another shape at line {line}, column {column}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PlaybackState, Track};

    #[test]
    fn a_mismatch_says_what_was_expected_and_where_but_not_what_was_found() {
        let wrong = Track::read(br#"["canary, expected canary"]"#).unwrap_err();
        assert_eq!(wrong.to_string(), "JSON without an object at line 1, column 0");
        let wrong = Vec::<bool>::read(br#"["canary, expected canary"]"#).unwrap_err();
        assert_eq!(wrong.to_string(), "JSON without a boolean at line 1, column 26");
    }

    #[test]
    fn empty_cut_off_and_foreign_bodies_are_told_apart() {
        assert_eq!(Track::read(b""), Err(Mismatch::Empty));
        assert_eq!(Track::read(br#"{"name":"#), Err(Mismatch::CutOff));
        assert_eq!(Track::read(b"<html>"), Err(Mismatch::NotJson { line: 1, column: 1 }));
    }

    #[test]
    fn n13_only_an_answer_that_may_be_missing_may_have_an_empty_body() {
        assert_eq!(Option::<PlaybackState>::read(b""), Ok(None));
        assert_eq!(Option::<PlaybackState>::read(b" \n"), Ok(None));
        assert_eq!(Vec::<bool>::read(b""), Err(Mismatch::Empty));
        assert_eq!(PlaybackState::read(b""), Err(Mismatch::Empty));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_answer() {
        assert_eq!(Vec::<bool>::read(b"\xef\xbb\xbf[true]"), Ok(vec![true]));
    }

    #[test]
    fn n12_the_body_of_a_command_is_ignored() {
        assert_eq!(Done::read(b"oPClBVDzidwlAlSqmFF-zKNO62E"), Ok(Done));
        assert_eq!(Done::read(b""), Ok(Done));
    }
}
