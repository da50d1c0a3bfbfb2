//! What the Web API answers when it does not do what was asked.

use serde_json::{Value, json};

use crate::http::Reply;

/// Why a request is refused.
///
/// The bodies of the variants up to [`Refusal::QuotaExceeded`] were observed or are documented;
/// the wording of the rest is this simulator's where nothing was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No `Authorization` header.
    MissingToken,
    /// A token that was never issued, is malformed or has expired.
    InvalidToken,
    MissingScope,
    /// Removed for the app, or not the caller's to see.
    Forbidden,
    /// 403 with an error that has no message (N37).
    Speechless,
    NotAllowlisted,
    OwnerWithoutPremium,
    PremiumRequired,
    /// A player command that the present state does not allow.
    Restriction,
    NoActiveDevice,
    DeviceNotFound,
    /// A device whose volume cannot be set.
    VolumeFixed,
    NotFound,
    InvalidId,
    InvalidLimit,
    TooManyIds,
    /// An image that is too large.
    TooLarge,
    MissingField(&'static str),
    LengthRequired,
    RateLimited {
        retry_after: Option<u64>,
    },
    QuotaExceeded {
        retry_after: u64,
    },
    /// A user's endpoint with a token from client credentials.
    UserRequired,
    /// 401 for a good token (N46).
    SpuriousUnauthorized,
    BadRequest(String),
    NotYours,
    UnknownPath,
    WrongMethod,
    Unavailable {
        status: u16,
    },
}

const NOT_ALLOWLISTED: &str = "The user is not registered for this application. Please check your \
    settings on https://developer.spotify.com/dashboard.";
const OWNER_WITHOUT_PREMIUM: &str = "Active premium subscription required for the owner of the \
    app. When the subscription status changes, it can take a few hours before requests are \
    allowed again.";
const BAD_TOKEN: &str = "Missing/invalid/expired access token";

impl Refusal {
    /// A well-formed id in a write that nothing has.
    pub(crate) fn unknown_id() -> Self {
        Self::BadRequest("Payload contains a non-existing ID".to_owned())
    }

    pub(crate) fn reply(&self) -> Reply {
        match self {
            Self::MissingToken => challenge("missing_token", "No token provided"),
            Self::InvalidToken => challenge("invalid_token", "Invalid access token"),
            Self::MissingScope => error(403, "Insufficient client scope"),
            Self::Forbidden => error(403, "Forbidden"),
            Self::Speechless => Reply::json(403, &json!({ "error": { "status": 403 } })),
            Self::NotAllowlisted => Reply::text(403, NOT_ALLOWLISTED),
            Self::OwnerWithoutPremium => Reply::text(403, OWNER_WITHOUT_PREMIUM),
            Self::PremiumRequired => {
                let message = "Player command failed: Premium required";
                error_with_reason(403, message, "PREMIUM_REQUIRED")
            }
            Self::Restriction => {
                error_with_reason(403, "Player command failed: Restriction violated", "UNKNOWN")
            }
            Self::NoActiveDevice => {
                let message = "Player command failed: No active device found";
                error_with_reason(404, message, "NO_ACTIVE_DEVICE")
            }
            Self::DeviceNotFound => error(404, "Device not found"),
            Self::VolumeFixed => {
                let message = "Player command failed: Cannot control device volume";
                error_with_reason(403, message, "VOLUME_CONTROL_DISALLOW")
            }
            Self::NotFound => error(404, "Resource not found"),
            Self::InvalidId => error(400, "invalid id"),
            Self::InvalidLimit => error(400, "Invalid limit"),
            Self::TooLarge => error(413, "Payload too large"),
            Self::TooManyIds => error(400, "Too many ids requested"),
            Self::MissingField(name) => error(400, &format!("Missing required field: {name}")),
            Self::LengthRequired => Reply::empty(411),
            Self::RateLimited { retry_after } => {
                let reply = error(429, "API rate limit exceeded");
                match retry_after {
                    Some(seconds) => reply.with("retry-after", seconds.to_string()),
                    None => reply,
                }
            }
            Self::QuotaExceeded { retry_after } => {
                error_with_reason(429, "Too many requests", "QUOTA_EXCEEDED")
                    .with("retry-after", retry_after.to_string())
            }
            Self::UserRequired => error(401, "Valid user authentication required"),
            Self::SpuriousUnauthorized => error(401, "Access token missing"),
            Self::BadRequest(message) => error(400, message),
            Self::NotYours => error(403, "You cannot change a playlist you don't own."),
            Self::UnknownPath => error(404, "Service not found"),
            Self::WrongMethod => error(405, "Method not allowed"),
            Self::Unavailable { status } => error(*status, "Service unavailable"),
        }
    }
}

fn error(status: u16, message: &str) -> Reply {
    let body = json!({ "error": { "status": status, "message": message } });
    Reply::json(status, &body)
}

fn error_with_reason(status: u16, message: &str, reason: &str) -> Reply {
    let body: Value =
        json!({ "error": { "status": status, "message": message, "reason": reason } });
    Reply::json(status, &body)
}

fn challenge(code: &str, description: &str) -> Reply {
    let value =
        format!("Bearer realm=\"spotify\", error=\"{code}\", error_description=\"{description}\"");
    error(401, BAD_TOKEN).with("www-authenticate", value)
}
