//! Whom a user follows: artists and other users.

use serde_json::json;
use url::form_urlencoded::Serializer;

use super::{Answer, Cx, Done, Refusal, ids, paging::Page};
use crate::{kind::Kind, regime::PageSize};

/// How many ids one request may name.
const MAX_IDS: usize = 50;

/// `get-followed`
pub(super) fn list(cx: &mut Cx<'_>) -> Answer {
    if kind(cx)? != Kind::Artist {
        return Err(Refusal::BadRequest("Invalid type: only artist is supported".to_owned()));
    }
    let limit = Page::of(cx.call, PageSize::USUAL, 0)?.limit;
    let followed: Vec<_> = cx.world.libraries.list(cx.user()?, Kind::Artist).collect();
    let after = cx.call.parameter("after");
    let start = match after {
        None => 0,
        Some(after) => followed
            .iter()
            .position(|saved| saved.id == after)
            .map(|last| last + 1)
            .ok_or_else(|| Refusal::BadRequest("Invalid cursor".to_owned()))?,
    };
    let view = cx.view();
    let page: Vec<_> = followed.iter().skip(start).take(limit).collect();
    let items = page.iter().filter_map(|saved| view.catalogue.find(Kind::Artist, &saved.id));
    let items: Vec<_> = items.map(|index| view.artist(index)).collect();
    let more = start + page.len() < followed.len();
    let cursor = page.last().filter(|_| more).map(|saved| saved.id.as_str());
    let link = |after: Option<&str>| {
        let mut query = Serializer::new(String::new());
        query.append_pair("type", "artist");
        query.extend_pairs(after.map(|after| ("after", after)));
        query.append_pair("limit", &limit.to_string());
        format!("{}/me/following?{}", view.api, query.finish())
    };
    Ok(Done::ok(json!({ "artists": {
        "cursors": { "after": cursor },
        "href": link(after),
        "items": items,
        "limit": limit,
        "next": cursor.map(|cursor| link(Some(cursor))),
        "total": followed.len(),
    } })))
}

/// `follow-artists-users`
pub(super) fn follow(cx: &mut Cx<'_>) -> Answer {
    let (kind, user, now) = (kind(cx)?, cx.user()?.to_owned(), cx.world.clock.now());
    let ids = named(cx, kind)?;
    let exists = |id: &String| match kind {
        Kind::User => cx.world.users.contains_key(id),
        kind => cx.world.catalogue.has(kind, id),
    };
    if !ids.iter().all(exists) {
        return Err(Refusal::unknown_id());
    }
    for id in ids {
        cx.world.libraries.save(&user, kind, &id, now);
    }
    Ok(Done::no_content())
}

/// `unfollow-artists-users`
pub(super) fn unfollow(cx: &mut Cx<'_>) -> Answer {
    let (kind, user) = (kind(cx)?, cx.user()?.to_owned());
    for id in named(cx, kind)? {
        cx.world.libraries.remove(&user, kind, &id);
    }
    Ok(Done::no_content())
}

/// `check-current-user-follows`
pub(super) fn contains(cx: &mut Cx<'_>) -> Answer {
    let (kind, user) = (kind(cx)?, cx.user()?);
    let ids = checked(ids::in_query(cx, MAX_IDS)?, kind)?;
    let followed = ids.iter().map(|id| cx.world.libraries.contains(user, kind, id));
    Ok(Done::ok(followed.collect()))
}

fn kind(cx: &Cx<'_>) -> Result<Kind, Refusal> {
    match cx.call.parameter("type") {
        Some("artist") => Ok(Kind::Artist),
        Some("user") => Ok(Kind::User),
        Some(other) => Err(Refusal::BadRequest(format!("Invalid type: {other}"))),
        None => Err(Refusal::MissingField("type")),
    }
}

fn named(cx: &Cx<'_>, kind: Kind) -> Result<Vec<String>, Refusal> {
    checked(ids::in_query_or_body(cx, MAX_IDS, MAX_IDS)?, kind)
}

/// A user's id may be any text, an artist's may not.
fn checked(ids: Vec<String>, kind: Kind) -> Result<Vec<String>, Refusal> {
    if kind == Kind::User { Ok(ids) } else { ids::well_formed(ids) }
}
