//! The settings of one installation: environment over `config.toml` over defaults.
//!
//! Both programs hand in the environment as a map, so both read it alike. Every problem is reported
//! at once, each with the variable, what is wrong, and an example of a right value. No problem
//! repeats a value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spotify_audit::Retention;
use spotify_vault::MasterKey;

use crate::ProfileName;
use crate::app::{App, ClientId, RedirectPolicy};
use crate::origins::Origins;
use crate::secret::{ClientSecret, RefreshToken};

mod audit;
mod problem;
mod secret;
mod shown;
mod sinks;
mod source;
mod variable;
mod words;

pub use audit::{OnFailure, Unwritten};
pub use problem::{Problem, Problems};
pub use shown::{Origin, Shown};
pub use sinks::{Destination, RecordForm, Sink, SyslogServer};
pub use variable::{VARIABLES, Variable, variable};
pub use words::{ApiRegime, Deployment, LogLevel, NotAWord};

use secret::Unfetched;
use source::Source;

/// The variables besides [`VARIABLES`] that a program hands in: they place the home
/// directory, and what the service manager gave.
pub const PLACES: [&str; 4] = ["XDG_STATE_HOME", "LOCALAPPDATA", "HOME", "CREDENTIALS_DIRECTORY"];

/// Returns the names of all variables that a program should hand in.
pub fn names() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|variable| variable.name).chain(PLACES)
}

/// The name of the service manager's credential that holds the vault's key.
pub const CREDENTIAL: &str = "spotify-mcp-master-key";

/// The settings file's name below the home directory.
pub const FILE: &str = "config.toml";

/// The settings of one installation.
#[derive(Debug)]
pub struct Settings {
    /// Where vault, log and settings file live.
    pub home: PathBuf,
    /// The Spotify app, when one is configured; a signed-in profile carries its own.
    pub app: Option<App>,
    /// How the answer of a sign-in comes back.
    pub redirect: RedirectPolicy,
    /// Where Spotify is.
    pub origins: Origins,
    /// The profile to use when none is named.
    pub profile: Option<ProfileName>,
    /// A grant from the environment, instead of a vault: nothing that changes can be kept.
    pub refresh_token: Option<RefreshToken>,
    /// The vault's key from the environment.
    pub master_key: Option<MasterKey>,
    /// The inherited descriptor that holds the vault's key.
    pub master_key_fd: Option<i32>,
    /// The credential of the service manager that would hold the vault's key.
    pub credential: Option<PathBuf>,
    /// The file that holds the vault's passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// The hardware token that seals the vault's key, or would.
    pub token: TokenSettings,
    /// The directory of the sealed vault, when it is not below the home directory.
    pub vault: Option<PathBuf>,
    /// What is written to standard error.
    pub log_level: LogLevel,
    /// Where this installation runs.
    pub deployment: Deployment,
    /// Which of Spotify's regimes the app is under.
    pub api_regime: ApiRegime,
    /// Whether whoever runs this installation has read what Spotify's Developer Policy says about AI.
    pub developer_policy_read: bool,
    /// How long the audit log's records are kept.
    pub retention: Retention,
    /// What becomes of an act that the audit log can't take a record of.
    pub on_failure: OnFailure,
    /// Where the audit log is sent.
    pub sinks: Vec<Sink>,
    /// The settings file as it was read.
    pub(super) file: Vec<u8>,
    unfetched: Vec<Unfetched>,
}

/// Where a PKCS#11 token is that seals the key of a vault.
#[derive(Debug, Default)]
pub struct TokenSettings {
    /// The library that talks to the token.
    pub module: Option<PathBuf>,
    /// The token's label.
    pub label: Option<String>,
    /// The label of the key on the token.
    pub key: Option<String>,
    /// The file that holds the token's PIN.
    pub pin_file: Option<PathBuf>,
}

impl Settings {
    /// Returns the profile that counts: the named one, else the one of the settings, else
    /// `default`.
    pub fn chosen(&self, named: Option<&ProfileName>) -> ProfileName {
        named.or(self.profile.as_ref()).cloned().unwrap_or_else(ProfileName::fallback)
    }

    /// Reads the settings file of the home directory and parses everything.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(environment: &BTreeMap<String, String>) -> Result<Self, Problems> {
        let home = home(environment).map_err(Problems::from)?;
        let path = home.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Problem::file(&path, format!("it can't be read: {error}")).into());
            }
        };
        let mut settings = Self::parse(environment, home, &text)?;
        settings.fetch(None)?;
        Ok(settings)
    }

    /// Loads what can be loaded, for a program that tells what is wrong: each variable that is wrong
    /// is left out, and after that the settings file. Returns all problems, and `None` where not
    /// even the home directory is known.
    pub fn load_despite(environment: &BTreeMap<String, String>) -> (Option<Self>, Vec<Problem>) {
        let mut environment = environment.clone();
        let mut all = Vec::new();
        // Leaving one out may make another wrong: two that belong together, for example.
        loop {
            let Problems(problems) = match Self::load(&environment) {
                Ok(settings) => return (Some(settings), all),
                Err(problems) => problems,
            };
            let before = environment.len();
            environment.retain(|name, _| problems.iter().all(|problem| problem.setting() != name));
            if all.is_empty() {
                all = problems;
            }
            if environment.len() == before {
                let home = home(&environment).ok();
                let settings = home.and_then(|home| Self::parse(&environment, home, "").ok());
                return (settings, all);
            }
        }
    }

    /// Parses settings: `environment` stands over `file`, the text of a settings file.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(
        environment: &BTreeMap<String, String>,
        home: PathBuf,
        file: &str,
    ) -> Result<Self, Problems> {
        let mut source = Source::new(environment, &home.join(FILE), file);
        let id = source.parsed::<ClientId>("SPOTIFY_CLIENT_ID");
        let secret = source.secret("SPOTIFY_CLIENT_SECRET").map(ClientSecret::new);
        let refresh_token = source.secret("SPOTIFY_REFRESH_TOKEN").map(RefreshToken::new);
        let master_key = source.secret("SPOTIFY_MCP_MASTER_KEY");
        let master_key = source.read("SPOTIFY_MCP_MASTER_KEY", master_key, MasterKey::from_base64);
        let master_key_fd = source.parsed("SPOTIFY_MCP_MASTER_KEY_FD");
        if id.is_none() && source.is_given("SPOTIFY_REFRESH_TOKEN") {
            source.problem(
                "SPOTIFY_REFRESH_TOKEN",
                "it is set without `SPOTIFY_CLIENT_ID`".to_owned(),
            );
        }
        if source.is_given("SPOTIFY_CLIENT_SECRET")
            && id.is_none()
            && !source.has_problem("SPOTIFY_CLIENT_ID")
        {
            source.problem(
                "SPOTIFY_CLIENT_SECRET",
                "it is set without `SPOTIFY_CLIENT_ID`".to_owned(),
            );
        }
        let redirect = source.parsed("SPOTIFY_REDIRECT_URI").unwrap_or_else(default_redirect);
        let profile = source.parsed("SPOTIFY_MCP_PROFILE");
        let passphrase_file = source.text("SPOTIFY_MCP_PASSPHRASE_FILE").map(PathBuf::from);
        source.one_key_source();
        let token = TokenSettings {
            module: source.text("SPOTIFY_MCP_PKCS11_MODULE").map(PathBuf::from),
            label: source.text("SPOTIFY_MCP_PKCS11_TOKEN"),
            key: source.text("SPOTIFY_MCP_PKCS11_KEY"),
            pin_file: source.text("SPOTIFY_MCP_PKCS11_PIN_FILE").map(PathBuf::from),
        };
        let vault = source.parsed_by("SPOTIFY_MCP_VAULT", absolute);
        let log_level = source.parsed("LOG_LEVEL").unwrap_or_default();
        let deployment = source.parsed("DEPLOYMENT_ENVIRONMENT").unwrap_or_default();
        let api_regime = source.parsed("SPOTIFY_API_REGIME").unwrap_or_default();
        let developer_policy_read =
            source.parsed_by("SPOTIFY_MCP_DEVELOPER_POLICY", policy_read).is_some();
        let retention = source.parsed_by("SPOTIFY_MCP_AUDIT_RETENTION", audit::retention);
        let retention = retention.unwrap_or_else(Retention::security);
        let on_failure = OnFailure {
            before: source.parsed("SPOTIFY_MCP_AUDIT_BEFORE").unwrap_or_default(),
            after: source.parsed("SPOTIFY_MCP_AUDIT_AFTER").unwrap_or_default(),
            later: source.parsed("SPOTIFY_MCP_AUDIT_ASYNC").unwrap_or_default(),
        };
        let origins = source.origins(deployment);
        let sinks = source.sinks();
        let unfetched = source.finish()?;
        let credential = environment.get("CREDENTIALS_DIRECTORY").filter(|text| !text.is_empty());
        let credential = credential.map(|directory| Path::new(directory).join(CREDENTIAL));
        let app = id.map(|id| App { id, secret });
        Ok(Self {
            home,
            app,
            redirect,
            origins,
            profile,
            refresh_token,
            master_key,
            master_key_fd,
            credential,
            passphrase_file,
            token,
            vault,
            log_level,
            deployment,
            api_regime,
            developer_policy_read,
            retention,
            on_failure,
            sinks,
            file: file.as_bytes().to_vec(),
            unfetched,
        })
    }

    /// Returns the directory of the sealed vault.
    pub fn vault_dir(&self) -> PathBuf {
        self.vault.clone().unwrap_or_else(|| self.home.join("vault"))
    }

    /// Returns the directory of the audit log.
    pub fn audit_dir(&self) -> PathBuf {
        self.home.join("audit")
    }

    /// Returns where a key file is made when the person chooses one.
    pub fn key_file(&self) -> PathBuf {
        self.home.join("vault.key")
    }
}

fn absolute(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    if path.is_absolute() { Ok(path) } else { Err("it is not an absolute path") }
}

fn policy_read(text: &str) -> Result<(), &'static str> {
    if text == "read" { Ok(()) } else { Err("the one value that it takes is `read`") }
}

fn default_redirect() -> RedirectPolicy {
    RedirectPolicy::DEFAULT.parse().expect("the default of this crate is an address")
}

/// Returns the home directory: `SPOTIFY_MCP_HOME`, else `spotify-mcp` in the state directory of
/// the XDG base directory specification (or `LOCALAPPDATA` on Windows).
fn home(environment: &BTreeMap<String, String>) -> Result<PathBuf, Problem> {
    let get =
        |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = get("SPOTIFY_MCP_HOME")
        .or_else(|| get("XDG_STATE_HOME").map(|path| path.join("spotify-mcp")))
        .or_else(|| get("LOCALAPPDATA").map(|path| path.join("spotify-mcp")))
        .or_else(|| get("HOME").map(|path| path.join(".local/state/spotify-mcp")));
    match home {
        Some(path) if path.is_absolute() => Ok(path),
        Some(_) => Err(Problem::of(
            "SPOTIFY_MCP_HOME",
            "the home directory is not an absolute path".to_owned(),
        )),
        None => {
            Err(Problem::of("SPOTIFY_MCP_HOME", "it is not set, and neither is `HOME`".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(environment: &[(&str, &str)], file: &str) -> Result<Settings, Problems> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Settings::parse(&environment, PathBuf::from("/state/of/tests"), file)
    }

    fn problems(environment: &[(&str, &str)], file: &str) -> String {
        parse(environment, file).unwrap_err().to_string()
    }

    #[test]
    fn nothing_set_means_spotify_and_any_free_port() {
        let settings = parse(&[], "").unwrap();
        assert!(settings.origins.is_spotify());
        assert!(matches!(settings.redirect, RedirectPolicy::AnyPort(_)));
        assert!(settings.app.is_none());
    }

    #[test]
    fn the_policy_counts_as_read_only_when_that_is_said() {
        assert!(!parse(&[], "").unwrap().developer_policy_read);
        assert!(parse(&[], "developer_policy = 'read'").unwrap().developer_policy_read);
        assert!(problems(&[], "developer_policy = 'yes'").contains("`read`"));
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let file = "client_id = 'of-the-file'\nprofile = 'work'\n";
        let settings = parse(&[("SPOTIFY_CLIENT_ID", "of-the-environment")], file).unwrap();
        assert_eq!(settings.app.unwrap().id.as_str(), "of-the-environment");
        assert_eq!(settings.profile.unwrap().as_str(), "work");
    }

    #[test]
    fn all_problems_are_told_at_once_and_none_repeats_a_value() {
        let text = problems(
            &[
                ("SPOTIFY_CLIENT_ID", "canary id"),
                ("SPOTIFY_REDIRECT_URI", "http://localhost:8888/callback"),
                ("SPOTIFY_MCP_MASTER_KEY", "canary-key"),
                ("LOG_LEVEL", "canary-loud"),
                ("SPOTIFY_API_URL", "https://canary.example"),
                ("SPOTIFY_ACCOUNTS_URL", "http://127.0.0.1:1"),
            ],
            "client_secret = 'canary-secret'\nnonsense = 1\n",
        );
        for name in [
            "SPOTIFY_CLIENT_ID",
            "SPOTIFY_REDIRECT_URI",
            "SPOTIFY_MCP_MASTER_KEY",
            "LOG_LEVEL",
            "SPOTIFY_API_URL",
            "SPOTIFY_CLIENT_SECRET",
            "nonsense",
        ] {
            assert!(text.contains(name), "{name} is missing in\n{text}");
        }
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn a_local_spotify_is_two_loopback_addresses_and_never_in_production() {
        let both = [
            ("SPOTIFY_ACCOUNTS_URL", "http://127.0.0.1:1"),
            ("SPOTIFY_API_URL", "http://127.0.0.1:2/v1"),
        ];
        assert!(!parse(&both, "").unwrap().origins.is_spotify());
        assert!(problems(&both[..1], "").contains("SPOTIFY_API_URL"));
        let mut production = both.to_vec();
        production.push(("DEPLOYMENT_ENVIRONMENT", "production"));
        assert!(problems(&production, "").contains("refused"));
        for wrong in [
            "http://localhost:1",
            "https://127.0.0.1:1",
            "http://10.0.0.1:1",
            "ftp://127.0.0.1",
            "x",
        ] {
            let text = problems(&[("SPOTIFY_ACCOUNTS_URL", wrong), both[1]], "");
            assert!(text.contains("SPOTIFY_ACCOUNTS_URL"), "{wrong}: {text}");
        }
    }

    #[test]
    fn a_secret_of_the_file_is_a_reference_and_never_the_secret() {
        let file = |value: &str| format!("client_id = 'id'\nclient_secret = '{value}'\n");
        for place in ["vault:client", "file:/run/secret", "fd:3", "sealed:v1:AAAA"] {
            assert_eq!(parse(&[], &file(place)).unwrap().unfetched.len(), 1, "{place}");
        }
        for wrong in ["canary-secret", "vault:", "fd:three", ""] {
            let text = problems(&[], &file(wrong));
            assert!(text.contains("SPOTIFY_CLIENT_SECRET") && !text.contains("canary"), "{text}");
        }
        // The environment stands over it.
        let settings = parse(&[("SPOTIFY_CLIENT_SECRET", "x")], &file("vault:client")).unwrap();
        assert!(settings.unfetched.is_empty() && settings.app.unwrap().secret.is_some());
    }

    #[test]
    fn a_secret_comes_from_one_place_and_a_vault_has_one_key_source() {
        let text = problems(
            &[
                ("SPOTIFY_CLIENT_ID", "id"),
                ("SPOTIFY_REFRESH_TOKEN", "canary"),
                ("SPOTIFY_REFRESH_TOKEN_FILE", "/run/token"),
                ("SPOTIFY_MCP_MASTER_KEY_FILE", "/run/key"),
                ("SPOTIFY_MCP_MASTER_KEY_FD", "3"),
                ("SPOTIFY_MCP_PASSPHRASE_FILE", "/run/words"),
            ],
            "",
        );
        for what in [
            "`SPOTIFY_REFRESH_TOKEN_FILE`",
            "SPOTIFY_MCP_MASTER_KEY_FD",
            "SPOTIFY_MCP_PASSPHRASE_FILE",
        ] {
            assert!(text.contains(what), "{what} is missing in\n{text}");
        }
        assert!(!text.contains("canary"), "{text}");
        assert!(problems(&[("SPOTIFY_REFRESH_TOKEN", "x")], "").contains("SPOTIFY_CLIENT_ID"));
    }

    #[test]
    fn what_is_right_is_loaded_and_all_that_is_wrong_is_told() {
        let home = tempfile::tempdir().unwrap();
        let environment = [
            ("SPOTIFY_MCP_HOME", home.path().to_str().unwrap()),
            ("SPOTIFY_CLIENT_ID", "right"),
            ("LOG_LEVEL", "loud"),
            ("SPOTIFY_ACCOUNTS_URL", "http://localhost:1"),
            ("SPOTIFY_API_URL", "http://127.0.0.1:2/v1"),
        ];
        let environment =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let (settings, problems) = Settings::load_despite(&environment);
        let settings = settings.unwrap();
        assert_eq!(settings.app.unwrap().id.as_str(), "right");
        assert!(settings.origins.is_spotify());
        let names: Vec<_> = problems.iter().map(Problem::setting).collect();
        assert_eq!(names, ["LOG_LEVEL", "SPOTIFY_ACCOUNTS_URL"]);
        assert!(Settings::load_despite(&BTreeMap::new()).0.is_none());
    }

    #[test]
    fn a_broken_file_is_a_problem_that_does_not_quote_it() {
        let text = problems(&[], "client_id = canary");
        assert!(text.contains("config.toml") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn the_home_directory_follows_the_environment() {
        let home = |pairs: &[(&str, &str)]| {
            home(
                &pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            )
        };
        let path = |text: &str| Ok::<_, String>(PathBuf::from(text));
        let of = |pairs: &[(&str, &str)]| home(pairs).map_err(|problem| problem.to_string());
        assert_eq!(of(&[("SPOTIFY_MCP_HOME", "/a"), ("HOME", "/h")]), path("/a"));
        assert_eq!(of(&[("XDG_STATE_HOME", "/x"), ("HOME", "/h")]), path("/x/spotify-mcp"));
        assert_eq!(of(&[("HOME", "/h")]), path("/h/.local/state/spotify-mcp"));
        assert!(of(&[("SPOTIFY_MCP_HOME", "a")]).is_err());
        assert!(of(&[]).is_err());
    }

    #[test]
    fn every_example_of_the_table_is_a_right_value() {
        for variable in VARIABLES.iter().filter(|variable| variable.name != "SPOTIFY_MCP_HOME") {
            let mut pairs = vec![(variable.name, variable.example)];
            match variable.name {
                "SPOTIFY_CLIENT_SECRET"
                | "SPOTIFY_CLIENT_SECRET_FILE"
                | "SPOTIFY_REFRESH_TOKEN"
                | "SPOTIFY_REFRESH_TOKEN_FILE" => pairs.push(("SPOTIFY_CLIENT_ID", "id")),
                "SPOTIFY_API_URL" => pairs.push(("SPOTIFY_ACCOUNTS_URL", "http://127.0.0.1:1")),
                "SPOTIFY_ACCOUNTS_URL" => pairs.push(("SPOTIFY_API_URL", "http://127.0.0.1:1/v1")),
                _ => {}
            }
            assert!(parse(&pairs, "").is_ok(), "{}: {}", variable.name, problems(&pairs, ""));
        }
    }
}
