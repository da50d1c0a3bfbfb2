//! `enable-keychain`.

use spotify_auth::session::KeyChoice;
use spotify_vault::KeySource;

use super::rekey::{already_there, move_key};
use crate::error::CommandError;
use crate::installation::Installation;
use crate::keys;
use crate::output::Answer;

/// Move the vault's key into the keychain of the operating system
///
/// The old key is removed. When the keychain does not keep what is written to it, nothing is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let source = session.key_source()?;
        if matches!(source, KeySource::Keychain { .. }) {
            return Ok(already_there(&source));
        }
        keys::check_keychain()?;
        move_key(session, KeyChoice::Keychain)
    }
}
