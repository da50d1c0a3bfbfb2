//! Prompts: the common jobs, as a person would ask for them.
//!
//! Each names the tools of the job in their order and is there if they are.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};
use spotify_api::Regime;

use super::{Fault, Offer, Offered, Prepared, completions};
use crate::{
    sanitise,
    tools::{Effect, Entry, Selection},
};

/// The most characters of an argument: two hundred pasted lines.
const LONGEST: usize = 20_000;

/// A common job.
struct Job {
    name: &'static str,
    audited: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [Argument],
    /// What the person asks for; `{argument}` stands for what they said.
    text: &'static str,
    tools: &'static [&'static str],
}

struct Argument {
    name: &'static str,
    description: &'static str,
    completed_by: Option<completions::Source>,
}

const JOBS: &[Job] = &[
    Job {
        name: "playlist_from_lines",
        audited: "prompt.playlist_from_lines",
        title: "Playlist from pasted lines",
        description: "Make a playlist of lines as people write them",
        arguments: &[
            Argument {
                name: "name",
                description: "What the playlist is called",
                completed_by: None,
            },
            Argument {
                name: "lines",
                description: "One track a line, such as: Artist - Title",
                completed_by: None,
            },
        ],
        text: "Make a private playlist called \"{name}\" of the lines below. Resolve them all at once with resolve_tracks, show me the lines without a sure match, then use create_playlist and add_tracks_to_playlist once each, and tell me what was left out.\n\n{lines}",
        tools: &["resolve_tracks", "create_playlist", "add_tracks_to_playlist"],
    },
    Job {
        name: "play_somewhere",
        audited: "prompt.play_somewhere",
        title: "Play a playlist on a device",
        description: "Play one of my playlists on one of my devices",
        arguments: &[
            Argument {
                name: "playlist",
                description: "Which of my playlists",
                completed_by: Some(completions::Source::PlaylistNames),
            },
            Argument {
                name: "device",
                description: "Where",
                completed_by: Some(completions::Source::DeviceNames),
            },
        ],
        text: "Play my playlist \"{playlist}\" on \"{device}\": find it with get_playlists and start it with play. If the device is not there, show me what get_devices finds.",
        tools: &["get_playlists", "get_devices", "play"],
    },
    Job {
        name: "something_like_lately",
        audited: "prompt.something_like_lately",
        title: "Something like lately",
        description: "Play something like what I listened to lately",
        arguments: &[Argument {
            name: "mood",
            description: "What it should be like, such as: calmer, for running",
            completed_by: None,
        }],
        text: "Look at get_recently_played, and suggest ten tracks that are like it but {mood}. Find them with search_tracks, show me the list, and play it when I agree.",
        tools: &["get_recently_played", "search_tracks", "play"],
    },
    Job {
        name: "tidy_playlist",
        audited: "prompt.tidy_playlist",
        title: "Tidy a playlist",
        description: "Find what a playlist holds twice and remove it",
        arguments: &[Argument {
            name: "playlist",
            description: "Which of my playlists",
            completed_by: Some(completions::Source::PlaylistNames),
        }],
        text: "Find my playlist \"{playlist}\" with get_playlists and look through it with get_playlist. Tell me which tracks stand there twice and which you would remove; use remove_tracks_from_playlist and add_tracks_to_playlist only when I agree, and tell me how to undo it.",
        tools: &[
            "get_playlists",
            "get_playlist",
            "remove_tracks_from_playlist",
            "add_tracks_to_playlist",
            "undo_change",
        ],
    },
    Job {
        name: "undo_last_change",
        audited: "prompt.undo_last_change",
        title: "Undo the last change",
        description: "Show what was changed last, and put it back",
        arguments: &[],
        text: "Show me the latest entries of list_changes. Tell me what undo_change would do with the last one, and do it when I agree.",
        tools: &["list_changes", "undo_change"],
    },
];

/// Adds the jobs that the tools of a selection are enough for.
pub(super) fn offer(mut offer: Offer, selection: &Selection, regime: Regime) -> Offer {
    let offered: Vec<_> = selection.tools(regime).map(Entry::name).collect();
    for job in JOBS.iter().filter(|job| job.tools.iter().all(|tool| offered.contains(tool))) {
        let arguments = job.arguments.iter().map(|argument| {
            PromptArgument::new(argument.name)
                .with_description(argument.description)
                .with_required(true)
        });
        let arguments = (!job.arguments.is_empty()).then(|| arguments.collect());
        let listed = Prompt::new(job.name, Some(job.description), arguments).with_title(job.title);
        offer = offer.prompt(Offered::prompt(job.audited, listed, |arguments, _| {
            let said = job.text(&arguments);
            let message = PromptMessage::new_text(Role::User, said);
            let result = GetPromptResult::new(vec![message]).with_description(job.description);
            async move { Ok::<_, Fault>(result) }
        }));
        for argument in job.arguments {
            if let Some(source) = argument.completed_by {
                offer =
                    completions::offer(offer, job.name, argument.name, source, selection, regime);
            }
        }
    }
    offer
}

impl Job {
    /// Returns what the person asks for.
    fn text(&self, arguments: &Map<String, Value>) -> String {
        let mut text = String::new();
        let mut pieces = self.text.split('{');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
            text.push_str(arguments.get(name).and_then(Value::as_str).unwrap_or_default());
            text.push_str(rest);
        }
        text
    }
}

impl Offered<Prompt, GetPromptResult> {
    /// Offers a prompt, whose arguments are checked against how it is listed.
    pub fn prompt<A, F, R>(name: &'static str, listed: Prompt, act: A) -> Self
    where
        A: Fn(Map<String, Value>, super::Context) -> F + Send + Sync + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
        R: Into<super::Reply<GetPromptResult>>,
    {
        let known = listed.arguments.clone().unwrap_or_default();
        let Self { confirm, prepare, .. } = Self::new(name, Effect::Read, listed.clone(), act);
        let checked = move |arguments: Map<String, Value>| -> Result<Prepared<_>, String> {
            match problems(&known, &arguments).as_slice() {
                [] => prepare(arguments),
                problems => Err(problems.join("; ")),
            }
        };
        Self {
            listed,
            name,
            effect: Effect::Read,
            instead: "",
            confirm,
            prepare: Box::new(checked),
        }
    }
}

fn problems(known: &[PromptArgument], arguments: &Map<String, Value>) -> Vec<String> {
    let missing = known
        .iter()
        .filter(|argument| argument.required == Some(true))
        .filter(|argument| !arguments.contains_key(&argument.name))
        .map(|argument| format!("`{}` is missing", argument.name));
    let wrong = arguments.iter().filter_map(|(name, value)| {
        if !known.iter().any(|argument| argument.name == *name) {
            return Some(format!("`{}` is unknown", sanitise::line(name, 40)));
        }
        let fits = value.as_str().is_some_and(|text| text.chars().count() <= LONGEST);
        (!fits).then(|| format!("`{name}` must be a text of at most {LONGEST} characters"))
    });
    missing.chain(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn a_job_names_tools_that_there_are_and_arguments_that_it_has() {
        for job in JOBS {
            for tool in job.tools {
                assert!(tools::find(tool).is_some(), "{}: {tool}", job.name);
                assert!(
                    job.text.contains(tool) || job.text.contains("undo it"),
                    "{}: {tool}",
                    job.name
                );
            }
            for argument in job.arguments {
                assert!(job.text.contains(&format!("{{{}}}", argument.name)), "{}", job.name);
            }
            assert_eq!(job.text.matches('{').count(), job.arguments.len(), "{}", job.name);
        }
    }

    #[test]
    fn a_job_is_there_if_all_its_tools_are() {
        let read_only = Selection { read_only: true, ..Selection::default() };
        assert!(Offer::of(&read_only, Regime::Auto).prompts.is_empty());
        for regime in Regime::ALL {
            assert_eq!(Offer::of(&Selection::default(), regime).prompts.len(), JOBS.len());
        }
    }

    #[test]
    fn what_the_person_said_stands_in_the_text_and_is_no_template_itself() {
        let job = &JOBS[1];
        let said = serde_json::json!({ "playlist": "a {device} b", "device": "Kitchen" });
        let text = job.text(said.as_object().unwrap());
        assert!(text.starts_with("Play my playlist \"a {device} b\" on \"Kitchen\":"), "{text}");
    }
}
