//! From one order of a playlist's entries to another: which requests it takes, and what is right when
//! somebody else changed the playlist in between. Nothing here asks Spotify.

use std::collections::{BTreeMap, BTreeSet};

use spotify_api::id::SpotifyUri;

/// A change in one call of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Removes all occurrences.
    Remove(Vec<SpotifyUri>),
    /// Adds entries from a place on.
    Insert(usize, Vec<SpotifyUri>),
    /// Moves so many entries from a place to before another.
    Move { from: usize, length: usize, before: usize },
    /// Writes the whole list anew, which local files do not survive.
    Replace(Vec<SpotifyUri>),
}

/// Finds the smallest step that makes one list of another; none where they are alike.
pub(crate) fn step(current: &[SpotifyUri], target: &[SpotifyUri]) -> Option<Step> {
    if current == target {
        return None;
    }
    let step = removal(current, target)
        .or_else(|| insertion(current, target))
        .or_else(|| movement(current, target));
    Some(step.unwrap_or_else(|| Step::Replace(target.to_vec())))
}

fn removal(current: &[SpotifyUri], target: &[SpotifyUri]) -> Option<Step> {
    let kept: BTreeSet<_> = target.iter().collect();
    let gone: BTreeSet<_> = current.iter().filter(|uri| !kept.contains(uri)).collect();
    let left = current.iter().filter(|uri| !gone.contains(uri));
    let fits = !gone.is_empty() && left.eq(target.iter());
    fits.then(|| Step::Remove(gone.into_iter().cloned().collect()))
}

fn insertion(current: &[SpotifyUri], target: &[SpotifyUri]) -> Option<Step> {
    let more = target.len().checked_sub(current.len()).filter(|more| *more > 0)?;
    let start = alike(current.iter(), target.iter());
    let (_, rest) = target.split_at(start);
    let (new, after) = rest.split_at_checked(more)?;
    (current.get(start..)? == after).then(|| Step::Insert(start, new.to_vec()))
}

fn movement(current: &[SpotifyUri], target: &[SpotifyUri]) -> Option<Step> {
    if current.len() != target.len() {
        return None;
    }
    let start = alike(current.iter(), target.iter());
    let end = current.len() - alike(current.iter().rev(), target.iter().rev());
    let (old, new) = (current.get(start..end)?, target.get(start..end)?);
    // What is left of a block that moved is turned, so that a later part comes first.
    let turned = (1..old.len()).find(|place| {
        let (first, second) = old.split_at(*place);
        new.starts_with(second) && new.ends_with(first)
    })?;
    Some(Step::Move { from: start + turned, length: old.len() - turned, before: start })
}

fn alike<'a>(
    left: impl Iterator<Item = &'a SpotifyUri>,
    right: impl Iterator<Item = &'a SpotifyUri>,
) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

/// What undoing a change makes of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reversed {
    /// The list.
    pub(crate) target: Vec<SpotifyUri>,
    /// How many entries it keeps that somebody added since.
    pub(crate) added_since: usize,
    /// How many entries stay away that somebody removed since.
    pub(crate) removed_since: usize,
}

/// Takes a change from `before` to `after` back in a list that may have been changed since.
///
/// What was added since is kept, behind the entry that it stands behind; what was removed since stays
/// away.
pub(crate) fn reverse(
    before: &[SpotifyUri],
    after: &[SpotifyUri],
    current: &[SpotifyUri],
) -> Reversed {
    let removed = surplus(after, current);
    let mut target = before.to_vec();
    let mut removed_since = 0;
    for (uri, count) in removed {
        for _ in 0..count {
            if let Some(place) = target.iter().rposition(|other| other == uri) {
                target.remove(place);
                removed_since += 1;
            }
        }
    }
    let mut known = counts(after);
    let mut added_since = 0;
    let mut previous: Option<&SpotifyUri> = None;
    for uri in current {
        if let Some(count) = known.get_mut(uri).filter(|count| **count > 0) {
            *count -= 1;
        } else {
            let behind = previous.map(|previous| {
                target.iter().rposition(|other| other == previous).map(|place| place + 1)
            });
            let place = behind.map_or(0, |place| place.unwrap_or(target.len()));
            target.insert(place, uri.clone());
            added_since += 1;
        }
        previous = Some(uri);
    }
    Reversed { target, added_since, removed_since }
}

fn counts(uris: &[SpotifyUri]) -> BTreeMap<&SpotifyUri, usize> {
    let mut counts = BTreeMap::new();
    for uri in uris {
        *counts.entry(uri).or_insert(0) += 1;
    }
    counts
}

/// Counts what is in one list more often than in another.
fn surplus<'a>(
    more: &'a [SpotifyUri],
    less: &'a [SpotifyUri],
) -> impl Iterator<Item = (&'a SpotifyUri, usize)> {
    let less = counts(less);
    counts(more).into_iter().filter_map(move |(uri, count)| {
        let surplus = count.saturating_sub(less.get(uri).copied().unwrap_or(0));
        (surplus > 0).then_some((uri, surplus))
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn uris(letters: &str) -> Vec<SpotifyUri> {
        letters
            .chars()
            .map(|letter| format!("spotify:track:{letter:a>22}").parse().unwrap())
            .collect()
    }

    /// Does what Spotify does.
    fn apply(current: &[SpotifyUri], step: &Step) -> Vec<SpotifyUri> {
        let mut list = current.to_vec();
        match step {
            Step::Remove(gone) => list.retain(|uri| !gone.contains(uri)),
            Step::Insert(place, new) => drop(list.splice(place..place, new.iter().cloned())),
            Step::Move { from, length, before } => {
                let block: Vec<_> = list.drain(*from..from + length).collect();
                let before = if before > from { before - length } else { *before };
                drop(list.splice(before..before, block));
            }
            Step::Replace(target) => list.clone_from(target),
        }
        list
    }

    #[test]
    fn the_smallest_step_is_taken() {
        for (current, target, expected) in [
            ("abc", "abc", None),
            ("abcb", "ac", Some(Step::Remove(uris("b")))),
            ("ac", "abbc", Some(Step::Insert(1, uris("bb")))),
            ("abcd", "cdab", Some(Step::Move { from: 2, length: 2, before: 0 })),
            ("abcde", "acdbe", Some(Step::Move { from: 2, length: 2, before: 1 })),
            ("abab", "ab", Some(Step::Replace(uris("ab")))),
        ] {
            assert_eq!(step(&uris(current), &uris(target)), expected, "{current} {target}");
        }
    }

    #[test]
    fn a_change_is_reversed_around_what_others_did_since() {
        for (before, after, current, target, added, removed) in [
            ("abc", "ac", "ac", "abc", 0, 0),
            ("abc", "ac", "acx", "abcx", 1, 0),
            ("abc", "abcd", "xabcd", "xabc", 1, 0),
            ("abc", "cba", "cb", "bc", 0, 1),
            ("ab", "abb", "abb", "ab", 0, 0),
            ("abc", "", "x", "xabc", 1, 0),
        ] {
            let reversed = reverse(&uris(before), &uris(after), &uris(current));
            let expected =
                Reversed { target: uris(target), added_since: added, removed_since: removed };
            assert_eq!(reversed, expected, "{before} {after} {current}");
        }
    }

    proptest! {
        #[test]
        fn a_step_makes_the_target(current in vec(0_u8..4, 0..9), target in vec(0_u8..4, 0..9)) {
            let list = |letters: &[u8]| uris(&letters.iter().map(|n| char::from(b'a' + n)).collect::<String>());
            let (current, target) = (list(&current), list(&target));
            let made = step(&current, &target).map_or_else(|| current.clone(), |step| apply(&current, &step));
            prop_assert_eq!(made, target);
        }

        #[test]
        fn what_nobody_else_touched_comes_back_as_it_was(before in vec(0_u8..4, 0..9), after in vec(0_u8..4, 0..9)) {
            let list = |letters: &[u8]| uris(&letters.iter().map(|n| char::from(b'a' + n)).collect::<String>());
            let (before, after) = (list(&before), list(&after));
            let reversed = reverse(&before, &after, &after);
            prop_assert_eq!(reversed, Reversed { target: before, added_since: 0, removed_since: 0 });
        }
    }
}
