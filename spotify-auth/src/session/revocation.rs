//! Taking a profile's access away, for good.
//!
//! First it is written down, beside the vault, that the profile is revoked: from then on no program
//! hands out a token of it, whatever happens next, also when an older copy of the vault is put
//! back. Then every copy is erased, and each that could not be is told.
//!
//! What Spotify issued stays valid there: an access token up to an hour, a refresh token until the
//! person removes the app. There is no request that ends either.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use spotify_audit::{Draft, Id, Outcome, Query, Reader};
use spotify_vault::{SealedVault, SubjectId, Vault as _};

use super::error::with_causes;
use super::events::{self, ProfileEvent};
use super::graves::Graves;
use super::registry::{Entry, Profiles};
use super::{Context, OpenError, Recorder, Session, Settings, note, open_log, store, write};
use crate::{ProfileId, ProfileName};

/// Erases what one place outside the vault keeps of a profile: a cache, for example.
pub trait Eraser: Send + Sync {
    /// Names the place.
    fn place(&self) -> &'static str;

    /// Erases everything there is of `profile`, and returns how much that was.
    ///
    /// # Errors
    /// What could not be erased.
    fn erase(&self, profile: &ProfileId) -> Result<usize, Box<dyn Error + Send + Sync>>;
}

impl fmt::Debug for dyn Eraser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place())
    }
}

/// What a revocation did. The profile is revoked whatever `copies` say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The profile's id.
    pub id: ProfileId,
    /// What is known of the profile; `None` while the vault is locked.
    pub entry: Option<Entry>,
    /// When it was revoked first.
    pub at: Timestamp,
    /// Whether it had been revoked before.
    pub again: bool,
    /// Each place that was to be erased.
    pub copies: Vec<Copy>,
}

/// A place that was to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its name.
    pub place: &'static str,
    /// How many records were erased, or why they were not.
    pub erased: Result<usize, String>,
}

impl Revoked {
    /// Whether every copy was erased.
    pub fn is_complete(&self) -> bool {
        self.copies.iter().all(|copy| copy.erased.is_ok())
    }

    /// Returns how many sealed records and other copies were erased.
    pub fn erased(&self) -> usize {
        self.copies.iter().filter_map(|copy| copy.erased.as_ref().ok()).sum()
    }
}

/// The sealed records of the vault, the undo journal among them.
const VAULT: &str = "sealed records";
/// A grant that the program was started with.
const ENVIRONMENT: &str = "environment";
/// The list of profiles.
const REGISTRY: &str = "list of profiles";

impl Session {
    /// Has `eraser` called for each profile that is revoked from now on.
    pub fn add_eraser(&self, eraser: Arc<dyn Eraser>) {
        self.erasers.lock().unwrap_or_else(PoisonError::into_inner).push(eraser);
    }

    /// Revokes a profile, for good. Revoking again is no error, and erases what was left.
    ///
    /// # Errors
    /// See [`OpenError`]. Once it is written down that the profile is revoked, nothing is an error:
    /// [`Revoked::copies`] says what could not be erased.
    pub fn revoke(&self, name: Option<&ProfileName>) -> Result<Revoked, OpenError> {
        let profile = self.profile(name)?;
        let (id, recorder) = (profile.id(), profile.recorder());
        let again = profile.entry().revoked_at.is_some();
        let at = begin(&self.settings, &self.graves, recorder, id, self.context.clock.now())?;
        let mut entry = Entry { revoked_at: Some(at), ..profile.entry().clone() };
        let mut copies = match self.sealed() {
            Ok(vault) => {
                let marked = Profiles::mark_revoked(vault.as_ref(), &self.graves, id, at);
                let erased = marked
                    .map(|marked| entry = marked)
                    .map(|()| 0)
                    .map_err(|error| with_causes(&error));
                vec![erase_sealed(vault, id), Copy { place: REGISTRY, erased }]
            }
            Err(_) => vec![Copy {
                place: ENVIRONMENT,
                erased: Err("unset `SPOTIFY_REFRESH_TOKEN` where this program is started".into()),
            }],
        };
        copies.extend(erase_elsewhere(&self.erasers, id));
        let revoked = Revoked { id: id.clone(), entry: Some(entry), at, again, copies };
        finish(recorder, &revoked)?;
        Ok(revoked)
    }

    /// Revokes a profile of a vault that can't be unlocked: locked, or its key lost. Where the
    /// sealed records can't be found so, the next opening of the vault erases them.
    ///
    /// # Errors
    /// As [`revoke`](Self::revoke).
    pub fn revoke_locked(
        settings: &Settings,
        context: &Context,
        id: &ProfileId,
    ) -> Result<Revoked, OpenError> {
        let (recorder, _) = open_log(settings, context)?;
        let recorder = recorder.for_id(id);
        let graves = Graves::of(&settings.home);
        let again = matches!(graves.of_profile(id), Ok(Some(_)));
        let at = begin(settings, &graves, &recorder, id, context.clock.now())?;
        let erased = match logged_subject(&settings.audit_dir(), id) {
            Some(subject) => SealedVault::destroy_locked(&settings.vault_dir(), subject, at)
                .map(|destroyed| destroyed.records)
                .map_err(|error| with_causes(&error)),
            None => {
                Err("they can't be found while the vault is locked; its next opening erases them"
                    .to_owned())
            }
        };
        let copies = vec![Copy { place: VAULT, erased }];
        let revoked = Revoked { id: id.clone(), entry: None, at, again, copies };
        finish(&recorder, &revoked)?;
        Ok(revoked)
    }

    /// Erases again what an older copy of the vault brought back of revoked profiles.
    pub(super) fn keep_buried(&self) {
        let Ok(vault) = self.sealed() else { return };
        let buried = match self.graves.all() {
            Ok(buried) => buried,
            // Each use of a profile fails with the same.
            Err(error) => {
                return tracing::error!(%error, "which profiles were revoked can't be read");
            }
        };
        for id in &buried {
            let alive = store::subject(id)
                .and_then(|subject| vault.is_destroyed(&subject))
                .is_ok_and(|destroyed| !destroyed);
            if !alive {
                continue;
            }
            let copy = erase_sealed(vault, id);
            let records = copy.erased.as_ref().ok().map(|records| count(*records));
            let draft = ProfileEvent::PutBack { records }.draft();
            note(&self.recorder.for_id(id), erased(draft, copy.erased.is_ok()));
        }
    }
}

/// Has everything erased that this program keeps of a profile outside the vault.
pub(super) fn erase_elsewhere(erasers: &Mutex<Vec<Arc<dyn Eraser>>>, id: &ProfileId) -> Vec<Copy> {
    // An eraser may register another one, so none is called under the lock.
    let erasers = erasers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let erase = |eraser: &Arc<dyn Eraser>| Copy {
        place: eraser.place(),
        erased: eraser.erase(id).map_err(|error| error.to_string()),
    };
    erasers.iter().map(erase).collect()
}

/// Writes each copy that is left.
pub(super) fn note_left(recorder: &Recorder, copies: &[Copy]) {
    for copy in copies.iter().filter(|copy| copy.erased.is_err()) {
        let event = ProfileEvent::CopyLeft { place: copy.place.into() };
        note(recorder, erased(event.draft(), false));
    }
}

fn erase_sealed(vault: &SealedVault, id: &ProfileId) -> Copy {
    let destroyed = store::subject(id).and_then(|subject| vault.destroy(&subject));
    Copy {
        place: VAULT,
        erased: destroyed.map(|done| done.records).map_err(|error| with_causes(&error)),
    }
}

/// Returns the id that a profile has in the vault's directory, so that the log can tell where it is
/// while the vault is locked.
pub(super) fn subject_in(vault: &SealedVault, id: &ProfileId) -> Result<Option<Id>, OpenError> {
    Ok(Id::new(&vault.subject_id(&store::subject(id)?).to_string()).ok())
}

fn logged_subject(directory: &Path, id: &ProfileId) -> Option<SubjectId> {
    let entries = Reader::open(directory, Query::default()).ok()?.filter_map(Result::ok);
    let mut created = entries
        .filter(|entry| events::PROFILE_CREATED.is(entry) && entry.profile() == Some(id.as_str()));
    SubjectId::parse(created.next()?.data("subject")?.as_str()?)
}

/// Writes the intent, and then that the profile is revoked. Returns when it was first.
fn begin(
    settings: &Settings,
    graves: &Graves,
    recorder: &Recorder,
    id: &ProfileId,
    now: Timestamp,
) -> Result<Timestamp, OpenError> {
    write(recorder, ProfileEvent::Revoking {}.draft())?;
    let buried = graves.bury(id, now).and_then(|()| graves.of_profile(id));
    match buried {
        Ok(at) => Ok(at.unwrap_or(now)),
        Err(source) => {
            let end = ProfileEvent::NotRevoked {}.draft();
            note(recorder, end.outcome(Outcome::Failed).reason("not_written"));
            Err(OpenError::Bury { home: settings.home.clone(), source })
        }
    }
}

/// Writes what came of a revocation, and each copy that is left.
fn finish(recorder: &Recorder, revoked: &Revoked) -> Result<(), OpenError> {
    note_left(recorder, &revoked.copies);
    let end = ProfileEvent::Revoked { records: count(revoked.erased()) };
    write(recorder, erased(end.draft(), revoked.is_complete()))
}

/// Says whether everything was erased that was to be.
fn erased(draft: Draft, all: bool) -> Draft {
    if all {
        draft.outcome(Outcome::Ok)
    } else {
        draft.outcome(Outcome::Failed).reason("not_erased")
    }
}

fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}
