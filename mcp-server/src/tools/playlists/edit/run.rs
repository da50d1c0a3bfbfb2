//! What changing a playlist as a whole does: read it, find the new order, ask for the fewest requests
//! that make it, read back.

use std::collections::BTreeSet;

use spotify_api::{
    Client,
    endpoints::playlists::PlaylistChanges,
    id::{PlaylistId, SpotifyUri},
};

use super::{
    ChangePlaylist, ComparePlaylists, Compared, DeduplicatePlaylist, MergePlaylists,
    MoveInPlaylist, Order, ReplacePlaylistItems, Same, SortPlaylist,
};
use crate::{
    failure::{Cause, Failure},
    journal::{Change, Details},
    sanitise,
    tools::{
        Tool as _,
        call::{Call, Run, Text},
        gather::count,
        playlists::{Changed, Confirmation, Visibility, whole::Whole, write},
        rendering::{Lines, name},
        rows::{Columns, Row},
    },
};

/// The most entries of a playlist that is rearranged.
const MOST: u32 = 10_000;
/// How many rows of a difference are given.
const ROWS: usize = 30;

impl Run for ChangePlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let id = self.playlist.0;
        let before = client.playlist(id).await?;
        let changes = PlaylistChanges {
            name: self.name.clone(),
            description: self.description.clone(),
            public: self.visibility.map(|visibility| visibility == Visibility::Public),
            collaborative: self
                .visibility
                .map(|visibility| visibility == Visibility::Collaborative),
        };
        client.change_playlist(id, &changes).await?;
        let description = before.plain_description().map(std::borrow::Cow::into_owned);
        let was = Details {
            name: before.name.filter(|_| self.name.is_some()),
            description: description.filter(|_| self.description.is_some()),
            public: before.public.filter(|_| self.visibility.is_some()),
            collaborative: before.collaborative.filter(|_| self.visibility.is_some()),
        };
        let change =
            call.keep(Self::SPEC.name, Change::Details { playlist: id, before: was }).await;
        let after = write::read(&client, id).await;
        let as_asked = after.as_ref().is_some_and(|after| {
            let named = self.name.as_deref().is_none_or(|name| after.name.as_deref() == Some(name));
            let visible =
                self.visibility.is_none_or(|wanted| Visibility::of(after) == Some(wanted));
            named && visible
        });
        let state = Confirmation::of(as_asked);
        Ok(Changed {
            name: after.as_ref().and_then(|playlist| name(playlist.name.as_deref())),
            change,
            ..Changed::of(id, state)
        })
    }
}

impl Run for ReplacePlaylistItems {
    fn targets(&self) -> Vec<SpotifyUri> {
        write::targets(self.playlist.0, &self.tracks.0)
    }

    fn needs(&self) -> Vec<&'static str> {
        write::ARRANGING.to_vec()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let whole = Whole::read(&client, self.playlist.0, MOST).await?;
        rearrange(&call, &client, Self::SPEC.name, &whole, self.tracks.0, self.dry_run).await
    }
}

impl Run for MoveInPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        write::ARRANGING.to_vec()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let whole = Whole::read(&client, self.playlist.0, MOST).await?;
        let from =
            self.place(&whole).map_err(|problem| Cause::Told(Failure::arguments(&problem)))?;
        let mut target = whole.uris.clone();
        let end = target.len().min(from.saturating_add(size(self.count)));
        let block: Vec<_> = target.drain(from..end).collect();
        let to = size(self.to).min(target.len());
        target.splice(to..to, block).for_each(drop);
        rearrange(&call, &client, Self::SPEC.name, &whole, target, false).await
    }
}

impl MoveInPlaylist {
    /// Finds the one entry that is named.
    fn place(&self, whole: &Whole) -> Result<usize, String> {
        let item = self.item.trim();
        if let Ok(place) = item.parse::<usize>() {
            let last = whole.uris.len();
            return (place < last).then_some(place).ok_or_else(|| {
                format!("`item` is place {place}, and the playlist has {last} entries, from 0")
            });
        }
        let uri = item.parse::<SpotifyUri>().ok();
        let lower = item.to_lowercase();
        let named =
            |row: &Row| row.name.as_deref().is_some_and(|name| name.to_lowercase() == lower);
        let fits = |place: &usize| match &uri {
            Some(uri) => whole.uris.get(*place) == Some(uri),
            None => whole.rows.get(*place).is_some_and(named),
        };
        let places: Vec<usize> = (0..whole.uris.len()).filter(fits).collect();
        match places.as_slice() {
            [place] => Ok(*place),
            [] => Err("`item` names no entry of the playlist: give its place, URI or whole title"
                .to_owned()),
            several => Err(format!(
                "`item` names the entries at {}: give one of these places",
                several.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join(", ")
            )),
        }
    }
}

impl Run for SortPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        write::ARRANGING.to_vec()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let whole = Whole::read(&client, self.playlist.0, MOST).await?;
        let key = |row: &Row| {
            let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
            match self.by {
                Order::Title => (lower(&row.name), String::new()),
                Order::Artist => (lower(&row.artists), lower(&row.album)),
                Order::Album => (lower(&row.album), String::new()),
                Order::Released => (lower(&row.album_released), lower(&row.album)),
                Order::Added => (lower(&row.since), String::new()),
                // Minutes are of as many digits as a length has.
                Order::Length => (format!("{:>12}", lower(&row.length)), String::new()),
            }
        };
        let mut order: Vec<_> = whole.rows.iter().map(key).zip(&whole.uris).collect();
        order.sort_by(|(left, _), (right, _)| left.cmp(right));
        if self.descending {
            order.reverse();
        }
        let target = order.into_iter().map(|(_, uri)| uri.clone()).collect();
        rearrange(&call, &client, Self::SPEC.name, &whole, target, self.dry_run).await
    }
}

impl Run for DeduplicatePlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        write::ARRANGING.to_vec()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let whole = Whole::read(&client, self.playlist.0, MOST).await?;
        let mut seen = BTreeSet::new();
        let first = |(uri, row): &(&SpotifyUri, &Row)| {
            seen.insert(match (self.same, &row.name) {
                (Same::Title, Some(name)) => {
                    format!(
                        "{} by {}",
                        name.to_lowercase(),
                        row.artists.as_deref().unwrap_or_default()
                    )
                }
                _ => uri.to_string(),
            })
        };
        let entries = whole.uris.iter().zip(&whole.rows);
        let target = entries.filter(first).map(|(uri, _)| uri.clone()).collect();
        rearrange(&call, &client, Self::SPEC.name, &whole, target, self.dry_run).await
    }
}

impl Run for MergePlaylists {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.into.0.uri(), self.from.0.uri()]
    }

    fn needs(&self) -> Vec<&'static str> {
        write::ADDING.to_vec()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let into = Whole::read(&client, self.into.0, MOST).await?;
        let from = Whole::read(&client, self.from.0, MOST).await?;
        let mut had: BTreeSet<_> = into.uris.iter().collect();
        let takable = from.uris.iter().filter(|uri| uri.fits_playlist());
        let new = takable.filter(|uri| had.insert(uri)).cloned();
        let target = into.uris.iter().cloned().chain(new).collect();
        rearrange(&call, &client, Self::SPEC.name, &into, target, false).await
    }
}

/// Makes a playlist's entries others, keeps what it takes to undo that, and reads back.
async fn rearrange(
    call: &Call,
    client: &Client,
    tool: &'static str,
    whole: &Whole,
    target: Vec<SpotifyUri>,
    dry_run: bool,
) -> Result<Changed, Cause> {
    let id: PlaylistId = whole.id;
    let (before, after) = (whole.uris.len(), target.len());
    let numbers = |changed: Changed| Changed {
        added: after.checked_sub(before).filter(|more| *more > 0),
        removed: before.checked_sub(after).filter(|less| *less > 0).map(count),
        total: Some(count(after)),
        name: name(whole.playlist.name.as_deref()),
        ..changed
    };
    if dry_run {
        return Ok(numbers(Changed::of(id, Confirmation::Preview)));
    }
    let Some(snapshot) = whole.become_list(client, &target).await? else {
        let already = Changed { unchanged: true, ..Changed::of(id, Confirmation::Verified) };
        return Ok(numbers(already));
    };
    let before = whole.uris.clone();
    let change = Change::Entries { playlist: id, before, after: target };
    let change = call.keep(tool, change).await;
    let seen = write::read(client, id).await;
    let verified = seen.is_some_and(|playlist| playlist.snapshot_id.as_ref() == Some(&snapshot));
    let state = Confirmation::of(verified);
    let snapshot_id = Some(sanitise::mark(snapshot.as_str()));
    Ok(numbers(Changed { snapshot_id, change, ..Changed::of(id, state) }))
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Run for ComparePlaylists {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.first.0.uri(), self.second.0.uri()]
    }

    async fn run(self, call: Call) -> Result<Compared, Cause> {
        let client = call.client().await?;
        let first = Whole::read(&client, self.first.0, MOST).await?;
        let second = Whole::read(&client, self.second.0, MOST).await?;
        let of = |whole: &Whole| whole.uris.iter().cloned().collect::<BTreeSet<_>>();
        let (in_first, in_second) = (of(&first), of(&second));
        Ok(Compared {
            both: in_first.intersection(&in_second).count(),
            only_first: in_first.difference(&in_second).count(),
            only_second: in_second.difference(&in_first).count(),
            first_rows: only(&first, &in_second),
            second_rows: only(&second, &in_first),
        })
    }
}

/// Gives rows of what a playlist holds and another does not.
fn only(whole: &Whole, other: &BTreeSet<SpotifyUri>) -> Vec<Row> {
    let entries = (0..).zip(whole.uris.iter().zip(&whole.rows));
    let only = entries.filter(|(_, (uri, _))| !other.contains(uri)).take(ROWS);
    only.map(|(at, (_, row))| {
        let mut row = row.clone();
        row.keep(&Columns::Minimal);
        Row { at: Some(at), ..row }
    })
    .collect()
}

impl Text for Compared {
    fn text(&self) -> String {
        Lines::new(format!("{} things are in both playlists (data from Spotify).", self.both))
            .line(&format!("Only in the first: {}", self.only_first))
            .rows(&self.first_rows)
            .line(&format!("Only in the second: {}", self.only_second))
            .rows(&self.second_rows)
            .finish()
    }
}
