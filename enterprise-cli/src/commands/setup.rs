//! `setup`: from a clean machine to an AI client that plays the person's music.

use clap::ValueEnum as _;
use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::app::ClientId;
use spotify_auth::session::{OpenError, RegistryError};

use self::app::App;
use self::next::NextStep;
use crate::clients::Client;
use crate::commands::{install, login};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::facts::{ProfileFacts, State};
use crate::installation::Installation;
use crate::output::recovery::ShownOnce;
use crate::output::{Answer, Output};
use crate::settings_file;

mod app;
mod choose;
mod next;
mod policy;

/// Set everything up: your Spotify app, the vault, the sign-in, your AI clients
///
/// Asks what it needs and no more, and keeps what is there already: run it again to go on, or with
/// a flag to change one thing. Everything it asks can be given as a flag.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin setup\n  \
    spotify-admin setup --client-id ID --client cursor\n  \
    spotify-admin setup --non-interactive --client-id ID --policy-read")]
pub(crate) struct Args {
    /// The client id of your Spotify app
    #[arg(long, value_name = "ID")]
    client_id: Option<ClientId>,
    /// Say that you have read what Spotify's Developer Policy says about AI, and decided
    #[arg(long)]
    policy_read: bool,
    /// Put the server into this AI client; can be given several times
    #[arg(long = "client", value_enum, value_name = "CLIENT")]
    clients: Vec<Client>,
    /// Put the server into no AI client
    #[arg(long, conflicts_with = "clients")]
    no_clients: bool,
    /// Ask nothing and open nothing: do what can be done, and print what was done and the next step
    #[arg(long)]
    non_interactive: bool,
    #[command(flatten)]
    login: login::Args,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    /// Whether an AI client can start the server for a signed-in profile.
    ready: bool,
    client_id: Option<&'a str>,
    redirect_uri: &'a str,
    developer_policy_read: bool,
    profile: &'a str,
    signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<ShownOnce<'a>>,
    /// The AI clients that start the server.
    clients: &'a [Client],
    next_step: Option<&'a NextStep>,
}

/// How far it came.
struct Progress {
    installation: Installation,
    profile: ProfileName,
    done: Option<login::Done>,
    signed_in: bool,
    clients: Vec<Client>,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let asks = installation.terminal().can_ask() && !self.non_interactive;
        let progress = self.go(installation, output, asks)?;
        Ok(progress.answer())
    }

    fn go(
        mut self,
        installation: &Installation,
        output: Output,
        asks: bool,
    ) -> Result<Progress, CommandError> {
        let policy_read = policy::agree(self.policy_read, installation, output, asks)?;
        let app = App::choose(self.client_id.take(), installation, output, asks)?;
        let mut changes = Vec::new();
        if let App::New(id) = &app {
            changes.push(("client_id", id.as_str()));
        }
        if policy_read && !installation.settings().developer_policy_read {
            changes.push(("developer_policy", "read"));
        }
        settings_file::set(&changes, installation)?;
        let installation = installation.anew()?;
        let profile = installation.settings().chosen(self.login.profile());
        let signed_in = is_signed_in(&profile, &installation)?;
        // Asked before the sign-in: afterwards standard input is waited on for a pasted address.
        let chosen = match (self.no_clients, self.clients.as_slice(), asks) {
            (true, ..) => Vec::new(),
            (false, [], true) => choose::clients(&installation, output)?,
            (false, named, _) => named.to_vec(),
        };
        let toolsets = self.login.toolsets().to_vec();
        let can_sign_in = asks && installation.settings().app.is_some();
        let done = if !signed_in && can_sign_in {
            Some(self.login.finish(&installation, output)?)
        } else {
            None
        };
        for client in chosen {
            install::into_client(client, &profile, &toolsets, &installation)?;
        }
        let signed_in = signed_in || done.is_some();
        let starts = |client: &Client| install::starts_the_server(*client, &installation);
        let clients = Client::value_variants().iter().copied().filter(starts).collect();
        Ok(Progress { installation, profile, done, signed_in, clients })
    }
}

impl Progress {
    fn answer(&self) -> Answer {
        let settings = self.installation.settings();
        let next = next::step(self);
        let ready = self.signed_in && !self.clients.is_empty();
        let facts = Facts {
            ready,
            client_id: settings.app.as_ref().map(|app| app.id.as_str()),
            redirect_uri: app::REDIRECT,
            developer_policy_read: settings.developer_policy_read,
            profile: self.profile.as_str(),
            signed_in: self.signed_in,
            recovery_code: self.done.as_ref().and_then(login::Done::recovery).map(ShownOnce),
            clients: &self.clients,
            next_step: next.as_ref(),
        };
        let exit = match (settings.app.is_some() && settings.developer_policy_read, self.signed_in)
        {
            (false, _) => Exit::Usage,
            (true, false) => Exit::NeedsSignIn,
            (true, true) => Exit::Success,
        };
        Answer::new(exit, &facts, self.human(next.as_ref()))
    }

    fn human(&self, next: Option<&NextStep>) -> String {
        let who = match &self.done {
            Some(done) => done.who(),
            None if self.signed_in => format!("The profile `{}` is signed in.\n", self.profile),
            None => String::new(),
        };
        let clients = self.clients.iter().map(|client| {
            let (title, reload) = (client.title(), client.reload());
            format!("{title} starts the server. For it to notice: {reload}.\n")
        });
        let next = match next {
            Some(next) => format!("Next: {next}\n"),
            None => "Then ask it, for example: what is playing?\n".to_owned(),
        };
        format!("{who}{}{next}", clients.collect::<String>())
    }
}

/// Whether a profile is signed in. Where there is no vault nobody is.
fn is_signed_in(name: &ProfileName, installation: &Installation) -> Result<bool, CommandError> {
    if installation.pinned()?.is_none() {
        return Ok(false);
    }
    match installation.session()?.profile(Some(name)) {
        Ok(profile) => {
            let facts = ProfileFacts::of(&profile, false, installation.now());
            Ok(facts.state == State::SignedIn)
        }
        Err(OpenError::Registry(RegistryError::Unknown(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
