//! Why a person does something, for the audit log.

/// Why a person does something.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Why {
    /// Why, for the audit log: a sentence without secrets
    #[arg(long = "reason", value_name = "TEXT")]
    text: Option<String>,
}

impl Why {
    /// Returns the reason as it was given.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}
