//! Artists.

use serde_json::{Value, json};

use super::{
    Answer, Cx, Done, Refusal,
    items::{Item, found},
    paging::{ANY_OFFSET, Page},
    render::View,
};
use crate::{
    catalogue::{Catalogue, Index},
    kind::Kind,
};

/// Artists.
#[derive(Debug)]
pub(super) enum Artists {}

impl Item for Artists {
    const KIND: Kind = Kind::Artist;

    fn full(view: &View<'_>, index: Index) -> Value {
        view.artist(index)
    }
}

/// How an artist can take part in an album.
const GROUPS: [&str; 4] = ["album", "single", "compilation", "appears_on"];

/// `get-an-artists-albums`
pub(super) fn albums(cx: &mut Cx<'_>) -> Answer {
    let artist = found::<Artists>(cx)?;
    let page = Page::of(cx.call, cx.caller.regime.small_page(), ANY_OFFSET)?;
    let wanted = cx.call.parameter("include_groups");
    let groups: Vec<&str> =
        wanted.map_or_else(|| GROUPS.to_vec(), |text| text.split(',').collect());
    if groups.iter().any(|group| !GROUPS.contains(group)) {
        return Err(Refusal::BadRequest("Invalid include_groups".to_owned()));
    }
    let view = cx.view();
    let albums: Vec<_> = view
        .catalogue
        .artist(artist)
        .albums
        .iter()
        .map(|&album| (album, group(view.catalogue, artist, album)))
        .filter(|(_, group)| groups.contains(group))
        .collect();
    let base = format!("{}/artists/{}/albums", view.api, view.catalogue.artist(artist).id);
    let groups = wanted.map(|text| ("include_groups", text));
    let body = page.render(albums.into_iter(), &base, groups.as_slice(), |(album, group)| {
        view.discography_album(album, group)
    });
    Ok(Done::ok(body))
}

fn group(catalogue: &Catalogue, artist: Index, album: Index) -> &'static str {
    let album = catalogue.album(album);
    if album.artists.first() == Some(&artist) { album.kind } else { "appears_on" }
}

/// `get-an-artists-related-artists`
pub(super) fn related(cx: &mut Cx<'_>) -> Answer {
    let artist = found::<Artists>(cx)?;
    let view = cx.view();
    let related = view.catalogue.related_artists(artist).into_iter().take(20);
    let related = related.map(|index| view.artist(index));
    Ok(Done::ok(json!({ "artists": related.collect::<Vec<_>>() })))
}

/// `get-an-artists-top-tracks`
pub(super) fn top_tracks(cx: &mut Cx<'_>) -> Answer {
    let artist = found::<Artists>(cx)?;
    let view = cx.view();
    let tracks = view.catalogue.top_tracks(artist).into_iter();
    let top = tracks.take(10).map(|track| view.track(track));
    Ok(Done::ok(json!({ "tracks": top.collect::<Vec<_>>() })))
}
