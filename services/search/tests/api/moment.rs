//! A database as it was at a moment: a copy of the whole, as `PostgreSQL` makes it. When it takes the name of the one that
//! is lost every connection has to be made anew, as after a restore or the promotion of a standby.

use std::time::Duration;

use common::db::Db;
use kernel::ProductId;
use search::ops::reindex::reindex;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::shop::Shop;

/// Connections that were cut off are found out when they are older than this.
const CUT_OFF: Duration = Duration::from_millis(1_200);

/// The database of a shop as it was at a moment.
pub(crate) struct Moment {
    server: PgConnectOptions,
    name: String,
    copy: String,
}

impl Moment {
    pub(crate) async fn of(shop: &Shop) -> Self {
        let name: String = sqlx::query_scalar("select current_database()::text")
            .fetch_one(&shop.admin)
            .await
            .expect("a name");
        let server = (*shop.admin.connect_options()).clone().database("postgres");
        let copy = format!("moment_{}", ProductId::generate().uuid().simple());
        let moment = Self { server, name, copy };
        let Self { name, copy, .. } = &moment;
        moment.close().await;
        moment
            .run(&format!("create database {copy} template {name}"))
            .await;
        moment.open().await;
        moment
    }

    /// The copy, for whoever writes into it before it is in use.
    pub(crate) async fn db(&self) -> Db {
        let options = self.server.clone().database(&self.copy);
        let pool = PgPoolOptions::new().connect_with(options).await;
        Db::from_pools(pool.expect("a connection"), None)
    }

    /// Changes in the copy until they are more than an index knows.
    pub(crate) async fn write_beyond(&self, cursor: i64) {
        let db = self.db().await;
        let mut last = 0;
        while last <= cursor + 10 {
            reindex(&db, |_| {}).await.expect("a reindex");
            last = sqlx::query_scalar("select max(change_seq) from search.document")
                .fetch_one(db.primary())
                .await
                .expect("a number");
        }
        db.close().await;
    }

    /// Puts the shop's database back to the moment.
    pub(crate) async fn restore(self) {
        let lost = self.replace().await;
        self.remove(&lost).await;
    }

    /// Puts the shop's database back to the moment; the one that is lost stays, under the name that is answered.
    pub(crate) async fn replace(&self) -> String {
        let Self { name, copy, .. } = self;
        let lost = format!("{copy}_lost");
        self.close().await;
        self.run(&format!("alter database {name} rename to {lost}"))
            .await;
        self.run(&format!("alter database {copy} rename to {name}"))
            .await;
        self.run(&format!("alter database {lost} allow_connections true"))
            .await;
        tokio::time::sleep(CUT_OFF).await;
        lost
    }

    /// Removes a copy that was not used, or what is lost.
    pub(crate) async fn remove(&self, name: &str) {
        self.run(&format!("drop database {name} with (force)"))
            .await;
    }

    /// The copy's name, before it is in use.
    pub(crate) fn copy(&self) -> &str {
        &self.copy
    }

    /// Nobody is connected, and nobody can.
    async fn close(&self) {
        let name = &self.name;
        self.run(&format!("alter database {name} allow_connections false"))
            .await;
        self.run(&format!(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'"
        ))
        .await;
    }

    async fn open(&self) {
        let name = &self.name;
        self.run(&format!("alter database {name} allow_connections true"))
            .await;
        tokio::time::sleep(CUT_OFF).await;
    }

    async fn run(&self, statement: &str) {
        let mut admin = PgConnection::connect_with(&self.server)
            .await
            .expect("a connection");
        // Names are made here, of letters, digits and underscores.
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut admin)
            .await
            .expect(statement);
    }
}
