//! What becomes of a profile's name: another one, or none when the profile is removed.

use spotify_audit::Outcome;

use super::events::ProfileEvent;
use super::registry::{Entry, Profiles};
use super::{OpenError, ProfileError, Revoked, Session, note, write};
use crate::ProfileName;

impl Session {
    /// Gives a profile another name. Its id, and with it its records in the log, stay.
    ///
    /// # Errors
    /// See [`OpenError`]: the profile may be revoked, or the name may be a living profile's.
    pub fn rename_profile(
        &self,
        name: &ProfileName,
        new: &ProfileName,
    ) -> Result<Entry, OpenError> {
        let vault = self.sealed()?;
        let profile = self.profile(Some(name))?;
        if let Some(at) = profile.entry().revoked_at {
            return Err(ProfileError::Revoked { name: name.clone(), at }.into());
        }
        let recorder = profile.recorder();
        write(recorder, ProfileEvent::Renaming {}.draft())?;
        match Profiles::rename(vault.as_ref(), &self.graves, profile.id(), new) {
            Ok(entry) => {
                write(recorder, ProfileEvent::Renamed {}.draft().outcome(Outcome::Ok))?;
                Ok(entry)
            }
            Err(error) => {
                let end = ProfileEvent::NotRenamed {}.draft();
                note(recorder, end.outcome(Outcome::Failed).reason("not_written"));
                Err(error.into())
            }
        }
    }

    /// Revokes a profile, unless it is revoked already, and takes it off the list once every copy
    /// of what it kept is erased. The log keeps its records, which name nobody.
    ///
    /// # Errors
    /// As [`revoke`](Self::revoke). What is interrupted goes on when it is done again.
    pub fn remove_profile(&self, name: &ProfileName) -> Result<Revoked, OpenError> {
        let revoked = self.revoke(Some(name))?;
        if revoked.is_complete() {
            let vault = self.sealed()?;
            Profiles::forget(vault.as_ref(), &self.graves, &revoked.id)?;
            let draft = ProfileEvent::Removed {}.draft().outcome(Outcome::Ok);
            write(&self.recorder.for_id(&revoked.id), draft)?;
        }
        Ok(revoked)
    }
}
