//! Setting up a client.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    AppLimits, BaseUrlError, CacheSize, Client, Clock, Inner, LimitState, Proxy, Settings, base,
    cache::Cache,
    flights::Flights,
    learned::Learned,
    retry::{Jitter, spread},
    transport::Transport,
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
    clock: Option<Clock>,
    concurrency: usize,
    shared_limits: Option<AppLimits>,
    shared_http: Option<reqwest::Client>,
    limits: Option<LimitState>,
    learned: Learned,
    cache: CacheSize,
    transport: Transport,
    settings: Settings,
}

impl ClientBuilder {
    pub(super) fn new(base: String, authorize: Arc<dyn Authorize>) -> Self {
        let settings = Settings {
            regime: Regime::Auto,
            longest_wait: Duration::from_secs(10),
            backoff: Duration::from_millis(200),
            deadline: Duration::from_secs(30),
            silence: Duration::from_secs(15),
            largest_answer: 8 << 20,
        };
        Self {
            base,
            authorize,
            observe: None,
            jitter: Box::new(spread),
            clock: None,
            concurrency: AppLimits::CONCURRENCY,
            shared_limits: None,
            shared_http: None,
            limits: None,
            learned: Learned::default(),
            cache: CacheSize::default(),
            transport: Transport::default(),
            settings,
        }
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

    /// Waits this long before the first repetition of what failed at Spotify's side, and twice as
    /// long before each further one. Default: 200 ms.
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
    ///
    /// Does not count with [`ClientBuilder::share_limits`], where the limits have their own number.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Keeps to the limits of the app together with other clients. Default: alone.
    pub fn share_limits(mut self, limits: &AppLimits) -> Self {
        self.shared_limits = Some(limits.clone());
        self
    }

    /// Uses the connections, the limits and what was learned by a client of the same app, for another
    /// person.
    ///
    /// Proxy, certificates, program name and connect timeout are those of the other.
    /// What is kept in memory and which reads are under way is never shared.
    pub fn share(mut self, other: &Client) -> Self {
        self.shared_http = Some(other.inner.http.clone());
        self.share_limits(&other.inner.limits).share_learned(&other.inner.learned)
    }

    /// Learns about the regime of the app together with other clients. Default: alone.
    pub fn share_learned(mut self, learned: &Learned) -> Self {
        self.learned = learned.clone();
        self
    }

    /// Begins with what was closed when the program ended; see [`Client::limits`]. Needs
    /// [`ClientBuilder::clock`].
    pub fn limits(mut self, state: LimitState) -> Self {
        self.limits = Some(state);
        self
    }

    /// Tells the time to what needs it: waits that Spotify gives as a date, and
    /// [`ClientBuilder::limits`]. Default: none.
    ///
    /// Without it a date is read only from an answer that has its own `Date`.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(now));
        self
    }

    /// Keeps this much of what Spotify allows to be kept, in memory. Default: 2 MiB and 256
    /// answers. [`CacheSize::OFF`] keeps nothing.
    pub fn cache(mut self, size: CacheSize) -> Self {
        self.cache = size;
        self
    }

    /// Connects through a proxy. Default: none, whatever the environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.transport.proxy = Some(proxy);
        self
    }

    /// Trusts these certificates besides those of the system: one or more in PEM form, as a
    /// gateway that looks into TLS has them.
    ///
    /// Without it the system alone is trusted: its store on Linux and Windows, its verifier on
    /// macOS. There is no way to turn verification off.
    pub fn extra_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport.extra_certificates = Some(pem.into());
        self
    }

    /// Adds the program's name to the user agent, like `my-program/1.2`. Default: this project's
    /// name alone.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.transport.program = Some(name.into());
        self
    }

    /// Gives a connection this long to come about: name, TCP, proxy and TLS. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.transport.connect = timeout;
        self
    }

    /// Takes a silence of this long as the end of a connection: before the answer begins, and
    /// between two of its pieces. Default: 15 s.
    pub fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.settings.silence = timeout;
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
    /// The address is not safe to send a token to, the extra certificates or the proxy cannot be
    /// used, the system has no certificates, or limits are given without a clock.
    pub fn build(self) -> Result<Client, BuildError> {
        let base = base::parse(&self.base).map_err(BuildError::Base)?;
        let http = self.shared_http.map_or_else(|| self.transport.client(&base), Ok)?;
        let limits = self.shared_limits.unwrap_or_else(|| AppLimits::new(self.concurrency));
        if let Some(state) = &self.limits {
            let clock = self.clock.as_ref().ok_or(BuildError::NoClock)?;
            limits.restore(state, clock());
        }
        Ok(Client {
            context: Arc::default(),
            inner: Arc::new(Inner {
                http,
                base,
                authorize: self.authorize,
                observe: self.observe,
                settings: self.settings,
                limits,
                clock: self.clock,
                cache: Cache::new(self.cache),
                flights: Flights::default(),
                learned: self.learned,
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
    /// The extra certificates are none. The source is missing when the text has no certificate.
    #[error("read the extra certificates: PEM with BEGIN CERTIFICATE is needed")]
    Certificate(#[source] Option<reqwest::Error>),
    /// The proxy cannot be used.
    #[error("set up the proxy")]
    Proxy(#[source] reqwest::Error),
    /// TLS cannot be set up, for example because the system has no certificates.
    #[error("set up TLS")]
    Transport(#[source] reqwest::Error),
    /// Limits of an earlier run are given, but no clock to compare their times with.
    #[error("take over the limits of an earlier run: a clock is needed")]
    NoClock,
}
