//! Words that several failures share.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

/// The next step after a passing trouble.
pub(super) const TRY_AGAIN: &str = "Try again in a moment.";

/// The next step when a change may have happened.
pub(super) const LOOK_FIRST: &str =
    "The change may have happened: look with get_playlists or get_playlist before calling again.";

/// The next step when a sign-in may have happened.
pub(super) const LOOK_AT_STATUS: &str = "Call get_auth_status to see what came of it.";

/// The next step when a person has to sign in.
pub(super) const SIGN_IN: &str =
    "Call get_auth_url and ask the person to open the link and approve.";

/// Writes an error with its cause, one level deep: what lies below is for the log.
pub(super) fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Returns whole seconds, rounded up, so that a wait is never too short.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

/// Writes a duration in the two units that matter.
pub(super) fn span(duration: Duration) -> String {
    let seconds = seconds(duration);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) if seconds.is_multiple_of(60) => format!("{minutes} min"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Writes when a wait is over: at what time, and in how long.
pub(super) fn when(now: Timestamp, wait: Option<Duration>) -> String {
    let Some(wait) = wait else { return "Spotify does not say when it ends".to_owned() };
    let end = now.checked_add(wait).unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC);
    format!("it ends at {} UTC, in {}", end.strftime("%Y-%m-%d %H:%M:%S"), span(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_the_two_units_that_matter() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (90, "1 min 30 s"), (86_207, "23 h 56 min")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
        assert_eq!(span(Duration::from_millis(1)), "1 s");
    }
}
