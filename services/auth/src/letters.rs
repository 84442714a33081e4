//! What people are told by mail. The links in it are made from the configured origin, never from a
//! request.

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use kernel::Email;
use mail::{Content, MailSettings, NewMessage, Templates};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::token::RefreshToken;
use crate::domain::user::Account;
use crate::store::OUTBOX;

const FILES: [(&str, &str); 3] = [
    (
        "password_reset",
        include_str!("../templates/password_reset.jinja"),
    ),
    (
        "password_changed",
        include_str!("../templates/password_changed.jinja"),
    ),
    (
        "session_reused",
        include_str!("../templates/session_reused.jinja"),
    ),
];

/// Writes letters.
#[derive(Debug, Clone)]
pub struct Letters {
    templates: Templates,
    origin: String,
}

/// A letter ready to be kept.
#[derive(Debug)]
pub struct Letter {
    template: &'static str,
    content: Content,
    expires_at: Option<Timestamp>,
}

impl Letter {
    /// Keeps it in the caller's transaction; it is sent once for each `cause`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn keep(
        &self,
        conn: &mut PgConnection,
        to: &Email,
        cause: Uuid,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let new = NewMessage {
            template: self.template,
            cause,
            recipient: to.as_str(),
            content: &self.content,
            // What runs out holds a credential.
            secret: self.expires_at.is_some(),
            expires_at: self.expires_at,
            now,
        };
        OUTBOX.insert(conn, &new).await.map(drop)
    }
}

impl Letters {
    /// Reads the templates.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn new(settings: &MailSettings, origin: &str) -> anyhow::Result<Self> {
        Ok(Self {
            templates: Templates::new(settings, origin, &FILES)?,
            origin: origin.to_owned(),
        })
    }

    /// A link to set a new password, good until `now + ttl`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn password_reset(
        &self,
        account: &Account,
        token: &RefreshToken,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> anyhow::Result<Letter> {
        // After the hash sign: a browser does not send it, so no log ever holds the token.
        let link = format!("{}#token={}", self.reset_page(), token.text());
        let values = json!({"name": account.name, "minutes": ttl.as_mins(), "link": link});
        let expires_at = now.checked_add(ttl).context("a time in range")?;
        self.write("password_reset", &values, Some(expires_at))
    }

    /// The password was changed, and `ended` other sessions with it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn password_changed(
        &self,
        name: &str,
        ended: usize,
        now: Timestamp,
    ) -> anyhow::Result<Letter> {
        let ended = match ended {
            0 => "No other session was open.".to_owned(),
            1 => "One session was ended.".to_owned(),
            more => format!("{more} sessions were ended."),
        };
        let values =
            json!({"name": name, "at": moment(now), "ended": ended, "link": self.reset_page()});
        self.write("password_changed", &values, None)
    }

    /// A refresh token came twice and its session was ended.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn session_reused(&self, account: &Account, now: Timestamp) -> anyhow::Result<Letter> {
        let values = json!({"name": account.name, "at": moment(now), "link": self.reset_page()});
        self.write("session_reused", &values, None)
    }

    fn reset_page(&self) -> String {
        format!("{}/reset-password", self.origin)
    }

    fn write(
        &self,
        template: &'static str,
        values: &Value,
        expires_at: Option<Timestamp>,
    ) -> anyhow::Result<Letter> {
        Ok(Letter {
            template,
            content: self.templates.render(template, values)?,
            expires_at,
        })
    }
}

/// A moment for a person, in UTC.
fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y at %H:%M UTC").to_string()
}
