//! A list that is played, and the place in it.

use std::time::Duration;

use jiff::Timestamp;

use crate::{playlists::Content, random::Random};

/// What a list was started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    /// `album`, `artist`, `playlist`, `show` or `collection`.
    pub(crate) kind: &'static str,
    /// The user's own id for a collection.
    pub(crate) id: String,
}

/// What is played or paused.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) context: Option<Context>,
    list: Vec<Content>,
    /// The positions in the list in the order in which they are played.
    order: Vec<usize>,
    /// The place in the order; what was queued does not move it.
    place: usize,
    pub(crate) current: Content,
    pub(crate) playing: bool,
    /// How much of the current item had been played at `since`, in milliseconds.
    pub(crate) progress_ms: u64,
    pub(crate) since: Timestamp,
}

impl Session {
    /// Creates a session that plays a list from a position on; `None` when nothing is there.
    pub(crate) fn new(
        context: Option<Context>,
        list: Vec<Content>,
        position: usize,
        now: Timestamp,
    ) -> Option<Self> {
        let current = list.get(position)?.clone();
        let order = (0..list.len()).collect();
        Some(Self {
            context,
            list,
            order,
            place: position,
            current,
            playing: true,
            progress_ms: 0,
            since: now,
        })
    }

    /// Plays on until now, or returns when the item ended before.
    pub(super) fn run(&mut self, length_ms: u64, now: Timestamp) -> Option<Timestamp> {
        let elapsed = u64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(0);
        let left = length_ms.saturating_sub(self.progress_ms);
        if elapsed < left {
            self.progress_ms += elapsed;
            self.since = now;
            return None;
        }
        self.progress_ms = length_ms;
        Some(self.since.checked_add(Duration::from_millis(left)).unwrap_or(now))
    }

    /// Plays on from where it is.
    pub(crate) const fn resume(&mut self, now: Timestamp) {
        self.playing = true;
        self.since = now;
    }

    pub(super) const fn restart(&mut self, at: Timestamp) {
        self.progress_ms = 0;
        self.since = at;
    }

    /// Plays the item at a place of the order; false when there is none.
    pub(super) fn go_to(&mut self, place: usize, at: Timestamp) -> bool {
        let content = self.order.get(place).and_then(|&position| self.list.get(position));
        let Some(content) = content.cloned() else { return false };
        self.place = place;
        self.interject(content, at);
        true
    }

    /// Plays an item that the list does not hold in this place.
    pub(super) fn interject(&mut self, content: Content, at: Timestamp) {
        self.current = content;
        self.playing = true;
        self.restart(at);
    }

    /// Plays the next item of the list, after the last one the first when it `wraps`.
    pub(super) fn forward(&mut self, wraps: bool, at: Timestamp) -> bool {
        self.go_to(self.place + 1, at) || (wraps && self.go_to(0, at))
    }

    pub(super) fn back(&mut self, at: Timestamp) -> bool {
        self.place.checked_sub(1).is_some_and(|place| self.go_to(place, at))
    }

    /// Returns the items after the current one, round and round when the list `wraps`.
    pub(super) fn coming(&self, wraps: bool) -> impl Iterator<Item = &Content> {
        let rounds = if wraps { usize::MAX } else { 1 };
        let order = self.order.iter().cycle();
        order
            .take(self.order.len().saturating_mul(rounds))
            .skip(self.place + 1)
            .filter_map(|&position| self.list.get(position))
    }

    /// Brings the list into an accidental order that begins with the current place.
    pub(super) fn shuffle(&mut self, random: &mut Random) {
        self.unshuffle();
        self.order.swap(0, self.place);
        for last in (2..self.order.len()).rev() {
            self.order.swap(last, 1 + random.below(last));
        }
        self.place = 0;
    }

    pub(super) fn unshuffle(&mut self) {
        self.place = self.order.get(self.place).copied().unwrap_or(0);
        self.order = (0..self.list.len()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn session(length: usize, position: usize) -> Session {
        let list = (0..length).map(Content::Track).collect();
        Session::new(None, list, position, Clock::START).unwrap()
    }

    fn heard(mut session: Session) -> Vec<Content> {
        let mut heard = vec![session.current.clone()];
        while session.forward(false, Clock::START) {
            heard.push(session.current.clone());
        }
        heard
    }

    #[test]
    fn a_shuffled_list_plays_every_item_once_from_the_current_one_on() {
        let mut session = session(12, 5);
        session.shuffle(&mut Random::new(3));
        let mut heard = heard(session);
        assert_eq!(heard.first(), Some(&Content::Track(5)));
        let straight: Vec<_> = (5..12).map(Content::Track).collect();
        assert!(!heard.starts_with(&straight), "{heard:?}");
        heard.sort_by_key(|content| match content {
            Content::Track(index) => *index,
            _ => usize::MAX,
        });
        assert_eq!(heard, (0..12).map(Content::Track).collect::<Vec<_>>());
    }

    #[test]
    fn after_shuffling_the_list_goes_on_where_it_is() {
        let mut session = session(12, 5);
        session.shuffle(&mut Random::new(3));
        session.forward(false, Clock::START);
        let Content::Track(index) = session.current else { panic!("a track") };
        session.unshuffle();
        assert!(session.coming(false).eq(&(index + 1..12).map(Content::Track).collect::<Vec<_>>()));
    }

    #[test]
    fn lists_of_one_and_none_can_be_shuffled() {
        let mut one = session(1, 0);
        one.shuffle(&mut Random::new(0));
        assert_eq!(heard(one), [Content::Track(0)]);
        assert!(Session::new(None, Vec::new(), 0, Clock::START).is_none());
    }

    #[test]
    fn a_list_that_wraps_has_no_end() {
        let session = session(3, 2);
        assert_eq!(session.coming(false).count(), 0);
        let coming: Vec<_> = session.coming(true).take(4).cloned().collect();
        assert_eq!(coming, [0, 1, 2, 0].map(Content::Track));
    }
}
