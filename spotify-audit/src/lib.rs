//! A JSON-lines audit log that shows any tampering.
//!
//! A [`Log`] is a directory with one file of JSON lines in format `sal/1`. Each line ends in a hash
//! over the line before it and its own bytes, so that a changed, removed, repeated or moved line
//! shows in [`verify()`]. `docs/format.md` has the exact rules and a recipe to check a line by hand.
//!
//! - Writing: [`Draft`] describes an event, [`Log::append`] seals it. Many threads and processes
//!   may append to one log. What can stand in an event is limited by type: see [`Value`].
//! - Reading: [`Reader`] streams [`Entry`]s, oldest or newest first, through a [`Query`].
//! - Checking: [`verify()`] names the first bad line; [`Rule`]s fold entries into [`Finding`]s.
//!
//! The crate knows nothing of the program that uses it. It reads no environment and no clock:
//! both clocks, the host's facts and the randomness of a new chain's id come in [`LogOptions`].
//!
//! # Security
//! One chain without an anchor outside the writer's reach cannot show two things: that the end of
//! the log was cut off at a line boundary, and that everything from some line on was written anew
//! with fresh hashes. Everything else that is done to the file shows. Text from outside is
//! cleaned by [`Text::external`], and secrets enter a log only as a keyed [`Reference`].

mod draft;
mod entry;
mod fs;
mod head;
mod json;
mod keys;
mod line;
mod lines;
mod log;
mod own;
mod problem;
mod reader;
mod rule;
mod text;
mod value;
mod verify;
mod vocabulary;

pub use crate::draft::{Actor, Draft, MAX_TARGETS};
pub use crate::entry::Entry;
pub use crate::fs::StorageError;
pub use crate::head::CLOCK_TOLERANCE;
pub use crate::keys::{Keys, Reference, ReferenceKey};
pub use crate::line::{ChainId, Hash, MAX_LINE};
pub use crate::log::{
    AppendError, Appended, BootClock, Clock, Durability, Host, Log, LogOptions, OpenError,
};
pub use crate::own::LOG_EVENTS;
pub use crate::problem::{Defect, Problem};
pub use crate::reader::{Order, Passed, Query, ReadError, Reader};
pub use crate::rule::{Finding, Rule, chain_broken, evaluate};
pub use crate::text::{Id, IdError, MAX_ID, MAX_PSEUDONYM, MAX_TEXT, Pseudonym, Text};
pub use crate::value::Value;
pub use crate::verify::{Report, Status, VerifyError, Warning, verify};
pub use crate::vocabulary::{ActorKind, Code, Kind, Outcome, Severity, Stage};
