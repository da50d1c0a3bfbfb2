//! What users saved and whom they follow, playlists aside.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::kind::Kind;

/// One thing in somebody's library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) id: String,
    pub(crate) added_at: Timestamp,
}

/// Everything of one kind that one user has.
#[derive(Debug, Default)]
struct Shelf {
    /// Oldest first.
    saved: Vec<Saved>,
    ids: BTreeSet<String>,
}

/// What all users have.
#[derive(Debug, Default)]
pub(crate) struct Libraries(BTreeMap<(String, Kind), Shelf>);

impl Libraries {
    /// Adds something; what is there already keeps its date.
    pub(crate) fn save(&mut self, user: &str, kind: Kind, id: &str, added_at: Timestamp) {
        let shelf = self.0.entry((user.to_owned(), kind)).or_default();
        if shelf.ids.insert(id.to_owned()) {
            let place = shelf.saved.partition_point(|saved| saved.added_at <= added_at);
            shelf.saved.insert(place, Saved { id: id.to_owned(), added_at });
        }
    }

    /// Takes something out, if it is there.
    pub(crate) fn remove(&mut self, user: &str, kind: Kind, id: &str) {
        if let Some(shelf) = self.0.get_mut(&(user.to_owned(), kind))
            && shelf.ids.remove(id)
        {
            shelf.saved.retain(|saved| saved.id != id);
        }
    }

    /// Returns whether something is there.
    pub(crate) fn contains(&self, user: &str, kind: Kind, id: &str) -> bool {
        self.0.get(&(user.to_owned(), kind)).is_some_and(|shelf| shelf.ids.contains(id))
    }

    /// Returns everything of a kind, newest first.
    pub(crate) fn list(
        &self,
        user: &str,
        kind: Kind,
    ) -> impl ExactSizeIterator<Item = &Saved> + use<'_> {
        let shelf = self.0.get(&(user.to_owned(), kind));
        shelf.map_or(&[] as &[Saved], |shelf| &shelf.saved).iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn the_newest_comes_first_whatever_order_it_was_saved_in() {
        let at = |seconds| Clock::START + Duration::from_secs(seconds);
        let mut libraries = Libraries::default();
        for (id, seconds) in [("b", 2), ("c", 3), ("a", 1), ("b", 9)] {
            libraries.save("ann", Kind::Track, id, at(seconds));
        }
        let ids = |libraries: &Libraries| {
            libraries.list("ann", Kind::Track).map(|saved| saved.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&libraries), ["c", "b", "a"]);
        libraries.remove("ann", Kind::Track, "c");
        assert_eq!(ids(&libraries), ["b", "a"]);
        assert!(!libraries.contains("ann", Kind::Track, "c"));
        assert!(!libraries.contains("ann", Kind::Album, "a"));
    }
}
