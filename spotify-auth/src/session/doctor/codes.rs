//! The one table of what can be found.

use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something does not work, or protects nothing.
    Error,
    /// Look at it.
    Warning,
    /// It could be better.
    Advice,
}

impl Severity {
    /// Returns the severity as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

macro_rules! codes {
    ($($name:ident = $word:literal $severity:ident $meaning:literal $fix:literal;)+) => {
        /// The name of what was found. It stays the same from version to version.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $name,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the code as one word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Returns how bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// Says what it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }

            /// Says what to do.
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$name => $fix,)+ }
            }
        }
    };
}

codes! {
    SettingWrong = "setting_wrong" Error "A setting has a wrong value; no program starts" "set it right in the environment or in `config.toml`";
    SettingsChanged = "settings_changed" Error "The settings file is sealed, and was changed since" "look at what changed; `spotify-admin settings seal` accepts it";
    PolicyUnread = "policy_unread" Warning "Nobody has said that they read what Spotify's Developer Policy says about AI" "read https://developer.spotify.com/policy; `spotify-admin setup` asks, or set `developer_policy = \"read\"` in `config.toml`";
    NoApp = "no_app" Error "No Spotify app is configured, and nobody can sign in" "run `spotify-admin setup`, or set `SPOTIFY_CLIENT_ID`";
    SecretInEnvironment = "secret_in_environment" Advice "A secret stands in a variable, where each process of the user can read it" "put it into a file of mode 0600, and name that in the variable with `_FILE`";
    OnlyInEnvironment = "only_in_environment" Advice "Settings stand in this environment alone; a server that an AI client starts does not see them" "put them into `config.toml`";
    ActsUnrecorded = "acts_unrecorded" Advice "Acts may go on while the audit log takes no record of them" "set `SPOTIFY_MCP_AUDIT_BEFORE` and `SPOTIFY_MCP_AUDIT_AFTER` to `refuse`";
    DirectoryMissing = "directory_missing" Warning "The home directory is missing, though there is a vault" "`spotify-admin doctor --fix` makes it";
    OpenToOthers = "open_to_others" Error "Other users of the machine may read or change a file" "`spotify-admin doctor --fix` takes their rights away";
    OtherOwner = "other_owner" Error "A file belongs to another user" "find out how it came there; `chown` gives it back";
    NotReadable = "not_readable" Error "A file or directory can't be looked at" "see what keeps this user from reading it";
    LogMissing = "log_missing" Error "There is a vault, but its audit log is gone" "put the directory `audit` back from a backup of the machine";
    LogUnreadable = "log_unreadable" Error "The audit log can't be read" "see what keeps this user from reading it";
    LogChanged = "log_changed" Error "A record of the audit log was changed, moved or forged" "`spotify-admin audit verify` names the first bad line; keep a copy of the log before anything else";
    LogSignature = "log_signature" Error "The audit log is not what was signed" "`spotify-admin audit verify` says more; keep a copy of the log before anything else";
    LogRecordsMissing = "log_records_missing" Error "Records are missing from the audit log" "`spotify-admin audit verify` says which; keep a copy of the log before anything else";
    LogTorn = "log_torn" Warning "The log's last record is unfinished: a program or the machine stopped while it wrote" "nothing: the next program that writes sets it aside and says so";
    LogClock = "log_clock" Warning "The clock went back while the log was written; its chain is whole" "find out who set the clock";
    NoVault = "no_vault" Error "There is no vault yet" "run `spotify-admin login`, or `spotify-admin setup`";
    VaultLocked = "vault_locked" Error "The vault can't be unlocked" "bring the key back, or run `spotify-admin recover` with the recovery code";
    VaultUnreadable = "vault_unreadable" Error "The vault can't be opened" "see the reason; `spotify-admin vault restore` puts a backup back";
    VaultDamaged = "vault_damaged" Error "Something in the vault does not open" "`spotify-admin vault verify` names it; `spotify-admin vault restore` puts a backup back";
    VaultDiffers = "vault_differs" Error "A sealed record is not the one that the audit log knows: an old copy was put back, or one is gone" "`spotify-admin audit verify --against-vault` names the records";
    RotationUnfinished = "rotation_unfinished" Warning "A rotation of the vault's keys was begun and not finished" "run `spotify-admin vault rotate --finish`";
    RotationDue = "rotation_due" Warning "The vault's keys are older than they may be" "run `spotify-admin vault rotate`";
    NoProfile = "no_profile" Error "There is no profile of this name" "run `spotify-admin login --profile NAME`; `spotify-admin profiles` lists those there are";
    ProfileUnreadable = "profile_unreadable" Error "The profile can't be read or used" "see the reason";
    NotSignedIn = "not_signed_in" Error "Nobody has signed in to the profile" "run `spotify-admin login`";
    SignInEnded = "sign_in_ended" Error "Spotify ended the sign-in" "run `spotify-admin login`";
    SignInDue = "sign_in_due" Warning "Spotify wants a new sign-in within thirty days" "run `spotify-admin login`";
    ScopesMissing = "scopes_missing" Warning "The person did not grant everything that the tools need" "run `spotify-admin login` and approve everything";
    Suspended = "suspended" Warning "The profile is suspended" "`spotify-admin resume` ends that";
    Revoked = "revoked" Error "The profile was revoked" "`spotify-admin login` makes a new one of its name";
    AccountsUnreachable = "accounts_unreachable" Error "Spotify's accounts service does not answer, so no token can be renewed" "check the network, the proxy and https://status.spotify.dev";
    ApiUnreachable = "api_unreachable" Error "Spotify's Web API does not answer" "check the network, the proxy and https://status.spotify.dev";
    ClockSkewed = "clock_skewed" Warning "This machine's clock differs from Spotify's by more than a minute: times in the log and ends of tokens are wrong" "let the machine set its clock by the network";
    AccountRefused = "account_refused" Error "Spotify does not serve the account" "see the reason";
    QuotaClosed = "quota_closed" Warning "Spotify takes no more requests for now" "wait until the time that is told";
    ServerNotFound = "server_not_found" Error "The server's program is not beside this one and not on the search path" "install it, or name it with `--server`";
    ServerFailed = "server_failed" Error "The server's program starts, but does not answer as an MCP server" "see the reason; start it by hand to see more";
    ServerOtherVersion = "server_other_version" Warning "The server's program is of another version than this one" "install both from the same release";
    NoClient = "no_client" Advice "No AI client on this machine starts the server" "run `spotify-admin install`";
    ClientUnreadable = "client_unreadable" Warning "The settings of an AI client can't be read" "mend the file";
    ClientServerMissing = "client_server_missing" Error "An AI client starts a program that is not there" "run `spotify-admin install` for it again";
    ClientProfileMissing = "client_profile_missing" Error "An AI client starts the server for a profile that is not there" "run `spotify-admin install` for it again, with `--profile`";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_says_what_to_do() {
        let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(!code.fix().is_empty() && !code.meaning().ends_with('.'), "{code:?}");
        }
    }
}
