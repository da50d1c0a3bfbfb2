//! The people who have accounts.

use crate::random::Random;

/// The user who approves unless another is named; owns playlists, is on the allowlist.
pub const DEFAULT_USER: &str = "simone";
/// A second user on the allowlist, with a public playlist.
pub const OTHER_USER: &str = "otto";
/// A user on the allowlist whose id has characters that must be percent-encoded.
pub const ODD_USER: &str = "zoë#1+x";
/// A user who is on no allowlist and has no Premium.
pub const STRANGER: &str = "stranger";
/// The owner of editorial playlists; nobody can sign in as it.
pub(crate) const SPOTIFY: &str = "spotify";

/// A person with a Spotify account.
#[derive(Debug, Clone)]
pub struct User {
    pub(crate) id: String,
    pub(crate) account_id: String,
    pub(crate) display_name: String,
    pub(crate) country: String,
    pub(crate) premium: bool,
    pub(crate) allowlisted: bool,
}

impl User {
    /// Creates a user with Premium, in Sweden, whom the default app's allowlist names.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let account_id = Random::of(&id).text(10);
        let display_name = id.clone();
        Self {
            id,
            account_id,
            display_name,
            country: "SE".to_owned(),
            premium: true,
            allowlisted: true,
        }
    }

    /// Sets the name that others see.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = name.into();
        self
    }

    /// Sets where the account is, for instance `DE`; it decides what can be played.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = country.into();
        self
    }

    /// Sets whether the user pays for Premium.
    #[must_use]
    pub const fn premium(mut self, premium: bool) -> Self {
        self.premium = premium;
        self
    }

    /// Sets whether apps in Development Mode name the user on their allowlists from the start.
    #[must_use]
    pub const fn allowlisted(mut self, allowlisted: bool) -> Self {
        self.allowlisted = allowlisted;
        self
    }

    /// The users that every simulator has.
    pub(crate) fn usual() -> Vec<Self> {
        vec![
            Self::new(DEFAULT_USER).display_name("Simone Tester"),
            Self::new(OTHER_USER).display_name("Otto Andersson"),
            Self::new(ODD_USER).display_name("Zoë"),
            Self::new(STRANGER).display_name("A Stranger").premium(false).allowlisted(false),
        ]
    }
}
