//! The player: what plays where, and telling it what to do.
//!
//! Commands need Premium. They go to the active device, or to the one that
//! [`Client::on_device`] names. Spotify answers when it has passed a command on, which is before
//! the device has carried it out.

mod command;
mod history;
mod play;

pub use self::{
    command::{Shuffle, Transfer, Volume},
    history::{HistoryRequest, Window},
    play::Play,
};
use super::endpoints;
use crate::{
    Client, Error,
    answer::Done,
    endpoint::{self, DEVICE, MARKET, TYPES, optional, required},
    model::{CurrentlyPlaying, Device, Devices, PlayHistory, PlaybackState, Queue},
    page::CursorPage,
    scope::Scope::{
        UserModifyPlaybackState, UserReadCurrentlyPlaying, UserReadPlaybackState,
        UserReadRecentlyPlayed,
    },
};

endpoints! {
    /// Tells what plays where.
    PLAYBACK: Option<PlaybackState> =
        Endpoint::get("/me/player", "get-information-about-the-users-current-playback")
        .query(&[MARKET, TYPES])
        .scopes(&[UserReadPlaybackState])
        .success(&[200, 204])
        .policies(endpoint::PLAYER);
    /// Moves what plays to another device.
    TRANSFER: Done = Endpoint::put("/me/player", "transfer-a-users-playback")
        .json(&[required("device_ids"), optional("play")])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Lists the devices that can play.
    DEVICES: Devices = Endpoint::get("/me/player/devices", "get-a-users-available-devices")
        .scopes(&[UserReadPlaybackState]);
    /// Tells what plays.
    CURRENTLY_PLAYING: Option<CurrentlyPlaying> =
        Endpoint::get("/me/player/currently-playing", "get-the-users-currently-playing-track")
        .query(&[MARKET, TYPES])
        .scopes(&[UserReadCurrentlyPlaying])
        .policies(endpoint::PLAYER);
    /// Starts or resumes playing.
    PLAY: Done = Endpoint::put("/me/player/play", "start-a-users-playback")
        .query(&[DEVICE])
        .json(&[
            optional("context_uri"), optional("uris"), optional("offset"), optional("position_ms")
        ])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Pauses.
    PAUSE: Done = Endpoint::put("/me/player/pause", "pause-a-users-playback")
        .query(&[DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Skips to the next entry.
    NEXT: Done = Endpoint::post("/me/player/next", "skip-users-playback-to-next-track")
        .query(&[DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Goes back to the entry before.
    PREVIOUS: Done = Endpoint::post("/me/player/previous", "skip-users-playback-to-previous-track")
        .query(&[DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Goes to a position.
    SEEK: Done = Endpoint::put("/me/player/seek", "seek-to-position-in-currently-playing-track")
        .query(&[required("position_ms"), DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
    /// Sets what is repeated.
    REPEAT: Done = Endpoint::put("/me/player/repeat", "set-repeat-mode-on-users-playback")
        .query(&[required("state"), DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204]);
    /// Sets the volume.
    VOLUME: Done = Endpoint::put("/me/player/volume", "set-volume-for-users-playback")
        .query(&[required("volume_percent"), DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204]);
    /// Sets whether the order is random.
    SHUFFLE: Done = Endpoint::put("/me/player/shuffle", "toggle-shuffle-for-users-playback")
        .query(&[required("state"), DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204]);
    /// Lists what was played recently.
    RECENTLY_PLAYED: CursorPage<PlayHistory> =
        Endpoint::get("/me/player/recently-played", "get-recently-played")
        .scopes(&[UserReadRecentlyPlayed])
        .cursor_pages(20, 50, &[optional("after"), optional("before")])
        .policies(endpoint::PLAYER);
    /// Lists what plays next.
    QUEUE: Queue = Endpoint::get("/me/player/queue", "get-queue")
        .scopes(&[UserReadCurrentlyPlaying, UserReadPlaybackState])
        .policies(endpoint::PLAYER);
    /// Adds an entry to what plays next.
    ADD_TO_QUEUE: Done = Endpoint::post("/me/player/queue", "add-to-queue")
        .query(&[required("uri"), DEVICE])
        .scopes(&[UserModifyPlaybackState])
        .success(&[204])
        .policies(endpoint::PLAYER);
}

impl Client {
    /// Tells what plays where; `None` when no device is active. Operation: [`PLAYBACK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn playback(&self) -> Result<Option<PlaybackState>, Error> {
        self.call(PLAYBACK.request(&[])?.both_types()).await
    }

    /// Tells what plays; `None` when nothing does. Operation: [`CURRENTLY_PLAYING`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn currently_playing(&self) -> Result<Option<CurrentlyPlaying>, Error> {
        self.call(CURRENTLY_PLAYING.request(&[])?.both_types()).await
    }

    /// Lists the devices that can play. Operation: [`DEVICES`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn devices(&self) -> Result<Vec<Device>, Error> {
        Ok(self.call(DEVICES.request(&[])?).await?.devices)
    }

    /// Lists what plays and what plays next. Spotify was seen to repeat entries (N45). Operation:
    /// [`QUEUE`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn queue(&self) -> Result<Queue, Error> {
        self.call(QUEUE.request(&[])?).await
    }
}
