//! Decoding large answers beside `serde_json::Value` on the same bytes.

use std::hint::black_box;

use serde_json::Value;
use spotify_api::{
    Page,
    answer::Answer as _,
    model::{PlaylistItem, SearchResults},
};

use crate::{
    bodies,
    measure::{Comparison, Row, compare},
};

/// Decodings of one turn.
const TIMES: u32 = 10;

pub(crate) fn rows() -> Vec<Row> {
    let playlist = |body: &[u8]| drop(black_box(Page::<PlaylistItem>::read(body)));
    let search = |body: &[u8]| drop(black_box(SearchResults::read(body)));
    vec![
        row("playlist page, 100 tracks with markets", &bodies::playlist_page(100, 180), playlist),
        row("playlist page, 100 tracks", &bodies::playlist_page(100, 0), playlist),
        row("search page, 50 tracks with markets", &bodies::search_page(50, 180), search),
        row("search page, 50 tracks", &bodies::search_page(50, 0), search),
    ]
}

fn row(work: &str, body: &[u8], read: impl Fn(&[u8])) -> Row {
    let ours = || (0..TIMES).for_each(|_| read(black_box(body)));
    let value = || {
        for _ in 0..TIMES {
            drop(black_box(serde_json::from_slice::<Value>(black_box(body))));
        }
    };
    let Comparison { ours, baseline, ratio } = compare(41, ours, value);
    let megabytes = f64::from(u32::try_from(body.len()).unwrap_or(u32::MAX)) / 1e6;
    let per_megabyte = |time: std::time::Duration| (time / TIMES).div_f64(megabytes);
    let each = Comparison { ours: per_megabyte(ours), baseline: per_megabyte(baseline), ratio };
    each.row(&format!("{work} ({megabytes:.2} MB), per MB"), "as Value", Some(0.6))
}
