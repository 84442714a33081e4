//! The way into a pool: by one of two passwords, and past a session that has died.
//!
//! A process that knows one password is locked out at its next new connection when the database gets another. So it may
//! know two, and goes on with the other when one is refused: those that know both do not notice when the password changes,
//! in whichever order they and the database get to know it.
//!
//! A session that was in use a moment ago is handed out unasked ([`health`](super::health)), and may have died since: its
//! `BEGIN` fails, nothing has happened yet, and it is said again on another, this time one that answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{Error, Postgres, Transaction};

use super::error::{sqlstate, suspects};

/// SQLSTATE of a password that is not good.
const REFUSED: &str = "28P01";

/// A pool and its way in.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pool: PgPool,
    passwords: Option<Arc<Passwords>>,
}

/// With which of two passwords a pool makes connections.
#[derive(Debug)]
struct Passwords {
    options: [PgConnectOptions; 2],
    is_second: Mutex<bool>,
}

impl Door {
    /// A pool that knows one password.
    pub(super) const fn of(pool: PgPool) -> Self {
        Self {
            pool,
            passwords: None,
        }
    }

    /// A pool that was made with the first of these, and may go on with the second.
    pub(super) fn of_two(pool: PgPool, options: [PgConnectOptions; 2]) -> Self {
        let passwords = Passwords {
            options,
            is_second: Mutex::new(false),
        };
        Self {
            pool,
            passwords: Some(Arc::new(passwords)),
        }
    }

    /// The pool itself.
    pub(super) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<Postgres>, Error> {
        let used = self.is_second();
        match self.pool.acquire().await {
            Err(error) if self.goes_on(used, &error) => self.pool.acquire().await,
            outcome => outcome,
        }
    }

    /// A transaction.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, Error> {
        let used = self.is_second();
        match self.pool.begin().await {
            Err(error) if self.goes_on(used, &error) || suspects(&error) => self.pool.begin().await,
            outcome => outcome,
        }
    }

    /// Whether connections are made with the second password now; none where there is one alone.
    fn is_second(&self) -> Option<bool> {
        let passwords = self.passwords.as_ref()?;
        Some(*passwords.lock())
    }

    /// Whether to try again, with the other password than the one that was used.
    fn goes_on(&self, used: Option<bool>, error: &Error) -> bool {
        let (Some(passwords), Some(used)) = (&self.passwords, used) else {
            return false;
        };
        let is_refused = sqlstate(error).as_deref() == Some(REFUSED);
        if is_refused {
            passwords.leave(used, &self.pool);
        }
        is_refused
    }
}

impl Passwords {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_second
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on with the other password, unless somebody who was refused as well has done so.
    fn leave(&self, refused: bool, pool: &PgPool) {
        let mut is_second = self.lock();
        if *is_second == refused {
            *is_second = !refused;
            let [first, second] = &self.options;
            pool.set_connect_options(if refused { first } else { second }.clone());
            tracing::info!(
                "the database refused a password: connections are made with the other one"
            );
        }
    }
}
