//! For every operation a request that succeeds.

use reqwest::{
    Method,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Route};
use tokio::sync::OnceCell;

use crate::bench::{Answer, Bench, id_of, send};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) method: Method,
    /// The path below `/v1`, with the query.
    pub(crate) path: String,
    pub(crate) body: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Nothing,
    Json(Value),
    Jpeg(String),
}

impl Sample {
    pub(crate) async fn send(&self, bench: &Bench) -> Answer {
        self.send_as(bench, &bench.token).await
    }

    pub(crate) async fn send_as(&self, bench: &Bench, token: &str) -> Answer {
        let url = format!("{}{}", bench.api_url(), self.path);
        let request = bench.plain(self.method.clone(), &url).bearer_auth(token);
        send(match &self.body {
            Content::Json(body) => request.json(body),
            Content::Jpeg(body) => request.header(CONTENT_TYPE, "image/jpeg").body(body.clone()),
            Content::Nothing if self.method == Method::GET => request,
            Content::Nothing => request.header(CONTENT_LENGTH, "0"),
        })
        .await
    }

    /// The same request with another value of a query parameter.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let kept = query.split('&').filter(|pair| {
            !pair.is_empty() && pair.split_once('=').is_none_or(|(key, _)| key != name)
        });
        let query: Vec<_> = kept.map(str::to_owned).chain([format!("{name}={value}")]).collect();
        Self { path: format!("{path}?{}", query.join("&")), ..self.clone() }
    }

    /// Returns the value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// What every simulator has.
#[derive(Debug, Clone)]
struct Known {
    album: String,
    artist: String,
    audiobook: String,
    chapter: String,
    episode: String,
    show: String,
    track: String,
}

impl Known {
    /// Finds it, once per process: the ids do not depend on the seed.
    async fn find(bench: &Bench) -> Self {
        static FOUND: OnceCell<Known> = OnceCell::const_new();
        FOUND.get_or_init(|| Self::search(bench)).await.clone()
    }

    async fn search(bench: &Bench) -> Self {
        let first = async |query: &str, kind: &str| {
            let path = format!("/search?q={query}&type={kind}&limit=1");
            let found = bench.get(&path).await.ok();
            found[format!("{kind}s")]["items"][0]["id"].as_str().unwrap().to_owned()
        };
        let audiobook = first("lighthouses", "audiobook").await;
        let chapters = bench.get(&format!("/audiobooks/{audiobook}/chapters")).await.ok();
        Self {
            album: first("harbour+lights", "album").await,
            artist: first("the+paper+lanterns", "artist").await,
            audiobook,
            chapter: chapters["items"][0]["id"].as_str().unwrap().to_owned(),
            episode: first("cables", "episode").await,
            show: first("cables", "show").await,
            track: id_of(&bench.uri("Midnight Ferry")).to_owned(),
        }
    }
}

/// Things to ask for.
#[derive(Debug)]
pub(crate) struct Samples {
    known: Known,
    device: String,
    /// A playlist of the default user's own, public and with a dozen items.
    playlist: String,
}

impl Samples {
    /// Finds things to ask for, and lets the default user save and play some of them.
    pub(crate) async fn prepare(bench: &Bench) -> Self {
        let samples = Self {
            known: Known::find(bench).await,
            device: bench.device_id(DEFAULT_USER, "Desk").unwrap(),
            playlist: bench.playlist("Samples", true).await,
        };
        samples.furnish(bench).await;
        bench.clear_requests();
        samples
    }

    async fn furnish(&self, bench: &Bench) {
        let Self { known, device, playlist } = self;
        let Known { album, audiobook, episode, show, track, .. } = known;
        let uris = json!({ "uris": vec![format!("spotify:track:{track}"); 12] });
        bench.send(Method::POST, &format!("/playlists/{playlist}/items"), &uris).await.ok();
        let kinds = [
            ("album", album),
            ("audiobook", audiobook),
            ("episode", episode),
            ("show", show),
            ("track", track),
        ];
        let saved = kinds.map(|(kind, id)| format!("spotify:{kind}:{id}")).join(",");
        let saved = send(bench.request(Method::PUT, &format!("/me/library?uris={saved}"))).await;
        assert_eq!(saved.status, 200, "{saved:?}");
        let path = format!("/me/player/play?device_id={device}");
        let body = json!({ "context_uri": format!("spotify:album:{album}") });
        assert_eq!(bench.send(Method::PUT, &path, &body).await.status, 204);
        // Far enough into the first track that it is in the history.
        for (method, path) in [(Method::PUT, "seek?position_ms=60000"), (Method::POST, "next")] {
            let done = send(bench.request(method, &format!("/me/player/{path}"))).await;
            assert_eq!(done.status, 204, "{done:?}");
        }
    }

    /// Returns a request for an operation that succeeds where the operation is open.
    pub(crate) fn of(&self, route: &Route) -> Sample {
        let Self { known, device, playlist } = self;
        let Known { album, artist, audiobook, chapter, episode, show, track } = known;
        let path = route.path.replace("{playlist_id}", playlist).replace("{user_id}", DEFAULT_USER);
        let path = path.replace("{category_id}", "toplists").replace("{type}", "tracks");
        let kind = path.split('/').nth(1).unwrap_or_default().to_owned();
        let kind =
            if kind == "me" { path.split('/').nth(2).unwrap_or_default().to_owned() } else { kind };
        let id = match kind.as_str() {
            "albums" => album,
            "artists" => artist,
            "audiobooks" => audiobook,
            "chapters" => chapter,
            "episodes" => episode,
            "shows" => show,
            _ => track,
        };
        let path = path.replace("{id}", id);
        let uri = format!("spotify:track:{track}");
        let (query, body) = match route.operation_id {
            "search" => (
                "q=h&type=album,artist,audiobook,episode,playlist,show,track".into(),
                Content::Nothing,
            ),
            "get-followed" => ("type=artist".into(), Content::Nothing),
            "follow-artists-users" | "unfollow-artists-users" | "check-current-user-follows" => {
                (format!("type=artist&ids={artist}"), Content::Nothing)
            }
            "get-recommendations" => (format!("seed_artists={artist}"), Content::Nothing),
            "save-library-items" | "remove-library-items" | "check-library-contains" => {
                (format!("uris={uri}"), Content::Nothing)
            }
            "create-playlist" | "create-playlist-for-user" => {
                (String::new(), Content::Json(json!({ "name": "A new one" })))
            }
            "change-playlist-details" => {
                (String::new(), Content::Json(json!({ "name": "Changed" })))
            }
            "follow-playlist" => (String::new(), Content::Json(json!({ "public": true }))),
            "add-items-to-playlist"
            | "add-tracks-to-playlist"
            | "reorder-or-replace-playlists-items"
            | "reorder-or-replace-playlists-tracks" => {
                (String::new(), Content::Json(json!({ "uris": [uri] })))
            }
            "remove-items-playlist" => {
                (String::new(), Content::Json(json!({ "items": [{ "uri": uri }] })))
            }
            "remove-tracks-playlist" => {
                (String::new(), Content::Json(json!({ "tracks": [{ "uri": uri }] })))
            }
            "upload-custom-playlist-cover" => {
                (String::new(), Content::Jpeg("/9j/4AAQSkZJRg==".to_owned()))
            }
            "transfer-a-users-playback" => {
                (String::new(), Content::Json(json!({ "device_ids": [device] })))
            }
            "start-a-users-playback" => (String::new(), Content::Json(json!({ "uris": [uri] }))),
            "seek-to-position-in-currently-playing-track" => {
                ("position_ms=1000".into(), Content::Nothing)
            }
            "set-repeat-mode-on-users-playback" => ("state=context".into(), Content::Nothing),
            "toggle-shuffle-for-users-playback" => ("state=true".into(), Content::Nothing),
            "set-volume-for-users-playback" => ("volume_percent=30".into(), Content::Nothing),
            "add-to-queue" => (format!("uri={uri}"), Content::Nothing),
            "check-if-user-follows-playlist" => (format!("ids={DEFAULT_USER}"), Content::Nothing),
            "save-tracks-user" => (String::new(), Content::Json(json!({ "ids": [track] }))),
            _ if takes_ids(route) => (format!("ids={id}"), Content::Nothing),
            _ => (String::new(), Content::Nothing),
        };
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        Sample { method: Method::from_bytes(route.method.as_bytes()).unwrap(), path, body }
    }
}

/// The operations for several catalogue items and on old endpoints of the library.
fn takes_ids(route: &Route) -> bool {
    let segments: Vec<&str> = route.path.split('/').skip(1).collect();
    match segments[..] {
        ["me", kind] => route.method != "GET" && kind.ends_with('s'),
        ["me", kind, "contains"] => kind.ends_with('s'),
        ["audio-features"] => true,
        [kind] => kind.ends_with('s') && !["markets", "recommendations"].contains(&kind),
        _ => false,
    }
}
