//! What the simulator was asked, without anything secret.

use serde::Serialize;

/// One of the two hosts that Spotify has for apps.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// `accounts.spotify.com`: authorization and tokens.
    Accounts,
    /// `api.spotify.com`: the Web API.
    Api,
}

/// One request that was answered, in the order of arrival.
///
/// It holds no header and no body; secret or personal query parameters read `[redacted]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// The host that was asked.
    pub service: Service,
    /// The HTTP method.
    pub method: String,
    /// The path as it was sent, `/v1` included.
    pub path: String,
    /// The query as decoded `name=value` pairs joined by `&`; empty when there was none.
    pub query: String,
    /// The operation of the Web API, as Spotify's reference names it; for the accounts service
    /// `authorize` or `token`; `None` for an unknown path.
    pub operation: Option<&'static str>,
    /// The `grant_type` of a token request.
    pub grant_type: Option<String>,
    /// The status that was answered; 0 when the connection was cut instead.
    pub status: u16,
}

/// The parameters whose values never enter the journal.
const REDACTED: [&str; 8] = [
    "access_token",
    "client_secret",
    "code",
    "code_challenge",
    "code_verifier",
    "refresh_token",
    "state",
    "token",
];

/// Writes a query for people, without the values that are nobody's business.
pub(crate) fn readable(query: &[(String, String)]) -> String {
    let pairs = query.iter().map(|(name, value)| {
        let value = if REDACTED.contains(&name.as_str()) { "[redacted]" } else { value };
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_parameters_are_redacted() {
        let query: Vec<_> = REDACTED.iter().map(|&name| (name.into(), "hush".into())).collect();
        let text = readable(&query);
        assert!(!text.contains("hush"), "{text}");
        assert!(text.starts_with("access_token=[redacted]&"), "{text}");
    }
}
