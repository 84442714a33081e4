//! Gift cards, as staff issue and close them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::audit::{Entry, REASON_CHARS_MAX};
use common::extract::{IdempotencyKey, IfMatch, Json, Path, Permitted, Query, RequestMeta, page};
use common::{Problem, etag};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use kernel::{Cursor, GiftCardId, Money, Page, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::once;
use super::permission::GiftcardsWrite;
use crate::domain::gift_code::GiftCode;
use crate::domain::tender::StoredValueKind;
use crate::error::Error;
use crate::state::{AUDIT, AppState};
use crate::store::gift_cards::{self, GiftCard, NewGiftCard};
use crate::store::ledger::{self, Transfer};

const PRIVATE: &str = "private, no-store";
/// The most that one gift card or one grant may be worth, in minor units.
pub(super) const AMOUNT_MAX: i64 = 100_000_000;

/// A gift card to be issued.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueGiftCard {
    /// What is on it.
    #[garde(custom(worth))]
    pub amount: Money,
    /// When it ends; never, if it is left out.
    #[garde(skip)]
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// For staff.
    #[garde(inner(length(chars, max = 500)))]
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardReason {
    /// For the log.
    #[garde(length(chars, min = 1, max = REASON_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

fn worth<C>(amount: &Money, _: &C) -> garde::Result {
    if (1..=AMOUNT_MAX).contains(&amount.minor()) {
        return Ok(());
    }
    Err(garde::Error::new(
        "must be more than nothing and at most 100000000",
    ))
}

/// A gift card, as staff see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftCard)]
pub struct GiftCardView {
    /// The card.
    id: GiftCardId,
    /// The last characters of its code.
    last4: String,
    /// What is on it.
    balance: Money,
    /// Whether it may be spent.
    active: bool,
    /// When it ends.
    #[schema(required)]
    expires_at: Option<Timestamp>,
    /// What staff wrote about it.
    #[schema(required)]
    note: Option<String>,
    /// Who issued it.
    #[schema(required)]
    issued_by: Option<UserId>,
    /// Rises with every change.
    version: i64,
    /// When it was issued.
    created_at: Timestamp,
}

/// A new gift card.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedGiftCard {
    /// The card.
    gift_card: GiftCardView,
    /// Its code, shown this once: it is not kept. Null when the request is repeated.
    #[schema(required)]
    code: Option<String>,
}

impl From<GiftCard> for GiftCardView {
    fn from(card: GiftCard) -> Self {
        Self {
            id: card.gift_card_id,
            last4: card.last4,
            balance: card.balance,
            active: card.active,
            expires_at: card.expires_at,
            note: card.note,
            issued_by: card.issued_by,
            version: card.version,
            created_at: card.created_at,
        }
    }
}

/// Issue a gift card
///
/// Needs the permission `giftcards.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/gift-cards", operation_id = "issueGiftCard", tag = "admin",
    security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each card")),
    request_body = IssueGiftCard,
    responses(
        (status = 201, description = "The card and, once, its code", body = IssuedGiftCard),
        (status = 400, description = "`idempotency_key_missing`, `idempotency_key_invalid`, `malformed_json`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn issue_gift_card(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<GiftcardsWrite>,
    IdempotencyKey(key): IdempotencyKey,
    meta: RequestMeta,
    Json(body): Json<IssueGiftCard>,
) -> Result<Response, Error> {
    let now = state.now();
    if body.expires_at.is_some_and(|at| at <= now) {
        let problem =
            Problem::invalid_field("/expires_at", "out_of_range", "must be in the future");
        return Err(problem.into());
    }
    let mut tx = state.db.begin().await?;
    let once = match once::begin(&mut tx, &state, &staff, "issue gift card", key, &body).await? {
        Ok(once) => once,
        Err(stored) => return Ok(stored.into_response()),
    };
    let code = GiftCode::generate();
    let new = NewGiftCard {
        code_hash: code.hash(),
        last4: code.last4(),
        balance: body.amount,
        expires_at: body.expires_at,
        note: body.note.as_deref(),
        issued_by: staff.user_id,
    };
    let card = gift_cards::insert(&mut tx, &new, now).await?;
    let transfer = Transfer::Issue(StoredValueKind::GiftCard);
    ledger::insert(
        &mut tx,
        transfer,
        body.amount,
        None,
        card.gift_card_id.uuid(),
    )
    .await?;
    let entry = Entry::new(&staff, "gift_card.issue", "gift_card", card.gift_card_id)
        .at(now)
        .after(json!({"amount": body.amount, "expires_at": body.expires_at, "last4": card.last4}))
        .reason(body.note.as_deref())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    let mut answer = IssuedGiftCard {
        gift_card: card.into(),
        code: None,
    };
    // Kept without the code.
    once.finish(&mut tx, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    answer.code = Some(code.printed());
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Which gift cards.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListGiftCards {
    /// With these last characters of the code.
    last4: Option<String>,
    /// Cards per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List gift cards
///
/// The newest first. Needs the permission `giftcards.write`.
#[utoipa::path(
    get, path = "/api/v1/admin/gift-cards", operation_id = "listGiftCards", tag = "admin",
    security(("bearer" = [])), params(ListGiftCards),
    responses(
        (status = 200, description = "The newest first", body = Page<GiftCardView>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_gift_cards(
    State(state): State<AppState>,
    _: Permitted<GiftcardsWrite>,
    Query(query): Query<ListGiftCards>,
) -> Result<Json<Page<GiftCardView>>, Error> {
    let (size, cursor) = page(query.limit, query.cursor.as_deref())?;
    let after: Option<(Timestamp, GiftCardId)> = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    let last4 = query.last4.map(|text| text.to_ascii_uppercase());
    let mut conn = state.db.write().await?;
    let rows = gift_cards::list(&mut conn, last4.as_deref(), after, size.overfetch()).await?;
    let found = Page::from_overfetch(rows, size, |card| (card.created_at, card.gift_card_id));
    Ok(Json(found.map(GiftCardView::from)))
}

/// Close a gift card
///
/// Nobody can pay with it any more; what is on it stays on it. Needs the permission `giftcards.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/gift-cards/{id}/disable", operation_id = "disableGiftCard", tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = GiftCardId, Path, description = "The card"),
        ("If-Match" = String, Header, description = "The card's version, in quotes"),
    ),
    request_body = GiftCardReason,
    responses(
        (status = 200, description = "The card", body = GiftCardView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such card", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn disable_gift_card(
    State(state): State<AppState>,
    Path(id): Path<GiftCardId>,
    Permitted(staff, _): Permitted<GiftcardsWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Json(body): Json<GiftCardReason>,
) -> Result<Response, Error> {
    let card = switch(&state, id, false, if_match, &body, &staff, &meta).await?;
    Ok(etag::versioned(
        &HeaderMap::new(),
        card.version,
        PRIVATE,
        &card,
    ))
}

/// Open a gift card again
///
/// Needs the permission `giftcards.write`.
#[utoipa::path(
    post, path = "/api/v1/admin/gift-cards/{id}/enable", operation_id = "enableGiftCard", tag = "admin",
    security(("bearer" = [])),
    params(
        ("id" = GiftCardId, Path, description = "The card"),
        ("If-Match" = String, Header, description = "The card's version, in quotes"),
    ),
    request_body = GiftCardReason,
    responses(
        (status = 200, description = "The card", body = GiftCardView),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such card", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`version_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn enable_gift_card(
    State(state): State<AppState>,
    Path(id): Path<GiftCardId>,
    Permitted(staff, _): Permitted<GiftcardsWrite>,
    if_match: IfMatch,
    meta: RequestMeta,
    Json(body): Json<GiftCardReason>,
) -> Result<Response, Error> {
    let card = switch(&state, id, true, if_match, &body, &staff, &meta).await?;
    Ok(etag::versioned(
        &HeaderMap::new(),
        card.version,
        PRIVATE,
        &card,
    ))
}

async fn switch(
    state: &AppState,
    id: GiftCardId,
    active: bool,
    if_match: IfMatch,
    body: &GiftCardReason,
    staff: &common::extract::CurrentUser,
    meta: &RequestMeta,
) -> Result<GiftCardView, Error> {
    if_match.required()?;
    let mut tx = state.db.begin().await?;
    let before = gift_cards::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    let card = gift_cards::update_state(&mut tx, id, active).await?;
    let action = if active {
        "gift_card.enable"
    } else {
        "gift_card.disable"
    };
    let entry = Entry::new(staff, action, "gift_card", id)
        .at(state.now())
        .before(json!({"active": before.active}))
        .after(json!({"active": active}))
        .reason(body.reason.as_str())
        .request(meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(card.into())
}
