//! Versions of a playlist.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{macros::model, scalar::texts};

/// The version of a playlist: opaque, moves with each change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(String);

impl SnapshotId {
    /// Returns the text as Spotify gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SnapshotId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

model! {
    /// The answer to a change of a playlist's items.
    pub struct Snapshot {
        /// The playlist's version after the change.
        pub snapshot_id: Option<SnapshotId>,
    }
}

texts! {
    SnapshotId: |text: &str| Some(Self(text.to_owned()));
}
