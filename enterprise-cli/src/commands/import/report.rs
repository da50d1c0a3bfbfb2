//! What an import tells: the files, what they hold, and where clear text still lies. Never a secret.

use std::io;
use std::path::PathBuf;

use serde::Serialize;
use spotify_vault::RecoveryCode;

use crate::exit::Exit;
use crate::import::{Found, Kind};
use crate::output::Answer;
use crate::output::recovery::ShownOnce;

/// A file that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Source {
    file: PathBuf,
    kind: Kind,
    /// What of a sign-in it holds: `client_id`, `client_secret`, `access_token`, `refresh_token`.
    holds: Vec<&'static str>,
    /// The file with the key that opened it.
    opened_with: Option<PathBuf>,
    /// Why it could not be read.
    problem: Option<String>,
    /// The profile that its sign-in is sealed in now.
    profile: Option<String>,
    /// Whether secrets still stand in it.
    clear_text_left: bool,
    /// Why they could not be erased.
    not_erased: Option<String>,
}

/// What came of it.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    dry_run: bool,
    /// Whether a refresh showed that what was sealed works; `null` when nobody asked Spotify.
    works: Option<bool>,
    files: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<ShownOnce<'a>>,
    #[serde(skip)]
    profiles: Vec<String>,
}

impl Source {
    pub(super) fn of(found: &Found) -> Self {
        let holds = [
            ("client_id", found.client_id.is_some()),
            ("client_secret", found.client_secret.is_some()),
            ("access_token", found.access_token.is_some()),
            ("refresh_token", found.refresh_token.is_some()),
        ];
        Self {
            file: found.path.clone(),
            kind: found.kind,
            holds: holds.into_iter().filter(|(_, held)| *held).map(|(name, _)| name).collect(),
            opened_with: found.opened_with.clone(),
            problem: found.problem.clone(),
            profile: None,
            clear_text_left: found.secrets().next().is_some(),
            not_erased: None,
        }
    }

    pub(super) fn sealed_into(&mut self, profile: &str) {
        self.profile = Some(profile.to_owned());
    }

    pub(super) fn erased(&mut self, outcome: io::Result<bool>) {
        match outcome {
            Ok(_) => self.clear_text_left = false,
            Err(error) => self.not_erased = Some(error.to_string()),
        }
    }

    fn line(&self) -> String {
        let holds = match &self.problem {
            Some(problem) => format!("can't be read: {problem}"),
            None if self.holds.is_empty() => "nothing of a sign-in".to_owned(),
            None => self.holds.join(", "),
        };
        let key = self.opened_with.as_ref();
        let key = key.map(|path| format!("; sealed, its key lies in {}", path.display()));
        let not_erased = self.not_erased.as_ref().map(|why| format!("; not erased: {why}"));
        format!(
            "  {}: {holds}{}{}\n",
            self.file.display(),
            key.unwrap_or_default(),
            not_erased.unwrap_or_default()
        )
    }
}

impl Report<'static> {
    pub(super) fn planned<'p>(files: Vec<Source>, profiles: impl Iterator<Item = &'p str>) -> Self {
        let profiles = profiles.map(str::to_owned).collect();
        Self { dry_run: true, works: None, files, recovery_code: None, profiles }
    }

    pub(super) fn done(files: Vec<Source>, tried: bool) -> Self {
        let mut profiles: Vec<_> = files.iter().filter_map(|file| file.profile.clone()).collect();
        profiles.dedup();
        Self { dry_run: false, works: tried.then_some(true), files, recovery_code: None, profiles }
    }

    pub(super) fn with_recovery_code(self, code: Option<&RecoveryCode>) -> Report<'_> {
        let Self { dry_run, works, files, profiles, .. } = self;
        Report { dry_run, works, files, recovery_code: code.map(ShownOnce), profiles }
    }
}

impl Report<'_> {
    pub(super) fn answer(self) -> Answer {
        let failed = self.files.iter().any(|file| file.not_erased.is_some());
        let exit = if failed { Exit::Failure } else { Exit::Success };
        let human = self.human();
        Answer::new(exit, &self, human)
    }

    fn human(&self) -> String {
        let profiles = self.profiles.iter().map(|name| format!("`{name}`"));
        let profiles = profiles.collect::<Vec<_>>().join(", ");
        let mut text = match (self.dry_run, self.works) {
            (true, _) => format!("Would seal into {profiles}; nothing was changed. Found:\n"),
            (false, Some(_)) => format!("Sealed into {profiles}, and it works. Found:\n"),
            (false, None) => format!("Sealed into {profiles}; Spotify was not asked. Found:\n"),
        };
        text.extend(self.files.iter().map(Source::line));
        let left: Vec<_> = self.files.iter().filter(|file| file.clear_text_left).collect();
        if !left.is_empty() {
            text.push_str("Secrets still stand in:\n");
            text.extend(left.iter().map(|file| format!("  {}\n", file.file.display())));
        }
        if !self.dry_run {
            text.push_str(
                "A disk may keep what was erased for a while; `spotify-admin login` makes new tokens.\n",
            );
        }
        text
    }
}
