//! Albums.

use super::{
    Artist, ExternalIds, ExternalUrls, Image, Market, ReleaseDate, Restriction, Track,
    macros::model, open::open_enum,
};
use crate::{
    id::{AlbumId, SpotifyUri},
    page::Page,
};

model! {
    /// An album; simplified ones lack `tracks` and what follows it.
    pub struct Album {
        /// The id; local files' albums have none.
        pub id: Option<AlbumId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The name.
        pub name: Option<String>,
        /// What kind of object this is; `album`, save for episodes in disguise (`show`).
        "type" => pub kind: Option<String>,
        /// Album, single or compilation.
        pub album_type: Option<AlbumType>,
        /// How the artist relates to the album, in an artist's list; not sent to restricted apps.
        pub album_group: Option<String>,
        /// How many tracks the album has.
        pub total_tracks: Option<u32>,
        /// When it was released.
        pub release_date: Option<ReleaseDate>,
        /// How precise Spotify says `release_date` is.
        pub release_date_precision: Option<String>,
        /// Who made it.
        pub artists: Vec<Artist>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// Markets in which it is available; not sent to restricted apps.
        pub available_markets: Option<Vec<Market>>,
        restrictions: Option<Restriction>,
        restriction: Option<Restriction>,
        /// The first page of its tracks.
        pub tracks: Option<Page<Track>>,
        /// Numbers that identify it elsewhere.
        pub external_ids: Option<ExternalIds>,
        /// Who holds the rights.
        pub copyrights: Option<Vec<Copyright>>,
        /// Deprecated by Spotify and always empty.
        pub genres: Vec<String>,
        /// The label; not sent to restricted apps.
        pub label: Option<String>,
        /// Popularity, 0 to 100; not sent to restricted apps.
        pub popularity: Option<u32>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
    }
}

impl Album {
    /// Why the album cannot be played, whichever of its two names Spotify used.
    pub fn restrictions(&self) -> Option<&Restriction> {
        self.restrictions.as_ref().or(self.restriction.as_ref())
    }
}

open_enum! {
    /// The type of an album.
    AlbumType {
        /// An album.
        Album = "album",
        /// A single.
        Single = "single",
        /// A compilation.
        Compilation = "compilation",
        /// An EP; Spotify documents it as a single.
        Ep = "ep",
    }
}

model! {
    /// A statement of rights.
    pub struct Copyright {
        /// The statement.
        pub text: Option<String>,
        /// `C` for the work, `P` for the recording.
        "type" => pub kind: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn album(json: &str) -> Album {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn n28_album_types_are_read_in_any_case_and_unknown_ones_kept() {
        assert_eq!(album(r#"{"album_type":"ALBUM"}"#).album_type, Some(AlbumType::Album));
        assert_eq!(album(r#"{"album_type":"ep"}"#).album_type, Some(AlbumType::Ep));
        let other = album(r#"{"album_type":"Mixtape"}"#).album_type.unwrap();
        assert_eq!(other.as_str(), "Mixtape");
        assert_eq!(album(r#"{"album_type":null}"#).album_type, None);
    }

    #[test]
    fn n30_both_names_of_the_restriction_are_read_even_together() {
        let reason = |json: &str| album(json).restrictions().unwrap().reason.clone().unwrap();
        assert_eq!(reason(r#"{"restrictions":{"reason":"market"}}"#).as_str(), "market");
        assert_eq!(reason(r#"{"restriction":{"reason":"product"}}"#).as_str(), "product");
        let both = r#"{"restriction":{"reason":"product"},"restrictions":{"reason":"market"}}"#;
        assert_eq!(reason(both).as_str(), "market");
    }

    #[test]
    fn n34_missing_lists_are_told_from_empty_ones() {
        let bare = album("{}");
        assert_eq!((bare.available_markets, bare.copyrights), (None, None));
        assert_eq!(album(r#"{"copyrights":[]}"#).copyrights, Some(vec![]));
    }
}
