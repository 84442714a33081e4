//! `/checkouts`.

use axum::extract::State;
use axum::response::Response;
use common::extract::{IfMatch, Json, Path};
use common::problem::FieldError;
use common::{Problem, etag};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use kernel::{CartId, CheckoutId, Email};
use serde::{Deserialize, Deserializer};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::principal::Asking;
use crate::domain::address::{Address, AddressProblem};
use crate::domain::state::CheckoutState;
use crate::error::Error;
use crate::ops::summarize;
use crate::state::{AppState, after};
use crate::store::checkout_states;
use crate::store::checkouts::{self, Checkout, Details};
use crate::view::CheckoutView;

const PRIVATE: &str = "private, no-store";

/// A checkout to begin.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckout {
    /// The cart to check out.
    #[garde(skip)]
    pub cart_id: CartId,
}

/// What a shopper fills in. What is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutPatch {
    /// Where messages go.
    #[garde(skip)]
    #[serde(default)]
    pub email: Option<Email>,
    /// Where the goods go.
    #[garde(dive)]
    #[serde(default)]
    pub shipping_address: Option<Address>,
    /// Where the invoice goes; null means to the shipping address.
    #[garde(dive)]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Address>)]
    pub billing_address: Option<Option<Address>>,
    /// The code of one of the checkout's `shipping_methods`.
    #[garde(inner(length(bytes, min = 1, max = 100)))]
    #[serde(default)]
    #[schema(max_length = 100)]
    pub shipping_method: Option<String>,
    /// Whether the customer's store credit pays before a card does. Guests have none.
    #[garde(skip)]
    #[serde(default)]
    pub use_store_credit: Option<bool>,
}

/// Tells null from left out.
#[expect(
    clippy::option_option,
    reason = "left out, null and given are three cases here"
)]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Begin to check a cart out
///
/// Answers the cart's checkout that is open or under payment, if there is one.
#[utoipa::path(
    post, path = "/api/v1/checkouts", operation_id = "createCheckout", tag = "checkout",
    params(("Cart-Token" = Option<String>, Header, description = "A guest's cart token")),
    request_body = NewCheckout,
    responses(
        (status = 201, description = "A new checkout", body = CheckoutView),
        (status = 200, description = "The cart's checkout", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such cart of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`cart_already_ordered` {order_id}, `cart_merged`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create_checkout(
    State(state): State<AppState>,
    asking: Asking,
    Json(new): Json<NewCheckout>,
) -> Result<Response, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let mut found = None;
    for owner in asking.owners() {
        if let Some(cart) = contract_cart::find_cart(&mut tx, new.cart_id, &owner).await? {
            found = Some((cart, owner));
            break;
        }
    }
    let (cart, owner) = found.ok_or(Error::NotFound)?;
    match cart.state.as_str() {
        "ordered" => return Err(Error::CartAlreadyOrdered(cart.order_id)),
        "merged" => return Err(Error::CartMerged),
        _ => {}
    }
    checkout_states::update_expired_of_cart(&mut tx, new.cart_id, now).await?;
    let until = after(now, state.settings.checkout.ttl());
    let inserted = checkouts::insert(&mut tx, new.cart_id, &owner, cart.currency, until).await?;
    let (status, checkout) = if let Some(checkout) = inserted {
        (StatusCode::CREATED, checkout)
    } else {
        let live = checkouts::find_live(&mut tx, new.cart_id).await?;
        (
            StatusCode::OK,
            live.ok_or(Error::Internal("a live checkout vanished"))?,
        )
    };
    let view = summarize::view(&mut tx, checkout, now).await?;
    tx.commit().await?;
    if status == StatusCode::CREATED {
        tracing::info!(checkout.id = %view.id, cart.id = %view.cart_id, "checkout begun");
    }
    let mut response = written(&view);
    *response.status_mut() = status;
    Ok(response)
}

/// Read a checkout
#[utoipa::path(
    get, path = "/api/v1/checkouts/{id}", operation_id = "getCheckout", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
    ),
    responses(
        (status = 200, description = "The checkout, priced anew", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_checkout(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    asking: Asking,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut conn = state.db.write().await?;
    let checkout = checkouts::find(&mut conn, checkout_id, &asking.0)
        .await?
        .ok_or(Error::NotFound)?;
    let view = summarize::view(&mut conn, checkout, state.now()).await?;
    Ok(etag::versioned(&headers, view.version, PRIVATE, &view))
}

/// Fill a checkout in
///
/// A chosen shipping method that does not take the new address is dropped.
#[utoipa::path(
    patch, path = "/api/v1/checkouts/{id}", operation_id = "updateCheckout", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the change is based on"),
    ),
    request_body = CheckoutPatch,
    responses(
        (status = 200, description = "The checkout, priced anew", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`completion_in_progress`, `checkout_completed` {order_id}, `checkout_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn update_checkout(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    asking: Asking,
    if_match: IfMatch,
    Json(patch): Json<CheckoutPatch>,
) -> Result<Response, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    let checkout = lock_open(&mut tx, &state, checkout_id, &asking).await?;
    if_match.check(checkout.version)?;
    let checkout = fill_in(&mut tx, &state, checkout, patch).await?;
    let view = summarize::view(&mut tx, checkout, now).await?;
    tx.commit().await?;
    Ok(written(&view))
}

/// The asking one's checkout, locked, if it may be changed.
pub(super) async fn lock_open(
    conn: &mut PgConnection,
    state: &AppState,
    checkout_id: CheckoutId,
    asking: &Asking,
) -> Result<Checkout, Error> {
    checkouts::find(conn, checkout_id, &asking.0)
        .await?
        .ok_or(Error::NotFound)?;
    let checkout = checkouts::lock(conn, checkout_id).await?;
    match checkout.state {
        CheckoutState::Open if checkout.expires_at > state.now() => Ok(checkout),
        CheckoutState::Open | CheckoutState::Expired => Err(Error::CheckoutExpired),
        CheckoutState::Completed => Err(Error::CheckoutCompleted(checkout.order_id)),
        CheckoutState::Completing => {
            let retry_after_s = state.settings.checkout.retry_after_s;
            Err(Error::CompletionInProgress { retry_after_s })
        }
    }
}

/// The answer to a write: never 304.
pub(super) fn written(view: &CheckoutView) -> Response {
    etag::versioned(&HeaderMap::new(), view.version, PRIVATE, view)
}

/// The address as it is kept; what is wrong with it is named below `pointer`.
fn canonical(pointer: &str, address: Option<Address>) -> Result<Option<Address>, Error> {
    let Some(address) = address else {
        return Ok(None);
    };
    address.canonical().map(Some).map_err(|problems| {
        let field = |problem: AddressProblem| FieldError {
            pointer: format!("{pointer}/{}", problem.field),
            code: problem.code.into(),
            detail: problem.detail,
        };
        Error::BadAddress(problems.into_iter().map(field).collect())
    })
}

async fn fill_in(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: Checkout,
    patch: CheckoutPatch,
) -> Result<Checkout, Error> {
    let asked_for = patch.shipping_method.clone();
    let shipping = canonical("/shipping_address", patch.shipping_address)?;
    let billing = match patch.billing_address {
        Some(billing) => canonical("/billing_address", billing)?,
        None => checkout.billing_address.clone(),
    };
    let mut details = Details {
        email: patch.email.or(checkout.email.clone()),
        shipping_address: shipping.or(checkout.shipping_address.clone()),
        billing_address: billing,
        shipping_method: patch.shipping_method.or(checkout.shipping_method.clone()),
        use_store_credit: patch.use_store_credit.unwrap_or(checkout.use_store_credit),
    };
    if details.use_store_credit && checkout.customer_id().is_none() {
        return Err(Error::NoStoreCredit);
    }
    let draft = Checkout {
        shipping_address: details.shipping_address.clone(),
        shipping_method: details.shipping_method.clone(),
        ..checkout
    };
    let cart = contract_cart::find_cart(conn, draft.cart_id, &draft.owner)
        .await?
        .ok_or(Error::NotFound)?;
    let coupon = cart.coupon.as_ref();
    let summary = summarize::load(conn, &draft, &cart.lines, coupon, state.now()).await?;
    if summary.chosen.is_none() {
        if asked_for.is_some() {
            let address_known = details.shipping_address.is_some();
            return Err(Error::ShippingMethodUnavailable { address_known });
        }
        details.shipping_method = None;
    }
    let until = after(state.now(), state.settings.checkout.ttl());
    Ok(checkouts::update_details(conn, draft.checkout_id, &details, until).await?)
}
