//! Somebody who tries one card after the other tries stolen ones: after a few declines the next attempt has to wait.

use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::complete::{PayWith, Request};
use crate::domain::payment::Card;
use crate::error::Error;
use crate::state::AppState;
use crate::store::attempts::Attempt;
use crate::store::checkouts::Checkout;
use crate::store::declines;

/// What is counted for a payment: who pays, for which cart, from where, with which card.
fn subjects(checkout: &Checkout, client: Option<&str>, fingerprint: Option<&str>) -> Vec<String> {
    let mut subjects = vec![format!("cart:{}", checkout.cart_id)];
    subjects.extend(checkout.customer_id().map(|id| format!("customer:{id}")));
    subjects.extend(client.map(|client| format!("network:{client}")));
    subjects.extend(fingerprint.map(|card| format!("card:{card}")));
    subjects
}

fn window(state: &AppState) -> SignedDuration {
    SignedDuration::from_secs(state.settings.payment.declines_window_s)
}

/// Refuses where there were too many declines. A checkout that needs no card is never refused: nothing is tried.
pub(super) async fn check(
    conn: &mut PgConnection,
    state: &AppState,
    checkout: &Checkout,
    request: &Request,
    now: Timestamp,
) -> Result<(), Error> {
    if request.pay_with.is_none() {
        return Ok(());
    }
    let (client, card) = (
        request.client.as_deref(),
        request.card_fingerprint.as_deref(),
    );
    let subjects = subjects(checkout, client, card);
    let since = now.saturating_sub(window(state)).unwrap_or(Timestamp::MIN);
    let most = state.settings.payment.declines_max;
    let Some(oldest) = declines::find_too_many(conn, &subjects, since, most).await? else {
        return Ok(());
    };
    metrics::counter!("techmart_checkout_card_testing_refusals_total").increment(1);
    let left = oldest
        .saturating_add(window(state))
        .unwrap_or(now)
        .duration_since(now)
        .as_secs();
    Err(Error::TooManyDeclines {
        retry_after_s: u64::try_from(left).unwrap_or(0).max(1),
    })
}

/// Asks the provider which card it is, where the customer or the network had a card declined lately: a card that is tried
/// over and over is then known before it is charged.
///
/// # Errors
/// When the database fails.
pub async fn look(state: &AppState, request: Request) -> Result<Request, Error> {
    let Some(PayWith::Method(method)) = &request.pay_with else {
        return Ok(request);
    };
    if method.names_test_card() {
        return Ok(request);
    }
    let customer = request
        .principal
        .customer_id
        .map(|id| format!("customer:{id}"));
    let network = request
        .client
        .as_ref()
        .map(|client| format!("network:{client}"));
    let subjects: Vec<String> = customer.into_iter().chain(network).collect();
    let since = state
        .now()
        .saturating_sub(window(state))
        .unwrap_or(Timestamp::MIN);
    let mut conn = state.db.write().await?;
    let suspicious = declines::find_too_many(&mut conn, &subjects, since, 1).await?;
    // No connection is kept while the provider is asked.
    drop(conn);
    if suspicious.is_none() {
        return Ok(request);
    }
    let details = state.provider.payment_method(method.as_str()).await;
    let card = details.and_then(|details| details.card());
    Ok(Request {
        card_fingerprint: card.and_then(|card| card.fingerprint),
        ..request
    })
}

/// Counts a decline.
pub(super) async fn record(
    conn: &mut PgConnection,
    checkout: &Checkout,
    attempt: &Attempt,
    card: Option<&Card>,
    now: Timestamp,
) -> Result<(), Error> {
    let fingerprint = card
        .and_then(|card| card.fingerprint.as_deref())
        .or(attempt.card_fingerprint.as_deref());
    let subjects = subjects(checkout, attempt.client.as_deref(), fingerprint);
    Ok(declines::insert(conn, &subjects, now).await?)
}
