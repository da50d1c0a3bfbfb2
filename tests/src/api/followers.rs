//! Who follows a playlist.

use serde_json::{Map, Value, json};

use super::{
    Answer, Cx, Done, Refusal,
    playlists::{scope_to_change, visible},
};

/// `follow-playlist`
pub(super) fn follow(cx: &mut Cx<'_>) -> Answer {
    let body = if cx.call.body.is_empty() { Map::new() } else { cx.json()? };
    let public = match body.get("public") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(public)) => *public,
        Some(_) => return Err(Refusal::BadRequest("Invalid value for field: public".to_owned())),
    };
    cx.need(scope_to_change(public))?;
    let (user, id) = (cx.user()?.to_owned(), visible(cx)?.id.clone());
    cx.world.playlists.save(&user, &id);
    Ok(Done::empty())
}

/// `unfollow-playlist`
pub(super) fn unfollow(cx: &mut Cx<'_>) -> Answer {
    let (user, id) = (cx.user()?.to_owned(), visible(cx)?.id.clone());
    cx.world.playlists.forget(&user, &id);
    Ok(Done::empty())
}

/// `check-if-user-follows-playlist`
pub(super) fn contains(cx: &mut Cx<'_>) -> Answer {
    let (user, id) = (cx.user()?, &visible(cx)?.id);
    // The parameter is deprecated and may name nobody but the caller.
    if cx.call.parameter("ids").is_some_and(|ids| ids != user) {
        return Err(Refusal::BadRequest("Invalid ids".to_owned()));
    }
    Ok(Done::ok(json!([cx.world.playlists.is_saved(user, id)])))
}
