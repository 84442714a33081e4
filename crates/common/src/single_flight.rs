//! One loader per key: callers that ask while a value is being loaded wait for that load.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

/// Joins concurrent loads of the same key in this process. Keeps nothing once a load has ended,
/// but for `linger`, which lets callers that arrive a moment later share the answer too.
#[derive(Clone)]
pub struct SingleFlight<K, V> {
    loads: Cache<K, V>,
}

impl<K, V> fmt::Debug for SingleFlight<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight").finish_non_exhaustive()
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// `entries_max` bounds the answers kept at a time, `linger` how long each is kept.
    pub fn new(entries_max: u64, linger: Duration) -> Self {
        Self {
            loads: Cache::builder()
                .max_capacity(entries_max)
                .time_to_live(linger)
                .build(),
        }
    }

    /// The value of `key`: from a load under way or just ended, else from `load`. If the load fails
    /// everyone waiting for it gets the same error and the next caller loads again.
    pub async fn get<E>(
        &self,
        key: K,
        load: impl Future<Output = Result<V, E>>,
    ) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
    {
        self.loads.try_get_with(key, load).await
    }

    /// Forgets what is kept for `key`.
    pub async fn forget(&self, key: &K) {
        self.loads.invalidate(key).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_hundred_callers_cause_one_load() {
        let flight = SingleFlight::<u32, u32>::new(10, Duration::from_secs(1));
        let loads = AtomicU32::new(0);
        let calls = (0..100).map(|_| {
            flight.get(1, async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, String>(loads.fetch_add(1, Ordering::Relaxed))
            })
        });
        let answers = futures::future::join_all(calls).await;
        assert!(answers.iter().all(|answer| answer == &Ok(0)));
        assert_eq!(loads.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failed_load_is_not_kept() {
        let flight = SingleFlight::<u32, u32>::new(10, Duration::from_secs(1));
        assert!(flight.get(1, async { Err("away") }).await.is_err());
        assert_eq!(flight.get(1, async { Ok::<_, String>(7) }).await, Ok(7));
    }
}
