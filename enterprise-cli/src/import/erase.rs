//! Erasing clear text: the secrets are overwritten where they stand, and a file that held nothing
//! else is removed.
//!
//! A file system that copies on writing, and a flash disk, may keep the old blocks for a while. Only a
//! new sign-in makes what they hold worthless.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Found, Kind, MAX};

/// Erases the secrets of a file. Returns whether the file is gone.
///
/// # Errors
/// The file may not be writable, or may have changed since it was read: then it is as it was.
pub(crate) fn erase(found: &Found) -> io::Result<bool> {
    let alone = matches!(found.kind, Kind::Tokens | Kind::Spotipy);
    let mut file = OpenOptions::new().read(true).write(true).open(&found.path)?;
    let mut bytes = Zeroizing::new(Vec::new());
    (&file).take(MAX).read_to_end(&mut bytes)?;
    if found.opened_with.is_some() {
        // Sealed text is as good as clear text beside its key.
        bytes.fill(b'x');
    } else {
        for secret in found.secrets() {
            overwrite(&mut bytes, secret.as_bytes())?;
        }
    }
    file.rewind()?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    if alone {
        std::fs::remove_file(&found.path)?;
        sync(found.path.parent().unwrap_or(Path::new(".")))?;
    }
    Ok(alone)
}

fn overwrite(bytes: &mut [u8], secret: &[u8]) -> io::Result<()> {
    let mut seen = false;
    let mut from = 0;
    while let Some(window) = bytes.get_mut(from..from + secret.len()) {
        if window == secret {
            window.fill(b'x');
            seen = true;
        }
        from += 1;
    }
    if seen { Ok(()) } else { Err(io::Error::other("it was changed since it was read")) }
}

/// Makes a removal durable.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
