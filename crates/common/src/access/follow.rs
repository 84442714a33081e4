//! Keeps a verifier's keys and revocations current.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{LEEWAY_S, LIFETIME_MAX_S, PublicKey, Verifier};
use crate::jobs::Jobs;

/// How far each look reaches back before the last one, so that a revocation that committed late is
/// not missed.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);

/// A session whose tokens are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// The session.
    pub session_id: Uuid,
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// When the last of its tokens has run out.
    pub expires_at: Timestamp,
}

/// Where keys and revocations come from.
pub trait AccessFeed: Send + Sync + 'static {
    /// The keys that sign tokens now, and those whose tokens have not all run out.
    fn keys(&self) -> impl Future<Output = anyhow::Result<Vec<PublicKey>>> + Send;

    /// The sessions that were revoked at or after `since`.
    fn revoked_since(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = anyhow::Result<Vec<Revoked>>> + Send;
}

/// Looks at once and then every `interval`. The first look reaches back as far as a token may live.
pub fn follow(verifier: Verifier, feed: impl AccessFeed, interval: Duration, jobs: &Jobs) {
    let feed = Arc::new(feed);
    let oldest = SignedDuration::from_secs(LIFETIME_MAX_S + 2 * LEEWAY_S);
    let first = verifier
        .clock()
        .now()
        .saturating_sub(oldest)
        .unwrap_or(Timestamp::MIN);
    let since = Arc::new(Mutex::new(first));
    jobs.every_unseen("access feed", interval, move || {
        let (verifier, feed, since) = (verifier.clone(), Arc::clone(&feed), Arc::clone(&since));
        async move {
            let from = *since.lock().unwrap_or_else(PoisonError::into_inner);
            let next = refresh(&verifier, &*feed, from).await?;
            *since.lock().unwrap_or_else(PoisonError::into_inner) = next;
            Ok(())
        }
    });
}

/// One look at what was revoked since `since`. Answers where the next look begins.
pub async fn refresh(
    verifier: &Verifier,
    feed: &impl AccessFeed,
    since: Timestamp,
) -> anyhow::Result<Timestamp> {
    let begun = verifier.clock().now();
    verifier.replace_keys(&feed.keys().await?)?;
    for revoked in feed.revoked_since(since).await? {
        if revoked.expires_at >= begun {
            verifier.add_revoked(revoked.session_id, revoked.expires_at);
        }
    }
    Ok(begun.saturating_sub(OVERLAP).unwrap_or(since))
}
