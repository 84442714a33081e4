//! Coupons as staff make, see and change them.

use contract_cart::{Coupon, CouponValue};
use garde::Validate;
use jiff::Timestamp;
use kernel::{CouponId, Money, Ppm, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::coupon::{CODE_LENGTH_MAX, CODE_LENGTH_MIN};

/// The most uses that a limit can name.
const USES_MAX: i32 = 1_000_000_000;

/// Whether shoppers may use a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponStatus {
    /// In its time, they may.
    Active,
    /// They may not.
    Disabled,
}

impl CouponStatus {
    /// The name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The status of a coupon that may be used, or may not.
    pub const fn of(enabled: bool) -> Self {
        if enabled {
            Self::Active
        } else {
            Self::Disabled
        }
    }
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponKind {
    /// A share of the merchandise.
    Percent,
    /// An amount.
    Amount,
}

/// A coupon as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffCoupon {
    /// The coupon.
    pub id: CouponId,
    /// What shoppers type, in upper case.
    pub code: String,
    /// What shoppers read.
    pub description: String,
    /// What it takes off.
    pub kind: CouponKind,
    /// The share in parts per million: 100000 is 10 %. Null for an amount.
    #[schema(required, value_type = Option<u32>)]
    pub percent_ppm: Option<Ppm>,
    /// The amount; null for a share.
    #[schema(required)]
    pub amount: Option<Money>,
    /// The least value of the merchandise from which it applies.
    #[schema(required)]
    pub min_subtotal: Option<Money>,
    /// How often it may be used in all.
    #[schema(required)]
    pub usage_limit: Option<i32>,
    /// How often one customer may use it.
    #[schema(required)]
    pub per_customer_limit: Option<i32>,
    /// How often it was used, without orders that were cancelled.
    pub used: i32,
    /// When it begins.
    #[schema(required)]
    pub starts_at: Option<Timestamp>,
    /// When it has ended.
    #[schema(required)]
    pub ends_at: Option<Timestamp>,
    /// Whether shoppers may use it.
    pub state: CouponStatus,
    /// Rises with every change by staff.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When staff last changed it.
    pub updated_at: Timestamp,
}

/// A coupon as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCoupon {
    /// What it says, and how often it was used.
    pub coupon: Coupon,
    /// Rises with every change by staff.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When staff last changed it.
    pub updated_at: Timestamp,
}

impl From<StoredCoupon> for StaffCoupon {
    fn from(stored: StoredCoupon) -> Self {
        let coupon = stored.coupon;
        Self {
            id: coupon.coupon_id,
            kind: match coupon.value {
                CouponValue::Percent(_) => CouponKind::Percent,
                CouponValue::Amount(_) => CouponKind::Amount,
            },
            percent_ppm: coupon.percent(),
            amount: coupon.amount(),
            min_subtotal: coupon.min_subtotal,
            usage_limit: coupon.usage_limit,
            per_customer_limit: coupon.per_customer_limit,
            used: coupon.used,
            starts_at: coupon.starts_at,
            ends_at: coupon.ends_at,
            state: CouponStatus::of(coupon.enabled),
            version: stored.version,
            created_by: stored.created_by,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            code: coupon.code,
            description: coupon.description,
        }
    }
}

/// A coupon to be made. Exactly one of `percent_ppm` and `amount`.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewCoupon {
    /// What shoppers type, in any case: 3 to 40 letters, digits, `-` and `_`. Unique in the shop.
    #[garde(length(bytes, min = CODE_LENGTH_MIN, max = CODE_LENGTH_MAX))]
    #[schema(
        min_length = 3,
        max_length = 40,
        pattern = "^[A-Za-z0-9_-]{3,40}$",
        example = "WELCOME10"
    )]
    pub code: String,
    /// What shoppers read.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "10 % off your first order"
    )]
    pub description: String,
    /// A share in parts per million: 100000 is 10 %.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = 1_000_000)))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub percent_ppm: Option<u32>,
    /// An amount in the shop's currency.
    #[serde(default)]
    pub amount: Option<Money>,
    /// The least value of the merchandise from which it applies, in the shop's currency.
    #[serde(default)]
    pub min_subtotal: Option<Money>,
    /// How often it may be used in all; any number if not given.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = USES_MAX)))]
    #[schema(minimum = 1)]
    pub usage_limit: Option<i32>,
    /// How often one customer may use it; any number if not given.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = USES_MAX)))]
    #[schema(minimum = 1)]
    pub per_customer_limit: Option<i32>,
    /// When it begins; at once if not given.
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    /// When it has ended; never if not given.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Whether shoppers may use it; active if not given.
    #[serde(default)]
    pub state: Option<CouponStatus>,
}

/// Changes to a coupon; what is not given stays. The value changes only as long as no order used the coupon, the code
/// never.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct CouponPatch {
    /// What shoppers read.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub description: Option<String>,
    /// A share instead of what it took off before.
    #[garde(inner(range(min = 1, max = 1_000_000)))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub percent_ppm: Option<u32>,
    /// An amount instead of what it took off before.
    pub amount: Option<Money>,
    /// The least value of the merchandise; null for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Money>)]
    pub min_subtotal: Option<Option<Money>>,
    /// How often it may be used in all; null for any number. Not less than it was used.
    #[serde(deserialize_with = "given")]
    #[garde(inner(inner(range(min = 1, max = USES_MAX))))]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub usage_limit: Option<Option<i32>>,
    /// How often one customer may use it; null for any number. Not less than any customer used it.
    #[serde(deserialize_with = "given")]
    #[garde(inner(inner(range(min = 1, max = USES_MAX))))]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub per_customer_limit: Option<Option<i32>>,
    /// When it begins; null for at once.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Option<Timestamp>>,
    /// When it has ended; null for never.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Option<Timestamp>>,
    /// Whether shoppers may use it.
    pub state: Option<CouponStatus>,
}

/// Tells `null` from a field that is not there.
#[expect(
    clippy::option_option,
    reason = "a field of a patch is missing, null or given"
)]
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
