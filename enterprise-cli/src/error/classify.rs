//! Which kind and name each library's errors have here, and what to do about them where their own
//! text does not say it.

use spotify_auth::rotation::{BearerError, Class};
use spotify_auth::session::alerts::AlertsError;
use spotify_auth::session::settings::Problems;
use spotify_auth::session::{AdoptError, OpenError, ProfileError, RegistryError};
use spotify_auth::sign_in::SignInError;
use spotify_vault::backup::BackupError;
use spotify_vault::{SettingError, VaultError};

use super::CommandError;
use crate::exit::Exit;

impl From<Problems> for CommandError {
    fn from(error: Problems) -> Self {
        Self::new(Exit::Usage, "settings", error)
    }
}

impl From<OpenError> for CommandError {
    fn from(error: OpenError) -> Self {
        let (kind, code) = match &error {
            OpenError::NoVault { .. } => (Exit::NotFound, "no_vault"),
            OpenError::VaultExists { .. } => (Exit::Refused, "vault_exists"),
            OpenError::OtherKeySource { .. }
            | OpenError::UnknownKeySource(_)
            | OpenError::NoMasterKey
            | OpenError::NoDescriptor
            | OpenError::NoCredential
            | OpenError::NobodyToAsk
            | OpenError::Ask(_)
            | OpenError::PassphraseFile { .. }
            | OpenError::PinFile { .. }
            | OpenError::NoPin
            | OpenError::Token(_)
            | OpenError::WithoutTokens
            | OpenError::Keychain(_) => (Exit::Locked, "vault_locked"),
            OpenError::Vault(error) => vault(error),
            OpenError::OldKey { .. } => (Exit::Failure, "old_key_left"),
            OpenError::Home { .. } => (Exit::Failure, "home"),
            OpenError::Bury { .. } => (Exit::Failure, "not_revoked"),
            OpenError::ReadOnly => (Exit::Refused, "read_only"),
            OpenError::GivenAndVault { .. } | OpenError::Settings(_) => (Exit::Usage, "settings"),
            OpenError::Policy(_) => (Exit::Usage, "policy"),
            OpenError::NoToken => (Exit::Usage, "no_token"),
            OpenError::Log(_) | OpenError::ReadLog(_) | OpenError::Audit(_) => {
                (Exit::Failure, "audit_log")
            }
            OpenError::Registry(error) => registry(error),
            OpenError::Profile(error) => profile(error),
            _ => (Exit::Failure, "session"),
        };
        let lost = matches!(
            error,
            OpenError::Vault(VaultError::WrongKey { .. } | VaultError::KeyNotFound { .. })
        );
        let error = Self::new(kind, code, error);
        if lost {
            return error
                .hint("if the key is lost, run `spotify-admin recover` with the recovery code");
        }
        error
    }
}

impl From<ProfileError> for CommandError {
    fn from(error: ProfileError) -> Self {
        let (kind, code) = profile(&error);
        Self::new(kind, code, error)
    }
}

impl From<SignInError> for CommandError {
    fn from(error: SignInError) -> Self {
        let kind = match &error {
            SignInError::Store(_)
            | SignInError::Audit(_)
            | SignInError::Listener(_)
            | SignInError::Stopped => Exit::Failure,
            _ => Exit::NeedsSignIn,
        };
        let hint = match error.reason() {
            "access_denied" => {
                Some("run `spotify-admin login` again and approve on Spotify's page")
            }
            "not_an_answer" | "not_pending" | "ambiguous" => Some(
                "run `spotify-admin login` again and paste the address that the browser ends at this time",
            ),
            "not_reachable" => Some("check the network, then run `spotify-admin login` again"),
            _ => None,
        };
        let error = Self::new(kind, error.reason(), error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<BearerError> for CommandError {
    fn from(error: BearerError) -> Self {
        let (kind, code, hint) = match error.class() {
            Class::NeedsSignIn => (Exit::NeedsSignIn, "needs_sign_in", "run `spotify-admin login`"),
            Class::Transient(_) => {
                (Exit::Failure, "try_again", "try again later; nothing was lost")
            }
            _ => {
                (Exit::Failure, "no_token", "`spotify-admin status` shows where the sign-in stands")
            }
        };
        Self::new(kind, code, error).hint(hint)
    }
}

impl From<AdoptError> for CommandError {
    fn from(error: AdoptError) -> Self {
        match error {
            AdoptError::Profile(error) => error.into(),
            AdoptError::Log(error) => error.into(),
            AdoptError::SignedIn(_) => Self::new(Exit::Refused, "signed_in", error),
            error => Self::new(Exit::Failure, "read_back", error),
        }
    }
}

impl From<AlertsError> for CommandError {
    fn from(error: AlertsError) -> Self {
        Self::new(Exit::Usage, "audit_log", error)
    }
}

fn vault(error: &VaultError) -> (Exit, &'static str) {
    match error {
        VaultError::WrongKey { .. } => (Exit::Locked, "wrong_key"),
        VaultError::WrongKeySource { .. }
        | VaultError::KeyNotFound { .. }
        | VaultError::Key(_)
        | VaultError::Keychain(_)
        | VaultError::Descriptor { .. }
        | VaultError::DescriptorRead { .. }
        | VaultError::OutOfMemory { .. } => (Exit::Locked, "vault_locked"),
        VaultError::RecoveryCode(_) => (Exit::Usage, "recovery_code"),
        VaultError::WeakPassphrase { .. } => (Exit::Usage, "weak_passphrase"),
        VaultError::NotFound { .. } => (Exit::NotFound, "no_vault"),
        VaultError::Integrity { .. } => (Exit::Failure, "damaged"),
        VaultError::Setting(SettingError::Changed) => (Exit::Refused, "settings_changed"),
        VaultError::Setting(_) => (Exit::Usage, "settings"),
        VaultError::Moved { .. } => (Exit::NotFound, "vault_moved"),
        VaultError::Backup(error) => backup(error),
        VaultError::Busy { .. } | VaultError::HeaderChanged => (Exit::Failure, "busy"),
        _ => (Exit::Failure, "vault"),
    }
}

fn backup(error: &BackupError) -> (Exit, &'static str) {
    match error {
        BackupError::Recipient | BackupError::Identity => (Exit::Usage, "backup_key"),
        BackupError::Exists { .. } => (Exit::Refused, "backup_exists"),
        BackupError::Absent { .. } => (Exit::NotFound, "no_backup"),
        BackupError::WrongKey => (Exit::Locked, "backup_locked"),
        BackupError::OtherVault { .. } => (Exit::Refused, "other_vault"),
        BackupError::Damaged { .. } => (Exit::Failure, "backup_damaged"),
        _ => (Exit::Failure, "backup"),
    }
}

fn registry(error: &RegistryError) -> (Exit, &'static str) {
    match error {
        RegistryError::LooksLike { .. } => (Exit::Refused, "profile_name"),
        RegistryError::Exists(_) => (Exit::Refused, "profile_exists"),
        RegistryError::Unknown(_) => (Exit::NotFound, "no_profile"),
        RegistryError::Vault(error) => vault(error),
        _ => (Exit::Failure, "profiles"),
    }
}

fn profile(error: &ProfileError) -> (Exit, &'static str) {
    match error {
        ProfileError::Revoked { .. } => (Exit::NeedsSignIn, "profile_revoked"),
        ProfileError::Suspended { .. } => (Exit::Refused, "profile_suspended"),
        ProfileError::NoAppSecret => (Exit::Usage, "no_app_secret"),
        ProfileError::Given => (Exit::Refused, "read_only"),
        ProfileError::NoApp => (Exit::Usage, "no_app"),
        ProfileError::OtherApp { .. } => (Exit::Usage, "other_app"),
        ProfileError::Origin(_) => (Exit::Refused, "other_origin"),
        _ => (Exit::Failure, "profile"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use spotify_vault::KeySource;

    use super::*;

    #[test]
    fn the_kind_of_an_error_fixes_the_exit_code() {
        let kinds = [
            (OpenError::NoVault { home: PathBuf::from("/h") }, Exit::NotFound, "no_vault"),
            (OpenError::NoMasterKey, Exit::Locked, "vault_locked"),
            (
                OpenError::Vault(VaultError::WrongKey { given: KeySource::Passphrase }),
                Exit::Locked,
                "wrong_key",
            ),
            (
                OpenError::Registry(RegistryError::Unknown("work".parse().unwrap())),
                Exit::NotFound,
                "no_profile",
            ),
            (OpenError::Profile(ProfileError::NoApp), Exit::Usage, "no_app"),
        ];
        for (error, kind, code) in kinds {
            let error = CommandError::from(error);
            assert_eq!((error.kind(), error.code()), (kind, code), "{}", error.message());
        }
    }
}
