//! Ages as people write them: `90s`, `10m`, `12h`, `30d`.

use std::str::FromStr;
use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)];

/// An age, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age(pub(super) Option<Duration>);

/// A text that is no age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAnAge;

impl FromStr for Age {
    type Err = NotAnAge;

    fn from_str(text: &str) -> Result<Self, NotAnAge> {
        if text == "off" {
            return Ok(Self(None));
        }
        let found = UNITS.iter().find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            number.checked_mul(*seconds)
        });
        found.map(|seconds| Self(Some(Duration::from_secs(seconds)))).ok_or(NotAnAge)
    }
}

/// Returns an age in the largest unit that fits it wholly.
pub(super) fn words(age: Duration) -> String {
    let seconds = age.as_secs();
    let fits = |(_, size): &&(&str, u64)| seconds != 0 && seconds.is_multiple_of(*size);
    match UNITS.iter().find(fits) {
        Some((unit, size)) => format!("{}{unit}", seconds / size),
        None => format!("{seconds}s"),
    }
}

impl std::fmt::Display for NotAnAge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an age is a number and `s`, `m`, `h` or `d`, for example `12h`, or `off`")
    }
}

impl std::error::Error for NotAnAge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_read_and_written_alike() {
        for text in ["90s", "10m", "12h", "30d", "61s", "0s"] {
            let Age(age) = text.parse().unwrap();
            assert_eq!(words(age.unwrap()), text);
        }
        assert_eq!("off".parse(), Ok(Age(None)));
        assert_eq!("60s".parse::<Age>().unwrap(), "1m".parse().unwrap());
        for wrong in
            ["", "12", "h", "-1h", "1.5h", "99999999999999999999d", "18446744073709551615d"]
        {
            assert_eq!(wrong.parse::<Age>(), Err(NotAnAge), "{wrong}");
        }
    }
}
