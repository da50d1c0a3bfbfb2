//! Work that may block, off the tasks' threads.

use std::sync::Arc;

use crate::store::{EventError, Events};

/// The program is stopping: the work was not done, or nobody knows.
pub(crate) struct Stopped;

/// Runs `work` where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Stopped)
}

/// Lets `note` tell `events` something, where that may block.
pub(crate) async fn note(
    events: &Arc<dyn Events>,
    note: impl FnOnce(&dyn Events) -> Result<(), EventError> + Send + 'static,
) -> Result<Result<(), EventError>, Stopped> {
    let events = Arc::clone(events);
    blocking(move || note(events.as_ref())).await
}
