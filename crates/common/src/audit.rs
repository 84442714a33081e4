//! Who changed what: an append-only log beside the data it is about.
//!
//! The table `<schema>.audit_log` lives in the schema of the service that uses it, and the service's
//! role may read and add rows, no more. [`Audit::append`] runs in the transaction of the change, so
//! that neither exists without the other. [`router`] offers the log to staff who may `audit.read`.
//!
//! Neither `before` nor `after` ever holds a secret: no password, token, card or key.

mod routes;
#[cfg(test)]
mod tests;
mod view;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use kernel::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::access::{CurrentUser, Role};
use crate::extract::RequestMeta;

pub use routes::{AuditRead, router};
pub use view::{AuditActor, AuditEntry, AuditObject};

/// The longest reason that is kept, in characters.
pub const REASON_CHARS_MAX: usize = 2000;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditActorKind)]
pub enum ActorKind {
    /// Runs the site.
    Staff,
    /// Uses the site with an account.
    Customer,
    /// Uses the site without one.
    Guest,
    /// The program itself, or its operator at the command line.
    System,
}

impl ActorKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Customer => "customer",
            Self::Guest => "guest",
            Self::System => "system",
        }
    }
}

/// Who did something, and in which session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// What they are.
    pub kind: ActorKind,
    /// Their account, where they have one.
    pub user_id: Option<UserId>,
    /// Their session, where they have one.
    pub session_id: Option<SessionId>,
}

impl Actor {
    /// Someone without an account.
    pub const GUEST: Self = Self::nobody(ActorKind::Guest);
    /// The program itself, or its operator.
    pub const SYSTEM: Self = Self::nobody(ActorKind::System);

    /// Who has this account.
    pub const fn owner(role: Role, user_id: UserId, session_id: Option<SessionId>) -> Self {
        Self {
            kind: match role {
                Role::Staff => ActorKind::Staff,
                Role::Customer => ActorKind::Customer,
            },
            user_id: Some(user_id),
            session_id,
        }
    }

    const fn nobody(kind: ActorKind) -> Self {
        Self {
            kind,
            user_id: None,
            session_id: None,
        }
    }
}

impl From<&CurrentUser> for Actor {
    fn from(user: &CurrentUser) -> Self {
        Self::owner(user.role, user.user_id, Some(user.session_id))
    }
}

/// A change about to be written down.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    actor: Actor,
    action: &'a str,
    object_type: &'a str,
    object_id: String,
    at: Option<Timestamp>,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<&'a str>,
    request_id: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// `action` is `noun.verb` in small letters (`note.delete`); `object_type` is the noun of what
    /// changed, and `object_id` its id as the API shows it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "ids of every type are handed over as they are"
    )]
    pub fn new(
        actor: impl Into<Actor>,
        action: &'a str,
        object_type: &'a str,
        object_id: impl ToString,
    ) -> Self {
        Self {
            actor: actor.into(),
            action,
            object_type,
            object_id: object_id.to_string(),
            at: None,
            before: None,
            after: None,
            reason: None,
            request_id: None,
        }
    }

    /// When it happened. The time of the transaction if not given.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// What it was before: the members that changed.
    #[must_use]
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// What it is now: the members that changed.
    #[must_use]
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }

    /// Why, in the actor's words: at most [`REASON_CHARS_MAX`] characters.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.reason = reason.into();
        self
    }

    /// In which request.
    #[must_use]
    pub fn request(mut self, meta: &'a RequestMeta) -> Self {
        self.request_id = Some(&meta.request_id);
        self
    }
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About this kind of thing.
    pub object_type: Option<String>,
    /// About this thing.
    pub object_id: Option<String>,
    /// By this account.
    pub actor_id: Option<UserId>,
    /// By this kind of actor.
    pub actor_kind: Option<ActorKind>,
    /// This action, or with a `.` at its end every action on that noun.
    pub action: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// Where a page begins: behind the entry of this time and number.
pub type After = (Timestamp, i64);

/// The log of one schema.
#[derive(Debug, Clone, Copy)]
pub struct Audit {
    schema: &'static str,
}

impl Audit {
    /// The log in `schema`.
    pub const fn new(schema: &'static str) -> Self {
        Self { schema }
    }

    /// Adds an entry, in the caller's transaction. Answers its number.
    pub async fn append(
        &self,
        conn: &mut PgConnection,
        entry: &Entry<'_>,
    ) -> Result<i64, sqlx::Error> {
        let sql = format!(
            "insert into {}.audit_log (occurred_at, actor_kind, actor_id, session_id, action,
                 object_type, object_id, before, after, reason, request_id)
             values (coalesce($1, now()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             returning audit_id",
            self.schema
        );
        // Safe: the text holds nothing but the schema's name, a constant of the program.
        sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(entry.at.map(ToSqlx::to_sqlx))
            .bind(entry.actor.kind.as_str())
            .bind(entry.actor.user_id.map(kernel::Id::uuid))
            .bind(entry.actor.session_id.map(kernel::Id::uuid))
            .bind(entry.action)
            .bind(entry.object_type)
            .bind(&entry.object_id)
            .bind(&entry.before)
            .bind(&entry.after)
            .bind(entry.reason)
            .bind(entry.request_id)
            .fetch_one(conn)
            .await
    }

    /// Up to `limit` entries, newest first, behind `after`.
    pub async fn list(
        &self,
        conn: &mut PgConnection,
        filter: &Filter,
        after: Option<After>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, sqlx::Error> {
        let sql = format!(
            "select audit_id, occurred_at, actor_kind, actor_id, session_id, action, object_type,
                    object_id, before, after, reason, request_id
               from {}.audit_log
              where ($1::text is null or object_type = $1)
                and ($2::text is null or object_id = $2)
                and ($3::uuid is null or actor_id = $3)
                and ($4::text is null or actor_kind = $4)
                and ($5::text is null or action = $5
                     or (right($5, 1) = '.' and starts_with(action, $5)))
                and occurred_at >= coalesce($6, '-infinity') and occurred_at < coalesce($7, 'infinity')
                and (occurred_at, audit_id) < (coalesce($8, 'infinity'), coalesce($9, 0))
              order by occurred_at desc, audit_id desc limit $10",
            self.schema
        );
        let (after_at, after_id) = after.unzip();
        // Safe: see `append`.
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(filter.object_type.as_deref())
            .bind(filter.object_id.as_deref())
            .bind(filter.actor_id.map(kernel::Id::uuid))
            .bind(filter.actor_kind.map(ActorKind::as_str))
            .bind(filter.action.as_deref())
            .bind(filter.from.map(ToSqlx::to_sqlx))
            .bind(filter.to.map(ToSqlx::to_sqlx))
            .bind(after_at.map(ToSqlx::to_sqlx))
            .bind(after_id)
            .bind(limit)
            .fetch_all(conn)
            .await?;
        rows.iter().map(entry_of).collect()
    }
}

fn entry_of(row: &PgRow) -> Result<AuditEntry, sqlx::Error> {
    let kind = match row.try_get::<&str, _>("actor_kind")? {
        "staff" => ActorKind::Staff,
        "customer" => ActorKind::Customer,
        "guest" => ActorKind::Guest,
        "system" => ActorKind::System,
        other => {
            return Err(sqlx::Error::Decode(
                format!("no such actor: {other}").into(),
            ));
        }
    };
    let user_id: Option<uuid::Uuid> = row.try_get("actor_id")?;
    let session_id: Option<uuid::Uuid> = row.try_get("session_id")?;
    let occurred_at: jiff_sqlx::Timestamp = row.try_get("occurred_at")?;
    Ok(AuditEntry {
        id: row.try_get("audit_id")?,
        at: occurred_at.to_jiff(),
        actor: AuditActor {
            kind,
            id: user_id.map(UserId::from),
            session_id: session_id.map(SessionId::from),
        },
        action: row.try_get("action")?,
        object: AuditObject {
            r#type: row.try_get("object_type")?,
            id: row.try_get("object_id")?,
        },
        before: row.try_get("before")?,
        after: row.try_get("after")?,
        reason: row.try_get("reason")?,
        request_id: row.try_get("request_id")?,
    })
}
