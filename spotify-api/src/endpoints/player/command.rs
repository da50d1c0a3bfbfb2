//! Commands to the player.

use std::time::Duration;

use serde_json::json;

use super::{ADD_TO_QUEUE, NEXT, PAUSE, PREVIOUS, REPEAT, SEEK, SHUFFLE, TRANSFER, VOLUME};
use crate::{
    Client, Error,
    answer::Done,
    endpoint::{Operation, Request},
    id::{DeviceId, SpotifyUri},
    model::RepeatMode,
};

/// A volume, 0 to 100 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Volume(u8);

impl Volume {
    /// No sound.
    pub const SILENT: Self = Self(0);
    /// As loud as the device goes.
    pub const FULL: Self = Self(100);

    /// Returns the volume of so many percent; `None` above 100.
    pub const fn percent(percent: u8) -> Option<Self> {
        if percent <= Self::FULL.0 { Some(Self(percent)) } else { None }
    }

    /// Returns the percentage.
    pub const fn as_percent(self) -> u8 {
        self.0
    }
}

/// Whether entries play in random order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shuffle {
    /// In random order.
    On,
    /// In their own order.
    Off,
}

/// Whether another device plays when it takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// It plays if the device before did.
    KeepState,
    /// It plays.
    Play,
}

impl Client {
    /// Moves what plays to another device. Operation: [`TRANSFER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn transfer_playback(
        &self,
        device: &DeviceId,
        transfer: Transfer,
    ) -> Result<(), Error> {
        let play = transfer == Transfer::Play;
        let body = json!({ "device_ids": [device], "play": play });
        self.command(TRANSFER.request(&[])?.body(body)).await
    }

    /// Pauses. Operation: [`PAUSE`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn pause(&self) -> Result<(), Error> {
        self.plain_command(&PAUSE).await
    }

    /// Skips to the next entry. Operation: [`NEXT`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next(&self) -> Result<(), Error> {
        self.plain_command(&NEXT).await
    }

    /// Goes back to the entry before. Operation: [`PREVIOUS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn previous(&self) -> Result<(), Error> {
        self.plain_command(&PREVIOUS).await
    }

    /// Goes to a position in what plays; behind its end, to the next entry. Operation: [`SEEK`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn seek(&self, position: Duration) -> Result<(), Error> {
        self.command(SEEK.request(&[])?.query("position_ms", &milliseconds(position))).await
    }

    /// Sets what is repeated. Operation: [`REPEAT`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_repeat(&self, mode: &RepeatMode) -> Result<(), Error> {
        self.command(REPEAT.request(&[])?.query("state", mode.as_str())).await
    }

    /// Sets the volume. Operation: [`VOLUME`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_volume(&self, volume: Volume) -> Result<(), Error> {
        self.command(VOLUME.request(&[])?.query("volume_percent", &volume.as_percent())).await
    }

    /// Sets whether entries play in random order. Operation: [`SHUFFLE`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_shuffle(&self, shuffle: Shuffle) -> Result<(), Error> {
        self.command(SHUFFLE.request(&[])?.query("state", &(shuffle == Shuffle::On))).await
    }

    /// Adds a track or episode to what plays next. Operation: [`ADD_TO_QUEUE`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] for anything else than a track or episode.
    pub async fn add_to_queue(&self, uri: &SpotifyUri) -> Result<(), Error> {
        if !uri.fits_playlist() {
            let operation = ADD_TO_QUEUE.endpoint().operation;
            let problem = "something other than a track or episode";
            return Err(Error::Argument { operation, problem });
        }
        self.command(ADD_TO_QUEUE.request(&[])?.query("uri", uri)).await
    }

    async fn plain_command(&self, operation: &Operation<Done>) -> Result<(), Error> {
        self.command(operation.request(&[])?).await
    }

    async fn command(&self, request: Request<Done>) -> Result<(), Error> {
        self.call(request).await.map(|Done| ())
    }
}

/// Returns a duration in milliseconds, as Spotify counts positions.
pub(super) fn milliseconds(position: Duration) -> u64 {
    u64::try_from(position.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_at_most_full() {
        assert_eq!(Volume::percent(100), Some(Volume::FULL));
        assert_eq!(Volume::percent(101), None);
        assert_eq!(Volume::SILENT.as_percent(), 0);
    }
}
