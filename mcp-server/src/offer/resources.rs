//! What can be read without a tool: things of Spotify under their own URIs, and what the server says
//! about itself.
//!
//! A thing of Spotify is read by a tool and is there if that tool is. Its text is the tool's.

use std::{fmt::Write as _, sync::Arc};

use rmcp::model::{
    CallToolResult, ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use serde_json::{Map, Value};
use spotify_api::{Regime, endpoint};

use super::{Fault, Offer, Offered, completions};
use crate::{
    dispatch::confirming::Confirm,
    tools::{Effect, Entry, Selection, TOOLS, Toolset},
};

/// The name under which the URI that is read stands among the arguments.
pub(crate) const URI: &str = "uri";
/// What the texts are.
const PLAIN: &str = "text/plain";
/// How long what the server says about itself may be kept, in milliseconds.
const FIXED_MS: u64 = 3_600_000;

/// Something that a tool reads. What has no template is watched for those who subscribe to it.
struct Read {
    /// Its URI, or a template of it.
    uri: &'static str,
    /// What clients call it; after `resource.` what the audit log calls it.
    name: &'static str,
    audited: &'static str,
    title: &'static str,
    description: &'static str,
    tool: &'static str,
    /// The argument of the tool that the URI goes to; a template has one.
    argument: Option<&'static str>,
}

const READS: &[Read] = &[
    Read {
        uri: "spotify-mcp:playback",
        name: "playback",
        audited: "resource.playback",
        title: "What plays",
        description: "What plays now: track, position, device, volume, shuffle, repeat",
        tool: "get_playback",
        argument: None,
    },
    Read {
        uri: "spotify-mcp:queue",
        name: "queue",
        audited: "resource.queue",
        title: "Queue",
        description: "What plays and what comes next, as far as Spotify tells",
        tool: "get_queue",
        argument: None,
    },
    Read {
        uri: "spotify:playlist:{id}",
        name: "playlist",
        audited: "resource.playlist",
        title: "Playlist",
        description: "A playlist and its first 50 entries",
        tool: "get_playlist",
        argument: Some("playlist"),
    },
    Read {
        uri: "spotify:album:{id}",
        name: "album",
        audited: "resource.album",
        title: "Album",
        description: "An album and its tracks",
        tool: "get_album_details",
        argument: Some("album"),
    },
    Read {
        uri: "spotify:artist:{id}",
        name: "artist",
        audited: "resource.artist",
        title: "Artist",
        description: "An artist and the discography",
        tool: "get_artist_details",
        argument: Some("artist"),
    },
];

/// Adds what can be read with the tools of a selection.
pub(super) fn offer(mut offer: Offer, selection: &Selection, regime: Regime) -> Offer {
    for read in READS {
        let Some(tool) = selection.tools(regime).find(|tool| tool.name() == read.tool) else {
            continue;
        };
        if read.argument.is_some() {
            let listed = ResourceTemplate::new(read.uri, read.name)
                .with_title(read.title)
                .with_description(read.description)
                .with_mime_type(PLAIN);
            offer = offer.template(by_tool(listed, read, tool));
        } else {
            let listed = Resource::new(read.uri, read.name)
                .with_title(read.title)
                .with_description(read.description)
                .with_mime_type(PLAIN);
            offer = offer.resource(by_tool(listed, read, tool)).watched(read.uri);
        }
    }
    let ids = completions::Source::PlaylistIds;
    offer = completions::offer(offer, "spotify:playlist:{id}", "id", ids, selection, regime);
    let offered = selection.tools(regime).map(Entry::name).collect::<Vec<_>>();
    offer
        .resource(fixed(
            Resource::new("spotify-mcp:tools", "tools")
                .with_title("Tools")
                .with_description("All tools of this server, and which of them are offered here"),
            "resource.tools",
            catalogue(&offered),
        ))
        .resource(fixed(
            Resource::new("spotify-mcp:regimes", "regimes")
                .with_title("Regimes")
                .with_description("What Spotify offers to which apps, and what to do instead"),
            "resource.regimes",
            regimes(),
        ))
}

/// Reads by a tool.
fn by_tool<L>(listed: L, read: &Read, tool: &Entry) -> Offered<L, ReadResourceResult> {
    let (prepare, schema, argument) = (tool.prepare, tool.input_schema(), read.argument);
    let spec = *tool.spec();
    Offered {
        listed,
        name: read.audited,
        effect: Effect::Read,
        confirm: Confirm::Never,
        instead: spec.instead,
        prepare: Box::new(move |variables| {
            let uri = uri(&variables);
            let argument = argument.map(|name| (name.to_owned(), Value::String(uri.clone())));
            let prepared = prepare(&schema, argument.into_iter().collect())?;
            Ok(prepared.map(move |result| contents(&text(&result), &uri)))
        }),
    }
}

/// Reads what never changes while the server lives.
fn fixed(
    listed: Resource,
    audited: &'static str,
    text: String,
) -> Offered<Resource, ReadResourceResult> {
    let text: Arc<str> = text.into();
    Offered::new(audited, Effect::Read, listed.with_mime_type(PLAIN), move |variables, _| {
        let result = contents(&text, &uri(&variables)).with_ttl_ms(FIXED_MS);
        async move { Ok::<_, Fault>(result) }
    })
}

fn uri(variables: &Map<String, Value>) -> String {
    variables.get(URI).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn text(result: &CallToolResult) -> String {
    let blocks = result.content.iter().filter_map(|block| block.as_text());
    blocks.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn contents(text: &str, uri: &str) -> ReadResourceResult {
    ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(PLAIN)])
}

/// Lists all tools by toolset.
fn catalogue(offered: &[&str]) -> String {
    let mut text = String::new();
    for toolset in Toolset::ALL {
        writeln!(text, "{}: {}", toolset.as_str(), toolset.describe()).unwrap_or_default();
        for tool in TOOLS.iter().filter(|tool| tool.spec().toolset == *toolset) {
            let spec = tool.spec();
            let here = if offered.contains(&spec.name) { "" } else { " (not offered here)" };
            let effect = spec.effect.as_str();
            writeln!(text, "  {} [{effect}]{here}: {}", spec.name, spec.description)
                .unwrap_or_default();
        }
    }
    text
}

/// Tells what each regime lacks.
fn regimes() -> String {
    let about = |regime| match regime {
        Regime::Auto => "the server finds out which of the others it is",
        Regime::Extended => "apps with Extended Quota: all that Spotify offers",
        Regime::DevLegacy => "apps in Development Mode from before 2026-02-11",
        Regime::DevRestricted => {
            "newer apps in Development Mode: search pages of ten, entries of the person's own playlists only"
        }
    };
    let mut text = String::new();
    for regime in Regime::ALL {
        writeln!(text, "{regime}: {}", about(regime)).unwrap_or_default();
        let lacking =
            TOOLS.iter().filter(|tool| tool.spec().offered_in(regime) == endpoint::Offer::No);
        for spec in lacking.map(Entry::spec) {
            writeln!(text, "  lacks {}: {}", spec.name, spec.instead).unwrap_or_default();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn a_resource_is_there_if_its_tool_is() {
        for read in READS {
            let tool = tools::find(read.tool).unwrap();
            let properties = tool.input_schema();
            if let Some(argument) = read.argument {
                assert!(properties["properties"].get(argument).is_some(), "{}", read.uri);
            }
            let excluded = [read.tool.parse().unwrap()].into();
            let selection = Selection { excluded, ..Selection::default() };
            let names = |selection: &Selection| -> Vec<_> {
                let offer = Offer::of(selection, Regime::Auto);
                let resources = offer.resources.iter().map(|resource| resource.name);
                resources.chain(offer.templates.iter().map(|template| template.name)).collect()
            };
            assert!(names(&Selection::default()).contains(&read.audited), "{}", read.uri);
            assert!(!names(&selection).contains(&read.audited), "{}", read.uri);
        }
    }

    #[test]
    fn the_catalogue_names_every_tool_and_the_regimes_what_they_lack() {
        let text = catalogue(&["get_playlist"]);
        for tool in TOOLS {
            assert!(text.contains(&format!("  {} [", tool.name())), "{}", tool.name());
        }
        assert!(
            text.contains("get_playlist [read]: ") && text.contains("play [write] (not offered")
        );
        assert!(regimes().contains("lacks get_new_releases: Spotify closed this"), "{}", regimes());
    }
}
