//! What searching does.

use spotify_api::{Client, PageRequest, endpoints::search::SearchQuery};

use super::{Found, SearchTracks};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        page::PageInfo,
        rendering::{Lines, heading},
        rows::TrackRow,
    },
};

impl Run for SearchTracks {
    async fn run(self, call: Call) -> Result<Found, Cause> {
        self.search(&call.client().await?).await
    }
}

impl SearchTracks {
    /// Asks for as many pages as the limit needs: a restricted app gets ten tracks in each.
    async fn search(&self, client: &Client) -> Result<Found, Cause> {
        let mut tracks = Vec::new();
        let mut total = None;
        let mut left = self.limit;
        let mut request = PageRequest { limit: Some(self.limit), offset: self.offset };
        let next = loop {
            let query = SearchQuery::tracks(self.query.as_str()).page(request);
            let Some(page) = client.search(&query).await?.tracks else { break None };
            tracks.extend(page.present().filter_map(TrackRow::of_track));
            total = page.total.or(total);
            // A page may be short (N43): what counts is how many places it covered.
            left = left.saturating_sub(page.limit.unwrap_or(left));
            match page.next_page() {
                Some(next) if left > 0 => {
                    request =
                        PageRequest { limit: next.limit.map(|limit| limit.min(left)), ..next };
                }
                next => break next,
            }
        };
        let page = PageInfo {
            offset: self.offset,
            returned: u32::try_from(tracks.len()).unwrap_or(u32::MAX),
            total,
            next_offset: next.map(|next| next.offset),
        };
        Ok(Found { tracks, page })
    }
}

impl Text for Found {
    fn text(&self) -> String {
        if self.tracks.is_empty() {
            return "No tracks found.".to_owned();
        }
        Lines::new(heading("tracks", &self.page)).tracks(&self.tracks).more(&self.page).finish()
    }
}
