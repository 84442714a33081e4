//! The simulator's time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// Seconds since the Unix epoch, as Stripe's `created` fields have them.
pub(crate) fn now() -> i64 {
    now_ms() / 1000
}

/// Year and month (1 to 12) in UTC of a time in seconds.
pub(crate) fn year_month(seconds: i64) -> (i64, i64) {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let date = time.to_zoned(jiff::tz::TimeZone::UTC);
    (i64::from(date.year()), i64::from(date.month()))
}

/// RFC 3339 in UTC of a time in seconds, for people.
pub(crate) fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}
