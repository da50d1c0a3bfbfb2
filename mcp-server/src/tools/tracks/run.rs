//! What looking a track up does.

use spotify_api::{id::SpotifyUri, model::Track};

use super::{GetTrackDetails, TrackDetails};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        rendering::{Lines, isrc, length, name, released},
        rows::Named,
    },
};

impl Run for GetTrackDetails {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.track.0.uri()]
    }

    async fn run(self, call: Call) -> Result<TrackDetails, Cause> {
        let id = self.track.0;
        let track = call.client().await?.track(id).await?;
        // Spotify may answer with another recording of the same track; the row names that one.
        let id = track.id.unwrap_or(id);
        Ok(TrackDetails {
            uri: id.uri().to_string(),
            name: name(track.name.as_deref()),
            artists: track.artists.iter().filter_map(Named::of).collect(),
            album: album(&track),
            released: track.album.as_ref().and_then(|album| released(album.release_date.as_ref())),
            number: track.track_number,
            disc: track.disc_number,
            length: length(track.duration_ms),
            explicit: track.explicit,
            restricted: restricted(&track),
            isrc: isrc(&track),
            popularity: track.popularity,
            link: id.url(),
        })
    }
}

fn album(track: &Track) -> Option<Named> {
    let album = track.album.as_ref()?;
    let uri = album.uri.as_ref().map(ToString::to_string);
    Some(Named { name: name(album.name.as_deref())?, uri })
}

fn restricted(track: &Track) -> Option<String> {
    let reason = track.restrictions()?.reason.as_ref();
    Some(reason.map_or_else(|| "unknown".to_owned(), |reason| sanitise::line(reason.as_str(), 40)))
}

impl Text for TrackDetails {
    fn text(&self) -> String {
        let place = self.number.map(|number| match self.disc {
            Some(disc) => format!("{number} on disc {disc}"),
            None => number.to_string(),
        });
        let artists = self.artists.iter();
        let lines = Lines::new("Track (data from Spotify):")
            .field("title", self.name.as_ref())
            .field("uri", Some(&self.uri));
        let lines = artists.fold(lines, |lines, artist| lines.field("artist", Some(artist.line())));
        lines
            .field("album", self.album.as_ref().map(Named::line))
            .field("released", self.released.as_ref())
            .field("number", place)
            .field("length", self.length.as_ref())
            .field("explicit", self.explicit.map(|explicit| if explicit { "yes" } else { "no" }))
            .field("cannot be played", self.restricted.as_ref())
            .field("isrc", self.isrc.as_ref())
            .field("popularity", self.popularity.map(|popularity| popularity.to_string()))
            .field("link", Some(&self.link))
            .finish()
    }
}
