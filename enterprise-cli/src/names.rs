//! Which profile an id of the audit log belongs to.

use std::collections::BTreeMap;

use crate::installation::Installation;
use crate::output::Output;

/// The names of profiles by their ids. The log holds ids only; the names are sealed in the vault.
#[derive(Debug, Default)]
pub(crate) struct Names(Option<BTreeMap<String, String>>);

impl Names {
    /// Reads the names if the vault can be unlocked without anybody's help.
    pub(crate) fn at_hand(installation: &Installation) -> Self {
        let profiles = installation.session_at_hand().and_then(|session| session.profiles().ok());
        Self(profiles.map(|profiles| {
            let named = |profile: &spotify_auth::session::Profile| {
                (profile.id().to_string(), profile.name().to_string())
            };
            profiles.iter().map(named).collect()
        }))
    }

    /// Says that only ids can be shown, when the vault was locked.
    pub(crate) fn say_if_locked(&self, output: Output) {
        if self.0.is_none() {
            output.say("The vault is locked: profiles are shown by their ids.");
        }
    }

    /// Returns the name of an id.
    pub(crate) fn find(&self, id: &str) -> Option<&str> {
        self.0.as_ref()?.get(id).map(String::as_str)
    }
}
