//! Moments as people read them.

use jiff::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Returns the day of a moment, in UTC: `2027-05-02`.
pub(crate) fn day(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d").to_string()
}

/// Returns a moment to the second, in UTC: `2027-05-02 09:00:00`.
pub(crate) fn second(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Returns how many whole days are left until `moment`; negative when it is past.
pub(crate) fn days_left(moment: Timestamp, now: Timestamp) -> i64 {
    (moment.as_second() - now.as_second()).div_euclid(DAY)
}

/// Returns the distance to a moment in its largest whole unit: `in 172 days`, `5 minutes ago`.
pub(crate) fn relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = moment.as_second() - now.as_second();
    let (count, unit) = match seconds.abs() {
        0..MINUTE => {
            return if seconds > 0 { "in less than a minute" } else { "just now" }.to_owned();
        }
        distance @ MINUTE..HOUR => (distance / MINUTE, "minute"),
        distance @ HOUR..DAY => (distance / HOUR, "hour"),
        distance => (distance / DAY, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// Returns the day and the distance: `2027-05-02 (in 172 days)`.
pub(crate) fn day_and_distance(moment: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", day(moment), relative(moment, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_its_largest_whole_unit() {
        let now = Timestamp::UNIX_EPOCH;
        let at = |seconds: i64| relative(Timestamp::from_second(seconds).unwrap(), now);
        assert_eq!(at(0), "just now");
        assert_eq!(at(59), "in less than a minute");
        assert_eq!(at(60), "in 1 minute");
        assert_eq!(at(-60), "1 minute ago");
        assert_eq!(at(HOUR - 1), "in 59 minutes");
        assert_eq!(at(HOUR), "in 1 hour");
        assert_eq!(at(-3 * DAY), "3 days ago");
        assert_eq!(at(172 * DAY + HOUR), "in 172 days");
    }

    #[test]
    fn the_last_day_has_zero_days_left_and_the_day_after_minus_one() {
        let now = Timestamp::UNIX_EPOCH;
        let left = |seconds: i64| days_left(Timestamp::from_second(seconds).unwrap(), now);
        assert_eq!((left(DAY), left(DAY - 1), left(0), left(-1)), (1, 0, 0, -1));
    }
}
