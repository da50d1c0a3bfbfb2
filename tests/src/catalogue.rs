//! The music that the simulated Spotify has: made-up names in several scripts, the same for the
//! same seed.
//!
//! Artists, albums, tracks and so on refer to each other by position; a [`Catalogue`] never
//! changes once it is made.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::kind::Kind;

pub(crate) mod audio;
pub(crate) mod categories;
pub(crate) mod fold;
mod generate;
pub(crate) mod markets;
pub(crate) mod search;
mod well_known;
pub(crate) mod words;

/// A position in one of the catalogue's lists.
pub(crate) type Index = usize;

/// A musician or a group.
#[derive(Debug)]
pub(crate) struct Artist {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    pub(crate) genres: Vec<&'static str>,
    pub(crate) popularity: u64,
    pub(crate) followers: u64,
    /// The artist's own albums, newest first.
    pub(crate) albums: Vec<Index>,
}

/// A release.
#[derive(Debug)]
pub(crate) struct Album {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    /// `album`, `single` or `compilation`.
    pub(crate) kind: &'static str,
    pub(crate) artists: Vec<Index>,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub(crate) release_date: String,
    pub(crate) label: String,
    pub(crate) upc: String,
    pub(crate) popularity: u64,
    /// Where it can be had.
    pub(crate) markets: &'static [&'static str],
    pub(crate) tracks: Vec<Index>,
}

impl Album {
    /// Returns how much of the release date is known.
    pub(crate) fn precision(&self) -> &'static str {
        match self.release_date.len() {
            4 => "year",
            7 => "month",
            _ => "day",
        }
    }
}

/// A recording on one album.
#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    pub(crate) album: Index,
    pub(crate) artists: Vec<Index>,
    pub(crate) disc: u64,
    pub(crate) number: u64,
    pub(crate) duration_ms: u64,
    pub(crate) explicit: bool,
    pub(crate) isrc: String,
    pub(crate) popularity: u64,
    /// The same recording on an album that is sold elsewhere.
    pub(crate) twin: Option<Index>,
}

/// A podcast.
#[derive(Debug)]
pub(crate) struct Show {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    pub(crate) publisher: String,
    pub(crate) description: String,
    /// Where it can be had, as can its episodes.
    pub(crate) markets: &'static [&'static str],
    pub(crate) episodes: Vec<Index>,
}

/// An episode of a podcast.
#[derive(Debug)]
pub(crate) struct Episode {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    pub(crate) show: Index,
    pub(crate) description: String,
    pub(crate) duration_ms: u64,
    pub(crate) release_date: String,
}

/// An audiobook.
#[derive(Debug)]
pub(crate) struct Audiobook {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folded: String,
    pub(crate) author: String,
    pub(crate) narrator: String,
    pub(crate) publisher: String,
    pub(crate) description: String,
    /// Where it can be had, as can its chapters.
    pub(crate) markets: &'static [&'static str],
    pub(crate) chapters: Vec<Index>,
}

/// A chapter of an audiobook.
#[derive(Debug)]
pub(crate) struct Chapter {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) audiobook: Index,
    /// Counted from 0.
    pub(crate) number: usize,
    pub(crate) duration_ms: u64,
}

/// Everything that can be found.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) artists: Vec<Artist>,
    pub(crate) albums: Vec<Album>,
    pub(crate) tracks: Vec<Track>,
    pub(crate) shows: Vec<Show>,
    pub(crate) episodes: Vec<Episode>,
    pub(crate) audiobooks: Vec<Audiobook>,
    pub(crate) chapters: Vec<Chapter>,
    artist_ids: BTreeMap<String, Index>,
    album_ids: BTreeMap<String, Index>,
    track_ids: BTreeMap<String, Index>,
    show_ids: BTreeMap<String, Index>,
    episode_ids: BTreeMap<String, Index>,
    audiobook_ids: BTreeMap<String, Index>,
    chapter_ids: BTreeMap<String, Index>,
}

const OWN: &str = "positions in a catalogue come from the same catalogue";

impl Catalogue {
    /// Returns the catalogue of a seed with at least so many tracks, made once per process.
    pub(crate) fn of_seed(seed: u64, tracks: usize) -> Arc<Self> {
        static MADE: Mutex<BTreeMap<(u64, usize), Arc<Catalogue>>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = made.entry((seed, tracks));
        Arc::clone(entry.or_insert_with(|| Arc::new(generate::catalogue(seed, tracks))))
    }

    pub(crate) fn artist(&self, index: Index) -> &Artist {
        self.artists.get(index).expect(OWN)
    }

    pub(crate) fn album(&self, index: Index) -> &Album {
        self.albums.get(index).expect(OWN)
    }

    pub(crate) fn track(&self, index: Index) -> &Track {
        self.tracks.get(index).expect(OWN)
    }

    pub(crate) fn show(&self, index: Index) -> &Show {
        self.shows.get(index).expect(OWN)
    }

    pub(crate) fn episode(&self, index: Index) -> &Episode {
        self.episodes.get(index).expect(OWN)
    }

    pub(crate) fn audiobook(&self, index: Index) -> &Audiobook {
        self.audiobooks.get(index).expect(OWN)
    }

    pub(crate) fn chapter(&self, index: Index) -> &Chapter {
        self.chapters.get(index).expect(OWN)
    }

    /// Returns all tracks on an artist's albums, the most popular first.
    pub(crate) fn top_tracks(&self, artist: Index) -> Vec<Index> {
        let albums = self.artist(artist).albums.iter();
        let mut tracks: Vec<_> =
            albums.flat_map(|&album| self.album(album).tracks.iter().copied()).collect();
        tracks.sort_by_key(|&track| Reverse(self.track(track).popularity));
        tracks
    }

    /// Returns all albums, the newest first.
    pub(crate) fn newest_albums(&self) -> Vec<Index> {
        let mut albums: Vec<Index> = (0..self.albums.len()).collect();
        albums.sort_by_key(|&album| Reverse(&self.album(album).release_date));
        albums
    }

    /// Returns artists who share a genre with an artist, the most popular first.
    pub(crate) fn related_artists(&self, artist: Index) -> Vec<Index> {
        let genres = &self.artist(artist).genres;
        let shares = |other: &Artist| other.genres.iter().any(|genre| genres.contains(genre));
        let all = self.artists.iter().enumerate();
        let mut related: Vec<Index> = all
            .filter(|(index, other)| *index != artist && shares(other))
            .map(|(index, _)| index)
            .collect();
        related.sort_by_key(|&index| Reverse(self.artist(index).popularity));
        related
    }

    /// Finds what has an id; users are not in the catalogue.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<Index> {
        let ids = match kind {
            Kind::Artist => &self.artist_ids,
            Kind::Album => &self.album_ids,
            Kind::Audiobook => &self.audiobook_ids,
            Kind::Chapter => &self.chapter_ids,
            Kind::Episode => &self.episode_ids,
            Kind::Show => &self.show_ids,
            Kind::Track => &self.track_ids,
            Kind::User => return None,
        };
        ids.get(id).copied()
    }

    /// Returns whether something of this kind has the id.
    pub(crate) fn has(&self, kind: Kind, id: &str) -> bool {
        self.find(kind, id).is_some()
    }

    /// Fills the tables by which ids are found.
    fn index(&mut self) {
        fn ids<T>(items: &[T], id: impl Fn(&T) -> &String) -> BTreeMap<String, Index> {
            items.iter().enumerate().map(|(index, item)| (id(item).clone(), index)).collect()
        }
        self.artist_ids = ids(&self.artists, |item| &item.id);
        self.album_ids = ids(&self.albums, |item| &item.id);
        self.track_ids = ids(&self.tracks, |item| &item.id);
        self.show_ids = ids(&self.shows, |item| &item.id);
        self.episode_ids = ids(&self.episodes, |item| &item.id);
        self.audiobook_ids = ids(&self.audiobooks, |item| &item.id);
        self.chapter_ids = ids(&self.chapters, |item| &item.id);
    }
}
