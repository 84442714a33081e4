//! Whether the database has the schema that this build was written for.

use std::time::Duration;

use super::Db;
use crate::jobs::Jobs;
use crate::server::Readiness;

/// How often an instance looks while it waits.
const INTERVAL: Duration = Duration::from_secs(1);

/// Keeps `readiness` red until the migration `version` is applied. Later ones do not matter: they work with the code
/// that is running.
pub fn expect_schema(db: &Db, version: i64, readiness: &Readiness, jobs: &Jobs) {
    readiness.set_schema_behind(true);
    let (db, readiness, stop) = (db.clone(), readiness.clone(), jobs.stopping());
    jobs.spawn("expect schema", async move {
        while !stop.is_cancelled() {
            match is_applied(&db, version).await {
                Ok(true) => {
                    readiness.set_schema_behind(false);
                    return;
                }
                Ok(false) => tracing::warn!(
                    schema.version = version,
                    "the schema is behind: run techmart-migrate up"
                ),
                Err(error) => tracing::warn!(error = %error, "the schema's version cannot be read"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    });
}

async fn is_applied(db: &Db, version: i64) -> anyhow::Result<bool> {
    let mut conn = db.write().await?;
    let sql = "select exists (select from public._sqlx_migrations where version = $1 and success)";
    Ok(sqlx::query_scalar(sql)
        .bind(version)
        .fetch_one(&mut *conn)
        .await?)
}
