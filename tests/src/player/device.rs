//! Things that play.

use crate::random::Random;

/// A device of a user, as Spotify Connect shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// From 0 to 100; `None` for a device whose volume cannot be set.
    pub(crate) volume: Option<u8>,
    pub(crate) restricted: bool,
}

impl Device {
    /// Creates a device of a type such as `Computer` or `CastAudio`, at half its volume.
    ///
    /// Its id depends on the name alone.
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        let name = name.into();
        let id = Some(Random::of(&format!("device {name}")).hex(40));
        Self { id, name, kind: kind.into(), volume: Some(50), restricted: false }
    }

    /// Takes the id away, as some speakers have none (N14).
    #[must_use]
    pub fn without_id(mut self) -> Self {
        self.id = None;
        self
    }

    /// Lets nobody set the volume.
    #[must_use]
    pub const fn without_volume(mut self) -> Self {
        self.volume = None;
        self
    }

    /// Lets the device accept no command of the Web API.
    #[must_use]
    pub const fn restricted(mut self) -> Self {
        self.restricted = true;
        self
    }

    /// The devices that every user has.
    pub(crate) fn usual(user: &str) -> Vec<Self> {
        let mut devices = vec![
            Self::new("Desk", "Computer"),
            Self::new("Pocket", "Smartphone"),
            Self::new("Living Room", "Speaker").without_volume(),
            Self::new("Attic", "AVR").restricted(),
        ];
        for device in &mut devices {
            device.id = Some(Random::of(&format!("device {} of {user}", device.name)).hex(40));
        }
        devices
    }
}
