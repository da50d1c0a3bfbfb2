//! From a session to a served client, and an orderly end.

use std::{convert::Infallible, fmt, io, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{FusedFuture as _, FutureExt as _};
use rmcp::{
    RoleServer, ServiceExt as _,
    service::{QuitReason, ServerInitializeError},
    transport::Transport,
};
use spotify_api::Regime;
use spotify_audit::{Durability, Outcome};
use spotify_auth::{
    ProfileName,
    session::{OpenError, Recorder, RevocationWatch, Session, events::ServerEvent},
    store::EventError,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    account::Account, dispatch::Door, offer::Offer, server::Server, tools::Selection,
    transport::http::Endpoint,
};

/// How long what is under way may take to end after the connection has: a token that is being
/// renewed must not get lost.
const GRACE: Duration = Duration::from_secs(20);

/// A server that is ready to be served.
pub struct Ready {
    door: Arc<Door>,
    recorder: Recorder,
    server: Server,
    watch: RevocationWatch,
}

/// Why a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The client closed the connection.
    Closed,
    /// It was told to stop.
    Stopped,
}

/// A server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] OpenError),
    /// The start or end could not be written down.
    #[error(transparent)]
    Audit(#[from] EventError),
    /// The handshake failed.
    #[error("agree with the client on the protocol")]
    Handshake(#[source] Box<ServerInitializeError>),
    /// Connections cannot be taken.
    #[error("take connections")]
    Listener(#[source] io::Error),
    /// The server's own task failed.
    #[error("serve the client")]
    Task(#[source] tokio::task::JoinError),
}

impl Ready {
    /// Opens a profile for a selection of the tools: the named one, else that of the settings, else
    /// `default`. Blocks on files.
    ///
    /// # Errors
    /// There may be no such profile.
    pub fn new(
        session: &Session,
        profile: Option<&ProfileName>,
        selection: &Selection,
    ) -> Result<Self, ServeError> {
        Self::open(session, profile, selection, |regime| Offer::of(selection, regime))
    }

    /// Opens a profile for another offer than that of the tools. Blocks on files.
    ///
    /// # Errors
    /// There may be no such profile.
    pub fn offering(
        session: &Session,
        profile: Option<&ProfileName>,
        offer: Offer,
    ) -> Result<Self, ServeError> {
        Self::open(session, profile, &Selection::default(), |_| offer)
    }

    fn open(
        session: &Session,
        profile: Option<&ProfileName>,
        selection: &Selection,
        offer: impl FnOnce(Regime) -> Offer,
    ) -> Result<Self, ServeError> {
        let profile = session.profile(profile)?;
        let recorder = profile.recorder().clone();
        let watch = session.watch(&profile);
        let account = Arc::new(Account::new(session, profile, selection));
        session.add_eraser(Arc::<Account>::clone(&account));
        let offer = offer(account.regime());
        let door = Arc::new(Door::new(session, account, recorder.clone()));
        let server = Server::new(Arc::clone(&door), offer);
        Ok(Self { door, recorder, server, watch })
    }

    /// Serves one client until it closes the connection or `stop` is cancelled.
    ///
    /// Calls that are still running then have some seconds to end; each writes its outcome to the
    /// audit log before this returns.
    ///
    /// # Errors
    /// See [`ServeError`]. No call is made when the start cannot be written to the audit log.
    pub async fn serve(
        self,
        transport: impl Transport<RoleServer, Error = io::Error> + 'static,
        stop: CancellationToken,
    ) -> Result<Ended, ServeError> {
        self.written_down(Box::pin(self.until_end(transport, stop))).await
    }

    /// Serves clients over Streamable HTTP until `stop` is cancelled. All of them act for the
    /// profile.
    ///
    /// # Errors
    /// See [`Ready::serve`]; also if the listener fails.
    pub async fn serve_http(
        self,
        listener: TcpListener,
        endpoint: Endpoint,
        stop: CancellationToken,
    ) -> Result<Ended, ServeError> {
        let server = self.server.clone();
        let served = async {
            endpoint.serve(listener, server, stop).await.map_err(ServeError::Listener)?;
            Ok(Ended::Stopped)
        };
        self.written_down(Box::pin(served)).await
    }

    /// Writes the start and the end of serving to the audit log; what is under way ends in between.
    async fn written_down(
        &self,
        served: impl Future<Output = Result<Ended, ServeError>>,
    ) -> Result<Ended, ServeError> {
        let mut begun = pin!(self.begin().fuse());
        let mut served = pin!(served);
        let mut forgetting = pin!(self.forget_when_revoked());
        let ended = loop {
            tokio::select! {
                biased;
                begun = &mut begun, if !begun.is_terminated() => begun?,
                ended = &mut served => break ended,
                never = &mut forgetting => match never {},
            }
        };
        if !begun.is_terminated() {
            begun.await?;
        }
        if tokio::time::timeout(GRACE, self.door.settled()).await.is_err() {
            tracing::error!("a call or a renewal did not end in time");
        }
        let (outcome, reason) = match &ended {
            Ok(ended) => (Outcome::Ok, ended.as_str()),
            Err(_) => (Outcome::Failed, "protocol"),
        };
        let end = ServerEvent::Stopped {}.draft().outcome(outcome).reason(reason);
        self.recorder.record(end, Durability::After).await?;
        ended
    }

    /// Writes the start down; only then calls pass the door. What says nothing about the person, as the
    /// list of tools, is answered meanwhile.
    async fn begin(&self) -> Result<(), EventError> {
        let start = ServerEvent::Started {}.draft().outcome(Outcome::Ok);
        self.recorder.record(start, Durability::After).await?;
        self.door.begin();
        Ok(())
    }

    /// Erases what is in memory once another program revokes the profile. Serving goes on: each call
    /// is told what happened.
    async fn forget_when_revoked(&self) -> Infallible {
        for copy in self.watch.revoked().await {
            if let Err(problem) = copy.erased {
                tracing::error!(place = copy.place, problem, "not erased");
            }
        }
        tracing::warn!("the profile was revoked; sign in again with `spotify-admin login`");
        std::future::pending().await
    }

    async fn until_end(
        &self,
        transport: impl Transport<RoleServer, Error = io::Error> + 'static,
        stop: CancellationToken,
    ) -> Result<Ended, ServeError> {
        let running = match self.server.clone().serve_with_ct(transport, stop).await {
            Ok(running) => running,
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(Ended::Closed),
            Err(ServerInitializeError::Cancelled) => return Ok(Ended::Stopped),
            Err(error) => return Err(ServeError::Handshake(Box::new(error))),
        };
        match running.waiting().await {
            Ok(QuitReason::Cancelled) => Ok(Ended::Stopped),
            Ok(QuitReason::JoinError(error)) | Err(error) => Err(ServeError::Task(error)),
            Ok(_) => Ok(Ended::Closed),
        }
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ready")
    }
}

impl Ended {
    /// Returns the reason as one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Stopped => "stopped",
        }
    }
}
