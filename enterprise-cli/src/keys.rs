//! Where a vault's key lives, and where it can live on this machine.

use std::fmt;
use std::path::Path;

use clap::ValueEnum;
use secrecy::SecretString;
use serde::Serialize;
use spotify_auth::session::{KEYCHAIN_SERVICE, KeyChoice, OpenError, read_passphrase};
use spotify_vault::{KeySource, Keychain, KeychainError};

use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Output;

const MASTER_KEY: &str = "SPOTIFY_MCP_MASTER_KEY";
const MASTER_KEY_FD: &str = "SPOTIFY_MCP_MASTER_KEY_FD";
const PASSPHRASE_FILE: &str = "SPOTIFY_MCP_PASSPHRASE_FILE";
const MASTER_KEY_HINT: &str =
    "set `SPOTIFY_MCP_MASTER_KEY` first, to what `openssl rand -base64 32` prints";
/// What a key file does not protect.
pub(crate) const FILE_LIMIT: &str =
    "it protects a copy of the vault, but not against anyone who can read your files";

/// Where the key of a vault can live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyPlace {
    /// The keychain of the operating system
    Keychain,
    /// A file of mode 0600 beside the vault
    File,
    /// The variable `SPOTIFY_MCP_MASTER_KEY`
    Environment,
    /// A passphrase that you type
    Passphrase,
    /// An inherited descriptor, `SPOTIFY_MCP_MASTER_KEY_FD`
    Descriptor,
    /// The credential `spotify-mcp-master-key` of systemd
    Credential,
    /// A hardware token, `SPOTIFY_MCP_PKCS11_TOKEN`
    Pkcs11,
}

/// A key source as programs read it.
#[derive(Debug, Serialize)]
pub(crate) struct KeyFacts {
    kind: Option<KeyPlace>,
    description: String,
}

impl KeyPlace {
    const ALL: [Self; 7] = [
        Self::Keychain,
        Self::File,
        Self::Environment,
        Self::Passphrase,
        Self::Descriptor,
        Self::Credential,
        Self::Pkcs11,
    ];

    /// Returns the word that the command line and the audit log use.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Passphrase => "passphrase",
            Self::Descriptor => "descriptor",
            Self::Credential => "credential",
            Self::Pkcs11 => "pkcs11",
        }
    }

    /// Returns the place of a pinned source; `None` for one that this version does not know.
    pub(crate) fn of(source: &KeySource) -> Option<Self> {
        match source {
            KeySource::Passphrase => Some(Self::Passphrase),
            KeySource::Environment => Some(Self::Environment),
            KeySource::KeyFile { .. } => Some(Self::File),
            KeySource::Keychain { .. } => Some(Self::Keychain),
            KeySource::Descriptor => Some(Self::Descriptor),
            KeySource::Credential { .. } => Some(Self::Credential),
            KeySource::Pkcs11(_) => Some(Self::Pkcs11),
            _ => None,
        }
    }
}

impl fmt::Display for KeyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

impl From<&KeySource> for KeyFacts {
    fn from(source: &KeySource) -> Self {
        Self { kind: KeyPlace::of(source), description: source.to_string() }
    }
}

/// Decides where the key of a new vault lives: as asked for, as a variable says, or as the person at
/// the terminal agrees to.
///
/// # Errors
/// Two of them may differ, none may decide, or the person may refuse.
pub(crate) fn choose(
    asked: Option<KeyPlace>,
    installation: &Installation,
    output: Output,
) -> Result<KeyChoice, CommandError> {
    let place = match (asked, given_by_variable(installation)) {
        (Some(asked), Some((place, variable))) if asked != place => {
            return Err(conflict(asked, place, variable));
        }
        (Some(place), _) | (None, Some((place, _))) => place,
        (None, None) if installation.terminal().can_ask() => propose(installation, output)?,
        (None, None) => return Err(undecided(installation)),
    };
    match place {
        KeyPlace::Keychain => check_keychain().map(|()| KeyChoice::Keychain),
        KeyPlace::File => Ok(KeyChoice::File),
        KeyPlace::Environment if installation.settings().master_key.is_some() => {
            Ok(KeyChoice::Environment)
        }
        KeyPlace::Environment => Err(CommandError::new(
            Exit::Usage,
            "no_master_key",
            format!("`--key-source environment` was given, but `{MASTER_KEY}` is not set"),
        )
        .hint(MASTER_KEY_HINT)),
        KeyPlace::Passphrase => {
            let file = installation.settings().passphrase_file.as_deref();
            new_passphrase(file, installation).map(KeyChoice::Passphrase)
        }
        KeyPlace::Descriptor => Ok(KeyChoice::Descriptor),
        KeyPlace::Credential => Ok(KeyChoice::Credential),
        KeyPlace::Pkcs11 => Ok(KeyChoice::Token),
    }
}

/// Makes sure that the keychain keeps what is written to it.
///
/// # Errors
/// It may not.
pub(crate) fn check_keychain() -> Result<(), CommandError> {
    probe_keychain().map_err(|error| {
        CommandError::new(Exit::Failure, "keychain_unavailable", error)
            .hint("nothing was changed; the other places for the key are `file`, `environment` and `passphrase`")
    })
}

fn probe_keychain() -> Result<(), KeychainError> {
    Keychain::new(KEYCHAIN_SERVICE).probe()
}

/// Takes a new passphrase from `file`, or from the person at the terminal.
///
/// # Errors
/// The file may be unreadable, or there may be neither.
pub(crate) fn new_passphrase(
    file: Option<&Path>,
    installation: &Installation,
) -> Result<SecretString, CommandError> {
    match file {
        Some(path) => Ok(read_passphrase(path)?),
        None if installation.terminal().can_ask() => {
            ask::new_passphrase("the vault").map_err(|error| OpenError::Ask(error).into())
        }
        None => Err(CommandError::new(
            Exit::Refused,
            "passphrase_required",
            "a new passphrase is needed, and there is no terminal to ask for it",
        )
        .hint(format!("set `{PASSPHRASE_FILE}` to a file (mode 0600) that holds it"))),
    }
}

fn given_by_variable(installation: &Installation) -> Option<(KeyPlace, &'static str)> {
    let settings = installation.settings();
    if settings.master_key.is_some() {
        Some((KeyPlace::Environment, MASTER_KEY))
    } else if settings.master_key_fd.is_some() {
        Some((KeyPlace::Descriptor, MASTER_KEY_FD))
    } else {
        settings.passphrase_file.as_ref().map(|_| (KeyPlace::Passphrase, PASSPHRASE_FILE))
    }
}

/// Shows which places work here, proposes the keychain when it does, else a key file, and asks.
fn propose(installation: &Installation, output: Output) -> Result<KeyPlace, CommandError> {
    output.say(
        "Your tokens will be sealed in a vault on this machine. Its key has to live somewhere:",
    );
    let found = KeyPlace::ALL.map(|place| (place, works(place, installation)));
    for (place, works) in &found {
        let told = match works {
            Ok(how) => how.clone(),
            Err(why) => format!("does not work here: {why}"),
        };
        output.say(&format!("  {:<11}  {told}", place.word()));
    }
    let working =
        |place: KeyPlace| found.iter().any(|(other, works)| *other == place && works.is_ok());
    let proposed = if working(KeyPlace::Keychain) { KeyPlace::Keychain } else { KeyPlace::File };
    loop {
        let question =
            format!("Where shall it live? Enter for `{}`, or another word", proposed.word());
        let Some(line) = ask::line(&question).map_err(OpenError::Ask)? else {
            return Err(nowhere());
        };
        match line.as_str() {
            "" => return Ok(proposed),
            "n" | "no" => return Err(nowhere()),
            word => match KeyPlace::ALL.into_iter().find(|place| place.word() == word) {
                Some(place) if working(place) => return Ok(place),
                Some(place) => output.warn(&format!("`{}` does not work here", place.word())),
                None => output.warn("please answer with one of the words above, or `no`"),
            },
        }
    }
}

fn nowhere() -> CommandError {
    CommandError::new(
        Exit::Refused,
        "not_confirmed",
        "no place was chosen for the vault's key; nothing was made",
    )
    .hint("choose one with `--key-source`: `keychain`, `file`, `environment` or `passphrase`")
}

fn conflict(asked: KeyPlace, place: KeyPlace, variable: &str) -> CommandError {
    let (asked, place) = (asked.word(), place.word());
    CommandError::new(
        Exit::Usage,
        "key_source_conflict",
        format!("`--key-source {asked}` was given, but `{variable}` is set, which means `{place}`"),
    )
    .hint(format!("unset `{variable}`, or give `--key-source {place}`"))
}

fn undecided(installation: &Installation) -> CommandError {
    let error = CommandError::new(
        Exit::Usage,
        "key_source_required",
        "there is no vault yet, and no terminal to ask where its key shall live; give `--key-source`",
    );
    KeyPlace::ALL.iter().fold(error, |error, place| {
        let choice = format!("`--key-source {}`", place.word());
        error.hint(match works(*place, installation) {
            Ok(how) => format!("{choice} works: {how}"),
            Err(why) => format!("{choice} does not work here: {why}"),
        })
    })
}

/// Says how a place would be used, or why it can't be.
fn works(place: KeyPlace, installation: &Installation) -> Result<String, String> {
    match place {
        KeyPlace::Keychain => match probe_keychain() {
            Ok(()) => Ok("the key is kept by the operating system".to_owned()),
            Err(error) => Err(error.to_string()),
        },
        KeyPlace::File => {
            let path = installation.settings().key_file();
            Ok(format!("a file of mode 0600, {}; {FILE_LIMIT}", path.display()))
        }
        KeyPlace::Environment if installation.settings().master_key.is_some() => {
            Ok(format!("the key is in `{MASTER_KEY}`"))
        }
        KeyPlace::Environment => Err(MASTER_KEY_HINT.to_owned()),
        KeyPlace::Passphrase if installation.terminal().can_ask() => {
            Ok(format!("you type it; the server needs it in a file that `{PASSPHRASE_FILE}` names"))
        }
        KeyPlace::Passphrase => Err(format!(
            "there is no terminal to ask for it; set `{PASSPHRASE_FILE}` to a file (mode 0600) first"
        )),
        KeyPlace::Descriptor => Err(OpenError::NoDescriptor.to_string()),
        KeyPlace::Credential if installation.settings().credential.is_some() => {
            Ok("the service manager hands the key over".to_owned())
        }
        KeyPlace::Credential => Err(OpenError::NoCredential.to_string()),
        KeyPlace::Pkcs11 => Err(OpenError::NoToken.to_string()),
    }
}
