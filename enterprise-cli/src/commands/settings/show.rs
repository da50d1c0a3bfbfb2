//! `settings show`.

use serde::Serialize;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::table::table;
use crate::output::{Answer, View};

/// Show every setting, its value and where that comes from
///
/// The environment stands over the settings file, and that over the defaults. No secret is shown,
/// only whether it is set. The vault stays locked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Does nothing: the origin is always shown
    #[arg(long, hide = true)]
    origin: bool,
}

/// A setting as programs read it.
#[derive(Serialize)]
struct Facts {
    name: &'static str,
    /// The key of the settings file; `null` for what stands in no file.
    key: Option<&'static str>,
    /// `environment`, `file` or `default`.
    origin: &'static str,
    /// The value; `null` for a default, and for what may be a secret.
    value: Option<String>,
    default: &'static str,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    #[expect(clippy::unnecessary_wraps, reason = "as every command does")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let facts = installation.shown_settings().into_iter().map(|shown| Facts {
            name: shown.variable.name,
            key: shown.variable.key,
            origin: shown.origin.as_str(),
            value: shown.value,
            default: shown.variable.default,
        });
        let facts: Vec<_> = facts.collect();
        let rows = facts.iter().map(|facts| {
            let value = match (&facts.value, facts.origin) {
                (Some(value), _) => value.clone(),
                (None, "default") => facts.default.replace('`', ""),
                (None, _) => "set, not shown".to_owned(),
            };
            [facts.name.to_owned(), facts.origin.to_owned(), value]
        });
        let view = View::new(installation.now(), installation.terminal());
        let human = table(["setting", "from", "value"], rows, view);
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}
