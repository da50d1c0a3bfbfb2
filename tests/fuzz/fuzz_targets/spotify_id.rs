//! Ids, URIs and links: no text makes the parsers panic, and what they take, they take again from
//! its own text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_api::id::{
    AlbumId, ArtistId, AudiobookId, ChapterId, EpisodeId, LocalUri, PlaylistId, ShowId, SpotifyUri,
    TrackId, UserId,
};

fuzz_target!(|text: &str| {
    macro_rules! round_trips {
        ($($id:ty),+) => {$(
            if let Ok(id) = text.parse::<$id>() {
                assert_eq!(id.to_string().parse::<$id>().as_ref(), Ok(&id), "{text:?}");
            }
        )+};
    }
    round_trips!(
        AlbumId,
        ArtistId,
        AudiobookId,
        ChapterId,
        EpisodeId,
        LocalUri,
        PlaylistId,
        ShowId,
        SpotifyUri,
        TrackId,
        UserId
    );
});
