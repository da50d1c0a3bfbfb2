//! Moving the vault's key: what `enable-keychain` and `disable-keychain` share.

use serde::Serialize;
use spotify_auth::session::{KeyChoice, Session};
use spotify_vault::KeySource;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::keys::KeyFacts;
use crate::output::Answer;

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    moved: bool,
    key_source: KeyFacts,
    previous_key_source: KeyFacts,
}

/// Moves the key, reads it back from the new place, and removes it from the old one.
///
/// # Errors
/// The vault keeps one working key source at every moment.
pub(super) fn move_key(session: &Session, choice: KeyChoice) -> Result<Answer, CommandError> {
    let old = session.key_source()?;
    let new = session.rekey(choice)?;
    Ok(moved(&old, &new, &what_of_the_old(&old)))
}

/// Answers that the key has moved.
pub(super) fn moved(old: &KeySource, new: &KeySource, of_the_old: &str) -> Answer {
    let facts = Facts {
        moved: true,
        key_source: KeyFacts::from(new),
        previous_key_source: KeyFacts::from(old),
    };
    let human = format!("The vault's key is now {new}.\n{of_the_old}\n");
    Answer::new(Exit::Success, &facts, human)
}

/// Answers that the key is where it shall be.
pub(super) fn already_there(source: &KeySource) -> Answer {
    let facts = Facts {
        moved: false,
        key_source: KeyFacts::from(source),
        previous_key_source: KeyFacts::from(source),
    };
    Answer::new(
        Exit::Success,
        &facts,
        format!("The vault's key is {source} already; nothing was changed.\n"),
    )
}

fn what_of_the_old(old: &KeySource) -> String {
    match old {
        KeySource::Environment => {
            "The old key opens it no more: take `SPOTIFY_MCP_MASTER_KEY` out of every environment."
                .to_owned()
        }
        KeySource::Passphrase => "The old passphrase opens it no more.".to_owned(),
        KeySource::Descriptor | KeySource::Credential { .. } | KeySource::Pkcs11(_) => {
            format!("The old key opens it no more ({old}); remove it from where it is.")
        }
        removed => format!("The old key was removed ({removed})."),
    }
}
