//! What commands to the player do.

use std::time::Duration;

use spotify_api::{
    Client, Error,
    endpoints::player::{Shuffle, Transfer, Volume},
    id::SpotifyUri,
    model::RepeatMode,
};

use super::{
    Action, AddToQueue, Commanded, ControlPlayback, TransferPlayback,
    device::{self, Target},
};
use crate::{
    failure::{Cause, Code, Failure},
    tools::{
        call::{Call, Run, Text},
        rendering::Lines,
        rows::Row,
    },
};

/// A client whose commands go to a device: the named one, else the active one.
pub(super) struct Player {
    pub(super) client: Client,
    pub(super) target: Option<Target>,
}

impl Player {
    pub(super) async fn of(call: &Call, device: Option<&str>) -> Result<Self, Cause> {
        let client = call.client().await?;
        match device {
            Some(device) => {
                let target = device::find(&client, device).await?;
                let client = client.on_device(target.id.clone());
                Ok(Self { client, target: Some(target) })
            }
            None => Ok(Self { client, target: None }),
        }
    }

    /// Tells what came of a command.
    pub(super) async fn done(
        &self,
        result: Result<(), Error>,
        done: impl Into<String>,
    ) -> Result<Commanded, Cause> {
        if let Err(error) = result {
            return Err(device::explain(&self.client, error).await);
        }
        let on = self.target.as_ref().map(|target| format!(" on {}", target.name));
        Ok(Commanded {
            state: "accepted".to_owned(),
            done: format!("{}{}", done.into(), on.unwrap_or_default()),
            item: None,
        })
    }
}

impl Run for ControlPlayback {
    async fn run(self, call: Call) -> Result<Commanded, Cause> {
        let value = || {
            self.value.ok_or_else(|| {
                Cause::Told(Failure::arguments("`value` is missing for this action"))
            })
        };
        let player = Player::of(&call, self.device.as_deref()).await?;
        let client = &player.client;
        let (result, done) = match self.action {
            Action::Pause => (client.pause().await, "paused"),
            Action::Next => (client.next().await, "skipped to the next"),
            Action::Previous => (client.previous().await, "went back to the one before"),
            Action::Seek => {
                let position = Duration::from_secs(value()?.into());
                (client.seek(position).await, "moved to the position")
            }
            Action::Volume => return player.volume(value()?).await,
            Action::VolumeUp => {
                return player.volume(player.loudness().await?.saturating_add(value()?)).await;
            }
            Action::VolumeDown => {
                return player.volume(player.loudness().await?.saturating_sub(value()?)).await;
            }
            Action::ShuffleOn => (client.set_shuffle(Shuffle::On).await, "shuffle is on"),
            Action::ShuffleOff => (client.set_shuffle(Shuffle::Off).await, "shuffle is off"),
            Action::RepeatOff => (client.set_repeat(&RepeatMode::Off).await, "repeat is off"),
            Action::RepeatTrack => {
                (client.set_repeat(&RepeatMode::Track).await, "the track is repeated")
            }
            Action::RepeatContext => {
                (client.set_repeat(&RepeatMode::Context).await, "the album or playlist is repeated")
            }
        };
        player.done(result, done).await
    }
}

impl Player {
    /// Sets the volume in percent; more than 100 is 100.
    async fn volume(&self, percent: u32) -> Result<Commanded, Cause> {
        let percent = u8::try_from(percent.min(100)).unwrap_or(100);
        let volume = Volume::percent(percent).unwrap_or(Volume::FULL);
        let result = self.client.set_volume(volume).await;
        self.done(result, format!("the volume is {percent}")).await
    }

    /// Returns the volume that the device has now, in percent.
    async fn loudness(&self) -> Result<u32, Cause> {
        let target = match &self.target {
            Some(target) => Some(target.clone()),
            None => device::active(&self.client).await?,
        };
        target.and_then(|target| target.volume).ok_or_else(|| {
            Cause::Told(Failure::new(
                Code::NoDevice,
                "the volume now is not known: no device is active, or its volume cannot be set",
                "Call get_devices to see which device has a volume.",
            ))
        })
    }
}

impl Run for TransferPlayback {
    async fn run(self, call: Call) -> Result<Commanded, Cause> {
        let client = call.client().await?;
        let target = device::find(&client, &self.device).await?;
        let result = client.transfer_playback(&target.id, Transfer::KeepState).await;
        let player = Player { client, target: Some(target) };
        player.done(result, "playback moves; it is now").await
    }
}

impl Run for AddToQueue {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.tracks.0.clone()
    }

    async fn run(self, call: Call) -> Result<Commanded, Cause> {
        let player = Player::of(&call, self.device.as_deref()).await?;
        let total = self.tracks.0.len();
        for (done, uri) in self.tracks.0.iter().enumerate() {
            if let Err(error) = player.client.add_to_queue(uri).await {
                if done > 0 {
                    return Err(Error::Incomplete {
                        done,
                        total,
                        snapshot: None,
                        source: Box::new(error),
                    }
                    .into());
                }
                return Err(device::explain(&player.client, error).await);
            }
        }
        player.done(Ok(()), format!("{total} added to the queue")).await
    }
}

impl Text for Commanded {
    fn text(&self) -> String {
        let item = self.item.as_ref().map(Row::line);
        Lines::new(format!("Spotify accepted: {}.", self.done))
            .field("chosen (data from Spotify)", item)
            .finish()
    }
}
