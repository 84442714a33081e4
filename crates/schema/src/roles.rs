//! Roles are cluster-wide: created before any migration, safe to create again.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const ROLES_SQL: &str = include_str!("../../../migrations/bootstrap/roles.sql");

/// Creates the owner and login roles of every service.
///
/// # Errors
/// When the connected role may not create roles, or the connection fails.
pub async fn create(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(ROLES_SQL).execute(&mut *tx).await?;
    tx.commit().await
}

/// Sets the password of a service's login role.
///
/// # Errors
/// When the connected role may not alter it, or the connection fails.
pub async fn set_password(
    conn: &mut PgConnection,
    service: &str,
    password: &str,
) -> Result<(), sqlx::Error> {
    // `alter role` takes no parameters: the server itself quotes both values.
    let statement: String =
        sqlx::query_scalar("select format('alter role %I password %L', 'techmart_' || $1, $2)")
            .bind(service)
            .bind(password)
            .fetch_one(&mut *conn)
            .await?;
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(conn)
        .await?;
    Ok(())
}
