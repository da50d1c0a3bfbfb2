//! What making playlists does: empty, filled, copied.
//!
//! A playlist that was made is there whatever comes after it: a failure while it is filled says so and
//! names the change that takes it back.

use spotify_api::{
    Client,
    endpoints::playlists::NewPlaylist,
    id::{PlaylistId, SpotifyUri},
    model::Playlist,
};

use super::{
    Confirmation, CreatePlaylist, Created, Visibility,
    copies::CopyPlaylist,
    whole::Whole,
    write::{self, ADDING},
};
use crate::{
    failure::Cause,
    journal::Change,
    sanitise,
    tools::{
        Tool as _, Tracks,
        call::{Call, Run, Text},
        gather::count,
        rendering::{Lines, name},
        resolve::{Doubts, choose::Chosen},
    },
};

/// Operations that create a playlist.
pub(super) const CREATING: &[&str] = &["create-playlist", "create-playlist-for-user"];

/// A playlist that is to be made.
struct Order<'a> {
    tool: &'static str,
    name: &'a str,
    description: Option<&'a str>,
    visibility: Visibility,
    key: Option<&'a str>,
}

impl Run for CreatePlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.tracks.iter().flat_map(Tracks::addresses).cloned().collect()
    }

    fn needs(&self) -> Vec<&'static str> {
        let tracks = self.tracks.iter();
        let tracks = tracks.flat_map(|tracks| tracks.needs().chain(ADDING.iter().copied()));
        CREATING.iter().copied().chain(tracks).collect()
    }

    async fn run(self, call: Call) -> Result<Created, Cause> {
        let client = call.client().await?;
        let order = Order {
            tool: Self::SPEC.name,
            name: &self.name,
            description: self.description.as_deref(),
            visibility: self.visibility,
            key: self.key.as_deref(),
        };
        let entries = async {
            match &self.tracks {
                Some(tracks) => tracks.choose(&call, &client).await,
                None => Ok(Chosen::default()),
            }
        };
        Box::pin(order.make(&call, &client, entries)).await
    }
}

impl Run for CopyPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        CREATING.iter().chain(ADDING).copied().collect()
    }

    async fn run(self, call: Call) -> Result<Created, Cause> {
        let client = call.client().await?;
        let order = Order {
            tool: Self::SPEC.name,
            name: &self.name,
            description: None,
            visibility: self.visibility,
            key: self.key.as_deref(),
        };
        let mut left_out = 0;
        let entries = async {
            let whole = Whole::read(&client, self.playlist.0, u32::MAX).await?;
            let (takable, out) = takable(&whole);
            left_out = out;
            Ok(Chosen::sure(takable))
        };
        let created = Box::pin(order.make(&call, &client, entries)).await?;
        Ok(Created { left_out: Some(left_out).filter(|out| *out > 0), ..created })
    }
}

/// Returns the entries that can be added to a playlist, and how many cannot.
pub(super) fn takable(whole: &Whole) -> (Vec<SpotifyUri>, u32) {
    let takable: Vec<_> = whole.uris.iter().filter(|uri| uri.fits_playlist()).cloned().collect();
    let total = whole.playlist.contents().total().unwrap_or(count(whole.uris.len()));
    let left_out = total.saturating_sub(count(takable.len()));
    (takable, left_out)
}

impl Order<'_> {
    /// Makes the playlist, or gives the one that its key made before. The entries are asked for only
    /// when they are needed.
    async fn make(
        &self,
        call: &Call,
        client: &Client,
        entries: impl Future<Output = Result<Chosen, Cause>>,
    ) -> Result<Created, Cause> {
        // Two calls with one key wait for each other, so that they make one playlist.
        let _alone = match self.key {
            Some(key) => {
                let alone = call.account.alone().await;
                if let Some(id) = call.account.journal().await?.made_with(key) {
                    return self.again(client, id).await;
                }
                Some(alone)
            }
            None => None,
        };
        let entries = entries.await?;
        let playlist = client.create_playlist(&self.new_playlist()).await?;
        // The client refuses an answer without an id.
        let id = playlist.id.ok_or(Cause::Unwritable)?;
        let change = Change::Created { playlist: id, key: self.key.map(ToOwned::to_owned) };
        let change = call.keep(self.tool, change).await;
        let unkept = self.key.filter(|_| change.is_none());
        let warning = unkept
            .map(|_| "the key could not be kept: the same key makes another playlist".to_owned());
        let created = self.created(id, &playlist, change, warning);
        let created = match entries.uris.as_slice() {
            [] => created,
            _ => created.fill(call, client, id, &entries).await?,
        };
        Ok(Created { doubts: entries.doubts, ..created })
    }

    fn new_playlist(&self) -> NewPlaylist {
        let new = match self.visibility {
            Visibility::Private => NewPlaylist::private(self.name),
            Visibility::Public => NewPlaylist::public(self.name),
            Visibility::Collaborative => NewPlaylist::collaborative(self.name),
        };
        match self.description {
            Some(description) if !description.is_empty() => new.description(description),
            _ => new,
        }
    }

    /// Tells of the playlist that the key made before.
    async fn again(&self, client: &Client, id: PlaylistId) -> Result<Created, Cause> {
        let playlist = client.playlist(id).await?;
        let warning = Some("the key made this playlist before; none was created".to_owned());
        let total = playlist.contents().total();
        Ok(Created { total, ..self.created(id, &playlist, None, warning) })
    }

    fn created(
        &self,
        id: PlaylistId,
        playlist: &Playlist,
        change: Option<u64>,
        warning: Option<String>,
    ) -> Created {
        let visibility = Visibility::of(playlist).unwrap_or(self.visibility);
        let other = (visibility != self.visibility).then(|| {
            let (asked, is) = (self.visibility.as_str(), visibility.as_str());
            format!("asked for {asked}, but Spotify reports {is}")
        });
        Created {
            uri: id.uri().to_string(),
            name: name(playlist.name.as_deref()).unwrap_or_else(|| sanitise::name(self.name)),
            visibility,
            state: Confirmation::Accepted,
            snapshot_id: playlist.snapshot_id.as_ref().map(|id| sanitise::mark(id.as_str())),
            link: id.url(),
            total: None,
            left_out: None,
            doubts: Doubts::default(),
            change,
            warning: warning.or(other),
        }
    }
}

impl Created {
    /// Adds entries to the playlist that was just made, and reads it back.
    async fn fill(
        self,
        call: &Call,
        client: &Client,
        id: PlaylistId,
        entries: &Chosen,
    ) -> Result<Self, Cause> {
        let added = write::add(call, client, id, entries, None).await;
        let snapshot = added.map_err(|error| {
            let undo = self.change.map(|change| format!(" (undo with change {change})"));
            let undo = undo.unwrap_or_default();
            let done = format!("the playlist {} was created{undo}", self.uri);
            Cause::Partly { done, source: Box::new(error.into()) }
        })?;
        let after = write::read(client, id).await;
        let seen = after.as_ref().and_then(|playlist| playlist.snapshot_id.as_ref());
        let state = Confirmation::of(seen == Some(&snapshot));
        Ok(Self {
            state,
            snapshot_id: Some(sanitise::mark(snapshot.as_str())),
            total: after.and_then(|playlist| playlist.contents().total()),
            ..self
        })
    }
}

impl Text for Created {
    fn text(&self) -> String {
        let lines = Lines::new(format!(
            "The {} playlist \"{}\" is there.",
            self.visibility.as_str(),
            self.name
        ))
        .field("state", Some(self.state.as_str()))
        .field("tracks", self.total.map(|total| total.to_string()))
        .field(
            "left out, for Spotify takes them from no app",
            self.left_out.map(|out| out.to_string()),
        )
        .field("uri", Some(&self.uri))
        .field("snapshot_id", self.snapshot_id.as_ref())
        .field("link", Some(&self.link))
        .field("undo with change", self.change.map(|change| change.to_string()))
        .field("warning", self.warning.as_ref());
        self.doubts.write(lines).finish()
    }
}
