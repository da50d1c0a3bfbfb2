//! The rule about playlists that lose most of what they hold.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use spotify_audit::{Entry, Finding, Rule, Severity};

use crate::session::events;

const ID: &str = "WIPE";
/// How long changes of a playlist are counted together.
const WINDOW: Duration = Duration::from_mins(10);
/// Fewer lost entries are no finding: a short playlist is soon emptied by hand.
const FEWEST: u64 = 10;

pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    vec![Box::<Wipe>::default()]
}

/// `WIPE`: within minutes a playlist lost more than half of its entries.
#[derive(Default)]
struct Wipe {
    /// By profile and playlist.
    playlists: BTreeMap<(String, String), Vec<Change>>,
    found: Vec<Finding>,
}

/// A change of how many entries a playlist has.
struct Change {
    time: Timestamp,
    seq: u64,
    before: u64,
}

impl Rule for Wipe {
    fn id(&self) -> &'static str {
        ID
    }

    fn observe(&mut self, entry: &Entry) {
        let number = |name| entry.data(name).and_then(serde_json::Value::as_u64);
        let (Some(before), Some(after)) = (number("items_before"), number("items_after")) else {
            return;
        };
        let (Some(profile), Some(playlist)) = (entry.profile(), entry.targets().first()) else {
            return;
        };
        if !events::TOOL_CALL.is(entry) {
            return;
        }
        let key = (profile.to_owned(), playlist.clone());
        let changes = self.playlists.entry(key).or_default();
        let age = |change: &Change| entry.time().duration_since(change.time);
        changes.retain(|change| Duration::try_from(age(change)).is_ok_and(|age| age < WINDOW));
        changes.push(Change { time: entry.time(), seq: entry.seq(), before });
        let most = changes.iter().map(|change| change.before).max().unwrap_or(before);
        if after * 2 >= most || most - after < FEWEST {
            return;
        }
        let title =
            format!("{playlist} of {profile} went from {most} to {after} entries within minutes");
        let finding = Finding {
            rule: ID,
            severity: Severity::Critical,
            subject: Some(profile.to_owned()),
            title,
            evidence: changes.iter().map(|change| change.seq).collect(),
            advice: "if nobody wanted it, `spotify-admin suspend` stops more, and the tool \
                     `undo_change` brings the entries back"
                .to_owned(),
        };
        // It is counted anew, so that the next one is another finding.
        changes.clear();
        self.found.push(finding);
    }

    fn findings(&self) -> Vec<Finding> {
        self.found.clone()
    }
}
