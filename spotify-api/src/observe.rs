//! What the client reports about each request it makes.

use std::time::Duration;

/// One request that was made, without its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The operation id, like `get-track`.
    pub operation: &'static str,
    /// The status of the answer; `None` when there was none or the caller stopped waiting.
    pub status: Option<u16>,
    /// Which attempt of the same call this is, from 1.
    pub attempt: u32,
    /// How long it took until the whole answer was there.
    pub duration: Duration,
}

/// A function that is told of each attempt. It must not block.
pub(crate) type Observe = Box<dyn Fn(&Attempt) + Send + Sync>;
