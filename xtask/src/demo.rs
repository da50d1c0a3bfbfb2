//! The whole path against a local Spotify, as a transcript that a person can follow.
//!
//! Every step is checked: what came back, what Spotify holds afterwards, and what the audit log
//! says. The first difference ends the demo with an error.

use clap::ValueEnum;
use spotify_sim::Regime;

mod client;
mod installation;
mod story;
mod transcript;

pub use client::{Answer, Assistant};
pub use installation::{Installation, Programs, Ran};
pub use transcript::Transcript;

/// Show the whole path, from sign-in to revocation, without a Spotify account
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What kind of Spotify app to show it with
    #[arg(long, value_enum, default_value = "dev_restricted")]
    regime: RegimeName,
}

/// The regimes by the names that everything else uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum RegimeName {
    /// An app with extended quota
    Extended,
    /// A Development Mode app made before 11 February 2026
    DevLegacy,
    /// A Development Mode app made since
    DevRestricted,
}

impl From<RegimeName> for Regime {
    fn from(name: RegimeName) -> Self {
        match name {
            RegimeName::Extended => Self::Extended,
            RegimeName::DevLegacy => Self::DevLegacy,
            RegimeName::DevRestricted => Self::DevRestricted,
        }
    }
}

/// Why the demo ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// A step came out otherwise than it must.
    #[error("{0}")]
    Differs(String),
    /// A program could not be started or spoken to.
    #[error("{doing}")]
    Broken {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DemoError {
    /// Wraps a failure of something that the demo needs.
    pub fn broken<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        doing: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |error| Self::Broken { doing, source: error.into() }
    }
}

/// Ends the step unless what must be so is so.
pub(crate) fn must(so: bool, what: impl FnOnce() -> String) -> Result<(), DemoError> {
    if so { Ok(()) } else { Err(DemoError::Differs(what())) }
}

impl Args {
    /// Builds both programs and tells the story.
    ///
    /// # Errors
    /// See [`DemoError`].
    pub fn run(self) -> Result<(), DemoError> {
        let programs = Programs::build()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(DemoError::broken("starting the run time"))?;
        runtime.block_on(tell(programs, self.regime.into(), Transcript::to_stdout()))
    }
}

/// Tells the story with built programs.
///
/// # Errors
/// See [`DemoError`].
pub async fn tell(
    programs: Programs,
    regime: Regime,
    transcript: Transcript,
) -> Result<(), DemoError> {
    let installation = Installation::new(programs, regime).await?;
    story::Story::new(installation, transcript).tell().await
}
