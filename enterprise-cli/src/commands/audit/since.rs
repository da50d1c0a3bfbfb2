//! A moment as a person gives it: a day, a time, or how long ago.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::error::CommandError;
use crate::exit::Exit;

/// A moment: `2026-11-02` (its beginning, UTC), `2026-11-02T09:00:00Z`, or an age such as `7d`.
#[derive(Clone, Debug)]
pub(super) enum Since {
    At(Timestamp),
    Ago(Span),
}

impl Since {
    /// Returns the moment, seen from `now`.
    pub(super) fn before(&self, now: Timestamp) -> Result<Timestamp, CommandError> {
        match self {
            Self::At(moment) => Ok(*moment),
            Self::Ago(span) => {
                let moment = now.to_zoned(TimeZone::UTC).checked_sub(span.abs());
                moment.map(|zoned| zoned.timestamp()).map_err(|error| {
                    CommandError::new(Exit::Usage, "usage", error)
                        .hint("give a shorter age, for example `7d`")
                })
            }
        }
    }
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(moment) = text.parse() {
            return Ok(Self::At(moment));
        }
        if let Ok(midnight) = text.parse::<Date>().and_then(|date| date.to_zoned(TimeZone::UTC)) {
            return Ok(Self::At(midnight.timestamp()));
        }
        text.parse().map(Self::Ago).map_err(|_| {
            "a time is a day (`2026-11-02`), a moment (`2026-11-02T09:00:00Z`) or an age (`7d`, `12h`)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_a_moment_or_an_age() {
        let now: Timestamp = "2026-11-09T12:00:00Z".parse().unwrap();
        let since =
            |text: &str| text.parse::<Since>().map(|since| since.before(now).unwrap().to_string());
        assert_eq!(since("2026-11-02").unwrap(), "2026-11-02T00:00:00Z");
        assert_eq!(since("2026-11-02T09:00:00Z").unwrap(), "2026-11-02T09:00:00Z");
        assert_eq!(since("7d").unwrap(), "2026-11-02T12:00:00Z");
        assert_eq!(since("90m").unwrap(), "2026-11-09T10:30:00Z");
        assert!(since("yesterday").is_err());
    }
}
