//! What resolving does: lines that name one artist share a search, and every line is first compared
//! with what is known already.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use futures_util::stream::{self, StreamExt as _};
use spotify_api::{Client, Error, Page, PageRequest, endpoints::search::SearchQuery, model::Track};

use super::{
    Match, ResolveTracks, Resolved, ResolvedLine,
    compare::Folded,
    line::{Line, Reading, variant},
};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        gather::count,
        rendering::{Lines, joined},
        rows::Row,
    },
};

/// The least confidence with which a track counts as found, in percent.
pub(crate) const SURE: u8 = 80;
/// How many tracks a search asks for; a restricted app gets ten.
const HITS: u32 = 50;
/// How many searches are under way at the same time.
const AT_ONCE: usize = 4;
/// The least confidence that is worth telling, in percent.
const TOLD: u8 = 50;
/// A runner-up is told when it is this near to the best.
const NEAR: u8 = 8;

impl Run for ResolveTracks {
    async fn run(self, call: Call) -> Result<Resolved, Cause> {
        let client = call.client().await?;
        if self.dry_run {
            let work = Work::new(&call, &client, &self.lines, self.max_requests);
            return Ok(Resolved { requests: work.least(), ..Resolved::default() });
        }
        work(&call, &client, &self.lines, self.max_requests).await
    }
}

/// Resolves lines with `most` searches at most.
pub(super) async fn work(
    call: &Call,
    client: &Client,
    lines: &[String],
    most: u32,
) -> Result<Resolved, Cause> {
    let mut work = Work::new(call, client, lines, most);
    work.run().await?;
    Ok(work.resolved())
}

/// Lines on their way to tracks.
struct Work<'a> {
    call: &'a Call,
    client: &'a Client,
    lines: Vec<Option<Line>>,
    wanted: Vec<Vec<Wanted>>,
    pool: Pool,
    /// How many tracks of the pool the open lines were compared with.
    compared: usize,
    best: Vec<Vec<(u8, usize)>>,
    open: BTreeSet<usize>,
    asked: BTreeMap<String, Hits>,
    requests: u32,
    most: u32,
    /// How many searches it takes at least.
    expected: u32,
}

/// Tracks that are known, each once, and their artists, each once.
#[derive(Default)]
struct Pool {
    known: BTreeSet<String>,
    tracks: Vec<Candidate>,
    places: BTreeMap<Folded, usize>,
    artists: Vec<Folded>,
}

/// A track as it is compared.
struct Candidate {
    uri: String,
    shown: String,
    title: Folded,
    plain_title: Folded,
    /// Places in the pool's list of artists.
    artists: Vec<usize>,
    variant: Option<&'static str>,
    popularity: u32,
}

impl<'a> Work<'a> {
    fn new(call: &'a Call, client: &'a Client, lines: &[String], most: u32) -> Self {
        let lines: Vec<_> = lines.iter().map(|line| Line::read(line)).collect();
        let best = vec![Vec::new(); lines.len()];
        let open = lines.iter().enumerate().filter(|(_, line)| line.is_some());
        let open = open.map(|(place, _)| place).collect();
        let readings = |line: &Option<Line>| {
            line.iter().flat_map(|line| &line.readings).map(Wanted::of).collect()
        };
        let wanted = lines.iter().map(readings).collect();
        let (pool, asked) = (Pool::default(), BTreeMap::new());
        Self {
            call,
            client,
            lines,
            wanted,
            pool,
            compared: 0,
            best,
            open,
            asked,
            requests: 0,
            most,
            expected: 0,
        }
    }

    /// Returns how many searches it takes at least: one for each artist with several lines, one for
    /// each other line.
    fn least(&self) -> u32 {
        let artists = self.artists();
        let together: usize = artists.values().map(BTreeSet::len).sum();
        count(artists.len() + self.open.len().saturating_sub(together))
    }

    async fn run(&mut self) -> Result<(), Cause> {
        self.expected = self.least();
        self.search_artists().await?;
        // Artist and title together, in any order.
        self.search_open(|_, line| {
            line.readings.first().map(|reading| match &reading.artist {
                Some(artist) => format!("{} {artist}", reading.title),
                None => reading.title.clone(),
            })
        })
        .await?;
        // A slip in one part leaves the other to find it by. Which is which tells an artist that is
        // known by now.
        for place in 0..2 {
            self.search_open(|known, line| {
                let fits = known.is_none_or(|known| known == place);
                let artist = line.readings.get(place).filter(|_| fits)?.artist.as_deref()?;
                Some(by_artist(artist))
            })
            .await?;
        }
        for place in 0..2 {
            self.search_open(|known, line| {
                let reading = line.readings.get(place).filter(|_| known.is_none())?;
                Some(by_title(&reading.title))
            })
            .await?;
        }
        Ok(())
    }

    /// Searches for the artists that several lines name. Where all tracks of one are then known, its
    /// lines that are like none of them are like none at all.
    async fn search_artists(&mut self) -> Result<(), Cause> {
        let artists = self.artists();
        let queries = artists.keys().filter_map(|artist| {
            let places = artists.get(artist)?.iter();
            let mut readings = places
                .filter_map(|place| self.lines.get(*place)?.as_ref())
                .flat_map(|line| &line.readings);
            readings.find_map(|reading| {
                let name = reading.artist.as_deref()?;
                (Folded::of(name) == *artist).then(|| by_artist(name))
            })
        });
        let queries: Vec<String> = queries.collect();
        self.search(queries.clone()).await?;
        for (query, lines) in queries.iter().zip(artists.values()) {
            let known = match self.asked.get(query) {
                Some(Hits::All(0)) => lines.len() > 2,
                Some(Hits::All(_)) => true,
                Some(Hits::Some) | None => false,
            };
            if known {
                self.open.retain(|place| !lines.contains(place));
            }
        }
        Ok(())
    }

    /// Groups the open lines by an artist that several of them name.
    fn artists(&self) -> BTreeMap<Folded, BTreeSet<usize>> {
        let mut artists: BTreeMap<Folded, BTreeSet<usize>> = BTreeMap::new();
        for place in &self.open {
            let readings =
                self.lines.get(*place).and_then(Option::as_ref).map(|line| &line.readings);
            for reading in readings.into_iter().flatten() {
                let Some(artist) = &reading.artist else { continue };
                artists.entry(Folded::of(artist)).or_default().insert(*place);
            }
        }
        artists.retain(|artist, lines| lines.len() > 1 && !artist.is_empty());
        artists
    }

    /// Searches for each line that is still open, equal queries once. `query` gets which of the
    /// line's readings has an artist that is known, and the line.
    async fn search_open(
        &mut self,
        query: impl Fn(Option<usize>, &Line) -> Option<String>,
    ) -> Result<(), Cause> {
        let queries = self.open.iter().filter_map(|place| {
            let line = self.lines.get(*place)?.as_ref()?;
            let wanted = self.wanted.get(*place)?;
            let known =
                wanted.iter().position(|wanted| wanted.alike.iter().any(|alike| *alike > 0.97));
            query(known, line)
        });
        let queries: BTreeSet<String> = queries.collect();
        self.search(queries.into_iter().collect()).await
    }

    async fn search(&mut self, mut queries: Vec<String>) -> Result<(), Cause> {
        queries.retain(|query| !self.asked.contains_key(query));
        let left = usize::try_from(self.most.saturating_sub(self.requests)).unwrap_or(usize::MAX);
        queries.truncate(left);
        self.requests += count(queries.len());
        let client = self.client;
        let searches = queries.into_iter().map(|query| async move {
            let page = hits(client, &query).await;
            (query, page)
        });
        let mut answers = stream::iter(searches).buffered(AT_ONCE);
        while let Some((query, page)) = answers.next().await {
            let page = page?;
            page.present().for_each(|track| self.pool.add(track));
            let hits = if page.has_more() { Hits::Some } else { Hits::All(page.items.len()) };
            self.asked.insert(query, hits);
            let (done, all) = (count(self.asked.len()), self.requests.max(self.expected));
            self.call.context.progress(done, all, "searches made").await;
        }
        self.compare();
        Ok(())
    }

    /// Compares the open lines with the tracks that are new.
    fn compare(&mut self) {
        let mut settled = Vec::new();
        for place in &self.open {
            let line = self.lines.get(*place).and_then(Option::as_ref);
            let (Some(line), Some(wanted), Some(best)) =
                (line, self.wanted.get_mut(*place), self.best.get_mut(*place))
            else {
                continue;
            };
            for wanted in wanted.iter_mut() {
                wanted.learn(&self.pool.artists);
            }
            self.pool.improve(best, line.variant, wanted, self.compared);
            if best.first().is_some_and(|(confidence, _)| *confidence >= SURE) {
                settled.push(*place);
            }
        }
        for place in settled {
            self.open.remove(&place);
        }
        self.compared = self.pool.tracks.len();
    }

    fn resolved(&self) -> Resolved {
        let used_up = self.requests >= self.most;
        let lines: Vec<ResolvedLine> =
            (0..self.lines.len()).map(|place| self.line(place)).collect();
        let sure =
            |line: &&ResolvedLine| line.best.as_ref().is_some_and(|best| best.confidence >= SURE);
        Resolved {
            found: lines.iter().filter(sure).count(),
            requests: self.requests,
            left_open: if used_up { self.open.iter().copied().collect() } else { Vec::new() },
            lines,
        }
    }

    fn line(&self, place: usize) -> ResolvedLine {
        let scored = self.best.get(place).map(Vec::as_slice).unwrap_or_default();
        let matching = |(confidence, index): &(u8, usize)| {
            let track = self.pool.tracks.get(*index)?;
            Some(Match {
                uri: track.uri.clone(),
                track: track.shown.clone(),
                confidence: *confidence,
            })
        };
        let best = scored.first().and_then(matching);
        let near = |other: &&(u8, usize)| {
            best.as_ref()
                .is_some_and(|best| best.confidence < SURE || best.confidence - other.0 <= NEAR)
        };
        ResolvedLine { line: place, runner_up: scored.get(1).filter(near).and_then(matching), best }
    }
}

/// What a search gave.
#[derive(Debug, Clone, Copy)]
enum Hits {
    /// All that there is, so many.
    All(usize),
    /// A part.
    Some,
}

/// Asks for the first tracks that a query finds.
async fn hits(client: &Client, query: &str) -> Result<Page<Track>, Error> {
    let query = SearchQuery::tracks(query).page(PageRequest::first(HITS));
    Ok(client.search(&query).await?.tracks.unwrap_or_default())
}

fn by_artist(name: &str) -> String {
    format!("artist:\"{}\"", quotable(name))
}

fn by_title(name: &str) -> String {
    format!("track:\"{}\"", quotable(name))
}

/// Takes away what would end a quoted value.
fn quotable(text: &str) -> String {
    text.replace('"', " ")
}

impl Pool {
    fn add(&mut self, track: &Track) {
        let Some(row) = Row::of_track(track) else { return };
        if !self.known.insert(row.uri.clone()) {
            return;
        }
        let name = track.name.clone().unwrap_or_default();
        let variant = variant(&name.to_lowercase());
        let plain = Line::read(&name).and_then(|line| line.readings.into_iter().next());
        // In a title alone what stands before a dash is the title, not an artist.
        let plain = plain.map_or_else(|| name.clone(), |plain| plain.artist.unwrap_or(plain.title));
        let names = track.artists.iter().filter_map(|artist| artist.name.as_deref());
        let artists = names.map(|name| self.artist(Folded::of(name))).collect();
        self.tracks.push(Candidate {
            uri: row.uri,
            shown: joined([row.name.as_deref(), row.artists.as_deref()]),
            title: Folded::of(&name),
            plain_title: Folded::of(&plain),
            artists,
            variant,
            popularity: track.popularity.unwrap_or(0),
        });
    }

    fn artist(&mut self, name: Folded) -> usize {
        let artists = &mut self.artists;
        *self.places.entry(name).or_insert_with_key(|name| {
            artists.push(name.clone());
            artists.len() - 1
        })
    }

    /// Puts the two tracks that are most like a line in front, with their confidence: of those so far
    /// and those from a place on.
    fn improve(
        &self,
        best: &mut Vec<(u8, usize)>,
        asked: Option<&'static str>,
        wanted: &[Wanted],
        from: usize,
    ) {
        let score = |track: &Candidate| {
            let best = wanted.iter().map(|wanted| self.likeness(track, wanted)).fold(0.0, f64::max);
            match (asked, track.variant) {
                (asked, is) if asked == is => best,
                (None, Some(_)) => best * 0.9,
                _ => best * 0.75,
            }
        };
        let new = self.tracks.iter().enumerate().skip(from);
        let scored = new.map(|(index, track)| (percent(score(track)), index));
        best.extend(scored.filter(|(confidence, _)| *confidence >= TOLD));
        // Of equals, the one without guests, then the better known.
        best.sort_by_key(|(confidence, index)| {
            let track = self.tracks.get(*index);
            let guests = track.map_or(0, |track| track.artists.len());
            (
                Reverse(*confidence),
                guests,
                Reverse(track.map_or(0, |track| track.popularity)),
                *index,
            )
        });
        best.truncate(2);
        if wanted.iter().all(|wanted| wanted.artist.is_none()) {
            self.doubt(best);
        }
    }

    /// A title alone that several artists have names none of their tracks for sure.
    fn doubt(&self, best: &mut [(u8, usize)]) {
        let artists = |index: usize| self.tracks.get(index).map(|track| &track.artists);
        if let [first, second] = best
            && first.0 == second.0
            && artists(first.1) != artists(second.1)
        {
            first.0 = first.0.min(SURE - 1);
            second.0 = second.0.min(SURE - 1);
        }
    }

    /// Tells how alike a track and a reading are: both parts have to be.
    fn likeness(&self, track: &Candidate, wanted: &Wanted) -> f64 {
        let own = || track.artists.iter();
        if wanted.artist.is_none() {
            // Without a separator, artist and title may stand in any order in one text.
            let title = track.plain_title.as_str();
            let whole = own().filter_map(|place| self.artists.get(*place)).flat_map(|artist| {
                let artist = artist.as_str();
                [format!("{artist} {title}"), format!("{title} {artist}")]
            });
            let whole =
                whole.map(|text| Folded::of(&text).likeness(&wanted.title)).fold(0.0, f64::max);
            // A title alone names many tracks.
            return whole.max(track.titled(&wanted.title) * 0.85);
        }
        let artists =
            own().filter_map(|place| wanted.alike.get(*place)).copied().fold(0.0, f64::max);
        if artists < 0.5 {
            return 0.0;
        }
        let titles = track.titled(&wanted.title);
        // One wrong part is not made up for by the other.
        titles.min(artists) * 0.6 + (titles + artists) * 0.2
    }
}

/// A reading as it is compared.
struct Wanted {
    title: Folded,
    /// None where the line has no two parts.
    artist: Option<Folded>,
    /// How alike its artist and each known one are.
    alike: Vec<f64>,
}

impl Wanted {
    fn of(reading: &Reading) -> Self {
        let artist = reading.artist.as_deref().map(Folded::of);
        Self { title: Folded::of(&reading.title), artist, alike: Vec::new() }
    }

    /// Compares the artist with those that are new.
    fn learn(&mut self, artists: &[Folded]) {
        let Some(artist) = &self.artist else { return };
        let new = artists.iter().skip(self.alike.len()).map(|own| {
            let held = own.holds(artist) || artist.holds(own);
            own.likeness(artist).max(if held { 0.92 } else { 0.0 })
        });
        let new: Vec<f64> = new.collect();
        self.alike.extend(new);
    }
}

impl Candidate {
    fn titled(&self, title: &Folded) -> f64 {
        if self.title == self.plain_title {
            return self.title.likeness(title);
        }
        self.title.likeness(title).max(self.plain_title.likeness(title))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 0 to 1 is 0 to 100 percent"
)]
fn percent(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
}

/// Writes a track with how sure it is.
pub(super) fn shown(found: &Match) -> String {
    format!("{}% {} | {}", found.confidence, found.track, found.uri)
}

impl Text for Resolved {
    fn text(&self) -> String {
        let lines = Lines::new(format!(
            "{} of {} lines found with {} searches (data from Spotify):",
            self.found,
            self.lines.len(),
            self.requests
        ));
        let lines = self.lines.iter().fold(lines, |lines, line| {
            let best = line.best.as_ref().map_or_else(|| "nothing is like it".to_owned(), shown);
            let next = line.runner_up.as_ref().map(|next| format!(" (or {})", shown(next)));
            lines.line(&format!("{}. {best}{}", line.line, next.unwrap_or_default()))
        });
        let open = (!self.left_open.is_empty())
            .then(|| self.left_open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        lines.field("not searched for any more, the searches are used up", open).finish()
    }
}
