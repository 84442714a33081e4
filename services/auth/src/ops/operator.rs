//! What the operator does at the command line: accounts of staff, demo customers, closed accounts.

use anyhow::{Context as _, bail};
use common::access::Role;
use common::db::{self, Db};
use jiff::Timestamp;
use kernel::{Email, SharedClock, UserId};

use super::end;
use crate::domain::password;
use crate::passwords::Passwords;
use crate::store::sessions::RevokeReason;
use crate::store::users::NewAccount;
use crate::store::{keys, users};

/// Demo customers that [`Operator::seed`] makes.
const DEMO_CUSTOMERS: usize = 2;

/// Does it.
#[derive(Debug)]
pub struct Operator {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Hashes passwords.
    pub passwords: Passwords,
}

impl Operator {
    /// Makes an account with a new password and answers that. `None` if the address has an account.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn create_account(
        &self,
        email: &Email,
        name: &str,
        role: Role,
    ) -> anyhow::Result<Option<String>> {
        let (password, password_hash) = self.new_password(email, name).await?;
        let new = NewAccount {
            id: UserId::generate(),
            email,
            name,
            role,
            password_hash: &password_hash,
            now: self.clock.now(),
        };
        let mut conn = self.db.write().await?;
        match users::insert_account(&mut conn, &new).await {
            Ok(_) => Ok(Some(password)),
            Err(error) if db::constraint(&error) == Some("user_account_email_key") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a member of staff a new password and ends all their sessions. Answers the password.
    ///
    /// # Errors
    /// When there is no such member of staff, or the database cannot be asked.
    pub async fn reset_staff_password(&self, email: &Email) -> anyhow::Result<String> {
        let mut tx = self.db.begin().await?;
        let found = users::find_by_email(&mut tx, email).await?;
        let found = found.with_context(|| format!("there is no account {email}"))?;
        if found.account.role != Role::Staff {
            bail!("{email} is a customer, not a member of staff");
        }
        let (password, hash) = self.new_password(email, &found.account.name).await?;
        let (user_id, now) = (found.account.id, self.clock.now());
        if !users::update_password_hash(&mut tx, user_id, &found.password_hash, &hash, now).await? {
            bail!("the password of {email} was changed at the same moment; try again");
        }
        end::end_all(&mut tx, user_id, RevokeReason::PasswordReset, now).await?;
        tx.commit().await?;
        Ok(password)
    }

    /// Closes an account to its owner and ends all its sessions, or opens it again.
    ///
    /// # Errors
    /// When there is no such account, or the database cannot be asked.
    pub async fn set_disabled(&self, email: &Email, disabled: bool) -> anyhow::Result<()> {
        let mut tx = self.db.begin().await?;
        let found = users::find_by_email(&mut tx, email).await?;
        let user_id = found
            .with_context(|| format!("there is no account {email}"))?
            .account
            .id;
        let now: Timestamp = self.clock.now();
        users::update_disabled(&mut tx, user_id, disabled, now).await?;
        if disabled {
            end::end_all(&mut tx, user_id, RevokeReason::AccountDisabled, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Takes a published key out of use.
    ///
    /// # Errors
    /// When there is no such key, or the database cannot be asked.
    pub async fn retire_key(&self, kid: &str) -> anyhow::Result<()> {
        let mut conn = self.db.write().await?;
        if !keys::update_retired(&mut conn, kid, self.clock.now()).await? {
            bail!("there is no published key {kid}");
        }
        Ok(())
    }

    /// Makes the demo customers that are missing. Each with its new password, or `None` if it was
    /// there.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn seed(&self) -> anyhow::Result<Vec<(Email, Option<String>)>> {
        let mut customers = Vec::new();
        for number in 1..=DEMO_CUSTOMERS {
            let email: Email = format!("customer{number}@techmart.example").parse()?;
            let name = format!("Demo Customer {number}");
            let password = self.create_account(&email, &name, Role::Customer).await?;
            customers.push((email, password));
        }
        Ok(customers)
    }

    async fn new_password(&self, email: &Email, name: &str) -> anyhow::Result<(String, String)> {
        let password = password::generate();
        let secret = password.clone().into();
        let hash = self
            .passwords
            .hash_new(secret, email.clone(), name.to_owned())
            .await?;
        Ok((password, hash))
    }
}
