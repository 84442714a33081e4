//! The migration files themselves: one history, readable from empty.

use std::collections::HashSet;

use schema::check::State;
use schema::{MIGRATOR, check};
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
