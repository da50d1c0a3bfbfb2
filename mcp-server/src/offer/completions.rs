//! Completion of arguments: what the person has, by what was typed so far.
//!
//! No argument names a market: for a person's token Spotify takes the country of the account, whatever
//! is asked for, so there is none to complete.

use std::sync::Arc;

use futures_util::future::FutureExt as _;
use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};
use spotify_api::Regime;

use super::{Act, Fault, Offer, Offered, Prepared, Reply};
use crate::{
    dispatch::confirming::Confirm,
    tools::{Effect, Selection},
};

/// The name under which what was typed so far stands among the arguments.
pub(crate) const TYPED: &str = "value";

/// An argument that can be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// A prompt by its name, or a template by its URI.
    pub of: String,
    /// The argument or variable.
    pub argument: String,
}

/// Where completions come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// The names of the person's playlists.
    PlaylistNames,
    /// The ids of the person's playlists, found by their names.
    PlaylistIds,
    /// The names of the devices that are there.
    DeviceNames,
}

impl Source {
    /// The tool that reads it, with its arguments.
    fn tool(self) -> (&'static str, Value) {
        match self {
            Self::PlaylistNames | Self::PlaylistIds => ("get_playlists", json!({ "limit": 50 })),
            Self::DeviceNames => ("get_devices", json!({})),
        }
    }

    /// What the audit log calls it.
    const fn audited(self) -> &'static str {
        match self {
            Self::PlaylistNames | Self::PlaylistIds => "completion.playlists",
            Self::DeviceNames => "completion.devices",
        }
    }

    /// Returns the values of a result that fit what was typed.
    fn values(self, result: &CallToolResult, typed: &str) -> Vec<String> {
        let typed = typed.to_lowercase();
        let rows = result.structured_content.as_ref().into_iter().flat_map(|result| {
            let rows = result.get("items").or_else(|| result.get("devices"));
            rows.and_then(Value::as_array).into_iter().flatten()
        });
        let fitting = rows.filter_map(|row| {
            let name = row.get("name")?.as_str()?;
            let id = row.get("uri").and_then(Value::as_str).and_then(|uri| uri.rsplit(':').next());
            match self {
                Self::PlaylistNames | Self::DeviceNames => {
                    name.to_lowercase().contains(&typed).then(|| name.to_owned())
                }
                Self::PlaylistIds => {
                    let id = id?;
                    let fits = id.to_lowercase().starts_with(&typed)
                        || name.to_lowercase().contains(&typed);
                    fits.then(|| id.to_owned())
                }
            }
        });
        fitting.collect()
    }
}

/// Completes an argument, if the tool that it takes is there.
pub(super) fn offer(
    offer: Offer,
    of: &str,
    argument: &str,
    source: Source,
    selection: &Selection,
    regime: Regime,
) -> Offer {
    let (name, arguments) = source.tool();
    let Some(tool) = selection.tools(regime).find(|tool| tool.name() == name) else {
        return offer;
    };
    let (prepare, schema) = (tool.prepare, tool.input_schema());
    offer.completion(Offered {
        listed: Completed { of: of.to_owned(), argument: argument.to_owned() },
        name: source.audited(),
        effect: Effect::Read,
        confirm: Confirm::Never,
        instead: tool.spec().instead,
        prepare: Box::new(move |typed: Map<String, Value>| {
            let typed = typed.get(TYPED).and_then(Value::as_str).unwrap_or_default().to_owned();
            let arguments = arguments.as_object().cloned().unwrap_or_default();
            let Prepared { targets, act } = prepare(&schema, arguments)?;
            Ok(Prepared { targets, act: suggest(name, act, source, typed) })
        }),
    })
}

/// Makes values of what a tool gives, or gave some seconds ago.
fn suggest(
    tool: &'static str,
    act: Act<CallToolResult>,
    source: Source,
    typed: String,
) -> Act<Vec<String>> {
    Box::new(move |call| {
        async move {
            let account = Arc::clone(&call.account);
            let result = match account.suggestions().of(tool) {
                Some(result) => result,
                None => match act(call).await? {
                    Reply::Done(result) => account.suggestions().keep(tool, result),
                    Reply::Ask(_) => return Err(Fault("a tool that only reads asks").into()),
                },
            };
            Ok(Reply::Done(source.values(&result, &typed)))
        }
        .boxed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fit_what_was_typed_wherever_it_stands() {
        let mut result = CallToolResult::success(Vec::new());
        result.structured_content = Some(json!({ "items": [
            { "name": "Morning Coffee", "uri": "spotify:playlist:abc" },
            { "name": "Evening", "uri": "spotify:playlist:def" },
            { "uri": "spotify:playlist:ghi" },
        ] }));
        let names = |typed| Source::PlaylistNames.values(&result, typed);
        assert_eq!(names(""), ["Morning Coffee", "Evening"]);
        assert_eq!(names("COFF"), ["Morning Coffee"]);
        assert_eq!(names("x"), [""; 0]);
        for (typed, ids) in [("even", ["def"]), ("AB", ["abc"])] {
            assert_eq!(Source::PlaylistIds.values(&result, typed), ids);
        }
    }
}
