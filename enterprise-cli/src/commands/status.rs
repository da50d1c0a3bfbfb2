//! `status`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_audit::verify;
use spotify_auth::ProfileName;
use spotify_auth::session::settings::OnFailure;
use spotify_auth::session::{OpenError, RegistryError};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::facts::{ProfileFacts, State};
use crate::installation::Installation;
use crate::keys::KeyFacts;
use crate::output::table::list;
use crate::output::{Answer, Tone, View, when};

/// How long before the deadline a new sign-in is due.
const DUE_DAYS: i64 = 30;

/// Show whether you are signed in, and until when
///
/// Ends with 0 when somebody is signed in, with 3 when a sign-in is needed. With `--check`, also with
/// what `audit verify` ends with when the log is not intact, and with 10 when a sign-in is due within
/// 30 days.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin status\n  \
    spotify-admin status --profile work --check || notify-send 'Spotify wants you'")]
pub(crate) struct Args {
    /// The profile to look at instead of the default one
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
    /// End with another code, too, when the log or the deadline needs a look
    #[arg(long)]
    check: bool,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    signed_in: bool,
    /// `null` before the first sign-in.
    profile: Option<ProfileFacts>,
    key_source: Option<KeyFacts>,
    vault: PathBuf,
    audit_log: LogFacts,
}

#[derive(Debug, Serialize)]
struct LogFacts {
    path: PathBuf,
    state: String,
    records: u64,
    /// What becomes of an act whose record can't be written.
    on_failure: FailureFacts,
    #[serde(skip)]
    tone: Option<Tone>,
    /// How `audit verify` ends.
    #[serde(skip)]
    exit: Exit,
}

impl Facts {
    /// Returns how a check of somebody who is signed in ends.
    fn needs_a_look(&self) -> Exit {
        let days = self.profile.as_ref().and_then(|profile| profile.deadline_days);
        match self.audit_log.exit {
            Exit::Success if days.is_some_and(|days| days < DUE_DAYS) => Exit::Findings,
            exit => exit,
        }
    }
}

/// By when the record has to be on the disk.
#[derive(Debug, Serialize)]
struct FailureFacts {
    before: &'static str,
    after: &'static str,
    r#async: &'static str,
}

impl From<OnFailure> for FailureFacts {
    fn from(set: OnFailure) -> Self {
        let OnFailure { before, after, later } = set;
        Self { before: before.as_str(), after: after.as_str(), r#async: later.as_str() }
    }
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let settings = installation.settings();
        let view = View::new(installation.now(), installation.terminal());
        let profile = self.profile(installation)?;
        let signed_in = profile.as_ref().is_some_and(|profile| profile.state == State::SignedIn);
        let facts = Facts {
            signed_in,
            profile,
            key_source: installation.pinned()?.as_ref().map(KeyFacts::from),
            vault: settings.vault_dir(),
            audit_log: log(installation),
        };
        let exit = match signed_in {
            false => Exit::NeedsSignIn,
            true if self.check => facts.needs_a_look(),
            true => Exit::Success,
        };
        let human = human(&facts, view);
        Ok(Answer::new(exit, &facts, human))
    }

    /// Returns the profile; `None` when nobody named one and there is none yet.
    fn profile(&self, installation: &Installation) -> Result<Option<ProfileFacts>, CommandError> {
        if installation.pinned()?.is_none() && self.profile.is_none() {
            return Ok(None);
        }
        let session = installation.session()?;
        match session.profile(self.profile.as_ref()) {
            Ok(profile) => {
                let default = *profile.name() == session.settings().chosen(None);
                Ok(Some(ProfileFacts::of(&profile, default, installation.now())))
            }
            Err(OpenError::Registry(RegistryError::Unknown(_))) if self.profile.is_none() => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn log(installation: &Installation) -> LogFacts {
    let path = installation.settings().audit_dir();
    let (state, records, tone, exit) = match verify(&path) {
        Ok(report) => {
            let exit = Exit::from(report.status());
            let (state, tone) = match exit {
                Exit::Success => ("intact", Tone::Good),
                other => (other.name(), Tone::Bad),
            };
            (state, report.records, tone, exit)
        }
        Err(spotify_audit::VerifyError::NoLog(_)) => ("none", 0, Tone::Quiet, Exit::NotFound),
        Err(error) => {
            tracing::warn!(%error, "the audit log can't be read");
            ("unreadable", 0, Tone::Bad, Exit::Failure)
        }
    };
    let on_failure = installation.settings().on_failure.into();
    LogFacts { path, state: state.to_owned(), records, on_failure, tone: Some(tone), exit }
}

fn human(facts: &Facts, view: View) -> String {
    let mut rows = match &facts.profile {
        None => vec![("signed in", view.paint(Tone::Attention, "no; run `spotify-admin login`"))],
        Some(profile) => of_profile(profile, view),
    };
    let key = facts.key_source.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    rows.push(("vault", facts.vault.display().to_string()));
    rows.push(("vault's key", key));
    let LogFacts { path, state, records, on_failure, tone, .. } = &facts.audit_log;
    let state = tone.map_or_else(|| state.clone(), |tone| view.paint(tone, state));
    rows.push(("audit log", format!("{state}, {records} records, {}", path.display())));
    let FailureFacts { before, after, r#async } = on_failure;
    let unwritten = format!("before an act: {before}, after: {after}, of reads: {async}");
    rows.push(("without a record", unwritten));
    list(&rows)
}

fn of_profile(profile: &ProfileFacts, view: View) -> Vec<(&'static str, String)> {
    let state = view.paint(profile.state.tone(), profile.state.words());
    let mut rows = vec![("profile", profile.name.clone()), ("state", state)];
    match profile.state {
        State::SignedIn => {
            rows.push(("scopes", profile.scopes.join(" ")));
            rows.push(("access token", profile.access(view.now)));
            rows.push(("sign in again by", profile.due(view)));
        }
        State::Ended => {
            let reason = profile.end_reason.map(|reason| reason.to_string()).unwrap_or_default();
            let at = profile.ended_at.map(when::day).unwrap_or_default();
            rows.push((
                "ended",
                format!("{at}: {reason}; run `spotify-admin login --profile {}`", profile.name),
            ));
        }
        State::Suspended => {
            let at = profile.suspended_at.map(when::day).unwrap_or_default();
            rows.push((
                "suspended",
                format!("{at}; `spotify-admin resume {}` ends that", profile.name),
            ));
        }
        State::Revoked => {
            rows.push(("revoked", profile.revoked_at.map(when::day).unwrap_or_default()));
        }
        State::NotSignedIn => {
            rows.push(("next", format!("run `spotify-admin login --profile {}`", profile.name)));
        }
        State::Unreadable => rows.push(("problem", profile.problem.clone().unwrap_or_default())),
    }
    rows
}
