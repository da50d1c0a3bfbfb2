//! `login`.

use jiff::Timestamp;
use mcp_server::tools::{Selection, Toolset};
use serde::Serialize;
use spotify_api::{Regime, Scope};
use spotify_auth::session::{OpenError, Profile, ProfileError, RegistryError, Session, Status};
use spotify_auth::sign_in::SignedIn;
use spotify_auth::{ProfileName, ScopeSet};
use spotify_vault::{KeySource, RecoveryCode};

use self::account::Account;
use self::waiting::{Invitation, Waiting};
use crate::clients::entry::Entry;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::keys::{KeyFacts, KeyPlace};
use crate::output::recovery::ShownOnce;
use crate::output::table::list;
use crate::output::{Answer, Output, when};

pub(super) mod account;
pub(super) mod first_use;
mod qr;
mod waiting;

/// Sign in to Spotify and seal the tokens on this machine
///
/// The first sign-in makes the vault and shows its recovery code once. The browser comes back to
/// this program by itself; where it can't, paste the address that it ends at. Spotify asks for a new
/// sign-in every six months.
///
/// A profile keeps one person's tokens for one Spotify app. Signing in again replaces them; a name
/// whose profile was revoked gets a new profile.
#[derive(Debug, clap::Args)]
#[group(id = "sign_in")]
#[command(after_help = "Examples:\n  \
    spotify-admin login --qr --no-browser\n  \
    spotify-admin login --profile work --toolsets playback,playlists")]
pub(crate) struct Args {
    /// The profile to sign in; it is made when there is none of this name
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
    /// Where the key of a new vault lives
    #[arg(long, value_enum, value_name = "PLACE")]
    key_source: Option<KeyPlace>,
    /// Read the address that the browser ends at from standard input
    #[arg(long)]
    paste: bool,
    /// Print the address to open, but open no browser
    #[arg(long)]
    no_browser: bool,
    /// Show the address as a QR code, too, for the camera of a phone
    #[arg(long)]
    qr: bool,
    /// Ask for these scopes, separated by spaces or commas, instead of what the tools need
    #[arg(long, value_name = "SCOPES", value_parser = parse_scopes)]
    scopes: Option<ScopeSet>,
    /// Ask for what these groups of tools need, separated by commas, instead of the default ones
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "scopes")]
    toolsets: Vec<Toolset>,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a, C> {
    profile: &'a str,
    account: Option<&'a Account>,
    /// Why the account could not be used, though the sign-in worked.
    account_problem: Option<&'a str>,
    scopes: Vec<&'a str>,
    missing_scopes: Vec<&'a str>,
    deadline: Timestamp,
    deadline_days: i64,
    key_source: KeyFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<ShownOnce<'a>>,
    client_configuration: &'a C,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        self.finish(installation, output)?.answer(installation)
    }

    /// Returns the profile that was named.
    pub(super) fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref()
    }

    /// Returns the groups of tools that were named.
    pub(super) fn toolsets(&self) -> &[Toolset] {
        &self.toolsets
    }

    /// Signs in, in a vault that is made where there is none.
    ///
    /// # Errors
    /// There may be no app, no key for the vault, or nobody who approves.
    pub(super) fn finish(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Done, CommandError> {
        // Without an app nobody can sign in, and a new vault would be made for nothing.
        if installation.settings().app.is_none() && installation.pinned()?.is_none() {
            return Err(ProfileError::NoApp.into());
        }
        let (session, recovery) = first_use::open_or_make(self.key_source, installation, output)?;
        match self.sign_in(session, installation, output) {
            Ok(done) => Ok(Done { recovery, ..done }),
            // Programs read one value: the code has to be in it, whatever came of the sign-in.
            Err(error) => Err(error.with_recovery_code(recovery)),
        }
    }

    fn sign_in(
        self,
        session: &Session,
        installation: &Installation,
        output: Output,
    ) -> Result<Done, CommandError> {
        let profile = living(session, &session.settings().chosen(self.profile.as_ref()))?;
        let desk = profile.sign_ins(self.scopes.unwrap_or_else(|| needed(&self.toolsets)))?;
        let runtime = super::runtime()?;
        let invitation = Invitation { browser: !self.no_browser, qr: self.qr };
        let waiting = Waiting::new(installation.terminal(), self.paste, invitation, output);
        let outcome = runtime.block_on(async {
            let signed_in = waiting.sign_in(&desk).await?;
            let account = account::check(&profile, session.settings().origins.api()).await;
            let account = account.and_then(|account| account.noted(&profile));
            Ok(Done { profile, signed_in, account, recovery: None })
        });
        // A thread may still wait for a line of standard input.
        runtime.shutdown_background();
        outcome
    }
}

/// A sign-in that worked.
pub(super) struct Done {
    profile: Profile,
    signed_in: SignedIn,
    account: Result<Account, String>,
    /// The code of the vault, when it was made for this sign-in.
    recovery: Option<RecoveryCode>,
}

impl Done {
    /// Returns the code of the vault, when it was made for this sign-in.
    pub(super) fn recovery(&self) -> Option<&RecoveryCode> {
        self.recovery.as_ref()
    }

    /// Says who is signed in, or why the account can't be used.
    pub(super) fn who(&self) -> String {
        match &self.account {
            Ok(account) => format!("Signed in as {account}.\n"),
            Err(problem) => format!("Signed in, but the account can't be used yet: {problem}.\n"),
        }
    }

    fn answer(&self, installation: &Installation) -> Result<Answer, CommandError> {
        let now = installation.now();
        let key_source = installation.session()?.key_source()?;
        let SignedIn { scopes, missing, deadline } = &self.signed_in;
        let entry = Entry::new(installation, self.profile.name());
        let configuration = entry.configuration();
        let facts = Facts {
            profile: self.profile.name().as_str(),
            account: self.account.as_ref().ok(),
            account_problem: self.account.as_ref().err().map(String::as_str),
            scopes: scopes.iter().collect(),
            missing_scopes: missing.iter().collect(),
            deadline: *deadline,
            deadline_days: when::days_left(*deadline, now),
            key_source: KeyFacts::from(&key_source),
            recovery_code: self.recovery.as_ref().map(ShownOnce),
            client_configuration: &configuration,
        };
        // It can only fail for maps whose keys are no text.
        let shown = serde_json::to_string(&configuration).unwrap_or_default();
        let human = self.human(&key_source, &shown, now);
        Ok(Answer::new(Exit::Success, &facts, human))
    }

    fn human(&self, key_source: &KeySource, configuration: &str, now: Timestamp) -> String {
        let SignedIn { scopes, missing, deadline } = &self.signed_in;
        let name = self.profile.name();
        let who = self.who();
        let scopes = match missing.iter().count() {
            0 => format!("{} granted", scopes.iter().count()),
            _ => format!("{} granted; missing: {missing}", scopes.iter().count()),
        };
        let due = when::day_and_distance(*deadline, now);
        let rows = list(&[
            ("profile", name.to_string()),
            ("scopes", scopes),
            ("sign in again by", format!("{due}; using it does not extend this")),
            ("vault's key", key_source.to_string()),
        ]);
        let more = match key_source {
            KeySource::Environment => {
                "It also needs `SPOTIFY_MCP_MASTER_KEY` in its environment.\n"
            }
            KeySource::Passphrase => {
                "It also needs `SPOTIFY_MCP_PASSPHRASE_FILE` in its environment.\n"
            }
            _ => "",
        };
        format!(
            "{who}{rows}\nTo use it, put this into your AI client's MCP configuration:\n  {configuration}\n{more}"
        )
    }
}

/// Returns the living profile of a name, or makes it.
fn living(session: &Session, name: &ProfileName) -> Result<Profile, CommandError> {
    let found = match session.profile(Some(name)) {
        Ok(profile) => Some(profile),
        Err(OpenError::Registry(RegistryError::Unknown(_))) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(profile) = found
        && !matches!(profile.status()?, Status::Revoked { .. })
    {
        return Ok(profile);
    }
    if session.settings().app.is_none() {
        return Err(ProfileError::NoApp.into());
    }
    Ok(session.create_profile(name)?)
}

/// Returns the scopes that the tools of some groups need; of the default ones when none is named.
pub(super) fn needed(toolsets: &[Toolset]) -> ScopeSet {
    let selection =
        Selection { toolsets: toolsets.iter().copied().collect(), ..Selection::default() };
    joined(selection.scopes(Regime::Auto))
}

fn joined(scopes: impl IntoIterator<Item = Scope>) -> ScopeSet {
    let names: Vec<_> = scopes.into_iter().map(Scope::as_str).collect();
    names.join(" ").parse().expect("every name of a scope is one")
}

fn parse_scopes(text: &str) -> Result<ScopeSet, String> {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let scopes = words.map(|word| {
        let known =
            || Scope::all().iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
        word.parse::<Scope>()
            .map_err(|_| format!("Spotify has no scope `{word}`; it has {}", known()))
    });
    scopes.collect::<Result<Vec<_>, _>>().map(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_scopes_are_those_of_the_tools_and_all_are_spotifys() {
        let needed = needed(&[]);
        assert!(!needed.is_empty());
        assert_eq!(parse_scopes(&needed.to_string()), Ok(needed));
    }

    #[test]
    fn scopes_may_be_separated_by_blanks_or_commas_and_unknown_ones_are_named() {
        let scopes = parse_scopes("user-top-read, playlist-read-private").unwrap();
        assert_eq!(scopes.to_string(), "playlist-read-private user-top-read");
        let error = parse_scopes("user-top-read,everything").unwrap_err();
        assert!(error.contains("`everything`") && error.contains("user-top-read"), "{error}");
    }
}
