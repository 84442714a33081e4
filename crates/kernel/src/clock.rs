//! The time, injected so that tests can set it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// The current time, in whole microseconds: what the database keeps.
    fn now(&self) -> Timestamp;
}

/// The clock that a service hands to everything that asks for the time.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The machine's clock, ready to share.
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        whole_microseconds(Timestamp::now())
    }
}

/// A clock that stands still until it is told otherwise. Clones and `Arc`s of it show one time.
#[derive(Clone, Debug)]
pub struct TestClock {
    now: Arc<Mutex<Timestamp>>,
}

impl TestClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: Arc::new(Mutex::new(whole_microseconds(now))),
        }
    }

    /// Shows `now` from here on.
    pub fn set(&self, now: Timestamp) {
        self.update(|_| now);
    }

    /// Moves on by `step`, or back by a negative one, and stops at the ends of time.
    pub fn advance(&self, step: SignedDuration) {
        let end = if step.is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        self.update(|now| now.checked_add(step).unwrap_or(end));
    }

    fn update(&self, change: impl FnOnce(Timestamp) -> Timestamp) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = whole_microseconds(change(*now));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_clock_obeys() {
        let clock = TestClock::new("2026-03-01T12:00:00.000000789Z".parse().unwrap());
        let shared: SharedClock = Arc::new(clock.clone());
        assert_eq!(shared.now().to_string(), "2026-03-01T12:00:00Z");
        clock.advance(SignedDuration::from_mins(90));
        assert_eq!(shared.now().to_string(), "2026-03-01T13:30:00Z");
        clock.advance(SignedDuration::from_secs(-60));
        assert_eq!(shared.now().to_string(), "2026-03-01T13:29:00Z");
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(shared.now(), Timestamp::UNIX_EPOCH);
        clock.advance(SignedDuration::MAX);
        assert_eq!(
            shared.now().as_microsecond(),
            Timestamp::MAX.as_microsecond()
        );
    }

    #[test]
    fn the_system_clock_moves_and_shows_whole_microseconds() {
        let clock = SystemClock::shared();
        let first = clock.now();
        assert!(first > Timestamp::UNIX_EPOCH && clock.now() >= first);
        assert_eq!(first.subsec_nanosecond().rem_euclid(1000), 0);
    }
}
