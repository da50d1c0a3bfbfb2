//! Calls of tools, and the programs themselves.

use std::time::Duration;

use spotify_audit::{Draft, Id, Outcome, Text, events};

events! {
    /// Calls of tools.
    pub enum ToolEvent {
        TOOL_CALL = "SM2101I" "tool.call" {
            /// An AI client calls a tool; nothing is done yet.
            Calling as Intent {
                /// Whether a person agreed; absent where none was asked.
                confirmed: Option<bool>,
            }
            /// What came of a call.
            Called as Outcome {
                /// The Web API operations that were tried, in order.
                operations: Vec<&'static str>,
                /// How many requests there were.
                requests: u64,
                /// How many entries the first target had; absent where the tool does not know.
                items_before: Option<u64>,
                /// How many it has now.
                items_after: Option<u64>,
            }
        }
    }
}

events! {
    /// What the MCP server does by itself.
    pub enum ServerEvent {
        SERVER_STARTED = "SM3001I" "server.start" {
            /// The MCP server started for a profile.
            Started {}
        }
        SERVER_STOPPED = "SM3002I" "server.stop" {
            /// The MCP server ended in order.
            Stopped {}
        }
    }
}

events! {
    /// What an operator does.
    pub enum CommandEvent {
        COMMAND = "SM3101I" "admin.command" {
            /// A command of `spotify-admin` was run.
            Run {
                /// Its name.
                command: &'static str,
                /// What it exited with; absent where it failed.
                exit: Option<u8>,
                /// Whether somebody sat at a terminal.
                terminal: bool,
                /// Why the person did it, where that was said.
                why: Option<Text>,
            }
        }
    }
}

events! {
    /// What the programs say of the log.
    pub enum AuditEvent {
        RECORDS_MISSED = "SM3201E" "audit.missed" {
            /// The log took no records for a while, and acts went on without, as the settings say.
            Missed {
                /// How many are missing.
                records: u64,
            }
        }
    }
}

/// A call of a tool, as the log sees it.
#[derive(Clone, Debug)]
pub struct ToolCall {
    /// The tool's name.
    pub tool: &'static str,
    /// Its effect: `read`, `write` or `destructive`.
    pub class: &'static str,
    /// Ties the two records of a call together.
    pub request: Id,
    /// What it acts on.
    pub targets: Vec<Id>,
}

/// What came of a call of a tool.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// One word for why it ended so.
    pub reason: Option<&'static str>,
    /// The Web API operations that were tried, in order.
    pub operations: Vec<&'static str>,
    /// How many requests there were.
    pub requests: u64,
    /// How many entries the playlist that was changed had and has, where that is known.
    pub items: Option<(u64, u64)>,
    /// How long it took.
    pub took: Duration,
}

impl ToolCall {
    /// Returns the record that stands in the log before the act. `confirmed` says whether a person
    /// agreed, if one was asked.
    pub fn intent(&self, confirmed: Option<bool>) -> Draft {
        self.common(ToolEvent::Calling { confirmed }.draft())
    }

    /// Returns the record of what came of it.
    pub fn outcome(&self, ended: Ended) -> Draft {
        let Ended { outcome, reason, operations, requests, items, took } = ended;
        let (items_before, items_after) = items.unzip();
        let event = ToolEvent::Called { operations, requests, items_before, items_after };
        let draft = self.common(event.draft());
        let draft = draft.outcome(outcome).latency(took);
        match reason {
            Some(reason) => draft.reason(reason),
            None => draft,
        }
    }

    fn common(&self, draft: Draft) -> Draft {
        let draft = draft.tool(self.tool).class(self.class).request(self.request.clone());
        if self.targets.is_empty() { draft } else { draft.targets(self.targets.iter().cloned()) }
    }
}
