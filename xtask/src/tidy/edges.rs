//! Which of our crates may depend on which.

use std::collections::BTreeSet;

use cargo_metadata::{Dependency, DependencyKind, Metadata, Package};

use super::{Finding, Severity};

/// An allowed dependency between two packages of the workspace.
struct Edge {
    from: &'static str,
    to: &'static str,
    how: How,
    #[cfg_attr(not(test), expect(dead_code, reason = "it is for the reader, and for the test"))]
    reason: &'static str,
}

/// What the dependency must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// As it likes.
    Freely,
    /// Optional, and enabled by this feature only.
    UnderFeature(&'static str),
    /// Without default features, and with these.
    OnlyFeatures(&'static [&'static str]),
}

/// The packages of the workspace.
const PACKAGES: &[&str] = &[
    "enterprise-cli",
    "mcp-server",
    "spotify-api",
    "spotify-audit",
    "spotify-auth",
    "spotify-sim",
    "spotify-vault",
    "xtask",
];

/// Packages that may depend on whatever they like.
const EXEMPT: &[&str] = &["xtask"];

/// Every edge of the architecture; the leaves have none.
const EDGES: &[Edge] = &[
    edge(
        "spotify-auth",
        "spotify-audit",
        How::UnderFeature("session"),
        "an open profile is logged",
    ),
    edge(
        "spotify-auth",
        "spotify-vault",
        How::UnderFeature("session"),
        "an open profile is sealed",
    ),
    edge("mcp-server", "spotify-api", How::Freely, "tools call operations"),
    edge("mcp-server", "spotify-audit", How::Freely, "each call is logged"),
    edge("mcp-server", "spotify-auth", How::Freely, "calls carry a token"),
    edge("enterprise-cli", "spotify-api", How::Freely, "it names scopes and operations"),
    edge("enterprise-cli", "spotify-audit", How::Freely, "it reads and verifies the log"),
    edge("enterprise-cli", "spotify-auth", How::Freely, "it signs in and revokes"),
    edge("enterprise-cli", "spotify-vault", How::Freely, "it manages keys"),
    edge(
        "enterprise-cli",
        "mcp-server",
        How::OnlyFeatures(&["catalogue"]),
        "it names tools and toolsets, and must not link the server",
    ),
];

const fn edge(from: &'static str, to: &'static str, how: How, reason: &'static str) -> Edge {
    Edge { from, to, how, reason }
}

/// Checks the normal and build dependencies between the workspace's packages.
///
/// Dependencies of tests are free: they do not reach a program.
pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let names: BTreeSet<&str> =
        metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = membership(&names);
    for package in metadata.packages.iter().filter(|package| !EXEMPT.contains(&&**package.name)) {
        let ours = package.dependencies.iter().filter(|dependency| {
            names.contains(dependency.name.as_str())
                && dependency.kind != DependencyKind::Development
        });
        let wrong = ours.filter_map(|dependency| wrong(package, dependency));
        findings.extend(wrong.map(|what| of_manifest(metadata, package, what)));
    }
    findings
}

/// The set of packages is part of the architecture.
fn membership(names: &BTreeSet<&str>) -> Vec<Finding> {
    let expected: BTreeSet<&str> = PACKAGES.iter().copied().collect();
    let new = names.difference(&expected).map(|name| {
        format!("package {name} is not in the architecture; say there what it is for, then in tidy")
    });
    let gone = expected.difference(names).map(|name| format!("package {name} is missing"));
    let finding = |what| Finding {
        path: "Cargo.toml".to_owned(),
        line: None,
        what,
        severity: Severity::Error,
    };
    new.chain(gone).map(finding).collect()
}

/// What is wrong with a dependency of one of our packages on another.
fn wrong(package: &Package, dependency: &Dependency) -> Option<String> {
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    let Some(edge) = EDGES.iter().find(|edge| edge.from == from && edge.to == to) else {
        return Some(format!(
            "{from} must not depend on {to}; hand the value in, or use a trait of {from}"
        ));
    };
    match edge.how {
        How::Freely => None,
        How::UnderFeature(feature) => {
            // `{to}?/…` enables nothing: it is about a dependency that is there already.
            let names = [format!("dep:{to}"), format!("{to}/")];
            let enables = |value: &String| {
                *value == to || names.iter().any(|name| value == name || value.starts_with(name))
            };
            let features = package.features.iter();
            let with = features.filter(|(_, values)| values.iter().any(enables));
            let others = with.map(|(name, _)| name).filter(|name| *name != feature);
            let others = others.cloned().collect::<Vec<_>>().join(", ");
            (!dependency.optional || !others.is_empty()).then(|| {
                format!("{from} may depend on {to} under its feature {feature} only{}", {
                    if others.is_empty() {
                        "; make it optional".to_owned()
                    } else {
                        format!(", not under {others}")
                    }
                })
            })
        }
        How::OnlyFeatures(features) => {
            let others = dependency.features.iter().any(|used| !features.contains(&used.as_str()));
            (others || dependency.uses_default_features).then(|| {
                format!(
                    "{from} may depend on {to} without default features and with {} only",
                    features.join(", "),
                )
            })
        }
    }
}

fn of_manifest(metadata: &Metadata, package: &Package, what: String) -> Finding {
    let root = &metadata.workspace_root;
    let manifest = package.manifest_path.strip_prefix(root).unwrap_or(&package.manifest_path);
    Finding { path: manifest.to_string(), line: None, what, severity: Severity::Error }
}

#[cfg(test)]
mod tests {
    use cargo_metadata::MetadataCommand;

    use super::*;
    use crate::workspace;

    fn of_this_workspace() -> Metadata {
        workspace::metadata(&workspace::root()).unwrap()
    }

    /// This workspace's metadata with `change` made to its JSON text.
    fn changed(change: impl Fn(&str) -> String) -> Vec<String> {
        let mut command = MetadataCommand::new();
        command.manifest_path(workspace::root().join("Cargo.toml")).no_deps();
        let text = crate::run::capture(&mut command.cargo_command()).unwrap();
        let text = String::from_utf8(text).unwrap();
        let changed = change(&text);
        assert_ne!(changed, text, "the change has no effect");
        let findings = check(&MetadataCommand::parse(changed).unwrap());
        findings.into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn the_workspace_has_the_edges_of_the_architecture() {
        assert_eq!(check(&of_this_workspace()), []);
    }

    #[test]
    fn a_new_edge_is_refused_by_both_names() {
        // What the server may use, the local Spotify may not.
        let findings = changed(|text| {
            text.replace(
                "\"name\":\"mcp-server\",\"version\"",
                "\"name\":\"spotify-sim\",\"version\"",
            )
        });
        let refused = "spotify-sim must not depend on spotify-api";
        assert!(findings.iter().any(|finding| finding.contains(refused)), "{findings:#?}");
    }

    #[test]
    fn a_dependency_that_must_be_optional_is_refused_when_it_is_not() {
        let findings = changed(|text| text.replace("\"optional\":true", "\"optional\":false"));
        let refused = "spotify-auth may depend on spotify-vault under its feature session only";
        assert!(findings.iter().any(|finding| finding.contains(refused)), "{findings:#?}");
    }

    #[test]
    fn a_second_feature_that_enables_an_optional_edge_is_refused() {
        let findings = changed(|text| {
            text.replace("\"session\":[", "\"other\":[\"dep:spotify-vault\"],\"session\":[")
        });
        assert!(
            findings.iter().any(|finding| finding.contains("not under other")),
            "{findings:#?}"
        );
    }

    #[test]
    fn the_admin_program_must_not_link_the_server() {
        let findings = changed(|text| text.replace("\"catalogue\"]", "\"catalogue\",\"server\"]"));
        let refused = "enterprise-cli may depend on mcp-server without default features";
        assert!(findings.iter().any(|finding| finding.contains(refused)), "{findings:#?}");
    }

    #[test]
    fn a_package_outside_the_architecture_is_named() {
        let names = BTreeSet::from(["common"]);
        let findings = membership(&names);
        assert_eq!(findings.len(), PACKAGES.len() + 1);
        assert!(findings.iter().any(|finding| finding.what.contains("package common is not")));
    }

    #[test]
    fn every_edge_joins_two_packages_and_has_a_reason() {
        for edge in EDGES {
            assert!(PACKAGES.contains(&edge.from) && PACKAGES.contains(&edge.to));
            assert!(!edge.reason.is_empty(), "{} -> {}", edge.from, edge.to);
        }
    }
}
