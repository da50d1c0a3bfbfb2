//! What asking about the person does.

use spotify_api::endpoints::{
    player::{HistoryRequest, Window},
    users::TimeRange,
};

use super::{GetProfile, GetRecentlyPlayed, GetTopItems, Profile, Range, TopKind};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        gather::gather,
        page::{List, Onward},
        rendering::{Lines, name},
        rows::Row,
    },
};

impl Run for GetProfile {
    async fn run(self, call: Call) -> Result<Profile, Cause> {
        let me = call.client().await?.me().await?;
        let word = |text: &Option<String>| text.as_deref().map(|text| sanitise::line(text, 20));
        Ok(Profile {
            uri: me.uri.as_ref().map(ToString::to_string),
            name: name(me.display_name.as_deref()),
            country: word(&me.country),
            product: word(&me.product),
            followers: me.followers.as_ref().and_then(|followers| followers.total),
        })
    }
}

impl Text for Profile {
    fn text(&self) -> String {
        Lines::new("The person (data from Spotify):")
            .field("name", self.name.as_ref())
            .field("uri", self.uri.as_ref())
            .field("country", self.country.as_ref())
            .field("subscription", self.product.as_ref())
            .field("followers", self.followers.map(|followers| followers.to_string()))
            .finish()
    }
}

impl Run for GetTopItems {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let client = call.client().await?;
        let range = match self.range {
            Range::Short => TimeRange::Short,
            Range::Medium => TimeRange::Medium,
            Range::Long => TimeRange::Long,
        };
        let list = match self.kind {
            TopKind::Tracks => {
                let fetch = |page| client.top_tracks(range, page);
                gather("top tracks", &self.paging, None, fetch, Row::of_track).await
            }
            TopKind::Artists => {
                let fetch = |page| client.top_artists(range, page);
                gather("top artists", &self.paging, None, fetch, Row::of_artist).await
            }
        };
        Ok(list?)
    }
}

impl Run for GetRecentlyPlayed {
    async fn run(self, call: Call) -> Result<Onward, Cause> {
        let window = self.cursor.map_or(Window::Latest, Window::Before);
        let request = HistoryRequest { limit: Some(self.limit), window };
        let page = call.client().await?.recently_played(request).await?;
        let next = page.cursors.as_ref().and_then(|cursors| cursors.before.as_deref());
        let next = next.filter(|_| page.has_more()).map(sanitise::mark);
        let rows = page.items.iter().map(|played| {
            let played = played.as_ref()?;
            let row = Row::of_track(played.track.as_ref()?)?;
            // When it was played tells entries apart, so it is no detail here.
            let at = played.played_at.as_deref().map(|text| sanitise::line(text, 20));
            Some(Row { kind: at, ..row })
        });
        Ok(Onward::new(List::whole("played tracks", rows), page.total, next))
    }
}
