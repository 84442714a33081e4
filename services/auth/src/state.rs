//! What handlers share.

use anyhow::Context as _;
use axum::extract::FromRef;
use common::access::{Signer, Verifier};
use common::db::Db;
use common::limiter::{Limiter, Rule};
use common::redis::Cache;
use kernel::SharedClock;
use mail::mailbox::Mailbox;
use secrecy::ExposeSecret as _;

use crate::config::{LimitSettings, PasswordSettings, ResetSettings, SessionSettings, Settings};
use crate::domain::device::Devices;
use crate::letters::Letters;
use crate::passwords::Passwords;
use crate::store::OUTBOX;

/// A revocation is remembered for 900 s by every service. No access token may outlive that, not
/// even with the seconds that clocks may lie apart.
const ACCESS_TTL_MAX_S: u32 = 840;

/// What handlers share.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// Remembers who a session belongs to.
    pub cache: Cache,
    /// The time.
    pub clock: SharedClock,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// Signs access tokens.
    pub signer: Signer,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Counts attempts.
    pub limiter: Limiter,
    /// Knows devices again.
    pub devices: Devices,
    /// How many days.
    pub device_days: u32,
    /// How many attempts.
    pub rules: Rules,
    /// How long an access token works, in seconds.
    pub access_ttl_s: u32,
    /// What people are told.
    pub letters: Letters,
    /// What they were told, as staff see it.
    pub mailbox: Mailbox,
    /// How long a link to set a new password works.
    pub reset: ResetSettings,
    /// How long sessions and refresh tokens last.
    pub session: SessionSettings,
    /// The public origin; the issuer of tokens.
    pub origin: String,
}

/// The rules of the limiter.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Sign-ins per account.
    pub login_account: Rule,
    /// Sign-ins per account from one known device.
    pub login_device: Rule,
    /// Sign-ins per client address.
    pub login_address: Rule,
    /// Registrations per client address.
    pub register_address: Rule,
    /// Links to set a new password, per account's address.
    pub reset_account: Rule,
    /// Links to set a new password, per client address.
    pub reset_address: Rule,
    /// Uses of such links, per client address.
    pub reset_use_address: Rule,
    /// Changes of the password, per account.
    pub change_account: Rule,
}

impl Rules {
    fn new(limit: &LimitSettings) -> Self {
        let rule = Rule::new;
        Self {
            login_account: rule(
                "login_account",
                limit.login_account_burst,
                limit.login_account_refill_s,
            ),
            login_device: rule(
                "login_device",
                limit.login_account_burst,
                limit.login_account_refill_s,
            ),
            login_address: rule(
                "login_address",
                limit.login_address_burst,
                limit.login_address_refill_s,
            ),
            register_address: rule(
                "register_address",
                limit.register_address_burst,
                limit.register_address_refill_s,
            ),
            reset_account: rule(
                "reset_account",
                limit.reset_account_burst,
                limit.reset_account_refill_s,
            ),
            reset_address: rule(
                "reset_address",
                limit.reset_address_burst,
                limit.reset_address_refill_s,
            ),
            reset_use_address: rule(
                "reset_use_address",
                limit.reset_use_address_burst,
                limit.reset_use_address_refill_s,
            ),
            change_account: rule(
                "change_account",
                limit.change_account_burst,
                limit.change_account_refill_s,
            ),
        }
    }
}

impl AppState {
    /// The state of a service with these settings. Its verifier knows its own key.
    ///
    /// # Errors
    /// When a setting cannot be used; names it.
    pub fn new(
        settings: &Settings,
        db: Db,
        cache: Cache,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        let signer = Signer::from_pkcs8_pem(settings.jwt.signing_key.expose_secret())
            .context("TECHMART_AUTH__JWT__SIGNING_KEY")?;
        anyhow::ensure!(
            (1..=ACCESS_TTL_MAX_S).contains(&settings.jwt.access_ttl_s),
            "TECHMART_AUTH__JWT__ACCESS_TTL_S: expected 1 to {ACCESS_TTL_MAX_S}"
        );
        let verifier = Verifier::new(&settings.shop.origin, clock.clone());
        verifier.replace_keys(&[signer.public_key().clone()])?;
        let limit = &settings.limit;
        Ok(Self {
            cache: cache.clone(),
            verifier,
            signer,
            passwords: Passwords::new(&settings.password)?,
            limiter: Limiter::new(cache, clock.clone(), limit.alone_factor),
            devices: devices(&settings.password),
            device_days: limit.device_days,
            rules: Rules::new(limit),
            letters: Letters::new(&settings.mail, &settings.shop.origin)?,
            mailbox: Mailbox {
                db: db.clone(),
                outbox: OUTBOX,
                sends: settings.mail.smtp_url.is_some(),
                clock: clock.clone(),
            },
            reset: settings.reset,
            db,
            clock,
            access_ttl_s: settings.jwt.access_ttl_s,
            session: settings.session,
            origin: settings.shop.origin.clone(),
        })
    }
}

/// Cookies follow from the peppers: nobody has to keep one more secret.
fn devices(settings: &PasswordSettings) -> Devices {
    let previous = settings.previous();
    Devices::new(
        settings.pepper.expose_secret().as_bytes(),
        previous.map(|pepper| pepper.expose_secret().as_bytes()),
    )
}

impl FromRef<AppState> for Db {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}

impl FromRef<AppState> for Mailbox {
    fn from_ref(state: &AppState) -> Self {
        state.mailbox.clone()
    }
}

impl FromRef<AppState> for Verifier {
    fn from_ref(state: &AppState) -> Self {
        state.verifier.clone()
    }
}
