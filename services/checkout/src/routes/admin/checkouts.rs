//! `/admin/checkouts`.

use axum::extract::State;
use common::Problem;
use common::extract::{Json, Path, Permitted};
use kernel::CheckoutId;

use super::permission::PaymentsRead;
use crate::error::Error;
use crate::state::AppState;
use crate::store::admin::{self, AdminCheckout};

/// What happened to a checkout
///
/// Its steps, its payments and the movements of their money. Needs the permission `payments.read`.
#[utoipa::path(
    get, path = "/api/v1/admin/checkouts/{id}", operation_id = "getAdminCheckout", tag = "admin",
    security(("bearer" = [])), params(("id" = CheckoutId, Path, description = "The checkout")),
    responses(
        (status = 200, description = "All that is known", body = AdminCheckout),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `permission_missing` {permission}", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such checkout", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_admin_checkout(
    State(state): State<AppState>,
    Path(checkout_id): Path<CheckoutId>,
    _: Permitted<PaymentsRead>,
) -> Result<Json<AdminCheckout>, Error> {
    let mut conn = state.db.write().await?;
    let found = admin::find_checkout(&mut conn, checkout_id).await?;
    Ok(Json(found.ok_or(Error::NotFound)?))
}
