//! What the scenarios ask of the back office.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::stack::Stack;
use crate::state::Login;

/// A variant put on sale for a scenario.
#[derive(Debug, Clone)]
pub(crate) struct OnSale {
    pub(crate) variant_id: String,
    pub(crate) sku: String,
}

/// Puts a new product with that stock on sale, as a member of staff.
pub(super) async fn put_on_sale(stack: &Stack, name: &str, on_hand: u32) -> Result<OnSale> {
    let staff = stack
        .state
        .staff
        .as_ref()
        .context("there is no staff account")?;
    put_on_sale_at(&stack.settings().origin()?, staff, name, on_hand).await
}

/// The same in any shop that this account belongs to.
pub(crate) async fn put_on_sale_at(
    origin: &str,
    staff: &Login,
    name: &str,
    on_hand: u32,
) -> Result<OnSale> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .build()?;
    let login = json!({"email": staff.email, "password": staff.password});
    let session = call(
        client
            .post(format!("{origin}/api/v1/auth/login"))
            .json(&login),
    )
    .await?;
    let token = session["access_token"]
        .as_str()
        .context("no access token")?;
    let categories = call(client.get(format!("{origin}/api/v1/categories"))).await?;
    let category = leaf(&categories["items"][0]).context("there is no category")?;
    let sku = format!("E2E-{}-{on_hand}", name.to_uppercase());
    let product = json!({
        "title": format!("End-to-end {name}"),
        "category": category,
        "status": "active",
        "variants": [{
            "sku": sku,
            "price": {"amount": 4999, "currency": "USD"},
            "stock": {"on_hand": on_hand},
        }],
    });
    let request = client
        .post(format!("{origin}/api/v1/admin/products"))
        .bearer_auth(token);
    let created = call(request.json(&product)).await?;
    let variant = created["variants"][0]["id"]
        .as_str()
        .context("the product has no variant")?;
    Ok(OnSale {
        variant_id: variant.to_owned(),
        sku,
    })
}

/// The slug of the first category without children.
fn leaf(node: &Value) -> Option<&str> {
    match node["children"].get(0) {
        Some(child) => leaf(child),
        None => node["slug"].as_str(),
    }
}

async fn call(request: reqwest::RequestBuilder) -> Result<Value> {
    let response = request.send().await?;
    let (status, url) = (response.status(), response.url().path().to_owned());
    let text = response.text().await?;
    ensure!(status.is_success(), "{url}: {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("{url}: {text}"))
}
