//! Artists.

use super::{ExternalUrls, Followers, Image, macros::model};
use crate::id::{ArtistId, SpotifyUri};

model! {
    /// An artist; simplified ones have only the first fields.
    pub struct Artist {
        /// The id; local files' artists have none.
        pub id: Option<ArtistId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The name.
        pub name: Option<String>,
        /// What kind of object this is; `artist`, save for episodes in disguise.
        "type" => pub kind: Option<String>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Deprecated by Spotify; often empty or missing.
        pub genres: Vec<String>,
        /// Followers; not sent to restricted apps.
        pub followers: Option<Followers>,
        /// Popularity, 0 to 100; not sent to restricted apps.
        pub popularity: Option<u32>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n35_genres_popularity_and_followers_may_be_missing() {
        let artist: Artist =
            serde_json::from_str(r#"{"id":"0OdUWJ0sBjDrqHygGUXeCF","name":"A","images":null}"#)
                .unwrap();
        assert!(artist.genres.is_empty() && artist.images.is_empty());
        assert_eq!((artist.popularity, artist.followers), (None, None));
    }

    #[test]
    fn n01_an_artists_numbers_may_be_floats() {
        let artist: Artist = serde_json::from_str(
            r#"{"followers":{"href":null,"total":4.9022656E7},"popularity":85.0}"#,
        )
        .unwrap();
        assert_eq!(artist.followers.unwrap().total, Some(49_022_656));
        assert_eq!(artist.popularity, Some(85));
    }
}
