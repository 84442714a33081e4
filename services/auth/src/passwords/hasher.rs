//! argon2id with a pepper. A hash names its pepper, so that peppers can change: new hashes are made with the one of now,
//! and while peppers change those of one more are good, too.

use anyhow::anyhow;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, Version};
use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::PasswordSettings;

/// The fewest characters of a pepper.
const PEPPER_LENGTH_MIN: usize = 32;
const LABEL: &[u8] = b"techmart pepper id v1";

/// Makes and checks hashes; does not return before it is done.
#[derive(Clone, Debug)]
pub(super) struct Hasher {
    params: Params,
    current: Pepper,
    /// While peppers change.
    previous: Option<Pepper>,
}

#[derive(Clone, Debug)]
struct Pepper {
    /// Follows from the secret, and tells nothing of it.
    id: KeyId,
    secret: SecretString,
}

impl Pepper {
    fn new(secret: &SecretString, variable: &str) -> anyhow::Result<Self> {
        let bytes = secret.expose_secret().as_bytes();
        anyhow::ensure!(
            bytes.len() >= PEPPER_LENGTH_MIN,
            "{variable}: needs at least {PEPPER_LENGTH_MIN} characters"
        );
        let digest = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), LABEL);
        let (id, _) = digest.as_ref().split_at(KeyId::MAX_LEN);
        let id = KeyId::new(id).map_err(|error| anyhow!("the id of {variable}: {error}"))?;
        Ok(Self {
            id,
            secret: secret.clone(),
        })
    }

    fn is_named_by(&self, params: &Params) -> bool {
        params.keyid() == self.id.as_bytes()
    }
}

impl Hasher {
    /// With these settings.
    ///
    /// # Errors
    /// When argon2 does not take the parameters, or a pepper is too short.
    pub(super) fn new(settings: &PasswordSettings) -> anyhow::Result<Self> {
        let current = Pepper::new(&settings.pepper, "TECHMART_AUTH__PASSWORD__PEPPER")?;
        let previous = settings
            .previous()
            .map(|pepper| Pepper::new(pepper, "TECHMART_AUTH__PASSWORD__PEPPER_PREVIOUS"))
            .transpose()?;
        let params = ParamsBuilder::new()
            .m_cost(settings.memory_kib)
            .t_cost(settings.iterations)
            .p_cost(settings.parallelism)
            .keyid(current.id)
            .build()
            .map_err(|error| anyhow!("settings `password`: {error}"))?;
        Ok(Self {
            params,
            current,
            previous,
        })
    }

    /// The hash of a password, with the pepper of now.
    pub(super) fn hash(&self, password: &str) -> anyhow::Result<String> {
        self.argon(&self.current)?
            .hash_password(password.as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| anyhow!("a password cannot be hashed: {error}"))
    }

    /// Whether it is the password that was hashed. A wrong one is computed with every pepper, whichever the hash names, so
    /// that the time tells nothing of the account: hashes of before peppers had names name none.
    pub(super) fn verify(&self, password: &str, stored: &str) -> anyhow::Result<bool> {
        let (hash, params) = read(stored)?;
        let mut peppers: Vec<&Pepper> = std::iter::once(&self.current)
            .chain(&self.previous)
            .collect();
        // The one that is named comes first: whoever knows the password waits for one computation.
        peppers.sort_by_key(|pepper| !pepper.is_named_by(&params));
        for pepper in peppers {
            match self
                .argon(pepper)?
                .verify_password(password.as_bytes(), &hash)
            {
                Ok(()) => return Ok(true),
                Err(HashError::PasswordInvalid) => {}
                Err(error) => return Err(anyhow!("a stored hash cannot be checked: {error}")),
            }
        }
        Ok(false)
    }

    /// Whether the hash was made with the parameters and the pepper of today.
    pub(super) fn is_current(&self, stored: &str) -> bool {
        let Ok((hash, params)) = read(stored) else {
            return false;
        };
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        costs(&params) == costs(&self.params)
            && self.current.is_named_by(&params)
            && hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
    }

    fn argon<'a>(&self, pepper: &'a Pepper) -> anyhow::Result<Argon2<'a>> {
        Argon2::new_with_secret(
            pepper.secret.expose_secret().as_bytes(),
            Algorithm::Argon2id,
            Version::V0x13,
            self.params.clone(),
        )
        .map_err(|error| anyhow!("the pepper cannot be used: {error}"))
    }
}

fn read(stored: &str) -> anyhow::Result<(PasswordHash, Params)> {
    let hash = PasswordHash::new(stored)
        .map_err(|error| anyhow!("a stored hash cannot be read: {error}"))?;
    let params = Params::try_from(&hash)
        .map_err(|error| anyhow!("a stored hash cannot be read: {error}"))?;
    Ok((hash, params))
}
