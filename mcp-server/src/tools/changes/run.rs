//! What taking changes back does.

use spotify_api::{
    Client,
    endpoints::playlists::PlaylistChanges,
    id::{PlaylistId, SpotifyUri},
    model::Playlist,
};

use super::{ChangeRow, Changes, ListChanges, UndoChange, Undone};
use crate::{
    failure::{Cause, Code, Failure},
    journal::{Change, Details, Entry},
    tools::{
        call::{Call, Run, Text},
        library::look,
        playlists::{
            Confirmation,
            rearrange::{Reversed, reverse},
            whole::Whole,
            write,
        },
        rendering::{Lines, joined},
    },
};

/// The most entries of a playlist that is put back.
const MOST: u32 = 10_000;

impl Run for ListChanges {
    async fn run(self, call: Call) -> Result<Changes, Cause> {
        let journal = call.account.journal().await?;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let rows = journal.entries.iter().rev().take(limit).map(|entry| ChangeRow {
            change: entry.number,
            at: entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            tool: entry.tool.clone(),
            what: entry.change.to_string(),
            undone: entry.undone,
        });
        Ok(Changes { changes: rows.collect() })
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entries { playlist, before, after } => {
                write!(f, "{} had {} entries, then {}", playlist.uri(), before.len(), after.len())
            }
            Self::Created { playlist, .. } => write!(f, "{} was created", playlist.uri()),
            Self::Split { playlists } => write!(f, "{} playlists were created", playlists.len()),
            Self::Details { playlist, .. } => {
                write!(f, "details of {} were changed", playlist.uri())
            }
            Self::Saved(uris) => write!(f, "{} things were saved or followed", uris.len()),
            Self::Removed(uris) => write!(f, "{} things were removed or unfollowed", uris.len()),
        }
    }
}

impl Text for Changes {
    fn text(&self) -> String {
        if self.changes.is_empty() {
            return "No change that can be undone.".to_owned();
        }
        let lines = Lines::new(format!("{} changes, newest first:", self.changes.len()));
        let row = |row: &ChangeRow| {
            let undone = row.undone.then_some("undone");
            format!(
                "{}. {}",
                row.change,
                joined([Some(row.at.as_str()), Some(&row.tool), Some(&row.what), undone])
            )
        };
        self.changes.iter().fold(lines, |lines, change| lines.line(&row(change))).finish()
    }
}

impl Run for UndoChange {
    async fn run(self, call: Call) -> Result<Undone, Cause> {
        let journal = call.account.journal().await?;
        let wanted = |entry: &&Entry| match self.change {
            Some(number) => entry.number == number,
            None => !entry.undone,
        };
        let Some(entry) = journal.entries.iter().rev().find(wanted) else {
            return Err(nothing(self.change));
        };
        if entry.undone {
            return Err(nothing(self.change));
        }
        if matches!(entry.change, Change::Entries { .. }) && !self.dry_run {
            call.affords(write::ARRANGING).await?;
        }
        let client = call.client().await?;
        let undo = Undo { client: &client, dry_run: self.dry_run };
        let undone = undo.change(entry).await?;
        if !self.dry_run {
            call.account.undone(entry.number).await;
        }
        Ok(undone)
    }
}

fn nothing(number: Option<u64>) -> Cause {
    let message = match number {
        Some(number) => format!("there is no change {number} that can still be undone"),
        None => "there is no change that can be undone".to_owned(),
    };
    let next = "Call list_changes: it has the changes of these tools for as long as they are kept.";
    Cause::Told(Failure::new(Code::NotFound, message, next))
}

/// Taking back, or telling what that would do.
struct Undo<'a> {
    client: &'a Client,
    dry_run: bool,
}

impl Undo<'_> {
    async fn change(&self, entry: &Entry) -> Result<Undone, Cause> {
        let of = |state: Confirmation, done: String| Undone {
            change: entry.number,
            state: if self.dry_run { Confirmation::Preview } else { state },
            done,
            kept: None,
            stayed_away: None,
        };
        Ok(match &entry.change {
            Change::Entries { playlist, before, after } => {
                let (state, reversed) = self.entries(*playlist, before, after).await?;
                let done = format!("{} has {} entries", playlist.uri(), reversed.target.len());
                Undone {
                    kept: Some(reversed.added_since).filter(|count| *count > 0),
                    stayed_away: Some(reversed.removed_since).filter(|count| *count > 0),
                    ..of(state, done)
                }
            }
            Change::Created { playlist, .. } => {
                let state = self.library(&[playlist.uri()], Library::Remove).await?;
                of(state, format!("{} is no longer in the library", playlist.uri()))
            }
            Change::Split { playlists } => {
                let uris: Vec<_> = playlists.iter().map(|id| id.uri()).collect();
                let state = self.library(&uris, Library::Remove).await?;
                of(state, format!("{} playlists are no longer in the library", uris.len()))
            }
            Change::Details { playlist, before } => {
                let state = self.details(*playlist, before).await?;
                of(state, format!("{} has its details of before", playlist.uri()))
            }
            Change::Saved(uris) => {
                let state = self.library(uris, Library::Remove).await?;
                of(state, format!("{} things are removed again", uris.len()))
            }
            Change::Removed(uris) => {
                let state = self.library(uris, Library::Save).await?;
                of(state, format!("{} things are saved or followed again", uris.len()))
            }
        })
    }

    async fn entries(
        &self,
        playlist: PlaylistId,
        before: &[SpotifyUri],
        after: &[SpotifyUri],
    ) -> Result<(Confirmation, Reversed), Cause> {
        let whole = Whole::read(self.client, playlist, MOST).await?;
        let reversed = reverse(before, after, &whole.uris);
        if self.dry_run {
            return Ok((Confirmation::Preview, reversed));
        }
        whole.become_list(self.client, &reversed.target).await?;
        let seen = Whole::read(self.client, playlist, MOST).await;
        let verified = seen.is_ok_and(|seen| seen.uris == reversed.target);
        Ok((Confirmation::of(verified), reversed))
    }

    async fn details(&self, playlist: PlaylistId, before: &Details) -> Result<Confirmation, Cause> {
        if !self.dry_run {
            let changes = PlaylistChanges {
                name: before.name.clone(),
                description: before.description.clone(),
                public: before.public,
                collaborative: before.collaborative,
            };
            self.client.change_playlist(playlist, &changes).await?;
            let seen = write::read(self.client, playlist).await;
            return Ok(Confirmation::of(seen.is_some_and(|seen| before.is_that_of(&seen))));
        }
        Ok(Confirmation::Preview)
    }

    async fn library(&self, uris: &[SpotifyUri], library: Library) -> Result<Confirmation, Cause> {
        if self.dry_run {
            return Ok(Confirmation::Preview);
        }
        match library {
            Library::Save => self.client.save(uris).await?,
            Library::Remove => self.client.unsave(uris).await?,
        }
        let seen = look(self.client, uris).await;
        let wanted = matches!(library, Library::Save);
        Ok(Confirmation::of(seen.is_some_and(|seen| seen.iter().all(|saved| *saved == wanted))))
    }
}

impl Details {
    /// Whether a playlist has these details, as far as Spotify tells.
    fn is_that_of(&self, playlist: &Playlist) -> bool {
        let described = playlist.plain_description().unwrap_or_default();
        (self.name.is_none() || self.name == playlist.name)
            && self.description.as_ref().is_none_or(|text| *text == described)
            && self.public.is_none_or(|public| playlist.public == Some(public))
            && self.collaborative.is_none_or(|open| playlist.collaborative == Some(open))
    }
}

/// What to do with things of the library.
#[derive(Debug, Clone, Copy)]
enum Library {
    Save,
    Remove,
}

impl Text for Undone {
    fn text(&self) -> String {
        let count = |count: Option<usize>| count.map(|count| count.to_string());
        Lines::new(format!("Change {}: {}.", self.change, self.done))
            .field("state", Some(self.state.as_str()))
            .field("kept that was added since", count(self.kept))
            .field("removed since, and not brought back", count(self.stayed_away))
            .finish()
    }
}
