//! The ways in which real answers differ from what is documented, each to be switched on.
//!
//! The numbers are those of the list of irregularities in the project's notes on the platform.
//! [`Meeting::of`] says for every number how a client meets it here: some are always there, some
//! are [faults](crate::FaultKind), the others are an [`Irregularity`].

use std::str;

use serde::{Deserialize, Serialize};
use serde_json::json;

mod distort;

pub(crate) use distort::distort;

/// A way in which answers differ from what is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Irregularity {
    /// N01: counts, sizes and durations are floats.
    FloatIntegers,
    /// N02: the duration of a local file is an object.
    DurationObjects,
    /// N03: the publisher of a podcast is an object.
    PublisherObjects,
    /// N04 to N08: the second entry of lists is null.
    NullEntries,
    /// N09: an empty list of items is null.
    NullLists,
    /// N10: the images of playlists are null.
    NullImages,
    /// N11: images have no dimensions.
    NullDimensions,
    /// N12: player commands answer 200 and a text that means nothing.
    PlayerText,
    /// N14: devices that are not active have no id.
    NullDeviceIds,
    /// N15: nobody knows how far the current item has been played.
    NullProgress,
    /// N16: what is played is an advertisement, of which nothing is told.
    Adverts,
    /// N16: what is played is of a kind that the Web API does not know.
    UnknownItems,
    /// N17: nobody knows what an item was played from.
    NullContexts,
    /// N19: tracks have a `linked_from` that is null.
    NullLinks,
    /// N20: the default user's playlist `Morning Run` starts with a local file.
    LocalTracks,
    /// N21: nobody knows who added an item, or when.
    NobodyAdded,
    /// N25: the default user's playlist `Morning Run` starts with an episode.
    EpisodeInPlaylist,
    /// N26: devices have types that the reference does not name.
    OddDeviceTypes,
    /// N27: items are played from the user's own episodes.
    OddContexts,
    /// N28: the type of an album is in upper case, that of a single `EP`.
    UpperCaseTypes,
    /// N30: restrictions have reasons and names that the reference does not have.
    OddRestrictions,
    /// N31: release dates are `0000`, null, or exact to the minute.
    OddReleaseDates,
    /// N32: positions in episodes are negative, those in chapters missing.
    OddResumePoints,
    /// N33: the oldest saved episode of a page is gone: all its fields are null.
    Tombstones,
    /// N34: `is_playable`, `languages`, `available_markets`, `copyrights` are missing.
    MissingFields,
    /// N35: artists have no genres, followers and popularity.
    MissingGenres,
    /// N36: names, numbers of followers and visibility are null, e-mail is missing.
    NullPeople,
    /// N43: a page that others follow lacks its last entry.
    ShortPages,
    /// N44: saved audiobooks are wrapped like everything else that is saved.
    WrappedAudiobooks,
    /// N45: the queue repeats its items up to twenty.
    RepeatedQueue,
    /// N47: objects have fields of which the reference knows nothing.
    UnknownFields,
    /// N48: a private playlist reads back as public.
    ReadsBackPublic,
    /// N51: descriptions hold HTML entities.
    HtmlEntities,
}

impl Irregularity {
    /// All irregularities.
    pub const ALL: [Self; 33] = [
        Self::FloatIntegers,
        Self::DurationObjects,
        Self::PublisherObjects,
        Self::NullEntries,
        Self::NullLists,
        Self::NullImages,
        Self::NullDimensions,
        Self::PlayerText,
        Self::NullDeviceIds,
        Self::NullProgress,
        Self::Adverts,
        Self::UnknownItems,
        Self::NullContexts,
        Self::NullLinks,
        Self::LocalTracks,
        Self::NobodyAdded,
        Self::EpisodeInPlaylist,
        Self::OddDeviceTypes,
        Self::OddContexts,
        Self::UpperCaseTypes,
        Self::OddRestrictions,
        Self::OddReleaseDates,
        Self::OddResumePoints,
        Self::Tombstones,
        Self::MissingFields,
        Self::MissingGenres,
        Self::NullPeople,
        Self::ShortPages,
        Self::WrappedAudiobooks,
        Self::RepeatedQueue,
        Self::UnknownFields,
        Self::ReadsBackPublic,
        Self::HtmlEntities,
    ];

    /// Returns the numbers of what this switches on.
    pub const fn numbers(self) -> &'static [u8] {
        match self {
            Self::FloatIntegers => &[1],
            Self::DurationObjects => &[2],
            Self::PublisherObjects => &[3],
            Self::NullEntries => &[4, 5, 6, 7, 8],
            Self::NullLists => &[9],
            Self::NullImages => &[10],
            Self::NullDimensions => &[11],
            Self::PlayerText => &[12],
            Self::NullDeviceIds => &[14],
            Self::NullProgress => &[15],
            Self::Adverts | Self::UnknownItems => &[16],
            Self::NullContexts => &[17],
            Self::NullLinks => &[19],
            Self::LocalTracks => &[20],
            Self::NobodyAdded => &[21],
            Self::EpisodeInPlaylist => &[25],
            Self::OddDeviceTypes => &[26],
            Self::OddContexts => &[27],
            Self::UpperCaseTypes => &[28],
            Self::OddRestrictions => &[30],
            Self::OddReleaseDates => &[31],
            Self::OddResumePoints => &[32],
            Self::Tombstones => &[33],
            Self::MissingFields => &[34],
            Self::MissingGenres => &[35],
            Self::NullPeople => &[36],
            Self::ShortPages => &[43],
            Self::WrappedAudiobooks => &[44],
            Self::RepeatedQueue => &[45],
            Self::UnknownFields => &[47],
            Self::ReadsBackPublic => &[48],
            Self::HtmlEntities => &[51],
        }
    }
}

/// How a client meets an irregularity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// It is switched on.
    Switch(Irregularity),
    /// It is always there, in this place.
    Always(&'static str),
    /// It is a fault, or a setting of the accounts service.
    Fault(&'static str),
}

use Meeting::{Always, Fault};

/// What needs no switch.
const OTHERS: &[(u8, Meeting)] = &[
    (13, Always("204 while nothing is played")),
    (18, Always("the cursors of an empty history, `after` on the last page of followed artists")),
    (22, Always("playlists under dev_legacy")),
    (23, Always("other people's playlists under dev_restricted")),
    (24, Always("`track` and `episode` inside of playlist items")),
    (29, Always("chapters")),
    (37, Always("audio features for apps in Development Mode")),
    (38, Always("users who are not on the allowlist")),
    (39, Fault("Fault::answer with the old shape")),
    (40, Always("a token request without a client")),
    (41, Fault("Rotation::Never, and grants without scopes")),
    (42, Always("the links of lists of playlists and of search")),
    (46, Fault("Fault::spurious_unauthorized, Fault::spurious_forbidden")),
    (49, Always("the id of ODD_USER")),
    (50, Fault("Fault::html_error; 411 is always there")),
    (52, Always("PUT and DELETE /me/library")),
    (53, Always("scopes of authorizations under dev_restricted")),
    (54, Always("search and albums of an artist under dev_restricted")),
];

impl Meeting {
    /// Returns how a client meets the irregularity with a number, 4 for N04.
    pub fn of(number: u8) -> Option<Self> {
        let switch = Irregularity::ALL.into_iter().find(|kind| kind.numbers().contains(&number));
        let other = || OTHERS.iter().find(|(other, _)| *other == number);
        switch.map(Self::Switch).or_else(|| other().map(|(_, meeting)| *meeting))
    }
}

impl str::FromStr for Irregularity {
    type Err = String;

    /// Reads a name such as `short_pages`, or a number such as `N43`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_prefix('N').and_then(|digits| digits.parse().ok());
        if let Some(Meeting::Switch(irregularity)) = number.and_then(Meeting::of) {
            return Ok(irregularity);
        }
        serde_json::from_value(json!(text)).map_err(|_| {
            let names: Vec<_> = Self::ALL.iter().map(|known| json!(known).to_string()).collect();
            format!("unknown irregularity {text:?}: use one of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_irregularity_by_its_name() {
        for irregularity in Irregularity::ALL {
            let name = json!(irregularity);
            assert_eq!(name.as_str().unwrap().parse(), Ok(irregularity));
        }
    }

    #[test]
    fn every_number_is_met_in_one_way() {
        for number in 1..=54_u8 {
            let switches =
                Irregularity::ALL.into_iter().filter(|kind| kind.numbers().contains(&number));
            let others = OTHERS.iter().filter(|(other, _)| *other == number);
            let ways = usize::from(switches.count() > 0) + others.count();
            assert_eq!(ways, 1, "N{number:02}");
        }
        assert_eq!(Meeting::of(55), None);
    }

    #[test]
    fn a_switch_is_found_by_its_number() {
        assert_eq!("N43".parse(), Ok(Irregularity::ShortPages));
        assert_eq!("N06".parse(), Ok(Irregularity::NullEntries));
        assert!("N13".parse::<Irregularity>().is_err(), "it is always there");
        assert!("N99".parse::<Irregularity>().is_err());
    }
}
