//! `cargo xtask dist`: what is released, and how it is packed.
//!
//! A release is a [`Tree`] of files as they stand on a machine, from which the archive and the
//! Debian package are made; the bundle for AI clients, the lists of what is inside and the
//! checksums stand beside them. Everything takes its time from the commit, so that two builds of
//! one commit are the same bytes; `--twice` shows it.

use std::io;
use std::path::{Path, PathBuf};

use self::source::Source;
use self::tree::Tree;
use crate::report::{self, Verdict};
use crate::run::RunError;

mod archive;
mod bundle;
mod checksums;
mod crates;
mod debian;
mod inventory;
mod licences;
mod pages;
mod programs;
mod source;
mod tree;

/// Build what is released: programs, packages, lists of what is inside, checksums, a signature
///
/// Needs Git; on Debian also dpkg-deb and dpkg-shlibdeps (package dpkg-dev), for a signature
/// minisign. `packaging/README.md` says what to do with the files.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the files go; `packages` in the target folder by default
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Pack the programs of this folder instead of building them
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,
    /// Sign the checksums with this secret key of minisign
    #[arg(long, value_name = "FILE")]
    sign_with: Option<PathBuf>,
    /// Build a second time, from a clone elsewhere, and compare every file
    #[arg(long, conflicts_with_all = ["programs", "allow_dirty"])]
    twice: bool,
    /// Go on when files differ from the commit
    #[arg(long)]
    allow_dirty: bool,
}

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DistError {
    /// Cargo does not understand the workspace.
    #[error("read the workspace's manifests")]
    Metadata(#[from] cargo_metadata::Error),
    /// A program that it needs failed.
    #[error("{doing}")]
    Program {
        /// What was being done.
        doing: &'static str,
        /// How it failed.
        source: RunError,
    },
    /// A file can't be read or written.
    #[error("{doing} {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What came out is not fit to be released.
    #[error("{0}")]
    Unfit(String),
}

/// Says what failed while a program ran.
fn program(doing: &'static str) -> impl Fn(RunError) -> DistError {
    move |source| DistError::Program { doing, source }
}

/// Says what failed with a file.
fn file(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> DistError {
    move |source| DistError::File { doing, path: path.to_owned(), source }
}

impl Args {
    /// Makes the files, and says where they are.
    pub(crate) fn run(self) -> Result<Verdict, DistError> {
        let source = Source::here(self.allow_dirty)?;
        let out = self.out.clone().unwrap_or_else(|| source.target.join("packages"));
        report::heading(&format!("pack {}", source.full_name()));
        pack(&source, self.programs.as_deref(), &out)?;
        if self.twice {
            let elsewhere = tempfile::tempdir().map_err(file("make", Path::new("a folder")))?;
            report::heading("build again from a clone elsewhere");
            let second = source.clone_into(elsewhere.path())?;
            let other = elsewhere.path().join("packages");
            pack(&second, None, &other)?;
            checksums::compare(&out, &other)?;
            report::notice("both builds gave the same bytes");
        }
        if let Some(key) = &self.sign_with {
            checksums::sign(&out, key, &source.full_name())?;
        }
        report::heading(&format!("made in {}", out.display()));
        report::notice(&checksums::listing(&out)?);
        if self.sign_with.is_none() {
            report::notice("not signed: name a key with --sign-with");
        }
        Ok(Verdict::Passed)
    }
}

/// Makes every file of a release in `out`, which is emptied first.
fn pack(source: &Source, programs: Option<&Path>, out: &Path) -> Result<(), DistError> {
    let folder = match programs {
        Some(folder) => folder.to_owned(),
        None => programs::build(source)?,
    };
    tree::empty(out)?;
    let notices = licences::notices(source)?;
    let mut tree = Tree::default();
    programs::add(&mut tree, &folder)?;
    pages::add(&mut tree)?;
    source.add_texts(&mut tree)?;
    tree.add("share/doc/spotify-mcp/THIRD-PARTY-NOTICES.txt", 0o644, notices);

    let name = format!("{}-{}", source.full_name(), source.platform);
    let packed = archive::tar_gz(&tree, &source.full_name(), source.time)?;
    tree::write(&out.join(format!("{name}.tar.gz")), &packed)?;
    if source.is_debian() {
        debian::package(source, &tree, out)?;
    } else {
        report::notice("no Debian package: this is no Linux with dpkg-deb");
    }
    tree::write(&out.join(format!("{name}.mcpb")), &bundle::bundle(source, &tree)?)?;
    inventory::write(source, out)?;
    source.copy_recipes(out)?;
    checksums::write(out)
}
