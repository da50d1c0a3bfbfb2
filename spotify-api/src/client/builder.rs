//! Setting up a client.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    BaseUrlError, Client, Inner, Settings, base,
    budget::Budget,
    learned::Learned,
    retry::{Jitter, spread},
};
use crate::{
    authorize::Authorize,
    observe::{Attempt, Observe},
    regime::Regime,
};

/// Settings of a [`Client`].
#[must_use]
pub struct ClientBuilder {
    base: String,
    authorize: Arc<dyn Authorize>,
    observe: Option<Observe>,
    jitter: Jitter,
    settings: Settings,
}

impl ClientBuilder {
    pub(super) fn new(base: String, authorize: Arc<dyn Authorize>) -> Self {
        let settings = Settings {
            regime: Regime::Auto,
            longest_wait: Duration::from_secs(10),
            backoff: Duration::from_millis(200),
            deadline: Duration::from_secs(30),
            concurrency: 4,
            largest_answer: 8 << 20,
        };
        Self { base, authorize, observe: None, jitter: Box::new(spread), settings }
    }

    /// Assumes a regime. Default: [`Regime::Auto`].
    pub fn regime(mut self, regime: Regime) -> Self {
        self.settings.regime = regime;
        self
    }

    /// Waits by itself when Spotify asks for at most this long. Default: 10 s.
    ///
    /// A longer wait is returned as an error that carries it. No request is made before a wait is
    /// over.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.settings.longest_wait = wait;
        self
    }

    /// Waits this long before the first repetition of a read that failed at Spotify's side, and
    /// twice as long before each further one. Default: 200 ms.
    pub fn backoff(mut self, wait: Duration) -> Self {
        self.settings.backoff = wait;
        self
    }

    /// Gives a request this long in all, with its waits and repetitions. Default: 30 s.
    ///
    /// A call that needs several requests has this time for each of them.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Makes at most this many requests at the same time; 0 counts as 1. Default: 4.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.settings.concurrency = requests.max(1);
        self
    }

    /// Takes answers of at most this many bytes, after decompression. Default: 8 MiB.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.settings.largest_answer = bytes;
        self
    }

    /// Tells a function of each request that was made. It must not block.
    pub fn observe(mut self, observe: impl Fn(&Attempt) + Send + Sync + 'static) -> Self {
        self.observe = Some(Box::new(observe));
        self
    }

    /// Chooses the extra wait before a repetition, between zero and the given duration.
    ///
    /// Default: a random one.
    pub fn jitter(mut self, jitter: impl Fn(Duration) -> Duration + Send + Sync + 'static) -> Self {
        self.jitter = Box::new(jitter);
        self
    }

    /// Builds the client. Makes no request.
    ///
    /// # Errors
    /// The address is not safe to send a token to, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let base = base::parse(&self.base).map_err(BuildError::Base)?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("spotify-mcp/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            // A repetition is decided in one place, which knows what may be repeated.
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .gzip(true)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .tcp_nodelay(true)
            .build()
            .map_err(BuildError::Transport)?;
        let budget = Budget::new(self.settings.concurrency);
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                base,
                authorize: self.authorize,
                observe: self.observe,
                settings: self.settings,
                budget,
                learned: Learned::default(),
                jitter: self.jitter,
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The address of the Web API is not usable.
    #[error("set the address of the Web API")]
    Base(#[source] BaseUrlError),
    /// The transport cannot be set up.
    #[error("set up TLS")]
    Transport(#[source] reqwest::Error),
}

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
