//! Compares a database with the history that this build knows.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::MIGRATOR;

/// What became of one migration in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Applied, with the same content.
    Applied,
    /// Not applied yet.
    Pending,
    /// Applied with another content: somebody changed a file after the fact.
    Changed,
}

/// The state of every known migration, in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn states(
    conn: &mut PgConnection,
) -> Result<Vec<(i64, &'static str, State)>, sqlx::Error> {
    let known: bool =
        sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null")
            .fetch_one(&mut *conn)
            .await?;
    let applied: HashMap<i64, Vec<u8>> = if known {
        sqlx::query_as::<_, (i64, Vec<u8>)>(
            "select version, checksum from public._sqlx_migrations where success",
        )
        .fetch_all(conn)
        .await?
        .into_iter()
        .collect()
    } else {
        HashMap::new()
    };
    Ok(MIGRATOR
        .iter()
        .map(|m| {
            let state = match applied.get(&m.version) {
                None => State::Pending,
                Some(sum) if sum.as_slice() == m.checksum.as_ref() => State::Applied,
                Some(_) => State::Changed,
            };
            (m.version, m.description.as_ref(), state)
        })
        .collect())
}
