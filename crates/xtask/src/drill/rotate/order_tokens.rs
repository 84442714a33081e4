//! The key of guests' order tokens: a link in a letter of before opens its order until the old key is taken away.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::meanwhile::meanwhile;
use super::{FOLLOWED, Fleet, PAUSE, roll, word};
use crate::drill::evidence::{Findings, shown};
use crate::race::shop::{patient, text};
use crate::race::{Goods, Request, Shop, Target};
use crate::stack::Stack;

/// One more key that opens orders.
const PREVIOUS: &str = "TECHMART_ORDERS__ORDER_TOKEN__KEY_PREVIOUS";

/// How a guest gets at an order.
#[derive(Debug)]
struct Guest {
    order_id: String,
    /// As the purchase was answered.
    told: String,
    /// As the link in the letter has it.
    mailed: String,
}

/// Changes the key while a guest opens an order by the link in a letter of before.
pub(super) async fn change(
    stack: &mut Stack,
    fleet: &mut Fleet,
    goods: &Goods,
    findings: &mut Findings,
) -> Result<()> {
    let begun = Instant::now();
    // Refusals are asked for here: not among what shoppers are answered.
    let shop = Shop::new(Target::of_stack(stack)?);
    let before = buy(&shop, goods).await?;
    let overlap = async {
        let next = hex::encode(rand::random::<[u8; 32]>());
        // Whoever opens orders knows the next key before anybody signs with it.
        roll(
            stack,
            fleet,
            "orders",
            &[(PREVIOUS.to_owned(), next.clone())],
        )
        .await?;
        let old = std::mem::replace(&mut stack.secrets.order_token_key, next);
        stack.secrets.save(&stack.instance)?;
        roll(stack, fleet, "checkout", &[]).await?;
        let between = buy(&shop, goods).await?;
        roll(stack, fleet, "orders", &[(PREVIOUS.to_owned(), old)]).await?;
        let after = buy(&shop, goods).await?;
        Ok::<_, anyhow::Error>((between, after))
    };
    let link = async || -> Result<()> {
        let status = open(&shop, &before.order_id, &before.mailed).await?;
        ensure!(status == 200, "{status}");
        Ok(())
    };
    let what = "a mailed link of before opened its order";
    let (between, after) = meanwhile(findings, what, link, overlap).await?;
    let both = [
        open(&shop, &between.order_id, &between.told).await?,
        open(&shop, &after.order_id, &after.mailed).await?,
    ];
    findings.check(
        "so do purchases and letters of now",
        both == [200; 2],
        || format!("{both:?}"),
    );

    roll(stack, fleet, "orders", &[]).await?;
    let old = [
        open(&shop, &before.order_id, &before.mailed).await?,
        open(&shop, &before.order_id, &before.told).await?,
    ];
    findings.check(
        "without the old key its links open nothing",
        old == [404; 2],
        || format!("{old:?}"),
    );
    let new = [
        open(&shop, &between.order_id, &between.told).await?,
        open(&shop, &after.order_id, &after.told).await?,
        open(&shop, &after.order_id, &after.mailed).await?,
    ];
    findings.check("those of the new key do", new == [200; 3], || {
        format!("{new:?}")
    });
    findings.fact(format!("order tokens: {} in all", shown(begun.elapsed())));
    Ok(())
}

/// A guest buys one piece and gets a letter.
async fn buy(shop: &Shop, goods: &Goods) -> Result<Guest> {
    let buyer = shop
        .buyer(format!("drill-guest-{}", word()), &[(goods, 1)])
        .await?;
    let answer = patient(buyer.client, &buyer.complete()).await?;
    let placed: Value = answer.success("purchase")?;
    let order_id = text(&placed["order"], "id")?;
    Ok(Guest {
        told: text(&placed, "order_token")?,
        mailed: mailed(shop, &order_id).await?,
        order_id,
    })
}

/// The token in the link of the letter about an order. The letter is written soon after the purchase.
async fn mailed(shop: &Shop, order_id: &str) -> Result<String> {
    let mut connection = shop.target.connect().await?;
    let link = format!("/orders/{order_id}#token=");
    let query = "select body_text from orders.message where strpos(body_text, $1) > 0 limit 1";
    let begun = Instant::now();
    loop {
        let letter = sqlx::query_scalar(query).bind(&link);
        let letter: Option<String> = letter.fetch_optional(&mut connection).await?;
        if let Some((_, rest)) = letter.as_deref().and_then(|text| text.split_once(&link)) {
            let token = rest.split_whitespace().next();
            return Ok(token.context("a link without a token")?.to_owned());
        }
        ensure!(
            begun.elapsed() < FOLLOWED * 10,
            "no letter about {order_id}"
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// What the holder of a token is answered who asks for an order.
async fn open(shop: &Shop, order_id: &str, token: &str) -> Result<u16> {
    let request = Request::new("GET", format!("/orders/{order_id}")).header("Order-Token", token);
    Ok(shop.wire.client().send(&request).await?.status)
}
