//! Whole lists, read entry by entry.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use spotify_api::{
    Client, ClientBuilder, Error,
    endpoints::{
        following::FollowedRequest,
        player::{HistoryRequest, Window},
        search::SearchQuery,
    },
    id::{SpotifyUri, TrackId},
    model::SavedTrack,
    stream::ByOffset,
};
use spotify_sim::{Fault, Irregularity, Regime as Sim, Simulator};

use crate::{
    server::Server,
    support::{SIM_REGIMES, Setup},
};

/// A person with many saved tracks.
async fn with_saved(tracks: usize, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Setup {
    let sim = Simulator::builder().regime(Sim::DevRestricted).seed(7).saved_tracks(tracks);
    Setup::of(sim.start().await, settings)
}

fn saved(client: &Client) -> ByOffset<SavedTrack> {
    client.stream(|client, page| async move { client.saved_tracks(page).await })
}

fn id(saved: &SavedTrack) -> TrackId {
    saved.track.as_ref().unwrap().id.unwrap()
}

#[tokio::test]
async fn a_whole_list_comes_in_order_one_page_after_the_other() {
    let setup = with_saved(230, |builder| builder).await;
    let mut tracks = saved(&setup.client);
    assert_eq!(tracks.progress().total, None);
    let first = tracks.next().await.unwrap().unwrap();
    assert_eq!((tracks.progress().done, tracks.progress().total), (1, Some(230)));
    assert_eq!(setup.sim.requests().len(), 1);
    let rest: Vec<_> = tracks.try_collect().await.unwrap();
    assert_eq!(rest.len(), 229);
    assert!(!rest.iter().any(|track| id(track) == id(&first)));
    assert_eq!((setup.sim.requests().len(), setup.sim.max_in_flight()), (5, 1));
}

#[tokio::test]
async fn reading_ahead_keeps_the_order_and_as_many_requests_in_flight_as_the_client_may() {
    let serial = with_saved(650, |builder| builder).await;
    let expected: Vec<_> =
        saved(&serial.client).map_ok(|saved| id(&saved)).try_collect().await.unwrap();
    for (cap, ahead, in_flight) in [(12, 12, 12), (4, 12, 4), (12, 3, 3)] {
        let setup = with_saved(650, |builder| builder.concurrency(cap)).await;
        setup.sim.set_latency(Duration::from_millis(20));
        let tracks = saved(&setup.client).read_ahead(ahead).map_ok(|saved| id(&saved));
        assert_eq!(tracks.try_collect::<Vec<_>>().await.unwrap(), expected);
        assert_eq!(setup.sim.requests().len(), 13, "cap {cap}, ahead {ahead}");
        assert_eq!(setup.sim.max_in_flight(), in_flight, "cap {cap}, ahead {ahead}");
    }
}

#[tokio::test]
async fn a_caller_that_makes_a_call_for_each_entry_does_not_wait_for_pages_ahead() {
    let setup = with_saved(120, |builder| builder.concurrency(1)).await;
    let mut tracks = saved(&setup.client).read_ahead(4);
    let mut seen = 0;
    while let Some(saved) = tracks.next().await {
        if seen % 40 == 0 {
            setup.client.track(id(&saved.unwrap())).await.unwrap();
        }
        seen += 1;
    }
    assert_eq!(seen, 120);
}

#[tokio::test]
async fn dropping_a_stream_stops_its_requests() {
    let setup = with_saved(1000, |builder| builder).await;
    let mut tracks = saved(&setup.client).read_ahead(4);
    tracks.next().await.unwrap().unwrap();
    setup.sim.set_latency(Duration::from_millis(50));
    drop(tracks);
    // A call that the dropped requests could still be in the way of.
    setup.client.me().await.unwrap();
    assert!(setup.sim.count("get-users-saved-tracks") <= 5);
}

#[tokio::test]
async fn an_error_ends_the_stream_after_the_good_entries_and_it_can_be_read_on() {
    for ahead in [1, 4] {
        let setup = with_saved(230, |builder| builder).await;
        let all: Vec<_> =
            saved(&setup.client).map_ok(|saved| id(&saved)).try_collect().await.unwrap();
        let refusal = r#"{"error":{"status":400,"message":"Bad day"}}"#;
        let fault = Fault::answer(400, "application/json", refusal);
        setup.sim.fault(fault.operation("get-users-saved-tracks").skip(2).times(9));
        let mut tracks = saved(&setup.client).read_ahead(ahead);
        let mut seen = Vec::new();
        let error = loop {
            match tracks.next().await.unwrap() {
                Ok(saved) => seen.push(id(&saved)),
                Err(error) => break error,
            }
        };
        assert_eq!(error.status(), Some(400));
        assert!(tracks.next().await.is_none());
        assert_eq!((seen.len(), tracks.progress().done), (100, 100));
        setup.sim.clear_faults();
        let rest = saved(&setup.client).from(tracks.progress().done);
        seen.extend(rest.map_ok(|saved| id(&saved)).try_collect::<Vec<_>>().await.unwrap());
        assert_eq!(seen, all);
    }
}

#[tokio::test]
async fn n04_and_n43_short_pages_and_null_entries_lose_nothing_else() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        let archive = crate::calls::playlist_named(&setup, "Archive").await;
        let items = || {
            setup.client.stream(move |client, page| async move {
                client.playlist_items(archive, page).await
            })
        };
        let whole: Vec<_> = items().try_collect().await.unwrap();
        assert_eq!(whole.len(), 230);
        setup.sim.set_irregular(Irregularity::ShortPages, true);
        for ahead in [1, 4] {
            let mut stream = items().read_ahead(ahead);
            let mut entries = 0;
            while let Some(item) = stream.next().await {
                item.unwrap();
                entries += 1;
            }
            assert!((200..230).contains(&entries), "{entries}");
            assert_eq!(stream.progress().total, Some(230));
        }
    }
}

/// An answer of the raw server: a page at an offset that says that more follow.
fn endless(request: &str, total: u32) -> Vec<u8> {
    let offset = request.split("offset=").nth(1).and_then(|text| text.split([' ', '&']).next());
    let offset: u32 = offset.map_or(0, |text| text.parse().unwrap());
    let body = format!(
        r#"{{"items":[{{"added_at":"{offset}"}}],"limit":50,"total":{total},"next":"https://x.test/"}}"#
    );
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test]
async fn n43_a_list_that_never_says_it_ends_comes_to_an_end() {
    for ahead in [1, 4] {
        let server = Server::script(|builder| builder, |_, request| endless(request, 200)).await;
        let entries: Vec<_> = saved(&server.client).read_ahead(ahead).try_collect().await.unwrap();
        // Four pages at first; twice as many are read, and ten, before that is believed to be a fault.
        assert_eq!(entries.len(), 19);
        assert_eq!(entries[18].added_at.as_deref(), Some("900"));
        // It grows as it is read.
        let grows = |number: usize, request: &str| {
            endless(request, 200 + 50 * u32::try_from(number).unwrap())
        };
        let server = Server::script(|builder| builder, grows).await;
        let entries: Vec<_> = saved(&server.client).read_ahead(ahead).try_collect().await.unwrap();
        assert_eq!(entries.len(), 19);
    }
}

#[tokio::test]
async fn a_list_is_read_up_to_the_largest_offset_that_its_operation_takes() {
    let setup = Setup::in_regime(Sim::Extended).await;
    let found = |from| {
        let stream = setup.client.stream(|client, page| async move {
            let found = client.search(&SearchQuery::tracks("a").page(page)).await?;
            Ok(found.tracks.unwrap())
        });
        stream.from(from)
    };
    assert!(found(1001).next().await.is_none());
    assert!(setup.sim.requests().is_empty());
    let last: Vec<_> = found(1000).try_collect().await.unwrap();
    assert!(last.len() <= 50);
    assert_eq!(setup.sim.requests().len(), 1);
    let page = spotify_api::PageRequest { limit: None, offset: 1001 };
    let error = setup.client.search(&SearchQuery::tracks("a").page(page)).await.unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
}

#[tokio::test]
async fn lists_that_are_walked_by_cursors_are_read_to_their_end() {
    for regime in [Sim::Extended, Sim::DevLegacy] {
        let setup = Setup::in_regime(regime).await;
        let mut artists: Vec<SpotifyUri> = Vec::new();
        let found = setup.client.stream(|client, page| async move {
            let kinds = [spotify_api::endpoints::search::SearchKind::Artist];
            let query = SearchQuery::new("a", kinds).page(page);
            Ok(client.search(&query).await?.artists.unwrap())
        });
        let mut found = found.take(70);
        while let Some(artist) = found.next().await {
            artists.push(artist.unwrap().id.unwrap().uri());
        }
        setup.client.save(&artists).await.unwrap();
        let mut followed = setup
            .client
            .stream_by_cursor(|client, page| async move { client.followed_artists(page).await });
        let mut seen = 0;
        while let Some(artist) = followed.next().await {
            assert!(artists.contains(&artist.unwrap().id.unwrap().uri()));
            seen += 1;
        }
        assert_eq!(seen, artists.len());
        assert_eq!(followed.progress().total, u32::try_from(seen).ok());
        assert_eq!(setup.sim.count("get-followed"), artists.len().div_ceil(50));
    }
}

#[tokio::test]
async fn a_cursor_list_starts_where_it_is_told_to() {
    let setup = Setup::in_regime(Sim::DevRestricted).await;
    let history = HistoryRequest { limit: Some(5), window: Window::Before(1) };
    let played = setup
        .client
        .stream_by_cursor(|client, page| async move { client.recently_played(page).await })
        .from(history);
    assert_eq!(played.count().await, 0);
    assert!(setup.sim.requests()[0].query.contains("before=1"));
    let followed = setup
        .client
        .stream_by_cursor(|client, page| async move { client.followed_artists(page).await })
        .from(FollowedRequest { limit: Some(1), after: None });
    assert_eq!(followed.count().await, 0);
}
