//! Lists of products on sale, in one statement.

use contract_catalog::{Availability, Brand, CategoryRef, Highlight, Media, ProductSummary};
use kernel::Currency;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{money, optional_money};
use crate::domain::attribute::display_value;
use crate::domain::listing::{Listing, Sort, SortKey, readings};

/// A product of a list, and where the list goes on behind it.
#[derive(Debug)]
pub struct ListedProduct {
    /// As lists show it.
    pub summary: ProductSummary,
    /// Its key in the list's order.
    pub key: SortKey,
}

#[derive(Debug, FromRow)]
struct SummaryRow {
    product_id: Uuid,
    slug: String,
    title: String,
    brand_slug: Option<String>,
    brand_name: Option<String>,
    category_slug: String,
    category_name: String,
    art: String,
    color: Option<String>,
    price_minor: i64,
    compare_at_minor: Option<i64>,
    availability: String,
    variant_count: i32,
    default_variant_id: Uuid,
    created_micros: i64,
    highlights: Json<Vec<HighlightRow>>,
}

#[derive(Debug, Deserialize)]
struct HighlightRow {
    name: String,
    unit: Option<String>,
    value: serde_json::Value,
}

/// Up to [`Listing::overfetch`] products, in the list's order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_products(
    conn: &mut PgConnection,
    listing: &Listing,
    currency: Currency,
) -> Result<Vec<ListedProduct>, sqlx::Error> {
    let mut query = page_query(listing);
    let rows: Vec<SummaryRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| listed(row, listing.sort, currency))
        .collect()
}

/// The statement of a list: the filters that were given and nothing else, so that the planner sees what is asked.
/// Everything that comes from outside is bound; pieces of text in the statement are constants of this file, and the
/// page size is a number.
///
/// Within a category or brands, each of them gives its own first products by an index in the list's order, and the
/// page is taken from these: a small category costs no more than a large one.
fn page_query(listing: &Listing) -> QueryBuilder<Postgres> {
    let order = order_by(listing.sort);
    let mut query = QueryBuilder::new("with page as (select p.* from ");
    if let Some(slug) = &listing.category {
        query
            .push(
                "catalog.category r join catalog.category k on k.path = r.path or starts_with(k.path, r.path || '/') \
                 cross join lateral (",
            )
            .push(PRODUCTS)
            .push(" and p.category_id = k.category_id");
        push_brands(&mut query, listing);
        push_rest(&mut query, listing, order);
        query.push(") p where r.slug = ").push_bind(slug.clone());
    } else if listing.brands.is_empty() {
        query.push("(").push(PRODUCTS);
        push_rest(&mut query, listing, order);
        query.push(") p");
    } else {
        query
            .push("catalog.brand k cross join lateral (")
            .push(PRODUCTS)
            .push(" and p.brand_id = k.brand_id");
        push_rest(&mut query, listing, order);
        query
            .push(") p where k.slug = any (")
            .push_bind(listing.brands.clone())
            .push(")");
    }
    query
        .push(" order by ")
        .push(order)
        .push(" limit ")
        .push(listing.overfetch())
        .push(CARDS)
        .push(order);
    query
}

/// Products on sale, with what a card needs.
const PRODUCTS: &str = "select p.product_id, p.slug, p.title, p.brand_id, p.category_id, p.attributes, p.price_minor, \
     p.compare_at_minor, p.availability, p.variant_count, p.default_variant_id, p.created_at \
     from catalog.product p where p.status = 'active' and p.price_minor is not null and p.default_variant_id is not null";

/// Turns the page's products into cards.
const CARDS: &str = ") select p.product_id, p.slug, p.title, b.slug as brand_slug, b.name as brand_name, \
     c.slug as category_slug, c.name as category_name, c.art, v.color, p.price_minor, p.compare_at_minor, \
     p.availability, p.variant_count, p.default_variant_id, \
     (extract(epoch from p.created_at) * 1000000)::bigint as created_micros, h.highlights \
     from page p \
     join catalog.category c on c.category_id = p.category_id \
     join catalog.variant v on v.variant_id = p.default_variant_id \
     left join catalog.brand b on b.brand_id = p.brand_id \
     cross join lateral (select coalesce(jsonb_agg(jsonb_build_object('name', x.name, 'unit', x.unit, 'value', x.value) \
     order by x.highlight, x.code), '[]') as highlights from (select d.name, d.unit, d.highlight, d.code, \
     p.attributes -> d.code as value from catalog.attribute d where d.highlight is not null \
     and p.attributes ? d.code order by d.highlight, d.code limit 4) x) h order by ";

fn push_brands(query: &mut QueryBuilder<Postgres>, listing: &Listing) {
    if !listing.brands.is_empty() {
        query
            .push(" and p.brand_id = any (array(select b.brand_id from catalog.brand b where b.slug = any (")
            .push_bind(listing.brands.clone())
            .push(")))");
    }
}

/// The other filters, where the page begins, and how far it reaches.
fn push_rest(query: &mut QueryBuilder<Postgres>, listing: &Listing, order: &'static str) {
    push_filters(query, listing);
    push_start(query, listing.after.as_ref());
    query
        .push(" order by ")
        .push(order)
        .push(" limit ")
        .push(listing.overfetch());
}

fn push_filters(query: &mut QueryBuilder<Postgres>, listing: &Listing) {
    if let Some(minor) = listing.price_min {
        query.push(" and p.price_minor >= ").push_bind(minor);
    }
    if let Some(minor) = listing.price_max {
        query.push(" and p.price_minor <= ").push_bind(minor);
    }
    if listing.in_stock {
        query.push(" and p.availability <> 'out'");
    }
    for filter in &listing.attributes {
        let mut joiner = " and (";
        for value in filter.values.iter().flat_map(|text| readings(text)) {
            let wanted = serde_json::json!({ &filter.code: value });
            query
                .push(joiner)
                .push("p.attributes @> ")
                .push_bind(Json(wanted));
            joiner = " or ";
        }
        query.push(if filter.values.is_empty() { "" } else { ")" });
    }
}

fn push_start(query: &mut QueryBuilder<Postgres>, after: Option<&SortKey>) {
    match after {
        None => {}
        Some(SortKey::Newest(micros, id)) => {
            query
                .push(" and (p.created_at, p.product_id) < (timestamptz 'epoch' + ")
                .push_bind(*micros)
                .push(" * interval '1 microsecond', ")
                .push_bind(id.uuid())
                .push(")");
        }
        Some(SortKey::PriceAsc(minor, id)) => {
            push_pair(
                query,
                " and (p.price_minor, p.product_id) > (",
                *minor,
                id.uuid(),
            );
        }
        Some(SortKey::PriceDesc(minor, id)) => {
            push_pair(
                query,
                " and (p.price_minor, p.product_id) < (",
                *minor,
                id.uuid(),
            );
        }
        Some(SortKey::Name(title, id)) => {
            query
                .push(" and (p.title, p.product_id) > (")
                .push_bind(title.clone())
                .push(", ")
                .push_bind(id.uuid())
                .push(")");
        }
    }
}

fn push_pair(query: &mut QueryBuilder<Postgres>, comparison: &'static str, minor: i64, id: Uuid) {
    query
        .push(comparison)
        .push_bind(minor)
        .push(", ")
        .push_bind(id)
        .push(")");
}

const fn order_by(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "p.created_at desc, p.product_id desc",
        Sort::PriceAsc => "p.price_minor, p.product_id",
        Sort::PriceDesc => "p.price_minor desc, p.product_id desc",
        Sort::Name => "p.title, p.product_id",
    }
}

fn listed(row: SummaryRow, sort: Sort, currency: Currency) -> Result<ListedProduct, sqlx::Error> {
    let id = row.product_id.into();
    let key = match sort {
        Sort::Newest => SortKey::Newest(row.created_micros, id),
        Sort::PriceAsc => SortKey::PriceAsc(row.price_minor, id),
        Sort::PriceDesc => SortKey::PriceDesc(row.price_minor, id),
        Sort::Name => SortKey::Name(row.title.clone(), id),
    };
    let highlight = |row: HighlightRow| Highlight {
        value: display_value(&row.value, row.unit.as_deref()),
        name: row.name,
    };
    let summary = ProductSummary {
        id,
        image: Media::art(&row.art, id, row.color.as_deref(), &row.title),
        slug: row.slug,
        title: row.title,
        brand: row
            .brand_slug
            .zip(row.brand_name)
            .map(|(slug, name)| Brand { slug, name }),
        category: CategoryRef {
            slug: row.category_slug,
            name: row.category_name,
        },
        price: money(row.price_minor, currency)?,
        compare_at: optional_money(row.compare_at_minor, currency)?,
        availability: Availability::from_stored(&row.availability),
        highlights: row.highlights.0.into_iter().map(highlight).collect(),
        variant_count: row.variant_count,
        default_variant_id: row.default_variant_id.into(),
    };
    Ok(ListedProduct { summary, key })
}
