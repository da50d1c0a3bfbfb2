//! Who may read and change the files of an installation.

use std::path::Path;

use super::{Check, Checked, Code, Finding};
use crate::session::Settings;

/// How many files are looked at; an installation of one person has some dozens.
const FILES_MAX: usize = 100_000;

/// Whether what can be mended safely is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Only look.
    No,
    /// Make the home directory, and take away the rights of others.
    Yes,
}

/// Looks at the home directory, at all of vault and log, and at the files of secrets that the settings
/// name. `vault` tells whether there is a vault; before, a missing home directory is as it should be.
pub fn files(settings: &Settings, vault: bool, repair: Repair) -> Checked {
    let mut walk = Walk { repair, seen: 0, findings: Vec::new() };
    let (home, log) = (&settings.home, settings.audit_dir());
    if vault && !home.exists() {
        walk.missing(settings);
    }
    // Whose name stands in a directory is no secret, but who may put another file there is.
    walk.look(home, Rights::OthersMayRead);
    walk.look(&home.join(crate::session::settings::FILE), Rights::OthersMayRead);
    for directory in [settings.vault_dir(), log, home.join("revoked")] {
        walk.descend(&directory);
    }
    let named = [&settings.passphrase_file, &settings.token.pin_file];
    for file in named.into_iter().flatten().chain([&settings.key_file()]) {
        walk.look(file, Rights::OwnerOnly);
    }
    let seen = format!("{} files and directories", walk.seen);
    Checked::new(Check::Files, seen, walk.findings)
}

/// What other users of the machine may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    OwnerOnly,
    OthersMayRead,
}

struct Walk {
    repair: Repair,
    seen: usize,
    findings: Vec<Finding>,
}

impl Walk {
    fn missing(&mut self, settings: &Settings) {
        let reason = settings.home.display().to_string();
        let mut finding = Finding::new(Code::DirectoryMissing, reason);
        finding.fixed = self.repair == Repair::Yes && settings.make_home().is_ok();
        self.findings.push(finding);
    }

    fn descend(&mut self, directory: &Path) {
        let mut left = vec![directory.to_owned()];
        while let Some(path) = left.pop().filter(|_| self.seen < FILES_MAX) {
            if self.look(&path, Rights::OwnerOnly) == Kind::Directory {
                match std::fs::read_dir(&path) {
                    Ok(entries) => left.extend(entries.flatten().map(|entry| entry.path())),
                    Err(error) => self.unreadable(&path, &error),
                }
            }
        }
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        let reason = format!("{}: {error}", path.display());
        self.findings.push(Finding::new(Code::NotReadable, reason));
    }

    /// Looks at one file or directory, not through a link.
    fn look(&mut self, path: &Path, rights: Rights) -> Kind {
        let metadata = match std::fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Kind::Other,
            Err(error) => {
                self.unreadable(path, &error);
                return Kind::Other;
            }
        };
        let kind = Kind::of(&metadata);
        if kind != Kind::Other {
            self.seen += 1;
            self.findings.extend(os::rights(path, &metadata, rights, self.repair));
        }
        kind
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    Other,
}

impl Kind {
    fn of(metadata: &std::fs::Metadata) -> Self {
        match metadata {
            metadata if metadata.is_file() => Self::File,
            metadata if metadata.is_dir() => Self::Directory,
            _ => Self::Other,
        }
    }
}

#[cfg(unix)]
mod os {
    use std::fs::{Metadata, Permissions};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::path::Path;

    use rustix::fs::{Mode, OFlags};

    use super::{Code, Finding, Repair, Rights};

    pub(super) fn rights(
        path: &Path,
        metadata: &Metadata,
        rights: Rights,
        repair: Repair,
    ) -> Option<Finding> {
        let shown = path.display();
        if metadata.uid() != rustix::process::geteuid().as_raw() && metadata.uid() != 0 {
            let reason = format!("{shown} belongs to user {}", metadata.uid());
            return Some(Finding::new(Code::OtherOwner, reason));
        }
        let too_much = metadata.mode()
            & match rights {
                Rights::OwnerOnly => 0o077,
                Rights::OthersMayRead => 0o022,
            };
        if too_much == 0 {
            return None;
        }
        let mode = metadata.mode() & 0o7777;
        let mut finding = Finding::new(Code::OpenToOthers, format!("{shown} has mode {mode:04o}"))
            .fix(format!("`spotify-admin doctor --fix`, or `chmod go-rwx {shown}`"));
        finding.fixed = repair == Repair::Yes && close(path, mode & !too_much).is_ok();
        Some(finding)
    }

    /// Sets a mode, and follows no link that somebody put there meanwhile.
    fn close(path: &Path, mode: u32) -> std::io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = std::fs::File::from(rustix::fs::open(path, flags, Mode::empty())?);
        file.set_permissions(Permissions::from_mode(mode))
    }
}

#[cfg(not(unix))]
mod os {
    use std::fs::Metadata;
    use std::path::Path;

    use super::{Finding, Repair, Rights};

    /// What others may do is inherited from the user's own directory there.
    pub(super) fn rights(_: &Path, _: &Metadata, _: Rights, _: Repair) -> Option<Finding> {
        None
    }
}
