//! What differs between the regimes, told beforehand and learned from the answers.

use spotify_api::{
    Error, PageRequest, Regime,
    endpoints::{playlists, search::SearchQuery},
    id::PlaylistId,
    model::{Contents, Playlist},
};
use spotify_sim::{Fault, Regime as Sim};

use crate::support::{SIM_REGIMES, Setup, same};

const FORBIDDEN: &str = r#"{"error":{"status":403,"message":"Forbidden"}}"#;

/// The playlist of another user, whom the default user follows.
async fn ottos(setup: &Setup) -> Playlist {
    let page = setup.client.my_playlists(PageRequest::first(50)).await.unwrap();
    page.present()
        .find(|playlist| playlist.name.as_deref() == Some("Otto's Long Drive"))
        .unwrap()
        .clone()
}

async fn ottos_id(setup: &Setup) -> PlaylistId {
    ottos(setup).await.id.unwrap()
}

#[tokio::test]
async fn n54_a_page_that_is_too_large_is_asked_for_again_smaller_and_the_size_remembered() {
    let setup = Setup::in_regime(Sim::DevRestricted).await;
    let query = SearchQuery::tracks("a").page(PageRequest { limit: Some(50), offset: 0 });
    let found = setup.client.search(&query).await.unwrap().tracks.unwrap();
    assert_eq!((found.limit, found.items.len()), (Some(10), 10));
    assert_eq!(setup.statuses("search"), [400, 200]);
    let next = found.next_page().unwrap();
    assert_eq!(next, PageRequest { limit: Some(10), offset: 10 });
    setup.client.search(&query).await.unwrap();
    assert_eq!(setup.statuses("search"), [400, 200, 200]);
}

#[tokio::test]
async fn n54_a_regime_that_is_told_needs_no_trial() {
    for (regime, expected) in [(Sim::DevRestricted, 10), (Sim::Extended, 50)] {
        let setup = Setup::with(regime, |builder| builder.regime(same(regime))).await;
        let query = SearchQuery::tracks("a").page(PageRequest::first(50));
        let found = setup.client.search(&query).await.unwrap().tracks.unwrap();
        assert_eq!(found.limit, Some(expected));
        assert_eq!(setup.statuses("search"), [200]);
    }
}

#[tokio::test]
async fn a_removed_operation_is_not_even_asked_for_where_the_regime_is_told() {
    let setup = Setup::with(Sim::DevRestricted, |b| b.regime(Regime::DevRestricted)).await;
    let request = playlists::ITEMS_OLD.request(&["37i9dQZF1DXcBWIGoYBM5M"]).unwrap();
    let error = setup.client.call(request).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "get-playlists-tracks: not available to this app; use get-playlists-items instead"
    );
    assert!(setup.sim.requests().is_empty());
}

#[tokio::test]
async fn a_removed_operation_is_learned_from_one_refusal() {
    let setup = Setup::in_regime(Sim::DevRestricted).await;
    let id = ottos_id(&setup).await;
    for _ in 0..2 {
        let request = playlists::ITEMS_OLD.request(&[id.as_str()]).unwrap();
        let error = setup.client.call(request).await.unwrap_err();
        assert!(matches!(error, Error::Removed { replacement: Some("get-playlists-items"), .. }));
    }
    assert_eq!(setup.statuses("get-playlists-tracks"), [403]);
}

#[tokio::test]
async fn n23_other_peoples_playlists_are_withheld_in_the_restricted_regime_only() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        let id = ottos_id(&setup).await;
        let playlist = setup.client.playlist(id).await.unwrap();
        let items = setup.client.playlist_items(id, PageRequest::default()).await;
        if regime == Sim::DevRestricted {
            assert_eq!(playlist.contents(), Contents::Withheld);
            assert!(matches!(items, Err(Error::Forbidden { .. })));
        } else {
            assert!(matches!(playlist.contents(), Contents::Page(_)));
            assert!(items.unwrap().present().count() > 0);
        }
    }
}

#[tokio::test]
async fn the_older_endpoint_is_used_where_the_newer_one_is_missing() {
    let setup = Setup::in_regime(Sim::DevLegacy).await;
    let missing =
        |operation| Fault::answer(403, "application/json", FORBIDDEN).operation(operation);
    for operation in
        ["create-playlist", "add-items-to-playlist", "get-playlists-items", "remove-items-playlist"]
    {
        setup.sim.fault(missing(operation));
    }
    let client = &setup.client;
    let new = playlists::NewPlaylist::private("Old way");
    let id = client.create_playlist(&new).await.unwrap().id.unwrap();
    let tracks = ["Low Tide", "Northbound"].map(|name| setup.track(name));
    client.add_items(id, &tracks, None).await.unwrap();
    assert_eq!(client.playlist_items(id, PageRequest::default()).await.unwrap().items.len(), 2);
    client.remove_items(id, &tracks[..1]).await.unwrap();
    assert_eq!(setup.sim.playlist_titles(id.as_str()).unwrap(), ["Northbound"]);
    for operation in [
        "create-playlist-for-user",
        "add-tracks-to-playlist",
        "get-playlists-tracks",
        "remove-tracks-playlist",
    ] {
        assert_eq!(setup.sim.count(operation), 1, "{operation}");
    }
}

#[tokio::test]
async fn n49_a_user_id_of_any_characters_reaches_spotify_as_one_segment() {
    let setup = Setup::in_regime(Sim::Extended).await;
    let body = serde_json::json!({ "name": "x" });
    let request = playlists::CREATE_OLD.request(&[spotify_sim::ODD_USER]).unwrap().body(body);
    // The simulator answers for a playlist of somebody else: what matters is that it found the user.
    let error = setup.client.call(request).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. } | Error::Removed { .. }), "{error}");
    assert_eq!(setup.sim.requests()[0].operation, Some("create-playlist-for-user"));
    assert_eq!(setup.sim.requests()[0].path, "/v1/users/zo%C3%AB%231%2Bx/playlists");
}

#[tokio::test]
async fn n22_old_and_new_names_side_by_side_are_read_in_the_legacy_regime() {
    let setup = Setup::in_regime(Sim::DevLegacy).await;
    let id = crate::calls::playlist_named(&setup, "Morning Run").await;
    let playlist = setup.client.playlist(id).await.unwrap();
    let Contents::Page(page) = playlist.contents() else { panic!("no contents") };
    assert_eq!(page.present().filter(|item| item.playable().is_some()).count(), 7);
}

#[tokio::test]
async fn a_missing_scope_is_named_and_tried_on_no_other_endpoint() {
    let setup = Setup::in_regime(Sim::DevRestricted).await;
    let token = setup.sim.grant(spotify_sim::DEFAULT_USER, &["user-read-private"]).access_token;
    let header: http::HeaderValue = format!("Bearer {token}").parse().unwrap();
    let authorize = move |_: Option<&http::HeaderValue>| {
        let header = header.clone();
        async move { Ok::<_, spotify_api::AuthorizeError>(header) }
    };
    let client = spotify_api::Client::builder(setup.sim.api_url(), authorize).build().unwrap();
    let new = playlists::NewPlaylist::private("x");
    let error = client.create_playlist(&new).await.unwrap_err();
    assert_eq!(error.missing_scopes(), playlists::CREATE.endpoint().scopes);
    assert_eq!(setup.sim.requests().len(), 1);
}

#[tokio::test]
async fn n38_an_account_that_is_not_on_the_list_is_told_so() {
    let setup = Setup::in_regime(Sim::DevRestricted).await;
    setup.sim.disallow(spotify_sim::DEFAULT_USER);
    let error = setup.client.me().await.unwrap_err();
    assert!(matches!(error, Error::NotAllowlisted { .. }), "{error}");
    assert_eq!(
        (error.status(), error.is_retryable(), error.needs_login()),
        (Some(403), false, false)
    );
}
