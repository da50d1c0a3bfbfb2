//! `doctor`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::session::doctor::{self, Check, Checked, Code, Finding, Repair, Severity, State};
use spotify_auth::session::{OpenError, Profile, RegistryError, Session, Status};

use super::login;
use super::login::account::{self, Unusable};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, Output, Tone, View};

mod clients;
mod server;

/// Find out what is wrong, and what to do about it
///
/// Looks at the settings, the rights on files, the audit log, the vault, the sign-in, Spotify's
/// services, the clock, the account, the server's program and the AI clients. Each by itself: what is
/// broken hides nothing else. Every finding has a code that stays the same; spotify-auth/docs/findings.md
/// lists them. Takes half a minute at most, and ends with 10 when something is to be done.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin doctor\n  \
    spotify-admin doctor --offline --fix\n  \
    spotify-admin doctor --profile work --json")]
pub(crate) struct Args {
    /// The profile to look at instead of the default one
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
    /// Leave out what needs the network
    #[arg(long)]
    offline: bool,
    /// Mend what can be mended without losing anything: rights on files, a missing home directory
    #[arg(long)]
    fix: bool,
    /// The server's program, when it does not lie beside this one
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts {
    /// Whether nothing is to be done; there may be advice.
    sound: bool,
    checks: Vec<Checked>,
}

impl Args {
    /// Whether nothing is changed.
    pub(super) fn is_read(&self) -> bool {
        !self.fix
    }

    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let talks = installation.terminal().error && !output.is_json();
        let looking = |at: &str| {
            if talks {
                output.say(&format!("Looking at {at} ..."));
            }
        };
        looking("settings and files");
        let mut checks = vec![of_settings(installation)];
        let repair = if self.fix { Repair::Yes } else { Repair::No };
        let has_vault = !matches!(installation.pinned(), Ok(None));
        checks.push(doctor::files(installation.settings(), has_vault, repair));
        looking("the audit log and the vault");
        // Before anything opens it for writing, which mends its end.
        let log = doctor::log(installation.settings());
        let session = installation.session();
        let open = session.as_ref().ok().copied();
        checks.push(log.checked(installation.settings(), open, has_vault));
        checks.push(match &session {
            Ok(session) => doctor::vault(session),
            Err(error) => unopened(error),
        });
        let profile = open.and_then(|session| self.find(session, &mut checks, installation));
        if open.is_none() {
            checks.push(Checked::skipped(Check::Profile, "the vault is not open"));
        }
        looking("Spotify, the server and the AI clients");
        let runtime = super::runtime()?;
        checks.extend(runtime.block_on(self.outside(profile.as_ref(), installation)));
        checks.push(clients::clients(open, installation));
        let open_findings = checks.iter().flat_map(|checked| &checked.findings);
        let sound = !open_findings.into_iter().any(Finding::is_open);
        let human = human(&checks, View::new(installation.now(), installation.terminal()));
        let exit = if sound { Exit::Success } else { Exit::Findings };
        Ok(Answer::new(exit, &Facts { sound, checks }, human))
    }

    /// Looks at the chosen profile; returns it when somebody is signed in.
    fn find(
        &self,
        session: &Session,
        checks: &mut Vec<Checked>,
        installation: &Installation,
    ) -> Option<Profile> {
        let name = session.settings().chosen(self.profile.as_ref());
        match session.profile(Some(&name)) {
            Ok(profile) => {
                checks.push(doctor::profile(&profile, &login::needed(&[]), installation.now()));
                Some(profile).filter(|found| matches!(found.status(), Ok(Status::SignedIn(_))))
            }
            Err(error) => {
                let code = match &error {
                    OpenError::Registry(RegistryError::Unknown(_)) => Code::NoProfile,
                    _ => Code::ProfileUnreadable,
                };
                let finding = Finding::new(code, CommandError::from(error).message());
                let seen = format!("`{name}` can't be opened");
                checks.push(Checked::new(Check::Profile, seen, vec![finding]));
                None
            }
        }
    }

    /// Looks at what is not on this machine, and at the server's program, which may need it.
    async fn outside(
        &self,
        profile: Option<&Profile>,
        installation: &Installation,
    ) -> Vec<Checked> {
        let chosen = self.server.as_ref().or(installation.server());
        let shaken = server::shake_hands(chosen, self.profile.as_ref());
        if self.offline {
            let left_out = [Check::Accounts, Check::WebApi, Check::Clock, Check::Account];
            let left_out = left_out.map(|check| Checked::skipped(check, "--offline"));
            return left_out.into_iter().chain([shaken.await]).collect();
        }
        let context = installation.context();
        let origins = &installation.settings().origins;
        let (reached, shaken) = tokio::join!(doctor::reach(origins, &context.clock), shaken);
        let answers = reached
            .iter()
            .all(|checked| checked.check != Check::WebApi || checked.state == State::Ok);
        let account = match profile {
            Some(profile) if answers => of_account(profile, installation).await,
            Some(_) => Checked::skipped(Check::Account, "the Web API does not answer"),
            None => Checked::skipped(Check::Account, "nobody is signed in"),
        };
        reached.into_iter().chain([account, shaken]).collect()
    }
}

fn of_settings(installation: &Installation) -> Checked {
    let settings = installation.settings();
    let mut checked = doctor::settings(settings);
    let mut findings = doctor::wrong_settings(installation.problems());
    if settings.app.is_none() && matches!(installation.pinned(), Ok(None)) {
        findings.push(Finding::new(Code::NoApp, "`SPOTIFY_CLIENT_ID` is not set"));
    }
    findings.append(&mut checked.findings);
    findings.extend(doctor::recommendations(&installation.shown_settings()));
    Checked::new(Check::Settings, checked.seen, findings)
}

/// Says why there is no open vault.
fn unopened(error: &CommandError) -> Checked {
    let code = match (error.kind(), error.code()) {
        (_, "no_vault") => Code::NoVault,
        (_, "settings_changed") => Code::SettingsChanged,
        (_, "damaged") => Code::VaultDamaged,
        (Exit::Locked, _) => Code::VaultLocked,
        _ => Code::VaultUnreadable,
    };
    let finding = Finding::new(code, error.message());
    let finding = match error.hints().first() {
        Some(hint) => finding.fix(hint),
        None => finding,
    };
    Checked::new(Check::Vault, "it does not open", vec![finding])
}

async fn of_account(profile: &Profile, installation: &Installation) -> Checked {
    match account::ask(profile, installation.settings().origins.api()).await {
        Ok(account) => {
            Checked::new(Check::Account, format!("Spotify serves {account}"), Vec::new())
        }
        Err(unusable) => {
            let code = match unusable {
                Unusable::Closed(_) => Code::QuotaClosed,
                _ => Code::AccountRefused,
            };
            let finding = Finding::new(code, unusable.to_string());
            Checked::new(Check::Account, "it can't be used", vec![finding])
        }
    }
}

fn human(checks: &[Checked], view: View) -> String {
    let width = checks.iter().map(|checked| checked.check.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for checked in checks {
        let (tone, state) = match checked.state {
            State::Ok => (Tone::Good, "ok     "),
            State::Found => (Tone::Bad, "problem"),
            State::Skipped => (Tone::Quiet, "skipped"),
        };
        let (state, check) = (view.paint(tone, state), checked.check.as_str());
        text.extend([format!("{state}  {check:width$}  {}\n", checked.seen)]);
        text.extend(checked.findings.iter().map(|finding| of_finding(finding, view)));
    }
    text.push_str(&summary(checks));
    text
}

fn of_finding(finding: &Finding, view: View) -> String {
    let Finding { code, severity, reason, fix, fixed } = finding;
    let tone = match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Attention,
        Severity::Advice => Tone::Quiet,
    };
    let label = view.paint(tone, severity.as_str());
    let then = if *fixed { "mended".to_owned() } else { format!("do: {fix}") };
    format!("         {label} {}: {reason}\n           {then}\n", code.as_str())
}

fn summary(checks: &[Checked]) -> String {
    let findings = || checks.iter().flat_map(|checked| &checked.findings);
    let count =
        |severity| findings().filter(|found| !found.fixed && found.severity == severity).count();
    let counted = [Severity::Error, Severity::Warning, Severity::Advice]
        .map(|severity| format!("{}: {}", severity.as_str(), count(severity)));
    let fixed = findings().filter(|found| found.fixed).count();
    let mended = if fixed == 0 { String::new() } else { format!(", mended: {fixed}") };
    format!("\n{}{mended}\n", counted.join(", "))
}
