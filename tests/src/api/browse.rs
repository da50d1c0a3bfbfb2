//! What Spotify puts forward: categories, new releases, featured playlists, and where it is.

use serde_json::{Value, json};

use super::{
    Answer, Cx, Done, Refusal,
    paging::{ANY_OFFSET, Page},
    render::{View, images},
};
use crate::{
    accounts::user::SPOTIFY,
    catalogue::{categories, markets},
    regime::PageSize,
};

/// How many releases count as new.
const NEW_RELEASES: usize = 100;

/// `get-available-markets`
#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub(super) fn markets(_: &mut Cx<'_>) -> Answer {
    Ok(Done::ok(json!({ "markets": markets::ALL })))
}

/// `get-new-releases`
pub(super) fn new_releases(cx: &mut Cx<'_>) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    let view = cx.view();
    let newest = view.catalogue.newest_albums().into_iter().take(NEW_RELEASES);
    let base = format!("{}/browse/new-releases", view.api);
    let albums = page.render(newest, &base, &[], |index| view.simple_album(index));
    Ok(Done::ok(json!({ "albums": albums })))
}

/// `get-categories`
pub(super) fn categories(cx: &mut Cx<'_>) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    let view = cx.view();
    let base = format!("{}/browse/categories", view.api);
    let categories =
        page.render(categories::ALL.iter(), &base, &[], |&(id, name)| view.category(id, name));
    Ok(Done::ok(json!({ "categories": categories })))
}

/// `get-a-category`
pub(super) fn category(cx: &mut Cx<'_>) -> Answer {
    let (id, name) = known_category(cx)?;
    Ok(Done::ok(cx.view().category(id, name)))
}

/// `get-a-categories-playlists`
pub(super) fn category_playlists(cx: &mut Cx<'_>) -> Answer {
    let (id, name) = known_category(cx)?;
    playlists(cx, &format!("browse/categories/{id}/playlists"), name)
}

/// `get-featured-playlists`
pub(super) fn featured_playlists(cx: &mut Cx<'_>) -> Answer {
    playlists(cx, "browse/featured-playlists", "Good day")
}

/// Lists the playlists of Spotify itself, which is all that the simulator puts forward anywhere.
fn playlists(cx: &Cx<'_>, path: &str, message: &str) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    let view = cx.view();
    let own: Vec<_> =
        cx.world.playlists.all().filter(|playlist| playlist.owner == SPOTIFY).collect();
    let base = format!("{}/{path}", view.api);
    let playlists =
        page.render(own.into_iter(), &base, &[], |playlist| view.simple_playlist(playlist));
    Ok(Done::ok(json!({ "message": message, "playlists": playlists })))
}

fn known_category(cx: &Cx<'_>) -> Result<(&'static str, &'static str), Refusal> {
    let found = categories::ALL.iter().find(|(id, _)| *id == cx.parameter());
    found.copied().ok_or(Refusal::NotFound)
}

impl View<'_> {
    fn category(&self, id: &str, name: &str) -> Value {
        json!({
            "href": format!("{}/browse/categories/{id}", self.api),
            "icons": images(id),
            "id": id,
            "name": name,
        })
    }
}
