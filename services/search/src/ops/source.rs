//! Where an index reads changes from, and whether it may go on from its place.
//!
//! An index outlives the database that it followed: a database may be put back to a moment, or a standby be promoted that
//! lacked the last changes. The index knows of things then that never happened, and since numbers of changes are given
//! again, its cursor does not tell. So every writer of the read model leaves a milestone with a random token in its
//! transaction ([`documents::lock_writers`]), and an index keeps with its cursor the last milestone of the moment at which
//! it read. Writers take turns, and what is restored is a beginning of what was: a database that holds the index's
//! milestone holds all that the index knows, one that does not has another past. Where nothing that the index knows was
//! lost, nothing is built anew.
//!
//! Why not by the server's own marks, which any role may read on PostgreSQL 17: a restored snapshot has the system
//! identifier and the timeline of the database that it was taken of; a promotion begins a timeline also when nothing is
//! lost; a database that is moved gets another identifier; and a standby, or a managed server without files of a log,
//! cannot say its timeline by `pg_walfile_name`. Milestones are rows: every way of copying a database copies them.
//!
//! Limits: milestones are kept for [`crate::jobs::milestones::KEPT_DAYS`] days, an index that was away for longer is built
//! anew, too. One that was written before there were milestones is trusted while its cursor is not ahead of the database,
//! and keeps the milestone of its first look.

use common::db::Db;
use search_core::Place;
use sqlx::PgConnection;

use crate::store::changes::{self, Page};
use crate::store::documents::{self, StoredDocument};

/// Where changes come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// PostgreSQL.
    pub db: Db,
    /// Vectors of this model are taken along.
    pub model: Option<String>,
    /// Changes read at a time.
    pub limit: i64,
}

/// What comes after a place.
#[derive(Debug)]
pub enum Next {
    /// What changed, in order, one at least, and the place after it.
    Changes(Vec<StoredDocument>, Place),
    /// Nothing changed. The same place, with the milestone to keep from now on.
    Nothing(Place),
    /// The place lies in another past than the database's: what is known there may never have happened.
    OtherPast,
}

/// Where something that is built anew begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// Before the first change, in this history alone: a server that lags or has another past does not know the place.
    pub place: Place,
    /// The last change so far.
    pub last_change: i64,
}

impl Source {
    /// Reads on from a place: from the replica where that knows the place. Where it does not, it lags or has another past,
    /// and the primary is read; and only the primary is believed that nothing came after the place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self, place: Place) -> anyhow::Result<Next> {
        let page = {
            let mut replica = self.db.read().await?;
            self.page(&mut replica, place, self.limit).await?
        };
        if page.is_known && !page.documents.is_empty() {
            return Ok(next(place, page));
        }
        let mut primary = self.db.write().await?;
        if !page.is_known {
            let page = self.page(&mut primary, place, self.limit).await?;
            return Ok(next(place, page));
        }
        let there = self.page(&mut primary, place, 0).await?;
        Ok(if there.is_known {
            next(place, page)
        } else {
            Next::OtherPast
        })
    }

    /// Begins something anew: leaves a milestone, so that it follows this history and no other from its beginning on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(&self) -> anyhow::Result<Beginning> {
        let mut tx = self.db.begin().await?;
        let milestone = documents::lock_writers(&mut tx).await?;
        let last_change = documents::last_change(&mut tx).await?;
        tx.commit().await?;
        let place = Place {
            cursor: 0,
            milestone: Some(milestone),
        };
        Ok(Beginning { place, last_change })
    }

    async fn page(
        &self,
        conn: &mut PgConnection,
        place: Place,
        limit: i64,
    ) -> Result<Page, sqlx::Error> {
        changes::list_changes(conn, place, limit, self.model.as_deref()).await
    }
}

fn next(place: Place, page: Page) -> Next {
    let Page {
        is_known,
        milestone,
        documents,
    } = page;
    if !is_known {
        return Next::OtherPast;
    }
    let last = documents.last().map(|document| document.change_seq);
    let place = Place {
        cursor: last.unwrap_or(place.cursor),
        milestone,
    };
    match last {
        Some(_) => Next::Changes(documents, place),
        None => Next::Nothing(place),
    }
}
