//! `vault status`.

use serde::Serialize;
use spotify_vault::Status;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::keys::KeyFacts;
use crate::output::table::{list, table};
use crate::output::{Answer, Tone, View, when};

/// Show what the vault is made of, how old its keys are, and what does not open
///
/// Ends with 30 when something does not open.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    /// Whether a rotation has begun that has not moved everything.
    rotating: bool,
    /// Whether keys are older than they may be.
    due: bool,
    key_source: KeyFacts,
    #[serde(flatten)]
    status: Status,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let status = session.vault_status(&mut |_| ())?;
        let exit = if status.damaged.is_empty() { Exit::Success } else { Exit::Damaged };
        let facts = Facts {
            rotating: status.is_rotating(),
            due: status.is_due(),
            key_source: KeyFacts::from(&status.pin),
            status,
        };
        let view = View::new(installation.now(), installation.terminal());
        Ok(Answer::new(exit, &facts, human(&facts, view)))
    }
}

fn human(facts: &Facts, view: View) -> String {
    let Facts { status, key_source, .. } = facts;
    let rotation = match (facts.rotating, facts.due) {
        (true, _) => view.paint(
            Tone::Attention,
            "begun; `spotify-admin vault rotate --finish` moves what is left",
        ),
        (false, true) => view.paint(Tone::Attention, "due; `spotify-admin vault rotate` does it"),
        (false, false) => view.paint(Tone::Good, "not due"),
    };
    let mut rows = vec![
        ("vault", status.vault.to_string()),
        ("made", when::day(status.created_at)),
        ("key", key_source.to_string()),
        ("rotation", rotation),
        ("subjects", format!("{}, {} destroyed", status.subjects, status.destroyed)),
    ];
    for slot in &status.slots {
        rows.push((slot.role, format!("{}, since {}", slot.kdf, when::day(slot.created_at))));
    }
    let mut text = list(&rows);
    text.push('\n');
    text.push_str(&terms(status, view));
    let damaged = view.paint(Tone::Bad, "damaged:");
    text.extend(status.damaged.iter().map(|damage| {
        format!(
            "{damaged} {damage}
"
        )
    }));
    text
}

fn terms(status: &Status, view: View) -> String {
    let rows = status.terms.iter().map(|term| {
        [
            term.term.to_string(),
            term.state.to_owned(),
            when::day(term.created_at),
            term.keys.to_string(),
            term.records.to_string(),
        ]
    });
    table(["term", "state", "since", "keys", "records"], rows, view)
}
