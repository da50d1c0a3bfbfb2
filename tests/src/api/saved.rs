//! The endpoints that each kind of saved thing has of its own.
//!
//! They are the same for all five kinds, but that a list of audiobooks holds the bare audiobooks
//! (N44).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Answer, Cx, Done, Refusal, ids,
    items::{Item, find},
    paging::{ANY_OFFSET, Page},
    render::{View, object, seconds},
};
use crate::{kind::Kind, libraries::Saved, regime::PageSize};

/// How many ids a body may hold.
const MAX_IN_BODY: usize = 50;

/// `GET /me/{kind}s`
pub(super) fn list<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    let view = cx.view();
    let base = format!("{}/me/{}s", view.api, I::KIND.as_str());
    let saved = cx.world.libraries.list(cx.user()?, I::KIND);
    Ok(Done::ok(page.render(saved, &base, &[], |saved| entry::<I>(&view, saved))))
}

fn entry<I: Item>(view: &View<'_>, saved: &Saved) -> Value {
    let item = find::<I>(view, &saved.id).map_or(Value::Null, |index| I::in_library(view, index));
    match I::KIND {
        Kind::Audiobook => item,
        kind => object([("added_at", json!(seconds(saved.added_at))), (kind.as_str(), item)]),
    }
}

/// `PUT /me/{kind}s`
pub(super) fn save<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let user = cx.user()?.to_owned();
    let now = cx.world.clock.now();
    let chosen = match timestamped(cx)? {
        Some(chosen) => chosen,
        None => named::<I>(cx)?.into_iter().map(|id| (id, now)).collect(),
    };
    if !chosen.iter().all(|(id, _)| cx.world.catalogue.has(I::KIND, id)) {
        return Err(Refusal::unknown_id());
    }
    for (id, added_at) in chosen {
        cx.world.libraries.save(&user, I::KIND, &id, added_at);
    }
    Ok(Done::empty())
}

/// `DELETE /me/{kind}s`
pub(super) fn remove<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let user = cx.user()?.to_owned();
    for id in named::<I>(cx)? {
        cx.world.libraries.remove(&user, I::KIND, &id);
    }
    Ok(Done::empty())
}

/// `GET /me/{kind}s/contains`
pub(super) fn contains<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let ids = ids::well_formed(ids::in_query(cx, I::MAX_IDS)?)?;
    let user = cx.user()?;
    let contained = ids.iter().map(|id| cx.world.libraries.contains(user, I::KIND, id));
    Ok(Done::ok(json!(contained.collect::<Vec<_>>())))
}

fn named<I: Item>(cx: &Cx<'_>) -> Result<Vec<String>, Refusal> {
    ids::well_formed(ids::in_query_or_body(cx, I::MAX_IDS, MAX_IN_BODY)?)
}

/// Reads the field `timestamped_ids`, which wins over every `ids`, as the reference says.
fn timestamped(cx: &Cx<'_>) -> Result<Option<Vec<(String, Timestamp)>>, Refusal> {
    let Ok(body) = serde_json::from_slice::<Value>(&cx.call.body) else { return Ok(None) };
    let Some(entries) = body.get("timestamped_ids").and_then(Value::as_array) else {
        return Ok(None);
    };
    if entries.len() > MAX_IN_BODY {
        return Err(Refusal::TooManyIds);
    }
    let read = entries.iter().map(|entry| {
        let id = entry.get("id")?.as_str()?.to_owned();
        let added_at = entry.get("added_at")?.as_str()?.parse().ok()?;
        Some((id, added_at))
    });
    let read: Option<Vec<_>> = read.collect();
    read.map(Some).ok_or(Refusal::MissingField("timestamped_ids"))
}
