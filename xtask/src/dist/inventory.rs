//! What the programs are made of, in `CycloneDX` 1.5 (JSON), for tools that look for known faults.
//!
//! Written here and not by cargo-cyclonedx: that one writes into the folders of the sources, and
//! lists what the lock file holds, of which a good part is never linked.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::crates::{self, Crate, Name};
use super::source::{NAME, Source};
use super::tree;
use super::{DistError, file};

/// Writes the list into `out`.
pub(super) fn write(source: &Source, out: &Path) -> Result<(), DistError> {
    let crates = crates::linked(source)?;
    let lock = source.root.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(file("read", &lock))?;
    let components = crates.iter().map(|(name, krate)| component(name, krate, &lock));
    let dependencies = crates.iter().map(|(name, krate)| {
        let needs = krate.needs.iter().map(purl).collect::<Vec<_>>();
        json!({"ref": purl(name), "dependsOn": needs})
    });
    let programs = ["mcp-server", "enterprise-cli"];
    let programs = crates.keys().filter(|(name, _)| programs.contains(&name.as_str())).map(purl);
    let this = json!({"ref": NAME, "dependsOn": programs.collect::<Vec<_>>()});
    let list = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": NAME,
                "name": NAME,
                "version": source.version,
                "licenses": [{"expression": "MIT"}],
            },
        },
        "components": components.collect::<Vec<_>>(),
        "dependencies": dependencies.chain([this]).collect::<Vec<_>>(),
    });
    let text = serde_json::to_vec_pretty(&list);
    let text = text.map_err(|error| DistError::Unfit(error.to_string()))?;
    tree::write(&out.join(format!("{}.cdx.json", source.full_name())), &text)
}

fn component(name: &Name, krate: &Crate, lock: &str) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(name),
        "name": name.0,
        "version": name.1,
        "licenses": [{"expression": krate.licence}],
    });
    if krate.is_foreign
        && let Some(fields) = component.as_object_mut()
    {
        fields.insert("purl".to_owned(), purl(name).into());
        let hash = checksum(lock, name).map(|sum| json!([{"alg": "SHA-256", "content": sum}]));
        fields.extend(hash.map(|hash| ("hashes".to_owned(), hash)));
    }
    component
}

/// A crate's name as a package URL.
fn purl((name, version): &Name) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// What the lock file says a crate's archive must hash to.
fn checksum<'a>(lock: &'a str, (name, version): &Name) -> Option<&'a str> {
    let start = format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
    let (_, rest) = lock.split_once(&start)?;
    let entry = rest.split("[[package]]").next()?;
    let (_, sum) = entry.split_once("checksum = \"")?;
    sum.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_same_version() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"01\"\n\n\
            [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nchecksum = \"02\"\n\n\
            [[package]]\nname = \"ours\"\nversion = \"1.0.0\"\n\n\
            [[package]]\nname = \"z\"\nversion = \"1.0.0\"\nchecksum = \"03\"\n";
        let name = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(checksum(lock, &name("a", "2.0.0")), Some("02"));
        assert_eq!(checksum(lock, &name("ours", "1.0.0")), None);
    }
}
