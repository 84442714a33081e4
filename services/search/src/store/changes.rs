//! Reading on from a place in the history of the read model.

use search_core::{Milestone, Place};
use sqlx::PgConnection;

use super::documents::StoredDocument;

/// What a server says of a place, all of one moment.
#[derive(Debug)]
pub struct Page {
    /// Whether the place lies in this server's history, as far as that goes. If not there are no documents.
    pub is_known: bool,
    /// The last milestone.
    pub milestone: Option<Milestone>,
    /// The documents that changed after the place, in order; those after the last of a full page come next.
    pub documents: Vec<StoredDocument>,
}

/// Up to `limit` documents changed after `place`, with their vectors by `model`. One statement, so that it is answered by
/// one server of one history, whatever stands in between.
///
/// # Errors
/// When the database fails.
pub async fn list_changes(
    conn: &mut PgConnection,
    place: Place,
    limit: i64,
    model: Option<&str>,
) -> Result<Page, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select s.is_known as "is_known!", s.milestone_id as "milestone_id?", s.token as "token?",
                  d.product_id as "product_id?", d.deleted as "deleted?", d.body as "body?", d.change_seq as "change_seq?",
                  d.vector as "vector?", d.popularity as "popularity?", d.age_s as "age_s?"
             from (select $1 <= (select coalesce(max(change_seq), 0) from search.document)
                          and ($4::bigint is null
                               or exists (select from search.milestone where milestone_id = $4 and token = $5)) as is_known,
                          m.milestone_id, m.token
                     from (values (1)) as one (n)
                     left join (select milestone_id, token from search.milestone order by milestone_id desc limit 1) m on true) s
             left join lateral (
                  select d.product_id, d.deleted, case when d.deleted then '' else d.body::text end as body, d.change_seq,
                         e.vector, d.popularity, extract(epoch from clock_timestamp() - d.updated_at)::float8 as age_s
                    from search.document d
                    left join search.embedding e
                      on e.meaning_hash = d.meaning_hash and e.model = $3 and d.vector_model = $3
                   where d.change_seq > $1 order by d.change_seq limit $2) d on s.is_known"#,
        place.cursor,
        limit,
        model,
        place.milestone.map(|milestone| milestone.id),
        place.milestone.map(|milestone| milestone.token)
    )
    .fetch_all(conn)
    .await?;
    let mut page = Page {
        is_known: false,
        milestone: None,
        documents: Vec::with_capacity(rows.len()),
    };
    for row in rows {
        page.is_known = row.is_known;
        page.milestone = row
            .milestone_id
            .zip(row.token)
            .map(|(id, token)| Milestone { id, token });
        let (Some(product_id), Some(change_seq)) = (row.product_id, row.change_seq) else {
            continue; // nothing changed
        };
        page.documents.push(StoredDocument {
            product_id: product_id.into(),
            deleted: row.deleted.unwrap_or_default(),
            body: row.body.unwrap_or_default(),
            change_seq,
            vector: row.vector,
            popularity: row.popularity.unwrap_or_default(),
            age_s: row.age_s.unwrap_or_default(),
        });
    }
    // A join promises no order; it keeps the one that was read.
    page.documents
        .sort_unstable_by_key(|document| document.change_seq);
    Ok(page)
}
