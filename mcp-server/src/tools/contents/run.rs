//! What listing contents and looking several things up does.

use std::collections::BTreeMap;

use spotify_api::{Client, Error, id::SpotifyUri};

use super::{GetItems, ListContents};
use crate::{
    failure::{Cause, Failure},
    tools::{
        call::{Call, Run},
        gather::gather,
        page::List,
        rows::Row,
    },
};

impl Run for ListContents {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.of.parse().into_iter().collect()
    }

    async fn run(self, call: Call) -> Result<List, Cause> {
        let uri: SpotifyUri =
            self.of.trim().parse().map_err(|error| wrong(&format!("`of`: {error}")))?;
        let client = &call.client().await?;
        let asked = &self.paging;
        let list = match uri {
            SpotifyUri::Album(id) => {
                gather("tracks", asked, None, |page| client.album_tracks(id, page), Row::of_track)
                    .await
            }
            SpotifyUri::Artist(id) => {
                let fetch = |page| client.artist_albums(id, &[], page);
                gather("albums", asked, None, fetch, Row::of_album).await
            }
            SpotifyUri::Show(id) => {
                let fetch = |page| client.show_episodes(id, page);
                gather("episodes", asked, None, fetch, Row::of_episode).await
            }
            SpotifyUri::Audiobook(id) => {
                let fetch = |page| client.audiobook_chapters(id, page);
                gather("chapters", asked, None, fetch, Row::of_chapter).await
            }
            other => {
                let problem =
                    format!("`of` is of kind {}; get_playlist lists playlists", other.kind());
                return Err(wrong(&problem));
            }
        };
        Ok(list?)
    }
}

fn wrong(problem: &str) -> Cause {
    Cause::Told(Failure::arguments(problem))
}

impl Run for GetItems {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.items.0.clone()
    }

    async fn run(self, call: Call) -> Result<List, Cause> {
        let found = Found::look_up(&call.client().await?, &self.items.0).await?;
        let rows = self.items.0.iter().map(|uri| found.0.get(uri).cloned());
        Ok(List::whole_with("things", rows, &self.fields))
    }
}

/// Rows of things by what was asked for.
struct Found(BTreeMap<SpotifyUri, Row>);

macro_rules! several {
    ($found:ident, $uris:ident, $client:ident: $($kind:ident by $get:ident as $row:ident;)+) => {
        $(let ids: Vec<_> = $uris
            .iter()
            .filter_map(|uri| if let SpotifyUri::$kind(id) = uri { Some(*id) } else { None })
            .collect();
        if !ids.is_empty() {
            let things = $client.$get(&ids).await?;
            for (id, thing) in ids.into_iter().zip(things) {
                if let Some(row) = thing.as_ref().and_then(Row::$row) {
                    $found.insert(SpotifyUri::$kind(id), row);
                }
            }
        })+
    };
}

impl Found {
    async fn look_up(client: &Client, uris: &[SpotifyUri]) -> Result<Self, Error> {
        let mut found = BTreeMap::new();
        several! { found, uris, client:
            Track by tracks as of_track;
            Album by albums as of_album;
            Artist by artists as of_artist;
            Show by shows as of_show;
            Episode by episodes as of_episode;
            Audiobook by audiobooks as of_audiobook;
        }
        for uri in uris {
            let SpotifyUri::Playlist(id) = uri else { continue };
            match client.playlist(*id).await {
                Ok(playlist) => {
                    found.extend(Row::of_playlist(&playlist).map(|row| (uri.clone(), row)));
                }
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self(found))
    }
}
