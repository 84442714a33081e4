//! Messages on a real database and through a real SMTP conversation.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod smtp;

use std::sync::Arc;

use common::db::Db;
use futures::future::join_all;
use jiff::SignedDuration;
use kernel::{EventId, MessageId, TestClock};
use mail::mailbox::Progress;
use mail::{ATTEMPTS_MAX, Content, Mailer, NewMessage, Outbox, Sender};
use testkit::TestDb;
use uuid::Uuid;

use smtp::{Server, Verdict};

const OUTBOX: Outbox = Outbox::new("auth");

struct Office {
    _database: TestDb,
    db: Db,
    clock: TestClock,
}

impl Office {
    async fn open() -> Self {
        let database = TestDb::new().await;
        let db = Db::connect("auth", &database.settings("auth")).unwrap();
        Self {
            _database: database,
            db,
            clock: testkit::clock(),
        }
    }

    async fn keep(&self, cause: Uuid, secret: bool) -> Option<MessageId> {
        let content = Content {
            subject: "Grüße".to_owned(),
            text: "Your key: hunter2\n.\nA line that begins with a dot.\n".to_owned(),
            html: Some("<p>Your key: hunter2</p>".to_owned()),
        };
        let now = kernel::Clock::now(&self.clock);
        let new = NewMessage {
            template: "key",
            cause,
            recipient: "ada@example.com",
            content: &content,
            secret,
            expires_at: secret.then(|| now + SignedDuration::from_mins(15)),
            now,
        };
        let mut conn = self.db.write().await.unwrap();
        OUTBOX.insert(&mut conn, &new).await.unwrap()
    }

    fn sender(&self, server: &Server) -> Sender {
        Sender {
            db: self.db.clone(),
            outbox: OUTBOX,
            mailer: Mailer::from_url(&server.url(), "Shop <shop@techmart.example>").unwrap(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    async fn read(&self, id: MessageId) -> mail::mailbox::Letter {
        let mut conn = self.db.write().await.unwrap();
        let now = kernel::Clock::now(&self.clock);
        OUTBOX.find(&mut conn, id, now).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_message_is_kept_once_per_cause_and_not_without_its_transaction() {
    let office = Office::open().await;
    let cause = EventId::generate().uuid();
    let tries = join_all((0..8).map(|_| office.keep(cause, false))).await;
    assert_eq!(tries.iter().flatten().count(), 1);
    let other = office.keep(EventId::generate().uuid(), false).await;
    assert!(other.is_some());
}

#[tokio::test]
async fn what_leaves_is_a_whole_message_that_can_be_recognised() {
    let office = Office::open().await;
    let id = office.keep(EventId::generate().uuid(), true).await.unwrap();
    let server = Server::start(Verdict::Take).await;
    assert_eq!(office.sender(&server).send_batch().await.unwrap(), 1);
    let taken = server.taken();
    let [letter] = taken.as_slice() else {
        panic!("{taken:?}")
    };
    assert_eq!(letter.to, "ada@example.com");
    assert_eq!(letter.from, "shop@techmart.example");
    for header in [
        &format!("Message-ID: <{id}@techmart.example>"),
        "Auto-Submitted: auto-generated",
        "From: Shop <shop@techmart.example>",
        "To: ada@example.com",
        "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "MIME-Version: 1.0",
    ] {
        assert!(letter.data.contains(header), "{header}\n{}", letter.data);
    }
    assert!(
        letter
            .data
            .contains("\r\n.\r\nA line that begins with a dot.")
    );

    // Its credential is gone from the database; it is not sent again.
    let kept = office.read(id).await;
    assert_eq!((kept.summary.progress, kept.body), (Progress::Sent, None));
    assert_eq!(office.sender(&server).send_batch().await.unwrap(), 0);
}

#[tokio::test]
async fn several_senders_send_each_message_once() {
    let office = Office::open().await;
    for _ in 0..30 {
        office
            .keep(EventId::generate().uuid(), false)
            .await
            .unwrap();
    }
    let server = Server::start(Verdict::Take).await;
    let senders: Vec<_> = (0..4).map(|_| office.sender(&server)).collect();
    let work = senders
        .iter()
        .map(|sender| async move { while sender.send_batch().await.unwrap() > 0 {} });
    join_all(work).await;
    assert_eq!(server.taken().len(), 30);
}

#[tokio::test]
async fn a_refused_message_waits_longer_each_time_and_is_given_up_in_the_end() {
    let office = Office::open().await;
    let id = office
        .keep(EventId::generate().uuid(), false)
        .await
        .unwrap();
    let server = Server::start(Verdict::Refuse).await;
    let sender = office.sender(&server);
    assert_eq!(sender.send_batch().await.unwrap(), 1);
    assert_eq!(sender.send_batch().await.unwrap(), 0, "not before its time");
    let kept = office.read(id).await;
    let error = kept.summary.last_error.unwrap();
    assert!(error.contains("mailbox unavailable"), "{error}");
    office.clock.advance(SignedDuration::from_secs(14));
    assert_eq!(sender.send_batch().await.unwrap(), 0);
    office.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(sender.send_batch().await.unwrap(), 1);
    for _ in 2..ATTEMPTS_MAX {
        office.clock.advance(SignedDuration::from_hours(4));
        assert_eq!(sender.send_batch().await.unwrap(), 1);
    }
    office.clock.advance(SignedDuration::from_hours(400));
    assert_eq!(sender.send_batch().await.unwrap(), 0);
    let kept = office.read(id).await;
    assert_eq!(kept.summary.progress, Progress::Failed);
    assert!(kept.body.is_some(), "staff can still read it");
}

#[tokio::test]
async fn a_server_that_is_away_loses_nothing() {
    let office = Office::open().await;
    let id = office
        .keep(EventId::generate().uuid(), false)
        .await
        .unwrap();
    let gone = Server::start(Verdict::HangUp).await;
    assert_eq!(office.sender(&gone).send_batch().await.unwrap(), 1);
    assert_eq!(office.read(id).await.summary.progress, Progress::Waiting);
    office.clock.advance(SignedDuration::from_mins(1));
    let server = Server::start(Verdict::Take).await;
    assert_eq!(office.sender(&server).send_batch().await.unwrap(), 1);
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_credential_that_has_run_out_is_not_sent_and_its_text_is_erased() {
    let office = Office::open().await;
    let id = office.keep(EventId::generate().uuid(), true).await.unwrap();
    let plain = office
        .keep(EventId::generate().uuid(), false)
        .await
        .unwrap();
    office.clock.advance(SignedDuration::from_mins(15));
    let server = Server::start(Verdict::Take).await;
    let mut conn = office.db.write().await.unwrap();
    let now = kernel::Clock::now(&office.clock);
    assert_eq!(OUTBOX.erase_expired(&mut conn, now, 10).await.unwrap(), 1);
    drop(conn);
    assert_eq!(office.sender(&server).send_batch().await.unwrap(), 1);
    let kept = office.read(id).await;
    assert_eq!(
        (kept.summary.progress, kept.body),
        (Progress::Expired, None)
    );
    assert_eq!(office.read(plain).await.summary.progress, Progress::Sent);
}
