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
