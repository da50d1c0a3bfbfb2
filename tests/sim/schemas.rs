//! What the simulator answers against the schemas of Spotify's own document.

use std::collections::{BTreeMap, BTreeSet};

use spotify_sim::{Regime, routes};

use crate::{
    bench::Bench,
    facts::table,
    openapi::{Difference, Document},
    samples::Samples,
};

/// Places where answers differ from the document on purpose.
#[derive(Debug)]
struct Known {
    place: &'static str,
    problem: &'static str,
    regimes: &'static [Regime],
    /// The number of an irregularity, or the section of the notes on the platform.
    reason: &'static str,
}

const ALL: &[Regime] = &Regime::ALL;
const OLD: &[Regime] = &[Regime::Extended, Regime::DevLegacy];
const DEVELOPMENT: &[Regime] = &[Regime::DevLegacy, Regime::DevRestricted];
const RESTRICTED: &[Regime] = &[Regime::DevRestricted];

const REMOVED: &str = "removed in February 2026 (section 1.4)";
const CLOSED: &str = "closed in November 2024, seen as 404 (section 1.6)";
const UNDOCUMENTED: &str = "recorded, though the document has no such field (N47)";

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    Known { place: "AlbumBase.available_markets", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "AlbumObject.label", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "AlbumObject.popularity", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "ArtistDiscographyAlbumObject.album_group", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "AudiobookBase.available_markets", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "AudiobookBase.publisher", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "ShowBase.available_markets", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "ShowBase.publisher", problem: "absent", regimes: RESTRICTED, reason: REMOVED },
    Known { place: "ChapterBase.type", problem: "\"chapter\"", regimes: ALL, reason: "N29" },
    Known { place: "CursorObject.after", problem: "null", regimes: ALL, reason: "N18" },
    Known { place: "CursorPagingObject.next", problem: "null", regimes: ALL, reason: "N18" },
    Known { place: "DisallowsObject.disallows", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "CurrentlyPlayingContextObject.smart_shuffle", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "PlaylistObject.primary_color", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "PlaylistTrackObject.primary_color", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "PlaylistTrackObject.video_thumbnail", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "SimplifiedPlaylistObject.primary_color", problem: "undocumented", regimes: ALL, reason: UNDOCUMENTED },
    Known { place: "PlaylistObject.followers", problem: "undocumented", regimes: OLD, reason: "N36" },
    Known { place: "TrackObject.episode", problem: "undocumented", regimes: ALL, reason: "N24" },
    Known { place: "TrackObject.track", problem: "undocumented", regimes: ALL, reason: "N24" },
    Known { place: "SimplifiedPlaylistObject", problem: "null", regimes: DEVELOPMENT, reason: "N04" },
    Known { place: "ErrorObject.message", problem: "absent", regimes: DEVELOPMENT, reason: "N37" },
    Known { place: "get-a-categories-playlists status", problem: "404", regimes: DEVELOPMENT, reason: CLOSED },
    Known { place: "get-an-artists-related-artists status", problem: "404", regimes: DEVELOPMENT, reason: CLOSED },
    Known { place: "get-featured-playlists status", problem: "404", regimes: DEVELOPMENT, reason: CLOSED },
    Known { place: "get-recommendation-genres status", problem: "404", regimes: DEVELOPMENT, reason: CLOSED },
    Known { place: "get-recommendations status", problem: "404", regimes: DEVELOPMENT, reason: CLOSED },
];

#[tokio::test]
async fn every_answer_meets_its_schema_but_for_known_differences() {
    let Some(document) = Document::read() else { return };
    let mut found: BTreeMap<Difference, BTreeSet<Regime>> = BTreeMap::new();
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        for route in routes() {
            let sample = Samples::prepare(&bench).await.of(route);
            let answer = sample.send(&bench).await;
            let id = route.operation_id;
            for difference in document.differences(id, answer.status, &answer.text) {
                found.entry(difference).or_default().insert(regime);
            }
        }
    }
    for known in KNOWN {
        let regimes = found.remove(&Difference::new(known.place, known.problem));
        let expected = known.regimes.iter().copied().collect();
        assert_eq!(
            regimes,
            Some(expected),
            "is in the list because of {}: {known:?}",
            known.reason
        );
    }
    assert!(found.is_empty(), "differences without a reason: {found:#?}");
}

#[test]
fn the_document_and_the_routes_have_the_same_operations() {
    let Some(document) = Document::read() else { return };
    assert_eq!(document.operations(), routes().iter().map(|route| route.operation_id).collect());
}

#[test]
fn every_reason_by_number_is_an_irregularity() {
    let Some(irregularities) = table("irregularities.json") else { return };
    let listed = irregularities["irregularities"].as_array().unwrap();
    for known in KNOWN.iter().filter(|known| known.reason.starts_with('N')) {
        assert!(listed.iter().any(|row| row["id"] == known.reason), "{known:?}");
    }
}
