//! What the payment provider took that the shop knows nothing of, and `deploy/pipeline/unknown-payments.sh`, by which
//! staff find it and give it back.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sqlx::PgConnection;
use tokio::process::Command;

use crate::race::Shop;
use crate::race::shop::text;
use crate::stack::Stack;
use crate::supervisor::base_env;

const SCRIPT: &str = "deploy/pipeline/unknown-payments.sh";

/// A payment with money taken and not given back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Payment {
    pub(super) id: String,
    /// As the shop had named it to the provider.
    pub(super) order_id: String,
}

/// Payments in the provider's books with money taken and not given back, of which the database has no row.
pub(super) async fn unknown(
    books: &Value,
    connection: &mut PgConnection,
) -> Result<BTreeSet<Payment>> {
    let known: Vec<String> = sqlx::query_scalar(
        "select provider_ref from checkout.payment_attempt where provider_ref is not null",
    )
    .fetch_all(connection)
    .await?;
    let known: BTreeSet<String> = known.into_iter().collect();
    let intents = books["intents"]
        .as_array()
        .context("the provider's payments")?;
    Ok(intents
        .iter()
        .filter(|intent| intent["captured"].as_i64() > intent["refunded"].as_i64())
        .filter_map(|intent| {
            Some(Payment {
                id: intent["id"].as_str()?.to_owned(),
                order_id: intent["metadata"]["order_id"].as_str()?.to_owned(),
            })
        })
        .filter(|payment| !known.contains(&payment.id))
        .collect())
}

/// What the script lists since that time (Unix seconds); `refund` has it give the money back.
pub(super) async fn by_script(
    stack: &Stack,
    shop: &Shop,
    since: u64,
    refund: bool,
) -> Result<BTreeSet<Payment>> {
    let settings = stack.settings();
    let mut command = Command::new(stack.instance.workspace().join(SCRIPT));
    command.arg(since.to_string());
    if refund {
        command.arg("--refund");
    }
    let output = command
        .env_clear()
        .envs(base_env())
        .env("SHOP", settings.origin()?)
        .env("STAFF_TOKEN", staff_token(shop).await?)
        .env("STRIPE_API", settings.payment_origin()?)
        .env("STRIPE_SECRET_KEY", &stack.secrets.payment_secret_key)
        .output()
        .await
        .with_context(|| format!("cannot run {SCRIPT}"))?;
    if !output.status.success() {
        bail!(
            "{SCRIPT}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    listed
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let payment = words.next().zip(words.next());
            let (id, order_id) = payment.with_context(|| format!("not a payment: {line}"))?;
            Ok(Payment { id, order_id })
        })
        .collect()
}

async fn staff_token(shop: &Shop) -> Result<String> {
    let login = &shop.target.staff;
    let login = serde_json::json!({"email": login.email, "password": login.password});
    let request = crate::race::Request::new("POST", "/auth/login").json(&login);
    let session = shop.wire.client().send(&request).await?;
    text(&session.success("staff login")?, "access_token")
}
