//! What this server did for the profile, as the audit log has it.

use spotify_audit::{Entry, Order, Pseudonym, Query, Reader, Stage};

use super::{Account, AccountError};

/// The most entries of the log that are looked at, those of other profiles included.
const LOOKED_AT: u64 = 50_000;

impl Account {
    /// Returns how the latest calls of tools for this profile ended, newest first, `most` at most.
    pub(crate) async fn activity(&self, most: usize) -> Result<Vec<Entry>, AccountError> {
        let log = self.log.clone();
        self.blocking(move |profile| {
            let query = Query {
                order: Order::NewestFirst,
                // Another profile's acts must never show for want of a pseudonym.
                profile: Some(
                    Pseudonym::new(profile.id().as_str()).map_err(|_| AccountError::Stopped)?,
                ),
                kind_prefix: Some("tool.call".to_owned()),
                ..Query::default()
            };
            let mut reader = Reader::open(&log, query).map_err(AccountError::Log)?;
            let mut calls = Vec::new();
            while calls.len() < most && reader.passed().entries < LOOKED_AT {
                let Some(entry) = reader.next() else { break };
                // A line that cannot be read is the business of `verify`.
                let Ok(entry) = entry else { continue };
                if entry.stage() == Some(Stage::Outcome) {
                    calls.push(entry);
                }
            }
            Ok(calls)
        })
        .await
    }
}
