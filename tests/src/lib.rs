//! A faithful local Spotify: accounts service and Web API, over real HTTP on loopback.
//!
//! It knows nothing of the programs that are tested with it, so that a misunderstanding cannot be
//! shared. It has the operations that [`routes`] lists, in all three [`Regime`]s, with state
//! (playlists really change), a [`Clock`] that moves only when told to, and a catalogue of made-up
//! music that depends on nothing but the seed.
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
//! Every seed has the same few fixed releases, among them *Harbour Lights* by *The Paper Lanterns*
//! with the track *Midnight Ferry*. The default user has the playlists `Morning Run` (public, 7
//! tracks), `Kitchen Radio` (private, 12) and `Archive` (public, 230), and follows `Otto's Long
//! Drive` of another user.
//!
//! What nobody could observe is this simulator's invention, above all the wording of most 400s,
//! the sizes of rate limit and quota, and which scope each type of URI needs in the library.

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
