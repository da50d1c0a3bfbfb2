//! Playlists: lists of them, their details, new ones.

use serde_json::{Map, Value, json};

use super::{Answer, Cx, Done, Refusal, fields::select, paging::Page, render_playlist::list_url};
use crate::{playlists::Playlist, regime::PageSize};

/// The last offset that lists of playlists accept.
const LAST_OFFSET: usize = 100_000;
/// How many playlists a user may have.
const MAX_PLAYLISTS: usize = 11_000;

/// `get-a-list-of-current-users-playlists`
pub(super) fn mine(cx: &mut Cx<'_>) -> Answer {
    let user = cx.user()?.to_owned();
    list(cx, &user)
}

/// `get-list-users-playlists`
pub(super) fn of_user(cx: &mut Cx<'_>) -> Answer {
    let user = cx.parameter().to_owned();
    if !cx.world.users.contains_key(&user) {
        return Err(Refusal::NotFound);
    }
    list(cx, &user)
}

fn list(cx: &Cx<'_>, user: &str) -> Answer {
    let page = Page::of(cx.call, PageSize::USUAL, LAST_OFFSET)?;
    let own = cx.user()? == user;
    let collaborative = cx.need("playlist-read-collaborative").is_ok();
    let view = cx.view();
    let shown = cx.world.playlists.of_user(user).into_iter().filter(|playlist| {
        // Collaborative playlists need a scope of their own; other people's private ones are
        // nobody's business.
        (collaborative || !playlist.collaborative) && (own || playlist.public)
    });
    let shown: Vec<_> = shown.collect();
    let body = page.render(shown.into_iter(), &list_url(view.api, user), &[], |playlist| {
        // A playlist that the app does not get is null in the list (N05).
        if view.hides(playlist) { Value::Null } else { view.simple_playlist(playlist) }
    });
    Ok(Done::ok(body))
}

/// `get-playlist`
pub(super) fn one(cx: &mut Cx<'_>) -> Answer {
    let playlist = visible(cx)?;
    Ok(Done::ok(select(cx.call, cx.view().playlist(playlist))?))
}

/// Finds the playlist of the path if the caller may see it.
pub(super) fn visible<'a>(cx: &'a Cx<'_>) -> Result<&'a Playlist, Refusal> {
    let playlist = cx.world.playlists.get(&cx.id()?).ok_or(Refusal::NotFound)?;
    if cx.view().hides(playlist) {
        return Err(Refusal::NotFound);
    }
    // `public` is about profiles and search: whoever knows the id can read the playlist. Reading
    // one's own private playlists is what the scope is for.
    if !playlist.public && cx.caller.user.as_deref() == Some(&playlist.owner) {
        cx.need("playlist-read-private")?;
    }
    Ok(playlist)
}

/// Finds the playlist of the path if the caller may change it.
pub(super) fn editable<'a>(cx: &'a mut Cx<'_>) -> Result<&'a mut Playlist, Refusal> {
    let id = cx.id()?;
    let user = cx.user()?.to_owned();
    let playlist = cx.world.playlists.get(&id).ok_or(Refusal::NotFound)?;
    if !playlist.is_editable_by(&user) {
        return Err(Refusal::NotYours);
    }
    cx.need(scope_to_change(playlist.public))?;
    cx.world.playlists.get_mut(&id).ok_or(Refusal::NotFound)
}

pub(super) const fn scope_to_change(public: bool) -> &'static str {
    if public { "playlist-modify-public" } else { "playlist-modify-private" }
}

/// `create-playlist`
pub(super) fn create(cx: &mut Cx<'_>) -> Answer {
    let user = cx.user()?.to_owned();
    let details = Details::of(&cx.json()?)?;
    let name = details.name.clone().ok_or(Refusal::MissingField("name"))?;
    let public = details.public.unwrap_or(true);
    cx.need(scope_to_change(public))?;
    if cx.world.playlists.of_user(&user).len() >= MAX_PLAYLISTS {
        return Err(Refusal::BadRequest("Too many playlists".to_owned()));
    }
    let mut playlist = Playlist::new(cx.world.random.id(), user, name);
    details.apply(&mut playlist)?;
    let id = playlist.id.clone();
    cx.world.playlists.create(playlist);
    let made = cx.world.playlists.get(&id).ok_or(Refusal::NotFound)?;
    Ok(Done::created(cx.view().playlist(made)))
}

/// `create-playlist-for-user`
pub(super) fn create_for_user(cx: &mut Cx<'_>) -> Answer {
    if cx.user()? != cx.parameter() {
        return Err(Refusal::NotYours);
    }
    create(cx)
}

/// `change-playlist-details`
pub(super) fn change(cx: &mut Cx<'_>) -> Answer {
    let details = Details::of(&cx.json()?)?;
    let playlist = editable(cx)?;
    details.apply(playlist)?;
    playlist.record();
    Ok(Done::empty())
}

/// What a request says about a playlist.
#[derive(Debug)]
struct Details {
    name: Option<String>,
    description: Option<String>,
    public: Option<bool>,
    collaborative: Option<bool>,
}

impl Details {
    fn of(body: &Map<String, Value>) -> Result<Self, Refusal> {
        let wrong = |name: &str| Refusal::BadRequest(format!("Invalid value for field: {name}"));
        let text = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong(name)),
        };
        let flag = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong(name)),
        };
        let name = text("name")?;
        if name.as_ref().is_some_and(String::is_empty) {
            return Err(Refusal::MissingField("name"));
        }
        Ok(Self {
            name,
            description: text("description")?,
            public: flag("public")?,
            collaborative: flag("collaborative")?,
        })
    }

    fn apply(self, playlist: &mut Playlist) -> Result<(), Refusal> {
        let public = self.public.unwrap_or(playlist.public);
        let collaborative = self.collaborative.unwrap_or(playlist.collaborative);
        if public && collaborative {
            let message = "A collaborative playlist cannot be public";
            return Err(Refusal::BadRequest(message.to_owned()));
        }
        playlist.public = public;
        playlist.collaborative = collaborative;
        if let Some(name) = self.name {
            playlist.name = name;
        }
        if let Some(description) = self.description {
            playlist.description = Some(description);
        }
        Ok(())
    }
}

/// Returns the answer to a write.
pub(super) fn snapshot(playlist: &Playlist) -> Value {
    json!({ "snapshot_id": playlist.snapshot() })
}
