//! Changing single keys of the settings file. Everything else of it, comments too, stays.

use spotify_auth::session::settings;
use spotify_vault::FileSeal;
use toml_edit::{DocumentMut, value};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::text_file::TextFile;

/// Sets keys to texts; returns whether the file is another one now.
///
/// # Errors
/// The file may be sealed, malformed or not writable; it is as it was, then.
pub(crate) fn set(
    changes: &[(&str, &str)],
    installation: &Installation,
) -> Result<bool, CommandError> {
    let path = installation.settings().home.join(settings::FILE);
    let file = TextFile::read(&path).map_err(|error| unusable(error.into()))?;
    let mut document: DocumentMut = file.text().parse().map_err(|_| {
        // The error's own text would quote the line, and with it a value.
        unusable(format!("{} is not TOML", path.display()).into())
    })?;
    for (key, text) in changes {
        document.insert(key, value(*text));
    }
    let new = document.to_string();
    if new == file.text() {
        return Ok(false);
    }
    let sealed = installation.pinned()?.is_some()
        && installation.session()?.settings_seal()? == FileSeal::Intact;
    if sealed {
        let message = "the settings file is sealed; nothing was changed";
        return Err(CommandError::new(Exit::Refused, "settings_sealed", message).hint(
            "run `spotify-admin settings unseal`, this command again, and `spotify-admin settings seal`",
        ));
    }
    installation.settings().make_home()?;
    file.replace(&new).map_err(|error| unusable(error.into()))?;
    Ok(true)
}

fn unusable(cause: Box<dyn std::error::Error + Send + Sync>) -> CommandError {
    CommandError::new(Exit::Failure, "settings_file", cause)
}
