//! Makes the links that were asked for: looks for the account, and keeps the message that brings the
//! link to its owner. Whoever asked has their answer already and learns nothing of it.

use std::time::Duration;

use common::jobs::Jobs;

use crate::domain::token::RefreshToken;
use crate::domain::user::Account;
use crate::state::AppState;
use crate::store::{resets, users};

const INTERVAL: Duration = Duration::from_secs(1);
const BATCH: i64 = 20;

/// Runs until the process stops. Any number of processes may run it.
pub fn start(state: AppState, jobs: &Jobs) {
    jobs.every("password resets", INTERVAL, move || {
        let state = state.clone();
        async move {
            while run(&state).await? > 0 {}
            Ok(())
        }
    });
}

/// Makes the links of up to a batch of requests. How many requests there were.
///
/// # Errors
/// When the database cannot be asked; then the requests stay.
pub async fn run(state: &AppState) -> anyhow::Result<usize> {
    let (now, ttl) = (state.clock.now(), state.reset.ttl());
    let mut tx = state.db.begin().await?;
    let requests = resets::delete_requests(&mut tx, BATCH).await?;
    for request in &requests {
        let found = users::find_by_email(&mut tx, &request.email).await?;
        let account = found.map(|found| found.account);
        let Some(account) = account.filter(Account::is_enabled) else {
            continue;
        };
        let token = RefreshToken::generate();
        let expires_at = now.checked_add(ttl)?;
        resets::insert_reset(&mut tx, token.hash(), account.id, now, expires_at).await?;
        let letter = state.letters.password_reset(&account, &token, now, ttl)?;
        letter
            .keep(&mut tx, &account.email, request.request_id, now)
            .await?;
    }
    tx.commit().await?;
    Ok(requests.len())
}
