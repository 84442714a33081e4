//! Accounts.

use common::access::Role;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kernel::{Email, UserId};
use sqlx::PgConnection;

use crate::domain::user::Account;

/// An account about to be made.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Its id.
    pub id: UserId,
    /// The address it signs in with.
    pub email: &'a Email,
    /// What the person is called.
    pub name: &'a str,
    /// What it is.
    pub role: Role,
    /// What it may do, where it is staff's.
    pub permissions: &'a [String],
    /// The password, hashed.
    pub password_hash: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// An account and the hash of its password.
#[derive(Debug)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The hash.
    pub password_hash: String,
}

struct AccountRow {
    user_id: uuid::Uuid,
    email: String,
    name: String,
    role: String,
    permissions: Vec<String>,
    password_hash: String,
    disabled_at: Option<jiff_sqlx::Timestamp>,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<AccountRow> for Credentials {
    type Error = sqlx::Error;

    fn try_from(row: AccountRow) -> Result<Self, sqlx::Error> {
        let email = row
            .email
            .parse()
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let role = match row.role.as_str() {
            "customer" => Role::Customer,
            "staff" => Role::Staff,
            other => return Err(sqlx::Error::Decode(format!("no such role: {other}").into())),
        };
        let account = Account {
            id: row.user_id.into(),
            email,
            name: row.name,
            role,
            permissions: row.permissions,
            disabled_at: row.disabled_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: row.created_at.to_jiff(),
        };
        Ok(Self {
            account,
            password_hash: row.password_hash,
        })
    }
}

/// Makes an account. Breaks `user_account_email_key` if the address has one.
///
/// # Errors
/// When the database refuses or cannot be asked.
pub async fn insert_account(
    conn: &mut PgConnection,
    new: &NewAccount<'_>,
) -> Result<Account, sqlx::Error> {
    let row = sqlx::query_as!(
        AccountRow,
        "insert into auth.user_account (user_id, email, name, role, permissions, password_hash, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         returning user_id, email, name, role, permissions, password_hash, disabled_at, created_at",
        new.id.uuid(),
        new.email.as_str(),
        new.name,
        new.role.as_str(),
        new.permissions,
        new.password_hash,
        new.now.to_sqlx() as _
    )
    .fetch_one(conn)
    .await?;
    Credentials::try_from(row).map(|found| found.account)
}

/// The account of an address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_by_email(
    conn: &mut PgConnection,
    email: &Email,
) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "select user_id, email, name, role, permissions, password_hash, disabled_at, created_at
           from auth.user_account where email = $1",
        email.as_str()
    )
    .fetch_optional(conn)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// The account with this id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_account(
    conn: &mut PgConnection,
    user_id: UserId,
) -> Result<Option<Account>, sqlx::Error> {
    let found = find_credentials(conn, user_id).await?;
    Ok(found.map(|found| found.account))
}

/// The account with this id and the hash of its password.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_credentials(
    conn: &mut PgConnection,
    user_id: UserId,
) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "select user_id, email, name, role, permissions, password_hash, disabled_at, created_at
           from auth.user_account where user_id = $1",
        user_id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Sets a password's hash, whatever it was, if the account is open. Answers the account.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_password(
    conn: &mut PgConnection,
    user_id: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "update auth.user_account set password_hash = $2, updated_at = $3
          where user_id = $1 and disabled_at is null
         returning user_id, email, name, role, permissions, password_hash, disabled_at, created_at",
        user_id.uuid(),
        hash,
        now.to_sqlx() as _
    )
    .fetch_optional(conn)
    .await?
    .map(|row| Credentials::try_from(row).map(|found| found.account))
    .transpose()
}

/// Replaces a password's hash, if it is still `old`: a password changed meanwhile is left alone.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_password_hash(
    conn: &mut PgConnection,
    user_id: UserId,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.user_account set password_hash = $3, updated_at = $4 where user_id = $1 and password_hash = $2",
        user_id.uuid(),
        old,
        new,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces what a member of staff may do. False if there is no such member of staff.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_permissions(
    conn: &mut PgConnection,
    user_id: UserId,
    permissions: &[String],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update auth.user_account set permissions = $2, updated_at = $3 where user_id = $1 and role = 'staff'",
        user_id.uuid(),
        permissions,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The account of an address, locked until the end of the transaction.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_by_email_for_update(
    conn: &mut PgConnection,
    email: &Email,
) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "select user_id, email, name, role, permissions, password_hash, disabled_at, created_at
           from auth.user_account where email = $1 for no key update",
        email.as_str()
    )
    .fetch_optional(conn)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// All members of staff, in the order of their addresses.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_staff(conn: &mut PgConnection) -> Result<Vec<Account>, sqlx::Error> {
    let rows = sqlx::query_as!(
        AccountRow,
        "select user_id, email, name, role, permissions, password_hash, disabled_at, created_at
           from auth.user_account where role = 'staff' order by email"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Credentials::try_from(row).map(|found| found.account))
        .collect()
}

/// Opens or closes an account to its owner.
///
/// # Errors
/// When the database cannot be asked.
pub async fn update_disabled(
    conn: &mut PgConnection,
    user_id: UserId,
    disabled: bool,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update auth.user_account
            set disabled_at = case when $2 then coalesce(disabled_at, $3) end, updated_at = $3 where user_id = $1",
        user_id.uuid(),
        disabled,
        now.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(())
}
