//! `refresh`.

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::rotation::BearerError;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::facts::ProfileFacts;
use crate::installation::Installation;
use crate::output::{Answer, when};

/// Renew the access token now, instead of shortly before it ends
///
/// The server does so by itself; this shows whether it works. A token that was renewed within the
/// last five seconds is kept. The day of the next sign-in does not move.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to renew instead of the default one
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    profile: &'a str,
    access_expires_at: Option<Timestamp>,
    /// Whether Spotify gave a new access token.
    renewed: bool,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let profile = session.profile(self.profile.as_ref())?;
        let tokens = profile.tokens()?;
        let runtime = super::runtime()?;
        let renewed = runtime.block_on(async {
            let present = tokens.bearer(None).await?;
            // Told that this one does not work, the transaction gets another one, once.
            let next = tokens.bearer(Some(&present)).await?;
            tokens.settled().await;
            Ok::<_, BearerError>(next != present)
        })?;
        let expires = ProfileFacts::of(&profile, false, installation.now()).access_expires_at;
        let name = profile.name().as_str();
        let facts = Facts { profile: name, access_expires_at: expires, renewed };
        let until = expires.map_or_else(String::new, |at| {
            format!("; it ends {}", when::relative(at, installation.now()))
        });
        let done = if renewed { "was renewed" } else { "is new already" };
        let human = format!("The access token of `{name}` {done}{until}.\n");
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}
