//! What the operator does at the command line: accounts, demo customers, closed accounts, keys. What staff may do is in
//! [`staff`](super::staff).

use anyhow::{Context as _, bail};
use common::access::Role;
use common::audit::{Actor, Entry};
use common::db::{self, Db};
use jiff::Timestamp;
use kernel::{Email, SharedClock, UserId};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::end;
use crate::domain::password;
use crate::domain::user::Account;
use crate::passwords::Passwords;
use crate::store::sessions::RevokeReason;
use crate::store::users::NewAccount;
use crate::store::{AUDIT, keys, users};

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
        permissions: &[String],
    ) -> anyhow::Result<Option<String>> {
        let (password, password_hash) = self.new_password(email, name).await?;
        let new = NewAccount {
            id: UserId::generate(),
            email,
            name,
            role,
            permissions,
            password_hash: &password_hash,
            now: self.clock.now(),
        };
        let mut tx = self.db.begin().await?;
        let account = match users::insert_account(&mut tx, &new).await {
            Ok(account) => account,
            Err(error) if db::constraint(&error) == Some("user_account_email_key") => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        if role == Role::Staff {
            let after = json!({"role": role, "permissions": permissions});
            self.note(&mut tx, "staff.create", &account, after).await?;
        }
        tx.commit().await?;
        Ok(Some(password))
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
        self.note(&mut tx, "staff.reset_password", &found.account, Value::Null)
            .await?;
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
        let account = found
            .with_context(|| format!("there is no account {email}"))?
            .account;
        let now: Timestamp = self.clock.now();
        users::update_disabled(&mut tx, account.id, disabled, now).await?;
        if disabled {
            end::end_all(&mut tx, account.id, RevokeReason::AccountDisabled, now).await?;
        }
        let action = if disabled {
            "user.disable"
        } else {
            "user.enable"
        };
        self.note(&mut tx, action, &account, json!({"disabled": disabled}))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a published key out of use.
    ///
    /// # Errors
    /// When there is no such key, or the database cannot be asked.
    pub async fn retire_key(&self, kid: &str) -> anyhow::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !keys::update_retired(&mut tx, kid, now).await? {
            bail!("there is no published key {kid}");
        }
        let entry = Entry::new(Actor::SYSTEM, "signing_key.retire", "signing_key", kid).at(now);
        AUDIT.append(&mut tx, &entry).await?;
        tx.commit().await?;
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
            let password = self
                .create_account(&email, &name, Role::Customer, &[])
                .await?;
            customers.push((email, password));
        }
        Ok(customers)
    }

    /// Writes down what was done to an account.
    async fn note(
        &self,
        conn: &mut PgConnection,
        action: &str,
        account: &Account,
        after: Value,
    ) -> Result<(), sqlx::Error> {
        let mut entry = Entry::new(Actor::SYSTEM, action, "user", account.id).at(self.clock.now());
        if !after.is_null() {
            entry = entry.after(after);
        }
        AUDIT.append(conn, &entry).await.map(drop)
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
