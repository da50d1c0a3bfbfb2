//! A faithful local Spotify: accounts service and Web API, over real HTTP on loopback.
//!
//! It knows nothing of the programs that are tested with it, so that a misunderstanding cannot be
//! shared. It has all 96 operations, which [`routes`] lists, in all three [`Regime`]s, with state
//! (playlists really change, a player plays), a [`Clock`] that moves only when told to, and a
//! catalogue of made-up music that depends on nothing but the seed.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use std::time::Duration;
//! use spotify_sim::{Fault, Regime, Rotation, Simulator};
//!
//! let spotify = Simulator::builder()
//!     .regime(Regime::DevRestricted)
//!     .seed(7)
//!     .rotation(Rotation::Always)
//!     .start()
//!     .await;
//!
//! // A test that is not about signing in takes tokens directly …
//! let tokens = spotify.grant_all();
//! let search = reqwest::Client::builder().build().unwrap()
//!     .get(format!("{}/search?q=midnight+ferry&type=track", spotify.api_url()))
//!     .bearer_auth(&tokens.access_token);
//! let body = search.send().await.unwrap().text().await.unwrap();
//! assert!(body.contains("The Paper Lanterns"));
//! assert_eq!(spotify.count("search"), 1);
//!
//! // … and one that is approves what a person would approve in a browser.
//! let url = format!(
//!     "{}/authorize?client_id={}&response_type=code&redirect_uri=http://127.0.0.1:4711/callback\
//!      &state=s&code_challenge_method=S256\
//!      &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
//!     spotify.accounts_url(),
//!     spotify.client_id(),
//! );
//! let redirect = spotify.approve(&url).await.unwrap();
//! assert!(redirect.code().is_some());
//!
//! // Time passes and things go wrong when they are told to.
//! spotify.advance(Duration::from_secs(3600));
//! spotify.fault(Fault::rate_limited(Duration::from_secs(2)).operation("search"));
//! # }
//! ```
//!
//! # What there is
//!
//! Every seed has the same few fixed releases, among them *Harbour Lights* by *The Paper Lanterns*
//! with the track *Midnight Ferry*, and *Two Shores* by *The Relay Twins* in an American and a
//! European edition. The default user lives in Sweden, has the playlists `Morning Run` (public, 7
//! tracks), `Kitchen Radio` (private, 12) and `Archive` (public, 230), and follows `Otto's Long
//! Drive` of another user. Every user has four devices, none of them active:
//! `Desk` (a computer), `Pocket` (a smartphone), `Living Room` (a speaker without volume) and
//! `Attic` (restricted). A podcast and an audiobook are to be had in Germany only.
//!
//! # What is odd
//!
//! An [`Irregularity`] makes answers differ from the reference as real ones do, by name or by its
//! number ([`Meeting`] has them all); a [`Fault`] lets single requests go wrong.
//!
//! # What is invented
//!
//! What nobody could observe is this simulator's invention:
//!
//! - the wording of most 400s, of the 403 for a foreign playlist, and of the 413;
//! - the sizes of rate limit and quota, which are off unless set, and the buckets of the quota,
//!   one per path;
//! - which scope each type of URI needs in the library, and that the queue needs both its scopes;
//! - that writes refuse ids that nothing has;
//! - which answers have `ETag` and `Cache-Control` ([`Builder::etags`]);
//! - that audio analysis is closed with the same body as audio features;
//! - of the player: what counts as played and when, how much of the queue is told, which commands
//!   a device that is not active accepts, and that all commands without sense are refused alike;
//! - markets, categories, genres, favourites, recommendations and all measures of audio.

mod accounts;
mod api;
mod browser;
mod builder;
mod catalogue;
mod clock;
mod control;
mod faults;
mod http;
mod journal;
mod kind;
mod libraries;
mod listener;
mod player;
mod playlists;
mod random;
mod regime;
mod secrets;
mod server;
mod simulator;
mod traffic;
mod usage;
mod world;

pub use accounts::{
    app::{App, DEFAULT_CLIENT_ID},
    authorize::Decision,
    grants::Rotation,
    redirect_uri::is_allowed as is_allowed_redirect_uri,
    user::{DEFAULT_USER, ODD_USER, OTHER_USER, STRANGER, User},
};
pub use api::{
    irregular::{Irregularity, Meeting},
    routes::{Availability, Route, routes},
};
pub use browser::Redirect;
pub use builder::Builder;
pub use clock::Clock;
pub use faults::{Fault, FaultKind};
pub use journal::{Request, Service};
pub use player::device::Device;
pub use regime::{Regime, UnknownRegime};
pub use secrets::{IssuedSecret, SecretKind};
pub use simulator::{Simulator, Tokens};
