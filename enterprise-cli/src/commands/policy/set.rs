//! `policy set`.

use spotify_auth::policy::{Acts, Environment, TokenRotation};
use spotify_auth::{Policy, ProfileName};

use super::age::Age;
use super::answer;
use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Answer;

/// Change what is asked of a profile
///
/// What is not given stays as it is. Ages are a number and `s`, `m`, `h` or `d`, for example `12h`;
/// `off` asks for nothing. Running servers follow at the next request.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)
    .args(["renew_tokens_after", "renew_keys_after", "sign_in_every", "rotation", "environment", "destructive", "writes"])))]
pub(crate) struct Args {
    /// The profile instead of the default one
    profile: Option<ProfileName>,
    /// Renew an access token at this age, when it does not end earlier; a minute at least
    #[arg(long, value_name = "AGE")]
    renew_tokens_after: Option<Age>,
    /// Seal the grant anew, under fresh keys, at this age; a minute at least
    #[arg(long, value_name = "AGE")]
    renew_keys_after: Option<Age>,
    /// Ask the person to sign in again this long after the last time; an hour at least
    #[arg(long, value_name = "AGE")]
    sign_in_every: Option<Age>,
    /// Whether each refresh must bring another refresh token: `required` or `any`; Spotify decides,
    /// and one without is a finding
    #[arg(long, value_name = "WISH")]
    rotation: Option<TokenRotation>,
    /// What the profile is for: `dev`, `staging` or `production`; it is shown, and rules may test it
    #[arg(long, value_name = "TAG")]
    environment: Option<Environment>,
    /// What becomes of an act of an AI client that removes or replaces: `usual` (as the server's own
    /// settings say), `confirm` (a person agrees to each) or `forbid`
    #[arg(long, value_name = "WHAT")]
    destructive: Option<Acts>,
    /// The same for all acts that change something, removals included
    #[arg(long, value_name = "WHAT")]
    writes: Option<Acts>,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let profile = session.profile(self.profile.as_ref())?;
        let before = profile.policy()?;
        let after = |given: Option<Age>, kept| given.map_or(kept, |Age(age)| age);
        let policy = Policy {
            renew_tokens_after: after(self.renew_tokens_after, before.renew_tokens_after),
            renew_keys_after: after(self.renew_keys_after, before.renew_keys_after),
            sign_in_every: after(self.sign_in_every, before.sign_in_every),
            rotation: self.rotation.unwrap_or(before.rotation),
            environment: self.environment.unwrap_or(before.environment),
            destructive: self.destructive.unwrap_or(before.destructive),
            writes: self.writes.unwrap_or(before.writes),
        };
        let steered = session.set_policy(Some(profile.name()), policy.clone())?;
        Ok(answer(profile.name().as_str(), &policy, Some(steered.changed)))
    }
}
