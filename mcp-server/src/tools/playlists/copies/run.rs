//! What splitting a playlist does.

use std::collections::BTreeSet;

use spotify_api::{
    Client, PageRequest,
    endpoints::playlists::NewPlaylist,
    id::{PlaylistId, SpotifyUri},
    model::SnapshotId,
};

use super::{Part, Parts, SplitPlaylist};
use crate::{
    failure::Cause,
    journal::Change,
    sanitise,
    tools::{
        Tool as _,
        call::{Call, Run, Text},
        gather::count,
        playlists::{
            Confirmation,
            create::{CREATING, takable},
            whole::Whole,
            write::ADDING,
        },
        rendering::{Lines, joined, name},
    },
};

/// The most characters of a playlist's name that go before its number.
const NAME: usize = 90;

impl Run for SplitPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        CREATING.iter().chain(ADDING).copied().collect()
    }

    async fn run(self, call: Call) -> Result<Parts, Cause> {
        let client = call.client().await?;
        let whole = Whole::read(&client, self.playlist.0, u32::MAX).await?;
        let (entries, left_out) = takable(&whole);
        let parts = usize::try_from(self.parts).unwrap_or(usize::MAX);
        let parts: Vec<_> = entries.chunks(entries.len().div_ceil(parts).max(1)).collect();
        let title = name(whole.playlist.name.as_deref());
        let mut making = Making { client: &client, made: Vec::new() };
        let mut ended = Ok(());
        for (number, entries) in (1..).zip(&parts) {
            ended = making.part(&numbered(title.as_deref(), number, parts.len()), entries).await;
            if ended.is_err() {
                break;
            }
            call.context.progress(number, count(parts.len()), "playlists made").await;
        }
        let made = making.made.iter().map(|made| made.id).collect::<Vec<_>>();
        let done = made.len();
        let change = match done {
            0 => None,
            _ => call.keep(Self::SPEC.name, Change::Split { playlists: made }).await,
        };
        ended.map_err(|source| partly(source, done, parts.len(), change))?;
        let state = making.seen().await;
        let playlists = making.made.into_iter().filter_map(|made| made.told).collect();
        Ok(Parts { state, playlists, left_out: Some(left_out).filter(|out| *out > 0), change })
    }
}

/// Playlists on their way.
struct Making<'a> {
    client: &'a Client,
    made: Vec<Made>,
}

/// A playlist that was made; only a filled one has more to tell.
struct Made {
    id: PlaylistId,
    snapshot: Option<SnapshotId>,
    told: Option<Part>,
}

impl Making<'_> {
    async fn part(&mut self, name: &str, entries: &[SpotifyUri]) -> Result<(), Cause> {
        let playlist = self.client.create_playlist(&NewPlaylist::private(name)).await?;
        // The client refuses an answer without an id.
        let id = playlist.id.ok_or(Cause::Unwritable)?;
        self.made.push(Made { id, snapshot: None, told: None });
        let snapshot = self.client.add_items(id, entries, None).await?;
        let told = Part {
            uri: id.uri().to_string(),
            name: name.to_owned(),
            tracks: count(entries.len()),
            snapshot_id: sanitise::mark(snapshot.as_str()),
        };
        if let Some(made) = self.made.last_mut() {
            *made = Made { id, snapshot: Some(snapshot), told: Some(told) };
        }
        Ok(())
    }

    /// Looks for all of them in the person's list, where the newest stand first: one request.
    async fn seen(&self) -> Confirmation {
        let Ok(page) = self.client.my_playlists(PageRequest::first(50)).await else {
            return Confirmation::Accepted;
        };
        let listed: BTreeSet<_> = page
            .present()
            .filter_map(|playlist| Some((playlist.id?, playlist.snapshot_id.as_ref()?.as_str())))
            .collect();
        let seen = |made: &Made| {
            made.snapshot.as_ref().is_some_and(|seen| listed.contains(&(made.id, seen.as_str())))
        };
        Confirmation::of(self.made.iter().all(seen))
    }
}

fn numbered(title: Option<&str>, number: u32, of: usize) -> String {
    match title {
        Some(title) => format!("{} {number}/{of}", sanitise::line(title, NAME)),
        None => format!("Part {number}/{of}"),
    }
}

/// Says what was made before a failure.
fn partly(source: Cause, made: usize, of: usize, change: Option<u64>) -> Cause {
    if made == 0 {
        return source;
    }
    let undo = change.map(|change| format!(" (undo with change {change})")).unwrap_or_default();
    let done = format!("{made} of {of} playlists were created, the last not whole{undo}");
    Cause::Partly { done, source: Box::new(source) }
}

impl Text for Parts {
    fn text(&self) -> String {
        let lines = Lines::new(format!("{} playlists are made.", self.playlists.len()))
            .field("state", Some(self.state.as_str()))
            .field("undo with change", self.change.map(|change| change.to_string()))
            .field("entries in none of them", self.left_out.map(|out| out.to_string()));
        let row = |part: &Part| {
            let tracks = format!("{} tracks", part.tracks);
            joined([Some(part.name.as_str()), Some(&tracks), Some(&part.uri)])
        };
        self.playlists.iter().fold(lines, |lines, part| lines.line(&row(part))).finish()
    }
}
