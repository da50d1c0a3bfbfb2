//! SHA-256 of every file, and minisign's signature of the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::tree;
use super::{DistError, file, program};
use crate::run;

/// The list, in the form of `sha256sum`.
const LIST: &str = "SHA256SUMS";

/// Writes the list of the files in `out`.
pub(super) fn write(out: &Path) -> Result<(), DistError> {
    let lines = sums(out)?.into_iter().map(|(name, sum)| format!("{sum}  {name}\n"));
    tree::write(&out.join(LIST), lines.collect::<String>().as_bytes())
}

/// Signs the list. The key may ask for its password.
pub(super) fn sign(out: &Path, key: &Path, name: &str) -> Result<(), DistError> {
    let mut command = Command::new("minisign");
    command.arg("-S").arg("-s").arg(key).arg("-m").arg(out.join(LIST));
    // Instead of the present time: a signature of the same files stays the same.
    command.args(["-t", name]);
    run::stream(&mut command).map_err(program("sign the checksums"))
}

/// Tells where two releases differ.
pub(super) fn compare(one: &Path, other: &Path) -> Result<(), DistError> {
    let (one, other) = (sums(one)?, sums(other)?);
    let differs = |name: &&String| *name != LIST && one.get(*name) != other.get(*name);
    let differing: BTreeSet<_> = one.keys().chain(other.keys()).filter(differs).collect();
    if differing.is_empty() {
        return Ok(());
    }
    let differing = differing.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(DistError::Unfit(format!("two builds of one commit differ in: {differing}")))
}

/// The files with their sizes, for people.
pub(super) fn listing(out: &Path) -> Result<String, DistError> {
    let lines = paths(out)?.into_iter().map(|(name, path)| {
        let size = path.metadata().map_err(file("read", &path))?.len();
        Ok(format!("{size:>12}  {name}"))
    });
    Ok(lines.collect::<Result<Vec<_>, DistError>>()?.join("\n"))
}

fn sums(folder: &Path) -> Result<BTreeMap<String, String>, DistError> {
    let sums = paths(folder)?.into_iter().map(|(name, path)| {
        let hash = Sha256::digest(tree::read(&path)?);
        Ok((name, hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))))
    });
    sums.collect()
}

/// The files of a folder by name.
fn paths(folder: &Path) -> Result<BTreeMap<String, PathBuf>, DistError> {
    let entries = fs::read_dir(folder).map_err(file("list", folder))?;
    let paths = entries.map(|entry| {
        let entry = entry.map_err(file("list", folder))?;
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
    });
    paths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            tree::write(&folder.path().join(name), content).unwrap();
        }
        write(folder.path()).unwrap();
        folder
    }

    #[test]
    fn the_list_is_what_sha256sum_reads() {
        let folder = release(&[("b", b"abc"), ("a", b"")]);
        let list = String::from_utf8(tree::read(&folder.path().join(LIST)).unwrap()).unwrap();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(list, format!("{empty}  a\n{abc}  b\n"));
    }

    #[test]
    fn a_difference_between_two_releases_is_named() {
        let one = release(&[("a", b"1"), ("b", b"2")]);
        assert!(compare(one.path(), release(&[("a", b"1"), ("b", b"2")]).path()).is_ok());
        for other in [&[("a", &b"1"[..]), ("b", b"3")][..], &[("a", b"1")]] {
            assert!(compare(one.path(), release(other).path()).is_err());
        }
    }
}
