//! Reports that the provider did not send: refused with 400, and no row of them is kept.

use anyhow::{Context, Result};
use serde_json::json;

use super::Torture;
use crate::count::Count;
use crate::race::{Report, Request, now};

/// Each wrong signature, then the right one.
pub(super) async fn run(torture: &Torture<'_>) -> Result<Count> {
    let mut report = Report::begin(torture.shop, "forged reports", torture.ui);
    let shop = torture.shop;
    let goods = shop.put_on_sale("forged", 1).await?;
    let order = shop
        .order(format!("forged-{:08x}", torture.run), &goods)
        .await?;
    let page = shop
        .target
        .payments
        .get("/v1/events?limit=1&type=payment_intent.succeeded")
        .await?;
    let genuine = page["data"]
        .get(0)
        .context("no event of a payment")?
        .clone();
    let forger = shop.wire.client();
    let cases = cases(torture);
    let count = cases.len();
    for (index, (name, headers, genuine_enough)) in cases.into_iter().enumerate() {
        let mut event = genuine.clone();
        event["id"] = json!(id(torture, index));
        let body = event.to_string().into_bytes();
        let mut request = Request::new("POST", "/payments/webhook");
        if let Some(header) = headers(&body)? {
            request = request.header("Stripe-Signature", header);
        }
        let sent = if name == "one byte changed" {
            String::from_utf8(body)?.replace("payment_intent.succeeded", "payment_intent.succeedeD")
        } else {
            String::from_utf8(body)?
        };
        let answer = forger.send(&request.bytes(sent.into_bytes())).await?;
        let wanted = if genuine_enough {
            "200"
        } else {
            "400 signature_invalid"
        };
        report.check(answer.outcome() == wanted, || {
            format!("{name}: {} instead of {wanted}", answer.outcome())
        });
        let rows = rows(torture, &id(torture, index)).await?;
        report.check(rows == i64::from(genuine_enough), || {
            format!("{name}: {rows} rows")
        });
    }
    let after = shop.see(&order.id).await?;
    report.check(after.body["version"] == order.body["version"], || {
        "a forged report changed the order".to_owned()
    });
    report.fact(format!(
        "{} forgeries refused, {} accepted as genuine",
        count - 2,
        2
    ));
    report.finish(&[&goods]).await
}

type Header<'a> = Box<dyn Fn(&[u8]) -> Result<Option<String>> + 'a>;

/// Names, headers, and whether the report is genuine.
fn cases<'a>(torture: &'a Torture<'_>) -> Vec<(&'static str, Header<'a>, bool)> {
    let payments = &torture.shop.target.payments;
    let signed = move |age: i64| -> Header<'a> {
        Box::new(move |body| {
            let at = now().saturating_add_signed(-age);
            Ok(Some(format!("t={at},v1={}", payments.sign(at, body)?)))
        })
    };
    let fixed = |text: &'static str| -> Header<'a> { Box::new(move |_| Ok(Some(text.to_owned()))) };
    vec![
        ("no header", Box::new(|_| Ok(None)), false),
        ("an empty header", fixed(""), false),
        ("a header of something else", fixed("Bearer x"), false),
        ("a wrong secret", wrong_secret(), false),
        ("one byte changed", signed(0), false),
        ("301 s old", signed(301), false),
        ("three days old", signed(3 * 86_400), false),
        ("ahead of time", signed(-64), false),
        (
            "only v0",
            Box::new(move |body| {
                let at = now();
                Ok(Some(format!("t={at},v0={}", payments.sign(at, body)?)))
            }),
            false,
        ),
        (
            "another time than signed",
            Box::new(move |body| {
                let at = now();
                Ok(Some(format!("t={at},v1={}", payments.sign(at - 1, body)?)))
            }),
            false,
        ),
        ("genuine", signed(0), true),
        (
            "two signatures, one right",
            Box::new(move |body| {
                let at = now();
                let right = payments.sign(at, body)?;
                Ok(Some(format!("t={at},v1={},v1={right}", "0".repeat(64))))
            }),
            true,
        ),
    ]
}

fn wrong_secret<'a>() -> Header<'a> {
    Box::new(|_| Ok(Some(format!("t={},v1={}", now(), "5".repeat(64)))))
}

fn id(torture: &Torture<'_>, index: usize) -> String {
    format!("evt_forged{:08x}{index}", torture.run)
}

async fn rows(torture: &Torture<'_>, event: &str) -> Result<i64> {
    let mut connection = torture.shop.target.connect().await?;
    let query = "select count(*) from checkout.provider_inbox where event_id = $1";
    let count = sqlx::query_scalar(query).bind(event);
    Ok(count.fetch_one(&mut connection).await?)
}
