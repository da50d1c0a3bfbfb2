//! Large answers, made up: what the benchmark decodes.

use serde_json::{Value, json};

/// A page of a playlist with `count` tracks, of which each has `markets` markets, and its album as
/// many.
pub(crate) fn playlist_page(count: usize, markets: usize) -> Vec<u8> {
    let items: Vec<Value> = (0..count)
        .map(|number| {
            json!({
                "added_at": "2021-03-04T05:06:07Z",
                "added_by": {
                    "external_urls": {"spotify": "https://open.spotify.com/user/jane"},
                    "href": "https://api.spotify.com/v1/users/jane",
                    "id": "jane",
                    "type": "user",
                    "uri": "spotify:user:jane",
                },
                "is_local": false,
                "primary_color": null,
                "track": track(number, markets),
                "video_thumbnail": {"url": null},
            })
        })
        .collect();
    bytes(&page(&items, "playlists/37i9dQZF1DXcBWIGoYBM5M/tracks"))
}

/// A search that found `count` tracks.
pub(crate) fn search_page(count: usize, markets: usize) -> Vec<u8> {
    let tracks: Vec<Value> = (0..count).map(|number| track(number, markets)).collect();
    bytes(&json!({"tracks": page(&tracks, "search?query=tide&type=track")}))
}

fn page(items: &[Value], path: &str) -> Value {
    let total = items.len();
    json!({
        "href": format!("https://api.spotify.com/v1/{path}"),
        "items": items,
        "limit": 100,
        "next": null,
        "offset": 0,
        "previous": null,
        "total": total,
    })
}

fn track(number: usize, markets: usize) -> Value {
    let (track, album) = (id(number), id(number + 1_000));
    json!({
        "album": {
            "album_type": "album",
            "artists": [artist(number)],
            "available_markets": codes(markets),
            "external_urls": {"spotify": format!("https://open.spotify.com/album/{album}")},
            "href": format!("https://api.spotify.com/v1/albums/{album}"),
            "id": album,
            "images": [image(640), image(300), image(64)],
            "name": format!("Low Tide, Volume {number}"),
            "release_date": "2019-11-22",
            "release_date_precision": "day",
            "total_tracks": 12,
            "type": "album",
            "uri": format!("spotify:album:{album}"),
        },
        "artists": [artist(number), artist(number + 1)],
        "available_markets": codes(markets),
        "disc_number": 1,
        "duration_ms": 188_000 + number,
        "explicit": false,
        "external_ids": {"isrc": format!("SE{number:010}")},
        "external_urls": {"spotify": format!("https://open.spotify.com/track/{track}")},
        "href": format!("https://api.spotify.com/v1/tracks/{track}"),
        "id": track,
        "is_local": false,
        "name": format!("Ebb and Flow, Part {number} (Remastered)"),
        "popularity": number % 101,
        "preview_url": null,
        "track_number": number % 12 + 1,
        "type": "track",
        "uri": format!("spotify:track:{track}"),
    })
}

fn artist(number: usize) -> Value {
    let id = id(number + 2_000);
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/artist/{id}")},
        "href": format!("https://api.spotify.com/v1/artists/{id}"),
        "id": id,
        "name": format!("The Tide Clocks {number}"),
        "type": "artist",
        "uri": format!("spotify:artist:{id}"),
    })
}

fn image(size: u32) -> Value {
    let url = format!("https://i.scdn.co/image/ab67616d0000b273{size:024x}");
    json!({"height": size, "url": url, "width": size})
}

fn id(number: usize) -> String {
    format!("{number:022}")
}

fn codes(count: usize) -> Vec<String> {
    let letters = || 'A'..='Z';
    let all = letters().flat_map(|first| letters().map(move |second| [first, second]));
    all.take(count).map(String::from_iter).collect()
}

fn bytes(json: &Value) -> Vec<u8> {
    json.to_string().into_bytes()
}
