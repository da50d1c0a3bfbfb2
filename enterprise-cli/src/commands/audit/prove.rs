//! `audit prove`.

use serde::Serialize;
use spotify_audit::{ProveError, prove};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, Output};

/// Prove that a record stands in the signed log, for somebody who doesn't get the log
///
/// Prints a C2SP tlog-proof. Who has it, the record's line (`--json` prints it, too) and the key
/// of `audit key` needs nothing else. Works while the vault is locked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The record's number
    record: u64,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    record: u64,
    line: String,
    proof: String,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let record = self.record;
        let directory = installation.settings().audit_dir();
        let (proof, line) = prove(&directory, record).map_err(|error| match error {
            ProveError::NotSigned(_) => CommandError::new(Exit::NotFound, "not_signed", error)
                .hint("a record is signed within a second while the vault is open"),
            ProveError::NoLog(_) | ProveError::Absent(_) => {
                CommandError::new(Exit::NotFound, "no_record", error)
            }
            error => CommandError::new(Exit::Failure, "audit_log", error),
        })?;
        if !output.is_json() {
            output.say(&format!("It proves this line, without its end of line:\n{line}"));
        }
        let proof = proof.to_string();
        let facts = Facts { record, line, proof: proof.clone() };
        Ok(Answer::new(Exit::Success, &facts, proof))
    }
}
