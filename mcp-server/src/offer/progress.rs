//! Notices of how far a long call is (MCP "Progress").
//!
//! They only ever rise, come at most every [`PAUSE`], and none follows the answer. That a call comes
//! further is also what lets it take longer than others, whether its client wants notices or not.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
};
use tokio::time::Instant;

/// The least time between two notices.
const PAUSE: Duration = Duration::from_millis(50);

/// How far a call is, and where notices of that go; nowhere, if the client wants none.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    channel: Option<Arc<Channel>>,
    /// The step that was reached last, and when.
    reached: Arc<Mutex<Option<(u32, Instant)>>>,
}

#[derive(Debug)]
struct Channel {
    peer: Peer<RoleServer>,
    token: ProgressToken,
    told: Mutex<Told>,
}

/// What was told already.
#[derive(Debug, Default)]
struct Told {
    last: Option<(u32, Instant)>,
    ended: bool,
}

impl Progress {
    pub(super) fn new(peer: Peer<RoleServer>, token: ProgressToken) -> Self {
        let channel = Some(Arc::new(Channel { peer, token, told: Mutex::default() }));
        Self { channel, ..Self::default() }
    }

    /// Returns when the call came further last, if it ever said so.
    pub(super) fn moved(&self) -> Option<Instant> {
        self.reached().map(|(_, at)| at)
    }

    pub(super) async fn tell(&self, done: u32, total: u32, message: &str) {
        self.reach(done);
        let Some(channel) = &self.channel else { return };
        if !channel.told().admits(done, total, Instant::now()) {
            return;
        }
        let notice = ProgressNotificationParam::new(channel.token.clone(), f64::from(done))
            .with_total(f64::from(total))
            .with_message(message);
        if let Err(error) = channel.peer.notify_progress(notice).await {
            tracing::debug!(%error, "a notice of progress is not sent");
        }
    }

    pub(super) fn end(&self) {
        if let Some(channel) = &self.channel {
            channel.told().ended = true;
        }
    }

    fn reach(&self, done: u32) {
        let mut reached = self.reached();
        if reached.is_none_or(|(last, _)| done > last) {
            *reached = Some((done, Instant::now()));
        }
    }

    /// What was reached has no invariant that a panic elsewhere could have broken.
    fn reached(&self) -> MutexGuard<'_, Option<(u32, Instant)>> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    /// What was told has no invariant that a panic elsewhere could have broken.
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Whether a notice is due, which then counts as told.
    fn admits(&mut self, done: u32, total: u32, now: Instant) -> bool {
        let due = match self.last {
            None => true,
            Some((last, at)) => done > last && (done >= total || now - at >= PAUSE),
        };
        let admitted = due && !self.ended;
        if admitted {
            self.last = Some((done, now));
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn notices_rise_keep_their_distance_and_end_with_the_call() {
        let mut told = Told::default();
        let mut admitted = Vec::new();
        for (after, done) in
            [(0, 0), (10, 1), (50, 2), (60, 2), (60, 1), (60, 3), (1, 10), (99, 10)]
        {
            tokio::time::advance(Duration::from_millis(after)).await;
            if told.admits(done, 10, Instant::now()) {
                admitted.push(done);
            }
        }
        assert_eq!(admitted, [0, 2, 3, 10]);
        told.ended = true;
        tokio::time::advance(PAUSE).await;
        assert!(!told.admits(11, 11, Instant::now()));
    }

    #[tokio::test]
    async fn a_client_that_asked_for_no_notices_gets_none() {
        Progress::default().tell(1, 2, "half").await;
        Progress::default().end();
    }
}
