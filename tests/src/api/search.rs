//! `GET /search`.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{
    Answer, Cx, Done, Refusal, audiobooks::Audiobooks, episodes::Episodes, items::Item,
    paging::Page, render::View, shows::Shows,
};
use crate::{
    catalogue::{
        Index,
        fold::fold,
        search::{Query, plain},
    },
    playlists::Playlist,
    regime::PageSize,
};

/// The last offset that search accepts.
const LAST_OFFSET: usize = 1_000;

/// `search`
pub(super) fn search(cx: &mut Cx<'_>) -> Answer {
    let text = cx.call.parameter("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Refusal::BadRequest("No search query".to_owned()))?;
    let types = cx.call.parameter("type").filter(|types| !types.is_empty());
    let types = types.ok_or_else(|| Refusal::BadRequest("Missing parameter type".to_owned()))?;
    let size: PageSize = cx.caller.regime.small_page();
    let page = Page::of(cx.call, size, LAST_OFFSET)?;
    // Whether hosted audio is included makes no difference here: there is none.
    if cx.call.parameter("include_external").is_some_and(|external| external != "audio") {
        return Err(Refusal::BadRequest("Invalid include_external".to_owned()));
    }
    let query = Query::parse(text);
    let today = cx.world.clock.now().to_zoned(TimeZone::UTC).date();
    // The links repeat the query under another name, and the language (N42).
    let locale = cx.call.header("accept-language").unwrap_or("*");
    let view = cx.view();
    let mut body = Map::new();
    for kind in types.split(',') {
        let extra = [("query", text), ("type", kind), ("locale", locale)];
        let found = Listing { view: &view, page, extra: &extra };
        let (name, list) = match kind {
            "track" => ("tracks", found.of(view.catalogue.search_tracks(&query), View::track)),
            "album" => (
                "albums",
                found.of(view.catalogue.search_albums(&query, today), View::simple_album),
            ),
            "artist" => ("artists", found.of(view.catalogue.search_artists(&query), View::artist)),
            "show" => {
                let hits = sold::<Shows>(&view, view.catalogue.search_shows(&query));
                ("shows", found.of(hits, View::simple_show))
            }
            "episode" => {
                let hits = sold::<Episodes>(&view, view.catalogue.search_episodes(&query));
                ("episodes", found.of(hits, View::simple_episode))
            }
            "audiobook" => {
                let hits = sold::<Audiobooks>(&view, view.catalogue.search_audiobooks(&query));
                ("audiobooks", found.of(hits, View::simple_audiobook))
            }
            "playlist" => {
                let hits = playlists(cx, &query);
                ("playlists", found.of(hits, |view, playlist| found_playlist(view, playlist)))
            }
            other => {
                return Err(Refusal::BadRequest(format!("Bad search type field {other}")));
            }
        };
        body.insert(name.to_owned(), list);
    }
    Ok(Done::ok(Value::Object(body)))
}

struct Listing<'a> {
    view: &'a View<'a>,
    page: Page,
    extra: &'a [(&'a str, &'a str)],
}

impl<'a> Listing<'a> {
    fn of<T>(&self, hits: Vec<T>, render: impl Fn(&'a View<'a>, T) -> Value) -> Value {
        let base = format!("{}/search", self.view.api);
        self.page.render(hits.into_iter(), &base, self.extra, |hit| render(self.view, hit))
    }
}

/// Leaves what the caller can have.
fn sold<I: Item>(view: &View<'_>, mut hits: Vec<Index>) -> Vec<Index> {
    hits.retain(|&index| I::is_sold(view, index));
    hits
}

/// Returns the public playlists that match.
fn playlists<'a>(cx: &'a Cx<'_>, query: &Query) -> Vec<&'a Playlist> {
    let public: Vec<_> = cx.world.playlists.all().filter(|playlist| playlist.public).collect();
    let folded: Vec<_> = public.iter().map(|playlist| fold(&playlist.name)).collect();
    let texts = folded.iter().zip(&public);
    let texts = texts.map(|(name, playlist)| {
        (name.as_str(), playlist.description.as_deref().unwrap_or_default())
    });
    plain(query, texts).into_iter().filter_map(|index| public.get(index).copied()).collect()
}

/// A playlist that the app does not get is null in the list (N04).
fn found_playlist(view: &View<'_>, playlist: &Playlist) -> Value {
    if view.hides(playlist) { Value::Null } else { view.simple_playlist(playlist) }
}
