//! Reading messages back.

use jiff::Timestamp;
use kernel::MessageId;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::view::{Body, Letter, LetterSummary, Progress};
use crate::outbox::{ATTEMPTS_MAX, Outbox};

const COLUMNS: &str = "message_id, template, recipient, subject, secret, attempts, last_error, sent_at, expires_at, created_at";

/// Which messages.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// To exactly this address, in small letters.
    pub recipient: Option<String>,
    /// Which message.
    pub template: Option<String>,
}

impl Outbox {
    /// Up to `limit` messages, newest first, behind `after`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn list(
        &self,
        conn: &mut PgConnection,
        filter: &Filter,
        after: Option<(Timestamp, MessageId)>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<LetterSummary>, sqlx::Error> {
        let sql = format!(
            "select {COLUMNS} from {}.message
              where ($1::text is null or recipient = $1) and ($2::text is null or template = $2)
                and (created_at, message_id) < (coalesce($3, 'infinity'), coalesce($4, message_id))
              order by created_at desc, message_id desc limit $5",
            self.schema
        );
        let (after_at, after_id) = after.unzip();
        // Safe: the text holds nothing but the schema's name and the columns, constants of the program.
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(filter.recipient.as_deref())
            .bind(filter.template.as_deref())
            .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
            .bind(after_id.map(kernel::Id::uuid))
            .bind(limit)
            .fetch_all(conn)
            .await?;
        rows.iter().map(|row| summary_of(row, now)).collect()
    }

    /// A message with its text, if that is still there.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn find(
        &self,
        conn: &mut PgConnection,
        id: MessageId,
        now: Timestamp,
    ) -> Result<Option<Letter>, sqlx::Error> {
        let sql = format!(
            "select {COLUMNS}, body_text, body_html from {}.message where message_id = $1",
            self.schema
        );
        // Safe: see `list`.
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.uuid())
            .fetch_optional(conn)
            .await?;
        let letter = |row: PgRow| -> Result<Letter, sqlx::Error> {
            let text: Option<String> = row.try_get("body_text")?;
            let html = row.try_get("body_html")?;
            Ok(Letter {
                summary: summary_of(&row, now)?,
                body: text.map(|text| Body { text, html }),
            })
        };
        row.map(letter).transpose()
    }
}

fn summary_of(row: &PgRow, now: Timestamp) -> Result<LetterSummary, sqlx::Error> {
    let time = |column: &str| -> Result<Option<Timestamp>, sqlx::Error> {
        let time: Option<jiff_sqlx::Timestamp> = row.try_get(column)?;
        Ok(time.map(jiff_sqlx::Timestamp::to_jiff))
    };
    let (sent_at, expires_at) = (time("sent_at")?, time("expires_at")?);
    let attempts: i32 = row.try_get("attempts")?;
    let created_at: jiff_sqlx::Timestamp = row.try_get("created_at")?;
    let progress = match sent_at {
        Some(_) => Progress::Sent,
        None if attempts >= ATTEMPTS_MAX => Progress::Failed,
        None if expires_at.is_some_and(|until| until <= now) => Progress::Expired,
        None => Progress::Waiting,
    };
    Ok(LetterSummary {
        id: row.try_get::<Uuid, _>("message_id")?.into(),
        template: row.try_get("template")?,
        recipient: row.try_get("recipient")?,
        subject: row.try_get("subject")?,
        secret: row.try_get("secret")?,
        progress,
        attempts,
        last_error: row.try_get("last_error")?,
        sent_at,
        created_at: created_at.to_jiff(),
    })
}
