//! Release dates of uneven precision.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::scalar::texts;

/// A release date as Spotify wrote it: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReleaseDate(String);

impl ReleaseDate {
    /// Returns the text as Spotify wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the date, or `None` for texts like `0000` that name none.
    ///
    /// A time after the date is ignored.
    pub fn date(&self) -> Option<PartialDate> {
        let day_part = self.0.split(['T', ' ']).next()?;
        let mut parts = day_part.split('-');
        let year = number(parts.next()?, 4, 1..=9999)?;
        let month =
            parts.next().map(|text| number(text, 2, 1..=12)).map_or(Some(None), |m| m.map(Some))?;
        let day =
            parts.next().map(|text| number(text, 2, 1..=31)).map_or(Some(None), |d| d.map(Some))?;
        Some(PartialDate {
            year,
            month: month.and_then(|month| u8::try_from(month).ok()),
            day: day.and_then(|day| u8::try_from(day).ok()),
        })
    }
}

impl fmt::Display for ReleaseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

texts! {
    ReleaseDate: |text: &str| Some(Self(text.to_owned()));
}

/// A date of which the day, or the month and the day, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// Year, from 1.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day of the month, 1 to 31.
    pub day: Option<u8>,
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u16>) -> Option<u16> {
    if text.len() != digits {
        return None;
    }
    text.parse().ok().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n31_release_dates_of_any_precision_are_read_and_junk_is_kept_as_text() {
        let date = |text: &str| ReleaseDate(text.to_owned()).date();
        let known = |year, month, day| Some(PartialDate { year, month, day });
        assert_eq!(date("1999"), known(1999, None, None));
        assert_eq!(date("1999-07"), known(1999, Some(7), None));
        assert_eq!(date("1999-07-31"), known(1999, Some(7), Some(31)));
        assert_eq!(date("2023-01-05T07:30"), known(2023, Some(1), Some(5)));
        for junk in ["0000", "", "1999-13", "1999-1-1", "soon", "-1"] {
            assert_eq!(date(junk), None, "{junk}");
        }
    }
}
