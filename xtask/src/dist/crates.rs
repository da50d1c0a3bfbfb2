//! The crates that are linked into the programs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_metadata::{Metadata, MetadataCommand, PackageId};

use super::programs::FEATURES;
use super::source::Source;
use super::{DistError, program};
use crate::{environment, run};

/// A crate's name and version.
pub(super) type Name = (String, String);

/// One crate.
#[derive(Debug)]
pub(super) struct Crate {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its licence as its manifest says it, an SPDX expression.
    pub(super) licence: String,
    /// Whether it comes from a registry, and not from this workspace.
    pub(super) is_foreign: bool,
    /// The crates that it needs itself.
    pub(super) needs: BTreeSet<Name>,
}

/// Returns them with what they need.
///
/// Cargo's tree, unlike its metadata, leaves out what only tests, build scripts and macros need.
pub(super) fn linked(source: &Source) -> Result<BTreeMap<Name, Crate>, DistError> {
    let mut command = run::cargo(&source.root);
    command.args(["tree", "--locked", "--package", "mcp-server", "--package", "enterprise-cli"]);
    command.args(["--features", FEATURES, "--edges", "normal,no-proc-macro"]);
    command.args(["--target", &source.platform, "--prefix", "depth", "--format", " {p}"]);
    let said = run::capture(&mut command).map_err(program("ask cargo for the crates"))?;
    let edges = edges(&String::from_utf8_lossy(&said));
    let metadata = metadata(source)?;
    let mut crates = BTreeMap::new();
    for (name, needs) in edges {
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name == name.0 && package.version.to_string() == name.1);
        let Some(package) = package else {
            return Err(DistError::Unfit(format!("cargo knows no crate {} {}", name.0, name.1)));
        };
        let folder = package.manifest_path.parent();
        let folder = folder.map(|folder| folder.as_std_path().to_owned()).unwrap_or_default();
        let Some(licence) = package.license.clone() else {
            return Err(DistError::Unfit(format!("the crate {} names no licence", name.0)));
        };
        let is_foreign = !is_ours(&package.id, &metadata);
        // `MIT/Apache-2.0` is an older way to write it.
        let licence = licence.replace('/', " OR ");
        crates.insert(name, Crate { folder, licence, is_foreign, needs });
    }
    Ok(crates)
}

fn is_ours(id: &PackageId, metadata: &Metadata) -> bool {
    metadata.workspace_members.contains(id)
}

fn metadata(source: &Source) -> Result<Metadata, DistError> {
    let mut command = MetadataCommand::new();
    command.cargo_path(environment::cargo()).manifest_path(source.root.join("Cargo.toml"));
    Ok(command.other_options(vec!["--locked".to_owned()]).exec()?)
}

/// Reads lines such as `2 clap v4.6.7 (*)`: the depth, the crate, and whether it stood there
/// before with what it needs.
fn edges(tree: &str) -> BTreeMap<Name, BTreeSet<Name>> {
    let mut edges = BTreeMap::<Name, BTreeSet<Name>>::new();
    let mut above: Vec<Name> = Vec::new();
    for line in tree.lines() {
        let Some((depth, rest)) = line.split_once(' ') else { continue };
        let Ok(depth) = depth.parse::<usize>() else { continue };
        let mut words = rest.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        let name = (name.to_owned(), version.trim_start_matches('v').to_owned());
        above.truncate(depth);
        edges.entry(name.clone()).or_default();
        if let Some(parent) = above.last() {
            edges.entry(parent.clone()).or_default().insert(name.clone());
        }
        above.push(name);
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_says_which_crate_needs_which() {
        let tree = "0 a v1.0.0 (/here/a)\n1 b v2.0.0\n2 c v3.0.0\n1 c v3.0.0 (*)\n\n0 d v1.0.0\n";
        let name = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        let (b, c) = (name("b", "2.0.0"), name("c", "3.0.0"));
        let expected = [
            (name("a", "1.0.0"), [b.clone(), c.clone()].into()),
            (b, [c.clone()].into()),
            (c, BTreeSet::new()),
            (name("d", "1.0.0"), BTreeSet::new()),
        ];
        assert_eq!(edges(tree), BTreeMap::from(expected));
    }
}
