//! The player: what plays, where, and what comes next.
//!
//! Spotify confirms a command before the device has carried it out, so a command is `accepted`. It has
//! no way to clear or reorder the queue, and no tool here pretends to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset, Uris, page::List, rows::Row};

#[cfg(feature = "server")]
mod command;
#[cfg(feature = "server")]
mod device;
#[cfg(feature = "server")]
mod play;
#[cfg(feature = "server")]
mod state;

/// What a command needs to find its device.
const DEVICES: &str = "get-a-users-available-devices";

/// Tells what plays.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetPlayback {}

impl Tool for GetPlayback {
    const SPEC: Spec = Spec {
        title: "Get playback",
        description: "Get what plays now: track, position, device, volume, shuffle, repeat and where it plays from.",
        operations: &["get-information-about-the-users-current-playback"],
        ..Spec::new("get_playback", Toolset::Playback, Effect::Read)
    };

    type Output = Playback;
}

/// What plays.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Playback {
    /// `playing`, `paused`, or `nothing` where no device is active.
    pub state: String,
    /// The track or episode; absent during an advertisement or a private session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Row>,
    /// How far it has come, in minutes and seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// The device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceRow>,
    /// Whether the order is random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shuffle: Option<bool>,
    /// What is repeated: off, track or context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
    /// The URI of what it plays from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

/// Lists devices.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetDevices {}

impl Tool for GetDevices {
    const SPEC: Spec = Spec {
        title: "Get devices",
        description: "List the devices that Spotify can play on now; a sleeping device is absent.",
        operations: &[DEVICES],
        ..Spec::new("get_devices", Toolset::Playback, Effect::Read)
    };

    type Output = Devices;
}

/// The devices that can play.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Devices {
    /// The devices.
    pub devices: Vec<DeviceRow>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeviceRow {
    /// The name; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The id; a device without one takes no commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is the one that plays.
    pub active: bool,
    /// Whether it takes no commands from this server.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The volume, 0 to 100; absent where it cannot be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<u32>,
}

/// Plays something.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PlayMusic {
    /// URI, link or words, e.g. "spotify:album:..." or "midnight ferry"; absent resumes
    #[serde(default)]
    #[schemars(length(max = 250))]
    pub what: Option<String>,
    /// What words name
    #[serde(default)]
    pub kind: PlayKind,
    /// Tracks to play in this order, in place of `what`
    #[serde(default)]
    pub tracks: Option<Uris>,
    /// Name or id; else the active one
    #[serde(default)]
    #[schemars(length(max = 120))]
    pub device: Option<String>,
}

/// What the words of a request to play name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlayKind {
    /// A track.
    #[default]
    Track,
    /// An album.
    Album,
    /// An artist.
    Artist,
    /// A playlist, one's own before others.
    Playlist,
}

impl Tool for PlayMusic {
    const SPEC: Spec = Spec {
        title: "Play",
        description: "Play a track, album, artist, playlist or list of tracks, or resume. Needs Premium.",
        operations: &[
            "start-a-users-playback",
            DEVICES,
            "search",
            "get-a-list-of-current-users-playlists",
        ],
        example: r#"{"what":"harbour lights","kind":"album","device":"Desk"}"#,
        ..Spec::new("play", Toolset::Playback, Effect::Write)
    };

    type Output = Commanded;
}

/// A command that Spotify took.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Commanded {
    /// `accepted`: Spotify took it; whether the device did is not seen.
    pub state: String,
    /// What was asked of it.
    pub done: String,
    /// What was chosen for words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Row>,
}

/// Controls what plays.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ControlPlayback {
    /// What to do
    pub action: Action,
    /// Seconds to seek to, or percent of volume
    #[serde(default)]
    #[schemars(range(min = 0, max = 86_400))]
    pub value: Option<u32>,
    /// Name or id; else the active one
    #[serde(default)]
    #[schemars(length(max = 120))]
    pub device: Option<String>,
}

/// What to do with what plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Pauses.
    Pause,
    /// Skips to the next.
    Next,
    /// Goes back to the one before.
    Previous,
    /// Goes to a position.
    Seek,
    /// Sets the volume.
    Volume,
    /// Makes it louder.
    VolumeUp,
    /// Makes it quieter.
    VolumeDown,
    /// Random order.
    ShuffleOn,
    /// The list's own order.
    ShuffleOff,
    /// Repeats nothing.
    RepeatOff,
    /// Repeats the track.
    RepeatTrack,
    /// Repeats the album or playlist.
    RepeatContext,
}

impl Tool for ControlPlayback {
    const SPEC: Spec = Spec {
        title: "Control playback",
        description: "Control what plays: pause, skip, seek, volume, shuffle, repeat. Needs Premium.",
        operations: &[
            "pause-a-users-playback",
            "skip-users-playback-to-next-track",
            "skip-users-playback-to-previous-track",
            "toggle-shuffle-for-users-playback",
            "set-repeat-mode-on-users-playback",
            "seek-to-position-in-currently-playing-track",
            "set-volume-for-users-playback",
            DEVICES,
        ],
        example: r#"{"action":"volume_up","value":10}"#,
        ..Spec::new("control_playback", Toolset::Playback, Effect::Write)
    };

    type Output = Commanded;
}

/// Moves what plays.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TransferPlayback {
    /// Name or id of the device
    #[schemars(length(min = 1, max = 120))]
    pub device: String,
}

impl Tool for TransferPlayback {
    const SPEC: Spec = Spec {
        title: "Transfer playback",
        description: "Move what plays to another device. Needs Premium.",
        operations: &["transfer-a-users-playback", DEVICES],
        example: r#"{"device":"Pocket"}"#,
        ..Spec::new("transfer_playback", Toolset::Playback, Effect::Write)
    };

    type Output = Commanded;
}

/// Lists what comes next.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetQueue {}

impl Tool for GetQueue {
    const SPEC: Spec = Spec {
        title: "Get queue",
        description: "List what plays and what comes next, as far as Spotify tells.",
        operations: &["get-queue"],
        ..Spec::new("get_queue", Toolset::Playback, Effect::Read)
    };

    type Output = List;
}

/// Adds to what comes next.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AddToQueue {
    /// Ids, URIs or links, up to 50
    pub tracks: Uris<50>,
    /// Name or id; else the active one
    #[serde(default)]
    #[schemars(length(max = 120))]
    pub device: Option<String>,
}

impl Tool for AddToQueue {
    const SPEC: Spec = Spec {
        title: "Add to queue",
        description: "Add tracks to the queue, a request each. Spotify has no way to remove or reorder them afterwards. Needs Premium.",
        operations: &["add-to-queue", DEVICES],
        example: r#"{"tracks":["spotify:track:0MCSFSOkbXU32B1CWCD9FI"]}"#,
        ..Spec::new("add_to_queue", Toolset::Playback, Effect::Write)
    };

    type Output = Commanded;
}
