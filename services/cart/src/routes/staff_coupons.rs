//! `/admin/coupons`.

use axum::extract::State;
use axum::response::Response;
use common::access::Permitted;
use common::extract::{self, IdempotencyKey, IfMatch, Json, Path, Query, RequestMeta};
use common::{Problem, etag, permissions};
use contract_auth::permission::{COUPONS_READ, COUPONS_WRITE};
use http::header::LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::{CouponId, Cursor, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::carts::PRIVATE;
use crate::domain::staff_coupon::{CouponPatch, CouponStatus, NewCoupon, StaffCoupon};
use crate::error::Error;
use crate::ops::manage_coupons::{self, Made};
use crate::state::AppState;
use crate::store::coupons::{self, CouponListing};

permissions! {
    /// Reads coupons.
    pub(super) CouponsRead = COUPONS_READ;
    /// Makes and changes coupons.
    pub(super) CouponsWrite = COUPONS_WRITE;
}

/// The longest text that is looked for, in characters.
const TEXT_MAX: usize = 100;

/// The query of a list of coupons.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListCoupons {
    /// In the code or the description, in any case.
    #[param(max_length = 100)]
    q: Option<String>,
    /// State.
    #[param(inline)]
    state: Option<CouponStatus>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List coupons, the newest first
#[utoipa::path(get, path = "/api/v1/admin/coupons", operation_id = "listCoupons", tag = "staff", params(ListCoupons),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of coupons", body = Page<StaffCoupon>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list_coupons(
    State(state): State<AppState>,
    _staff: Permitted<CouponsRead>,
    Query(query): Query<ListCoupons>,
) -> Result<Json<Page<StaffCoupon>>, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    let after = cursor
        .map(Cursor::decode::<CouponId>)
        .transpose()
        .map_err(Problem::from)?;
    let text = query.q.filter(|text| !text.trim().is_empty());
    if let Some(text) = &text
        && (text.chars().count() > TEXT_MAX || text.contains('\0'))
    {
        return Err(Error::BadText(TEXT_MAX));
    }
    let listing = CouponListing {
        text: text.map(|text| text.trim().to_owned()),
        state: query.state,
        after,
        limit: size.overfetch(),
    };
    let mut conn = state.db.write().await?;
    let rows = coupons::list_coupons(&mut conn, &listing).await?;
    let rows: Vec<StaffCoupon> = rows.into_iter().map(StaffCoupon::from).collect();
    Ok(Json(Page::from_overfetch(rows, size, |coupon| coupon.id)))
}

/// Make a coupon
#[utoipa::path(post, path = "/api/v1/admin/coupons", operation_id = "createCoupon", tag = "staff", request_body = NewCoupon,
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each coupon")),
    responses(
        (status = 201, description = "The coupon", body = StaffCoupon, headers(("ETag" = String), ("Location" = String))),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`coupon_code_taken`, `request_in_progress` (Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create_coupon(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CouponsWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(new): Json<NewCoupon>,
) -> Result<Response, Error> {
    let Made { coupon, replayed } =
        manage_coupons::create_coupon(&state, &staff, &meta, &key, new).await?;
    let mut response = answer(&HeaderMap::new(), &coupon);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(place) = HeaderValue::try_from(format!("/api/v1/admin/coupons/{}", coupon.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    if replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Read a coupon
#[utoipa::path(get, path = "/api/v1/admin/coupons/{id}", operation_id = "getCoupon", tag = "staff",
    params(("id" = CouponId, Path, description = "The coupon")), security(("bearer" = [])),
    responses(
        (status = 200, description = "The coupon", body = StaffCoupon, headers(("ETag" = String))),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such coupon", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_coupon(
    State(state): State<AppState>,
    _staff: Permitted<CouponsRead>,
    headers: HeaderMap,
    Path(coupon_id): Path<CouponId>,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let stored = coupons::find_coupon(&mut conn, coupon_id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(answer(&headers, &stored.into()))
}

/// Change a coupon
///
/// `If-Match` is required: the `ETag` of the coupon that the change is based on. What it takes off changes only as long as
/// no order used it.
#[utoipa::path(patch, path = "/api/v1/admin/coupons/{id}", operation_id = "updateCoupon", tag = "staff", request_body = CouponPatch,
    params(("id" = CouponId, Path, description = "The coupon"), ("If-Match" = String, Header, description = "The ETag that the change is based on")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The coupon", body = StaffCoupon, headers(("ETag" = String))),
        (status = 400, description = "`if_match_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid bearer token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such coupon", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`coupon_value_fixed`, `coupon_limit_below_uses` {limit, used}", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn update_coupon(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<CouponsWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Path(coupon_id): Path<CouponId>,
    Json(patch): Json<CouponPatch>,
) -> Result<Response, Error> {
    if_match.required()?;
    let coupon =
        manage_coupons::update_coupon(&state, &staff, &meta, if_match, coupon_id, patch).await?;
    Ok(answer(&HeaderMap::new(), &coupon))
}

fn answer(headers: &HeaderMap, coupon: &StaffCoupon) -> Response {
    etag::versioned(headers, coupon.version, PRIVATE, coupon)
}
