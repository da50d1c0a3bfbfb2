//! What the client reports about each request it makes.

use std::time::Duration;

/// One request that was made, or spared, without its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The operation id, like `get-track`.
    pub operation: &'static str,
    /// The status of the answer; `None` when there was none or the caller stopped waiting.
    pub status: Option<u16>,
    /// Which attempt of the same call this is, from 1; 0 when the call made no request of its own.
    pub attempt: u32,
    /// How long it took until the whole answer was there.
    pub duration: Duration,
    /// Where the answer came from.
    pub via: Via,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// A request over the network. Status 304 says that the kept answer is still good.
    Network,
    /// The same read of another caller, which was under way already.
    Shared,
    /// Memory: Spotify allowed to keep the answer until now.
    Cache,
}

/// A function that is told of each attempt. It must not block.
///
/// A request that several callers wait for is reported once by whichever of them is there when it
/// ends, and by each of the others as [`Via::Shared`].
pub(crate) type Observe = Box<dyn Fn(&Attempt) + Send + Sync>;
