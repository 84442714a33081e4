//! Gift cards and store credit, as shoppers use them.

use axum::extract::State;
use axum::response::Response;
use common::Problem;
use common::extract::{CurrentUser, Json, Path, RequestMeta};
use garde::Validate;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{CheckoutId, GiftCardId, Money};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::checkouts::{lock_open, written};
use super::client::client;
use super::principal::Asking;
use crate::domain::gift_code::GiftCode;
use crate::domain::tender::Purse;
use crate::error::Error;
use crate::ops::summarize;
use crate::state::{AppState, after};
use crate::store::{checkouts, code_guesses, gift_cards, stored_values};
use crate::view::CheckoutView;

/// A gift card's code.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardCode {
    /// As printed; letter case, spaces and hyphens do not matter. A secret.
    #[garde(length(bytes, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "7K2M-Q9XW-4TRB-D1NZ-8C5V")]
    pub code: String,
}

impl std::fmt::Debug for GiftCardCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GiftCardCode(…)")
    }
}

/// What is on a gift card.
#[derive(Debug, Serialize, ToSchema)]
pub struct GiftCardBalance {
    /// The last characters of its code.
    #[schema(required)]
    last4: Option<String>,
    /// What is on it.
    balance: Money,
}

/// A customer's credit in the shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreCredit {
    /// One amount per currency.
    pub(super) balances: Vec<Money>,
}

/// Pay with a gift card
///
/// The card pays before any other when the checkout is completed; nothing is taken from it before.
#[utoipa::path(
    put, path = "/api/v1/checkouts/{id}/gift-cards", operation_id = "addGiftCard", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
    ),
    request_body = GiftCardCode,
    responses(
        (status = 200, description = "The checkout, priced anew", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller; `gift_card_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`gift_card_other_currency`, `too_many_gift_cards`, `completion_in_progress`, `checkout_completed` {order_id}, `checkout_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_guesses` (Retry-After)", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn add_gift_card(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    asking: Asking,
    meta: RequestMeta,
    headers: HeaderMap,
    Json(body): Json<GiftCardCode>,
) -> Result<Response, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    checkouts::find(&mut tx, checkout_id, &asking.0)
        .await?
        .ok_or(Error::NotFound)?;
    let who = client(&headers, &meta);
    let purse = find(&mut tx, &state, &who, &body.code, now).await?;
    let checkout = lock_open(&mut tx, &state, checkout_id, &asking).await?;
    let Some(purse) = purse else {
        // The wrong code is counted.
        tx.commit().await?;
        return Err(Error::GiftCardUnknown);
    };
    if purse.balance.currency() != checkout.currency {
        return Err(Error::GiftCardOtherCurrency);
    }
    stored_values::insert_choice(&mut tx, checkout_id, purse.stored_value_id, now).await?;
    let chosen = stored_values::count_choices(&mut tx, checkout_id).await?;
    if chosen > state.settings.checkout.gift_cards_max {
        return Err(Error::TooManyGiftCards);
    }
    let view = touched(&mut tx, &state, checkout_id, now).await?;
    tx.commit().await?;
    Ok(written(&view))
}

/// Do not pay with a gift card
#[utoipa::path(
    delete, path = "/api/v1/checkouts/{id}/gift-cards/{gift_card_id}", operation_id = "removeGiftCard", tag = "checkout",
    params(
        ("id" = CheckoutId, Path, description = "The checkout"),
        ("gift_card_id" = GiftCardId, Path, description = "The gift card, as in `tenders`"),
        ("Cart-Token" = Option<String>, Header, description = "A guest's cart token"),
    ),
    responses(
        (status = 200, description = "The checkout, priced anew", body = CheckoutView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout of the caller, or it is not to be paid with this card", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`completion_in_progress`, `checkout_completed` {order_id}, `checkout_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn remove_gift_card(
    State(state): State<AppState>,
    Path((checkout_id, gift_card_id)): Path<(CheckoutId, GiftCardId)>,
    asking: Asking,
) -> Result<Response, Error> {
    let now = state.now();
    let mut tx = state.db.begin().await?;
    lock_open(&mut tx, &state, checkout_id, &asking).await?;
    if !stored_values::delete_choice(&mut tx, checkout_id, gift_card_id).await? {
        return Err(Error::NotFound);
    }
    let view = touched(&mut tx, &state, checkout_id, now).await?;
    tx.commit().await?;
    Ok(written(&view))
}

/// What is on a gift card
#[utoipa::path(
    post, path = "/api/v1/gift-cards/balance", operation_id = "getGiftCardBalance", tag = "payments",
    request_body = GiftCardCode,
    responses(
        (status = 200, description = "Its balance", body = GiftCardBalance),
        (status = 404, description = "`gift_card_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_guesses` (Retry-After)", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_gift_card_balance(
    State(state): State<AppState>,
    meta: RequestMeta,
    headers: HeaderMap,
    Json(body): Json<GiftCardCode>,
) -> Result<Json<GiftCardBalance>, Error> {
    let who = client(&headers, &meta);
    let mut tx = state.db.begin().await?;
    let purse = find(&mut tx, &state, &who, &body.code, state.now()).await?;
    tx.commit().await?;
    let purse = purse.ok_or(Error::GiftCardUnknown)?;
    Ok(Json(GiftCardBalance {
        last4: purse.last4,
        balance: purse.balance,
    }))
}

/// My store credit
#[utoipa::path(
    get, path = "/api/v1/me/store-credit", operation_id = "getMyStoreCredit", tag = "payments",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What there is, per currency", body = StoreCredit),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_my_store_credit(
    State(state): State<AppState>,
    user: CurrentUser,
) -> Result<Json<StoreCredit>, Error> {
    let mut conn = state.db.write().await?;
    let balances = gift_cards::list_credit(&mut conn, user.user_id).await?;
    Ok(Json(StoreCredit { balances }))
}

/// The gift card of a code. A wrong one is counted, if the transaction is committed; after too many the answer waits.
async fn find(
    conn: &mut PgConnection,
    state: &AppState,
    client: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<Purse>, Error> {
    let settings = &state.settings.checkout;
    let window = SignedDuration::from_secs(settings.guesses_window_s);
    let since = now.saturating_sub(window).unwrap_or(Timestamp::MIN);
    if code_guesses::count(conn, client, since).await? >= settings.guesses_max {
        let retry_after_s = u64::try_from(settings.guesses_window_s).unwrap_or(1);
        return Err(Error::TooManyGuesses { retry_after_s });
    }
    let found = match code.parse::<GiftCode>() {
        Ok(code) => stored_values::find_by_code(conn, &code.hash(), now).await?,
        Err(_) => None,
    };
    if found.is_none() {
        code_guesses::insert(conn, client, now).await?;
    }
    Ok(found)
}

/// The checkout after what pays for it has changed.
async fn touched(
    conn: &mut PgConnection,
    state: &AppState,
    checkout_id: CheckoutId,
    now: Timestamp,
) -> Result<CheckoutView, Error> {
    let until = after(now, state.settings.checkout.ttl());
    let checkout = checkouts::update_touched(conn, checkout_id, until).await?;
    summarize::view(conn, checkout, now).await
}
