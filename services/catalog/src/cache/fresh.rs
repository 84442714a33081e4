//! Who wrote something a moment ago, and so must not be answered by a replica or the cache.

use std::fmt;
use std::time::Duration;

use common::redis::Cache;
use kernel::UserId;
use moka::future::Cache as Local;

/// Members of staff remembered at most by one process.
const USERS_MAX: u64 = 10_000;

/// Remembers writers: here for this process, in Redis for the others.
#[derive(Clone)]
pub(super) struct FreshReaders {
    local: Local<UserId, ()>,
    redis: Cache,
    span: Duration,
}

impl fmt::Debug for FreshReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshReaders")
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

impl FreshReaders {
    pub(super) fn new(redis: Cache, span: Duration) -> Self {
        Self {
            local: Local::builder()
                .max_capacity(USERS_MAX)
                .time_to_live(span)
                .build(),
            redis,
            span,
        }
    }

    pub(super) async fn remember(&self, user: UserId) {
        self.local.insert(user, ()).await;
        self.redis.set_json(&key(user), &true, self.span).await;
    }

    pub(super) async fn contains(&self, user: UserId) -> bool {
        self.local.contains_key(&user)
            || self
                .redis
                .get_json::<bool>(&key(user))
                .await
                .unwrap_or(false)
    }
}

fn key(user: UserId) -> String {
    format!("fresh:{user}")
}
