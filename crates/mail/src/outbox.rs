//! Messages on their way: kept in the schema of the service that writes them, in the transaction of
//! what they are about, and sent afterwards.
//!
//! The table `<schema>.message` has one row per template and cause, so that a second try to say the
//! same thing says nothing. A secret message holds a credential: its text is erased when it has been
//! sent or is too old to be sent. All times are the caller's.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use kernel::MessageId;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use crate::template::Content;

/// How often a message is tried. With the pauses below that is two days.
pub const ATTEMPTS_MAX: i32 = 20;
/// The pause after the first failure; doubles with each.
const PAUSE_MIN: SignedDuration = SignedDuration::from_secs(15);
/// The longest pause.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(4);
/// The longest error that is kept, in characters.
const ERROR_CHARS_MAX: usize = 500;

/// A message about to be kept.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// Which message: the name that is unique with `cause`.
    pub template: &'static str,
    /// What it is about: it is sent once.
    pub cause: Uuid,
    /// Where it goes.
    pub recipient: &'a str,
    /// What it says.
    pub content: &'a Content,
    /// Whether it holds a credential.
    pub secret: bool,
    /// When it is of no use any more.
    pub expires_at: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
}

/// A message taken to be sent.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id.
    pub id: MessageId,
    /// Which message.
    pub template: String,
    /// Where it goes.
    pub recipient: String,
    /// What it says.
    pub content: Content,
    /// How often it has been taken, this time included.
    pub attempts: i32,
}

/// The messages of one schema.
#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    pub(crate) schema: &'static str,
}

impl Outbox {
    /// The messages in `schema`.
    pub const fn new(schema: &'static str) -> Self {
        Self { schema }
    }

    /// Keeps a message in the caller's transaction. Its id; `None` if it was kept before.
    ///
    /// # Errors
    /// When the database refuses or cannot be asked.
    pub async fn insert(
        &self,
        conn: &mut PgConnection,
        new: &NewMessage<'_>,
    ) -> Result<Option<MessageId>, sqlx::Error> {
        let sql = format!(
            "insert into {}.message (message_id, template, cause_id, recipient, subject, body_text, body_html,
                 secret, expires_at, available_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
             on conflict (template, cause_id) do nothing",
            self.schema
        );
        let id = MessageId::generate();
        // Safe: the text holds nothing but the schema's name, a constant of the program.
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(id.uuid())
            .bind(new.template)
            .bind(new.cause)
            .bind(new.recipient)
            .bind(&new.content.subject)
            .bind(&new.content.text)
            .bind(&new.content.html)
            .bind(new.secret)
            .bind(new.expires_at.map(jiff_sqlx::ToSqlx::to_sqlx))
            .bind(new.now.to_sqlx())
            .execute(conn)
            .await?;
        Ok((done.rows_affected() == 1).then_some(id))
    }

    /// Takes up to `limit` messages that are due, the longest due first, until `now + lease`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn claim(
        &self,
        conn: &mut PgConnection,
        now: Timestamp,
        lease: SignedDuration,
        limit: i64,
    ) -> Result<Vec<Claimed>, sqlx::Error> {
        let table = format!("{}.message", self.schema);
        let sql = format!(
            "update {table} m set attempts = m.attempts + 1, available_at = $2
               from (select message_id from {table}
                      where sent_at is null and available_at <= $1 and attempts < $3
                        and body_text is not null and (expires_at is null or expires_at > $1)
                      order by available_at limit $4 for update skip locked) c
              where m.message_id = c.message_id
             returning m.message_id, m.template, m.recipient, m.subject, m.body_text, m.body_html, m.attempts"
        );
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        // Safe: see `insert`.
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(now.to_sqlx())
            .bind(until.to_sqlx())
            .bind(ATTEMPTS_MAX)
            .bind(limit)
            .fetch_all(conn)
            .await?;
        rows.iter().map(claimed_of).collect()
    }

    /// The message left. Its text is erased if it is secret.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn mark_sent(
        &self,
        conn: &mut PgConnection,
        id: MessageId,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let sql = format!(
            "update {}.message set sent_at = $2, last_error = null,
                    body_text = case when not secret then body_text end,
                    body_html = case when not secret then body_html end
              where message_id = $1 and sent_at is null",
            self.schema
        );
        // Safe: see `insert`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(id.uuid())
            .bind(now.to_sqlx())
            .execute(conn)
            .await
            .map(drop)
    }

    /// The message did not leave: it is tried again after a pause that grows.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn mark_failed(
        &self,
        conn: &mut PgConnection,
        message: &Claimed,
        error: &str,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let sql = format!(
            "update {}.message set available_at = $2, last_error = $3
              where message_id = $1 and sent_at is null",
            self.schema
        );
        let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
        let next = now.saturating_add(pause(message.attempts));
        // Safe: see `insert`.
        sqlx::query(AssertSqlSafe(sql))
            .bind(message.id.uuid())
            .bind(next.unwrap_or(Timestamp::MAX).to_sqlx())
            .bind(error)
            .execute(conn)
            .await
            .map(drop)
    }

    /// Erases the text of up to `limit` secret messages that are too old to be sent. How many.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn erase_expired(
        &self,
        conn: &mut PgConnection,
        now: Timestamp,
        limit: i64,
    ) -> Result<u64, sqlx::Error> {
        let table = format!("{}.message", self.schema);
        let sql = format!(
            "update {table} set body_text = null, body_html = null where message_id in (
               select message_id from {table}
                where secret and body_text is not null and expires_at <= $1
                limit $2 for update skip locked)"
        );
        // Safe: see `insert`.
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(now.to_sqlx())
            .bind(limit)
            .execute(conn)
            .await?;
        Ok(done.rows_affected())
    }
}

/// How long a message waits after so many failures.
fn pause(failures: i32) -> SignedDuration {
    let doubled = 2_i32.saturating_pow(u32::try_from(failures - 1).unwrap_or(0).min(16));
    PAUSE_MIN.saturating_mul(doubled).min(PAUSE_MAX)
}

fn claimed_of(row: &PgRow) -> Result<Claimed, sqlx::Error> {
    Ok(Claimed {
        id: row.try_get::<Uuid, _>("message_id")?.into(),
        template: row.try_get("template")?,
        recipient: row.try_get("recipient")?,
        content: Content {
            subject: row.try_get("subject")?,
            text: row.try_get("body_text")?,
            html: row.try_get("body_html")?,
        },
        attempts: row.try_get("attempts")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_four_hours_and_all_together_is_two_days() {
        assert_eq!(pause(1), PAUSE_MIN);
        assert_eq!(pause(3), SignedDuration::from_mins(1));
        assert_eq!(pause(i32::MAX), PAUSE_MAX);
        let all: i64 = (1..ATTEMPTS_MAX)
            .map(|failures| pause(failures).as_secs())
            .sum();
        assert!((36..72).contains(&(all / 3600)), "{all}");
    }
}
