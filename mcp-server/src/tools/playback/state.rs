//! What asking the player does.

use spotify_api::model::PlaybackState;

use super::{DeviceRow, Devices, GetDevices, GetPlayback, GetQueue, Playback};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        page::List,
        rendering::{Lines, length},
        rows::{Columns, Row},
    },
};

impl Run for GetPlayback {
    async fn run(self, call: Call) -> Result<Playback, Cause> {
        let state = call.client().await?.playback().await?;
        Ok(state.as_ref().map_or_else(Playback::nothing, Playback::of))
    }
}

impl Playback {
    fn nothing() -> Self {
        Self { state: "nothing".to_owned(), ..Self::default() }
    }

    fn of(state: &PlaybackState) -> Self {
        let word = if state.is_playing == Some(true) { "playing" } else { "paused" };
        let mut item = state.item.as_ref().and_then(Row::of_playable);
        if let Some(row) = &mut item {
            row.keep(&Columns::Minimal);
        }
        let context = state.context.as_ref().and_then(|context| context.uri.as_ref());
        Self {
            state: word.to_owned(),
            item,
            position: length(state.progress_ms),
            device: state.device.as_ref().map(DeviceRow::of),
            shuffle: state.shuffle_state,
            repeat: state.repeat_state.as_ref().map(|mode| sanitise::line(mode.as_str(), 20)),
            context: context.map(ToString::to_string),
        }
    }
}

impl Text for Playback {
    fn text(&self) -> String {
        let onoff = |on: bool| if on { "on" } else { "off" };
        Lines::new(format!("Player (data from Spotify): {}", self.state))
            .field("item", self.item.as_ref().map(Row::line))
            .field("position", self.position.as_ref())
            .field("device", self.device.as_ref().map(DeviceRow::line))
            .field("shuffle", self.shuffle.map(onoff))
            .field("repeat", self.repeat.as_ref())
            .field("plays from", self.context.as_ref())
            .finish()
    }
}

impl Run for GetDevices {
    async fn run(self, call: Call) -> Result<Devices, Cause> {
        let devices = call.client().await?.devices().await?;
        Ok(Devices { devices: devices.iter().map(DeviceRow::of).collect() })
    }
}

impl Text for Devices {
    fn text(&self) -> String {
        if self.devices.is_empty() {
            return "No device: the person has to open Spotify on one.".to_owned();
        }
        let lines = Lines::new(format!("{} devices (data from Spotify):", self.devices.len()));
        self.devices.iter().fold(lines, |lines, row| lines.line(&row.line())).finish()
    }
}

impl Run for GetQueue {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let queue = call.client().await?.queue().await?;
        let now = queue.currently_playing.as_ref().and_then(Row::of_playable);
        let now = now.map(|row| Row { kind: Some("plays now".to_owned()), ..row });
        let next = queue.distinct().map(Row::of_playable);
        Ok(List::whole("in the queue", now.into_iter().map(Some).chain(next)))
    }
}
