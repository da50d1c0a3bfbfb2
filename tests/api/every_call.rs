//! Every operation has a call, and in every regime it does what the regime lets it.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use futures_util::future::BoxFuture;
use spotify_api::{
    Client, Endpoint, Error, PageRequest, Regime, catalogue,
    endpoint::{Body, Offer},
    endpoints::{
        following::FollowedRequest,
        player::{HistoryRequest, Play, Shuffle, Transfer, Volume},
        playlists::{Cover, Move, NewPlaylist, PlaylistChanges},
        recommendations::{RecommendationQuery, Seed},
        search::{SearchKind, SearchQuery},
        users::TimeRange,
    },
    id::{
        AlbumId, ArtistId, AudiobookId, CategoryId, ChapterId, DeviceId, EpisodeId, PlaylistId,
        ShowId, TrackId, UserId,
    },
    model::RepeatMode,
};

use crate::support::{SIM_REGIMES, Setup, same};

/// Two things of each kind, so that what takes several gets several.
struct Things {
    albums: [AlbumId; 2],
    artists: [ArtistId; 2],
    audiobooks: [AudiobookId; 2],
    chapters: [ChapterId; 2],
    episodes: [EpisodeId; 2],
    shows: [ShowId; 2],
    tracks: [TrackId; 2],
    playlist: PlaylistId,
    me: UserId,
    user: UserId,
    category: CategoryId,
    device: DeviceId,
}

impl Things {
    async fn of(setup: &Setup) -> Self {
        let client = &setup.client;
        let kinds = [
            SearchKind::Album,
            SearchKind::Artist,
            SearchKind::Audiobook,
            SearchKind::Show,
            SearchKind::Track,
        ];
        let found = client.search(&SearchQuery::new("a", kinds)).await.unwrap();
        let shows = two(found.shows.unwrap().present().map(|show| show.id));
        let audiobooks = two(found.audiobooks.unwrap().present().map(|book| book.id));
        let page = PageRequest::default();
        let episodes = client.show_episodes(shows[0], page).await.unwrap();
        let chapters = client.audiobook_chapters(audiobooks[0], page).await.unwrap();
        let new = NewPlaylist::private("Mine");
        let playlist = client.create_playlist(&new).await.unwrap().id.unwrap();
        let device = setup.sim.device_id(spotify_sim::DEFAULT_USER, "Desk").unwrap();
        let categories = client.categories(page).await.ok();
        let category = categories.and_then(|page| page.present().next()?.id.clone());
        setup.sim.clear_requests();
        Self {
            albums: two(found.albums.unwrap().present().map(|album| album.id)),
            artists: two(found.artists.unwrap().present().map(|artist| artist.id)),
            audiobooks,
            chapters: two(chapters.present().map(|chapter| chapter.id)),
            episodes: two(episodes.present().map(|episode| episode.id)),
            shows,
            tracks: two(found.tracks.unwrap().present().map(|track| track.id)),
            playlist,
            me: spotify_sim::DEFAULT_USER.parse().unwrap(),
            user: spotify_sim::OTHER_USER.parse().unwrap(),
            category: category.unwrap_or_else(|| "party".parse().unwrap()),
            device: device.parse().unwrap(),
        }
    }
}

fn two<T: std::fmt::Debug>(mut ids: impl Iterator<Item = Option<T>>) -> [T; 2] {
    [ids.next().unwrap().unwrap(), ids.next().unwrap().unwrap()]
}

type Call = for<'a> fn(&'a Client, &'a Things) -> BoxFuture<'a, Result<(), Error>>;

macro_rules! calls {
    ($($operation:literal: |$client:ident, $things:ident| $call:expr;)+) => {
        /// One call for each operation. The player's stand in an order that makes sense.
        const CALLS: &[(&str, Call)] = &[$((
            $operation,
            |$client, $things| Box::pin(async move { $call.await.map(drop) }),
        )),+];
    };
}

const PAGE: PageRequest = PageRequest { limit: Some(2), offset: 1 };

calls! {
    "get-an-album": |c, t| c.album(t.albums[0]);
    "get-multiple-albums": |c, t| c.albums(&t.albums);
    "get-an-albums-tracks": |c, t| c.album_tracks(t.albums[0], PAGE);
    "get-an-artist": |c, t| c.artist(t.artists[0]);
    "get-multiple-artists": |c, t| c.artists(&t.artists);
    "get-an-artists-albums": |c, t| c.artist_albums(t.artists[0], &[], PAGE);
    "get-an-artists-top-tracks": |c, t| c.artist_top_tracks(t.artists[0]);
    "get-an-artists-related-artists": |c, t| c.related_artists(t.artists[0]);
    "get-a-show": |c, t| c.show(t.shows[0]);
    "get-multiple-shows": |c, t| c.shows(&t.shows);
    "get-a-shows-episodes": |c, t| c.show_episodes(t.shows[0], PAGE);
    "get-an-episode": |c, t| c.episode(t.episodes[0]);
    "get-multiple-episodes": |c, t| c.episodes(&t.episodes);
    "get-an-audiobook": |c, t| c.audiobook(t.audiobooks[0]);
    "get-multiple-audiobooks": |c, t| c.audiobooks(&t.audiobooks);
    "get-audiobook-chapters": |c, t| c.audiobook_chapters(t.audiobooks[0], PAGE);
    "get-a-chapter": |c, t| c.chapter(t.chapters[0]);
    "get-several-chapters": |c, t| c.chapters(&t.chapters);
    "get-track": |c, t| c.track(t.tracks[0]);
    "get-several-tracks": |c, t| c.tracks(&t.tracks);
    "search": |c, _t| c.search(&SearchQuery::tracks("a").page(PAGE).external_audio());
    "get-current-users-profile": |c, _t| c.me();
    "get-users-profile": |c, t| c.user(&t.user);
    "get-users-top-artists-and-tracks": |c, _t| c.top_artists(TimeRange::Short, PAGE);

    "get-playlist": |c, t| c.playlist(t.playlist);
    "change-playlist-details": |c, t| {
        let name = Some("Ours".to_owned());
        async move {
            c.change_playlist(t.playlist, &PlaylistChanges { name, ..Default::default() }).await
        }
    };
    "add-items-to-playlist": |c, t| async {
        c.add_items(t.playlist, &t.tracks.map(TrackId::uri), None).await
    };
    "get-playlists-items": |c, t| c.playlist_items(t.playlist, PAGE);
    "reorder-or-replace-playlists-items": |c, t| async {
        c.move_items(t.playlist, &Move::entry(1, 0).entries(NonZeroU32::MIN)).await?;
        c.replace_items(t.playlist, &t.tracks.map(TrackId::uri)).await
    };
    "remove-items-playlist": |c, t| async {
        c.remove_items(t.playlist, &[t.tracks[0].uri()]).await
    };
    "add-tracks-to-playlist": |c, t| async {
        c.older().add_items(t.playlist, &[t.tracks[0].uri()], Some(0)).await
    };
    "get-playlists-tracks": |c, t| async { c.older().playlist_items(t.playlist, PAGE).await };
    "reorder-or-replace-playlists-tracks": |c, t| async {
        c.older().replace_items(t.playlist, &t.tracks.map(TrackId::uri)).await?;
        c.older().move_items(t.playlist, &Move::entry(1, 0)).await
    };
    "remove-tracks-playlist": |c, t| async {
        c.older().remove_items(t.playlist, &[t.tracks[0].uri()]).await
    };
    "get-a-list-of-current-users-playlists": |c, _t| c.my_playlists(PAGE);
    "get-list-users-playlists": |c, t| c.user_playlists(&t.user, PAGE);
    "create-playlist": |c, _t| async { c.create_playlist(&NewPlaylist::public("New")).await };
    "create-playlist-for-user": |c, t| async {
        c.older().create_playlist(&t.me, &NewPlaylist::private("Old")).await
    };
    "get-playlist-cover": |c, t| c.playlist_cover(t.playlist);
    "upload-custom-playlist-cover": |c, t| async {
        let cover = Cover::jpeg(&[0xff, 0xd8, 0xff, 0xe0]).unwrap();
        c.set_playlist_cover(t.playlist, &cover).await
    };

    "save-library-items": |c, t| async { c.save(&t.tracks.map(TrackId::uri)).await };
    "check-library-contains": |c, t| async { c.saved(&t.tracks.map(TrackId::uri)).await };
    "remove-library-items": |c, t| async { c.unsave(&t.tracks.map(TrackId::uri)).await };
    "get-users-saved-albums": |c, _t| c.saved_albums(PAGE);
    "get-users-saved-audiobooks": |c, _t| c.saved_audiobooks(PAGE);
    "get-users-saved-episodes": |c, _t| c.saved_episodes(PAGE);
    "get-users-saved-shows": |c, _t| c.saved_shows(PAGE);
    "get-users-saved-tracks": |c, _t| c.saved_tracks(PAGE);
    "save-albums-user": |c, t| async { c.older().save_albums(&t.albums).await };
    "check-users-saved-albums": |c, t| async { c.older().contains_albums(&t.albums).await };
    "remove-albums-user": |c, t| async { c.older().remove_albums(&t.albums).await };
    "save-audiobooks-user": |c, t| async { c.older().save_audiobooks(&t.audiobooks).await };
    "check-users-saved-audiobooks": |c, t| async {
        c.older().contains_audiobooks(&t.audiobooks).await
    };
    "remove-audiobooks-user": |c, t| async { c.older().remove_audiobooks(&t.audiobooks).await };
    "save-episodes-user": |c, t| async { c.older().save_episodes(&t.episodes).await };
    "check-users-saved-episodes": |c, t| async { c.older().contains_episodes(&t.episodes).await };
    "remove-episodes-user": |c, t| async { c.older().remove_episodes(&t.episodes).await };
    "save-shows-user": |c, t| async { c.older().save_shows(&t.shows).await };
    "check-users-saved-shows": |c, t| async { c.older().contains_shows(&t.shows).await };
    "remove-shows-user": |c, t| async { c.older().remove_shows(&t.shows).await };
    "save-tracks-user": |c, t| async { c.older().save_tracks(&t.tracks).await };
    "check-users-saved-tracks": |c, t| async { c.older().contains_tracks(&t.tracks).await };
    "remove-tracks-user": |c, t| async { c.older().remove_tracks(&t.tracks).await };

    "follow-artists-users": |c, t| async {
        c.older().follow_artists(&t.artists).await?;
        c.older().follow_users(std::slice::from_ref(&t.user)).await
    };
    "get-followed": |c, _t| c.followed_artists(FollowedRequest { limit: Some(1), after: None });
    "check-current-user-follows": |c, t| async {
        c.older().follows_users(std::slice::from_ref(&t.user)).await?;
        c.older().follows_artists(&t.artists).await
    };
    "unfollow-artists-users": |c, t| async {
        c.older().unfollow_users(std::slice::from_ref(&t.user)).await?;
        c.older().unfollow_artists(&t.artists).await
    };
    "follow-playlist": |c, t| async { c.older().follow_playlist(t.playlist).await };
    "check-if-user-follows-playlist": |c, t| async { c.older().follows_playlist(t.playlist).await };
    "unfollow-playlist": |c, t| async { c.older().unfollow_playlist(t.playlist).await };

    "start-a-users-playback": |c, t| async {
        let album = Play::context(t.albums[0]).from_entry(1).at(Duration::from_secs(3));
        c.on_device(t.device.clone()).play(&album).await
    };
    "skip-users-playback-to-previous-track": |c, _t| c.previous();
    "skip-users-playback-to-next-track": |c, _t| c.next();
    "get-information-about-the-users-current-playback": |c, _t| async {
        assert!(c.playback().await?.is_some());
        Ok(())
    };
    "get-the-users-currently-playing-track": |c, _t| async {
        assert!(c.currently_playing().await?.is_some());
        Ok(())
    };
    "get-a-users-available-devices": |c, _t| async {
        assert!(!c.devices().await?.is_empty());
        Ok(())
    };
    "transfer-a-users-playback": |c, t| c.transfer_playback(&t.device, Transfer::KeepState);
    "seek-to-position-in-currently-playing-track": |c, _t| c.seek(Duration::from_secs(5));
    "set-repeat-mode-on-users-playback": |c, _t| c.set_repeat(&RepeatMode::Context);
    "toggle-shuffle-for-users-playback": |c, _t| c.set_shuffle(Shuffle::On);
    "set-volume-for-users-playback": |c, _t| c.set_volume(Volume::percent(30).unwrap());
    "add-to-queue": |c, t| async { c.add_to_queue(&t.tracks[0].uri()).await };
    "get-queue": |c, _t| c.queue();
    "get-recently-played": |c, _t| c.recently_played(HistoryRequest::default());
    "pause-a-users-playback": |c, _t| c.pause();

    "get-new-releases": |c, _t| c.new_releases(PAGE);
    "get-featured-playlists": |c, _t| async { c.in_language("sv_SE").featured_playlists(PAGE).await };
    "get-categories": |c, _t| c.categories(PAGE);
    "get-a-category": |c, t| c.category(&t.category);
    "get-a-categories-playlists": |c, t| c.category_playlists(&t.category, PAGE);
    "get-available-markets": |c, _t| c.markets();
    "get-audio-features": |c, t| c.audio_features(t.tracks[0]);
    "get-several-audio-features": |c, t| c.audio_features_of(&t.tracks);
    "get-audio-analysis": |c, t| c.audio_analysis(t.tracks[0]);
    "get-recommendation-genres": |c, _t| c.genre_seeds();
    "get-recommendations": |c, t| async {
        let seeds = [Seed::Track(t.tracks[0]), Seed::Artist(t.artists[0])];
        c.recommendations(&RecommendationQuery::from_seeds(seeds).limit(5)).await
    };
}

#[test]
fn every_operation_has_a_call() {
    let called: Vec<&str> = CALLS.iter().map(|(operation, _)| *operation).collect();
    for endpoint in catalogue() {
        assert!(called.contains(&endpoint.operation), "nothing calls {}", endpoint.operation);
    }
    assert_eq!(called.len(), catalogue().count());
}

#[tokio::test]
async fn every_call_works_or_is_told_to_be_missing_in_every_regime() {
    for regime in SIM_REGIMES {
        for told in [Regime::Auto, same(regime)] {
            let setup = Setup::with(regime, |builder| builder.regime(told)).await;
            let things = Things::of(&setup).await;
            for (operation, call) in CALLS {
                setup.sim.clear_requests();
                let result = call(&setup.client, &things).await;
                let there = offered(operation, regime);
                let asked = setup.sim.requests().iter().any(|request| {
                    request.operation == Some(operation) && (200..300).contains(&request.status)
                });
                assert_eq!(asked, there, "{operation}, {regime}, told {told}: {result:?}");
                match result {
                    Ok(()) => {}
                    Err(Error::Removed { .. }) if !there => {}
                    Err(error) => panic!("{operation}, {regime}, told {told}: {error}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn every_request_has_the_arguments_of_its_entry() {
    let setup = Setup::in_regime(spotify_sim::Regime::Extended).await;
    let things = Things::of(&setup).await;
    let client = setup.client.in_market("SE".parse().unwrap());
    for (_, call) in CALLS {
        call(&client, &things).await.unwrap();
    }
    let mut markets = BTreeMap::new();
    for request in setup.sim.requests() {
        let endpoint = Endpoint::find(request.operation.unwrap()).unwrap();
        let sent: Vec<&str> = request
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split('=').next().unwrap())
            .collect();
        for name in &sent {
            assert!(endpoint.takes(name), "{} sends {name}", endpoint.operation);
        }
        for argument in endpoint.arguments().filter(|argument| argument.required) {
            assert!(sent.contains(&argument.name), "{} lacks {argument:?}", endpoint.operation);
        }
        if endpoint.takes("additional_types") {
            assert!(request.query.contains("additional_types=track,episode"), "{request:?}");
        }
        markets.insert(endpoint.operation, sent.contains(&"market"));
    }
    for endpoint in catalogue() {
        assert_eq!(markets.get(endpoint.operation), Some(&endpoint.takes("market")));
        assert!(matches!(endpoint.body, Body::Empty) || endpoint.method.as_str() != "GET");
    }
}

/// Whether the simulator's Spotify has the operation.
fn offered(operation: &str, regime: spotify_sim::Regime) -> bool {
    let endpoint = Endpoint::find(operation).unwrap();
    match endpoint.status.offered_in(same(regime)) {
        Offer::Yes => true,
        Offer::No => false,
        // What was closed in 2024 is there for older apps in Extended Quota.
        Offer::Unknown => regime == spotify_sim::Regime::Extended,
    }
}
