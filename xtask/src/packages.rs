//! The libraries can be published: nothing in them depends on where they stand.

use std::path::Path;
use std::{fs, io};

use crate::report::{self, Verdict};
use crate::{environment, run};

/// What is fit to be published.
const LIBRARIES: &[&str] = &["spotify-api", "spotify-vault", "spotify-audit", "spotify-auth"];

/// Packages each library; with `CI=true` each is built from its package, with the others' packages.
pub(crate) fn check(root: &Path) -> Result<Verdict, String> {
    let mut command = run::cargo(root);
    command.args(["package", "--locked", "--allow-dirty", "--quiet"]);
    command.args(LIBRARIES.iter().flat_map(|library| ["--package", library]));
    if environment::is_ci() {
        forget_unpacked().map_err(|error| format!("remove old unpacked packages: {error}"))?;
    } else {
        report::notice("packages: made, not built (CI=true builds them)");
        command.arg("--no-verify");
    }
    run::stream(command.env("CARGO_PROFILE_DEV_DEBUG", "0")).map_err(report::chain)?;
    Ok(Verdict::Passed)
}

/// Removes what cargo unpacked of our packages in an earlier run.
///
/// Cargo takes the content of a version for unchanging, and would build a library against an older
/// state of another. Only what came from a registry in a folder is touched: its sources stand in a
/// folder named `-HASH`, those of a registry on the network in `HOST-HASH`.
fn forget_unpacked() -> io::Result<()> {
    let Some(home) = environment::cargo_home() else { return Ok(()) };
    for registry in entries(&home.join("registry/src"))? {
        if !registry.file_name().as_encoded_bytes().starts_with(b"-") {
            continue;
        }
        for unpacked in entries(&registry.path())? {
            let name = unpacked.file_name();
            let name = name.to_string_lossy();
            if LIBRARIES.iter().any(|library| name.starts_with(library)) {
                fs::remove_dir_all(unpacked.path())?;
            }
        }
    }
    Ok(())
}

/// What is in the folder; nothing if there is none.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
