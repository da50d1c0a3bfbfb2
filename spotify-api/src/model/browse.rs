//! What Spotify shows to those who look around: categories, new releases, recommendations.

use super::{Album, Image, Market, Playlist, Track, macros::model, open::open_enum};
use crate::{id::CategoryId, page::Page};

model! {
    /// A category of Spotify's browse page.
    pub struct Category {
        /// The id.
        pub id: Option<CategoryId>,
        /// The name, in the language that was asked for.
        pub name: Option<String>,
        /// Its icons.
        pub icons: Vec<Image>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
    }

    /// A page of categories.
    pub struct Categories {
        /// The page.
        pub categories: Option<Page<Category>>,
    }

    /// A category's playlists.
    pub struct CategoryPlaylists {
        /// The category's name.
        pub message: Option<String>,
        /// The page; entries may be null (N08).
        pub playlists: Option<Page<Playlist>>,
    }

    /// Playlists that Spotify features.
    pub struct FeaturedPlaylists {
        /// A greeting in the language that was asked for.
        pub message: Option<String>,
        /// The page.
        pub playlists: Option<Page<Playlist>>,
    }

    /// Albums that came out lately.
    pub struct NewReleases {
        /// A greeting; only in old answers.
        pub message: Option<String>,
        /// The page.
        pub albums: Option<Page<Album>>,
    }

    /// Tracks that Spotify recommends, and what it went by.
    pub struct Recommendations {
        /// What the recommendations are made from.
        pub seeds: Vec<RecommendationSeed>,
        /// The tracks.
        pub tracks: Vec<Option<Track>>,
    }

    /// An artist, track or genre that recommendations are made from.
    pub struct RecommendationSeed {
        /// The id of the artist or track, or the genre.
        pub id: Option<String>,
        /// What the seed is.
        "type" => pub kind: Option<SeedType>,
        /// How many tracks the seed gave.
        "initialPoolSize" => pub initial_pool_size: Option<u64>,
        /// How many of them were left after the limits on their features.
        "afterFilteringSize" => pub after_filtering_size: Option<u64>,
        /// How many of them were left after relinking to the market.
        "afterRelinkingSize" => pub after_relinking_size: Option<u64>,
        /// The resource's address in the Web API; a genre has none.
        pub href: Option<String>,
    }

    /// Genres that can be the seed of recommendations.
    pub struct Genres {
        /// Their names.
        pub genres: Vec<String>,
    }

    /// Markets in which Spotify is available.
    pub struct Markets {
        /// Their codes.
        pub markets: Vec<Market>,
    }
}

open_enum! {
    /// What a seed of recommendations is.
    SeedType {
        /// An artist.
        Artist = "artist",
        /// A track.
        Track = "track",
        /// A genre.
        Genre = "genre",
    }
}
