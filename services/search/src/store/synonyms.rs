//! The shop's synonyms.

use kernel::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::merchandising::SynonymId;
use crate::merchandising::synonym::{Synonym, SynonymKind, SynonymTerms};

struct SynonymRow {
    synonym_id: Uuid,
    kind: String,
    from_terms: Vec<String>,
    to_terms: Vec<String>,
    note: String,
    enabled: bool,
    version: i64,
    created_by: Uuid,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

fn kind(name: &str) -> Result<SynonymKind, sqlx::Error> {
    SynonymKind::named(name)
        .ok_or_else(|| sqlx::Error::Decode(format!("no such kind: {name}").into()))
}

impl SynonymRow {
    fn synonym(self) -> Result<Synonym, sqlx::Error> {
        Ok(Synonym {
            id: self.synonym_id.into(),
            kind: kind(&self.kind)?,
            from: self.from_terms,
            to: self.to_terms,
            note: self.note,
            enabled: self.enabled,
            version: self.version,
            created_by: self.created_by.into(),
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

struct TermsRow {
    kind: String,
    from_terms: Vec<String>,
    to_terms: Vec<String>,
    keys: Vec<String>,
}

impl TermsRow {
    fn terms(self) -> Result<SynonymTerms, sqlx::Error> {
        Ok(SynonymTerms {
            kind: kind(&self.kind)?,
            from: self.from_terms,
            to: self.to_terms,
            keys: self.keys,
            note: String::new(),
            enabled: true,
        })
    }
}

/// What staff look for. The newest come first.
#[derive(Debug, Clone, Default)]
pub struct SynonymListing {
    /// In a term or the note, in any case.
    pub text: Option<String>,
    /// Of this kind.
    pub kind: Option<SynonymKind>,
    /// Behind this entry.
    pub after: Option<SynonymId>,
    /// So many rows.
    pub limit: i64,
}

/// An entry.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &mut PgConnection, id: SynonymId) -> Result<Option<Synonym>, sqlx::Error> {
    sqlx::query_as!(
        SynonymRow,
        "select synonym_id, kind, from_terms, to_terms, note, enabled, version, created_by, created_at, updated_at
           from search.synonym where synonym_id = $1",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(SynonymRow::synonym)
    .transpose()
}

/// Entries, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    conn: &mut PgConnection,
    listing: &SynonymListing,
) -> Result<Vec<Synonym>, sqlx::Error> {
    sqlx::query_as!(
        SynonymRow,
        "select synonym_id, kind, from_terms, to_terms, note, enabled, version, created_by, created_at, updated_at
           from search.synonym
          where ($1::text is null or strpos(lower(note), lower($1)) > 0
                 or exists (select from unnest(from_terms || to_terms) as t (term) where strpos(lower(t.term), lower($1)) > 0))
            and ($2::text is null or kind = $2)
            and ($3::uuid is null or synonym_id < $3)
          order by synonym_id desc
          limit $4",
        listing.text,
        listing.kind.map(SynonymKind::as_str),
        listing.after.map(kernel::Id::uuid),
        listing.limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(SynonymRow::synonym)
    .collect()
}

/// How many entries there are.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from search.synonym"#)
        .fetch_one(conn)
        .await
}

/// All entries that are in force, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list_enabled(conn: &mut PgConnection) -> Result<Vec<SynonymTerms>, sqlx::Error> {
    sqlx::query_as!(
        TermsRow,
        "select kind, from_terms, to_terms, keys from search.synonym where enabled order by synonym_id"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(TermsRow::terms)
    .collect()
}

/// The entries in force, other than `except`, that widen one of these terms.
///
/// # Errors
/// When the database fails.
pub async fn list_sharing(
    conn: &mut PgConnection,
    keys: &[String],
    except: Option<SynonymId>,
) -> Result<Vec<SynonymTerms>, sqlx::Error> {
    sqlx::query_as!(
        TermsRow,
        "select kind, from_terms, to_terms, keys from search.synonym
          where enabled and kind <> 'disabled' and keys && $1 and synonym_id is distinct from $2
          order by synonym_id",
        keys,
        except.map(kernel::Id::uuid)
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(TermsRow::terms)
    .collect()
}

/// The entries in force that switch built-in ones off.
///
/// # Errors
/// When the database fails.
pub async fn list_disabling(
    conn: &mut PgConnection,
) -> Result<Vec<(SynonymId, SynonymTerms)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select synonym_id, kind, from_terms, to_terms, keys from search.synonym
          where enabled and kind = 'disabled' order by synonym_id"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let terms = TermsRow {
                kind: row.kind,
                from_terms: row.from_terms,
                to_terms: row.to_terms,
                keys: row.keys,
            };
            Ok((row.synonym_id.into(), terms.terms()?))
        })
        .collect()
}

/// Makes an entry.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    conn: &mut PgConnection,
    terms: &SynonymTerms,
    created_by: UserId,
) -> Result<Synonym, sqlx::Error> {
    sqlx::query_as!(
        SynonymRow,
        "insert into search.synonym (synonym_id, kind, from_terms, to_terms, keys, note, enabled, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning synonym_id, kind, from_terms, to_terms, note, enabled, version, created_by, created_at, updated_at",
        SynonymId::generate().uuid(),
        terms.kind.as_str(),
        &terms.from,
        &terms.to,
        &terms.keys,
        terms.note,
        terms.enabled,
        created_by.uuid()
    )
    .fetch_one(conn)
    .await?
    .synonym()
}

/// Gives an entry other terms.
///
/// # Errors
/// When the database fails.
pub async fn update(
    conn: &mut PgConnection,
    id: SynonymId,
    terms: &SynonymTerms,
) -> Result<Synonym, sqlx::Error> {
    sqlx::query_as!(
        SynonymRow,
        "update search.synonym
            set kind = $2, from_terms = $3, to_terms = $4, keys = $5, note = $6, enabled = $7,
                version = version + 1, updated_at = now()
          where synonym_id = $1
         returning synonym_id, kind, from_terms, to_terms, note, enabled, version, created_by, created_at, updated_at",
        id.uuid(),
        terms.kind.as_str(),
        &terms.from,
        &terms.to,
        &terms.keys,
        terms.note,
        terms.enabled
    )
    .fetch_one(conn)
    .await?
    .synonym()
}

/// Deletes an entry.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: &mut PgConnection, id: SynonymId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from search.synonym where synonym_id = $1",
        id.uuid()
    )
    .execute(conn)
    .await?;
    Ok(())
}
