//! Podcasts and audiobooks as JSON.

use serde_json::{Value, json};

use super::{
    paging::Page,
    render::{View, images, put},
};
use crate::catalogue::{Audiobook, Chapter, Episode, Index, Show};

/// The episodes and chapters that a show or an audiobook holds at once.
const EMBEDDED: usize = 50;

impl View<'_> {
    /// The fields that podcasts and audiobooks share.
    fn spoken(&self, kind: &str, id: &str, name: &str, description: &str) -> Value {
        let mut object = self.identity(kind, id, name);
        put(&mut object, "description", description);
        put(&mut object, "html_description", format!("<p>{description}</p>"));
        put(&mut object, "explicit", false);
        put(&mut object, "images", images(id));
        put(&mut object, "languages", json!(["en"]));
        object
    }

    pub(super) fn simple_show(&self, index: Index) -> Value {
        let show: &Show = self.catalogue.show(index);
        let mut object = self.spoken("show", &show.id, &show.name, &show.description);
        put(&mut object, "copyrights", json!([]));
        put(&mut object, "is_externally_hosted", false);
        put(&mut object, "media_type", "audio");
        put(&mut object, "total_episodes", show.episodes.len());
        if self.regime.has_old_fields() {
            put(&mut object, "available_markets", show.markets);
            put(&mut object, "publisher", show.publisher.clone());
        }
        object
    }

    pub(super) fn show(&self, index: Index) -> Value {
        let mut object = self.simple_show(index);
        put(&mut object, "episodes", self.show_episodes(index, Page::first(EMBEDDED)));
        object
    }

    pub(super) fn show_episodes(&self, index: Index, page: Page) -> Value {
        let show = self.catalogue.show(index);
        let base = format!("{}/shows/{}/episodes", self.api, show.id);
        page.render(show.episodes.iter(), &base, &[], |&episode| self.simple_episode(episode))
    }

    pub(super) fn simple_episode(&self, index: Index) -> Value {
        let episode: &Episode = self.catalogue.episode(index);
        let mut object = self.spoken("episode", &episode.id, &episode.name, &episode.description);
        put(&mut object, "audio_preview_url", Value::Null);
        put(&mut object, "duration_ms", episode.duration_ms);
        put(&mut object, "is_externally_hosted", false);
        put(&mut object, "is_playable", true);
        put(&mut object, "language", "en");
        put(&mut object, "release_date", episode.release_date.clone());
        put(&mut object, "release_date_precision", "day");
        self.resume_point(&mut object, &episode.id, episode.duration_ms);
        object
    }

    pub(super) fn episode(&self, index: Index) -> Value {
        let mut object = self.simple_episode(index);
        put(&mut object, "show", self.simple_show(self.catalogue.episode(index).show));
        object
    }

    pub(super) fn simple_audiobook(&self, index: Index) -> Value {
        let book: &Audiobook = self.catalogue.audiobook(index);
        let mut object = self.spoken("audiobook", &book.id, &book.name, &book.description);
        put(&mut object, "authors", json!([{ "name": book.author }]));
        put(&mut object, "copyrights", json!([]));
        put(&mut object, "edition", "Unabridged");
        put(&mut object, "media_type", "audio");
        put(&mut object, "narrators", json!([{ "name": book.narrator }]));
        put(&mut object, "total_chapters", book.chapters.len());
        if self.regime.has_old_fields() {
            put(&mut object, "available_markets", book.markets);
            put(&mut object, "publisher", book.publisher.clone());
        }
        object
    }

    pub(super) fn audiobook(&self, index: Index) -> Value {
        let mut object = self.simple_audiobook(index);
        put(&mut object, "chapters", self.audiobook_chapters(index, Page::first(EMBEDDED)));
        object
    }

    pub(super) fn audiobook_chapters(&self, index: Index, page: Page) -> Value {
        let book = self.catalogue.audiobook(index);
        let base = format!("{}/audiobooks/{}/chapters", self.api, book.id);
        page.render(book.chapters.iter(), &base, &[], |&chapter| self.simple_chapter(chapter))
    }

    /// A chapter, whose type is `chapter` whatever the reference says (N29).
    fn simple_chapter(&self, index: Index) -> Value {
        let chapter: &Chapter = self.catalogue.chapter(index);
        let book = self.catalogue.audiobook(chapter.audiobook);
        let description = format!("{} of {}.", chapter.name, book.name);
        let mut object = self.spoken("chapter", &chapter.id, &chapter.name, &description);
        put(&mut object, "audio_preview_url", Value::Null);
        put(&mut object, "chapter_number", chapter.number);
        put(&mut object, "duration_ms", chapter.duration_ms);
        put(&mut object, "is_playable", true);
        put(&mut object, "release_date", "2024-09-20");
        put(&mut object, "release_date_precision", "day");
        if self.regime.has_old_fields() {
            put(&mut object, "available_markets", book.markets);
        }
        self.resume_point(&mut object, &chapter.id, chapter.duration_ms);
        object
    }

    pub(super) fn chapter(&self, index: Index) -> Value {
        let mut object = self.simple_chapter(index);
        let book = self.catalogue.chapter(index).audiobook;
        put(&mut object, "audiobook", self.simple_audiobook(book));
        object
    }

    /// Says how far the user has listened, to apps with `user-read-playback-position`.
    fn resume_point(&self, object: &mut Value, id: &str, duration_ms: u64) {
        if let Some(positions) = self.positions {
            let position = positions.get(id).copied().unwrap_or(0);
            let fully_played = position >= duration_ms;
            let shown = if fully_played { 0 } else { position };
            let point = json!({ "fully_played": fully_played, "resume_position_ms": shown });
            put(object, "resume_point", point);
        }
    }
}
