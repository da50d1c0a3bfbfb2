//! `settings seal` and `settings unseal`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_auth::session::{Session, SettingsFile, settings};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Seal the settings file as it is now
///
/// From then on a changed file is refused at the start, and that stands in the audit log, until the
/// file is sealed again. The seal is in the vault, so it can't be removed beside the file.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Give the seal of the settings file up
#[derive(Debug, clap::Args)]
pub(crate) struct Unseal {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    file: PathBuf,
    sealed: bool,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        open(installation, SettingsFile::Seal)?;
        Ok(answer(installation, true, "The settings file is sealed: a changed one is refused."))
    }
}

impl Unseal {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        open(installation, SettingsFile::Unseal)?;
        Ok(answer(installation, false, "The settings file is not sealed any more."))
    }
}

fn open(installation: &Installation, file: SettingsFile) -> Result<(), CommandError> {
    let (settings, context) = (installation.settings_to_give()?, installation.context());
    installation.adopt(Session::open_as(settings, context, file)?);
    Ok(())
}

/// Answers where the file stands now.
pub(super) fn answer(installation: &Installation, sealed: bool, human: &str) -> Answer {
    let facts = Facts { file: installation.settings().home.join(settings::FILE), sealed };
    Answer::new(Exit::Success, &facts, format!("{human}\n"))
}
