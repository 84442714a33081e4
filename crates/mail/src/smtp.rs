//! Sending over SMTP.

use std::time::Duration;

use kernel::MessageId;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use crate::template::Content;

/// How long one send may take.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

/// Why a message could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server's address cannot be read.
    #[error("the SMTP address cannot be read")]
    Address(#[source] lettre::transport::smtp::Error),
    /// The sender or recipient is not a mailbox.
    #[error("not a mailbox")]
    Mailbox(#[from] lettre::address::AddressError),
    /// The message cannot be built.
    #[error("the message cannot be built")]
    Message(#[from] lettre::error::Error),
    /// The server refused or could not be reached.
    #[error("the message was not sent")]
    Send(#[source] lettre::transport::smtp::Error),
}

/// Sends messages from one sender through one server.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// `Auto-Submitted` (RFC 3834): answering machines stay silent.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// A mailer for `smtp://…` or `smtps://user:password@host:port`. Connects at the first message.
    ///
    /// # Errors
    /// When the address or the sender cannot be read.
    pub fn from_url(url: &SecretString, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(MailError::Address)?
            .timeout(Some(SEND_TIMEOUT))
            .build();
        Ok(Self {
            transport,
            from: from.parse()?,
        })
    }

    /// Sends one message. Its `Message-ID` follows from `id`, so that one that is sent twice can be
    /// told by the receiver.
    ///
    /// # Errors
    /// When the recipient is not a mailbox, or the server refuses or cannot be reached.
    pub async fn send(&self, id: MessageId, to: &str, content: &Content) -> Result<(), MailError> {
        let message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(&content.subject);
        let message = match &content.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(
                content.text.clone(),
                html.clone(),
            ))?,
            None => message.singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(content.text.clone()),
            )?,
        };
        self.transport
            .send(message)
            .await
            .map_err(MailError::Send)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The transport's pool wants a runtime, even to be dropped.
    #[tokio::test]
    async fn refuses_what_is_no_server_or_sender() {
        let server = SecretString::from("smtp://127.0.0.1:2525");
        assert!(matches!(
            Mailer::from_url(&"http://x".into(), "a@b.example"),
            Err(MailError::Address(_))
        ));
        assert!(matches!(
            Mailer::from_url(&server, "nobody"),
            Err(MailError::Mailbox(_))
        ));
        Mailer::from_url(&server, "Shop <shop@b.example>").expect("both are fine");
    }
}
