//! Calls for many things, by the best means that the regime allows.

use spotify_api::{
    Client, Error, Learned, PageRequest, Regime,
    endpoints::{
        playlists::{Move, NewPlaylist},
        search::{SearchKind, SearchQuery},
    },
    id::{AlbumId, ArtistId, PlaylistId, SpotifyUri, TrackId},
    model::Playable,
};
use spotify_sim::{Fault, Regime as Sim, Simulator};

use crate::support::{SIM_REGIMES, Setup, same};

/// Every regime, once told and once to be learned.
fn cases() -> impl Iterator<Item = (Sim, Regime)> {
    SIM_REGIMES.into_iter().flat_map(|regime| [(regime, Regime::Auto), (regime, same(regime))])
}

async fn setup(regime: Sim, told: Regime) -> Setup {
    let sim = Simulator::builder().regime(regime).seed(7).saved_tracks(150);
    Setup::of(sim.start().await, |builder| builder.regime(told))
}

/// Ids of different tracks.
async fn tracks(client: &Client, count: u32) -> Vec<TrackId> {
    let mut ids = Vec::new();
    for offset in (0..count).step_by(50) {
        let page = client.saved_tracks(PageRequest { limit: Some(50), offset }).await.unwrap();
        ids.extend(page.present().map(|saved| saved.track.as_ref().unwrap().id.unwrap()));
    }
    ids.truncate(count as usize);
    ids
}

/// How often each of the operations was asked for, as Spotify saw it.
fn counts<const N: usize>(setup: &Setup, operations: [&str; N]) -> [usize; N] {
    operations.map(|operation| setup.sim.count(operation))
}

const NOBODY: &str = "0000000000000000000000";

#[tokio::test]
async fn several_things_come_in_batches_where_the_app_may_and_else_one_by_one() {
    for (regime, told) in cases() {
        let setup = setup(regime, told).await;
        let mut ids = tracks(&setup.client, 120).await;
        ids.insert(7, NOBODY.parse().unwrap());
        ids.push(ids[0]);
        let found = setup.client.tracks(&ids).await.unwrap();
        assert_eq!(found.len(), 122);
        for (id, track) in ids.iter().zip(&found) {
            let expected = (id.as_str() != NOBODY).then_some(*id);
            assert_eq!(track.as_ref().and_then(|track| track.id), expected, "{regime} {told}");
        }
        let asked = counts(&setup, ["get-several-tracks", "get-track"]);
        let expected = match (regime, told) {
            (Sim::DevRestricted, Regime::Auto) => [1, 121],
            (Sim::DevRestricted, _) => [0, 121],
            _ => [3, 0],
        };
        assert_eq!(asked, expected, "{regime}, told {told}");
        assert!(setup.sim.max_in_flight() <= 4);

        // What was learned is remembered, and one thing is never asked for in a batch.
        setup.sim.clear_requests();
        setup.client.tracks(&ids[..2]).await.unwrap();
        setup.client.tracks(&ids[..1]).await.unwrap();
        setup.client.tracks(&[]).await.unwrap();
        let expected = if regime == Sim::DevRestricted { [0, 3] } else { [1, 1] };
        let asked = counts(&setup, ["get-several-tracks", "get-track"]);
        assert_eq!(asked, expected, "{regime}, told {told}");
    }
}

#[tokio::test]
async fn albums_come_twenty_at_a_time() {
    let setup = setup(Sim::Extended, Regime::Auto).await;
    let query = SearchQuery::new("a", [SearchKind::Album]).page(PageRequest::first(50));
    let page = setup.client.search(&query).await.unwrap().albums.unwrap();
    let ids: Vec<AlbumId> = page.present().map(|album| album.id.unwrap()).take(45).collect();
    let albums = setup.client.albums(&ids).await.unwrap();
    assert!(albums.iter().zip(&ids).all(|(album, id)| album.as_ref().unwrap().id == Some(*id)));
    assert_eq!(setup.sim.count("get-multiple-albums"), ids.len().div_ceil(20));
}

#[tokio::test]
async fn what_one_client_learned_serves_the_next() {
    let first = setup(Sim::DevRestricted, Regime::Auto).await;
    let ids = tracks(&first.client, 3).await;
    first.client.tracks(&ids).await.unwrap();
    let now = "2026-11-02T09:00:00Z".parse().unwrap();
    let learned = Learned::default();
    learned.restore(&first.client.learned().state(now), now);
    let second = Setup::with(Sim::DevRestricted, |builder| builder.share_learned(&learned)).await;
    second.client.tracks(&ids).await.unwrap();
    assert_eq!(counts(&second, ["get-several-tracks", "get-track"]), [0, 3]);
}

/// One thing of each kind that can be saved or followed, and 41 tracks.
async fn things(setup: &Setup) -> Vec<SpotifyUri> {
    let client = &setup.client;
    let kinds = [
        SearchKind::Album,
        SearchKind::Artist,
        SearchKind::Audiobook,
        SearchKind::Playlist,
        SearchKind::Show,
    ];
    let found = client.search(&SearchQuery::new("a", kinds)).await.unwrap();
    let show = found.shows.unwrap().present().next().unwrap().id.unwrap();
    let episodes = client.show_episodes(show, PageRequest::first(1)).await.unwrap();
    let mut uris: Vec<SpotifyUri> = vec![
        found.albums.unwrap().present().next().unwrap().id.unwrap().uri(),
        found.artists.unwrap().present().next().unwrap().id.unwrap().uri(),
        found.audiobooks.unwrap().present().next().unwrap().id.unwrap().uri(),
        show.uri(),
        episodes.present().next().unwrap().id.unwrap().uri(),
        SpotifyUri::User(spotify_sim::OTHER_USER.parse().unwrap()),
    ];
    uris.extend(tracks(client, 41).await.into_iter().map(TrackId::uri));
    setup.sim.clear_requests();
    uris
}

fn is_artist(uri: &SpotifyUri) -> bool {
    matches!(uri, SpotifyUri::Artist(_))
}

#[tokio::test]
async fn things_of_every_kind_are_saved_found_and_removed_in_every_regime() {
    for (regime, told) in cases() {
        let setup = setup(regime, told).await;
        let mut uris = things(&setup).await;
        setup.client.unsave(&uris[6..]).await.unwrap();
        if regime == Sim::DevRestricted {
            uris.retain(|uri| !is_artist(uri));
        }
        setup.sim.clear_requests();
        assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![false; uris.len()]);
        setup.client.save(&uris).await.unwrap();
        assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![true; uris.len()]);
        setup.client.unsave(&uris).await.unwrap();
        assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![false; uris.len()]);
        let asked = counts(
            &setup,
            [
                "save-library-items",
                "remove-library-items",
                "check-library-contains",
                "follow-artists-users",
            ],
        );
        let artists = usize::from(regime != Sim::DevRestricted);
        assert_eq!(asked, [2, 2, 6, artists], "{regime}, told {told}");
    }
}

#[tokio::test]
async fn artists_of_a_restricted_app_are_tried_where_the_migration_guide_says() {
    for told in [Regime::Auto, Regime::DevRestricted] {
        let setup = setup(Sim::DevRestricted, told).await;
        let uris = things(&setup).await;
        let error = setup.client.save(&uris).await.unwrap_err();
        let Error::Incomplete { done, total, snapshot: None, source } = error else {
            panic!("{error}")
        };
        assert_eq!((done, total), (46, 47));
        assert_eq!((source.status(), source.operation()), (Some(400), "save-library-items"));
        let documented = usize::from(told == Regime::Auto);
        let asked = counts(&setup, ["save-library-items", "follow-artists-users"]);
        assert_eq!(asked, [3, documented]);
    }
}

#[tokio::test]
async fn the_older_libraries_are_used_where_the_newer_one_is_missing_and_that_is_remembered() {
    let setup = setup(Sim::DevLegacy, Regime::Auto).await;
    let uris = things(&setup).await;
    let forbidden = r#"{"error":{"status":403,"message":"Forbidden"}}"#;
    for operation in ["save-library-items", "remove-library-items", "check-library-contains"] {
        setup.sim.fault(
            Fault::answer(403, "application/json", forbidden).operation(operation).times(99),
        );
    }
    setup.client.save(&uris).await.unwrap();
    assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![true; uris.len()]);
    setup.client.unsave(&uris).await.unwrap();
    assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![false; uris.len()]);
    assert_eq!(counts(&setup, ["save-library-items", "remove-library-items"]), [1, 1]);
    assert_eq!(counts(&setup, ["save-albums-user", "save-tracks-user"]), [1, 2]);
    // Artists and users are of one endpoint, but not of one request.
    assert_eq!(counts(&setup, ["follow-artists-users", "check-current-user-follows"]), [2, 4]);
}

#[tokio::test]
async fn what_nobody_can_save_is_refused_without_a_request() {
    let setup = setup(Sim::Extended, Regime::Auto).await;
    for uri in
        ["spotify:local:a:b:c:1", "spotify:collection", "spotify:chapter:6rqhFgbbKwnb9MLmUQDhG6"]
    {
        let uris = [uri.parse().unwrap()];
        assert!(matches!(setup.client.save(&uris).await, Err(Error::Argument { .. })));
        assert!(matches!(setup.client.saved(&uris).await, Err(Error::Argument { .. })));
    }
    assert!(setup.sim.requests().is_empty());
}

#[tokio::test]
async fn a_change_that_stops_in_the_middle_says_how_far_it_came() {
    let setup = setup(Sim::DevRestricted, Regime::Auto).await;
    let uris: Vec<_> = tracks(&setup.client, 100).await.into_iter().map(TrackId::uri).collect();
    setup.sim.fault(
        Fault::quota_exceeded(std::time::Duration::from_hours(20))
            .operation("remove-library-items")
            .skip(1),
    );
    let error = setup.client.unsave(&uris).await.unwrap_err();
    assert_eq!(error.to_string(), "stopped after 40 of 100 entries");
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_hours(20)));
    setup.sim.clear_requests();
}

#[tokio::test]
async fn entries_are_replaced_and_moved_in_every_regime() {
    for (regime, told) in cases() {
        let setup = setup(regime, told).await;
        let client = &setup.client;
        let new = NewPlaylist::private("Long");
        let id = client.create_playlist(&new).await.unwrap().id.unwrap();
        let uris: Vec<_> = tracks(client, 150).await.into_iter().map(TrackId::uri).collect();
        let first = client.replace_items(id, &uris).await.unwrap();
        assert_eq!(uris_of(client, id).await, uris);
        let to_the_end = Move::entry(0, 150).in_version(first.clone());
        assert_ne!(client.move_items(id, &to_the_end).await.unwrap(), first);
        let after = uris_of(client, id).await;
        assert_eq!((after.first(), after.last()), (uris.get(1), uris.first()));
        client.replace_items(id, &[]).await.unwrap();
        assert_eq!(uris_of(client, id).await, []);
        let asked = counts(
            &setup,
            [
                "reorder-or-replace-playlists-items",
                "add-items-to-playlist",
                "reorder-or-replace-playlists-tracks",
            ],
        );
        assert_eq!(asked, [3, 1, 0], "{regime}, told {told}");
    }
}

async fn uris_of(client: &Client, id: PlaylistId) -> Vec<SpotifyUri> {
    use futures_util::TryStreamExt as _;
    let items =
        client.stream(move |client, page| async move { client.playlist_items(id, page).await });
    let uris = items.map_ok(|item| item.playable().and_then(Playable::uri).cloned().unwrap());
    uris.try_collect().await.unwrap()
}

#[tokio::test]
async fn followed_artists_are_told_apart_from_others() {
    let setup = setup(Sim::Extended, Regime::Auto).await;
    let found = setup.client.search(&SearchQuery::new("a", [SearchKind::Artist])).await.unwrap();
    let ids: Vec<ArtistId> =
        found.artists.unwrap().present().map(|artist| artist.id.unwrap()).take(3).collect();
    let uris: Vec<_> = ids.iter().map(|id| id.uri()).collect();
    setup.client.save(&uris[1..2]).await.unwrap();
    assert_eq!(setup.client.saved(&uris).await.unwrap(), [false, true, false]);
}
