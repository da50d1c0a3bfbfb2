//! The one list of settings. README's table is made of it.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name in the environment.
    pub name: &'static str,
    /// The key in `config.toml`; `None` for what stands in no file.
    pub key: Option<&'static str>,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// A right value.
    pub example: &'static str,
}

/// Every setting, in the order of the documentation.
pub const VARIABLES: [Variable; 27] = [
    Variable {
        name: "SPOTIFY_CLIENT_ID",
        key: Some("client_id"),
        default: "none: needed to sign in",
        meaning: "Your Spotify app's id; sealed with the profile at sign-in, so a different value later is an error",
        example: "0123456789abcdef0123456789abcdef",
    },
    Variable {
        name: "SPOTIFY_CLIENT_SECRET",
        key: None,
        default: "none: PKCE needs no secret",
        meaning: "Your Spotify app's secret, if you want it used; sealed with the profile at sign-in",
        example: "the secret of your app's page",
    },
    Variable {
        name: "SPOTIFY_CLIENT_SECRET_FILE",
        key: None,
        default: "none",
        meaning: "A file (mode 0600) that holds the secret; in `config.toml`, `client_secret` is a reference: `vault:NAME`, `file:PATH`, `fd:NUMBER` or a sealed value",
        example: "/run/secrets/spotify-client-secret",
    },
    Variable {
        name: "SPOTIFY_REFRESH_TOKEN",
        key: None,
        default: "none",
        meaning: "For a container without a vault: the refresh token of one person. Nothing is kept, so a token that Spotify replaces is lost at the next start, which is told",
        example: "AQD-the-refresh-token",
    },
    Variable {
        name: "SPOTIFY_REFRESH_TOKEN_FILE",
        key: None,
        default: "none",
        meaning: "A file (mode 0600) that holds that refresh token",
        example: "/run/secrets/spotify-refresh-token",
    },
    Variable {
        name: "SPOTIFY_REDIRECT_URI",
        key: Some("redirect_uri"),
        default: "`http://127.0.0.1/callback`",
        meaning: "Where the browser comes back to, as registered in your app: a loopback address without a port takes any free one, with a port that one; any other address means pasting",
        example: "http://127.0.0.1/callback",
    },
    Variable {
        name: "SPOTIFY_MCP_MASTER_KEY",
        key: None,
        default: "none",
        meaning: "The vault's key, when the vault is pinned to the environment: 32 bytes in base64",
        example: "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=",
    },
    Variable {
        name: "SPOTIFY_MCP_MASTER_KEY_FILE",
        key: None,
        default: "none",
        meaning: "A file (mode 0600) that holds that key, as an orchestrator mounts it",
        example: "/run/secrets/spotify-mcp-master-key",
    },
    Variable {
        name: "SPOTIFY_MCP_MASTER_KEY_FD",
        key: None,
        default: "none",
        meaning: "An inherited descriptor that holds the vault's key, when the vault is pinned to one; it is read once",
        example: "3",
    },
    Variable {
        name: "SPOTIFY_MCP_PASSPHRASE_FILE",
        key: None,
        default: "none: a terminal is asked",
        meaning: "A file (mode 0600) or descriptor (`/dev/fd/3`) that holds the vault's passphrase, for a program without a terminal",
        example: "/run/secrets/spotify-mcp-passphrase",
    },
    Variable {
        name: "SPOTIFY_MCP_PKCS11_MODULE",
        key: Some("pkcs11_module"),
        default: "none",
        meaning: "The library of the hardware token that shall seal the vault's key (PKCS#11); the vault remembers it",
        example: "/usr/lib/softhsm/libsofthsm2.so",
    },
    Variable {
        name: "SPOTIFY_MCP_PKCS11_TOKEN",
        key: Some("pkcs11_token"),
        default: "none",
        meaning: "The label of that token; the vault remembers it",
        example: "office",
    },
    Variable {
        name: "SPOTIFY_MCP_PKCS11_KEY",
        key: Some("pkcs11_key"),
        default: "`spotify-mcp`",
        meaning: "The label of the key on that token, which is made when it is absent; the vault remembers it",
        example: "spotify-mcp",
    },
    Variable {
        name: "SPOTIFY_MCP_PKCS11_PIN_FILE",
        key: None,
        default: "none",
        meaning: "A file (mode 0600) or descriptor (`/dev/fd/3`) that holds the token's PIN, when a token seals the vault's key; without it a terminal is asked",
        example: "/run/secrets/spotify-mcp-pin",
    },
    Variable {
        name: "SPOTIFY_MCP_HOME",
        key: None,
        default: "`~/.local/state/spotify-mcp`",
        meaning: "The directory of vault, audit log and `config.toml`",
        example: "/var/lib/spotify-mcp",
    },
    Variable {
        name: "SPOTIFY_MCP_VAULT",
        key: Some("vault"),
        default: "`vault` in the home directory",
        meaning: "The directory of the vault, when `spotify-admin vault migrate` moved it",
        example: "/mnt/safe/spotify-vault",
    },
    Variable {
        name: "SPOTIFY_MCP_PROFILE",
        key: Some("profile"),
        default: "the default profile",
        meaning: "The profile to use when none is named",
        example: "work",
    },
    Variable {
        name: "SPOTIFY_API_REGIME",
        key: Some("api_regime"),
        default: "`auto`",
        meaning: "What Spotify grants your app: `extended`, `dev_legacy` (Development Mode, made before 11 February 2026) or `dev_restricted` (made since); `auto` learns it from Spotify's answers",
        example: "dev_restricted",
    },
    Variable {
        name: "SPOTIFY_MCP_DEVELOPER_POLICY",
        key: Some("developer_policy"),
        default: "none: the server warns at its start",
        meaning: "`read` says that you have read what Spotify's Developer Policy says about AI and decided for yourself; `spotify-admin setup` asks and records it",
        example: "read",
    },
    Variable {
        name: "SPOTIFY_MCP_AUDIT_RETENTION",
        key: Some("audit_retention"),
        default: "`security`",
        meaning: "How long the audit log's records are kept: `security` (400 days), `pci` (a year), `hipaa` (six years), `sox` (seven years) or `hold` (nothing is removed)",
        example: "sox",
    },
    Variable {
        name: "SPOTIFY_MCP_AUDIT_BEFORE",
        key: Some("audit_before"),
        default: "`refuse`",
        meaning: "What becomes of an act that changes something when the audit log can't take the record ahead of it, as on a full disk: `refuse` it, or `continue` with a warning and a record of the gap later",
        example: "refuse",
    },
    Variable {
        name: "SPOTIFY_MCP_AUDIT_AFTER",
        key: Some("audit_after"),
        default: "`refuse`",
        meaning: "The same for the record of how an act ended: `refuse` says in the answer that it could not be recorded",
        example: "refuse",
    },
    Variable {
        name: "SPOTIFY_MCP_AUDIT_ASYNC",
        key: Some("audit_async"),
        default: "`refuse`",
        meaning: "The same for acts that only read",
        example: "continue",
    },
    Variable {
        name: "LOG_LEVEL",
        key: Some("log_level"),
        default: "`warn`",
        meaning: "What goes to standard error: `error`, `warn`, `info`, `debug` or `trace`",
        example: "info",
    },
    Variable {
        name: "DEPLOYMENT_ENVIRONMENT",
        key: Some("environment"),
        default: "`development`",
        meaning: "`production` refuses a local Spotify",
        example: "production",
    },
    Variable {
        name: "SPOTIFY_ACCOUNTS_URL",
        key: None,
        default: "`https://accounts.spotify.com`",
        meaning: "The accounts service of a local Spotify: `http` on a loopback address, together with `SPOTIFY_API_URL`",
        example: "http://127.0.0.1:8080",
    },
    Variable {
        name: "SPOTIFY_API_URL",
        key: None,
        default: "`https://api.spotify.com/v1`",
        meaning: "The Web API of a local Spotify",
        example: "http://127.0.0.1:8081/v1",
    },
];

/// Returns the setting of a name.
pub fn variable(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

impl Variable {
    /// Returns the key that a person might try in a file for a variable that has none.
    pub(super) fn secret_key(&self) -> String {
        self.name
            .trim_start_matches("SPOTIFY_MCP_")
            .trim_start_matches("SPOTIFY_")
            .to_ascii_lowercase()
    }
}
