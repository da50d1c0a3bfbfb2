//! Recommendations, closed to apps in Development Mode since November 2024.
//!
//! What is recommended is by artists who share a genre with a seed, in an order that depends on
//! the seeds alone. `min_*` and `max_*` filter; `target_*` is accepted and has no effect.

use serde_json::{Value, json};

use super::{Answer, Cx, Done, Refusal, paging::Page, render::View};
use crate::{
    catalogue::{Catalogue, Index, Track, audio::Audio, words::GENRES},
    kind::Kind,
    random::{Random, is_id},
    regime::PageSize,
};

/// How many seeds a request may have in all.
const MAX_SEEDS: usize = 5;

/// `get-recommendation-genres`
#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub(super) fn genres(_: &mut Cx<'_>) -> Answer {
    Ok(Done::ok(json!({ "genres": GENRES })))
}

/// `get-recommendations`
pub(super) fn list(cx: &mut Cx<'_>) -> Answer {
    let limit = Page::of(cx.call, PageSize { default: 20, max: 100 }, 0)?.limit;
    let seeds = Seed::all(cx)?;
    let limits = limits(cx)?;
    let view = cx.view();
    let genres: Vec<&str> = seeds.iter().flat_map(|seed| seed.genres(view.catalogue)).collect();
    let shares_genre = |track: &Track| {
        let mut artists = track.artists.iter().map(|&artist| view.catalogue.artist(artist));
        artists.any(|artist| artist.genres.iter().any(|genre| genres.contains(genre)))
    };
    let is_seed =
        |index| seeds.iter().any(|seed| matches!(seed, Seed::Track(seed) if *seed == index));
    let tracks = view.catalogue.tracks.iter().enumerate();
    let mut pool: Vec<_> = tracks
        .filter(|(index, track)| shares_genre(track) && !is_seed(*index))
        .map(|(index, _)| index)
        .collect();
    let initial = pool.len();
    pool.retain(|&index| limits.iter().all(|limit| limit.allows(view.catalogue.track(index))));
    let described = seeds.iter().map(|seed| seed.describe(&view, initial, pool.len()));
    let described: Vec<_> = described.collect();
    let text = seeds.iter().map(|seed| seed.id(view.catalogue)).collect::<Vec<_>>().join(",");
    pool.sort_by_cached_key(|index| Random::of(&format!("{text}/{index}")).next());
    let tracks = pool.into_iter().take(limit).map(|index| view.track(index));
    Ok(Done::ok(json!({ "seeds": described, "tracks": tracks.collect::<Vec<_>>() })))
}

/// What recommendations start from.
#[derive(Debug)]
enum Seed {
    Artist(Index),
    Genre(&'static str),
    Track(Index),
}

impl Seed {
    fn all(cx: &Cx<'_>) -> Result<Vec<Self>, Refusal> {
        let mut seeds = Vec::new();
        for (name, read) in [
            ("seed_artists", Self::artist as fn(&Catalogue, &str) -> Result<Self, Refusal>),
            ("seed_genres", Self::genre),
            ("seed_tracks", Self::track),
        ] {
            let text = cx.call.parameter(name).unwrap_or_default();
            for seed in text.split(',').filter(|seed| !seed.is_empty()) {
                seeds.push(read(&cx.world.catalogue, seed)?);
            }
        }
        if (1..=MAX_SEEDS).contains(&seeds.len()) {
            Ok(seeds)
        } else {
            Err(Refusal::BadRequest("Between 1 and 5 seeds are required".to_owned()))
        }
    }

    fn artist(catalogue: &Catalogue, id: &str) -> Result<Self, Refusal> {
        existing(catalogue, Kind::Artist, id).map(Self::Artist)
    }

    fn track(catalogue: &Catalogue, id: &str) -> Result<Self, Refusal> {
        existing(catalogue, Kind::Track, id).map(Self::Track)
    }

    fn genre(_: &Catalogue, name: &str) -> Result<Self, Refusal> {
        let genre = GENRES.iter().find(|genre| **genre == name);
        genre
            .copied()
            .map(Self::Genre)
            .ok_or_else(|| Refusal::BadRequest("invalid seed".to_owned()))
    }

    fn genres<'a>(&'a self, catalogue: &'a Catalogue) -> Vec<&'a str> {
        let of = |artist: Index| catalogue.artist(artist).genres.clone();
        match self {
            Self::Artist(index) => of(*index),
            Self::Genre(name) => vec![name],
            Self::Track(index) => {
                catalogue.track(*index).artists.iter().copied().flat_map(of).collect()
            }
        }
    }

    fn id<'a>(&self, catalogue: &'a Catalogue) -> &'a str {
        match self {
            Self::Artist(index) => &catalogue.artist(*index).id,
            Self::Genre(name) => name,
            Self::Track(index) => &catalogue.track(*index).id,
        }
    }

    fn describe(&self, view: &View<'_>, initial: usize, left: usize) -> Value {
        let id = self.id(view.catalogue);
        let (kind, href) = match self {
            Self::Artist(_) => ("ARTIST", Some(format!("{}/artists/{id}", view.api))),
            Self::Genre(_) => ("GENRE", None),
            Self::Track(_) => ("TRACK", Some(format!("{}/tracks/{id}", view.api))),
        };
        json!({
            "afterFilteringSize": left,
            "afterRelinkingSize": left,
            "href": href,
            "id": id,
            "initialPoolSize": initial,
            "type": kind,
        })
    }
}

fn existing(catalogue: &Catalogue, kind: Kind, id: &str) -> Result<Index, Refusal> {
    if is_id(id) {
        catalogue.find(kind, id).ok_or(Refusal::NotFound)
    } else {
        Err(Refusal::InvalidId)
    }
}

/// One `min_*` or `max_*`.
#[derive(Debug)]
struct Limit {
    measure: String,
    lowest: f64,
    highest: f64,
}

impl Limit {
    fn allows(&self, track: &Track) -> bool {
        let audio = Audio::of(track);
        let popularity = || f64::from(u32::try_from(track.popularity).unwrap_or(u32::MAX));
        let measured = match self.measure.as_str() {
            "popularity" => Some(popularity()),
            other => audio.measure(other),
        };
        measured.is_none_or(|measured| (self.lowest..=self.highest).contains(&measured))
    }
}

fn limits(cx: &Cx<'_>) -> Result<Vec<Limit>, Refusal> {
    let mut limits = Vec::new();
    for (name, text) in &cx.call.query {
        let invalid = |_| Refusal::BadRequest(format!("Invalid {name}"));
        if let Some(measure) = name.strip_prefix("min_") {
            let lowest = text.parse().map_err(invalid)?;
            limits.push(Limit { measure: measure.to_owned(), lowest, highest: f64::INFINITY });
        } else if let Some(measure) = name.strip_prefix("max_") {
            let highest = text.parse().map_err(invalid)?;
            limits.push(Limit { measure: measure.to_owned(), lowest: f64::NEG_INFINITY, highest });
        }
    }
    Ok(limits)
}
