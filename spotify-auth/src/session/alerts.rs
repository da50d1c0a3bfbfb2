//! What a person should look at: rules over the audit log, and the chain itself.
//!
//! A rule is a plain fold over records. What it finds stands in the log once it was told, with
//! whether somebody looks after it.

use std::path::Path;

use jiff::Timestamp;
use spotify_audit::{
    Finding, FindingState, Findings, Query, Reader, Rule, StorageError, Verification, VerifyError,
    chain_broken, not_as_signed,
};

mod frequent;
mod grants;
mod sighting;
mod strangers;
mod wipe;

pub use grants::LADDER;

/// The findings could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlertsError {
    /// The log can't be read.
    #[error("reading the audit log")]
    Read(#[from] StorageError),
    /// The log can't be checked.
    #[error("checking the audit log")]
    Verify(#[from] VerifyError),
}

/// A finding, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What was found.
    pub finding: Finding,
    /// Where it stands; closed ones are left out.
    pub state: FindingState,
    /// Whether the log has it.
    pub is_known: bool,
}

/// Returns what the rules find in a log directory at the moment `now`, the gravest first, without
/// what was closed.
///
/// A line that can't be read is passed over here: it breaks the chain, which is a finding itself.
///
/// # Errors
/// The log may be unreadable.
pub fn findings(directory: &Path, now: Timestamp) -> Result<Vec<Alert>, AlertsError> {
    let report = Verification::new().run(directory)?;
    let (mut rules, mut known) = (rules(now), Findings::default());
    let entries = Reader::open(directory, Query::default())?.filter_map(Result::ok);
    let entries = entries.inspect(|entry| known.observe(entry));
    let mut found = spotify_audit::evaluate(entries, &mut rules);
    found.splice(0..0, chain_broken(&report).into_iter().chain(not_as_signed(&report)));
    let alert = |finding: Finding| {
        let tracked = known.get(&finding.key());
        let state = tracked.map_or(FindingState::New, |tracked| tracked.state);
        Alert { is_known: tracked.is_some(), state, finding }
    };
    let alerts = found.into_iter().map(alert);
    Ok(alerts.filter(|alert| alert.state != FindingState::Closed).collect())
}

/// Returns Spotify's rules, each over records from the first one on.
pub fn rules(now: Timestamp) -> Vec<Box<dyn Rule>> {
    let mut rules = grants::rules(now);
    rules.extend(frequent::rules());
    rules.extend(sighting::rules());
    rules.extend(strangers::rules());
    rules.extend(wipe::rules());
    rules
}
