use super::*;
use crate::config::load_from;
use crate::test_servers;

#[derive(serde::Deserialize)]
struct Settings {
    db: DbSettings,
}

fn settings(url: &str, more: &str) -> DbSettings {
    let defaults = format!("[db]\nurl = \"{url}\"\n{more}");
    load_from::<Settings>("test", &defaults, []).unwrap().db
}

#[tokio::test]
async fn a_service_starts_without_its_database_and_says_503() {
    let db = Db::connect("test", &settings("postgres://nobody@127.0.0.1:1/none", "")).unwrap();
    let error = db.begin().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let problem = crate::Problem::from_db(error);
    assert_eq!(problem.status().as_u16(), 503);
}

#[test]
fn an_address_that_cannot_be_read_is_named_and_not_shown() {
    let error = Db::connect("test", &settings("nonsense with a password", "")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TECHMART_TEST__DB__URL: not a postgres:// address"
    );
}

#[tokio::test]
async fn sessions_have_their_deadlines() {
    let url = test_servers::database_url();
    let settings = settings(&url, "statement_timeout_ms = 100");
    let db = Db::connect("test", &settings).unwrap();
    let mut conn = db.write().await.unwrap();
    let name: String = sqlx::query_scalar("show application_name")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(name, "techmart-test");
    let error = sqlx::query("select pg_sleep(5)")
        .execute(&mut *conn)
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&error).as_deref(), Some("57014"));
    assert!(is_unavailable(&error));
}

#[tokio::test]
async fn a_full_pool_gives_up_after_the_acquire_timeout() {
    let url = test_servers::database_url();
    let db = Db::connect("test", &settings(&url, "pool_size_max = 1")).unwrap();
    let held = db.write().await.unwrap();
    let start = Instant::now();
    let error = db.write().await.unwrap_err();
    assert!(
        start.elapsed() < Duration::from_secs(2) && error.is_transient(),
        "{error}"
    );
    drop(held);
}

#[tokio::test]
async fn a_read_only_session_is_not_handed_out_for_writes() {
    let url = test_servers::database_url();
    let db = Db::connect("test", &settings(&url, "pool_size_max = 1")).unwrap();
    let pid = async |db: &Db| {
        let mut conn = db.write().await.unwrap();
        sqlx::query_scalar::<_, i32>("select pg_backend_pid()")
            .fetch_one(&mut *conn)
            .await
            .unwrap()
    };
    let before = pid(&db).await;
    let mut conn = db.write().await.unwrap();
    sqlx::query("set default_transaction_read_only = on")
        .execute(&mut *conn)
        .await
        .unwrap();
    // The write that meets it is the sign that makes every session suspect.
    let error = sqlx::query("create table public.never (id int)")
        .execute(&mut *conn)
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&error).as_deref(), Some("25006"));
    assert!(DbError::from(error).is_transient());
    drop(conn);
    assert_ne!(pid(&db).await, before);
}

/// In a process of its own: elsewhere a server that is away makes sessions suspect, and they are checked anyway.
#[tokio::test]
async fn a_transaction_begins_although_idle_sessions_have_died() {
    const ALONE: &str = "TECHMART_TEST_ALONE";
    const ITSELF: &str = "db::tests::a_transaction_begins_although_idle_sessions_have_died";
    if std::env::var_os(ALONE).is_none() {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let alone = command.args(["--exact", ITSELF]).env(ALONE, "yes").output();
        assert!(alone.as_ref().unwrap().status.success(), "{alone:?}");
        return;
    }
    let url = test_servers::database_url();
    let admin = PgPool::connect(&url).await.unwrap();
    let db = Db::connect("test", &settings(&url, "pool_size_max = 3")).unwrap();
    let mut sessions = Vec::new();
    let mut pids: Vec<i32> = Vec::new();
    for _ in 0..3 {
        let mut session = db.write().await.unwrap();
        let asked = sqlx::query_scalar("select pg_backend_pid()");
        pids.push(asked.fetch_one(&mut *session).await.unwrap());
        sessions.push(session);
    }
    drop(sessions);
    // They are given back in the background.
    for _ in 0..100 {
        if db.primary().num_idle() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // With time to spare: it answers once the session is gone.
    let kill = "select pg_terminate_backend(pid, 20000) from unnest($1::int[]) pid";
    let killed = sqlx::query(kill).bind(pids).execute(&admin).await;
    killed.unwrap();
    let mut tx = db.begin().await.unwrap();
    sqlx::query("select 1").execute(&mut *tx).await.unwrap();
}

#[tokio::test]
async fn reads_fall_back_to_the_primary_without_the_replica() {
    let url = test_servers::database_url();
    let settings = settings(&url, "read_url = \"postgres://nobody@127.0.0.1:1/none\"");
    let db = Db::connect("test", &settings).unwrap();
    for _ in 0..2 {
        let start = Instant::now();
        let mut conn = db.read().await.unwrap();
        sqlx::query("select 1").execute(&mut *conn).await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_is_the_callers_mistake() {
    let db = Db::connect("test", &settings(&test_servers::database_url(), "")).unwrap();
    let mut conn = db.write().await.unwrap();
    let error = sqlx::query("select $1::text")
        .bind("a\0b")
        .execute(&mut *conn)
        .await
        .unwrap_err();
    assert_eq!(crate::Problem::from_db(error).status().as_u16(), 422);
}

#[tokio::test]
async fn after_a_change_of_the_password_open_connections_work_and_new_ones_are_refused_for_now() {
    let admin = PgPool::connect(&test_servers::database_url())
        .await
        .unwrap();
    let role = test_servers::unique("rotated");
    let change = async |how: String| {
        let sql = sqlx::AssertSqlSafe(how.replace("{role}", &role));
        sqlx::raw_sql(sql).execute(&admin).await.unwrap();
    };
    change("create role {role} login password 'before'".to_owned()).await;
    let mut url: url::Url = test_servers::database_url().parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("before")).unwrap();
    let db = Db::connect("test", &settings(url.as_str(), "")).unwrap();
    let mut open = db.write().await.unwrap();
    change("alter role {role} password 'after'".to_owned()).await;
    sqlx::query("select 1").execute(&mut *open).await.unwrap();
    let refused = db.write().await.unwrap_err();
    assert_eq!(sqlstate(refused.inner()).as_deref(), Some("28P01"));
    assert_eq!(crate::Problem::from_db(refused).status().as_u16(), 503);
    drop(open);
    db.close().await;
    change("drop role {role}".to_owned()).await;
}

/// The password apart from the address, as orchestrators hand it out. sqlx takes it from the process's environment, so a
/// process of its own asks.
#[tokio::test]
async fn a_password_may_stand_beside_the_address() {
    const ADDRESS: &str = "TECHMART_TEST_PLAIN_ADDRESS";
    const ITSELF: &str = "db::tests::a_password_may_stand_beside_the_address";
    #[expect(clippy::disallowed_methods, reason = "a test talks to itself")]
    if let Ok(address) = std::env::var(ADDRESS) {
        let db = Db::connect("test", &settings(&address, "")).unwrap();
        sqlx::query("select 1")
            .execute(&mut *db.write().await.unwrap())
            .await
            .unwrap();
        return;
    }
    let mut url: url::Url = test_servers::database_url().parse().unwrap();
    let password = url.password().unwrap_or_default().to_owned();
    url.set_password(None).unwrap();
    let asks = |password: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let command = command.args(["--exact", ITSELF]).env(ADDRESS, url.as_str());
        command.env("PGPASSWORD", password).output().unwrap()
    };
    let (right, wrong) = (asks(&password), asks("wrong"));
    assert!(right.status.success(), "{right:?}");
    assert!(!wrong.status.success(), "{wrong:?}");
}

#[tokio::test]
async fn a_password_changes_and_nobody_is_turned_away() {
    let url = test_servers::database_url();
    let admin = PgPool::connect(&url).await.unwrap();
    let role = test_servers::unique("door");
    let say = async |statement: String| {
        let statement = sqlx::AssertSqlSafe(statement);
        sqlx::raw_sql(statement).execute(&admin).await.unwrap();
    };
    let password = async |word: &str| say(format!("alter role {role} password '{word}'")).await;
    say(format!("create role {role} login password 'first'")).await;
    let mut own: url::Url = url.parse().unwrap();
    own.set_username(&role).unwrap();
    own.set_password(Some("first")).unwrap();
    let settings = settings(own.as_str(), "other_password = \"second\"");
    let db = Db::connect("test", &settings).unwrap();
    // Every connection is kept, so that the next one is made anew.
    let mut kept = vec![db.write().await.unwrap()];
    password("second").await;
    let together = futures::future::join_all((0..4).map(|_| db.write())).await;
    kept.extend(together.into_iter().map(Result::unwrap));
    password("first").await;
    drop(db.begin().await.unwrap());
    for connection in &mut kept {
        sqlx::query("select 1")
            .execute(&mut **connection)
            .await
            .unwrap();
    }
    password("third").await;
    let error = Db::connect("test", &settings)
        .unwrap()
        .write()
        .await
        .unwrap_err();
    assert_eq!(sqlstate(error.inner()).as_deref(), Some("28P01"));
    kept.clear();
    db.close().await;
    say(format!("drop role {role}")).await;
}
