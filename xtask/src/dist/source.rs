//! What is released: a commit, its version, its time, and the machine it is for.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::tree::{self, Tree};
use super::{DistError, program};
use crate::{environment, run, workspace};

/// What all packages are called.
pub(super) const NAME: &str = "spotify-mcp";

/// Files that stand on a machine as they stand in the workspace, with their places.
const TEXTS: &[(&str, &str)] = &[
    ("README.md", "share/doc/spotify-mcp/README.md"),
    ("CHANGELOG.md", "share/doc/spotify-mcp/CHANGELOG.md"),
    ("LICENSE", "share/doc/spotify-mcp/copyright"),
    ("packaging/README.md", "share/doc/spotify-mcp/PACKAGES.md"),
    ("packaging/systemd/spotify-mcp.socket", "lib/systemd/system/spotify-mcp.socket"),
    ("packaging/systemd/spotify-mcp@.service", "lib/systemd/system/spotify-mcp@.service"),
    ("packaging/systemd/spotify-alerts.service", "lib/systemd/system/spotify-alerts.service"),
    ("packaging/systemd/spotify-alerts.timer", "lib/systemd/system/spotify-alerts.timer"),
    ("packaging/systemd/sysusers.conf", "lib/sysusers.d/spotify-mcp.conf"),
];

/// Files that stand beside the packages, with their modes.
const RECIPES: &[(&str, &str, u32)] = &[
    ("packaging/container/Containerfile", "Containerfile", 0o644),
    ("packaging/verify.sh", "verify.sh", 0o755),
];

/// A commit that is built.
#[derive(Debug)]
pub(super) struct Source {
    /// The workspace.
    pub(super) root: PathBuf,
    /// Where cargo builds.
    pub(super) target: PathBuf,
    /// The version of the programs.
    pub(super) version: String,
    /// The commit's time in seconds since 1970 (`SOURCE_DATE_EPOCH`).
    pub(super) time: u64,
    /// What it is built for, such as `x86_64-unknown-linux-gnu`.
    pub(super) platform: String,
}

impl Source {
    /// The workspace that this program is of.
    pub(super) fn here(allow_dirty: bool) -> Result<Self, DistError> {
        let root = workspace::root();
        let changed = git(&root, &["status", "--porcelain"])?;
        if !changed.is_empty() && !allow_dirty {
            let message = "the files differ from the commit: commit them, or say --allow-dirty";
            return Err(DistError::Unfit(message.to_owned()));
        }
        Self::at(root)
    }

    /// A clone of this one's commit in `folder`.
    pub(super) fn clone_into(&self, folder: &Path) -> Result<Self, DistError> {
        let root = folder.join("another place");
        let mut command = Command::new("git");
        command.args(["clone", "--quiet", "--no-local"]).arg(&self.root).arg(&root);
        run::stream(&mut command).map_err(program("clone the workspace"))?;
        Self::at(root)
    }

    fn at(root: PathBuf) -> Result<Self, DistError> {
        let metadata = workspace::metadata(&root)?;
        let server = metadata.packages.iter().find(|package| package.name == "mcp-server");
        let version = server.map(|package| package.version.to_string());
        let version = version.ok_or_else(|| unfit("the workspace has no package mcp-server"))?;
        let time = git(&root, &["log", "-1", "--format=%ct"])?;
        let time = time.parse().map_err(|_| unfit("Git tells no time of the commit"))?;
        let mut rustc = Command::new("rustc");
        let about = run::capture(rustc.arg("-vV")).map_err(program("ask rustc for the machine"))?;
        let about = String::from_utf8_lossy(&about).into_owned();
        let platform = about.lines().find_map(|line| line.strip_prefix("host: "));
        let platform = platform.ok_or_else(|| unfit("rustc names no host"))?.to_owned();
        let target = metadata.target_directory.into_std_path_buf();
        Ok(Self { root, target, version, time, platform })
    }

    /// Name and version, such as `spotify-mcp-0.1.0`.
    pub(super) fn full_name(&self) -> String {
        format!("{NAME}-{}", self.version)
    }

    /// Whether a Debian package can be made here.
    pub(super) fn is_debian(&self) -> bool {
        self.platform.contains("-linux-") && environment::find_program("dpkg-deb").is_some()
    }

    /// Adds what is copied as it is.
    pub(super) fn add_texts(&self, tree: &mut Tree) -> Result<(), DistError> {
        for (from, to) in TEXTS {
            tree.add(to, 0o644, tree::read(&self.root.join(from))?);
        }
        Ok(())
    }

    /// Copies what stands beside the packages.
    pub(super) fn copy_recipes(&self, out: &Path) -> Result<(), DistError> {
        let mut beside = Tree::default();
        for (from, name, mode) in RECIPES {
            beside.add(name, *mode, tree::read(&self.root.join(from))?);
        }
        beside.write_below(out)
    }
}

fn git(root: &Path, arguments: &[&str]) -> Result<String, DistError> {
    let mut command = Command::new("git");
    let said = run::capture(command.arg("-C").arg(root).args(arguments));
    let said = said.map_err(program("ask Git for the commit"))?;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

fn unfit(message: &str) -> DistError {
    DistError::Unfit(message.to_owned())
}
