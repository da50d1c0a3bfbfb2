//! A webhook that receivers compatible with Slack's accept, signed.

use std::fmt;
use std::io;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::json;
use sha2::Sha256;

use super::{Message, Sink, SinkError};
use crate::line::hex;
use crate::log::Clock;

const PATIENCE: Duration = Duration::from_secs(10);

/// Posts each message as JSON: `text` for the receiver's people, and what it speaks of.
///
/// The header `X-Timestamp` has the seconds since 1970, `X-Signature` the [`signature`]. A receiver
/// refuses what is older than some minutes, and what it has had already: `seq` tells.
pub struct Webhook {
    url: reqwest::Url,
    key: SecretSlice<u8>,
    clock: Clock,
    client: reqwest::blocking::Client,
}

impl Webhook {
    /// Posts to a URL; one that is not on this machine must be `https`.
    ///
    /// # Errors
    /// When the URL is none, or is `http` to another machine.
    pub fn new(url: &str, key: SecretSlice<u8>, clock: Clock) -> Result<Self, SinkError> {
        let setup = |problem: String| SinkError::Setup(problem);
        let url: reqwest::Url = url.parse().map_err(|_| setup("the URL is none".to_owned()))?;
        let local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if url.scheme() != "https" && !local {
            return Err(setup("a webhook on another machine must be https".to_owned()));
        }
        let client = reqwest::blocking::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| setup(error.to_string()))?;
        Ok(Self { url, key, clock, client })
    }

    fn post(&self, message: &Message) -> Result<(), SinkError> {
        let Message { seq, severity, title, body } = message;
        let text = format!("*{title}*\n{body}");
        let body = json!({ "text": text, "seq": seq, "severity": severity }).to_string();
        let time = (self.clock)();
        let answer = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("x-timestamp", time.as_second())
            .header("x-signature", signature(&self.key, time, body.as_bytes()))
            .body(body)
            .send()
            // The path of a webhook is itself a secret.
            .map_err(|error| self.unreachable(io::Error::other(error.without_url())))?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(SinkError::Refused { target: self.target(), answer: answer.status().to_string() })
    }

    fn unreachable(&self, error: io::Error) -> SinkError {
        SinkError::Unreachable(self.target(), error)
    }

    fn target(&self) -> String {
        format!("the webhook at {}", self.url.host_str().unwrap_or_default())
    }
}

/// Returns `v1=` and, in hex, HMAC-SHA256 over the seconds since 1970, a point and the body.
#[expect(clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
pub fn signature(key: &SecretSlice<u8>, time: Timestamp, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret())
        .expect("HMAC takes a key of any length");
    mac.update(format!("{}.", time.as_second()).as_bytes());
    mac.update(body);
    format!("v1={}", hex(&mac.finalize().into_bytes()))
}

impl Sink for Webhook {
    fn deliver(&mut self, messages: &[Message]) -> Result<(), SinkError> {
        messages.iter().try_for_each(|message| self.post(message))
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}
