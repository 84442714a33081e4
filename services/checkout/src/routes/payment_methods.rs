//! Saved cards. The provider keeps the cards; here are their names.

use axum::extract::State;
use common::Problem;
use common::audit::Entry;
use common::extract::{CurrentUser, Json, Path, RequestMeta};
use http::StatusCode;
use jiff::Timestamp;
use kernel::SavedCardId;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::error::Error;
use crate::provider::cards::Detached;
use crate::state::{AUDIT, AppState};
use crate::store::saved_cards;

/// A card that a customer may pay with again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedCard)]
pub struct SavedCardView {
    /// Names it when a checkout is completed.
    id: SavedCardId,
    /// Such as `visa`.
    brand: String,
    /// The last four digits.
    last4: String,
    /// Month in which it ends.
    exp_month: i32,
    /// Year in which it ends.
    exp_year: i32,
    /// When it was saved.
    created_at: Timestamp,
}

/// A customer's cards.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedCards {
    /// The newest first.
    items: Vec<SavedCardView>,
}

/// My saved cards
#[utoipa::path(
    get, path = "/api/v1/payment-methods", operation_id = "listPaymentMethods", tag = "payments",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The newest first", body = SavedCards),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_payment_methods(
    State(state): State<AppState>,
    user: CurrentUser,
) -> Result<Json<SavedCards>, Error> {
    let mut conn = state.db.write().await?;
    let cards = saved_cards::list(&mut conn, user.user_id).await?;
    let items = cards.into_iter().map(|card| SavedCardView {
        id: card.saved_card_id,
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        created_at: card.created_at,
    });
    Ok(Json(SavedCards {
        items: items.collect(),
    }))
}

/// Forget a saved card
///
/// The provider lets it go first, so that nobody can pay with it any more.
#[utoipa::path(
    delete, path = "/api/v1/payment-methods/{id}", operation_id = "deletePaymentMethod", tag = "payments",
    security(("bearer" = [])),
    params(("id" = SavedCardId, Path, description = "The card")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such card of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The provider is away; the card stays", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_payment_method(
    State(state): State<AppState>,
    Path(card_id): Path<SavedCardId>,
    user: CurrentUser,
    meta: RequestMeta,
) -> Result<StatusCode, Error> {
    let mut conn = state.db.write().await?;
    let card = saved_cards::find(&mut conn, card_id, user.user_id)
        .await?
        .ok_or(Error::NotFound)?;
    // No connection is kept while the provider is asked.
    drop(conn);
    if state.provider.detach(&card.provider_ref).await == Detached::Unknown {
        return Err(Error::PaymentUnavailable);
    }
    let mut tx = state.db.begin().await?;
    saved_cards::delete(&mut tx, card_id).await?;
    let entry = Entry::new(&user, "saved_card.delete", "saved_card", card_id)
        .at(state.now())
        .before(json!({"brand": card.brand, "last4": card.last4}))
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
