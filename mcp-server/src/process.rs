//! What ends the process.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Returns a token that is cancelled when the process is told to end (SIGTERM, SIGINT).
///
/// The listener lives as long as the run time.
pub(crate) fn stop_signal(tasks: &TaskTracker) -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tasks.spawn(async move {
        wait().await;
        told.cancel();
    });
    stop
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be heard; close the input to end the server");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait() {
    if tokio::signal::ctrl_c().await.is_err() {
        tracing::error!("signals cannot be heard; close the input to end the server");
        std::future::pending::<()>().await;
    }
}
