//! Makes a catalogue out of a seed.

use super::{
    Album, Artist, Audiobook, Catalogue, Chapter, Episode, Index, Show, Track,
    fold::fold,
    markets,
    well_known::RELEASES,
    words::{AUDIOBOOKS, COUNTRIES, GENRES, LABELS, SCRIPTS, SHOWS, Script},
};
use crate::random::Random;

const ARTISTS: usize = 260;

/// Makes the catalogue of `seed`: some 260 artists, 800 albums and 4,000 tracks, and as many more
/// artists as it takes to have `tracks` tracks.
pub(super) fn catalogue(seed: u64, tracks: usize) -> Catalogue {
    let mut made = Catalogue::default();
    well_known(&mut made);
    let mut random = Random::new(seed);
    // Nobody joins the well-known artists, so that their tracks are known as well.
    let first = made.artists.len();
    for _ in 0..ARTISTS {
        discography(&mut made, &mut random, first);
    }
    while made.tracks.len() < tracks {
        discography(&mut made, &mut random, first);
    }
    twins(&mut made);
    spoken(&mut made);
    for artist in &mut made.artists {
        let albums = &made.albums;
        artist.albums.sort_by_key(|&album| {
            std::cmp::Reverse(albums.get(album).map(|album| album.release_date.clone()))
        });
    }
    made.index();
    made
}

/// Adds the releases with fixed names; their ids depend on the names alone.
fn well_known(made: &mut Catalogue) {
    for release in RELEASES {
        let mut random = Random::of(&format!("{}/{}", release.artist, release.album));
        let artist =
            made.artists.iter().position(|artist| artist.name == release.artist).unwrap_or_else(
                || {
                    let mut random = Random::of(release.artist);
                    // Popular enough that nothing generated outranks an equally good match.
                    add_artist(made, &mut random, release.artist.to_owned(), 90)
                },
            );
        let form = AlbumForm {
            name: release.album.to_owned(),
            kind: "album",
            artists: vec![artist],
            release_date: release.released.to_owned(),
            popularity: 85,
            markets: markets::ALL,
        };
        let album = add_album(made, &mut random, form);
        for title in release.tracks {
            add_track(made, &mut random, album, (*title).to_owned(), 80);
        }
    }
}

fn discography(made: &mut Catalogue, random: &mut Random, first: Index) {
    let script = pick_script(random);
    let name = name(random, script, script.artist);
    let popularity = random.between(5, 79);
    let artist = add_artist(made, random, name, popularity);
    for _ in 0..random.between(1, 5) {
        let name = name_of_title(random, script);
        let (kind, length) = match random.below(10) {
            0..=5 => ("album", random.between(6, 12)),
            6..=8 => ("single", random.between(1, 3)),
            _ => ("compilation", random.between(8, 14)),
        };
        let mut artists = vec![artist];
        if random.percent(15) && artist > first {
            artists.push(first + random.below(artist - first));
        }
        let release_date = release_date(random);
        let popularity = random.between(1, 75);
        let markets = markets::ALL;
        let form = AlbumForm { name, kind, artists, release_date, popularity, markets };
        let album = add_album(made, random, form);
        for _ in 0..length {
            let mut title = name_of_title(random, script);
            if random.percent(6) {
                title.push_str(" - Live");
            }
            let popularity = random.between(0, 75);
            add_track(made, random, album, title, popularity);
        }
    }
}

fn add_artist(made: &mut Catalogue, random: &mut Random, name: String, popularity: u64) -> Index {
    made.artists.push(Artist {
        id: random.id(),
        folded: fold(&name),
        name,
        genres: vec![*random.pick(GENRES)],
        popularity,
        followers: random.between(40, 900_000),
        albums: Vec::new(),
    });
    made.artists.len() - 1
}

struct AlbumForm {
    name: String,
    kind: &'static str,
    artists: Vec<Index>,
    release_date: String,
    popularity: u64,
    markets: &'static [&'static str],
}

fn add_album(made: &mut Catalogue, random: &mut Random, form: AlbumForm) -> Index {
    let AlbumForm { name, kind, artists, release_date, popularity, markets } = form;
    let index = made.albums.len();
    for &artist in &artists {
        if let Some(artist) = made.artists.get_mut(artist) {
            artist.albums.push(index);
        }
    }
    made.albums.push(Album {
        id: random.id(),
        folded: fold(&name),
        name,
        kind,
        artists,
        release_date,
        label: (*random.pick(LABELS)).to_owned(),
        upc: format!("{:012}", random.between(100_000_000_000, 999_999_999_999)),
        popularity,
        markets,
        tracks: Vec::new(),
    });
    index
}

fn add_track(
    made: &mut Catalogue,
    random: &mut Random,
    album: Index,
    name: String,
    popularity: u64,
) {
    let index = made.tracks.len();
    let home = made.albums.get_mut(album).expect("the album was just added");
    home.tracks.push(index);
    let number = u64::try_from(home.tracks.len()).unwrap_or(u64::MAX);
    // The long compilations come on two discs.
    let (disc, number) =
        if number > 8 && home.kind == "compilation" { (2, number - 8) } else { (1, number) };
    let year = home.release_date.get(2..4).unwrap_or("00");
    let isrc = format!(
        "{}{}{year}{:05}",
        random.pick(COUNTRIES),
        random.text(3).to_ascii_uppercase(),
        random.between(0, 99_999)
    );
    made.tracks.push(Track {
        id: random.id(),
        folded: fold(&name),
        name,
        album,
        artists: home.artists.clone(),
        disc,
        number,
        duration_ms: random.between(65_000, 482_000),
        explicit: random.percent(9),
        isrc,
        popularity,
        twin: None,
    });
}

/// Adds a new release with two editions for different countries, whose tracks are twins.
///
/// They come last, so that the positions of all others stay.
fn twins(made: &mut Catalogue) {
    let artist =
        add_artist(made, &mut Random::of("The Relay Twins"), "The Relay Twins".to_owned(), 60);
    let first = made.tracks.len();
    let titles = ["Customs Hour", "Two Shores", "Bonded Warehouse"];
    for (edition, markets) in [("American", markets::AMERICA), ("European", markets::EUROPE)] {
        let mut random = Random::of(&format!("Two Shores, {edition} edition"));
        let form = AlbumForm {
            name: "Two Shores".to_owned(),
            kind: "album",
            artists: vec![artist],
            release_date: "2026-10-28".to_owned(),
            popularity: 55,
            markets,
        };
        let album = add_album(made, &mut random, form);
        for title in titles {
            add_track(made, &mut random, album, title.to_owned(), 50);
        }
    }
    for (position, track) in made.tracks.iter_mut().skip(first).enumerate() {
        let other = (position + titles.len()) % (2 * titles.len());
        track.twin = Some(first + other);
    }
}

/// Adds podcasts and audiobooks, the same for every seed.
fn spoken(made: &mut Catalogue) {
    for (position, &(name, publisher)) in SHOWS.iter().enumerate() {
        let mut random = Random::of(name);
        let mut episodes = Vec::new();
        for number in 1..=5_u64 {
            let title = format!(
                "{number}. {}",
                name_of_title(&mut random, pick_script(&mut Random::new(0)))
            );
            episodes.push(made.episodes.len());
            made.episodes.push(Episode {
                id: random.id(),
                folded: fold(&title),
                name: title,
                show: position,
                description: format!("Part {number} of {name}."),
                duration_ms: random.between(600_000, 4_200_000),
                release_date: format!("2026-0{number}-1{number}"),
            });
        }
        made.shows.push(Show {
            id: random.id(),
            name: name.to_owned(),
            folded: fold(name),
            publisher: publisher.to_owned(),
            description: format!("{name}, by {publisher}."),
            markets: sold_where(name),
            episodes,
        });
    }
    for (position, &(name, author, narrator)) in AUDIOBOOKS.iter().enumerate() {
        let mut random = Random::of(name);
        let id = random.id();
        let first = made.chapters.len();
        for number in 0..random.between(9, 40) {
            made.chapters.push(Chapter {
                id: random.id(),
                name: format!("Chapter {}", number + 1),
                audiobook: position,
                number: usize::try_from(number).unwrap_or(usize::MAX),
                duration_ms: random.between(300_000, 2_700_000),
            });
        }
        made.audiobooks.push(Audiobook {
            id,
            name: name.to_owned(),
            folded: fold(name),
            author: author.to_owned(),
            narrator: narrator.to_owned(),
            publisher: "Paper Moon".to_owned(),
            description: format!("{name}, written by {author}, read by {narrator}."),
            markets: sold_where(name),
            chapters: (first..made.chapters.len()).collect(),
        });
    }
}

/// What has a German name is sold in Germany only, so that something is not to be had elsewhere.
fn sold_where(name: &str) -> &'static [&'static str] {
    if name.starts_with("Die ") { markets::GERMANY } else { markets::ALL }
}

fn pick_script(random: &mut Random) -> &'static Script {
    let mut draw = random.below(SCRIPTS.iter().map(|script| script.share).sum());
    for script in SCRIPTS {
        if draw < script.share {
            return script;
        }
        draw -= script.share;
    }
    unreachable!("the draw is below the sum of the shares")
}

fn name(
    random: &mut Random,
    script: &Script,
    (first, second): (&[&'static str], &[&'static str]),
) -> String {
    format!("{}{}{}", random.pick(first), script.joint, random.pick(second))
}

fn name_of_title(random: &mut Random, script: &Script) -> String {
    name(random, script, script.title)
}

fn release_date(random: &mut Random) -> String {
    let year = random.between(1968, 2026);
    let month = random.between(1, 9);
    match random.below(10) {
        0 => year.to_string(),
        1 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{:02}", random.between(1, 28)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::is_id;

    #[test]
    fn a_seed_gives_a_few_thousand_tracks_with_unique_valid_ids() {
        let made = catalogue(7, 0);
        assert!((2_000..8_000).contains(&made.tracks.len()), "{}", made.tracks.len());
        assert!((200..400).contains(&made.artists.len()), "{}", made.artists.len());
        let ids: BTreeSet<_> = made.tracks.iter().map(|track| &track.id).collect();
        assert_eq!(ids.len(), made.tracks.len());
        assert!(ids.into_iter().all(|id| is_id(id)));
        assert!(made.tracks.iter().all(|track| track.isrc.len() == 12));
    }

    #[test]
    fn the_same_seed_gives_the_same_catalogue() {
        let names = |seed| {
            catalogue(seed, 0)
                .tracks
                .into_iter()
                .map(|track| (track.id, track.name))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(3), names(3));
        assert_ne!(names(3), names(4));
    }

    #[test]
    fn well_known_releases_have_the_same_ids_for_every_seed() {
        let ferry = |seed| {
            let made = catalogue(seed, 0);
            made.tracks
                .into_iter()
                .find(|track| track.name == "Midnight Ferry")
                .map(|track| track.id)
        };
        assert!(ferry(1).is_some());
        assert_eq!(ferry(1), ferry(2));
    }

    #[test]
    fn every_script_is_present() {
        let made = catalogue(7, 0);
        for (low, high) in [
            ('\u{370}', '\u{3ff}'),
            ('\u{400}', '\u{4ff}'),
            ('\u{5d0}', '\u{5ea}'),
            ('\u{620}', '\u{64a}'),
            ('\u{900}', '\u{97f}'),
            ('\u{3040}', '\u{30ff}'),
            ('\u{4e00}', '\u{9fff}'),
            ('\u{ac00}', '\u{d7a3}'),
            ('\u{1f300}', '\u{1faff}'),
        ] {
            let found = made
                .tracks
                .iter()
                .any(|track| track.name.chars().any(|c| (low..=high).contains(&c)));
            assert!(found, "no track with a character from {low} to {high}");
        }
    }
}
