//! Publishes the public half of the signing key, then follows the keys and revocations of all
//! instances as every other service does.

use std::time::Duration;

use common::access::{self, SqlFeed};
use common::jobs::{self, Jobs};

use crate::state::AppState;
use crate::store::keys;

/// How often keys and revocations are looked at.
const FOLLOW_INTERVAL: Duration = Duration::from_secs(2);

/// Publishes as soon as the database answers. Until then the instance knows its own key only.
pub fn start(state: AppState, jobs: &Jobs) {
    let (stop, all) = (jobs.stopping(), jobs.clone());
    jobs.spawn("publish key", async move {
        let mut attempt = 0;
        while let Err(error) = publish(&state).await {
            attempt += 1;
            tracing::warn!(
                attempt,
                error = format!("{error:#}"),
                "signing key not published yet"
            );
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jobs::backoff(attempt)) => {}
            }
        }
        let feed = SqlFeed::new(
            state.db.clone(),
            contract_auth::list_public_keys,
            contract_auth::list_revoked,
        );
        access::follow(state.verifier.clone(), feed, FOLLOW_INTERVAL, &all);
    });
}

/// Publishes the key once.
///
/// # Errors
/// When the database cannot be asked, or the key was retired.
pub async fn publish(state: &AppState) -> anyhow::Result<()> {
    let kid = &state.signer.public_key().kid;
    let mut conn = state.db.write().await?;
    let in_use = keys::insert_key(&mut conn, kid, &state.signer.jwk()).await?;
    anyhow::ensure!(
        in_use,
        "the signing key {kid} was retired; make a new one with `techmart-auth key generate`"
    );
    Ok(())
}
