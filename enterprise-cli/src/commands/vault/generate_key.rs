//! `vault generate-key`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_auth::session::OpenError;
use spotify_vault::{MasterKey, key_file};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Draw a key for a vault, and print it once or write it to a file
///
/// For `SPOTIFY_MCP_MASTER_KEY`, a descriptor or a credential: 32 random bytes in base64. It is kept
/// nowhere else, and changes no vault; `disable-keychain --to` moves one to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin vault generate-key --out master.key\n  \
    export SPOTIFY_MCP_MASTER_KEY=\"$(spotify-admin vault generate-key)\"")]
pub(crate) struct Args {
    /// A new file to write it to, of mode 0600, instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The answer as programs read it. One of the two is `null`.
#[derive(Serialize)]
struct Facts<'a> {
    key: Option<&'a str>,
    file: Option<&'a PathBuf>,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let mut entropy = installation.context().entropy;
        let Some(file) = &self.out else {
            let key = MasterKey::generate(&mut entropy).expose_base64();
            let facts = Facts { key: Some(&key), file: None };
            return Ok(Answer::new(Exit::Success, &facts, format!("{}\n", *key)));
        };
        let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        key_file::create(&file, &mut entropy).map_err(OpenError::from)?;
        let human = format!("Wrote a new key to {} (mode 0600).\n", file.display());
        Ok(Answer::new(Exit::Success, &Facts { key: None, file: Some(&file) }, human))
    }
}
