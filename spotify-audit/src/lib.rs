//! A JSON-lines audit log that shows any tampering.
//!
//! A [`Log`] is a directory with segments of JSON lines in format `sal/1`. Each line ends in a hash
//! over the line before it and its own bytes, so that a changed, removed, repeated or moved line
//! shows in [`verify()`]. With [`Keys`] the log signs a tree over all lines every second, so that
//! lines written anew show, too. `docs/format.md` has the exact rules and a recipe to check a line
//! by hand.
//!
//! - Writing: [`events!`] declares events, a [`Draft`] is one before it is sealed, [`Log::append`]
//!   seals it. Many threads and processes may append to one log. What can stand in an event is
//!   limited by type: see [`Field`].
//! - Reading: [`Reader`] streams [`Entry`]s, oldest or newest first, through a [`Query`].
//! - Checking: [`verify()`] names the first bad line, [`Verification`] also compares with a key or
//!   an anchor from outside, [`prove`] makes the [`Proof`] of one record; [`Rule`]s fold entries into
//!   [`Finding`]s.
//!
//! | feature | what it adds | what it brings |
//! | --- | --- | --- |
//! | `export` | records to other systems (syslog, CEF, OCSF), findings to people | nothing |
//! | `tls` | syslog over TLS; includes `export` | the crate rustls |
//! | `webhook` | signed webhooks; includes `export` | the crate reqwest |
//! | `smtp` | mail; includes `export` | the crate lettre |
//! | `schema` | what a record may hold, as a JSON Schema | the crate schemars |
//! | `summary` | summaries of a period: Markdown, a page, JSON | the crate askama |
//!
//! No feature is on by default, and none changes what is there without it.
//!
//! The crate knows nothing of the program that uses it. It reads no environment and no clock:
//! both clocks, the host's facts and the randomness of a new chain's id come in [`LogOptions`].
//!
//! # Security
//! Without an anchor outside the writer's reach two things cannot show: that the end of the log was
//! cut off together with its checkpoints, and that who has the signing key of the present epoch
//! wrote everything anew. Everything else that is done to the files shows. Text from outside is
//! cleaned by [`Text::external`], and secrets enter a log only as a keyed [`Reference`].

mod burst;
mod checkpoint;
mod draft;
mod entry;
mod event;
#[cfg(feature = "export")]
pub mod export;
mod findings;
mod fold;
mod follow;
mod fs;
mod head;
mod json;
mod keys;
mod line;
mod lines;
mod log;
mod note;
mod own;
mod privacy;
mod problem;
mod proof;
mod prove;
mod reader;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod statements;
#[cfg(feature = "summary")]
mod summary;
mod text;
mod tree;
mod value;
mod verify;
mod vocabulary;

pub use crate::burst::{Burst, Bursts};
pub use crate::checkpoint::Checkpoint;
pub use crate::draft::{Actor, Draft, MAX_TARGETS};
pub use crate::entry::Entry;
pub use crate::event::{Declared, DeclaredField, Event, Fields, Label};
pub use crate::findings::{
    FINDING_ACKNOWLEDGED, FINDING_CLOSED, FINDING_OPENED, FindingEvent, FindingState, Findings,
    Tracked,
};
pub use crate::follow::Follow;
pub use crate::fs::StorageError;
pub use crate::head::CLOCK_TOLERANCE;
pub use crate::keys::{Keys, Reference, ReferenceKey};
pub use crate::line::{ChainId, Hash, MAX_LINE};
pub use crate::log::{
    AppendError, Appended, BootClock, CheckpointError, Clock, Durability, Host, Log, LogOptions,
    MaintainError, Maintained, OpenError, Retention, Rotation,
};
pub use crate::note::{EpochKey, NoteError, PublicKey};
pub use crate::own::{
    CHAIN_OPEN, CHAIN_SEAL, LOG_CLOCK, LOG_KEY, LOG_PRUNED, LOG_RECOVERED, LOG_RENEWED,
    LOG_UNSIGNED, LogEvent, SINK_BEHIND, SINK_CAUGHT_UP,
};
pub use crate::privacy::{Personal, SubjectKey};
pub use crate::problem::{Defect, Problem};
pub use crate::proof::Proof;
pub use crate::prove::{ProveError, newest, prove};
pub use crate::reader::{Order, Passed, Query, ReadError, Reader};
pub use crate::rule::{Finding, Rule, chain_broken, evaluate, not_as_signed};
#[cfg(feature = "schema")]
pub use crate::schema::record_schema;
#[cfg(feature = "summary")]
pub use crate::summary::{Bucket, Count, Notable, Summarizer, Summary, Table};
pub use crate::text::{Id, IdError, MAX_ID, MAX_PSEUDONYM, MAX_TEXT, Pseudonym, Text};
pub use crate::value::{Field, Shape, Value};
pub use crate::verify::{
    AnchorProblem, Report, SignatureProblem, Status, Verification, VerifyError, Warning, verify,
};
pub use crate::vocabulary::{ActorKind, Code, Kind, Outcome, Severity, Stage};
