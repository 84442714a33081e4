//! Frozen clocks.

use jiff::Timestamp;
use jiff::tz::Offset;
use kernel::TestClock;

/// A clock that shows the machine's time once and then stands still. Rows that the database stamps with its own
/// `now()` and rows stamped by the clock stay close to each other that way.
///
/// # Panics
/// Never in practice: the machine's time is in range.
pub fn clock() -> TestClock {
    TestClock::new(machine())
}

/// A clock that stands at noon of the machine's day (UTC), for tests of what is counted by day: hours pass and it is
/// still that day, at whatever hour the test runs.
///
/// # Panics
/// Never in practice: the machine's time is in range.
pub fn noon() -> TestClock {
    let noon = Offset::UTC.to_datetime(machine()).date().at(12, 0, 0, 0);
    TestClock::new(Offset::UTC.to_timestamp(noon).expect("in range"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "frozen clocks start at the machine's time"
)]
fn machine() -> Timestamp {
    Timestamp::now()
}
