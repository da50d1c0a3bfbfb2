//! The client: one request at a time through the same door.

mod base;
mod builder;
mod cache;
mod call;
mod context;
mod exchange;
mod fetch;
mod flights;
mod learned;
mod limits;
mod pages;
mod proxy;
mod retry;
mod transport;

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use url::Url;

pub(crate) use self::pages::TOO_FAR;
pub use self::{
    base::BaseUrlError,
    builder::{BuildError, ClientBuilder},
    cache::CacheSize,
    learned::{Learned, LearnedState},
    limits::{AppLimits, LimitState},
    proxy::{Proxy, ProxyError},
};
use self::{
    cache::{Cache, Key},
    context::Context,
    exchange::Success,
    flights::Flights,
    retry::Jitter,
};
use crate::{authorize::Authorize, error::Error, observe::Observe, regime::Regime};

/// A client of the Web API for one person.
///
/// Cheap to clone; clones share connections, limits, what is kept in memory, and what was learned
/// about the regime.
///
/// - Spotify's waits are never shortened: short ones are waited, long ones returned, and until they
///   are over no request is made ([`AppLimits`]).
/// - Equal reads at the same time share one request, also when the first of them is cancelled.
/// - What Spotify allows to be kept is kept in memory ([`CacheSize`]), until a change.
/// - What fails at Spotify's side is repeated where twice is like once; anything else only when it
///   was not carried out ([`crate::Endpoint::repeatable`]).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use http::HeaderValue;
/// use spotify_api::{AuthorizeError, Client, endpoints::search::SearchQuery};
///
/// let authorize = |_refused: Option<&HeaderValue>| async {
///     Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer ..."))
/// };
/// let client = Client::builder("https://api.spotify.com/v1", authorize).build()?;
/// let found = client.search(&SearchQuery::tracks("winter")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    context: Arc<Context>,
}

impl Client {
    /// Starts to set up a client of the Web API at `base`, usually [`Client::BASE`].
    pub fn builder(base: impl Into<String>, authorize: impl Authorize + 'static) -> ClientBuilder {
        ClientBuilder::new(base.into(), Arc::new(authorize))
    }

    /// The Web API's address.
    pub const BASE: &str = "https://api.spotify.com/v1";

    /// Returns what is closed by Spotify's limits, to be kept over a restart of the program and
    /// given to [`ClientBuilder::limits`]. `None` without a [`ClientBuilder::clock`].
    pub fn limits(&self) -> Option<LimitState> {
        let now = self.inner.clock.as_ref()?();
        Some(self.inner.limits.state(now))
    }

    /// Returns the limits of the app, to be shared with the clients of other people.
    pub fn app_limits(&self) -> &AppLimits {
        &self.inner.limits
    }

    /// Returns what was learned about the app's regime, to be kept over a restart of the program
    /// ([`Learned::state`]) and shared with the clients of other people.
    pub fn learned(&self) -> &Learned {
        &self.inner.learned
    }

    /// Returns the regime that the client was told to assume.
    pub fn regime(&self) -> Regime {
        self.inner.settings.regime
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { regime, deadline, .. } = &self.inner.settings;
        f.debug_struct("Client")
            .field("base", &self.inner.base.as_str())
            .field("regime", regime)
            .field("deadline", deadline)
            .finish_non_exhaustive()
    }
}

struct Inner {
    http: reqwest::Client,
    base: Url,
    authorize: Arc<dyn Authorize>,
    observe: Option<Observe>,
    settings: Settings,
    limits: AppLimits,
    clock: Option<Clock>,
    cache: Cache,
    flights: Flights<Key, Result<Success, Error>>,
    learned: Learned,
    jitter: Jitter,
}

/// Tells the time.
type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Debug, Clone)]
struct Settings {
    regime: Regime,
    longest_wait: Duration,
    backoff: Duration,
    deadline: Duration,
    /// How long the server may be silent: before the first byte and between two pieces.
    silence: Duration,
    largest_answer: usize,
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::{
        AuthorizeError, PageRequest,
        endpoints::{
            playlists::{NewPlaylist, PlaylistChanges},
            search::SearchQuery,
        },
        id::PlaylistId,
    };

    fn client() -> Client {
        let authorize = |_: Option<&HeaderValue>| async {
            Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer canary"))
        };
        Client::builder(Client::BASE, authorize).build().unwrap()
    }

    #[test]
    fn every_call_can_move_between_threads() {
        fn movable<T: Send>(_: T) {}
        let client = client();
        let id: PlaylistId = "37i9dQZF1DXcBWIGoYBM5M".parse().unwrap();
        let page = PageRequest::default();
        movable(client.clone());
        movable(client.me());
        movable(client.search(&SearchQuery::tracks("x")));
        movable(client.my_playlists(page));
        movable(client.playlist(id));
        movable(client.playlist_items(id, page));
        movable(client.create_playlist(&NewPlaylist::private("x")));
        movable(client.change_playlist(id, &PlaylistChanges::default()));
        movable(client.add_items(id, &[], None));
        movable(client.remove_items(id, &[]));
        movable(client.saved(&[]));
    }

    #[test]
    fn a_client_shows_its_address_but_nothing_of_its_authorization() {
        let shown = format!("{:?}", client());
        assert!(
            shown.contains("https://api.spotify.com/v1") && !shown.contains("canary"),
            "{shown}"
        );
    }
}
