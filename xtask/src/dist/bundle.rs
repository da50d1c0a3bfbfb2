//! The bundle that an AI client installs with one click (MCPB, manifest version 0.4).

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_api::Regime;

use super::source::{NAME, Source};
use super::tree::Tree;
use super::{DistError, archive};
use crate::docs::first_sentence;

/// Where the server stands in the bundle.
const SERVER: &str = "server/spotify-mcp";

/// Makes the bundle: the manifest, the programs and their licences.
pub(super) fn bundle(source: &Source, release: &Tree) -> Result<Vec<u8>, DistError> {
    let mut tree = Tree::default();
    let manifest = serde_json::to_vec_pretty(&manifest(source)?);
    let manifest = manifest.map_err(|error| DistError::Unfit(error.to_string()))?;
    tree.add("manifest.json", 0o644, manifest);
    for (from, to) in [
        ("bin/spotify-mcp", SERVER),
        ("bin/spotify-admin", "server/spotify-admin"),
        ("share/doc/spotify-mcp/copyright", "LICENSE"),
        ("share/doc/spotify-mcp/THIRD-PARTY-NOTICES.txt", "THIRD-PARTY-NOTICES.txt"),
    ] {
        let entry = release.get(from)?;
        tree.add(to, entry.mode, entry.content.clone());
    }
    archive::zip(&tree)
}

fn manifest(source: &Source) -> Result<Value, DistError> {
    let offered = Selection::default();
    let tools = offered.tools(Regime::DevRestricted).map(|tool| {
        let spec = tool.spec();
        json!({"name": spec.name, "description": first_sentence(spec.description)})
    });
    Ok(json!({
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": "Music account tools for Spotify",
        "version": source.version,
        "description": "Search, playlists, library and playback of a Spotify account. Not made by Spotify.",
        "long_description": LONG,
        "author": {"name": "The spotify-mcp authors"},
        "license": "MIT",
        "server": {
            "type": "binary",
            "entry_point": SERVER,
            "mcp_config": {
                "command": format!("${{__dirname}}/{SERVER}"),
                "args": ["--profile", "${user_config.profile}"],
            },
        },
        "user_config": {
            "profile": {
                "type": "string",
                "title": "Profile",
                "description": "The profile of spotify-admin that the client acts for",
                "default": "default",
                "required": false,
            },
        },
        "tools": tools.collect::<Vec<_>>(),
        "prompts_generated": true,
        "compatibility": {"platforms": [platform(&source.platform)?]},
    }))
}

const LONG: &str = "Before the first use run `spotify-admin setup` once: it makes the vault that \
seals your tokens, and signs you in with your own Spotify app. The program comes with the packages, \
and stands in this bundle beside the server. Every act is recorded in an audit log on your machine.";

/// What the bundle's format calls a platform.
fn platform(target: &str) -> Result<&'static str, DistError> {
    let known = [("-linux-", "linux"), ("-apple-darwin", "darwin"), ("-windows-", "win32")];
    let found = known.iter().find(|(part, _)| target.contains(part));
    let unknown = || DistError::Unfit(format!("bundles know no platform {target}"));
    found.map(|(_, name)| *name).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_have_the_names_of_the_format() {
        assert_eq!(platform("x86_64-unknown-linux-gnu").unwrap(), "linux");
        assert_eq!(platform("aarch64-apple-darwin").unwrap(), "darwin");
        assert_eq!(platform("x86_64-pc-windows-msvc").unwrap(), "win32");
        assert!(platform("wasm32-unknown-unknown").is_err());
    }
}
