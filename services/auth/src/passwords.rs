//! Hashing passwords: argon2id with a pepper, on a few threads with a short queue, so that a flood
//! of sign-ins costs neither all memory nor all cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::Email;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::config::PasswordSettings;
use crate::domain::password::{self, Weakness};

/// The fewest characters of the pepper.
const PEPPER_LENGTH_MIN: usize = 32;

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
        /// The password hashed anew, where the stored hash was made with other parameters.
        rehashed: Option<String>,
    },
}

/// Hashes and checks passwords. Clones share the threads.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hasher: Hasher,
    threads: Arc<Semaphore>,
    under_way: AtomicUsize,
    under_way_max: usize,
    /// Checked where there is no account, so that the answer takes as long.
    nobody: String,
}

#[derive(Clone, Debug)]
struct Hasher {
    params: Params,
    pepper: SecretString,
    guesses_min: u64,
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
    /// When argon2 does not take the parameters, or the pepper is too short.
    pub fn new(settings: &PasswordSettings) -> anyhow::Result<Self> {
        let PasswordSettings {
            memory_kib,
            iterations,
            parallelism,
            ..
        } = *settings;
        let params = Params::new(memory_kib, iterations, parallelism, None)
            .map_err(|error| anyhow!("settings `password`: {error}"))?;
        anyhow::ensure!(
            settings.pepper.expose_secret().len() >= PEPPER_LENGTH_MIN,
            "TECHMART_AUTH__PASSWORD__PEPPER: needs at least {PEPPER_LENGTH_MIN} characters"
        );
        let hasher = Hasher {
            params,
            pepper: settings.pepper.clone(),
            guesses_min: settings.guesses_min,
        };
        let threads = match settings.hashes_max {
            0 => thread::available_parallelism().map_or(1, usize::from),
            set => set,
        };
        Ok(Self(Arc::new(Inner {
            nobody: hasher.hash(&password::generate())?,
            hasher,
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
        self.run(move |hasher| {
            let password = password.expose_secret();
            password::check(password, &email, &name, hasher.guesses_min)
                .map_err(PasswordError::Weak)?;
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

impl Hasher {
    fn argon(&self) -> anyhow::Result<Argon2<'_>> {
        Argon2::new_with_secret(
            self.pepper.expose_secret().as_bytes(),
            Algorithm::Argon2id,
            Version::V0x13,
            self.params.clone(),
        )
        .map_err(|error| anyhow!("the pepper cannot be used: {error}"))
    }

    fn hash(&self, password: &str) -> anyhow::Result<String> {
        self.argon()?
            .hash_password(password.as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| anyhow!("a password cannot be hashed: {error}"))
    }

    fn verify(&self, password: &str, stored: &str) -> anyhow::Result<bool> {
        let hash = PasswordHash::new(stored)
            .map_err(|error| anyhow!("a stored hash cannot be read: {error}"))?;
        match self.argon()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(anyhow!("a stored hash cannot be checked: {error}")),
        }
    }

    /// Whether the hash was made with the parameters of today.
    fn is_current(&self, stored: &str) -> bool {
        let Ok(hash) = PasswordHash::new(stored) else {
            return false;
        };
        let same_params = Params::try_from(&hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (
                    self.params.m_cost(),
                    self.params.t_cost(),
                    self.params.p_cost(),
                )
        });
        same_params && hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
    }
}

#[cfg(test)]
mod tests;
