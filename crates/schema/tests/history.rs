//! The migration files themselves: one history, readable from empty.

use std::collections::HashSet;
use std::path::Path;

use schema::check::State;
use schema::{MIGRATOR, SCHEMAS, check, roles};
use sqlx::AssertSqlSafe;
use testkit::TestDb;

#[test]
fn no_two_files_share_a_version() {
    let mut seen = HashSet::new();
    for migration in MIGRATOR.iter() {
        assert!(
            seen.insert(migration.version),
            "version {} is used twice",
            migration.version
        );
    }
}

#[test]
fn a_service_needs_the_newest_file_of_its_folder() {
    for schema in SCHEMAS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../migrations")
            .join(schema);
        let files = std::fs::read_dir(folder).expect("a folder per schema");
        let versions = files.filter_map(|file| {
            let name = file.ok()?.file_name().into_string().ok()?;
            name.split_once('_')?.0.parse::<i64>().ok()
        });
        assert_eq!(versions.max(), Some(schema::version(schema)), "{schema}");
    }
    let newest = MIGRATOR.iter().map(|migration| migration.version).max();
    assert_eq!(SCHEMAS.map(schema::version).into_iter().max(), newest);
    assert_eq!(schema::version("nobody"), 0);
}

#[test]
fn every_file_acts_as_one_owner_and_gives_the_role_back() {
    for migration in MIGRATOR.iter() {
        let sql = migration.sql.as_str();
        let owner = format!("{}: {}", migration.version, migration.description);
        assert_eq!(
            sql.matches("set local role techmart_").count(),
            1,
            "{owner}"
        );
        assert!(sql.trim_end().ends_with("reset role;"), "{owner}");
    }
}

#[tokio::test]
async fn applies_from_empty_and_twice() {
    let db = TestDb::new().await;
    let pool = db.admin_pool().await;
    MIGRATOR
        .run(&pool)
        .await
        .expect("a second run changes nothing");
    let mut conn = pool.acquire().await.expect("a connection");
    let states = check::states(&mut conn).await.expect("the history");
    assert!(
        states.iter().all(|(_, _, state)| *state == State::Applied),
        "{states:?}"
    );
}

#[tokio::test]
async fn whoever_creates_the_roles_may_act_as_the_owners() {
    let db = TestDb::new().await;
    let pool = db.admin_pool().await;
    let mut tx = pool.begin().await.expect("a transaction");
    // As on a managed server: nobody is superuser there, and what a role creates it may administer and nothing more.
    let created = SCHEMAS.map(|schema| format!("techmart_{schema}_owner, techmart_{schema}"));
    let created = created.join(", ");
    let managed = sqlx::raw_sql(AssertSqlSafe(format!(
        "create role techmart_test_operator createrole;
         grant {created} to techmart_test_operator with admin true, inherit false, set false;
         set local role techmart_test_operator"
    )));
    managed.execute(&mut *tx).await.expect("a role");
    for _ in 0..2 {
        roles::create(&mut tx).await.expect("safe to repeat");
    }
    for schema in SCHEMAS {
        let may: bool = sqlx::query_scalar("select pg_has_role(current_user, $1, 'set')")
            .bind(format!("techmart_{schema}_owner"))
            .fetch_one(&mut *tx)
            .await
            .expect("an answer");
        assert!(may, "{schema}");
    }
    tx.rollback().await.expect("nothing is left");
}
