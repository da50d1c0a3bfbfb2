//! The commands that control playback.
//!
//! Each needs Premium and a device. Without `device_id` it goes to the active device; with one,
//! starting, transferring and setting the volume reach every device of the user, the other
//! commands the active device only. That last part is this simulator's, as is that every command
//! which makes no sense in the present state is refused as a violated restriction.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Answer, Cx, Done, Refusal, irregular::Irregularity};
use crate::{
    catalogue::Catalogue,
    player::{Player, Repeat, Session},
    random::Random,
};

pub(super) mod contents;
pub(super) mod reading;

/// `transfer-a-users-playback`
pub(super) fn transfer(cx: &mut Cx<'_>) -> Answer {
    let body = cx.json()?;
    let ids = body.get("device_ids").and_then(Value::as_array);
    let [Value::String(id)] = ids.ok_or(Refusal::MissingField("device_ids"))?.as_slice() else {
        return Err(Refusal::BadRequest("Exactly one device_id is supported".to_owned()));
    };
    let play = match body.get("play") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(play)) => *play,
        Some(_) => return Err(Refusal::BadRequest("Invalid value for field: play".to_owned())),
    };
    let desk = Desk { wanted: Some(id), ..Desk::of(cx)? };
    let device = desk.reachable()?;
    match &mut desk.player.session {
        Some(session) if play => session.resume(desk.now),
        None if play => return Err(Refusal::Restriction),
        _ => {}
    }
    desk.player.activate(device);
    desk.player.changed_at = desk.now;
    Ok(done(cx))
}

/// `start-a-users-playback`
pub(super) fn play(cx: &mut Cx<'_>) -> Answer {
    let body = if cx.call.body.is_empty() { Map::new() } else { cx.json()? };
    Desk::of(cx)?.reachable()?;
    let chosen = contents::chosen(cx, &body)?;
    let desk = Desk::of(cx)?;
    let device = desk.reachable()?;
    match (chosen, &mut desk.player.session) {
        (Some(session), _) => desk.player.start(&desk.catalogue, session, desk.random),
        (None, Some(session)) if !session.playing => session.resume(desk.now),
        (None, _) => return Err(Refusal::Restriction),
    }
    desk.player.activate(device);
    Ok(done(cx))
}

/// `pause-a-users-playback`
pub(super) fn pause(cx: &mut Cx<'_>) -> Answer {
    let mut desk = Desk::of(cx)?;
    match desk.session()? {
        session if session.playing => session.playing = false,
        _ => return Err(Refusal::Restriction),
    }
    desk.player.changed_at = desk.now;
    Ok(done(cx))
}

/// `skip-users-playback-to-next-track`
pub(super) fn next(cx: &mut Cx<'_>) -> Answer {
    let mut desk = Desk::of(cx)?;
    desk.session()?;
    let skipped = desk.player.next(desk.now);
    if skipped { Ok(done(cx)) } else { Err(Refusal::Restriction) }
}

/// `skip-users-playback-to-previous-track`
pub(super) fn previous(cx: &mut Cx<'_>) -> Answer {
    let mut desk = Desk::of(cx)?;
    desk.session()?;
    let skipped = desk.player.previous(desk.now);
    if skipped { Ok(done(cx)) } else { Err(Refusal::Restriction) }
}

/// `seek-to-position-in-currently-playing-track`
pub(super) fn seek(cx: &mut Cx<'_>) -> Answer {
    let position = number(cx, "position_ms")?;
    let mut desk = Desk::of(cx)?;
    desk.session()?;
    desk.player.seek(&desk.catalogue, position, desk.now);
    Ok(done(cx))
}

/// `set-repeat-mode-on-users-playback`
pub(super) fn repeat(cx: &mut Cx<'_>) -> Answer {
    let state = cx.call.parameter("state").ok_or(Refusal::MissingField("state"))?;
    let repeat = Repeat::named(state).ok_or_else(|| invalid("state"))?;
    let desk = Desk::of(cx)?;
    desk.active()?;
    desk.player.repeat = repeat;
    desk.player.changed_at = desk.now;
    Ok(done(cx))
}

/// `toggle-shuffle-for-users-playback`
pub(super) fn shuffle(cx: &mut Cx<'_>) -> Answer {
    let state = cx.call.parameter("state").ok_or(Refusal::MissingField("state"))?;
    let on = state.parse().map_err(|_| invalid("state"))?;
    let desk = Desk::of(cx)?;
    desk.active()?;
    desk.player.set_shuffle(on, desk.random);
    desk.player.changed_at = desk.now;
    Ok(done(cx))
}

/// `set-volume-for-users-playback`
pub(super) fn volume(cx: &mut Cx<'_>) -> Answer {
    let volume = number(cx, "volume_percent")?;
    let volume = u8::try_from(volume).ok().filter(|volume| *volume <= 100);
    let volume = volume.ok_or_else(|| invalid("volume_percent"))?;
    let desk = Desk::of(cx)?;
    let device = desk.reachable()?;
    let level = desk.player.devices.get_mut(device).and_then(|device| device.volume.as_mut());
    *level.ok_or(Refusal::VolumeFixed)? = volume;
    Ok(done(cx))
}

/// `add-to-queue`
pub(super) fn enqueue(cx: &mut Cx<'_>) -> Answer {
    let uri = cx.call.parameter("uri").ok_or(Refusal::MissingField("uri"))?;
    let content = contents::item(&cx.world.catalogue, uri)?;
    let mut desk = Desk::of(cx)?;
    desk.session()?;
    desk.player.enqueue(content);
    Ok(done(cx))
}

/// Where a command is carried out.
#[derive(Debug)]
struct Desk<'a> {
    player: &'a mut Player,
    random: &'a mut Random,
    catalogue: Arc<Catalogue>,
    now: Timestamp,
    /// The device that the command names.
    wanted: Option<&'a str>,
}

impl<'a> Desk<'a> {
    fn of(cx: &'a mut Cx<'_>) -> Result<Self, Refusal> {
        let id = cx.user()?.to_owned();
        if !cx.world.users.get(&id).is_some_and(|user| user.premium) {
            return Err(Refusal::PremiumRequired);
        }
        Ok(Self {
            player: cx.world.players.get_mut(&id).ok_or(Refusal::NotFound)?,
            random: &mut cx.world.random,
            catalogue: Arc::clone(&cx.world.catalogue),
            now: cx.world.clock.now(),
            wanted: cx.call.parameter("device_id"),
        })
    }

    /// Finds the device that the command names, or else the active one.
    fn reachable(&self) -> Result<usize, Refusal> {
        let device = match self.wanted {
            Some(id) => self.player.find_device(id).ok_or(Refusal::DeviceNotFound)?,
            None => self.player.active().ok_or(Refusal::NoActiveDevice)?,
        };
        match self.player.devices.get(device) {
            Some(device) if device.restricted => Err(Refusal::Restriction),
            _ => Ok(device),
        }
    }

    /// Checks that the command goes to the active device.
    fn active(&self) -> Result<(), Refusal> {
        let device = self.reachable()?;
        if self.player.active() == Some(device) { Ok(()) } else { Err(Refusal::NoActiveDevice) }
    }

    /// Returns what the active device plays or has paused.
    fn session(&mut self) -> Result<&mut Session, Refusal> {
        self.active()?;
        self.player.session.as_mut().ok_or(Refusal::Restriction)
    }
}

/// Returns what a command answers: nothing, or text that means nothing (N12).
fn done(cx: &mut Cx<'_>) -> Done {
    if cx.world.irregularities.contains(&Irregularity::PlayerText) {
        Done::text(cx.world.random.text(27))
    } else {
        Done::no_content()
    }
}

fn number(cx: &Cx<'_>, name: &'static str) -> Result<u64, Refusal> {
    let text = cx.call.parameter(name).ok_or(Refusal::MissingField(name))?;
    text.parse().map_err(|_| invalid(name))
}

fn invalid(name: &str) -> Refusal {
    Refusal::BadRequest(format!("Invalid {name}"))
}
