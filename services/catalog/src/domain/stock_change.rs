//! Stock as staff move it.

use garde::Validate;
use kernel::VariantId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draft::UNITS_MAX;
use super::stock::StockLevel;
use super::violation::{Violation, check_text};

/// Why units come or go by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A delivery.
    Receive,
    /// A count, a loss, a find.
    #[default]
    Adjust,
}

impl ChangeKind {
    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Adjust => "adjust",
        }
    }
}

/// Units that come, go or were counted. Exactly one of `delta` and `on_hand`; neither where only the backorder limit
/// changes.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StockChange {
    /// Code of the place.
    #[serde(default = "main_location")]
    #[garde(length(min = 1, max = 50))]
    #[schema(example = "main")]
    pub location: String,
    /// What it is, for the ledger.
    #[serde(default)]
    pub kind: ChangeKind,
    /// Units more, or less with a minus sign.
    #[serde(default)]
    #[garde(inner(range(min = -UNITS_MAX, max = UNITS_MAX)))]
    pub delta: Option<i32>,
    /// Units that were counted.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = UNITS_MAX)))]
    #[schema(minimum = 0)]
    pub on_hand: Option<i32>,
    /// Units that were there when the change was thought out: refused where there are others by now.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = UNITS_MAX)))]
    #[schema(minimum = 0)]
    pub expected_on_hand: Option<i32>,
    /// Why, for the ledger.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "delivery 4711")]
    pub reason: String,
    /// Units that may be sold beyond what is there; unchanged if not given.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = UNITS_MAX)))]
    #[schema(minimum = 0)]
    pub backorder_limit: Option<i32>,
}

fn main_location() -> String {
    "main".to_owned()
}

impl StockChange {
    /// Every rule that is broken.
    pub fn violations(&self) -> Vec<Violation> {
        let found = match (self.delta, self.on_hand, self.backorder_limit) {
            (Some(_), Some(_), _) => Some(Violation::new(
                "/on_hand",
                "invalid",
                "give either `delta` or `on_hand`",
            )),
            (None, None, None) => Some(Violation::new(
                "/delta",
                "required",
                "give `delta`, `on_hand` or `backorder_limit`",
            )),
            (delta, _, _)
                if self.kind == ChangeKind::Receive && delta.is_none_or(|delta| delta <= 0) =>
            {
                Some(Violation::new(
                    "/delta",
                    "out_of_range",
                    "what is received is more than nothing",
                ))
            }
            _ => None,
        };
        found
            .into_iter()
            .chain(check_text("/reason", &self.reason))
            .chain(check_text("/location", &self.location))
            .collect()
    }

    /// The units that come or go where `there` are.
    ///
    /// # Errors
    /// A place never holds more than [`UNITS_MAX`].
    pub fn units(&self, there: i64) -> Result<i32, Violation> {
        let delta = match (self.delta, self.on_hand) {
            (Some(delta), _) => i64::from(delta),
            (None, Some(counted)) => i64::from(counted) - there,
            (None, None) => 0,
        };
        let field = if self.delta.is_some() {
            "/delta"
        } else {
            "/on_hand"
        };
        i32::try_from(delta)
            .ok()
            .filter(|_| there + delta <= i64::from(UNITS_MAX))
            .ok_or_else(|| {
                Violation::new(
                    field,
                    "out_of_range",
                    format!("a place holds at most {UNITS_MAX} units"),
                )
            })
    }
}

/// Units that went from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockTransferred {
    /// Names the transfer in the ledger.
    #[schema(value_type = String, format = Uuid)]
    pub id: uuid::Uuid,
    /// The variant.
    pub variant_id: VariantId,
    /// Units.
    pub quantity: i32,
    /// What is left in the place they left.
    pub from: StockLevel,
    /// What is in the place they came to.
    pub to: StockLevel,
}

/// Free units that go from one place to another.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct StockTransfer {
    /// The variant.
    pub variant_id: VariantId,
    /// Code of the place they leave.
    #[garde(length(min = 1, max = 50))]
    #[schema(example = "main")]
    pub from: String,
    /// Code of the place they come to.
    #[garde(length(min = 1, max = 50))]
    #[schema(example = "berlin-2")]
    pub to: String,
    /// Units.
    #[garde(range(min = 1, max = UNITS_MAX))]
    #[schema(minimum = 1)]
    pub quantity: i32,
    /// Why, for the ledger.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

impl StockTransfer {
    /// Every rule that is broken.
    pub fn violations(&self) -> Vec<Violation> {
        let same = (self.from == self.to)
            .then(|| Violation::new("/to", "invalid", "must be another place than `from`"));
        [
            check_text("/reason", &self.reason),
            check_text("/from", &self.from),
            check_text("/to", &self.to),
        ]
        .into_iter()
        .chain([same])
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(delta: Option<i32>, on_hand: Option<i32>) -> StockChange {
        StockChange {
            location: "main".into(),
            kind: ChangeKind::Adjust,
            delta,
            on_hand,
            expected_on_hand: None,
            reason: "counted".into(),
            backorder_limit: None,
        }
    }

    #[test]
    fn a_count_says_how_many_came_or_went() {
        assert_eq!(change(None, Some(3)).units(5), Ok(-2));
        assert_eq!(change(Some(4), None).units(5), Ok(4));
        assert_eq!(change(None, None).units(5), Ok(0));
        let full = change(Some(1), None).units(i64::from(UNITS_MAX));
        assert_eq!(full.unwrap_err().pointer, "/delta");
    }

    #[test]
    fn a_delivery_brings_something() {
        for delta in [None, Some(0), Some(-1)] {
            let mut delivery = change(delta, None);
            delivery.kind = ChangeKind::Receive;
            delivery.backorder_limit = Some(1);
            assert_eq!(delivery.violations()[0].pointer, "/delta", "{delta:?}");
        }
    }
}
