//! `whoami`.

use serde::Serialize;
use spotify_auth::ProfileName;

use super::login::account::{self, Account};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Ask Spotify whose account a profile acts for
///
/// Makes one call. It ends with 3 when the account can't be used, and says why.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to ask for instead of the default one
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    profile: &'a str,
    account: &'a Account,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let profile = session.profile(self.profile.as_ref())?;
        let runtime = super::runtime()?;
        let api = session.settings().origins.api();
        let account = runtime.block_on(account::check(&profile, api)).map_err(|problem| {
            let message = format!("the account can't be used: {problem}");
            CommandError::new(Exit::NeedsSignIn, "account", message)
                .hint("`spotify-admin status` shows where the sign-in stands")
        })?;
        let profile = profile.name().as_str();
        let human = format!("`{profile}` acts for {account}.\n");
        Ok(Answer::new(Exit::Success, &Facts { profile, account: &account }, human))
    }
}
