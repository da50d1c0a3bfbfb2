//! What the client was shown lately, to tell it what a wrong id may have been meant to be.
//!
//! It is in memory only, bounded, and forgotten with a revocation.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::RangeInclusive,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use spotify_api::id::SpotifyUri;

use crate::tools::bare;

/// How many things are remembered.
const MOST: usize = 1000;
/// How long an id with a slip may be, in characters.
const LENGTHS: RangeInclusive<usize> = 20..=24;
/// How many characters at the ends of two ids have to be the same, of 22.
const ALIKE: usize = 12;

/// Names of things by their URIs.
#[derive(Default)]
pub(super) struct Seen(Mutex<Things>);

#[derive(Default)]
struct Things {
    names: BTreeMap<String, String>,
    order: VecDeque<String>,
}

impl Seen {
    /// Remembers all that a result names with a URI.
    pub(super) fn learn(&self, result: &Value) {
        self.lock().learn(result);
    }

    /// Finds the latest thing whose id is nearly that of a URI, link or bare id, as a URI with its
    /// name.
    pub(super) fn meant(&self, wrong: &str) -> Option<String> {
        let id = Some(bare(wrong)).filter(|id| LENGTHS.contains(&id.len()))?;
        let things = self.lock();
        let uri =
            wrong.parse().map_or_else(|_| wrong.to_owned(), |uri: SpotifyUri| uri.to_string());
        // A bare id is of every kind.
        let same = |other: &str| other == uri || bare(other) == uri;
        let near = |other: &&String| !same(other) && near(bare(other), id);
        let uri = things.order.iter().rev().find(near)?;
        let name = things.names.get(uri)?;
        Some(format!("{uri} \"{name}\""))
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        *self.lock() = Things::default();
    }

    /// What is remembered has no invariant that a panic elsewhere could have broken.
    fn lock(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Things {
    fn learn(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.learn(value)),
            Value::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                if let (Some(uri), Some(name)) = (text("uri"), text("name")) {
                    self.add(uri, name);
                }
                fields.values().for_each(|value| self.learn(value));
            }
            _ => {}
        }
    }

    fn add(&mut self, uri: &str, name: &str) {
        if self.names.insert(uri.to_owned(), name.to_owned()).is_some() {
            return;
        }
        self.order.push_back(uri.to_owned());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
    }
}

/// Whether two ids differ in one stretch only, and not much.
fn near(left: &str, right: &str) -> bool {
    let start = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    let ends = left.bytes().rev().zip(right.bytes().rev());
    let end = ends.take_while(|(left, right)| left == right).count();
    start + end >= ALIKE
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";

    #[test]
    fn a_slip_in_an_id_or_its_kind_is_told_and_another_id_is_not() {
        let seen = Seen::default();
        let row = json!({ "uri": format!("spotify:playlist:{ID}"), "name": "Kitchen" });
        seen.learn(&json!({ "page": { "returned": 1 }, "items": [row] }));
        let meant = Some(format!("spotify:playlist:{ID} \"Kitchen\""));
        for wrong in [
            "6rqhFgbbKwnb9MLmUQDhG7",
            "6rqhFgbKwnbb9MLmUQDhG6",
            "6rqhFgXXXXnb9MLmUQDhG6",
            "rqhFgbbKwnb9MLmUQDhG6",
            "6rqhFgbbbKwnb9MLmUQDhG6",
        ] {
            assert_eq!(seen.meant(&format!("spotify:playlist:{wrong}")), meant, "{wrong}");
            assert_eq!(seen.meant(wrong), meant, "{wrong}");
            let link = format!("https://open.spotify.com/intl-de/playlist/{wrong}?si=1");
            assert_eq!(seen.meant(&link), meant, "{wrong}");
        }
        for right in [ID.to_owned(), format!("https://open.spotify.com/playlist/{ID}?si=1")] {
            assert_eq!(seen.meant(&right), None, "{right}");
        }
        assert_eq!(seen.meant("a line of some words"), None);
        assert_eq!(seen.meant(&format!("spotify:album:{ID}")), meant);
        assert_eq!(seen.meant(&format!("spotify:playlist:{ID}")), None);
        assert_eq!(seen.meant("spotify:playlist:37i9dQZF1DX0XUsuxWHRQd"), None);
        seen.forget();
        assert_eq!(seen.meant(&format!("spotify:album:{ID}")), None);
    }

    #[test]
    fn only_the_latest_things_are_remembered() {
        let seen = Seen::default();
        for number in 0..=MOST {
            seen.learn(&json!({ "uri": format!("spotify:track:{number:0>22}"), "name": "x" }));
        }
        let things = seen.lock();
        assert_eq!((things.order.len(), things.names.len()), (MOST, MOST));
        assert!(!things.names.contains_key(&format!("spotify:track:{:0>22}", 0)));
    }
}
