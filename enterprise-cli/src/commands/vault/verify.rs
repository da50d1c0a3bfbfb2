//! `vault verify`.

use serde::Serialize;
use spotify_vault::Verified;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Open every key and record of the vault, and name what does not open
///
/// Ends with 30 when something does not open.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    sound: bool,
    records: usize,
    destroyed: usize,
    damaged: Vec<String>,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let verified = installation.session()?.verify_vault(&mut |_| ())?;
        let sound = verified.is_sound();
        let Verified { records, destroyed, damaged, .. } = verified;
        let mut human = format!("{records} records open; {destroyed} profiles were destroyed.\n");
        human.extend(damaged.iter().map(|damage| {
            format!(
                "Damaged: {damage}
"
            )
        }));
        if !sound {
            human.push_str("`spotify-admin vault restore` puts a backup of them back.\n");
        }
        let exit = if sound { Exit::Success } else { Exit::Damaged };
        Ok(Answer::new(exit, &Facts { sound, records, destroyed, damaged }, human))
    }
}
