//! `import`.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use spotify_auth::app::{App, ClientId};
use spotify_auth::secret::{ClientSecret, RefreshToken};
use spotify_auth::session::{Adopted, OpenError, Profile, RegistryError, Session, Status};
use spotify_auth::{ProfileName, ScopeSet};

use super::login::first_use;
use super::why::Why;
use crate::ask::{self, Unless};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::import::{self, Found};
use crate::installation::Installation;
use crate::keys::KeyPlace;
use crate::output::{Answer, Output};

mod report;

use report::{Report, Source};

/// Take over the sign-in that another Spotify program left on this machine
///
/// Reads spotipy's `.cache` and `.cache-USER`, a `.env`, a `config.json` and files `tokens_USER.json`,
/// also those that are sealed with Fernet and whose key lies beside them. The refresh token and the app
/// it belongs to are sealed into a profile, and one refresh shows whether it works. No secret is shown.
/// The clear text stays where it is, and is named, until `--erase`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin import ~/spotify-mcp --dry-run\n  \
    spotify-admin import ~/spotify-mcp/.cache --profile home\n  \
    spotify-admin import ~/spotify-mcp --erase --yes")]
pub(crate) struct Args {
    /// Files, or directories that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The profile to seal it into, instead of one named after the user in the file's name
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
    /// The app's client id, where no file says it
    #[arg(long, value_name = "ID")]
    client_id: Option<ClientId>,
    /// Where the key of a new vault lives
    #[arg(long, value_enum, value_name = "PLACE")]
    key_source: Option<KeyPlace>,
    /// Seal without asking Spotify whether it works
    #[arg(long)]
    offline: bool,
    /// Erase the clear text once it is sealed, read back and works
    #[arg(long)]
    erase: bool,
    /// Erase without asking
    #[arg(long)]
    yes: bool,
    /// Only show what is there
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) why: Why,
}

/// A grant that can be sealed: what it is made of, and all files it stands in.
struct Candidate {
    refresh: SecretString,
    app: App,
    scopes: ScopeSet,
    profile: ProfileName,
    files: Vec<usize>,
}

impl Args {
    /// Whether nothing is changed.
    pub(super) fn is_read(&self) -> bool {
        self.dry_run
    }

    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let files = import::find(&self.paths)
            .map_err(|error| CommandError::new(Exit::NotFound, "no_file", error))?;
        let files = files.into_iter().map(|(path, kind, user)| import::read(&path, kind, user));
        let found: Vec<Found> = files.collect();
        let mut sources: Vec<_> = found.iter().map(Source::of).collect();
        let candidates = self.candidates(&found, installation)?;
        if candidates.is_empty() {
            let hint = "name the file itself, or sign in anew with `spotify-admin login`";
            let problems = found.iter().filter_map(|found| found.problem.as_deref());
            let why = problems.map(|why| format!(": {why}")).next().unwrap_or_default();
            let message = format!("no refresh token was found{why}");
            return Err(CommandError::new(Exit::NotFound, "nothing_to_import", message).hint(hint));
        }
        if self.dry_run {
            let profiles = candidates.iter().map(|candidate| candidate.profile.as_str());
            return Ok(Report::planned(sources, profiles).answer());
        }
        if self.erase && !self.yes {
            confirm_erasing(installation)?;
        }
        let (session, recovery) = first_use::open_or_make(self.key_source, installation, output)?;
        match self.seal_all(session, &candidates, &found, &mut sources) {
            Ok(report) => Ok(report.with_recovery_code(recovery.as_ref()).answer()),
            Err(error) => Err(error.with_recovery_code(recovery)),
        }
    }

    /// Puts together what belongs to each refresh token.
    fn candidates(
        &self,
        found: &[Found],
        installation: &Installation,
    ) -> Result<Vec<Candidate>, CommandError> {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (index, file) in found.iter().enumerate() {
            let Some(refresh) = &file.refresh_token else { continue };
            let same =
                |known: &&mut Candidate| known.refresh.expose_secret() == refresh.expose_secret();
            if let Some(known) = candidates.iter_mut().find(same) {
                known.files.push(index);
                continue;
            }
            candidates.push(Candidate {
                refresh: refresh.clone(),
                app: self.app(file, found, installation)?,
                scopes: file.scopes.as_deref().unwrap_or_default().parse().unwrap_or_default(),
                profile: self.name(file, installation)?,
                files: vec![index],
            });
        }
        let names = || candidates.iter().map(|candidate| &candidate.profile);
        let twice = names().find(|name| names().filter(|other| other == name).count() > 1);
        match twice {
            Some(name) => Err(CommandError::new(
                Exit::Usage,
                "several_sign_ins",
                format!("{} sign-ins would go into the profile `{name}`", candidates.len()),
            )
            .hint("name one file at a time, each with its own `--profile`")),
            None => Ok(candidates),
        }
    }

    /// Returns the app that a token belongs to: a token works with no other.
    fn app(
        &self,
        file: &Found,
        found: &[Found],
        installation: &Installation,
    ) -> Result<App, CommandError> {
        let directory = file.path.parent();
        let beside = || found.iter().filter(|other| other.path.parent() == directory);
        let says = std::iter::once(file).chain(beside()).find(|other| other.client_id.is_some());
        if let Some(id) = &self.client_id {
            let same = says.filter(|other| other.client_id.as_deref() == Some(id.as_str()));
            return Ok(App { id: id.clone(), secret: same.and_then(secret) });
        }
        if let Some(says) = says {
            let id = says.client_id.as_deref().unwrap_or_default();
            let id = id.parse::<ClientId>().map_err(|error| {
                let message = format!("the client id in {}: {error}", says.path.display());
                CommandError::new(Exit::Usage, "client_id", message)
            })?;
            return Ok(App { id, secret: secret(says) });
        }
        let configured = installation.settings().app.as_ref().map(App::duplicate);
        configured.ok_or_else(|| {
            let message = "no file says which app the sign-in belongs to";
            CommandError::new(Exit::Usage, "client_id", message)
                .hint("give `--client-id`, or name the directory with the program's settings, too")
        })
    }

    fn name(&self, file: &Found, installation: &Installation) -> Result<ProfileName, CommandError> {
        if let Some(name) = &self.profile {
            return Ok(name.clone());
        }
        let Some(user) = &file.user else { return Ok(installation.settings().chosen(None)) };
        user.to_ascii_lowercase().parse::<ProfileName>().map_err(|error| {
            let message = format!("`{}` names no profile: {error}", file.path.display());
            CommandError::new(Exit::Usage, "profile_name", message).hint("give `--profile`")
        })
    }

    fn seal_all(
        &self,
        session: &Session,
        candidates: &[Candidate],
        found: &[Found],
        sources: &mut [Source],
    ) -> Result<Report<'static>, CommandError> {
        for candidate in candidates {
            let profile = profile(session, &candidate.profile)?;
            profile.adopt(Adopted {
                refresh: RefreshToken::new(candidate.refresh.expose_secret()),
                app: candidate.app.duplicate(),
                scopes: candidate.scopes.clone(),
            })?;
            let works = if self.offline { None } else { Some(try_out(&profile)) };
            for index in &candidate.files {
                let (Some(source), Some(file)) = (sources.get_mut(*index), found.get(*index))
                else {
                    continue;
                };
                source.sealed_into(profile.name().as_str());
                if self.erase && works.as_ref().is_none_or(Result::is_ok) {
                    source.erased(import::erase::erase(file));
                }
            }
            if let Some(Err(error)) = works {
                return Err(error);
            }
        }
        Ok(Report::done(sources.to_vec(), !self.offline))
    }
}

fn secret(found: &Found) -> Option<ClientSecret> {
    let secret = found.client_secret.as_ref()?;
    Some(ClientSecret::new(secret.expose_secret()))
}

/// Returns the living profile of a name, or makes one.
fn profile(session: &Session, name: &ProfileName) -> Result<Profile, CommandError> {
    match session.profile(Some(name)) {
        Ok(profile) if !matches!(profile.status()?, Status::Revoked { .. }) => Ok(profile),
        Ok(_) | Err(OpenError::Registry(RegistryError::Unknown(_))) => {
            Ok(session.create_profile(name)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Refreshes once, which shows whether the token works with the app.
fn try_out(profile: &Profile) -> Result<(), CommandError> {
    let tokens = profile.tokens()?;
    let runtime = super::runtime()?;
    let tried = runtime.block_on(async {
        let bearer = tokens.bearer(None).await;
        tokens.settled().await;
        bearer
    });
    tried.map(drop).map_err(|error| {
        CommandError::from(error)
            .hint("it is sealed, and nothing was erased; a new sign-in replaces it")
    })
}

fn confirm_erasing(installation: &Installation) -> Result<(), CommandError> {
    if !installation.terminal().can_ask() {
        let message = "erasing can't be undone, and there is no terminal to confirm it";
        return Err(CommandError::new(Exit::Refused, "confirmation_required", message)
            .hint("give `--yes`; without `--erase` everything stays where it is"));
    }
    let question = "Erase the clear text once it is sealed and read back?";
    if ask::confirm(question, Unless::Yes).map_err(OpenError::Ask)? {
        return Ok(());
    }
    Err(CommandError::new(Exit::Refused, "not_confirmed", "not confirmed; nothing was changed"))
}
