//! A service of one's own: database, clock, cheap password hashes.

use std::sync::Arc;

use auth::config::{DEFAULTS, Settings};
use auth::ops::operator::Operator;
use auth::state::AppState;
use common::access::Role;
use common::db::Db;
use common::redis::Cache;
use common::{access, config, layers};
use jiff::SignedDuration;
use kernel::TestClock;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Call, TestApp, TestDb};

pub(crate) const ORIGIN: &str = "http://127.0.0.1:8080";
pub(crate) const PASSWORD: &str = "gruene-Tinte-71";
const COOKIE: &str = "__Host-techmart_refresh";

pub(crate) struct World {
    pub(crate) db: TestDb,
    pub(crate) clock: TestClock,
    pub(crate) state: AppState,
    pub(crate) settings: Settings,
    app: TestApp,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these settings: path and value.
    pub(crate) async fn with(more: &[(&str, &str)]) -> Self {
        let db = TestDb::new().await;
        Self::on(db, testkit::clock(), more)
    }

    /// Another instance on a database that is there.
    pub(crate) fn on(db: TestDb, clock: TestClock, more: &[(&str, &str)]) -> Self {
        let settings = settings(&db, more);
        let pools = Db::connect("auth", &settings.db).unwrap();
        let shared = Arc::new(clock.clone());
        let state = AppState::new(&settings, pools, Cache::none("auth"), shared).unwrap();
        let app = app(&state, &settings);
        Self {
            db,
            clock,
            state,
            settings,
            app,
        }
    }

    /// Serves what `state` is now.
    pub(crate) fn restarted(self) -> Self {
        Self {
            app: app(&self.state, &self.settings),
            ..self
        }
    }

    /// Another instance on the same database, with these settings.
    pub(crate) fn restarted_with(self, more: &[(&str, &str)]) -> Self {
        Self::on(self.db, self.clock, more)
    }

    pub(crate) async fn admin(&self) -> PgPool {
        self.db.admin_pool().await
    }

    pub(crate) fn operator(&self) -> Operator {
        Operator {
            db: self.state.db.clone(),
            clock: Arc::new(self.clock.clone()),
            passwords: self.state.passwords.clone(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.app.get(path)
    }

    pub(crate) fn put(&self, path: &str) -> Call {
        self.app.put(path)
    }

    pub(crate) fn app(&self) -> &TestApp {
        &self.app
    }

    /// A member of staff with these permissions, signed in.
    pub(crate) async fn staff(&self, email: &str, permissions: &[&str]) -> Session {
        let names: Vec<String> = permissions.iter().map(|name| (*name).to_owned()).collect();
        let operator = self.operator();
        let address = email.parse().unwrap();
        let made = operator.create_account(&address, "Staff", Role::Staff, &names);
        let password = made.await.unwrap().unwrap();
        Session::of(&self.log_in(email, &password).await.expect(200))
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.app.post(path)
    }

    pub(crate) async fn register(&self, email: &str) -> Session {
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada Lovelace"});
        Session::of(
            &self
                .post("/api/v1/auth/register")
                .json(body)
                .send()
                .await
                .expect(201),
        )
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.post("/api/v1/auth/login").json(body).send().await
    }

    pub(crate) fn with_cookie(&self, path: &str, token: &str) -> Call {
        self.post(path)
            .header("cookie", format!("a=b; {COOKIE}={token}"))
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.with_cookie("/api/v1/auth/refresh", token).send().await
    }

    pub(crate) async fn log_out(&self, token: &str) -> Answer {
        self.with_cookie("/api/v1/auth/logout", token).send().await
    }

    pub(crate) async fn me(&self, access_token: &str) -> Answer {
        self.get("/api/v1/me").bearer(access_token).send().await
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A verifier as another service has one: it knows what the database tells its role.
    pub(crate) async fn verifier_of(&self, service: &str) -> access::Verifier {
        let db = Db::connect(service, &self.db.settings(service)).unwrap();
        let verifier = access::Verifier::new(ORIGIN, Arc::new(self.clock.clone()));
        let feed = access::SqlFeed::new(
            db,
            contract_auth::list_public_keys,
            contract_auth::list_revoked,
        );
        access::refresh(&verifier, &feed, jiff::Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        verifier
    }
}

/// What a client keeps.
pub(crate) struct Session {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) user: Value,
}

impl Session {
    pub(crate) fn of(answer: &Answer) -> Self {
        Self {
            access: answer.json["access_token"].as_str().unwrap().to_owned(),
            refresh: cookie(answer),
            user: answer.json["user"].clone(),
        }
    }
}

/// The refresh token that an answer sets.
pub(crate) fn cookie(answer: &Answer) -> String {
    let header = answer.header("set-cookie").expect("a cookie is set");
    let (name, rest) = header.split_once('=').unwrap();
    assert_eq!(name, COOKIE);
    rest.split(';').next().unwrap().to_owned()
}

fn app(state: &AppState, settings: &Settings) -> TestApp {
    let router = auth::app(state.clone());
    TestApp::new(layers::apply(router, &settings.http, "auth"))
}

fn settings(db: &TestDb, more: &[(&str, &str)]) -> Settings {
    let key = access::Signer::generate_pem().unwrap().replace('\n', "\\n");
    let url = db.url("auth");
    let base = [
        ("DB__URL", url.as_str()),
        ("SHOP__ORIGIN", ORIGIN),
        ("JWT__SIGNING_KEY", key.as_str()),
        ("PASSWORD__PEPPER", "a pepper of more than 32 characters"),
        ("PASSWORD__MEMORY_KIB", "64"),
        ("PASSWORD__ITERATIONS", "1"),
        ("PASSWORD__QUEUE_MAX", "1000"),
        ("LIMIT__ALONE_FACTOR", "1"),
        // Parallel clients queue for a connection here; they must not fail for want of one.
        ("DB__ACQUIRE_TIMEOUT_MS", "20000"),
        ("DB__LOCK_TIMEOUT_MS", "20000"),
        ("DB__STATEMENT_TIMEOUT_MS", "20000"),
    ];
    let variables = base.iter().chain(more);
    let variables =
        variables.map(|(path, value)| (format!("TECHMART_AUTH__{path}"), (*value).to_owned()));
    config::load_from("auth", DEFAULTS, variables).unwrap()
}
