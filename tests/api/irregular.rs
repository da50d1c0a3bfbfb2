//! Every irregularity that the simulator can show, through the whole client.

use spotify_api::{
    PageRequest,
    endpoints::{
        player::HistoryRequest,
        playlists::NewPlaylist,
        search::{SearchKind, SearchQuery},
    },
    model::{Contents, Playable},
};
use spotify_sim::{Fault, Irregularity, Regime, Simulator};

use crate::{
    calls::playlist_named,
    support::{SIM_REGIMES, Setup},
};

fn everything() -> SearchQuery {
    let kinds = [
        SearchKind::Album,
        SearchKind::Artist,
        SearchKind::Audiobook,
        SearchKind::Episode,
        SearchKind::Playlist,
        SearchKind::Show,
        SearchKind::Track,
    ];
    SearchQuery::new("the", kinds).page(PageRequest::first(10))
}

async fn with(regime: Regime, irregularity: Irregularity) -> Setup {
    let sim = Simulator::builder().regime(regime).seed(7).irregular(irregularity).start().await;
    Setup::of(sim, |builder| builder)
}

/// Reads what belongs to the default user: a page of each kind, and the player.
async fn read_all(setup: &Setup) {
    let client = &setup.client;
    let page = PageRequest::first(5);
    client.me().await.unwrap();
    let mine = client.my_playlists(PageRequest::default()).await.unwrap();
    let named = |name: &str| {
        let playlist = mine.present().find(|playlist| playlist.name.as_deref() == Some(name));
        playlist.map(|playlist| playlist.id.unwrap())
    };
    // One of the playlists may be withheld.
    if let Some(id) = named("Morning Run") {
        client.playlist(id).await.unwrap();
    }
    let items = client.playlist_items(named("Archive").unwrap(), page).await.unwrap();
    let track = items.present().find_map(|item| match item.playable() {
        Some(Playable::Track(track)) if !track.is_local() => Some(track),
        _ => None,
    });
    let track = track.unwrap();
    let (album, artist) = (track.album.as_ref().unwrap().id, track.artists[0].id);
    client.album(album.unwrap()).await.unwrap();
    client.album_tracks(album.unwrap(), page).await.unwrap();
    client.artist(artist.unwrap()).await.unwrap();
    client.artist_albums(artist.unwrap(), &[], page).await.unwrap();
    read_library(setup, page).await;
    read_player(setup).await;
}

async fn read_library(setup: &Setup, page: PageRequest) {
    let client = &setup.client;
    client.saved_albums(page).await.unwrap();
    client.saved_audiobooks(page).await.unwrap();
    client.saved_episodes(page).await.unwrap();
    client.saved_shows(page).await.unwrap();
    client.saved_tracks(page).await.unwrap();
}

async fn read_player(setup: &Setup) {
    let client = &setup.client;
    client.playback().await.unwrap();
    client.currently_playing().await.unwrap();
    client.devices().await.unwrap();
    client.queue().await.unwrap();
    client.recently_played(HistoryRequest::default()).await.unwrap();
}

#[tokio::test]
async fn no_irregularity_fails_a_call() {
    // The legacy regime has the old names and the new ones, so it shows the most.
    let setup = Setup::in_regime(Regime::DevLegacy).await;
    for irregularity in Irregularity::ALL {
        setup.sim.set_irregular(irregularity, true);
        read_all(&setup).await;
        setup.sim.set_irregular(irregularity, false);
    }
}

#[tokio::test]
async fn all_irregularities_together_fail_no_call_in_any_regime() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        for irregularity in Irregularity::ALL {
            setup.sim.set_irregular(irregularity, true);
        }
        read_all(&setup).await;
        let found = setup.client.search(&everything()).await.unwrap();
        assert!(found.audiobooks.is_some() && found.shows.is_some());
    }
}

#[tokio::test]
async fn n20_and_n02_a_local_file_in_a_playlist_is_a_track_without_id() {
    let setup = with(Regime::DevLegacy, Irregularity::LocalTracks).await;
    setup.sim.set_irregular(Irregularity::DurationObjects, true);
    let id = playlist_named(&setup, "Morning Run").await;
    let page = setup.client.playlist_items(id, PageRequest::default()).await.unwrap();
    let first = page.present().next().unwrap().playable().unwrap();
    let Playable::Track(track) = first else { panic!("{first:?}") };
    assert!(track.is_local() && track.id.is_none() && track.duration_ms.is_some());
}

#[tokio::test]
async fn n25_an_episode_in_a_playlist_is_an_episode() {
    let setup = with(Regime::DevRestricted, Irregularity::EpisodeInPlaylist).await;
    let id = playlist_named(&setup, "Morning Run").await;
    let page = setup.client.playlist_items(id, PageRequest::default()).await.unwrap();
    let first = page.present().next().unwrap().playable().unwrap();
    assert!(matches!(first, Playable::Episode(_)), "{first:?}");
}

#[tokio::test]
async fn n43_short_pages_neither_end_the_list_nor_move_it() {
    let setup = with(Regime::DevRestricted, Irregularity::ShortPages).await;
    let id = playlist_named(&setup, "Archive").await;
    let (mut offsets, mut read) = (Vec::new(), 0);
    let mut next = Some(PageRequest::first(50));
    while let Some(page) = next {
        offsets.push(page.offset);
        let page = setup.client.playlist_items(id, page).await.unwrap();
        read += page.items.len();
        next = page.next_page();
    }
    assert_eq!(offsets, [0, 50, 100, 150, 200]);
    // Spotify left one entry out of each page but the last.
    assert_eq!(read, 226);
}

#[tokio::test]
async fn n05_null_entries_keep_their_place_in_the_list_of_playlists() {
    let setup = with(Regime::DevLegacy, Irregularity::NullEntries).await;
    let page = setup.client.my_playlists(PageRequest::default()).await.unwrap();
    assert!(page.items[0].is_some() && page.items[1].is_none());
    assert_eq!(page.present().count(), page.items.len() - 1);
}

#[tokio::test]
async fn n48_a_private_playlist_that_reads_back_as_public_is_made_private_once_more() {
    let setup = with(Regime::DevRestricted, Irregularity::ReadsBackPublic).await;
    let playlist = setup.client.create_playlist(&NewPlaylist::private("x")).await.unwrap();
    assert_eq!(setup.statuses("change-playlist-details"), [200]);
    assert_eq!(playlist.public, Some(false));

    setup.sim.fault(Fault::html_error(502).operation("change-playlist-details").times(4));
    let playlist = setup.client.create_playlist(&NewPlaylist::private("y")).await.unwrap();
    assert_eq!(playlist.public, Some(true));
}

#[tokio::test]
async fn n42_pages_are_asked_for_on_the_original_path() {
    let setup = Setup::in_regime(Regime::DevRestricted).await;
    let first = setup.client.my_playlists(PageRequest::first(1)).await.unwrap();
    assert!(first.next.as_deref().is_some_and(|next| next.contains("/users/")), "{:?}", first.next);
    setup.client.my_playlists(first.next_page().unwrap()).await.unwrap();
    assert!(setup.sim.requests().iter().all(|request| request.path == "/v1/me/playlists"));
}

#[tokio::test]
async fn n51_a_description_with_entities_is_decoded_for_display() {
    let setup = with(Regime::Extended, Irregularity::HtmlEntities).await;
    let new = NewPlaylist::private("x").description("It's \"on\" & off");
    let id = setup.client.create_playlist(&new).await.unwrap().id.unwrap();
    let playlist = setup.client.playlist(id).await.unwrap();
    assert!(playlist.description.as_deref().unwrap().contains("&quot;"));
    assert_eq!(playlist.plain_description().as_deref(), Some("It's \"on\" & off"));
    assert!(matches!(playlist.contents(), Contents::Page(_)));
}
