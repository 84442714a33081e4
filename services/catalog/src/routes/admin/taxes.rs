//! `/admin/tax-rates`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use common::Problem;
use common::audit::Entry;
use common::extract::{self, Json, Path, Permitted, Query, RequestMeta};
use http::StatusCode;
use kernel::{Cursor, Page};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::trail::AUDIT;
use crate::domain::tax::{TaxClass, TaxRate, TaxRateChange, TaxZone, is_country};
use crate::error::Error;
use crate::routes::permission::TaxesWrite;
use crate::routes::products::refuse;
use crate::state::AppState;
use crate::store;
use crate::store::taxes::TaxListing;

/// The query of a list of tax rates.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct ListTaxRates {
    /// ISO 3166-1 alpha-2: of this country only.
    #[param(example = "US")]
    country: Option<String>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List tax rates, by country, region and class
///
/// Needs the permission `taxes.write`.
#[utoipa::path(get, path = "/api/v1/admin/tax-rates", operation_id = "listTaxRates", tag = "staff", params(ListTaxRates),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<TaxRate>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn list_tax_rates(
    State(state): State<AppState>,
    _: Permitted<TaxesWrite>,
    Query(query): Query<ListTaxRates>,
) -> Result<Response, Error> {
    let (size, cursor) = extract::page(query.limit, query.cursor.as_deref())?;
    if query
        .country
        .as_deref()
        .is_some_and(|country| !is_country(country))
    {
        return Err(refuse("country", "must be two capital letters").into());
    }
    let after: Option<(String, String, String)> = cursor
        .map(Cursor::decode)
        .transpose()
        .map_err(Problem::from)?;
    if after.iter().any(|(country, region, class)| {
        [country, region, class]
            .iter()
            .any(|text| text.contains('\0'))
    }) {
        return Err(Problem::invalid_cursor().into());
    }
    let listing = TaxListing {
        country: query.country,
        after,
        limit: size.overfetch(),
    };
    let mut conn = state.db.write().await?;
    let rows = store::taxes::list_tax_rates(&mut conn, &listing).await?;
    let page = Page::from_overfetch(rows, size, |row| {
        let region = row.region.clone().unwrap_or_default();
        (row.country.clone(), region, row.tax_class.as_str())
    });
    Ok(Json(page).into_response())
}

/// Set the tax rate of a place for a class of goods
///
/// Orders that are placed keep the rate they were placed with. Needs the permission `taxes.write`.
#[utoipa::path(put, path = "/api/v1/admin/tax-rates/{country}/{region}/{tax_class}", operation_id = "setTaxRate", tag = "staff",
    request_body = TaxRateChange, security(("bearer" = [])),
    params(
        ("country" = String, Path, description = "ISO 3166-1 alpha-2", example = "US"),
        ("region" = String, Path, description = "Code of the state or province; `-` for the whole country", example = "CA"),
        ("tax_class" = inline(TaxClass), Path),
    ),
    responses(
        (status = 200, body = TaxRate),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "No such form of country, region or class"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`validation_failed`"),
    ))]
pub(in crate::routes) async fn set_tax_rate(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<TaxesWrite>,
    meta: RequestMeta,
    Path((country, region, class)): Path<(String, String, TaxClass)>,
    Json(rate): Json<TaxRateChange>,
) -> Result<Json<TaxRate>, Error> {
    let zone = TaxZone::parse(&country, &region, class).ok_or(Error::NotFound)?;
    if let Some(violation) = rate.violation(class) {
        return Err(violation.into());
    }
    let mut tx = state.db.begin().await?;
    let before = store::taxes::find_for_update(&mut tx, &zone).await?;
    let after = store::taxes::upsert_tax_rate(&mut tx, &zone, rate).await?;
    if before != Some(rate) {
        let mut entry = Entry::new(&staff, "tax_rate.set", "tax_rate", zone.path())
            .after(picture(rate))
            .at(state.clock.now())
            .request(&meta);
        if let Some(before) = before {
            entry = entry.before(picture(before));
        }
        AUDIT.append(&mut tx, &entry).await?;
        tx.commit().await?;
    }
    Ok(Json(after))
}

/// Remove the tax rate of a place for a class of goods
///
/// A region falls back to its country; a country without a rate bears no tax. Needs the permission `taxes.write`.
#[utoipa::path(delete, path = "/api/v1/admin/tax-rates/{country}/{region}/{tax_class}", operation_id = "deleteTaxRate", tag = "staff",
    security(("bearer" = [])),
    params(
        ("country" = String, Path, description = "ISO 3166-1 alpha-2", example = "US"),
        ("region" = String, Path, description = "Code of the state or province; `-` for the whole country", example = "CA"),
        ("tax_class" = inline(TaxClass), Path),
    ),
    responses(
        (status = 204),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(in crate::routes) async fn delete_tax_rate(
    State(state): State<AppState>,
    Permitted(staff, _): Permitted<TaxesWrite>,
    meta: RequestMeta,
    Path((country, region, class)): Path<(String, String, TaxClass)>,
) -> Result<StatusCode, Error> {
    let zone = TaxZone::parse(&country, &region, class).ok_or(Error::NotFound)?;
    let mut tx = state.db.begin().await?;
    let before = store::taxes::find_for_update(&mut tx, &zone)
        .await?
        .ok_or(Error::NotFound)?;
    store::taxes::delete_tax_rate(&mut tx, &zone).await?;
    let entry = Entry::new(&staff, "tax_rate.delete", "tax_rate", zone.path())
        .before(picture(before))
        .at(state.clock.now())
        .request(&meta);
    AUDIT.append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn picture(rate: TaxRateChange) -> Value {
    json!({"rate_ppm": rate.rate_ppm, "included": rate.included})
}
