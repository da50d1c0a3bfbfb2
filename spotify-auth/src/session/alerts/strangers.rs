//! The rule about people who try to use somebody else's profile.

use std::collections::{BTreeMap, BTreeSet};

use spotify_audit::{Entry, Finding, Outcome, Rule, Severity};

use crate::session::events;

pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    vec![Box::new(Strangers::default())]
}

/// Learns whose a profile is: who made it or signed in to it.
#[derive(Default)]
struct Strangers {
    owners: BTreeMap<String, BTreeSet<String>>,
    /// The refused records by who acted and on whose profile.
    refused: BTreeMap<(String, String), Vec<u64>>,
}

impl Rule for Strangers {
    fn id(&self) -> &'static str {
        "XUSER"
    }

    fn observe(&mut self, entry: &Entry) {
        let (Some(actor), Some(profile)) = (entry.actor(), entry.profile()) else { return };
        let owned = [events::PROFILE_CREATED, events::SIGNED_IN];
        if owned.iter().any(|owns| owns.is(entry)) {
            self.owners.entry(profile.to_owned()).or_default().insert(actor.to_owned());
        }
        let owners = self.owners.get(profile);
        let stranger = owners.is_some_and(|owners| !owners.contains(actor));
        if stranger && entry.outcome() == Some(Outcome::Refused) {
            let pair = (actor.to_owned(), profile.to_owned());
            self.refused.entry(pair).or_default().push(entry.seq());
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |((actor, profile), records): (&(String, String), &Vec<u64>)| Finding {
            rule: self.id(),
            severity: Severity::High,
            subject: Some(profile.clone()),
            title: format!("{actor} was refused on {profile}, which is somebody else's"),
            evidence: records.clone(),
            advice: "ask who that is; `spotify-admin suspend` stops all use of the profile"
                .to_owned(),
        };
        self.refused.iter().map(finding).collect()
    }
}
