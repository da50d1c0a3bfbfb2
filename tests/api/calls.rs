//! Every call, in every regime, with a client that is not told which regime it is.

use spotify_api::{
    PageRequest,
    endpoints::{
        playlists::{NewPlaylist, PlaylistChanges},
        search::{SearchKind, SearchQuery},
    },
    id::{PlaylistId, SpotifyUri},
    model::{Contents, Playable},
};

use crate::support::{SIM_REGIMES, Setup};

#[tokio::test]
async fn what_a_search_finds_can_be_looked_at_in_every_regime() {
    for regime in SIM_REGIMES {
        let Setup { client, .. } = &Setup::in_regime(regime).await;
        let kinds = [SearchKind::Track, SearchKind::Album, SearchKind::Artist];
        let query = SearchQuery::new("harbour lights", kinds).page(PageRequest::first(5));
        let found = client.search(&query).await.unwrap();
        let tracks = found.tracks.unwrap();
        let hit = tracks.present().next().unwrap();
        assert_eq!(hit.name.as_deref(), Some("Harbour Lights"));
        assert!(found.albums.is_some() && found.artists.is_some() && found.shows.is_none());

        let track = client.track(hit.id.unwrap()).await.unwrap();
        assert_eq!(track.name, hit.name);
        let album = client.album(track.album.unwrap().id.unwrap()).await.unwrap();
        assert_eq!(album.name.as_deref(), Some("Harbour Lights"));
        let page = PageRequest { limit: Some(2), offset: 1 };
        let tracks = client.album_tracks(album.id.unwrap(), page).await.unwrap();
        assert_eq!(tracks.present().next().unwrap().name.as_deref(), Some("Salt and Rain"));

        let artist = client.artist(album.artists[0].id.unwrap()).await.unwrap();
        assert_eq!(artist.name.as_deref(), Some("The Paper Lanterns"));
        let page = PageRequest::first(10);
        let albums = client.artist_albums(artist.id.unwrap(), &[], page).await.unwrap();
        assert_eq!(albums.present().count(), 2);
    }
}

#[tokio::test]
async fn a_playlist_lives_its_whole_life_in_every_regime() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        let client = &setup.client;
        let new = NewPlaylist::private("Evening").description("quiet");
        let playlist = client.create_playlist(&new).await.unwrap();
        let id = playlist.id.unwrap();
        assert_eq!((playlist.name.as_deref(), playlist.public), (Some("Evening"), Some(false)));

        let tracks = ["Midnight Ferry", "Low Tide", "Northbound"].map(|name| setup.track(name));
        let first = client.add_items(id, &tracks, None).await.unwrap();
        let second = client.add_items(id, &tracks[..1], Some(1)).await.unwrap();
        assert_ne!(first, second);
        let titles = |id: PlaylistId| setup.sim.playlist_titles(id.as_str()).unwrap();
        assert_eq!(titles(id), ["Midnight Ferry", "Midnight Ferry", "Low Tide", "Northbound"]);

        let page = client.playlist_items(id, PageRequest::first(50)).await.unwrap();
        let names: Vec<_> =
            page.present().map(|item| item.playable().unwrap().name().unwrap()).collect();
        assert_eq!(names, titles(id));

        let third = client.remove_items(id, &tracks[..1]).await.unwrap();
        assert_ne!(second, third);
        assert_eq!(titles(id), ["Low Tide", "Northbound"]);

        let changes = PlaylistChanges { name: Some("Night".to_owned()), ..Default::default() };
        client.change_playlist(id, &changes).await.unwrap();
        let playlist = client.playlist(id).await.unwrap();
        assert_eq!(playlist.name.as_deref(), Some("Night"));
        assert_eq!(playlist.contents().total(), Some(2));
    }
}

#[tokio::test]
async fn the_person_and_their_playlists_are_listed_page_by_page() {
    for regime in SIM_REGIMES {
        let Setup { client, .. } = &Setup::in_regime(regime).await;
        let me = client.me().await.unwrap();
        assert_eq!(me.id.unwrap().as_str(), spotify_sim::DEFAULT_USER);

        let mut names = Vec::new();
        let mut next = Some(PageRequest::first(2));
        while let Some(page) = next {
            let page = client.my_playlists(page).await.unwrap();
            names.extend(page.present().filter_map(|playlist| playlist.name.clone()));
            next = page.next_page();
        }
        for name in ["Morning Run", "Kitchen Radio", "Archive"] {
            assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
        }
    }
}

#[tokio::test]
async fn a_long_playlist_is_read_to_its_end() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        let archive = playlist_named(&setup, "Archive").await;
        let mut titles = Vec::new();
        let mut next = Some(PageRequest::first(100));
        while let Some(page) = next {
            let page = setup.client.playlist_items(archive, page).await.unwrap();
            titles.extend(page.present().map(|item| {
                item.playable().and_then(Playable::name).unwrap_or_default().to_owned()
            }));
            next = page.next_page();
        }
        assert_eq!(titles, setup.sim.playlist_titles(archive.as_str()).unwrap());
        assert_eq!(titles.len(), 230);
    }
}

#[tokio::test]
async fn many_entries_are_written_in_requests_of_a_hundred() {
    let setup = Setup::in_regime(spotify_sim::Regime::DevRestricted).await;
    let client = &setup.client;
    let id = client.create_playlist(&NewPlaylist::private("Long")).await.unwrap().id.unwrap();
    let many = vec![setup.track("Low Tide"); 250];
    client.add_items(id, &many, Some(0)).await.unwrap();
    assert_eq!(setup.sim.playlist_titles(id.as_str()).unwrap().len(), 250);
    assert_eq!(setup.statuses("add-items-to-playlist"), [201, 201, 201]);
}

#[tokio::test]
async fn the_library_is_changed_in_requests_of_forty() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        let archive = playlist_named(&setup, "Archive").await;
        let page = setup.client.playlist_items(archive, PageRequest::first(50)).await.unwrap();
        let uris: Vec<SpotifyUri> =
            page.present().map(|item| item.playable().unwrap().uri().unwrap().clone()).collect();
        setup.client.save(&uris).await.unwrap();
        assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![true; uris.len()]);
        setup.client.unsave(&uris).await.unwrap();
        assert_eq!(setup.client.saved(&uris).await.unwrap(), vec![false; uris.len()]);
        assert_eq!(setup.statuses("save-library-items").len(), 2);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_without_a_request() {
    let setup = Setup::in_regime(spotify_sim::Regime::Extended).await;
    let client = &setup.client;
    let id: PlaylistId = "37i9dQZF1DXcBWIGoYBM5M".parse().unwrap();
    let local: SpotifyUri = "spotify:local:a:b:c:1".parse().unwrap();
    let errors = [
        client.add_items(id, &[local], None).await.unwrap_err(),
        client.add_items(id, &[], None).await.unwrap_err(),
        client.remove_items(id, &[]).await.unwrap_err(),
        client.change_playlist(id, &PlaylistChanges::default()).await.unwrap_err(),
        client.search(&SearchQuery::tracks("  ")).await.unwrap_err(),
        client.search(&SearchQuery::new("x", [])).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, spotify_api::Error::Argument { .. }), "{error}");
    }
    assert!(setup.sim.requests().is_empty());
}

#[tokio::test]
async fn an_unknown_playlist_is_not_found_and_asked_for_once() {
    let setup = Setup::in_regime(spotify_sim::Regime::Extended).await;
    let id: PlaylistId = "0000000000000000000000".parse().unwrap();
    let error = setup.client.playlist(id).await.unwrap_err();
    assert_eq!(error.to_string(), "get-playlist: not found: Resource not found");
    assert_eq!(error.status(), Some(404));
    assert_eq!(setup.sim.requests().len(), 1);
}

#[tokio::test]
async fn search_terms_of_any_script_reach_spotify_as_they_are() {
    let setup = Setup::in_regime(spotify_sim::Regime::DevRestricted).await;
    for title in ["Świt nad Wisłą", "Μικρή Αυγή", "雨上がりの手紙", "ضوء القمر", "Tail Lights ✨"]
    {
        let found = setup.client.search(&SearchQuery::tracks(title)).await.unwrap();
        let tracks = found.tracks.unwrap();
        assert_eq!(tracks.present().next().unwrap().name.as_deref(), Some(title));
    }
}

/// Finds a playlist of the default user by its name.
pub(crate) async fn playlist_named(setup: &Setup, name: &str) -> PlaylistId {
    let page = setup.client.my_playlists(PageRequest::first(50)).await.unwrap();
    let playlist = page.present().find(|playlist| playlist.name.as_deref() == Some(name)).unwrap();
    assert!(matches!(playlist.contents(), Contents::Ref(_)));
    playlist.id.unwrap()
}
