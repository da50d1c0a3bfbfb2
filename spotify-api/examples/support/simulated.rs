//! A local Spotify and a client of it, so that the examples run without an account.
//!
//! A program takes its token from `spotify-auth`, or from wherever it has one.

use std::error::Error;

use http::HeaderValue;
use spotify_api::{AuthorizeError, Client};
use spotify_sim::{Regime, Simulator};

/// What an example ends with.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Starts a Spotify in a regime; it ends when it is dropped.
pub(crate) async fn start(regime: Regime) -> Result<(Simulator, Client)> {
    let spotify = Simulator::builder().regime(regime).saved_tracks(500).start().await;
    let mut header =
        HeaderValue::from_str(&format!("Bearer {}", spotify.grant_all().access_token))?;
    header.set_sensitive(true);
    let authorize = move |_refused: Option<&HeaderValue>| {
        let header = header.clone();
        async move { Ok::<_, AuthorizeError>(header) }
    };
    let client = Client::builder(spotify.api_url(), authorize).build()?;
    Ok((spotify, client))
}
