//! Finding the device that a command is for.

use spotify_api::{Client, Error, error::Reason, id::DeviceId, model::Device};

use crate::{
    failure::{Cause, Code, Failure},
    sanitise,
    tools::{playback::DeviceRow, rendering::joined},
};

/// A device that takes commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: DeviceId,
    pub(super) name: String,
    pub(super) volume: Option<u32>,
}

/// Finds a device by its id or name; with no name, the active one if there is any.
///
/// # Errors
/// A name that stands for no device or for several is answered with the choices.
pub(super) async fn find(client: &Client, wanted: &str) -> Result<Target, Cause> {
    let devices = client.devices().await?;
    choose(&devices, wanted).map_err(Cause::Told)
}

/// Finds the active device, if it can be told.
pub(super) async fn active(client: &Client) -> Result<Option<Target>, Cause> {
    let devices = client.devices().await?;
    Ok(devices.iter().find(|device| device.is_active == Some(true)).and_then(Target::of))
}

/// Explains why a command found no device; any other error stays what it is.
pub(super) async fn explain(client: &Client, error: Error) -> Cause {
    let none = matches!(
        &error,
        Error::NotFound { detail, .. } if detail.reason() == Some(&Reason::NoActiveDevice)
    );
    if !none {
        return error.into();
    }
    match client.devices().await {
        Ok(devices) => Cause::Told(Failure::new(
            Code::NoDevice,
            format!("no device is active; {}", choices(&devices)),
            "Name a device in the argument `device` of play or transfer_playback. A device that is missing wakes up when the person opens Spotify on it.",
        )),
        Err(_) => error.into(),
    }
}

fn choose(devices: &[Device], wanted: &str) -> Result<Target, Failure> {
    let wanted = wanted.trim();
    let lower = wanted.to_lowercase();
    let called = |device: &Device, fits: &dyn Fn(&str) -> bool| {
        device.name.as_deref().is_some_and(|name| fits(&name.to_lowercase()))
    };
    let by_id = |device: &&Device| device.id.as_ref().is_some_and(|id| id.as_str() == wanted);
    let by_name = |device: &&Device| called(device, &|name| name == lower);
    let by_part = |device: &&Device| called(device, &|name| name.contains(&lower));
    let mut found: Vec<&Device> = devices.iter().filter(by_id).collect();
    if found.is_empty() {
        found = devices.iter().filter(by_name).collect();
    }
    if found.is_empty() {
        found = devices.iter().filter(by_part).collect();
    }
    let problem = match found.as_slice() {
        [device] if device.is_restricted == Some(true) => "the device takes no commands from apps",
        [device] => match Target::of(device) {
            Some(target) => return Ok(target),
            None => "the device has no id, so it takes no commands",
        },
        [] => "there is no such device",
        _ => "several devices have that name",
    };
    Err(Failure::new(
        Code::NoDevice,
        format!("{problem}; {}", choices(devices)),
        "Call again with the name or id of one of these devices. A device that is missing wakes up when the person opens Spotify on it.",
    ))
}

fn choices(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "Spotify sees no device at all".to_owned();
    }
    let rows = devices.iter().map(|device| DeviceRow::of(device).line());
    format!("there are: {}", rows.collect::<Vec<_>>().join("; "))
}

impl Target {
    fn of(device: &Device) -> Option<Self> {
        Some(Self {
            id: device.id.clone()?,
            name: device.name.as_deref().map(sanitise::name).unwrap_or_default(),
            volume: device.volume_percent.filter(|_| device.supports_volume != Some(false)),
        })
    }
}

impl DeviceRow {
    pub(super) fn of(device: &Device) -> Self {
        Self {
            name: device.name.as_deref().map(sanitise::name).filter(|name| !name.is_empty()),
            id: device.id.as_ref().map(|id| sanitise::mark(id.as_str())),
            kind: device.kind.as_ref().map(|kind| sanitise::line(kind.as_str(), 20)),
            active: device.is_active == Some(true),
            restricted: device.is_restricted == Some(true),
            volume: device.volume_percent.filter(|_| device.supports_volume != Some(false)),
        }
    }

    pub(super) fn line(&self) -> String {
        let volume = self.volume.map(|volume| format!("volume {volume}"));
        joined([
            self.name.as_deref(),
            self.kind.as_deref(),
            self.active.then_some("active"),
            self.restricted.then_some("takes no commands"),
            volume.as_deref(),
            self.id.as_deref(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<Device> {
        serde_json::from_value(serde_json::json!([
            { "id": "1", "name": "Kitchen speaker", "is_active": false, "volume_percent": 30 },
            { "id": "2", "name": "Kitchen TV" },
            { "id": "3", "name": "Attic", "is_restricted": true },
            { "id": null, "name": "Sonos" },
            { "id": "5", "name": "Kitchen" },
        ]))
        .unwrap()
    }

    fn chosen(wanted: &str) -> Result<String, String> {
        choose(&devices(), wanted)
            .map(|target| target.id.as_str().to_owned())
            .map_err(|failure| failure.message)
    }

    #[test]
    fn a_device_is_found_by_id_whole_name_or_a_part_that_is_one_devices_only() {
        assert_eq!(chosen("2"), Ok("2".to_owned()));
        assert_eq!(chosen("kitchen"), Ok("5".to_owned()));
        assert_eq!(chosen(" Speaker "), Ok("1".to_owned()));
    }

    #[test]
    fn what_stands_for_none_or_several_is_answered_with_the_choices() {
        for (wanted, problem) in [
            ("kit", "several devices have that name"),
            ("Cellar", "there is no such device"),
            ("attic", "the device takes no commands"),
            ("sonos", "the device has no id"),
        ] {
            let message = chosen(wanted).unwrap_err();
            assert!(message.starts_with(problem), "{message}");
            assert!(message.contains("Kitchen speaker | volume 30 | 1"), "{message}");
        }
    }
}
