//! What an operator can do to a living profile, and undo: suspend it, resume it, change its policy.
//!
//! Each is sealed before the call returns, and a running server follows at the next request.

use spotify_audit::{Draft, Outcome};

use super::control::Control;
use super::events::{PolicyEvent, ProfileEvent};
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

/// How a profile's control changed.
#[derive(Clone, Copy)]
struct Change {
    changed: bool,
    /// Whether its policy asks for less.
    weaker: bool,
}

impl Session {
    /// Suspends a profile: no token is handed out and nobody signs in until it is resumed. The
    /// grant stays as it is, and a refresh under way still seals what it earned.
    ///
    /// # Errors
    /// See [`OpenError`]; a revoked profile can't be suspended.
    pub fn suspend(&self, name: Option<&ProfileName>) -> Result<Steered, OpenError> {
        let now = self.context().clock.now();
        let change = |control: &mut Control| {
            control.suspended_at.get_or_insert(now);
        };
        self.steer(name, ProfileEvent::Suspending {}.draft(), change, |change| match change {
            Some(Change { changed, .. }) => ProfileEvent::Suspended { changed }.draft(),
            None => ProfileEvent::NotSuspended {}.draft(),
        })
    }

    /// Resumes a suspended profile.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn resume(&self, name: Option<&ProfileName>) -> Result<Steered, OpenError> {
        let change = |control: &mut Control| control.suspended_at = None;
        self.steer(name, ProfileEvent::Resuming {}.draft(), change, |change| match change {
            Some(Change { changed, .. }) => ProfileEvent::Resumed { changed }.draft(),
            None => ProfileEvent::NotResumed {}.draft(),
        })
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
        let change = |control: &mut Control| control.policy = policy;
        self.steer(name, PolicyEvent::Changing {}.draft(), change, |change| match change {
            Some(Change { changed, weaker }) => {
                let weaker = weaker.then_some(true);
                PolicyEvent::Changed { changed, weaker }.draft()
            }
            None => PolicyEvent::NotChanged {}.draft(),
        })
    }

    /// `intent` stands in the log before the change, and what `end` makes of it, after it.
    fn steer(
        &self,
        name: Option<&ProfileName>,
        intent: Draft,
        change: impl FnOnce(&mut Control),
        end: fn(Option<Change>) -> Draft,
    ) -> Result<Steered, OpenError> {
        let vault = self.sealed()?;
        let profile = self.profile(name)?;
        if let Some(at) = profile.entry().revoked_at {
            return Err(ProfileError::Revoked { name: profile.name().clone(), at }.into());
        }
        let recorder = profile.recorder();
        write(recorder, intent)?;
        let mut after = None;
        let changed = store::subject(profile.id()).map_err(OpenError::from).and_then(|subject| {
            let before = Control::change(vault.as_ref(), &subject, |control| {
                change(control);
                after = Some(control.clone());
            })?;
            let after = after.unwrap_or_else(|| before.clone());
            let weaker = after.policy.is_weaker_than(&before.policy);
            Ok(Change { changed: after != before, weaker })
        });
        match changed {
            Ok(change) => {
                write(recorder, end(Some(change)).outcome(Outcome::Ok))?;
                Ok(Steered { entry: profile.entry().clone(), changed: change.changed })
            }
            Err(error) => {
                note(recorder, end(None).outcome(Outcome::Failed).reason("not_written"));
                Err(error)
            }
        }
    }
}
