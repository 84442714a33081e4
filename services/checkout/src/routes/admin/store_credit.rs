//! Store credit, as staff give and take it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::audit::{Entry, REASON_CHARS_MAX};
use common::extract::{IdempotencyKey, Json, Path, Permitted, RequestMeta};
use garde::Validate;
use http::StatusCode;
use kernel::{Money, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::gift_cards::AMOUNT_MAX;
use super::once;
use super::permission::GiftcardsWrite;
use crate::domain::tender::StoredValueKind;
use crate::error::Error;
use crate::routes::gift_cards::StoreCredit;
use crate::state::{AUDIT, AppState};
use crate::store::gift_cards;
use crate::store::ledger::{self, Transfer};

/// Credit to be given or taken.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditChange {
    /// What is added; negative to take it away.
    #[garde(custom(changes))]
    pub amount: Money,
    /// Why.
    #[garde(length(chars, min = 1, max = REASON_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

fn changes<C>(amount: &Money, _: &C) -> garde::Result {
    if amount.is_zero() || amount.minor().unsigned_abs() > AMOUNT_MAX.unsigned_abs() {
        return Err(garde::Error::new(
            "must not be nothing, and at most 100000000",
        ));
    }
    Ok(())
}

/// A customer's store credit
///
/// Needs the permission `giftcards.write`.
#[utoipa::path(
    get, path = "/api/v1/admin/customers/{id}/store-credit", operation_id = "getCustomerStoreCredit", tag = "admin",
    security(("bearer" = [])), params(("id" = UserId, Path, description = "The customer")),
    responses(
        (status = 200, description = "What there is, per currency", body = StoreCredit),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_customer_store_credit(
    State(state): State<AppState>,
    Path(customer_id): Path<UserId>,
    _: Permitted<GiftcardsWrite>,
) -> Result<Json<StoreCredit>, Error> {
    let mut conn = state.db.write().await?;
    let balances = gift_cards::list_credit(&mut conn, customer_id).await?;
    Ok(Json(StoreCredit { balances }))
}

/// Give or take store credit
///
/// Needs the permission `giftcards.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/customers/{id}/store-credit", operation_id = "changeStoreCredit", tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = UserId, Path, description = "The customer"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each change"),
    ),
    request_body = CreditChange,
    responses(
        (status = 200, description = "What there is now, per currency", body = StoreCredit),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such customer", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`store_credit_too_small`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn change_store_credit(
    State(state): State<AppState>,
    Path(customer_id): Path<UserId>,
    Permitted(staff, _): Permitted<GiftcardsWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(body): Json<CreditChange>,
) -> Result<Response, Error> {
    let mut tx = state.db.begin().await?;
    let what = format!("store credit {customer_id}");
    let once = match once::begin(&mut tx, &state, &staff, &what, key, &body).await? {
        Ok(once) => once,
        Err(stored) => return Ok(stored.into_response()),
    };
    if !contract_auth::customer_exists(&mut tx, customer_id).await? {
        return Err(Error::NotFound);
    }
    let kind = StoredValueKind::StoreCredit;
    let size = Money::new(body.amount.minor().abs(), body.amount.currency())
        .map_err(|_| Error::Internal("an amount in bounds does not fit"))?;
    let (transfer, action) = if body.amount.is_negative() {
        gift_cards::withdraw_credit(&mut tx, customer_id, size)
            .await?
            .ok_or(Error::CreditTooSmall)?;
        (Transfer::Withdraw(kind), "store_credit.withdraw")
    } else {
        gift_cards::grant_credit(&mut tx, customer_id, size).await?;
        (Transfer::Issue(kind), "store_credit.grant")
    };
    // Each change is a cause of its own.
    let cause = kernel::OperationId::generate().uuid();
    ledger::insert(&mut tx, transfer, size, None, cause).await?;
    let entry = Entry::new(&staff, action, "customer", customer_id)
        .at(state.now())
        .after(json!({"amount": body.amount}))
        .reason(body.reason.as_str())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let balances = gift_cards::list_credit(&mut tx, customer_id).await?;
    let answer = StoreCredit { balances };
    once.finish(&mut tx, StatusCode::OK, &answer).await?;
    tx.commit().await?;
    Ok(Json(answer).into_response())
}
