//! Work that one instance does for all.

use std::time::Duration;

use common::db::Db;
use kernel::OperationId;
use uuid::Uuid;

use crate::store::leases;

/// A lease lives so long after its last renewal: longer than any step between two.
const LIFE: Duration = Duration::from_secs(30);

/// This instance's claim to a piece of work.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    db: Db,
    name: &'static str,
    holder: Uuid,
}

impl Lease {
    pub(super) fn new(db: Db, name: &'static str) -> Self {
        Self {
            db,
            name,
            holder: OperationId::generate().uuid(),
        }
    }

    /// Takes the lease or renews it. `false`: another instance does the work.
    pub(super) async fn take(&self) -> anyhow::Result<bool> {
        let mut conn = self.db.write().await?;
        Ok(leases::take(&mut conn, self.name, self.holder, LIFE).await?)
    }

    /// Gives it back, so that another instance takes over at once. If that fails it waits for the end.
    pub(super) async fn give_back(&self) {
        let given = async {
            let mut conn = self.db.write().await?;
            anyhow::Ok(leases::give_back(&mut conn, self.name, self.holder).await?)
        };
        if let Err(error) = given.await {
            tracing::debug!(error = format!("{error:#}"), "a lease is left to its end");
        }
    }
}
