//! Database errors: what a caller may know about them and what to do.

use sqlx::Error;
use sqlx::error::DatabaseError;

use super::health;

/// How often [`retry_serialization`] runs its work at most.
const TRIES_MAX: u32 = 3;

/// A database error. `DbError::from(sqlx::Error)` also notes signs of a lost or demoted server,
/// so that the pools check their connections before handing them out.
#[derive(Debug, thiserror::Error)]
#[error("database: {0}")]
pub struct DbError(#[source] Error);

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        suspects(&error);
        Self(error)
    }
}

impl DbError {
    /// The error of sqlx.
    pub fn inner(&self) -> &Error {
        &self.0
    }

    /// Whether a text was sent that the database cannot hold: U+0000, as it is or as an escape in JSON.
    pub fn is_unstorable_text(&self) -> bool {
        matches!(sqlstate(&self.0).as_deref(), Some("22021" | "22P05"))
    }

    /// Whether trying again later may help: the server is away, or a deadline or lock got in the way.
    pub fn is_transient(&self) -> bool {
        is_unavailable(&self.0) || is_retryable(&self.0)
    }
}

fn database(error: &Error) -> Option<&dyn DatabaseError> {
    error.as_database_error()
}

/// The SQLSTATE that the server answered with.
pub fn sqlstate(error: &Error) -> Option<String> {
    database(error)?.code().map(std::borrow::Cow::into_owned)
}

/// The constraint that was broken.
pub fn constraint(error: &Error) -> Option<&str> {
    database(error)?.constraint()
}

/// Whether running the whole transaction again is right: serialization failure or deadlock.
pub fn is_retryable(error: &Error) -> bool {
    matches!(sqlstate(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether the database is away, too busy, or a deadline passed.
pub fn is_unavailable(error: &Error) -> bool {
    match error {
        Error::PoolTimedOut
        | Error::PoolClosed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::WorkerCrashed => true,
        Error::Database(database) => match database.code().as_deref() {
            // Lock not available, statement timeout, too many connections, disk full; the password was changed, and
            // instances that have the new one are on their way.
            Some("55P03" | "57014" | "53300" | "53100" | "25P03" | "28P01") => true,
            Some(code) => lost(code),
            None => false,
        },
        _ => false,
    }
}

/// Whether this is a sign of a lost or demoted server, which is noted: pools check their connections from now on.
pub(super) fn suspects(error: &Error) -> bool {
    let is_lost = match error {
        Error::Io(_) => true,
        Error::Database(database) => database.code().is_some_and(|code| lost(&code)),
        _ => false,
    };
    if is_lost {
        health::suspect();
    }
    is_lost
}

/// Read-only server, shutdown, start-up, or a broken connection.
fn lost(code: &str) -> bool {
    matches!(code, "25006" | "57P01" | "57P02" | "57P03") || code.starts_with("08")
}

/// Errors that can tell whether their transaction should run again.
pub trait Retryable {
    /// Whether running the whole transaction again is right.
    fn is_retryable(&self) -> bool;
}

impl Retryable for Error {
    fn is_retryable(&self) -> bool {
        is_retryable(self)
    }
}

impl Retryable for DbError {
    fn is_retryable(&self) -> bool {
        is_retryable(&self.0)
    }
}

/// Runs `work` (begin, statements, commit) up to three times while it fails with a serialization
/// failure or a deadlock.
pub async fn retry_serialization<T, E, F, Fut>(mut work: F) -> Result<T, E>
where
    E: Retryable,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    for attempt in 1..TRIES_MAX {
        match work().await {
            Err(error) if error.is_retryable() => {
                metrics::counter!("techmart_db_transaction_retries_total").increment(1);
                tokio::time::sleep(crate::jobs::jittered(std::time::Duration::from_millis(
                    u64::from(attempt) * 10,
                )))
                .await;
            }
            result => return result,
        }
    }
    work().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Busy(bool);

    impl Retryable for Busy {
        fn is_retryable(&self) -> bool {
            self.0
        }
    }

    async fn tries(retryable: bool) -> u32 {
        let mut tries = 0;
        let result: Result<(), Busy> = retry_serialization(|| {
            tries += 1;
            async move { Err(Busy(retryable)) }
        })
        .await;
        assert!(result.is_err());
        tries
    }

    #[tokio::test]
    async fn retries_three_times_at_most_and_only_what_may_be_retried() {
        assert_eq!(tries(true).await, 3);
        assert_eq!(tries(false).await, 1);
    }

    #[test]
    fn a_full_pool_is_unavailable_and_a_missing_row_is_not() {
        assert!(is_unavailable(&Error::PoolTimedOut));
        assert!(!is_unavailable(&Error::RowNotFound));
        assert!(!DbError::from(Error::RowNotFound).is_transient());
    }
}
