//! Secret settings that stand elsewhere than in the environment: in a private file, behind an
//! inherited descriptor, in the vault, or sealed in the settings file.

use secrecy::{ExposeSecret as _, SecretString};
use spotify_vault::settings::SecretSetting;
use spotify_vault::{MasterKey, SealedVault};

use super::{Problem, Problems, Settings};
use crate::secret::{ClientSecret, RefreshToken};

/// A secret setting, and where its value is.
#[derive(Debug)]
pub(super) struct Unfetched {
    /// The variable that it is called by in messages.
    pub(super) variable: &'static str,
    pub(super) place: SecretSetting,
}

impl Unfetched {
    /// The name that a sealed value is bound to: its key in the settings file.
    fn name(&self) -> String {
        super::variable(self.variable).map(super::Variable::secret_key).unwrap_or_default()
    }

    fn needs_vault(&self) -> bool {
        matches!(self.place, SecretSetting::Vault(_) | SecretSetting::Sealed(_))
    }
}

impl Settings {
    /// Fetches the secret settings that stand elsewhere. Without the vault, those that need it wait.
    ///
    /// # Errors
    /// All problems at once. No problem repeats a value.
    pub(in crate::session) fn fetch(
        &mut self,
        vault: Option<&SealedVault>,
    ) -> Result<(), Problems> {
        let mut problems = Vec::new();
        for setting in std::mem::take(&mut self.unfetched) {
            if vault.is_none() && setting.needs_vault() {
                self.unfetched.push(setting);
                continue;
            }
            let fetched = setting.place.fetch(&setting.name(), vault);
            let text = fetched.map_err(|error| error.to_string()).and_then(|bytes| {
                let text = std::str::from_utf8(bytes.expose()).map(SecretString::from);
                text.map_err(|_| "it is not text".to_owned())
            });
            if let Err(what) = text.and_then(|text| self.set(setting.variable, &text)) {
                problems.push(Problem::of(setting.variable, what));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }

    fn set(&mut self, variable: &str, text: &SecretString) -> Result<(), String> {
        let text = text.expose_secret();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        match variable {
            "SPOTIFY_CLIENT_SECRET" => {
                if let Some(app) = &mut self.app {
                    app.secret = Some(ClientSecret::new(text));
                }
            }
            "SPOTIFY_REFRESH_TOKEN" => self.refresh_token = Some(RefreshToken::new(text)),
            _ => {
                let key = MasterKey::from_base64(text).map_err(|error| error.to_string())?;
                self.master_key = Some(key);
            }
        }
        Ok(())
    }
}
