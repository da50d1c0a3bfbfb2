//! Search.

use std::collections::BTreeSet;

use super::endpoints;
use crate::{
    Client, Error, PageRequest,
    endpoint::{MARKET, MODELS, optional, required},
    model::SearchResults,
};

endpoints! {
    /// Searches the catalogue.
    SEARCH: SearchResults = Endpoint::get("/search", "search")
        .query(&[required("q"), required("type"), MARKET, optional("include_external")])
        .pages_by_regime(5, 10, 50)
        .max_offset(1000)
        .policies(MODELS);
}

/// What to search for.
///
/// ```
/// use spotify_api::{PageRequest, endpoints::search::{SearchKind, SearchQuery}};
///
/// let query = SearchQuery::tracks("artist:\"Ólafur\" year:2020-2026").page(PageRequest::first(10));
/// let both = SearchQuery::new("winter", [SearchKind::Album, SearchKind::Track]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    text: String,
    kinds: BTreeSet<SearchKind>,
    page: PageRequest,
    external_audio: bool,
}

impl SearchQuery {
    /// Searches for things of the given kinds.
    ///
    /// The text may hold Spotify's filters, like `artist:`, `album:`, `year:` and `isrc:`.
    pub fn new(text: impl Into<String>, kinds: impl IntoIterator<Item = SearchKind>) -> Self {
        Self {
            text: text.into(),
            kinds: kinds.into_iter().collect(),
            page: PageRequest::default(),
            external_audio: false,
        }
    }

    /// Searches for tracks.
    pub fn tracks(text: impl Into<String>) -> Self {
        Self::new(text, [SearchKind::Track])
    }

    /// Asks for another page than the first; at most 50 of each kind, for restricted apps 10, and
    /// no offset above 1000.
    #[must_use]
    pub const fn page(mut self, page: PageRequest) -> Self {
        self.page = page;
        self
    }

    /// Counts things as playable that the client plays from elsewhere
    /// (`include_external=audio`).
    #[must_use]
    pub const fn external_audio(mut self) -> Self {
        self.external_audio = true;
        self
    }
}

/// A kind of thing to search for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SearchKind {
    /// Albums.
    Album,
    /// Artists.
    Artist,
    /// Audiobooks.
    Audiobook,
    /// Episodes.
    Episode,
    /// Playlists.
    Playlist,
    /// Shows.
    Show,
    /// Tracks.
    Track,
}

impl SearchKind {
    /// Returns the kind's name in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Audiobook => "audiobook",
            Self::Episode => "episode",
            Self::Playlist => "playlist",
            Self::Show => "show",
            Self::Track => "track",
        }
    }
}

impl Client {
    /// Searches the catalogue. Operation: [`SEARCH`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] when the text is empty or no kind is given.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchResults, Error> {
        let argument =
            |problem| Error::Argument { operation: SEARCH.endpoint().operation, problem };
        if query.text.trim().is_empty() {
            return Err(argument("an empty search text"));
        }
        if query.kinds.is_empty() {
            return Err(argument("an empty list of kinds"));
        }
        let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.as_str()).collect();
        let request = SEARCH
            .request(&[])?
            .query("q", &query.text)
            .query("type", &kinds.join(","))
            .query_opt("include_external", query.external_audio.then_some("audio"));
        let (results, limit) = self.call_page(request, query.page).await?;
        Ok(results.asked(limit, query.page.offset))
    }
}
