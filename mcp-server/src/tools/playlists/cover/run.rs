//! What setting a cover does.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use spotify_api::{endpoints::playlists::Cover, id::SpotifyUri, model::Image};

use super::SetPlaylistCover;
use crate::{
    failure::{Cause, Failure},
    tools::{
        call::{Call, Run},
        playlists::{Changed, Confirmation},
        rendering::name,
    },
};

impl Run for SetPlaylistCover {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let cover = self.picture().map_err(|problem| Cause::Told(Failure::arguments(&problem)))?;
        let client = call.client().await?;
        let id = self.playlist.0;
        let playlist = client.playlist(id).await?;
        let changed = Changed {
            name: name(playlist.name.as_deref()),
            ..Changed::of(id, Confirmation::Preview)
        };
        if self.dry_run {
            return Ok(changed);
        }
        client.set_playlist_cover(id, &cover).await?;
        // Spotify takes a while to show a cover; a new address says that it does.
        let shown = client.playlist_cover(id).await.unwrap_or_default();
        let address = |images: &[Image]| images.first().map(|image| image.url.clone());
        let new = !shown.is_empty() && address(&shown) != address(&playlist.images);
        Ok(Changed { state: Confirmation::of(new), ..changed })
    }
}

impl SetPlaylistCover {
    fn picture(&self) -> Result<Cover, String> {
        let bytes = BASE64_STANDARD.decode(self.jpeg.trim());
        let bytes = bytes.map_err(|_| "`jpeg` is not base64".to_owned())?;
        Cover::jpeg(&bytes).map_err(|error| format!("`jpeg`: {error}"))
    }
}
