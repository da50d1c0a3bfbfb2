//! Rows that lists are made of: no more of a thing than what tells it from others, unless more is
//! asked for.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spec::UnknownName;

macro_rules! row {
    ($($(#[doc = $doc:literal])+ $group:ident $field:ident: $type:ty,)+) => {
        /// A thing in a list. What Spotify does not tell is absent.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
        pub struct Row {
            /// Its place in the list, from 0.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub at: Option<u32>,
            /// The URI.
            pub uri: String,
            $($(#[doc = $doc])+
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $field: Option<$type>,)+
        }

        impl Row {
            /// The columns, in the order in which they are written.
            const COLUMNS: &[&str] = &[$(stringify!($field)),+];

            /// Leaves only the asked-for columns, beside place and URI.
            pub fn keep(&mut self, columns: &Columns) {
                $(if !columns.has(stringify!($field), Group::$group) {
                    self.$field = None;
                })+
            }
        }
    };
}

row! {
    /// The title or name.
    Minimal name: String,
    /// Who made it, joined by commas.
    Minimal artists: String,
    /// The album it is on; of an episode, the show; of a chapter, the audiobook.
    Minimal album: String,
    /// Whose playlist it is.
    Minimal owner: String,
    /// What kind of thing it is, where a list holds several kinds.
    Minimal kind: String,
    /// When it was released, as precisely as Spotify knows.
    Minimal released: String,
    /// How many entries it has.
    Minimal tracks: u32,
    /// Who may see or change a playlist.
    Minimal visibility: String,
    /// Minutes and seconds.
    Minimal length: String,
    /// When it was added, saved or played.
    Full since: String,
    /// When the album of a track was released.
    Full album_released: String,
    /// Whether it has explicit lyrics.
    Full explicit: bool,
    /// International Standard Recording Code.
    Full isrc: String,
    /// Popularity, 0 to 100; not told to restricted apps.
    Full popularity: u32,
    /// What its makers say of it, cut to 300 characters.
    Full description: String,
}

/// When a column is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Unless others are asked for.
    Minimal,
    /// When it is asked for.
    Full,
}

/// Which columns of a list are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Columns {
    /// Those that tell things apart.
    #[default]
    Minimal,
    /// All.
    All,
    /// These.
    Only(Vec<&'static str>),
}

impl Columns {
    fn has(&self, name: &str, group: Group) -> bool {
        match self {
            Self::Minimal => group == Group::Minimal,
            Self::All => true,
            Self::Only(names) => names.contains(&name),
        }
    }
}

impl FromStr for Columns {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        if text.trim() == "all" {
            return Ok(Self::All);
        }
        let column =
            |name: &str| Row::COLUMNS.iter().copied().find(|column| *column == name.trim());
        let names: Option<Vec<_>> = text.split(',').map(column).collect();
        let known = Row::COLUMNS.iter().copied().chain(["all"]);
        names.map(Self::Only).ok_or_else(|| UnknownName::of(known))
    }
}

impl TryFrom<String> for Columns {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

/// Something with a name and a URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The URI; local files' artists have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            at: Some(3),
            uri: "spotify:track:x".to_owned(),
            name: Some("A".to_owned()),
            artists: Some("B".to_owned()),
            isrc: Some("C".to_owned()),
            ..Row::default()
        }
    }

    #[test]
    fn a_row_is_minimal_unless_more_or_less_is_asked_for() {
        for (asked, kept) in [
            ("", (true, true, false)),
            ("all", (true, true, true)),
            ("name, isrc", (true, false, true)),
        ] {
            let columns =
                if asked.is_empty() { Columns::default() } else { asked.parse().unwrap() };
            let mut row = row();
            row.keep(&columns);
            assert_eq!((row.name.is_some(), row.artists.is_some(), row.isrc.is_some()), kept);
            assert_eq!((row.at, row.uri.as_str()), (Some(3), "spotify:track:x"));
        }
    }

    #[test]
    fn an_unknown_column_is_answered_with_the_known_ones() {
        let error = "name,genre".parse::<Columns>().unwrap_err().to_string();
        assert!(error.starts_with("it is none of name, artists, album,"), "{error}");
    }
}
