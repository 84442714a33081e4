//! `/products`: what shoppers read.

use axum::extract::State;
use axum::response::Response;
use common::db::DbError;
use common::extract::{self, Path, Query};
use common::{Problem, etag};
use contract_catalog::ProductSummary;
use http::HeaderMap;
use kernel::{Page, PageSize, ProductId};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use super::caller::{Caller, cache_rule};
use crate::cache::{Entry, Loaded, Source};
use crate::config::LimitSettings;
use crate::domain::listing::{AttributeFilter, Listing, Sort, SortKey};
use crate::domain::product::Product;
use crate::domain::slug;
use crate::error::Error;
use crate::state::AppState;
use crate::store;
use crate::store::products::ProductKey;

const PRODUCT_SHARED: &str = "public, max-age=10, stale-while-revalidate=30";
const LIST_SHARED: &str = "public, max-age=10";

/// The query of a list of products.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListProducts {
    /// Slug of a category; products below it belong to it too.
    category: Option<String>,
    /// Slug of a brand. Repeat it for any of several.
    #[serde(default)]
    brand: Vec<String>,
    /// The lowest price, in minor units.
    #[param(minimum = 0)]
    price_min: Option<i64>,
    /// The highest price, in minor units.
    #[param(minimum = 0)]
    price_max: Option<i64>,
    /// `true`: only what can be bought now.
    in_stock: Option<bool>,
    /// `code:value` of an attribute. Repeat it: values of one code are alternatives, codes must all hold.
    #[serde(default)]
    #[param(example = json!(["internal_memory:16"]))]
    attr: Vec<String>,
    /// The order; the newest first if not given.
    #[param(inline)]
    sort: Option<Sort>,
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List products on sale
#[utoipa::path(get, path = "/api/v1/products", operation_id = "listProducts", tag = "catalog", params(ListProducts),
    responses(
        (status = 200, body = Page<ProductSummary>, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not changed"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`invalid_query`, `invalid_cursor`"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list_products(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ListProducts>,
) -> Result<Response, Error> {
    let (listing, size) = query.listing(state.limits)?;
    let load = |source| load_list(&state, &listing, size, source);
    if caller.wants_primary(&state).await {
        let body = load(Source::Primary).await?;
        return Ok(etag::versioned(
            &headers,
            0,
            cache_rule(true, LIST_SHARED),
            &body,
        ));
    }
    // Equal lists have equal debug texts, and different ones different texts.
    let name = hex::encode(Sha256::digest(format!("{listing:?} {}", state.currency)));
    let entry = state
        .cache
        .list(&name, state.cache.list_ttl(), load)
        .await?;
    Ok(etag::versioned(&headers, 0, LIST_SHARED, &entry.body))
}

/// Read a product on sale, by id or slug
#[utoipa::path(get, path = "/api/v1/products/{id}", operation_id = "getProduct", tag = "catalog",
    params(("id" = String, Path, description = "`prd_…` or the product's slug")),
    responses(
        (status = 200, body = Product, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not changed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`: no such product, or not on sale"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get_product(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(text): Path<String>,
) -> Result<Response, Error> {
    // Anything else names nothing, and need not be looked for.
    let id = text.parse::<ProductId>().ok();
    if id.is_none() && !slug::is_slug(&text) {
        return Err(Error::NotFound);
    }
    let load = |source| {
        load_product(
            &state,
            id.map_or(ProductKey::Slug(&text), ProductKey::Id),
            source,
        )
    };
    if caller.wants_primary(&state).await {
        let loaded = load(Source::Primary).await?.ok_or(Error::NotFound)?;
        let Entry { version, body } = loaded.entry;
        return Ok(etag::versioned(
            &headers,
            version,
            cache_rule(true, PRODUCT_SHARED),
            &body,
        ));
    }
    let entry = state
        .cache
        .product(&text, load)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(etag::versioned(
        &headers,
        entry.version,
        PRODUCT_SHARED,
        &entry.body,
    ))
}

async fn load_list(
    state: &AppState,
    listing: &Listing,
    size: PageSize,
    source: Source,
) -> Result<Box<RawValue>, DbError> {
    let mut conn = source.connection(&state.db).await?;
    let rows = store::listing::list_products(&mut conn, listing, state.currency).await?;
    let page = Page::from_overfetch(rows, size, |row| row.key.clone()).map(|row| row.summary);
    to_raw_value(&page).map_err(|error| sqlx::Error::Encode(Box::new(error)).into())
}

async fn load_product(
    state: &AppState,
    key: ProductKey<'_>,
    source: Source,
) -> Result<Option<Loaded>, DbError> {
    let mut conn = source.connection(&state.db).await?;
    let Some(product) = store::products::find_product(&mut conn, key, state.currency).await? else {
        return Ok(None);
    };
    let body = to_raw_value(&product).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    Ok(Some(Loaded {
        id: product.id.to_string(),
        entry: Entry {
            version: product.version,
            body,
        },
    }))
}

impl ListProducts {
    fn listing(self, limits: LimitSettings) -> Result<(Listing, PageSize), Problem> {
        let (size, cursor) = extract::page(self.limit, self.cursor.as_deref())?;
        let sort = self.sort.unwrap_or_default();
        let after = cursor.map(|text| SortKey::decode(text, sort)).transpose()?;
        for (name, price) in [("price_min", self.price_min), ("price_max", self.price_max)] {
            if price.is_some_and(|minor| minor < 0) {
                return Err(refuse(name, "must not be negative"));
            }
        }
        check_values("category", self.category.iter(), 1, limits)?;
        check_values("brand", self.brand.iter(), limits.filters_max, limits)?;
        check_values("attr", self.attr.iter(), limits.filters_max, limits)?;
        let mut brands: Vec<String> = self
            .brand
            .into_iter()
            .filter(|slug| !slug.is_empty())
            .collect();
        brands.sort_unstable();
        brands.dedup();
        let listing = Listing {
            category: self.category.filter(|slug| !slug.is_empty()),
            brands,
            price_min: self.price_min,
            price_max: self.price_max,
            in_stock: self.in_stock.unwrap_or(false),
            attributes: attribute_filters(&self.attr)?,
            sort,
            after,
            size: usize::from(size.get()),
        };
        Ok((listing, size))
    }
}

/// Filters by code, so that the same filters in another order are the same list.
fn attribute_filters(texts: &[String]) -> Result<Vec<AttributeFilter>, Problem> {
    let mut filters = std::collections::BTreeMap::<String, Vec<String>>::new();
    for text in texts {
        let (code, value) = text
            .split_once(':')
            .filter(|(code, value)| !code.is_empty() && !value.is_empty())
            .ok_or_else(|| refuse("attr", "must be `code:value`"))?;
        filters
            .entry(code.to_owned())
            .or_default()
            .push(value.to_owned());
    }
    Ok(filters
        .into_iter()
        .map(|(code, mut values)| {
            values.sort_unstable();
            values.dedup();
            AttributeFilter { code, values }
        })
        .collect())
}

fn check_values<'a>(
    name: &'static str,
    values: impl ExactSizeIterator<Item = &'a String>,
    max: usize,
    limits: LimitSettings,
) -> Result<(), Problem> {
    if values.len() > max {
        return Err(refuse(name, &format!("may be given {max} times at most")));
    }
    for value in values {
        if value.len() > limits.filter_length_max || value.contains('\0') {
            return Err(refuse(
                name,
                &format!(
                    "must be a text of at most {} bytes",
                    limits.filter_length_max
                ),
            ));
        }
    }
    Ok(())
}

/// The problem of one parameter.
pub(super) fn refuse(parameter: &str, reason: &str) -> Problem {
    Problem::bad_request("invalid_query", "A parameter of the query is wrong")
        .detail(format!("{parameter}: {reason}"))
        .with("parameter", parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: LimitSettings = LimitSettings {
        filters_max: 3,
        filter_length_max: 20,
    };

    #[test]
    fn the_order_of_filters_does_not_matter() {
        let listing = |attr: &[&str], brand: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
            ListProducts {
                attr: own(attr),
                brand: own(brand),
                ..ListProducts::default()
            }
            .listing(LIMITS)
            .unwrap()
            .0
        };
        assert_eq!(
            listing(&["a:1", "b:2", "a:0"], &["x", "y"]),
            listing(&["b:2", "a:0", "a:1"], &["y", "x", "x"])
        );
        assert_ne!(listing(&["a:1"], &[]), listing(&["a:2"], &[]));
    }

    #[test]
    fn bad_filters_name_their_parameter() {
        let refused =
            |query: ListProducts| query.listing(LIMITS).unwrap_err().to_json()["parameter"].clone();
        let attr = |text: &str| ListProducts {
            attr: vec![text.to_owned()],
            ..ListProducts::default()
        };
        for text in [
            "memory",
            ":16",
            "memory:",
            "memory:\0",
            "memory:xxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ] {
            assert_eq!(refused(attr(text)), "attr", "{text:?}");
        }
        assert_eq!(
            refused(ListProducts {
                price_min: Some(-1),
                ..ListProducts::default()
            }),
            "price_min"
        );
        assert_eq!(
            refused(ListProducts {
                brand: vec![String::new(); 4],
                ..ListProducts::default()
            }),
            "brand"
        );
    }
}
