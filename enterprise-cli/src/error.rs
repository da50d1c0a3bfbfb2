//! Why a command failed: a kind, which fixes the exit code; a message; hints that say what to do.

use std::error::Error;
use std::fmt;

use serde::Serialize;
use spotify_vault::RecoveryCode;

use crate::exit::Exit;
use crate::output::recovery::ShownOnce;

mod classify;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct CommandError {
    kind: Exit,
    code: &'static str,
    cause: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
    recovery_code: Option<RecoveryCode>,
}

/// A failed command as programs read it.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    error: Body<'a>,
    /// The code of a vault that was made before the command failed; it can't be shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<ShownOnce<'a>>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'static str,
    message: String,
    hints: &'a [String],
}

impl CommandError {
    /// Takes an error of the given kind. `code` is its stable name, one word.
    pub(crate) fn new(
        kind: Exit,
        code: &'static str,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { kind, code, cause: cause.into(), hints: Vec::new(), recovery_code: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the recovery code of a vault that the command made before it failed.
    #[must_use]
    pub(crate) fn with_recovery_code(self, code: Option<RecoveryCode>) -> Self {
        Self { recovery_code: code, ..self }
    }

    /// Returns how the command ends.
    pub(crate) fn kind(&self) -> Exit {
        self.kind
    }

    /// Returns the stable name.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// Returns what to do, best first.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Returns what happened, with all its causes.
    pub(crate) fn message(&self) -> String {
        let causes = std::iter::successors(self.cause.source(), |cause| (*cause).source());
        causes.fold(self.cause.to_string(), |text, cause| format!("{text}: {cause}"))
    }

    pub(crate) fn report(&self) -> Report<'_> {
        let body = Body { code: self.code, message: self.message(), hints: &self.hints };
        Report { error: body, recovery_code: self.recovery_code.as_ref().map(ShownOnce) }
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("code", &self.error.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("opening the vault")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_message_names_every_cause_once() {
        let error = Outer(std::io::Error::other("the disk is gone"));
        let error = CommandError::new(Exit::Failure, "storage", error).hint("look at the disk");
        assert_eq!(error.message(), "opening the vault: the disk is gone");
        let json = serde_json::to_value(error.report()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"error": {
                "code": "storage",
                "message": "opening the vault: the disk is gone",
                "hints": ["look at the disk"],
            }})
        );
    }
}
