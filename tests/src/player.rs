//! What a user's devices play.
//!
//! Playback follows the simulator's clock: whoever looks first lets it [catch up](Player::catch_up).
//! Three numbers are this simulator's: a track counts as played after 30 seconds, at the instant
//! at which it ends; and 20 items of what comes next are told.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::{
    catalogue::{Catalogue, Index},
    playlists::Content,
    random::Random,
};

pub(crate) mod device;
mod session;

pub(crate) use device::Device;
pub(crate) use session::{Context, Session};

/// How much of a track must be played before it is in the history.
const PLAYED_AFTER_MS: u64 = 30_000;
/// How many of the coming items are told.
const COMING: usize = 20;

/// What happens at the end of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    Off,
    Context,
    Track,
}

impl Repeat {
    const ALL: [Self; 3] = [Self::Off, Self::Context, Self::Track];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Context => "context",
            Self::Track => "track",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|repeat| repeat.as_str() == name)
    }
}

/// A track that was played.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) track: Index,
    pub(crate) at: Timestamp,
    pub(crate) context: Option<Context>,
}

/// One user's playback.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) devices: Vec<Device>,
    /// The position of the active device.
    active: Option<usize>,
    pub(crate) session: Option<Session>,
    pub(crate) repeat: Repeat,
    pub(crate) shuffle: bool,
    queue: VecDeque<Content>,
    /// Oldest first.
    pub(crate) history: Vec<Played>,
    /// How far the user has listened to episodes and chapters, by id and in milliseconds.
    pub(crate) positions: BTreeMap<String, u64>,
    /// When the state last changed other than by the passing of time.
    pub(crate) changed_at: Timestamp,
}

impl Player {
    /// Creates a player whose devices are on, with nothing to play.
    pub(crate) fn new(devices: Vec<Device>, now: Timestamp) -> Self {
        Self {
            devices,
            active: None,
            session: None,
            repeat: Repeat::Off,
            shuffle: false,
            queue: VecDeque::new(),
            history: Vec::new(),
            positions: BTreeMap::new(),
            changed_at: now,
        }
    }

    pub(crate) fn active(&self) -> Option<usize> {
        self.active.filter(|&active| active < self.devices.len())
    }

    pub(crate) const fn activate(&mut self, device: usize) {
        self.active = Some(device);
    }

    pub(crate) fn find_device(&self, id: &str) -> Option<usize> {
        self.devices.iter().position(|device| device.id.as_deref() == Some(id))
    }

    /// Lets the time pass since the last look: items end and others follow.
    pub(crate) fn catch_up(&mut self, catalogue: &Catalogue, now: Timestamp) {
        while let Some(session) = self.session.as_mut().filter(|session| session.playing) {
            let length = length(catalogue, &session.current);
            let Some(end) = session.run(length, now) else { break };
            self.remember_position(catalogue);
            self.follow(end);
        }
        self.remember_position(catalogue);
    }

    /// Begins to play something else.
    pub(crate) fn start(&mut self, catalogue: &Catalogue, session: Session, random: &mut Random) {
        let now = session.since;
        self.history.extend(self.played(now));
        self.changed_at = now;
        let session = self.session.insert(session);
        if self.shuffle {
            session.shuffle(random);
        }
        if let Content::Episode(index) = session.current {
            let id = &catalogue.episode(index).id;
            let heard = self.positions.get(id).copied().unwrap_or(0);
            let heard = if heard < catalogue.episode(index).duration_ms { heard } else { 0 };
            session.progress_ms = session.progress_ms.max(heard);
        }
    }

    /// Moves to another place of the current item; beyond its end comes the next one.
    pub(crate) fn seek(&mut self, catalogue: &Catalogue, position_ms: u64, now: Timestamp) {
        let Some(session) = &mut self.session else { return };
        session.progress_ms = position_ms;
        session.since = now;
        self.changed_at = now;
        if position_ms >= length(catalogue, &session.current) {
            self.remember_position(catalogue);
            self.follow(now);
        }
    }

    /// Skips to the next item; false when there is none.
    pub(crate) fn next(&mut self, now: Timestamp) -> bool {
        let played = self.played(now);
        let moved = self.advance(now);
        self.history.extend(played.filter(|_| moved));
        moved
    }

    /// Skips to the item before; false when there is none.
    pub(crate) fn previous(&mut self, now: Timestamp) -> bool {
        let played = self.played(now);
        let moved = self.session.as_mut().is_some_and(|session| session.back(now));
        if moved {
            self.history.extend(played);
            self.changed_at = now;
        }
        moved
    }

    /// Puts an item in front of what the context plays next.
    pub(crate) fn enqueue(&mut self, content: Content) {
        self.queue.push_back(content);
    }

    pub(crate) fn set_shuffle(&mut self, on: bool, random: &mut Random) {
        self.shuffle = on;
        match (&mut self.session, on) {
            (Some(session), true) => session.shuffle(random),
            (Some(session), false) => session.unshuffle(),
            (None, _) => {}
        }
    }

    /// Returns what comes next: what was queued, then what the context goes on with.
    pub(crate) fn coming(&self) -> Vec<Content> {
        let wraps = self.repeat == Repeat::Context;
        let context = self.session.iter().flat_map(|session| session.coming(wraps));
        self.queue.iter().chain(context).take(COMING).cloned().collect()
    }

    /// Returns what goes into the history when something else is played from now on.
    fn played(&self, at: Timestamp) -> Option<Played> {
        let session = self.session.as_ref()?;
        match session.current {
            Content::Track(track) if session.progress_ms >= PLAYED_AFTER_MS => {
                Some(Played { track, at, context: session.context.clone() })
            }
            _ => None,
        }
    }

    fn remember_position(&mut self, catalogue: &Catalogue) {
        if let Some(session) = &self.session
            && let Content::Episode(index) = session.current
        {
            let id = catalogue.episode(index).id.clone();
            self.positions.insert(id, session.progress_ms);
        }
    }

    /// Plays what follows an item that has ended; stops at the start when nothing does.
    fn follow(&mut self, at: Timestamp) {
        self.history.extend(self.played(at));
        if self.repeat == Repeat::Track {
            if let Some(session) = &mut self.session {
                session.restart(at);
            }
        } else if !self.advance(at)
            && let Some(session) = &mut self.session
        {
            session.go_to(0, at);
            session.playing = false;
        }
        self.changed_at = at;
    }

    fn advance(&mut self, at: Timestamp) -> bool {
        let Some(session) = &mut self.session else { return false };
        self.changed_at = at;
        match self.queue.pop_front() {
            Some(content) => {
                session.interject(content, at);
                true
            }
            None => session.forward(self.repeat == Repeat::Context, at),
        }
    }
}

/// Returns how long an item plays, in milliseconds.
fn length(catalogue: &Catalogue, content: &Content) -> u64 {
    match content {
        Content::Track(index) => catalogue.track(*index).duration_ms,
        Content::Episode(index) => catalogue.episode(*index).duration_ms,
        Content::Local(file) => file.seconds * 1_000,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    fn at(milliseconds: u64) -> Timestamp {
        Clock::START + Duration::from_millis(milliseconds)
    }

    /// A player that plays the first tracks of the catalogue since [`Clock::START`].
    fn playing(tracks: usize) -> (Player, std::sync::Arc<Catalogue>) {
        let catalogue = Catalogue::of_seed(7, 0);
        let mut player = Player::new(Vec::new(), at(0));
        let list = (0..tracks).map(Content::Track).collect();
        let session = Session::new(None, list, 0, at(0)).unwrap();
        player.start(&catalogue, session, &mut Random::new(0));
        (player, catalogue)
    }

    fn current(player: &Player) -> (&Content, u64, bool) {
        let session = player.session.as_ref().unwrap();
        (&session.current, session.progress_ms, session.playing)
    }

    #[test]
    fn items_follow_each_other_by_the_clock_until_the_last_has_ended() {
        let (mut player, catalogue) = playing(2);
        let [one, two] = [0, 1].map(|index| catalogue.track(index).duration_ms);
        player.catch_up(&catalogue, at(1_500));
        assert_eq!(current(&player), (&Content::Track(0), 1_500, true));
        player.catch_up(&catalogue, at(one + 70));
        assert_eq!(current(&player), (&Content::Track(1), 70, true));
        player.catch_up(&catalogue, at(one + two + 5));
        assert_eq!(current(&player), (&Content::Track(0), 0, false));
        let ends: Vec<_> = player.history.iter().map(|played| (played.track, played.at)).collect();
        assert_eq!(ends, [(0, at(one)), (1, at(one + two))]);
    }

    #[test]
    fn a_repeated_track_begins_again_and_a_repeated_context_wraps() {
        let (mut player, catalogue) = playing(2);
        let [one, two] = [0, 1].map(|index| catalogue.track(index).duration_ms);
        player.repeat = Repeat::Track;
        player.catch_up(&catalogue, at(one + 1));
        assert_eq!(current(&player), (&Content::Track(0), 1, true));
        player.repeat = Repeat::Context;
        player.catch_up(&catalogue, at(2 * one + two + 3));
        assert_eq!(current(&player), (&Content::Track(0), 3, true));
    }

    #[test]
    fn what_is_queued_comes_first_and_the_context_goes_on_after_it() {
        let (mut player, _) = playing(3);
        player.enqueue(Content::Episode(0));
        let coming = player.coming();
        assert_eq!(coming, [Content::Episode(0), Content::Track(1), Content::Track(2)]);
        assert!(player.next(at(10)));
        assert_eq!(current(&player).0, &Content::Episode(0));
        assert!(player.next(at(20)));
        assert_eq!(current(&player).0, &Content::Track(1));
        assert!(player.history.is_empty(), "a track that was skipped at once was not played");
    }

    #[test]
    fn the_position_in_an_episode_is_kept() {
        let (mut player, catalogue) = playing(1);
        player.enqueue(Content::Episode(0));
        player.next(at(0));
        player.catch_up(&catalogue, at(65_000));
        let session = Session::new(None, vec![Content::Track(0)], 0, at(65_000)).unwrap();
        player.start(&catalogue, session, &mut Random::new(0));
        assert_eq!(player.positions.get(&catalogue.episode(0).id), Some(&65_000));
        let again = Session::new(None, vec![Content::Episode(0)], 0, at(70_000)).unwrap();
        player.start(&catalogue, again, &mut Random::new(0));
        assert_eq!(current(&player).1, 65_000);
    }
}
