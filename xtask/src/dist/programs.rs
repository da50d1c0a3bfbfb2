//! The programs: built without a path of this machine in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::source::Source;
use super::tree::{self, Tree};
use super::{DistError, program};
use crate::{environment, run};

/// The programs of a release.
const PROGRAMS: [&str; 2] = ["spotify-mcp", "spotify-admin"];

/// Features that are no default, because they need something at run time.
pub(super) const FEATURES: &str = "mcp-server/pkcs11,enterprise-cli/pkcs11";

/// Builds the programs and returns their folder.
///
/// # Errors
/// The build may fail, and a program may name a folder of this machine.
pub(super) fn build(source: &Source) -> Result<PathBuf, DistError> {
    let folders = folders(source)?;
    let mut command = run::cargo(&source.root);
    command.args(["build", "--locked", "--profile", "dist", "--features", FEATURES]);
    command.args(["--package", "mcp-server", "--package", "enterprise-cli"]);
    command.args(PROGRAMS.iter().flat_map(|program| ["--bin", program]));
    let rust = folders.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    let c = folders.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}"));
    // Their own separators: a folder's name may hold a space.
    command.env("CARGO_ENCODED_RUSTFLAGS", rust.collect::<Vec<_>>().join("\u{1f}"));
    let c: Vec<_> = c.map(|flag| flag.replace(' ', "\\ ")).collect();
    command.env("CC_SHELL_ESCAPED_FLAGS", "1");
    command.env("CFLAGS", c.join(" ")).env("CXXFLAGS", c.join(" "));
    command.env("SOURCE_DATE_EPOCH", source.time.to_string());
    run::stream(&mut command).map_err(program("build the programs"))?;
    let built = source.target.join("dist");
    for name in PROGRAMS {
        let content = tree::read(&built.join(name))?;
        if let Some((folder, _)) = folders.iter().find(|(from, _)| holds(&content, from)) {
            return Err(DistError::Unfit(format!(
                "{name} names a folder of this machine: {folder}"
            )));
        }
    }
    Ok(built)
}

/// Adds the programs of `folder`.
pub(super) fn add(tree: &mut Tree, folder: &Path) -> Result<(), DistError> {
    for name in PROGRAMS {
        tree.add(&format!("bin/{name}"), 0o755, tree::read(&folder.join(name))?);
    }
    Ok(())
}

/// Folders of this machine, and what stands for them; of nested ones the inner one comes last,
/// because the last that fits counts.
fn folders(source: &Source) -> Result<Vec<(String, &'static str)>, DistError> {
    let mut rustc = Command::new("rustc");
    let sysroot = run::capture(rustc.args(["--print", "sysroot"]));
    let sysroot = sysroot.map_err(program("ask rustc for its folder"))?;
    let sysroot = String::from_utf8_lossy(&sysroot).trim().to_owned();
    let cargo = environment::cargo_home().map(|home| home.display().to_string());
    let mut folders = vec![
        (source.root.display().to_string(), "/source"),
        (source.target.display().to_string(), "/target"),
        (sysroot, "/rust"),
    ];
    folders.extend(cargo.map(|cargo| (cargo, "/cargo")));
    folders.sort_by_key(|(folder, _)| folder.len());
    Ok(folders)
}

fn holds(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_within_a_program_is_found() {
        assert!(holds(b"\x7fELF..../somewhere/else/src/lib.rs..", "/somewhere/else"));
        assert!(!holds(b"\x7fELF..../source/src/lib.rs..", "/somewhere/else"));
    }
}
