//! `resume`.

use spotify_auth::ProfileName;

use super::suspend::answer;
use super::why::Why;
use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Answer;

/// Resume a suspended profile
///
/// Running servers use it again from the next request on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to resume instead of the default one
    profile: Option<ProfileName>,
    #[command(flatten)]
    pub(super) why: Why,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let steered = installation.session()?.resume(self.profile.as_ref())?;
        let name = &steered.entry.name;
        let human = if steered.changed {
            format!("Resumed the profile `{name}`.\n")
        } else {
            format!("The profile `{name}` is not suspended; nothing was changed.\n")
        };
        Ok(answer(&steered, false, human))
    }
}
