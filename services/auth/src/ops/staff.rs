//! What the operator does about members of staff: accounts and what they may do. Each change is
//! written to the audit log.

use anyhow::{Context as _, bail};
use common::access::Role;
use common::audit::{Actor, Entry};
use kernel::Email;
use serde_json::json;

use super::end;
use super::operator::Operator;
use crate::domain::permission::{self, Permission};
use crate::domain::user::Account;
use crate::store::sessions::RevokeReason;
use crate::store::{AUDIT, users};

impl Operator {
    /// Gives a member of staff permissions, and answers what they may do now. In force with the next
    /// access token.
    ///
    /// # Errors
    /// When there is no such member of staff, or the database cannot be asked.
    pub async fn grant(&self, email: &Email, more: &[Permission]) -> anyhow::Result<Vec<String>> {
        self.change(email, "staff.grant", |before| {
            let before: Vec<&str> = before.iter().map(String::as_str).collect();
            Ok(permission::set(&before, more))
        })
        .await
    }

    /// Takes permissions from a member of staff, and answers what they may still do. Ends their
    /// sessions, so that it is in force at once.
    ///
    /// # Errors
    /// When there is no such member of staff, when they have everything and one of many names is to
    /// go, or when the database cannot be asked.
    pub async fn revoke(&self, email: &Email, gone: &[Permission]) -> anyhow::Result<Vec<String>> {
        let gone: Vec<String> = gone.iter().cloned().map(String::from).collect();
        self.change(email, "staff.revoke", |before| {
            let everything = contract_auth::permission::EVERYTHING;
            let has_all = before.iter().any(|name| name == everything);
            if has_all && !gone.iter().any(|name| name == everything) {
                bail!("{email} may do everything (*); revoke * and grant what shall remain");
            }
            let left = before.iter().filter(|name| !gone.contains(name));
            Ok(left.cloned().collect())
        })
        .await
    }

    async fn change(
        &self,
        email: &Email,
        action: &str,
        next: impl FnOnce(&[String]) -> anyhow::Result<Vec<String>>,
    ) -> anyhow::Result<Vec<String>> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let found = users::find_by_email_for_update(&mut tx, email).await?;
        let account = found
            .with_context(|| format!("there is no account {email}"))?
            .account;
        if account.role != Role::Staff {
            bail!("{email} is a customer, not a member of staff");
        }
        let permissions = next(&account.permissions)?;
        users::update_permissions(&mut tx, account.id, &permissions, now).await?;
        let lost = |name: &String| !permissions.contains(name);
        let all = permissions == [contract_auth::permission::EVERYTHING];
        if !all && account.permissions.iter().any(lost) {
            end::end_all(&mut tx, account.id, RevokeReason::PermissionRevoked, now).await?;
        }
        let entry = Entry::new(Actor::SYSTEM, action, "user", account.id)
            .at(now)
            .before(json!({"permissions": account.permissions}))
            .after(json!({"permissions": permissions}));
        AUDIT.append(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(permissions)
    }

    /// All members of staff.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn list_staff(&self) -> anyhow::Result<Vec<Account>> {
        let mut conn = self.db.write().await?;
        Ok(users::list_staff(&mut conn).await?)
    }
}
