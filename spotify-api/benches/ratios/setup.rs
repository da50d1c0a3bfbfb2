//! A client of the simulator, and ids that it knows.

use futures_util::TryStreamExt as _;
use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, ClientBuilder, id::TrackId};
use spotify_sim::Simulator;

pub(crate) fn client(
    sim: &Simulator,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Client {
    let bearer = format!("Bearer {}", sim.grant_all().access_token);
    let bearer: HeaderValue = bearer.parse().expect("tokens fit a header");
    let authorize = move |_: Option<&HeaderValue>| {
        let bearer = bearer.clone();
        async move { Ok::<_, AuthorizeError>(bearer) }
    };
    settings(Client::builder(sim.api_url(), authorize)).build().expect("the address is loopback")
}

/// Ids of saved tracks.
pub(crate) async fn track_ids(sim: &Simulator, count: usize) -> Vec<TrackId> {
    let client = client(sim, |builder| builder);
    let saved = client.stream(|client, page| async move { client.saved_tracks(page).await });
    let saved: Vec<_> = saved.try_collect().await.expect("the simulator answers");
    let ids: Vec<TrackId> =
        saved.into_iter().filter_map(|saved| saved.track?.id).take(count).collect();
    assert_eq!(ids.len(), count);
    ids
}
