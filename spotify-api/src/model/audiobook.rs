//! Audiobooks and their chapters.

use super::{
    Copyright, ExternalUrls, Image, Market, ReleaseDate, Restriction, ResumePoint, macros::model,
};
use crate::{
    id::{AudiobookId, ChapterId, SpotifyUri},
    page::Page,
};

model! {
    /// An audiobook; simplified ones lack `chapters`.
    pub struct Audiobook {
        /// The id.
        pub id: Option<AudiobookId>,
        /// The URI. Spotify was seen to write `spotify:show:` here.
        pub uri: Option<SpotifyUri>,
        /// The title.
        pub name: Option<String>,
        /// Who wrote it.
        pub authors: Vec<Named>,
        /// Who reads it.
        pub narrators: Vec<Named>,
        /// Who publishes it; not sent to restricted apps.
        pub publisher: Option<String>,
        /// What it is about, as plain text.
        pub description: Option<String>,
        /// What it is about, with HTML tags.
        pub html_description: Option<String>,
        /// The edition, like `Unabridged`.
        pub edition: Option<String>,
        /// Whether it has explicit content.
        pub explicit: Option<bool>,
        /// The languages spoken, as ISO 639 codes or names.
        pub languages: Option<Vec<Option<String>>>,
        /// The type of its media, like `audio`.
        pub media_type: Option<String>,
        /// How many chapters it has.
        pub total_chapters: Option<u32>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Who holds the rights.
        pub copyrights: Option<Vec<Copyright>>,
        /// Markets in which it is available; not sent to restricted apps.
        pub available_markets: Option<Vec<Market>>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// The first page of its chapters.
        pub chapters: Option<Page<Chapter>>,
        /// Whether it is hosted outside of Spotify; undocumented.
        pub is_externally_hosted: Option<bool>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `audiobook`.
        "type" => pub kind: Option<String>,
    }

    /// A chapter of an audiobook; simplified ones lack `audiobook`.
    pub struct Chapter {
        /// The id.
        pub id: Option<ChapterId>,
        /// The URI. Spotify was seen to write `spotify:episode:` here.
        pub uri: Option<SpotifyUri>,
        /// The title.
        pub name: Option<String>,
        /// Its number in the audiobook, from 0.
        pub chapter_number: Option<u32>,
        /// What it is about, as plain text.
        pub description: Option<String>,
        /// What it is about, with HTML tags.
        pub html_description: Option<String>,
        /// Length in milliseconds.
        pub duration_ms: Option<u64>,
        /// Whether it has explicit content.
        pub explicit: Option<bool>,
        /// The languages spoken, as ISO 639 codes.
        pub languages: Option<Vec<Option<String>>>,
        /// When it was released.
        pub release_date: Option<ReleaseDate>,
        /// How precise Spotify says `release_date` is.
        pub release_date_precision: Option<String>,
        /// Where the listener stopped, with `user-read-playback-position`.
        pub resume_point: Option<ResumePoint>,
        /// Whether it can be played in the market that was asked for.
        pub is_playable: Option<bool>,
        restrictions: Option<Restriction>,
        restriction: Option<Restriction>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// A short sample; deprecated by Spotify.
        pub audio_preview_url: Option<String>,
        /// Markets in which it is available; not sent to restricted apps.
        pub available_markets: Option<Vec<Market>>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// The audiobook it belongs to.
        pub audiobook: Option<Audiobook>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `chapter` (Spotify documents `episode`, N29).
        "type" => pub kind: Option<String>,
    }

    /// A person of whom only the name is known.
    pub struct Named {
        /// The name.
        pub name: Option<String>,
    }
}

impl Chapter {
    /// Why the chapter cannot be played, whichever of its two names Spotify used (N30).
    pub fn restrictions(&self) -> Option<&Restriction> {
        self.restrictions.as_ref().or(self.restriction.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n29_a_chapter_says_that_it_is_one() {
        let chapter: Chapter = serde_json::from_str(
            r#"{"type":"chapter","chapter_number":0,"uri":"spotify:episode:0D5wENdkdwbqlrHoaJ9g29"}"#,
        )
        .unwrap();
        assert_eq!((chapter.kind.as_deref(), chapter.chapter_number), (Some("chapter"), Some(0)));
    }

    #[test]
    fn n31_a_chapters_date_may_name_no_day_or_a_minute() {
        let date = |text: &str| {
            let json = format!(r#"{{"release_date":"{text}"}}"#);
            serde_json::from_str::<Chapter>(&json).unwrap().release_date.unwrap().date()
        };
        assert_eq!(date("0000"), None);
        assert_eq!(date("2023-01-05T07:30").unwrap().day, Some(5));
    }
}
