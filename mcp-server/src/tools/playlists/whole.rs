//! A whole playlist: read, and written in another order.

use std::num::NonZeroU32;

use spotify_api::{
    Client, Error, PageRequest,
    endpoints::playlists::Move,
    id::{PlaylistId, SpotifyUri},
    model::{Contents, Playlist, PlaylistItem, SnapshotId},
};

use super::rearrange::{Step, step};
use crate::{
    failure::{Cause, Code, Failure},
    tools::{gather::count, rows::Row},
};

/// The most entries of a playlist that is read whole.
const LARGEST: u32 = 10_000;

/// A playlist with all of its entries.
#[derive(Debug)]
pub(in crate::tools) struct Whole {
    pub(in crate::tools) id: PlaylistId,
    pub(in crate::tools) playlist: Playlist,
    pub(in crate::tools) uris: Vec<SpotifyUri>,
    pub(in crate::tools) rows: Vec<Row>,
    /// Whether Spotify shows all entries, and takes each of them back.
    pub(in crate::tools) rewritable: bool,
}

impl Whole {
    /// Reads a playlist of at most `most` entries.
    ///
    /// # Errors
    /// A playlist whose entries are withheld, or that has more.
    pub(in crate::tools) async fn read(
        client: &Client,
        id: PlaylistId,
        most: u32,
    ) -> Result<Self, Cause> {
        let most = most.min(LARGEST);
        let playlist = client.playlist(id).await?;
        let mut page = match playlist.contents() {
            Contents::Withheld => return Err(withheld(id)),
            contents if contents.total().is_some_and(|total| total > most) => {
                return Err(too_long(most));
            }
            Contents::Page(page) => page.clone(),
            Contents::Ref(_) => client.playlist_items(id, PageRequest::first(100)).await?,
        };
        let mut whole = Self { id, playlist, uris: Vec::new(), rows: Vec::new(), rewritable: true };
        loop {
            page.items.iter().for_each(|item| whole.take(item.as_ref()));
            let Some(next) = page.next_page() else { return Ok(whole) };
            if count(whole.uris.len()) > most {
                return Err(too_long(most));
            }
            page = client.playlist_items(id, next).await?;
        }
    }

    fn take(&mut self, item: Option<&PlaylistItem>) {
        let uri = item.and_then(PlaylistItem::playable).and_then(|playable| playable.uri());
        match uri.zip(item.and_then(Row::of_entry)) {
            Some((uri, row)) => {
                self.rewritable &= uri.fits_playlist();
                self.uris.push(uri.clone());
                self.rows.push(row);
            }
            None => self.rewritable = false,
        }
    }

    /// Returns the URIs, if all entries are shown and can be written again.
    pub(in crate::tools) fn restorable(&self) -> Option<Vec<SpotifyUri>> {
        self.rewritable.then(|| self.uris.clone())
    }

    /// Makes the list another, in as few requests as it takes; `None` where it is so already.
    ///
    /// # Errors
    /// A list with entries that only a whole rewriting could move, and that would lose them.
    pub(in crate::tools) async fn become_list(
        &self,
        client: &Client,
        target: &[SpotifyUri],
    ) -> Result<Option<SnapshotId>, Cause> {
        let Some(step) = step(&self.uris, target) else { return Ok(None) };
        let version = self.playlist.snapshot_id.clone();
        let done = match step {
            _ if !self.rewritable => return Err(not_rewritable()),
            Step::Remove(uris) => client.remove_items(self.id, &uris).await,
            Step::Insert(place, uris) => client.add_items(self.id, &uris, Some(count(place))).await,
            Step::Move { from, length, before } => {
                let length = NonZeroU32::new(count(length)).unwrap_or(NonZeroU32::MIN);
                let entries = Move::entry(count(from), count(before)).entries(length);
                let entries = match version {
                    Some(version) => entries.in_version(version),
                    None => entries,
                };
                client.move_items(self.id, &entries).await
            }
            Step::Replace(uris) => client.replace_items(self.id, &uris).await,
        };
        Ok(Some(done.map_err(|error: Error| Cause::from(error))?))
    }
}

fn withheld(id: PlaylistId) -> Cause {
    Cause::Told(Failure::new(
        Code::Forbidden,
        format!("Spotify withholds the entries of {} from this app", id.uri()),
        "Newer apps see the entries of the person's own playlists only. Use one of those; trying again does not help.",
    ))
}

fn too_long(most: u32) -> Cause {
    Cause::Told(Failure::new(
        Code::Rejected,
        format!("the playlist has more than {most} entries"),
        "Add or remove single tracks instead, or split the playlist first.",
    ))
}

fn not_rewritable() -> Cause {
    Cause::Told(Failure::new(
        Code::Rejected,
        "the playlist has local files or entries that Spotify does not show, and they would be lost",
        "Remove those in Spotify first, or change single tracks only.",
    ))
}
