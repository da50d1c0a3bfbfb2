//! Files and directories that are nobody else's business.
//!
//! Everything a vault keeps is made with mode 0700 or 0600, read only when others have no right to
//! it, and replaced by rename with the directory synced after it. A subject's key may be written over
//! in place ([`Overwriting`]).

mod lock;
mod overwrite;

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

pub(crate) use self::lock::{is_at, lock, lock_shared};
pub(crate) use self::overwrite::{Overwriting, shred, write_over};

use crate::error::VaultError;

/// Comes before each change to the file system; tests make it fail (feature `failpoints`).
#[cfg_attr(
    not(feature = "failpoints"),
    expect(clippy::unnecessary_wraps, reason = "fails in tests alone")
)]
fn step(name: &'static str) -> io::Result<()> {
    #[cfg(feature = "failpoints")]
    crate::failpoint::pass(name)?;
    let _: &str = name;
    Ok(())
}

/// Writes all bytes.
pub(crate) fn write_all(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    step("write")?;
    file.write_all(bytes)
}

/// Waits until a file's content and length are on the medium.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    step("sync")?;
    file.sync_all()
}

/// Cuts a file.
pub(crate) fn cut(file: &File, len: u64) -> io::Result<()> {
    step("cut")?;
    file.set_len(len)
}

/// Wraps an error of the file system with what was attempted.
pub(crate) fn storage(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    let path = path.to_owned();
    move |source| VaultError::Storage { doing, path, source }
}

/// Makes a directory with mode 0700, and its missing parents; syncs what it changed.
pub(crate) fn make_dir(path: &Path) -> Result<(), VaultError> {
    match step("make a directory").and_then(|()| private_builder().create(path)) {
        Ok(()) => path.parent().map_or(Ok(()), sync_dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
                return Err(storage("make the directory", path)(error));
            };
            make_dir(parent)?;
            make_dir(path)
        }
        Err(error) => Err(storage("make the directory", path)(error)),
    }
}

#[cfg(unix)]
fn private_builder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_builder() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

/// Refuses a directory that others may enter or that is someone else's; `false` when it is absent.
pub(crate) fn check_dir(path: &Path) -> Result<bool, VaultError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => check_private(path, &metadata, "700").map(|()| true),
        Ok(_) => Err(VaultError::Permission {
            path: path.to_owned(),
            problem: "it is not a directory".to_owned(),
            fix: "name the directory of a vault".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(storage("look at", path)(error)),
    }
}

/// Who may have a right to a file besides its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nobody: this program's user owns it and nobody else may use it.
    Owner,
    /// The service manager: root may own it, and its group may read it. An access list by which
    /// systemd admits the service shows as the right of the group.
    ServiceManager,
}

/// Reads a private file of at most `most` bytes; `None` when it is absent.
pub(crate) fn read(path: &Path, most: usize) -> Result<Option<Vec<u8>>, VaultError> {
    read_trusting(path, most, Trust::Owner)
}

/// As [`read`], of a file that others than this program made.
pub(crate) fn read_trusting(
    path: &Path,
    most: usize,
    trust: Trust,
) -> Result<Option<Vec<u8>>, VaultError> {
    let doing = "read";
    let file = match open_existing(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if is_symlink(path) => return Err(symlink(path)),
        Err(error) => return Err(storage(doing, path)(error)),
    };
    let metadata = file.metadata().map_err(storage(doing, path))?;
    if !metadata.is_file() {
        return Err(VaultError::Permission {
            path: path.to_owned(),
            problem: "it is not a regular file".to_owned(),
            fix: "put a file there".to_owned(),
        });
    }
    match trust {
        Trust::Owner => check_private(path, &metadata, "600")?,
        Trust::ServiceManager => check_handed_over(path, &metadata)?,
    }
    // A file that is too long is read one byte too far, so that its length is wrong to the parser.
    let len = usize::try_from(metadata.len()).unwrap_or(most).min(most) + 1;
    // Sized once, so that reading a key leaves no outgrown copy of it behind.
    let mut bytes = Vec::with_capacity(len);
    let limit = u64::try_from(len).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes).map_err(storage(doing, path))?;
    Ok(Some(bytes))
}

/// Opens a private file to read; `None` when it is absent.
#[cfg(feature = "backup")]
pub(crate) fn open_private(path: &Path) -> Result<Option<File>, VaultError> {
    let file = match open_existing(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if is_symlink(path) => return Err(symlink(path)),
        Err(error) => return Err(storage("open", path)(error)),
    };
    let metadata = file.metadata().map_err(storage("look at", path))?;
    check_private(path, &metadata, "600")?;
    Ok(Some(file))
}

/// Whether there is something at a path.
pub(crate) fn exists(path: &Path) -> Result<bool, VaultError> {
    path.try_exists().map_err(storage("look for", path))
}

/// Reads to the end, but at most one byte more than `most`, without leaving outgrown copies behind.
#[cfg(unix)]
pub(crate) fn read_all(file: File, most: usize) -> io::Result<zeroize::Zeroizing<Vec<u8>>> {
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(most + 1));
    file.take(u64::try_from(most).unwrap_or(u64::MAX) + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes a private file that did not exist.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    step("create")?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(path)
}

/// Writes a whole file beside its place, syncs it and moves it there.
pub(crate) fn replace(temporary: &Path, path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    write_synced(temporary, bytes)?;
    rename(temporary, path)
}

/// Makes a file anew and syncs it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    remove(path)?;
    let mut file = create(path).map_err(storage("create", path))?;
    write_all(&mut file, bytes).map_err(storage("write", path))?;
    sync(&file).map_err(storage("sync", path))
}

/// What tells a file from the one that takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    identity: (u64, u64),
    changed: (i64, i64),
    len: u64,
}

/// Looks at a file without reading it; `None` when it is absent.
pub(crate) fn stamp(path: &Path) -> Result<Option<Stamp>, VaultError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(storage("look for", path)(error)),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity = (metadata.dev(), metadata.ino());
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        Ok(Some(Stamp { identity, changed, len: metadata.len() }))
    }
    #[cfg(not(unix))]
    {
        let since =
            metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let changed = since.map_or((0, 0), |since| {
            (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos().into())
        });
        Ok(Some(Stamp { identity: (0, 0), changed, len: metadata.len() }))
    }
}

/// Moves a file into the place of another and syncs the directory.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), VaultError> {
    rename_unsynced(from, to)?;
    to.parent().map_or(Ok(()), sync_dir)
}

/// Moves a file into the place of another; the caller syncs the directory.
#[expect(clippy::disallowed_methods, reason = "the one place; callers sync the directory after it")]
pub(crate) fn rename_unsynced(from: &Path, to: &Path) -> Result<(), VaultError> {
    step("rename").and_then(|()| fs::rename(from, to)).map_err(storage("replace", to))
}

/// Removes a file; being absent is no error. `true` when it was there.
pub(crate) fn remove(path: &Path) -> Result<bool, VaultError> {
    match step("remove").and_then(|()| fs::remove_file(path)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(storage("remove", path)(error)),
    }
}

/// Lists the names in a directory; none when it is absent.
pub(crate) fn names(path: &Path) -> Result<Vec<String>, VaultError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(storage("list", path)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(storage("list", path))?;
        // A name that is not text is none of ours.
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Makes what was created, renamed or removed in a directory durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), VaultError> {
    // Windows can't open a directory as a file; its file systems journal names by themselves.
    if cfg!(windows) {
        return Ok(());
    }
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|dir| sync(&dir)).map_err(storage("sync the directory", path))
}

/// Takes `len` bytes of disk for a file, and syncs it.
pub(crate) fn allocate(file: &mut File, len: usize) -> io::Result<()> {
    let zeros = |file: &mut File| {
        io::Seek::rewind(file)?;
        io::copy(&mut io::repeat(0).take(len.try_into().unwrap_or(u64::MAX)), file).map(drop)
    };
    step("allocate")?;
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        let bytes = u64::try_from(len).unwrap_or(u64::MAX);
        let take = || fallocate(&*file, FallocateFlags::empty(), 0, bytes);
        match rustix::io::retry_on_intr(take) {
            Ok(()) => {}
            // Some network and user-space file systems have no such call.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => zeros(file)?,
            Err(error) => return Err(error.into()),
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    zeros(file)?;
    sync(file)
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _: &OpenOptions = options;
}

/// Opens a file, but never through a symbolic link.
fn open_existing(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    options.open(path)
}

fn is_symlink(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn symlink(path: &Path) -> VaultError {
    VaultError::Permission {
        path: path.to_owned(),
        problem: "it is a symbolic link".to_owned(),
        fix: "put the file itself there".to_owned(),
    }
}

/// Refuses what others may read, write or own. Windows has no such bits: there the directory's
/// inherited access list decides.
fn check_private(path: &Path, metadata: &Metadata, mode: &str) -> Result<(), VaultError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let refuse = |problem: String, fix: String| {
            Err(VaultError::Permission { path: path.to_owned(), problem, fix })
        };
        let found = metadata.mode() & 0o7777;
        if found & 0o077 != 0 {
            let problem = format!("its mode is {found:04o}, so others have a right to it");
            return refuse(problem, format!("run `chmod {mode} {}`", path.display()));
        }
        let (owner, me) = (metadata.uid(), rustix::process::geteuid().as_raw());
        if owner != me {
            let problem = format!("it belongs to user {owner}, this program runs as {me}");
            return refuse(problem, "run the program as its owner, or change the owner".to_owned());
        }
    }
    #[cfg(not(unix))]
    let _: (&Path, &Metadata, &str) = (path, metadata, mode);
    Ok(())
}

/// Refuses what others than root, this user and a reading group may use.
fn check_handed_over(path: &Path, metadata: &Metadata) -> Result<(), VaultError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let fix = "let the service manager make it, with `LoadCredentialEncrypted=`".to_owned();
        let refuse = |problem| Err(VaultError::Permission { path: path.to_owned(), problem, fix });
        let found = metadata.mode() & 0o7777;
        if found & 0o037 != 0 {
            return refuse(format!("its mode is {found:04o}, so others have a right to it"));
        }
        let (owner, me) = (metadata.uid(), rustix::process::geteuid().as_raw());
        if owner != me && owner != 0 {
            return refuse(format!("it belongs to user {owner}, this program runs as {me}"));
        }
    }
    #[cfg(not(unix))]
    let _: (&Path, &Metadata) = (path, metadata);
    Ok(())
}
