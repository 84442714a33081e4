//! Rules for single queries.

use jiff_sqlx::ToSqlx;
use kernel::{ProductId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::merchandising::RuleId;
use crate::merchandising::rule::{RuleMatch, RuleTerms, SearchRule};

struct RuleRow {
    rule_id: Uuid,
    query: String,
    matches: String,
    pinned: Vec<Uuid>,
    buried: Vec<Uuid>,
    redirect: Option<String>,
    starts_at: Option<jiff_sqlx::Timestamp>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    enabled: bool,
    note: String,
    unknown: Vec<Uuid>,
    version: i64,
    created_by: Uuid,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

fn matches(name: &str) -> Result<RuleMatch, sqlx::Error> {
    RuleMatch::named(name)
        .ok_or_else(|| sqlx::Error::Decode(format!("no such match: {name}").into()))
}

fn products(ids: Vec<Uuid>) -> Vec<ProductId> {
    ids.into_iter().map(ProductId::from).collect()
}

fn uuids(ids: &[ProductId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}

impl RuleRow {
    fn rule(self) -> Result<SearchRule, sqlx::Error> {
        Ok(SearchRule {
            id: self.rule_id.into(),
            query: self.query,
            matches: matches(&self.matches)?,
            pinned: products(self.pinned),
            buried: products(self.buried),
            redirect: self.redirect,
            starts_at: self.starts_at.map(jiff_sqlx::Timestamp::to_jiff),
            ends_at: self.ends_at.map(jiff_sqlx::Timestamp::to_jiff),
            enabled: self.enabled,
            note: self.note,
            unknown_products: products(self.unknown),
            version: self.version,
            created_by: self.created_by.into(),
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// What staff look for. The newest come first.
#[derive(Debug, Clone, Default)]
pub struct RuleListing {
    /// In the query, the redirect or the note, in any case.
    pub text: Option<String>,
    /// Pins or buries this product.
    pub product: Option<ProductId>,
    /// Whether it is enabled.
    pub enabled: Option<bool>,
    /// Behind this rule.
    pub after: Option<RuleId>,
    /// So many rows.
    pub limit: i64,
}

/// A rule.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &mut PgConnection, id: RuleId) -> Result<Option<SearchRule>, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"select rule_id, query, matches, pinned, buried, redirect, starts_at, ends_at, enabled, note,
                  array(select u.id from unnest(pinned || buried) with ordinality as u (id, place)
                         where not exists (select from search.document d where d.product_id = u.id and not d.deleted)
                         order by u.place) as "unknown!",
                  version, created_by, created_at, updated_at
             from search.rule where rule_id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(RuleRow::rule)
    .transpose()
}

/// Rules, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut PgConnection,
    listing: &RuleListing,
) -> Result<Vec<SearchRule>, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"select rule_id, query, matches, pinned, buried, redirect, starts_at, ends_at, enabled, note,
                  array(select u.id from unnest(pinned || buried) with ordinality as u (id, place)
                         where not exists (select from search.document d where d.product_id = u.id and not d.deleted)
                         order by u.place) as "unknown!",
                  version, created_by, created_at, updated_at
             from search.rule
            where ($1::text is null or strpos(lower(query), lower($1)) > 0 or strpos(lower(note), lower($1)) > 0
                   or strpos(lower(redirect), lower($1)) > 0)
              and ($2::uuid is null or $2 = any (pinned || buried))
              and ($3::boolean is null or enabled = $3)
              and ($4::uuid is null or rule_id < $4)
            order by rule_id desc
            limit $5"#,
        listing.text,
        listing.product.map(kernel::Id::uuid),
        listing.enabled,
        listing.after.map(kernel::Id::uuid),
        listing.limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(RuleRow::rule)
    .collect()
}

/// How many rules there are.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from search.rule"#)
        .fetch_one(conn)
        .await
}

/// All enabled rules.
///
/// # Errors
/// When the database fails.
pub async fn list_enabled(
    conn: &mut PgConnection,
) -> Result<Vec<(RuleId, RuleTerms)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select rule_id, query, query_key, matches, pinned, buried, redirect, starts_at, ends_at
           from search.rule where enabled order by rule_id"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let terms = RuleTerms {
                query: row.query,
                query_key: row.query_key,
                matches: matches(&row.matches)?,
                pinned: products(row.pinned),
                buried: products(row.buried),
                redirect: row.redirect,
                starts_at: row.starts_at.map(jiff_sqlx::Timestamp::to_jiff),
                ends_at: row.ends_at.map(jiff_sqlx::Timestamp::to_jiff),
                enabled: true,
                note: String::new(),
            };
            Ok((row.rule_id.into(), terms))
        })
        .collect()
}

/// Makes a rule.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    conn: &mut PgConnection,
    terms: &RuleTerms,
    created_by: UserId,
) -> Result<SearchRule, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"insert into search.rule (rule_id, query, query_key, matches, pinned, buried, redirect, starts_at, ends_at, enabled,
                                    note, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           returning rule_id, query, matches, pinned, buried, redirect, starts_at, ends_at, enabled, note,
                     array(select u.id from unnest(pinned || buried) with ordinality as u (id, place)
                            where not exists (select from search.document d where d.product_id = u.id and not d.deleted)
                            order by u.place) as "unknown!",
                     version, created_by, created_at, updated_at"#,
        RuleId::generate().uuid(),
        terms.query,
        terms.query_key,
        terms.matches.as_str(),
        &uuids(&terms.pinned),
        &uuids(&terms.buried),
        terms.redirect,
        terms.starts_at.map(ToSqlx::to_sqlx) as _,
        terms.ends_at.map(ToSqlx::to_sqlx) as _,
        terms.enabled,
        terms.note,
        created_by.uuid()
    )
    .fetch_one(conn)
    .await?
    .rule()
}

/// Gives a rule other terms.
///
/// # Errors
/// When the database fails.
pub async fn update(
    conn: &mut PgConnection,
    id: RuleId,
    terms: &RuleTerms,
) -> Result<SearchRule, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"update search.rule
              set query = $2, query_key = $3, matches = $4, pinned = $5, buried = $6, redirect = $7, starts_at = $8,
                  ends_at = $9, enabled = $10, note = $11, version = version + 1, updated_at = now()
            where rule_id = $1
           returning rule_id, query, matches, pinned, buried, redirect, starts_at, ends_at, enabled, note,
                     array(select u.id from unnest(pinned || buried) with ordinality as u (id, place)
                            where not exists (select from search.document d where d.product_id = u.id and not d.deleted)
                            order by u.place) as "unknown!",
                     version, created_by, created_at, updated_at"#,
        id.uuid(),
        terms.query,
        terms.query_key,
        terms.matches.as_str(),
        &uuids(&terms.pinned),
        &uuids(&terms.buried),
        terms.redirect,
        terms.starts_at.map(ToSqlx::to_sqlx) as _,
        terms.ends_at.map(ToSqlx::to_sqlx) as _,
        terms.enabled,
        terms.note
    )
    .fetch_one(conn)
    .await?
    .rule()
}

/// Deletes a rule.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut PgConnection, id: RuleId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from search.rule where rule_id = $1", id.uuid())
        .execute(conn)
        .await?;
    Ok(())
}
