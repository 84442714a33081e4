//! Making and changing coupons. Every change is written into the log with who made it.

use common::access::CurrentUser;
use common::audit::{Audit, Entry};
use common::extract::{IfMatch, RequestMeta};
use common::idempotency::{Idempotency, Outcome, request_hash};
use http::StatusCode;
use jiff::SignedDuration;
use kernel::CouponId;
use serde_json::{Map, Value};

use crate::domain::staff_coupon::{CouponPatch, NewCoupon, StaffCoupon};
use crate::domain::terms::Terms;
use crate::error::Error;
use crate::state::AppState;
use crate::store::coupons;

/// The answers to staff requests that must not happen twice.
pub const IDEMPOTENCY: Idempotency = Idempotency::new("cart");
const AUDIT: Audit = Audit::new("cart");
/// All work of a key happens in one transaction, so that nobody ever sees one that was begun and not finished.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A coupon that was made.
#[derive(Debug)]
pub struct Made {
    /// The coupon as it was then.
    pub coupon: StaffCoupon,
    /// Whether the same request was answered before.
    pub replayed: bool,
}

/// Makes a coupon, once per key of a member of staff.
///
/// # Errors
/// [`Error::KeyReused`], [`Error::Invalid`], [`Error::CodeTaken`].
pub async fn create_coupon(
    state: &AppState,
    staff: &CurrentUser,
    meta: &RequestMeta,
    key: &str,
    new: NewCoupon,
) -> Result<Made, Error> {
    let canonical = serde_json::to_vec(&new).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let hash = request_hash(&[b"createCoupon", &canonical]);
    let scope = format!("{}:createCoupon", staff.user_id);
    let now = state.clock.now();
    let (code, terms) = new.checked(state.currency).map_err(Error::Invalid)?;
    let mut tx = state.db.begin().await?;
    match IDEMPOTENCY
        .begin(&mut tx, &scope, key, &hash, now, LEASE)
        .await?
    {
        Outcome::Fresh | Outcome::Resume => {}
        Outcome::Replay(stored) => {
            let coupon = serde_json::from_value(stored.body)
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            return Ok(Made {
                coupon,
                replayed: true,
            });
        }
        Outcome::Mismatch => return Err(Error::KeyReused),
        Outcome::InFlight { retry_after_s } => return Err(Error::InProgress(retry_after_s)),
    }
    let stored = coupons::insert_coupon(&mut tx, &code, &terms, staff.user_id)
        .await?
        .ok_or(Error::CodeTaken(code))?;
    let coupon = StaffCoupon::from(stored);
    let body = serde_json::to_value(&coupon).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let entry = Entry::new(staff, "coupon.create", "coupon", coupon.id)
        .at(now)
        .after(body.clone())
        .request(meta);
    AUDIT.append(&mut tx, &entry).await?;
    IDEMPOTENCY
        .finish(&mut tx, &scope, key, StatusCode::CREATED, &body)
        .await?;
    tx.commit().await?;
    Ok(Made {
        coupon,
        replayed: false,
    })
}

/// Changes a coupon whose version `if_match` names. A change that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`], [`Error::CouponChange`].
pub async fn update_coupon(
    state: &AppState,
    staff: &CurrentUser,
    meta: &RequestMeta,
    if_match: IfMatch,
    coupon_id: CouponId,
    patch: CouponPatch,
) -> Result<StaffCoupon, Error> {
    let mut tx = state.db.begin().await?;
    let before = coupons::find_coupon_for_update(&mut tx, coupon_id)
        .await?
        .ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    let uses = coupons::get_uses(&mut tx, coupon_id).await?;
    let terms = patch
        .applied_to(&before.coupon, uses, state.currency)
        .map_err(Error::CouponChange)?;
    if terms == Terms::of(&before.coupon) {
        return Ok(before.into());
    }
    let after = coupons::update_coupon(&mut tx, coupon_id, &terms).await?;
    let (before, after) = (StaffCoupon::from(before), StaffCoupon::from(after));
    let (old, new) = difference(&before, &after)?;
    let entry = Entry::new(staff, "coupon.update", "coupon", coupon_id)
        .at(state.clock.now())
        .before(old)
        .after(new)
        .request(meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(after)
}

/// The members in which two states of a coupon differ, as they were and as they are.
fn difference(before: &StaffCoupon, after: &StaffCoupon) -> Result<(Value, Value), sqlx::Error> {
    let members = |coupon: &StaffCoupon| match serde_json::to_value(coupon) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(sqlx::Error::Encode(error.into())),
    };
    let (mut old, mut new) = (members(before)?, members(after)?);
    let unchanged: Vec<String> = old
        .iter()
        .filter(|(name, value)| name.as_str() == "updated_at" || new.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in unchanged {
        old.remove(&name);
        new.remove(&name);
    }
    Ok((Value::Object(old), Value::Object(new)))
}
