//! The vault that the first sign-in makes.

use spotify_auth::session::Session;
use spotify_vault::RecoveryCode;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::keys::{self, KeyPlace};
use crate::output::Output;

/// Opens the vault, or makes it where there is none. A new vault's recovery code is shown here, once;
/// with `--json` the caller has to show it.
pub(in crate::commands) fn open_or_make(
    asked: Option<KeyPlace>,
    installation: &Installation,
    output: Output,
) -> Result<(&Session, Option<RecoveryCode>), CommandError> {
    if let Some(pinned) = installation.pinned()? {
        let place = KeyPlace::of(&pinned);
        if let Some(asked) = asked.filter(|asked| Some(*asked) != place) {
            return Err(CommandError::new(
                Exit::Refused,
                "vault_exists",
                format!("`--key-source {}` is for a new vault; this one is unlocked by {pinned}", asked.word()),
            )
            .hint("move its key with `spotify-admin enable-keychain` or `spotify-admin disable-keychain`"));
        }
        return Ok((installation.session()?, None));
    }
    let choice = keys::choose(asked, installation, output)?;
    let settings = installation.settings_to_give()?;
    let (session, recovery) = Session::create(settings, installation.context(), choice)?;
    let session = installation.adopt(session);
    if output.is_json() {
        return Ok((session, Some(recovery)));
    }
    output.say(&format!(
        "The vault is made: {}. Its recovery code, shown this once, opens it when its key is lost.\n\
         Write it down and keep it away from this machine:\n\n  {}\n",
        session.settings().vault_dir().display(),
        recovery.expose().as_str()
    ));
    Ok((session, None))
}
