//! `/admin/ledger`.

use axum::extract::State;
use common::Problem;
use common::extract::{Json, Permitted, Query};
use kernel::OrderId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::permission::PaymentsRead;
use crate::error::Error;
use crate::state::AppState;
use crate::store::ledger::{self, AccountTotal, LedgerEntry};

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListLedger {
    /// Of this order.
    order_id: OrderId,
}

/// Entries of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerEntries {
    /// The oldest first.
    items: Vec<LedgerEntry>,
}

/// What all accounts hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerTotals {
    /// One per account and currency. Those of one currency sum to nothing.
    items: Vec<AccountTotal>,
}

/// An order's money
///
/// Every movement with both of its sides. Needs the permission `payments.read`.
#[utoipa::path(
    get, path = "/api/v1/admin/ledger", operation_id = "listLedger", tag = "admin",
    security(("bearer" = [])), params(ListLedger),
    responses(
        (status = 200, description = "The oldest first", body = LedgerEntries),
        (status = 400, description = "`invalid_query`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_ledger(
    State(state): State<AppState>,
    _: Permitted<PaymentsRead>,
    Query(query): Query<ListLedger>,
) -> Result<Json<LedgerEntries>, Error> {
    let mut conn = state.db.write().await?;
    let items = ledger::list_entries(&mut conn, query.order_id).await?;
    Ok(Json(LedgerEntries { items }))
}

/// What the accounts hold
///
/// Needs the permission `payments.read`.
#[utoipa::path(
    get, path = "/api/v1/admin/ledger/totals", operation_id = "getLedgerTotals", tag = "admin",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "One per account and currency", body = LedgerTotals),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_ledger_totals(
    State(state): State<AppState>,
    _: Permitted<PaymentsRead>,
) -> Result<Json<LedgerTotals>, Error> {
    let mut conn = state.db.write().await?;
    let items = ledger::list_totals(&mut conn).await?;
    Ok(Json(LedgerTotals { items }))
}
