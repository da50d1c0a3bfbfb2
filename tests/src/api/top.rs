//! `GET /me/top/{type}`: what a user listens to most.

use super::{
    Answer, Cx, Done, Refusal,
    paging::{ANY_OFFSET, Page},
};
use crate::{catalogue::Index, kind::Kind, random::Random, regime::PageSize};

/// How many entries each list has.
const LENGTH: usize = 80;

/// `get-users-top-artists-and-tracks`
pub(super) fn list(cx: &mut Cx<'_>) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    let range = cx.call.parameter("time_range").unwrap_or("medium_term");
    if !["long_term", "medium_term", "short_term"].contains(&range) {
        return Err(Refusal::BadRequest("Invalid time_range".to_owned()));
    }
    let view = cx.view();
    let (kind, all) = match cx.parameter() {
        "artists" => (Kind::Artist, view.catalogue.artists.len()),
        "tracks" => (Kind::Track, view.catalogue.tracks.len()),
        _ => return Err(Refusal::BadRequest("Invalid type".to_owned())),
    };
    // An order that depends on the user and the range alone.
    let mut random = Random::of(&format!("{}/{range}", cx.user()?));
    let mut top: Vec<(u64, Index)> = (0..all).map(|index| (random.next(), index)).collect();
    top.sort_unstable();
    top.truncate(LENGTH);
    let base = format!("{}/me/top/{}s", view.api, kind.as_str());
    let extra = [("time_range", range)];
    let shown = page.render(top.into_iter(), &base, &extra, |(_, index)| match kind {
        Kind::Artist => view.artist(index),
        _ => view.track(index),
    });
    Ok(Done::ok(shown))
}
