//! Every secret that passed through the simulator, so that a test can search for leaks.

use serde::Serialize;

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SecretKind {
    /// A bearer token of the Web API.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// An authorization code.
    Code,
    /// A PKCE code verifier that a client sent.
    Verifier,
    /// A client secret, issued or received.
    ClientSecret,
}

/// One secret that the simulator issued or received.
///
/// Its `Debug` shows the value: nothing here protects anything, and a failed canary test must be
/// able to say which value it found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct IssuedSecret {
    /// What it is.
    pub kind: SecretKind,
    /// The text to search for.
    pub value: String,
}

/// All secrets, each once, in the order in which they first appeared.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<IssuedSecret>);

impl Secrets {
    pub(crate) fn remember(&mut self, kind: SecretKind, value: &str) {
        let known = self.0.iter().any(|secret| secret.kind == kind && secret.value == value);
        if !known && !value.is_empty() {
            self.0.push(IssuedSecret { kind, value: value.to_owned() });
        }
    }

    pub(crate) fn all(&self) -> Vec<IssuedSecret> {
        self.0.clone()
    }
}
