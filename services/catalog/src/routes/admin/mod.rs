//! What staff read and write. Every write to a product is one short transaction that ends in `catalog.refresh_products_v1`;
//! every write leaves its trail in the audit log.

pub(super) mod attributes;
pub(super) mod locations;
mod once;
pub(super) mod prices;
pub(super) mod products;
pub(super) mod stock;
pub(super) mod stock_reports;
pub(super) mod taxes;
mod trail;
pub(super) mod variants;

use std::collections::BTreeMap;

use axum::response::Response;
use common::access::CurrentUser;
use common::etag;
use common::extract::{IfMatch, RequestMeta};
use http::{HeaderMap, StatusCode};
use kernel::{CategoryId, ProductId};
use sqlx::PgConnection;
use sqlx::{Postgres, Transaction};

use crate::domain::admin::AdminProduct;
use crate::domain::attribute::check_values;
use crate::domain::violation::Violation;
use crate::error::Error;
use crate::state::AppState;
use crate::store;

const PRIVATE: &str = "private, no-store";

/// Ends a write: refreshes the product, reads it as staff see it, writes down what changed, commits, and tells the caches.
async fn finish(
    state: &AppState,
    (staff, meta): (&CurrentUser, &RequestMeta),
    change: trail::Change<'_>,
    mut tx: Transaction<'static, Postgres>,
    product_id: ProductId,
    status: StatusCode,
) -> Result<Response, Error> {
    let refreshed =
        store::refresh::refresh_products(&mut tx, &[product_id], state.currency).await?;
    let product = store::admin::find_admin_product(&mut tx, product_id)
        .await?
        .ok_or(Error::NotFound)?;
    let now = state.clock.now();
    trail::append(&mut tx, (staff, meta), change, &product, now).await?;
    tx.commit().await?;
    state.cache.written(staff.user_id, &refreshed).await;
    let mut response = etag::versioned(&HeaderMap::new(), product.version, PRIVATE, &product);
    *response.status_mut() = status;
    Ok(response)
}

/// Locks a product and compares its version with `If-Match`, where that is sent.
async fn lock(
    conn: &mut PgConnection,
    product_id: ProductId,
    if_match: IfMatch,
) -> Result<(), Error> {
    let version = store::write::find_version_for_update(conn, product_id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(if_match.check(version)?)
}

/// The product as it is before a write.
async fn before(conn: &mut PgConnection, product_id: ProductId) -> Result<AdminProduct, Error> {
    store::admin::find_admin_product(conn, product_id)
        .await?
        .ok_or(Error::NotFound)
}

/// The category with this slug, if products may stand there.
async fn category(conn: &mut PgConnection, slug: &str) -> Result<CategoryId, Error> {
    let place = if slug.contains('\0') {
        None
    } else {
        store::categories::find_category(conn, slug).await?
    };
    match place {
        Some(place) if place.leaf => Ok(place.category_id),
        Some(_) => Err(Violation::new(
            "/category",
            "invalid",
            "has categories below it; choose one of them",
        )
        .into()),
        None => {
            Err(Violation::new("/category", "unknown_value", "there is no such category").into())
        }
    }
}

/// Checks attribute values against their definitions.
async fn check_attributes(
    conn: &mut PgConnection,
    values: &BTreeMap<String, serde_json::Value>,
) -> Result<(), Error> {
    // What no definition can have is unknown without asking.
    let codes: Vec<String> = values
        .keys()
        .filter(|code| !code.contains('\0'))
        .cloned()
        .collect();
    let kinds = store::attributes::list_kinds(conn, &codes).await?;
    let mut violations: Vec<Violation> = check_values(values, &kinds)
        .into_iter()
        .map(|error| {
            let token = error.code.replace('~', "~0").replace('/', "~1");
            let code = if error.unknown {
                "unknown_value"
            } else {
                "invalid_type"
            };
            Violation::new(format!("/attributes/{token}"), code, error.detail)
        })
        .collect();
    violations.extend(values.iter().filter_map(|(code, value)| {
        let text = value.as_str().filter(|text| text.contains('\0'))?;
        Some(Violation::new(
            format!("/attributes/{code}"),
            "invalid",
            format!("holds control characters after {} bytes", text.len()),
        ))
    }));
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations.into())
    }
}
