//! Taking over a grant that another program had.

use std::time::Duration;

use jiff::Timestamp;
use spotify_audit::Outcome;

use super::events::SignInEvent;
use super::{OpenError, Profile, ProfileError, write};
use crate::ScopeSet;
use crate::app::App;
use crate::grant::{Grant, Record};
use crate::secret::{AccessToken, RefreshToken};
use crate::store::StoreError;

/// How long the lock of the record is waited for.
const WAIT: Duration = Duration::from_secs(10);

/// A grant that another program had.
#[derive(Debug)]
pub struct Adopted {
    /// The refresh token.
    pub refresh: RefreshToken,
    /// The app that it was issued to; it works with no other.
    pub app: App,
    /// What was granted, as far as that is known. A refresh may say more.
    pub scopes: ScopeSet,
}

/// A grant can't be taken over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdoptError {
    /// Somebody is signed in, and nothing of that is overwritten.
    #[error("somebody is signed in to the profile `{0}` already; choose another with `--profile`")]
    SignedIn(crate::ProfileName),
    /// The profile can't be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// What was sealed does not read back.
    #[error("what was sealed does not read back as it was; erase nothing")]
    ReadBack,
    /// The audit log can't be written.
    #[error(transparent)]
    Log(#[from] OpenError),
}

impl Profile {
    /// Seals a grant that another program had, and reads it back. Nobody says when the person
    /// approved, so the deadline that is told is the latest possible one. The first use fetches an
    /// access token. Blocks on files.
    ///
    /// # Errors
    /// See [`AdoptError`]; a grant that lives is not overwritten.
    pub fn adopt(&self, adopted: Adopted) -> Result<(), AdoptError> {
        let now = self.context.clock.now();
        let Adopted { refresh, app, scopes } = adopted;
        let kept = RefreshToken::new(refresh.expose());
        let grant = self.grant(refresh, app, scopes, now);
        let unusable = |source: StoreError| AdoptError::from(self.unusable(source));
        let store = self.store.shared();
        let mut lease = store.lease(WAIT).map_err(unusable)?;
        if let Some(Record::Active(_)) = lease.load().map_err(unusable)?.map(|stored| stored.record)
        {
            return Err(AdoptError::SignedIn(self.name().clone()));
        }
        lease.prepare().map_err(unusable)?;
        lease.commit(&Record::Active(grant)).map_err(unusable)?;
        drop(lease);
        let sealed = store.load().map_err(unusable)?.map(|stored| stored.record);
        let same =
            matches!(sealed, Some(Record::Active(sealed)) if sealed.refresh.matches(kept.expose()));
        let draft = SignInEvent::Adopted {}.draft();
        write(
            self.recorder(),
            if same {
                draft.outcome(Outcome::Ok)
            } else {
                draft.outcome(Outcome::Failed).reason("read_back")
            },
        )?;
        if same { Ok(()) } else { Err(AdoptError::ReadBack) }
    }

    fn grant(&self, refresh: RefreshToken, app: App, scopes: ScopeSet, now: Timestamp) -> Grant {
        Grant {
            access: AccessToken::new("none-yet"),
            refresh,
            scopes,
            obtained_at: now,
            // It has ended: the first use fetches one.
            expires_at: now,
            authorized_at: now,
            rotated_at: None,
            marked: None,
            app,
            origins: self.settings.origins.clone(),
        }
    }
}
