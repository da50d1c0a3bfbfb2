//! The whole program.

use std::{io, sync::Arc, time::Duration};

use rmcp::transport::stdio_pipes;
use spotify_auth::session::{Context, Exports, ExportsError, OpenError, Problems, Session, Upkeep};
use tokio_util::task::TaskTracker;

use crate::{
    config::{self, Arguments},
    dispatch::chain,
    logging, process,
    serve::{Ready, ServeError},
    transport::Lines,
};

/// How long a read of standard input that cannot be interrupted is waited for.
const SHUTDOWN: Duration = Duration::from_millis(100);

/// How often the audit log is looked after. Opening the session has done so.
const UPKEEP: Duration = Duration::from_hours(1);

/// Why the program ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The settings are wrong.
    #[error("{0}")]
    Settings(#[from] Problems),
    /// The vault or the audit log cannot be opened.
    #[error("{}", chain(.0))]
    Open(OpenError),
    /// The run time cannot be set up.
    #[error("start the run time: {0}")]
    Runtime(io::Error),
    /// A place that the audit log is to be sent to cannot be used.
    #[error("{0}")]
    Exports(ExportsError),
    /// The client could not be served.
    #[error("{}", chain(.0))]
    Serve(ServeError),
}

/// Reads the settings, opens the session and serves standard input and output until the client
/// closes it or the process is told to end.
///
/// # Errors
/// See [`RunError`]; its text is all that a person needs, and holds no secret.
pub fn run(arguments: &Arguments) -> Result<(), RunError> {
    // Before the first secret is read.
    let protected = spotify_auth::session::protect();
    let settings = config::settings()?;
    logging::start(settings.log_level);
    if let Err(error) = protected {
        tracing::warn!(%error, "the process is not closed to debuggers and core files");
    }
    if !settings.developer_policy_read {
        tracing::warn!(
            "nobody has said what they make of Spotify's Developer Policy on AI (III.14); \
             `spotify-admin setup` shows it and asks"
        );
    }
    // Nobody can be asked for a passphrase: standard input belongs to the protocol.
    let context = Context::system("spotify-mcp", env!("CARGO_PKG_VERSION"), None);
    let session = Session::open(settings, context).map_err(RunError::Open)?;
    let ready = Ready::new(&session, arguments.profile.as_ref(), &arguments.selection())
        .map_err(RunError::Serve)?;
    let exports = Exports::start(&session).map_err(RunError::Exports)?;
    // One thread serves one person; files are read on threads that may block.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Runtime)?;
    let served = runtime.block_on(async {
        let tasks = TaskTracker::new();
        let stop = process::stop_signal(&tasks);
        if let Some(upkeep) = session.upkeep() {
            tasks.spawn(tend(Arc::new(upkeep)));
        }
        let (input, output) = stdio_pipes();
        ready.serve(Lines::new(input, output), stop).await
    });
    runtime.shutdown_timeout(SHUTDOWN);
    exports.stop();
    served.map(drop).map_err(RunError::Serve)
}

/// Looks after the audit log until the program ends.
async fn tend(upkeep: Arc<Upkeep>) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        let upkeep = Arc::clone(&upkeep);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || upkeep.run()).await {
            let error = chain(&error);
            tracing::error!(error, "the audit log is written, but not looked after");
        }
    }
}
