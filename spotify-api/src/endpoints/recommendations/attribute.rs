//! What recommendations can be narrowed by.

use crate::endpoint::{Argument, MARKET, optional};

/// How a value narrows recommendations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    Min,
    Max,
    Target,
}

macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// A property of tracks by which recommendations can be narrowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Attribute {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Attribute {
            /// Returns the name of the argument that narrows by the attribute.
            pub(super) const fn argument(self, bound: Bound) -> &'static str {
                match (self, bound) {
                    $(
                        (Self::$name, Bound::Min) => concat!("min_", $text),
                        (Self::$name, Bound::Max) => concat!("max_", $text),
                        (Self::$name, Bound::Target) => concat!("target_", $text),
                    )+
                }
            }
        }

        /// The arguments of recommendations: at least one kind of seeds, and bounds.
        pub(super) const RECOMMENDATION_ARGUMENTS: &[Argument] = &[
            MARKET,
            optional("seed_artists"),
            optional("seed_genres"),
            optional("seed_tracks"),
            $(
                optional(concat!("min_", $text)),
                optional(concat!("max_", $text)),
                optional(concat!("target_", $text)),
            )+
        ];
    };
}

attributes! {
    /// Confidence that the track is acoustic, 0 to 1.
    Acousticness = "acousticness",
    /// How suitable for dancing, 0 to 1.
    Danceability = "danceability",
    /// Length in milliseconds.
    DurationMs = "duration_ms",
    /// Intensity, 0 to 1.
    Energy = "energy",
    /// Confidence that nobody sings, 0 to 1.
    Instrumentalness = "instrumentalness",
    /// Key in pitch classes, 0 (C) to 11 (B).
    Key = "key",
    /// Confidence that an audience is present, 0 to 1.
    Liveness = "liveness",
    /// Loudness in decibels, usually -60 to 0.
    Loudness = "loudness",
    /// 1 for major, 0 for minor.
    Mode = "mode",
    /// Popularity, 0 to 100.
    Popularity = "popularity",
    /// How much is spoken, 0 to 1.
    Speechiness = "speechiness",
    /// Beats per minute.
    Tempo = "tempo",
    /// Beats in a bar, 3 to 7.
    TimeSignature = "time_signature",
    /// How cheerful, 0 to 1.
    Valence = "valence",
}
