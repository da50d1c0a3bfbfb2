//! What can be read about playback.

use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::super::{
    Answer, Cx, Done, Refusal,
    paging::Page,
    render::{View, encode_segment, object, put},
};
use crate::{
    player::{Context, Device, Played, Player, Session},
    playlists::Content,
    regime::PageSize,
};

/// `get-information-about-the-users-current-playback`
pub(in crate::api) fn state(cx: &mut Cx<'_>) -> Answer {
    let player = player(cx)?;
    let device = player.active().and_then(|active| player.devices.get(active));
    let (Some(device), Some(session)) = (device, &player.session) else {
        return Ok(Done::no_content());
    };
    let mut shown = playing(&cx.view(), player, session);
    put(&mut shown, "device", shown_device(device, true));
    put(&mut shown, "repeat_state", player.repeat.as_str());
    put(&mut shown, "shuffle_state", player.shuffle);
    // Not in the reference (N47).
    put(&mut shown, "smart_shuffle", false);
    Ok(Done::ok(shown))
}

/// `get-the-users-currently-playing-track`
pub(in crate::api) fn currently_playing(cx: &mut Cx<'_>) -> Answer {
    let player = player(cx)?;
    match (player.active(), &player.session) {
        (Some(_), Some(session)) => Ok(Done::ok(playing(&cx.view(), player, session))),
        _ => Ok(Done::no_content()),
    }
}

/// `get-a-users-available-devices`
pub(in crate::api) fn devices(cx: &mut Cx<'_>) -> Answer {
    let player = player(cx)?;
    let devices = player.devices.iter().enumerate();
    let shown = devices.map(|(at, device)| shown_device(device, player.active() == Some(at)));
    Ok(Done::ok(json!({ "devices": shown.collect::<Vec<_>>() })))
}

/// `get-queue`
pub(in crate::api) fn queue(cx: &mut Cx<'_>) -> Answer {
    // The reference names two scopes; the first one is in the table of routes.
    cx.need("user-read-playback-state")?;
    let (player, view) = (player(cx)?, cx.view());
    let current = player.session.as_ref().map(|session| view.content(&session.current));
    let coming = player.coming();
    let coming = coming.iter().map(|content| view.content(content));
    let shown = json!({ "currently_playing": current, "queue": coming.collect::<Vec<_>>() });
    Ok(Done::ok(shown))
}

/// `get-recently-played`
pub(in crate::api) fn recently_played(cx: &mut Cx<'_>) -> Answer {
    let limit = Page::of(cx.call, PageSize::USUAL, 0)?.limit;
    let (before, after) = (cursor(cx, "before")?, cursor(cx, "after")?);
    if before.is_some() && after.is_some() {
        let message = "Use either before or after".to_owned();
        return Err(Refusal::BadRequest(message));
    }
    let (player, view) = (player(cx)?, cx.view());
    let at = |played: &&Played| played.at.as_millisecond();
    let wanted: Vec<_> = player
        .history
        .iter()
        .filter(|played| before.is_none_or(|before| at(played) < before))
        .filter(|played| after.is_none_or(|after| at(played) > after))
        .collect();
    // Whoever pages forward gets the oldest of what came after, everybody else the newest.
    let first = if after.is_some() { 0 } else { wanted.len().saturating_sub(limit) };
    let page: Vec<_> = wanted.iter().skip(first).take(limit).rev().collect();
    let ends = page.first().zip(page.last()).map(|(newest, oldest)| (at(newest), at(oldest)));
    let link = |name: &str, cursor: i64| {
        let mut query = Serializer::new(String::new());
        query.append_pair(name, &cursor.to_string());
        query.append_pair("limit", &limit.to_string());
        format!("{}/me/player/recently-played?{}", view.api, query.finish())
    };
    let more = page.len() < wanted.len();
    let next = ends.filter(|_| more).map(|(newest, oldest)| match after {
        Some(_) => link("after", newest),
        None => link("before", oldest),
    });
    // An empty page has no cursors (N18).
    let cursors = ends.map(
        |(newest, oldest)| json!({ "after": newest.to_string(), "before": oldest.to_string() }),
    );
    let items = page.iter().map(|played| view.played(played));
    Ok(Done::ok(json!({
        "cursors": cursors,
        "href": format!("{}/me/player/recently-played", view.api),
        "items": items.collect::<Vec<_>>(),
        "limit": limit,
        "next": next,
    })))
}

fn player<'a>(cx: &'a Cx<'_>) -> Result<&'a Player, Refusal> {
    cx.world.players.get(cx.user()?).ok_or(Refusal::NotFound)
}

fn cursor(cx: &Cx<'_>, name: &'static str) -> Result<Option<i64>, Refusal> {
    let number = cx.call.parameter(name).map(str::parse).transpose();
    number.map_err(|_| Refusal::BadRequest(format!("Invalid {name}")))
}

fn shown_device(device: &Device, active: bool) -> Value {
    json!({
        "id": device.id,
        "is_active": active,
        "is_private_session": false,
        "is_restricted": device.restricted,
        "name": device.name,
        "supports_volume": device.volume.is_some(),
        "type": device.kind,
        "volume_percent": device.volume,
    })
}

/// The fields that the state and the current item have in common.
fn playing(view: &View<'_>, player: &Player, session: &Session) -> Value {
    let episode = matches!(session.current, Content::Episode(_));
    // Clients that do not ask for episodes get none.
    let hidden = episode && !view.episodes_asked;
    let item = if hidden { Value::Null } else { view.content(&session.current) };
    let disallowed = if session.playing { "resuming" } else { "pausing" };
    let actions = json!({ "disallows": { disallowed: true } });
    object([
        ("actions", actions),
        ("context", json!(session.context.as_ref().map(|context| view.context(context)))),
        ("currently_playing_type", json!(if episode { "episode" } else { "track" })),
        ("is_playing", json!(session.playing)),
        ("item", item),
        ("progress_ms", json!(session.progress_ms)),
        ("timestamp", json!(player.changed_at.as_millisecond())),
    ])
}

impl View<'_> {
    fn played(&self, played: &Played) -> Value {
        object([
            ("context", json!(played.context.as_ref().map(|context| self.context(context)))),
            ("played_at", json!(milliseconds(played.at))),
            ("track", self.track(played.track)),
        ])
    }

    fn context(&self, context: &Context) -> Value {
        let Context { kind, id } = context;
        let api = self.api;
        if *kind == "collection" {
            let user = encode_segment(id);
            return json!({
                "external_urls": { "spotify": "https://open.spotify.com/collection/tracks" },
                "href": format!("{api}/me/tracks"),
                "type": kind,
                "uri": format!("spotify:user:{user}:collection"),
            });
        }
        json!({
            "external_urls": { "spotify": format!("https://open.spotify.com/{kind}/{id}") },
            "href": format!("{api}/{kind}s/{id}"),
            "type": kind,
            "uri": format!("spotify:{kind}:{id}"),
        })
    }
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
fn milliseconds(time: Timestamp) -> String {
    format!("{time:.3}")
}
