//! What an operator can do to a living profile, and undo: suspend it, resume it, change its policy.
//!
//! Each is sealed before the call returns, and a running server follows at the next request.

use spotify_audit::{Outcome, Stage};

use super::control::Control;
use super::events::{self, Entry as Code};
use super::{Entry, OpenError, ProfileError, Session, note, store, write};
use crate::{Policy, ProfileName};

/// What was done to a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steered {
    /// The profile.
    pub entry: Entry,
    /// Whether anything changed; suspending twice changes nothing.
    pub changed: bool,
}

impl Session {
    /// Suspends a profile: no token is handed out and nobody signs in until it is resumed. The
    /// grant stays as it is, and a refresh under way still seals what it earned.
    ///
    /// # Errors
    /// See [`OpenError`]; a revoked profile can't be suspended.
    pub fn suspend(&self, name: Option<&ProfileName>) -> Result<Steered, OpenError> {
        let now = self.context().clock.now();
        self.steer(name, events::PROFILE_SUSPENDED, |control| {
            control.suspended_at.get_or_insert(now);
        })
    }

    /// Resumes a suspended profile.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn resume(&self, name: Option<&ProfileName>) -> Result<Steered, OpenError> {
        self.steer(name, events::PROFILE_RESUMED, |control| control.suspended_at = None)
    }

    /// Replaces the policy of a profile.
    ///
    /// # Errors
    /// See [`OpenError`]; a policy that can't be kept is refused.
    pub fn set_policy(
        &self,
        name: Option<&ProfileName>,
        policy: Policy,
    ) -> Result<Steered, OpenError> {
        policy.check()?;
        self.steer(name, events::POLICY_CHANGED, |control| control.policy = policy)
    }

    fn steer(
        &self,
        name: Option<&ProfileName>,
        code: Code,
        change: impl FnOnce(&mut Control),
    ) -> Result<Steered, OpenError> {
        let vault = self.sealed()?;
        let profile = self.profile(name)?;
        if let Some(at) = profile.entry().revoked_at {
            return Err(ProfileError::Revoked { name: profile.name().clone(), at }.into());
        }
        let recorder = profile.recorder();
        write(recorder, code.draft().stage(Stage::Intent))?;
        let mut after = None;
        let changed = store::subject(profile.id()).map_err(OpenError::from).and_then(|subject| {
            let before = Control::change(vault.as_ref(), &subject, |control| {
                change(control);
                after = Some(control.clone());
            })?;
            let after = after.unwrap_or_else(|| before.clone());
            let weaker = after.policy.is_weaker_than(&before.policy);
            Ok((after != before, weaker))
        });
        let end = code.draft().stage(Stage::Outcome);
        match changed {
            Ok((changed, weaker)) => {
                let end = end.outcome(Outcome::Ok).with("changed", changed);
                write(recorder, if weaker { end.with("weaker", true) } else { end })?;
                Ok(Steered { entry: profile.entry().clone(), changed })
            }
            Err(error) => {
                note(recorder, end.outcome(Outcome::Failed).reason("not_written"));
                Err(error)
            }
        }
    }
}
