//! How long large answers take to decode, and how often they allocate: as this crate's types, and
//! as `serde_json::Value` on the same bytes.
//!
//! `cargo bench -p spotify-api --bench decode`. The goal is at most 0.6 times `Value`.

#[path = "decode/bodies.rs"]
mod bodies;

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use serde_json::Value;
use spotify_api::{
    Page,
    answer::Answer as _,
    model::{PlaylistItem, SearchResults},
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A page of a playlist: 100 tracks, each with 180 markets and its album with as many.
#[divan::bench(types = [Page<PlaylistItem>, Value])]
fn playlist_of_100_tracks_with_markets<A: Decode>(bencher: Bencher<'_, '_>) {
    decode::<A>(bencher, &bodies::playlist_page(100, 180));
}

/// The same without markets, as restricted apps get it.
#[divan::bench(types = [Page<PlaylistItem>, Value])]
fn playlist_of_100_tracks<A: Decode>(bencher: Bencher<'_, '_>) {
    decode::<A>(bencher, &bodies::playlist_page(100, 0));
}

/// A search that found 50 tracks with their markets.
#[divan::bench(types = [SearchResults, Value])]
fn search_of_50_tracks_with_markets<A: Decode>(bencher: Bencher<'_, '_>) {
    decode::<A>(bencher, &bodies::search_page(50, 180));
}

/// A search that found 50 tracks.
#[divan::bench(types = [SearchResults, Value])]
fn search_of_50_tracks<A: Decode>(bencher: Bencher<'_, '_>) {
    decode::<A>(bencher, &bodies::search_page(50, 0));
}

fn decode<A: Decode>(bencher: Bencher<'_, '_>, body: &[u8]) {
    bencher.counter(BytesCount::of_slice(body)).bench(|| A::decode(divan::black_box(body)));
}

/// What a body is decoded as, in the way that its user does it.
trait Decode: Sized {
    fn decode(body: &[u8]) -> Option<Self>;
}

impl Decode for Page<PlaylistItem> {
    fn decode(body: &[u8]) -> Option<Self> {
        Self::read(body).ok()
    }
}

impl Decode for SearchResults {
    fn decode(body: &[u8]) -> Option<Self> {
        Self::read(body).ok()
    }
}

impl Decode for Value {
    fn decode(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}
