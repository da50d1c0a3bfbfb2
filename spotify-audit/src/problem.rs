//! What can be wrong with a line, and where.

use std::path::PathBuf;

use serde::Serialize;
use thiserror::Error;

use crate::line::MAX_LINE;

/// A bad line.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize)]
#[error("{}, line {line} (byte {offset}): {defect}", file.display())]
#[non_exhaustive]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The number of the line in its file, from 1.
    pub line: u64,
    /// Where the line begins, in bytes from the start of the file.
    pub offset: u64,
    /// The sequence number that the line gives itself, if it can be read.
    pub seq: Option<u64>,
    /// What is wrong.
    pub defect: Defect,
}

/// What is wrong with a line.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Defect {
    /// The line is longer than [`MAX_LINE`].
    #[error("the line is longer than {MAX_LINE} bytes")]
    TooLong,
    /// The line is not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// The line has a control character.
    #[error("the line has a control character")]
    ControlCharacter,
    /// The line is not JSON.
    #[error("the line is not a JSON object")]
    NotJson,
    /// The line does not end in a hash.
    #[error("the line does not end in its hash")]
    NotSealed,
    /// The line does not begin with version, sequence number and times.
    #[error("the line does not begin with version 1, sequence number and times")]
    NotStamped,
    /// A field has a value of the wrong type.
    #[error("a field has a value of the wrong type")]
    WrongField,
    /// The first line is not the opening of a chain.
    #[error("the log does not begin with chain.open")]
    NoOpening,
    /// The opening of a segment does not fit the lines before it.
    #[error("the opening of the segment does not fit the lines before it")]
    WrongOpening,
    /// Lines are missing before this one.
    #[error("record {expected} is missing, record {found} stands in its place")]
    Gap {
        /// The number that had to come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// Lines were moved or repeated.
    #[error("record {found} stands where record {expected} belongs")]
    OutOfOrder {
        /// The number that had to come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The hash fits not both the line and the one before.
    #[error("the hash does not fit the line and the one before: one of them was changed")]
    HashMismatch,
    /// The last line has no end.
    #[error("the last line is unfinished ({bytes} bytes)")]
    Unfinished {
        /// How many bytes it has.
        bytes: u64,
    },
}
