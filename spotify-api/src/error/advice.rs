//! Errors in words for a person or a model: what happened, and what to do.

use std::{fmt::Write as _, time::Duration};

use super::{Detail, Error, NetworkFailure, Reason, instead, names};
use crate::authorize::AuthorizeErrorClass;

impl Error {
    /// Says in one or two short sentences what happened and what to do, for a person or a model.
    ///
    /// At most 600 characters on one line, without tokens. What Spotify said is repeated only in
    /// quotation marks, without control and direction characters; it is still somebody else's
    /// words.
    pub fn for_people(&self) -> String {
        let mut text = String::new();
        if let Self::Incomplete { done, total, .. } = self {
            // Writing to a string does not fail.
            write!(text, "{done} of {total} entries are done, then: ").ok();
        }
        if self.outcome_is_unknown() {
            text.push_str("Nobody knows whether the change was made: ");
        }
        text.push_str(&self.cause().what());
        text.push_str(". ");
        text.push_str(self.advice());
        text.chars().take(LONGEST).collect()
    }

    /// Says what to do about the error, in a sentence.
    pub fn advice(&self) -> &'static str {
        if self.outcome_is_unknown() {
            return "Look whether the change was made before you repeat it.";
        }
        if self.no_active_device() {
            return "Start playback on a device in Spotify, or name a device that is on.";
        }
        match self.cause() {
            Self::Authorize { source, .. } => match source.class() {
                AuthorizeErrorClass::NeedsLogin => "Sign in again.",
                AuthorizeErrorClass::Transient { .. } => "Try again in a moment.",
                AuthorizeErrorClass::Fatal => "Check the settings of the program.",
            },
            Self::Unauthorized { .. } => {
                "Try again in a minute; if it happens again, sign in again."
            }
            Self::MissingScope { .. } => "Sign in again and grant the permission.",
            Self::NotAllowlisted { .. } => {
                "The app's owner can add the account under User Management at \
                 https://developer.spotify.com/dashboard; signing in again does not help."
            }
            Self::PremiumRequired { .. } => {
                "The account, or that of the app's owner, needs Premium; trying again does not help."
            }
            Self::Removed { .. } => "Do without it: Spotify closed it to newer apps.",
            Self::Forbidden { detail, .. } => forbidden(detail.reason()),
            Self::NotFound { .. } => "Check the id, and that the account may see it.",
            Self::BadRequest { .. } | Self::Argument { .. } => {
                "Change the arguments; the same call will be refused again."
            }
            Self::RateLimited { .. } => "Wait that long, or a minute if no time is given.",
            Self::QuotaExceeded { .. } => {
                "Do not call it again before; other kinds of call may still work."
            }
            Self::Server { .. } | Self::Deadline { .. } => "Try again later.",
            Self::Network { failure: NetworkFailure::Untrusted, .. } => {
                "Check the proxy, and whether its certificate has to be named as an extra one."
            }
            Self::Network { .. } => "Check the network connection, then try again.",
            Self::Unexpected { .. } | Self::TooLarge { .. } => {
                "Report it with the lines of the log; trying again may not help."
            }
            // `cause` never gives one.
            Self::Incomplete { .. } => "Go on after the entries that are done.",
        }
    }

    /// Says what happened, without a full stop.
    fn what(&self) -> String {
        match self {
            Self::Authorize { source, .. } => match source.class() {
                AuthorizeErrorClass::NeedsLogin => "The sign-in has ended".to_owned(),
                AuthorizeErrorClass::Transient { retry_after } => {
                    format!("The sign-in cannot be renewed just now{}", after(retry_after))
                }
                AuthorizeErrorClass::Fatal => "There is no access token".to_owned(),
            },
            Self::Unauthorized { .. } => {
                "Spotify refuses the access token, and the one that followed it".to_owned()
            }
            Self::MissingScope { scopes, .. } => {
                format!("The sign-in lacks a permission out of {}", names(scopes))
            }
            Self::NotAllowlisted { .. } => {
                "The account is not on the list of users of this Spotify app".to_owned()
            }
            Self::PremiumRequired { .. } => "Spotify Premium is needed".to_owned(),
            Self::Removed { operation, replacement } => {
                format!("Spotify does not offer {operation} to this app{}", instead(*replacement))
            }
            Self::Forbidden { detail, .. } => format!("Spotify forbids it{}", quoted(detail)),
            Self::NotFound { .. } if self.no_active_device() => {
                "There is no such device, or none that plays".to_owned()
            }
            Self::NotFound { detail, .. } => format!("Spotify does not find it{}", quoted(detail)),
            Self::BadRequest { detail, .. } => {
                format!("Spotify does not take the request{}", quoted(detail))
            }
            Self::Argument { problem, .. } => format!("An argument cannot be sent: {problem}"),
            Self::RateLimited { retry_after, .. } => {
                format!("The app made too many requests{}", after(*retry_after))
            }
            Self::QuotaExceeded { retry_after, .. } => {
                format!("The app's quota for this is used up{}", after(*retry_after))
            }
            Self::Server { status, retry_after, .. } => {
                format!("Spotify has a fault (status {status}){}", after(*retry_after))
            }
            Self::Unexpected { .. } => "Spotify's answer is not what was expected".to_owned(),
            Self::TooLarge { .. } => "Spotify's answer is too large".to_owned(),
            Self::Network { failure, .. } => match failure {
                NetworkFailure::Connect => "Spotify cannot be reached",
                NetworkFailure::Untrusted => "The server does not prove that it is Spotify",
                NetworkFailure::Timeout => "Spotify does not answer in time",
                NetworkFailure::Broken => "The connection to Spotify broke",
            }
            .to_owned(),
            Self::Deadline { deadline, .. } => {
                format!("It was not finished within {} s", deadline.as_secs_f32())
            }
            // `cause` never gives one.
            Self::Incomplete { source, .. } => source.what(),
        }
    }
}

fn forbidden(reason: Option<&Reason>) -> &'static str {
    match reason {
        Some(Reason::RateLimited) => "Wait a minute before the next player command.",
        Some(Reason::RemoteControlDisallow | Reason::DeviceNotControllable) => {
            "Use another device: this one cannot be controlled."
        }
        Some(Reason::VolumeControlDisallow) => "Set the volume on the device itself.",
        Some(Reason::AlreadyPaused | Reason::NotPaused | Reason::AlreadyPlaying) => {
            "Look at what is playing: it may be as you want it already."
        }
        Some(_) => "Look at what is playing: the command is not possible with it.",
        None => {
            "Only its owner and collaborators may change a playlist, and newer apps may read no \
             other; trying again does not help."
        }
    }
}

/// Repeats what Spotify said, marked as its words.
fn quoted(detail: &Detail) -> String {
    let said: String = detail.message().unwrap_or_default().chars().take(QUOTED).collect();
    if said.is_empty() {
        return String::new();
    }
    format!("; Spotify says: \"{}\"", said.replace('"', "'"))
}

/// Says how long to wait, as precisely as somebody who waits needs it.
fn after(wait: Option<Duration>) -> String {
    let Some(wait) = wait else { return String::new() };
    let seconds = wait.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "s"),
        120..7200 => (seconds.div_ceil(60), "min"),
        _ => (seconds.div_ceil(3600), "h"),
    };
    format!("; it ends in {count} {unit}")
}

const QUOTED: usize = 160;
const LONGEST: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuthorizeError, Scope, answer::Mismatch, model::SnapshotId};

    const SCOPES: &[Scope] =
        &[Scope::PlaylistModifyPrivate, Scope::PlaylistModifyPublic, Scope::UserLibraryModify];

    /// One of each, with the longest texts that can be in it.
    fn all() -> Vec<Error> {
        let operation = "change-playlist-details";
        let said = "say \"x\"\u{202e}\n".repeat(100);
        let detail = || Detail::new(Some(&said), Some(&said), "Bearer canary");
        let wait = Some(Duration::from_secs(86_207));
        let authorize = |source| Error::Authorize { operation, source };
        let promised = "Page<Track>".to_owned();
        vec![
            authorize(AuthorizeError::needs_login("canary")),
            authorize(AuthorizeError::transient(wait, "canary")),
            authorize(AuthorizeError::fatal("canary")),
            Error::Unauthorized { operation, detail: detail() },
            Error::MissingScope { operation, scopes: SCOPES },
            Error::NotAllowlisted { operation },
            Error::PremiumRequired { operation },
            Error::Removed { operation, replacement: Some(operation) },
            Error::Forbidden { operation, detail: detail() },
            Error::NotFound { operation, detail: detail() },
            Error::BadRequest { operation, status: 400, detail: detail() },
            Error::Argument { operation, problem: "its path" },
            Error::RateLimited { operation, retry_after: Some(Duration::from_secs(7)) },
            Error::QuotaExceeded { operation, retry_after: wait },
            Error::Server { operation, status: 502, retry_after: None },
            Error::Unexpected { operation, status: 200, promised, mismatch: Mismatch::CutOff },
            Error::TooLarge { operation, limit: 9 },
            Error::Deadline { operation, deadline: Duration::from_secs(30), sent: true },
        ]
    }

    #[test]
    fn every_error_has_a_short_text_of_one_line_without_secrets() {
        for error in all() {
            let incomplete = Error::Incomplete {
                done: 100,
                total: 250,
                snapshot: Some(SnapshotId::from("s".to_owned())),
                source: Box::new(error.clone()),
            };
            let text = incomplete.for_people();
            assert!(text.starts_with("100 of 250 entries are done, then: "), "{text}");
            assert_eq!(incomplete.advice(), error.advice());
            let text = error.for_people();
            assert!(text.ends_with(error.advice()), "{text}");
            assert!(text.chars().count() <= 400, "{text}");
            assert!(!text.contains(['\n', '\u{202e}']) && !text.contains("canary"), "{text}");
        }
    }

    #[test]
    fn the_texts_say_what_happened_and_what_to_do() {
        let operation = "start-a-users-playback";
        let quota =
            Error::QuotaExceeded { operation, retry_after: Some(Duration::from_secs(86_207)) };
        assert_eq!(
            quota.for_people(),
            "The app's quota for this is used up; it ends in 24 h. Do not call it again before; other kinds of call may still work."
        );
        let message = Some("Player command failed: No active device found");
        let detail = Detail::new(message, Some("NO_ACTIVE_DEVICE"), "");
        let device = Error::NotFound { operation, detail };
        assert!(device.no_active_device());
        assert_eq!(
            device.for_people(),
            "There is no such device, or none that plays. Start playback on a device in Spotify, or name a device that is on."
        );
        let detail = Detail::new(Some("Restriction \"violated\""), None, "");
        let forbidden = Error::Forbidden { operation, detail };
        assert!(forbidden.for_people().starts_with(
            "Spotify forbids it; Spotify says: \"Restriction 'violated'\". Only its owner"
        ));
    }

    #[test]
    fn a_change_whose_outcome_is_unknown_says_so_and_a_read_does_not() {
        let fault = |operation| Error::Server { operation, status: 502, retry_after: None };
        let change = fault("create-playlist");
        assert!(change.outcome_is_unknown());
        assert_eq!(
            change.for_people(),
            "Nobody knows whether the change was made: Spotify has a fault (status 502). Look whether the change was made before you repeat it."
        );
        let read = fault("get-track");
        assert!(!read.outcome_is_unknown() && read.may_have_happened());
        assert_eq!(read.for_people(), "Spotify has a fault (status 502). Try again later.");
    }

    #[test]
    fn waits_are_told_as_precisely_as_they_are_long() {
        let told = |seconds| after(Some(Duration::from_secs(seconds)));
        assert_eq!(told(119), "; it ends in 119 s");
        assert_eq!(told(121), "; it ends in 3 min");
        assert_eq!(told(7201), "; it ends in 3 h");
        assert_eq!(after(None), "");
    }
}
