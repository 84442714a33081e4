//! How many parts the stock of a variant should lie in.

use serde::Deserialize;

/// When stock is split and merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotRules {
    /// The most slots that a place's stock of one variant is split into.
    pub slots_max: i16,
    /// Free units that a slot holds at least.
    pub units_min: i64,
    /// Holds within the time looked at from which on a variant is hot.
    pub hot_holds: i64,
    /// Holds within the time looked at up to which it is cold.
    pub cold_holds: i64,
}

impl SlotRules {
    /// The number of slots for a variant that was held so often, lies in `slots` and has so many free units. `None`
    /// where it had better stay: between hot and cold nothing moves, and a number is lowered only if it halves.
    pub fn wanted(&self, holds: i64, slots: i16, free: i64) -> Option<i16> {
        if holds <= self.cold_holds {
            return (slots > 1).then_some(1);
        }
        let room = free
            .checked_div(self.units_min)
            .unwrap_or_default()
            .clamp(1, i64::from(self.slots_max));
        let room = i16::try_from(room).unwrap_or(1);
        let grows = holds >= self.hot_holds && room > slots;
        let shrinks = room <= slots / 2;
        (grows || shrinks).then_some(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: SlotRules = SlotRules {
        slots_max: 16,
        units_min: 20,
        hot_holds: 300,
        cold_holds: 30,
    };

    #[test]
    fn hot_stock_is_split_as_far_as_it_reaches() {
        assert_eq!(RULES.wanted(300, 1, 10_000), Some(16));
        assert_eq!(RULES.wanted(300, 1, 100), Some(5));
        assert_eq!(RULES.wanted(300, 1, 39), None);
        assert_eq!(RULES.wanted(299, 1, 10_000), None);
        assert_eq!(RULES.wanted(300, 16, 10_000), None);
    }

    #[test]
    fn cold_stock_is_merged_and_so_is_what_runs_out() {
        assert_eq!(RULES.wanted(30, 16, 10_000), Some(1));
        assert_eq!(RULES.wanted(31, 16, 10_000), None);
        assert_eq!(RULES.wanted(0, 1, 10_000), None);
        assert_eq!(RULES.wanted(300, 16, 180), None);
        assert_eq!(RULES.wanted(300, 16, 160), Some(8));
        assert_eq!(RULES.wanted(300, 16, -5), Some(1));
    }
}
