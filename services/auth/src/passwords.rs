//! Hashing passwords: argon2id with a pepper, on a few threads with a short queue, so that a flood
//! of sign-ins costs neither all memory nor all cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context as _;
use kernel::Email;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use self::hasher::Hasher;
use crate::config::PasswordSettings;
use crate::domain::password::{self, Weakness};

mod hasher;

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// As many requests as may wait are waiting.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The password is not good enough.
    #[error("the password is not good enough: {}", .0.code())]
    Weak(Weakness),
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// What a password was found to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not the one that was hashed.
    Wrong,
    /// The right one.
    Right {
        /// The password hashed anew, where the stored hash was made with other parameters or another pepper.
        rehashed: Option<String>,
    },
}

/// Hashes and checks passwords. Clones share the threads.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hasher: Hasher,
    guesses_min: u64,
    threads: Arc<Semaphore>,
    under_way: AtomicUsize,
    under_way_max: usize,
    /// Checked where there is no account, so that the answer takes as long.
    nobody: String,
}

/// Counts a request that hashes or waits, as long as it lives.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Passwords {
    /// With these settings.
    ///
    /// # Errors
    /// When argon2 does not take the parameters, or a pepper is too short.
    pub fn new(settings: &PasswordSettings) -> anyhow::Result<Self> {
        let hasher = Hasher::new(settings)?;
        let guesses_min = settings.guesses_min;
        let threads = match settings.hashes_max {
            0 => thread::available_parallelism().map_or(1, usize::from),
            set => set,
        };
        Ok(Self(Arc::new(Inner {
            nobody: hasher.hash(&password::generate())?,
            hasher,
            guesses_min,
            threads: Arc::new(Semaphore::new(threads)),
            under_way: AtomicUsize::new(0),
            under_way_max: threads.saturating_add(settings.queue_max),
        })))
    }

    /// The hash of a new password, if it is good enough for this account.
    ///
    /// # Errors
    /// [`PasswordError::Weak`] or [`PasswordError::Busy`].
    pub async fn hash_new(
        &self,
        password: SecretString,
        email: Email,
        name: String,
    ) -> Result<String, PasswordError> {
        let guesses_min = self.0.guesses_min;
        self.run(move |hasher| {
            let password = password.expose_secret();
            password::check(password, &email, &name, guesses_min).map_err(PasswordError::Weak)?;
            Ok(hasher.hash(password)?)
        })
        .await
    }

    /// Checks a password. Without a stored hash it takes as long and is always wrong.
    ///
    /// # Errors
    /// [`PasswordError::Busy`], or a stored hash that cannot be read.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.0.nobody.clone());
        self.run(move |hasher| {
            let password = password.expose_secret();
            if !hasher.verify(password, &stored)? || !known {
                return Ok(Verdict::Wrong);
            }
            let outdated = !hasher.is_current(&stored);
            let rehashed = outdated.then(|| hasher.hash(password)).transpose()?;
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// Runs one job on a hashing thread, after at most a short wait.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Hasher) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let before = self.0.under_way.fetch_add(1, Ordering::AcqRel);
        let _place = Place(&self.0.under_way);
        if before >= self.0.under_way_max {
            metrics::counter!("techmart_auth_hashes_refused_total").increment(1);
            return Err(PasswordError::Busy);
        }
        let threads = Arc::clone(&self.0.threads);
        let permit = threads
            .acquire_owned()
            .await
            .context("the threads are gone")?;
        let hasher = self.0.hasher.clone();
        metrics::counter!("techmart_auth_hashes_total").increment(1);
        tokio::task::spawn_blocking(move || {
            // Held until the memory is free again, even if nobody waits for the answer any more.
            let _permit = permit;
            job(&hasher)
        })
        .await
        .context("hashing failed")?
    }
}

#[cfg(test)]
mod tests;
