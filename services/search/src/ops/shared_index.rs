//! Rebuilds the index that all instances share, beside the live one, and goes back to the one before.

use common::db::Db;
use futures::future::BoxFuture;
use search_core::Change;
use search_opensearch::{OpenSearch, Swapped};

use crate::jobs::follow::change;
use crate::store::documents;

/// Where changes come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// PostgreSQL.
    pub db: Db,
    /// Vectors of this model are taken along.
    pub model: Option<String>,
    /// Changes read at a time.
    pub limit: i64,
}

impl Source {
    /// What changed after `cursor`, and where to go on; `None` when nothing did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(&self, cursor: i64) -> anyhow::Result<Option<(Vec<Change>, i64)>> {
        let mut conn = self.db.read().await?;
        let model = self.model.as_deref();
        let rows = documents::list_changes(&mut conn, cursor, self.limit, model).await?;
        drop(conn);
        let Some(next) = rows.last().map(|last| last.change_seq) else {
            return Ok(None);
        };
        let changes =
            tokio::task::spawn_blocking(move || rows.into_iter().map(change).collect()).await?;
        Ok(Some((changes, next)))
    }
}

/// Fills a new index from the first change on and lets it answer. `go_on` is asked before every step. If it is cut off,
/// whoever comes next goes on where it was.
///
/// # Errors
/// When the database or the server is away, or `go_on` says no; the live index stays then.
pub async fn rebuild(
    remote: &OpenSearch,
    source: &Source,
    go_on: impl Fn(i64) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync,
) -> anyhow::Result<()> {
    let mut rebuild = remote.begin_rebuild().await?;
    loop {
        go_on(rebuild.cursor()).await?;
        if let Some((changes, next)) = source.changes(rebuild.cursor()).await? {
            rebuild.apply(&changes, next).await?;
        } else if rebuild.swap().await? == Swapped::Done {
            return Ok(());
        }
    }
}
