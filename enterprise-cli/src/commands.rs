//! The commands, and the one door that each passes.

use spotify_audit::{Durability, Outcome, Text};
use spotify_auth::session::events::CommandEvent;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, Output};

mod alerts;
mod audit;
mod completions;
mod create_profile;
mod default_profile;
mod disable_keychain;
mod doctor;
mod enable_keychain;
mod import;
mod install;
mod login;
mod man;
mod policy;
mod profiles;
mod recover;
mod refresh;
mod rekey;
mod remove_profile;
mod rename_profile;
mod resume;
mod revoke;
mod settings;
mod setup;
mod status;
mod suspend;
mod uninstall;
mod vault;
mod whoami;
mod why;

/// What can be asked for. The help of each is the documentation of its arguments.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Setup(Box<setup::Args>),
    Login(login::Args),
    Import(Box<import::Args>),
    Install(install::Args),
    Uninstall(uninstall::Args),
    Doctor(doctor::Args),
    Status(status::Args),
    Profiles(profiles::Args),
    Whoami(whoami::Args),
    Refresh(refresh::Args),
    CreateProfile(create_profile::Args),
    DefaultProfile(default_profile::Args),
    RenameProfile(rename_profile::Args),
    RemoveProfile(remove_profile::Args),
    Suspend(suspend::Args),
    Resume(resume::Args),
    Revoke(revoke::Args),
    Policy(policy::Args),
    Audit(Box<audit::Args>),
    Alerts(alerts::Args),
    EnableKeychain(enable_keychain::Args),
    DisableKeychain(disable_keychain::Args),
    Recover(recover::Args),
    Vault(vault::Args),
    #[command(alias = "config")]
    Settings(settings::Args),
}

/// What describes the program itself, and needs neither settings nor a vault nor a log.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Page {
    Completions(completions::Args),
    Man(man::Args),
}

impl Page {
    /// Makes the page.
    ///
    /// # Errors
    /// There may be no such command.
    pub(crate) fn make(self) -> Result<Answer, CommandError> {
        match self {
            Self::Completions(args) => Ok(args.run()),
            Self::Man(args) => args.run(),
        }
    }
}

/// Whether a command may change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Read,
    Write,
}

impl Effect {
    fn unless_read(read: bool) -> Self {
        if read { Self::Read } else { Self::Write }
    }
}

/// Runs a command, prints what came of it, and leaves its record in the audit log.
pub(crate) fn dispatch(command: Command, installation: &Installation, output: Output) -> Exit {
    let (name, effect) = command.described();
    let why = command.why().map(Text::external);
    let outcome = command.run(installation, output);
    let recorded = record(installation, name, effect, why, &outcome);
    let exit = output.outcome(&outcome);
    match recorded {
        Ok(()) => exit,
        // What was found out counts, but what was changed must stand in the log.
        Err(error) if effect == Effect::Read || outcome.is_err() => {
            output.warn(&error.message());
            exit
        }
        Err(error) => {
            output.warn(&format!("it is done, but {}", error.message()));
            error.kind()
        }
    }
}

impl Command {
    /// Whether it tells what is wrong with the settings itself, and goes on without those.
    pub(crate) fn tells_problems(&self) -> bool {
        matches!(self, Self::Doctor(_))
    }

    /// Returns the command's name in the audit log, and whether it may change something.
    fn described(&self) -> (&'static str, Effect) {
        match self {
            Self::Setup(_) => ("setup", Effect::Write),
            Self::Login(_) => ("login", Effect::Write),
            Self::Import(args) => ("import", Effect::unless_read(args.is_read())),
            Self::Install(args) => ("install", Effect::unless_read(args.is_read())),
            Self::Uninstall(args) => ("uninstall", Effect::unless_read(args.is_read())),
            Self::Doctor(args) => ("doctor", Effect::unless_read(args.is_read())),
            Self::Status(_) => ("status", Effect::Read),
            Self::Profiles(_) => ("profiles", Effect::Read),
            Self::Whoami(_) => ("whoami", Effect::Read),
            Self::Refresh(_) => ("refresh", Effect::Write),
            Self::DefaultProfile(_) => ("default-profile", Effect::Write),
            Self::CreateProfile(_) => ("create-profile", Effect::Write),
            Self::RenameProfile(_) => ("rename-profile", Effect::Write),
            Self::RemoveProfile(_) => ("remove-profile", Effect::Write),
            Self::Suspend(_) => ("suspend", Effect::Write),
            Self::Resume(_) => ("resume", Effect::Write),
            Self::Revoke(_) => ("revoke", Effect::Write),
            Self::Audit(args) => args.described(),
            Self::Alerts(args) => (args.name(), Effect::unless_read(args.is_read())),
            Self::EnableKeychain(_) => ("enable-keychain", Effect::Write),
            Self::DisableKeychain(_) => ("disable-keychain", Effect::Write),
            Self::Recover(_) => ("recover", Effect::Write),
            Self::Policy(args) => args.described(),
            Self::Vault(args) => args.described(),
            Self::Settings(args) => args.described(),
        }
    }

    /// Returns why the person does it, where that was said.
    fn why(&self) -> Option<&str> {
        match self {
            Self::RenameProfile(args) => args.why.text(),
            Self::RemoveProfile(args) => args.why.text(),
            Self::Import(args) => args.why.text(),
            Self::Revoke(args) => args.why.text(),
            Self::Suspend(args) => args.why.text(),
            Self::Resume(args) => args.why.text(),
            _ => None,
        }
    }

    fn run(self, installation: &Installation, output: Output) -> Result<Answer, CommandError> {
        match self {
            Self::Setup(args) => args.run(installation, output),
            Self::Login(args) => args.run(installation, output),
            Self::Import(args) => args.run(installation, output),
            Self::Install(args) => args.run(installation),
            Self::Uninstall(args) => args.run(installation),
            Self::Doctor(args) => args.run(installation, output),
            Self::Status(args) => args.run(installation),
            Self::Profiles(args) => args.run(installation),
            Self::Whoami(args) => args.run(installation),
            Self::Refresh(args) => args.run(installation),
            Self::DefaultProfile(args) => args.run(installation),
            Self::CreateProfile(args) => args.run(installation),
            Self::RenameProfile(args) => args.run(installation),
            Self::RemoveProfile(args) => args.run(installation),
            Self::Suspend(args) => args.run(installation),
            Self::Resume(args) => args.run(installation),
            Self::Revoke(args) => args.run(installation),
            Self::Audit(args) => args.run(installation, output),
            Self::Alerts(args) => args.run(installation, output),
            Self::EnableKeychain(args) => args.run(installation),
            Self::DisableKeychain(args) => args.run(installation),
            Self::Recover(args) => args.run(installation, output),
            Self::Policy(args) => args.run(installation),
            Self::Vault(args) => args.run(installation),
            Self::Settings(args) => args.run(installation),
        }
    }
}

/// Writes the command's record. Before there is a vault there is nothing to write to; while it is
/// locked, the log is opened alone.
fn record(
    installation: &Installation,
    name: &'static str,
    effect: Effect,
    why: Option<Text>,
    outcome: &Result<Answer, CommandError>,
) -> Result<(), CommandError> {
    let Some(recorder) = installation.recorder()? else { return Ok(()) };
    let class = match effect {
        Effect::Read => "read",
        Effect::Write => "write",
    };
    let exit = outcome.as_ref().ok().map(|answer| answer.exit.code());
    let terminal = installation.terminal().input;
    let draft = CommandEvent::Run { command: name, exit, terminal, why }.draft().class(class);
    let draft = match outcome {
        Ok(_) => draft.outcome(Outcome::Ok),
        Err(error) if error.kind() == Exit::Refused => {
            draft.outcome(Outcome::Refused).reason(error.code())
        }
        Err(error) => draft.outcome(Outcome::Failed).reason(error.code()),
    };
    match recorder.record_blocking(draft, Durability::After) {
        Ok(()) => Ok(()),
        Err(error) => Err(CommandError::new(Exit::Failure, "audit_log", error)),
    }
}

/// Makes the run time of a command that talks to Spotify.
fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build();
    runtime.map_err(|error| CommandError::new(Exit::Failure, "runtime", error))
}
