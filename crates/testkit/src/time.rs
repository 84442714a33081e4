//! The frozen clock.

use jiff::Timestamp;
use kernel::TestClock;

/// A clock that shows the machine's time once and then stands still. Rows that the database stamps with its own
/// `now()` and rows stamped by the clock stay close to each other that way.
///
/// # Panics
/// Never in practice: the machine's time is in range.
#[expect(
    clippy::disallowed_methods,
    reason = "the frozen clock starts at the machine's time"
)]
pub fn clock() -> TestClock {
    TestClock::new(Timestamp::now())
}
