//! What searching does.

use spotify_api::{
    Client, Error, Page, PageRequest,
    endpoints::search::{SearchKind, SearchQuery},
    model::SearchResults,
};

use super::{Kind, SearchCatalogue, SearchTracks};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run},
        gather::gather,
        page::{List, Paging},
        rows::Row,
    },
};

impl Run for SearchTracks {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let search =
            Search { client: &call.client().await?, query: &self.query, kind: SearchKind::Track };
        search.list("tracks", &self.paging, |found| found.tracks, Row::of_track).await
    }
}

impl Run for SearchCatalogue {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let client = &call.client().await?;
        let (query, asked) = (self.query.as_str(), &self.paging);
        let search = |kind| Search { client, query, kind };
        match self.kind {
            Kind::Album => {
                search(SearchKind::Album)
                    .list("albums", asked, |found| found.albums, Row::of_album)
                    .await
            }
            Kind::Artist => {
                search(SearchKind::Artist)
                    .list("artists", asked, |found| found.artists, Row::of_artist)
                    .await
            }
            Kind::Audiobook => {
                search(SearchKind::Audiobook)
                    .list("audiobooks", asked, |found| found.audiobooks, Row::of_audiobook)
                    .await
            }
            Kind::Episode => {
                search(SearchKind::Episode)
                    .list("episodes", asked, |found| found.episodes, Row::of_episode)
                    .await
            }
            Kind::Playlist => {
                search(SearchKind::Playlist)
                    .list("playlists", asked, |found| found.playlists, Row::of_playlist)
                    .await
            }
            Kind::Show => {
                search(SearchKind::Show)
                    .list("shows", asked, |found| found.shows, Row::of_show)
                    .await
            }
        }
    }
}

/// A search for things of one kind.
struct Search<'a> {
    client: &'a Client,
    query: &'a str,
    kind: SearchKind,
}

impl Search<'_> {
    async fn list<T>(
        &self,
        what: &'static str,
        asked: &Paging,
        page: fn(SearchResults) -> Option<Page<T>>,
        row: fn(&T) -> Option<Row>,
    ) -> Result<List, Cause>
    where
        Page<T>: Default,
    {
        let fetch = |request| self.page(request, page);
        Ok(gather(what, asked, None, fetch, row).await?)
    }

    async fn page<T>(
        &self,
        request: PageRequest,
        page: fn(SearchResults) -> Option<Page<T>>,
    ) -> Result<Page<T>, Error>
    where
        Page<T>: Default,
    {
        let query = SearchQuery::new(self.query, [self.kind]).page(request);
        Ok(page(self.client.search(&query).await?).unwrap_or_default())
    }
}
