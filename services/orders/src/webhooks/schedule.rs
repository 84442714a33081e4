//! When a delivery is tried again.

use std::time::Duration;

use common::jobs::jittered;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The pauses after the first, second, … failure, in seconds: with jitter just under three days in all.
const PAUSES_S: [u64; 10] = [
    5,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    8 * HOUR,
    12 * HOUR,
    16 * HOUR,
    21 * HOUR,
];
/// The longest pause that an endpoint may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// The pause after failure number `tries`, a tenth of it random; none when it is time to give up. An endpoint that asked
/// for a longer one gets it, up to a day.
pub fn pause(tries: i32, retry_after: Option<Duration>) -> Option<Duration> {
    let index = usize::try_from(tries).ok()?.checked_sub(1)?;
    let planned = Duration::from_secs(*PAUSES_S.get(index)?);
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
    Some(planned.saturating_add(jittered(planned / 10)).max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_within_three_days() {
        let pauses: Vec<Duration> = (1..).map_while(|tries| pause(tries, None)).collect();
        assert_eq!(pauses.len(), PAUSES_S.len());
        assert!(pauses.is_sorted());
        let all: Duration = pauses.iter().sum();
        assert!(
            all > Duration::from_hours(60) && all <= Duration::from_hours(72),
            "{all:?}"
        );
        assert_eq!(pause(0, None), None);
    }

    #[test]
    fn an_endpoint_may_ask_for_a_longer_pause_but_not_for_ever() {
        assert_eq!(
            pause(1, Some(Duration::from_mins(10))),
            Some(Duration::from_mins(10))
        );
        assert_eq!(
            pause(1, Some(Duration::from_hours(900))),
            Some(RETRY_AFTER_MAX)
        );
        assert!(pause(3, Some(Duration::from_secs(1))) >= Some(Duration::from_mins(5)));
    }
}
