//! Finds things by what a person types.
//!
//! A query is words and field filters (`artist:`, `album:`, `track:`, `year:`, `isrc:`, `upc:`,
//! `genre:`, `tag:`; a value with spaces stands in quotation marks). All words must occur; a hit whose
//! name equals the words comes first, then names that start with them, then names that hold them,
//! then hits through the artist or the album; equals are ordered by popularity.

use jiff::{ToSpan as _, civil::Date};

use super::{
    Album, Catalogue, Index,
    fold::{fold, words},
};

/// A parsed query.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// The words outside filters, folded and joined by single spaces.
    phrase: String,
    words: Vec<String>,
    filters: Vec<(Field, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Artist,
    Album,
    Track,
    Year,
    Isrc,
    Upc,
    Genre,
    Tag,
}

const FIELDS: &[(&str, Field)] = &[
    ("artist:", Field::Artist),
    ("album:", Field::Album),
    ("track:", Field::Track),
    ("year:", Field::Year),
    ("isrc:", Field::Isrc),
    ("upc:", Field::Upc),
    ("genre:", Field::Genre),
    ("tag:", Field::Tag),
];

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let mut loose = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let filter = FIELDS.iter().find_map(|&(name, field)| {
                rest.get(..name.len())
                    .filter(|start| start.eq_ignore_ascii_case(name))
                    .and(rest.get(name.len()..))
                    .map(|after| (field, after))
            });
            let (value, after) = token(filter.map_or(rest, |(_, after)| after));
            match filter {
                Some((field, _)) => query.filters.push((field, fold(value))),
                None => loose.push(fold(value)),
            }
            rest = after.trim_start();
        }
        query.words = loose.iter().flat_map(|word| words(word)).map(str::to_owned).collect();
        query.phrase = query.words.join(" ");
        query
    }

    /// Returns how well something matches, or `None` when it does not.
    ///
    /// `context` are further folded texts in which words may be found.
    fn rank(&self, name: &str, context: &[&str]) -> Option<u64> {
        if self.words.is_empty() {
            return (!self.filters.is_empty()).then_some(0);
        }
        if self.words.iter().all(|word| holds(name, word)) {
            let plain = words(name).collect::<Vec<_>>().join(" ");
            return Some(match plain.strip_prefix(&self.phrase) {
                Some("") => 400,
                Some(_) => 300,
                None => 200,
            });
        }
        let somewhere =
            |word: &String| holds(name, word) || context.iter().any(|text| holds(text, word));
        self.words.iter().all(somewhere).then_some(100)
    }

    fn passes(&self, mut check: impl FnMut(Field, &str) -> bool) -> bool {
        self.filters.iter().all(|(field, value)| check(*field, value))
    }
}

/// Splits the first word or quoted phrase off.
fn token(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// Returns whether a word of `text` starts with `word`; where words are not spaced out, it may
/// stand anywhere.
fn holds(text: &str, word: &str) -> bool {
    // Few texts pass the first, fast look.
    text.contains(word)
        && (word.contains(is_unspaced) || words(text).any(|candidate| candidate.starts_with(word)))
}

/// Kana and Han.
const fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

impl Catalogue {
    /// Returns the tracks that match, best first.
    pub(crate) fn search_tracks(&self, query: &Query) -> Vec<Index> {
        ranked(self.tracks.iter().enumerate().filter_map(|(index, track)| {
            let album = self.album(track.album);
            let names = self.artist_names(&track.artists);
            let passes = query.passes(|field, value| match field {
                Field::Artist => names.iter().any(|name| name.contains(value)),
                Field::Album => album.folded.contains(value),
                Field::Track => track.folded.contains(value),
                Field::Year => year_matches(&album.release_date, value),
                Field::Isrc => track.isrc.eq_ignore_ascii_case(value),
                Field::Genre => self.has_genre(&track.artists, value),
                Field::Upc | Field::Tag => false,
            });
            let rank = query.rank(&track.folded, &[names.as_slice(), &[&album.folded]].concat())?;
            passes.then_some((rank, track.popularity, index))
        }))
    }

    /// Returns the albums that match, best first, when it is `today`.
    pub(crate) fn search_albums(&self, query: &Query, today: Date) -> Vec<Index> {
        ranked(self.albums.iter().enumerate().filter_map(|(index, album)| {
            let names = self.artist_names(&album.artists);
            let passes = query.passes(|field, value| match field {
                Field::Artist => names.iter().any(|name| name.contains(value)),
                Field::Album => album.folded.contains(value),
                Field::Year => year_matches(&album.release_date, value),
                Field::Upc => album.upc == value,
                Field::Genre => self.has_genre(&album.artists, value),
                Field::Tag => has_tag(album, value, today),
                Field::Track | Field::Isrc => false,
            });
            let rank = query.rank(&album.folded, &names)?;
            passes.then_some((rank, album.popularity, index))
        }))
    }

    /// Returns the artists that match, best first.
    pub(crate) fn search_artists(&self, query: &Query) -> Vec<Index> {
        ranked(self.artists.iter().enumerate().filter_map(|(index, artist)| {
            let passes = query.passes(|field, value| match field {
                Field::Artist => artist.folded.contains(value),
                Field::Genre => self.has_genre(&[index], value),
                Field::Year => artist
                    .albums
                    .iter()
                    .any(|&album| year_matches(&self.album(album).release_date, value)),
                Field::Album | Field::Track | Field::Isrc | Field::Upc | Field::Tag => false,
            });
            let rank = query.rank(&artist.folded, &[])?;
            passes.then_some((rank, artist.popularity, index))
        }))
    }

    /// Returns the podcasts that match, best first.
    pub(crate) fn search_shows(&self, query: &Query) -> Vec<Index> {
        plain(query, self.shows.iter().map(|show| (show.folded.as_str(), show.publisher.as_str())))
    }

    /// Returns the episodes that match, best first.
    pub(crate) fn search_episodes(&self, query: &Query) -> Vec<Index> {
        let named = self.episodes.iter();
        plain(
            query,
            named.map(|episode| (episode.folded.as_str(), self.show(episode.show).folded.as_str())),
        )
    }

    /// Returns the audiobooks that match, best first.
    pub(crate) fn search_audiobooks(&self, query: &Query) -> Vec<Index> {
        plain(
            query,
            self.audiobooks.iter().map(|book| (book.folded.as_str(), book.author.as_str())),
        )
    }

    fn artist_names(&self, artists: &[Index]) -> Vec<&str> {
        artists.iter().map(|&artist| self.artist(artist).folded.as_str()).collect()
    }

    fn has_genre(&self, artists: &[Index], genre: &str) -> bool {
        artists.iter().any(|&artist| self.artist(artist).genres.contains(&genre))
    }
}

/// Ranks things that have no filter of their own.
pub(crate) fn plain<'a>(
    query: &Query,
    items: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Index> {
    ranked(items.enumerate().filter_map(|(index, (name, context))| {
        let rank = query.rank(name, &[&fold(context)])?;
        query.filters.is_empty().then_some((rank, 0, index))
    }))
}

fn ranked(hits: impl Iterator<Item = (u64, u64, Index)>) -> Vec<Index> {
    let mut hits: Vec<_> = hits.collect();
    hits.sort_by_key(|&(rank, popularity, index)| {
        (std::cmp::Reverse(rank), std::cmp::Reverse(popularity), index)
    });
    hits.into_iter().map(|(_, _, index)| index).collect()
}

/// Returns whether an album is one of the two things that a tag can say: from the last two weeks,
/// or among the least popular tenth.
///
/// Source: Spotify, reference, "Search for Item". Popularity goes to 100; this simulator takes the
/// tenth of that number, not of the albums.
fn has_tag(album: &Album, tag: &str, today: Date) -> bool {
    match tag {
        "new" => album
            .release_date
            .parse::<Date>()
            .is_ok_and(|date| date <= today && today.saturating_sub(2.weeks()) <= date),
        "hipster" => album.popularity < 10,
        _ => false,
    }
}

/// Returns whether a date lies in `YYYY` or `YYYY-YYYY`.
fn year_matches(date: &str, range: &str) -> bool {
    let year = |text: &str| text.get(..4).and_then(|digits| digits.parse::<u16>().ok());
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (year(date), year(first), year(last)) {
        (Some(year), Some(first), Some(last)) => (first..=last).contains(&year),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracks(text: &str) -> Vec<String> {
        let catalogue = Catalogue::of_seed(7, 0);
        let hits = catalogue.search_tracks(&Query::parse(text));
        hits.into_iter().map(|index| catalogue.track(index).name.clone()).collect()
    }

    #[test]
    fn an_exact_title_comes_first() {
        assert_eq!(tracks("midnight ferry").first().map(String::as_str), Some("Midnight Ferry"));
        assert_eq!(tracks("Harbour Lights").first().map(String::as_str), Some("Harbour Lights"));
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(tracks("zolty autobus").first().map(String::as_str), Some("Żółty Autobus"));
        assert_eq!(tracks("ΜΙΚΡΗ ΑΥΓΗ").first().map(String::as_str), Some("Μικρή Αυγή"));
    }

    #[test]
    fn filters_narrow_the_result() {
        let all = tracks("artist:\"the paper lanterns\"");
        assert_eq!(all.len(), 9);
        assert_eq!(tracks("artist:\"the paper lanterns\" year:2019").len(), 6);
        assert_eq!(tracks("artist:\"the paper lanterns\" album:\"small hours\"").len(), 3);
        assert_eq!(tracks("track:northbound artist:lanterns"), ["Northbound"]);
        assert!(tracks("year:1800").is_empty());
    }

    fn albums(text: &str) -> Vec<String> {
        let catalogue = Catalogue::of_seed(7, 0);
        let hits = catalogue.search_albums(&Query::parse(text), jiff::civil::date(2026, 11, 2));
        hits.into_iter().map(|index| catalogue.album(index).name.clone()).collect()
    }

    #[test]
    fn tags_find_new_and_unpopular_albums() {
        assert_eq!(albums("tag:new"), ["Two Shores", "Two Shores"]);
        let (some, all) = (albums("tag:hipster").len(), albums("year:1900-2100").len());
        assert!(0 < some && some < all / 4, "{some} of {all}");
        assert!(albums("tag:old").is_empty());
        assert!(tracks("tag:new").is_empty());
    }

    #[test]
    fn words_match_by_their_beginning_and_never_with_an_error() {
        assert!(tracks("midn ferr").contains(&"Midnight Ferry".to_owned()));
        assert!(tracks("белый поез").contains(&"Белый Поезд".to_owned()));
        assert!(tracks("メロディー").contains(&"真夏のメロディー".to_owned()));
        for wrong in ["midnigth ferry", "idnight ferry", "елый поезд", "midnight xyzzy"] {
            assert!(tracks(wrong).is_empty(), "{wrong}");
        }
    }

    #[test]
    fn an_isrc_finds_its_recording() {
        let catalogue = Catalogue::of_seed(7, 0);
        let isrc = &catalogue.track(0).isrc;
        let hits = catalogue.search_tracks(&Query::parse(&format!("isrc:{isrc}")));
        assert!(hits.contains(&0), "{hits:?}");
    }

    #[test]
    fn a_word_of_the_artist_finds_the_track() {
        assert!(tracks("ferry lanterns").contains(&"Midnight Ferry".to_owned()));
    }

    #[test]
    fn an_artists_name_ranks_the_artist_first() {
        let catalogue = Catalogue::of_seed(7, 0);
        let hits = catalogue.search_artists(&Query::parse("夜の灯台"));
        assert_eq!(
            hits.first().map(|&index| catalogue.artist(index).name.as_str()),
            Some("夜の灯台")
        );
    }
}
