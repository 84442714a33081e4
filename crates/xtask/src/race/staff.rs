//! What staff do to an order.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::settle::{is_passing, until_final};
use super::shop::{Buyer, Goods, Shop, patient, text};
use super::wire::{Answer, Request};

/// How long an order may take to show what was asked for.
const PATIENCE: Duration = Duration::from_secs(90);

/// An order as staff see it, and the version they see.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: String,
    etag: String,
    pub(crate) body: Value,
}

impl Shop {
    /// Buys one piece and answers the order.
    pub(crate) async fn order(&self, key: String, goods: &Goods) -> Result<Order> {
        let buyer = self.buyer(key, &[(goods, 1)]).await?;
        let placed = buyer.pay().await?;
        self.see(&text(&placed, "id")?).await
    }

    /// Reads an order as staff.
    pub(crate) async fn see(&self, id: &str) -> Result<Order> {
        let request = Request::new("GET", format!("/admin/orders/{id}"));
        let request = self.signed_in(request).await?;
        let answer = patient(self.wire.client(), &request).await?;
        let etag = answer.headers.get("etag").cloned();
        Ok(Order {
            id: id.to_owned(),
            body: answer.success("order")?,
            etag: etag.context("an order without an ETag")?,
        })
    }

    /// Reads an order until it looks as it should.
    pub(crate) async fn see_until(
        &self,
        id: &str,
        what: &str,
        good: impl Fn(&Value) -> bool,
    ) -> Result<Order> {
        let begun = Instant::now();
        loop {
            let order = self.see(id).await?;
            if good(&order.body) {
                return Ok(order);
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "order {id} never became {what}: {}",
                order.body
            );
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Does something to an order as it is now; again while it changes between reading and writing.
    pub(crate) async fn insist(
        &self,
        id: &str,
        what: impl Fn(&Order) -> Request,
    ) -> Result<Answer> {
        let begun = Instant::now();
        loop {
            let order = self.see(id).await?;
            let answer = self.act(what(&order)).await?;
            if answer.status != 412 || begun.elapsed() > PATIENCE {
                return Ok(answer);
            }
        }
    }

    /// Does something to an order, asking again until the answer is final.
    pub(crate) async fn act(&self, request: Request) -> Result<Answer> {
        let request = self.signed_in(request).await?;
        let client = self.wire.client();
        let first = client.send(&request).await;
        match first {
            Ok(answer) if !is_passing(&answer) => Ok(answer),
            first => until_final(client, &request, first).await,
        }
    }
}

impl Buyer<'_> {
    /// Pays, asking again under the same key until the answer is final; the order as it was told.
    pub(crate) async fn pay(&self) -> Result<Value> {
        let request = self.complete();
        let first = self.client.send(&request).await;
        let answer = until_final(self.client, &request, first).await?;
        Ok(answer.success("purchase")?["order"].clone())
    }
}

impl Order {
    fn lines(&self) -> Vec<Value> {
        let lines = self.body["lines"].as_array().into_iter().flatten();
        lines
            .map(|line| json!({"line_id": line["id"], "quantity": line["quantity"]}))
            .collect()
    }

    fn action(&self, what: &str, key: &str, body: &Value) -> Request {
        Request::new("POST", format!("/admin/orders/{}/{what}", self.id))
            .header("If-Match", &self.etag)
            .header("Idempotency-Key", key)
            .json(body)
    }

    /// Cancels all of it.
    pub(crate) fn cancel(&self, key: &str) -> Request {
        self.action("cancel", key, &json!({"reason": "the race suite"}))
    }

    /// Ships all of it at once.
    pub(crate) fn ship(&self, key: &str) -> Request {
        let body = json!({
            "lines": self.lines(), "ship": true, "carrier": "Race", "tracking_number": key,
        });
        self.action("shipments", key, &body)
    }

    /// Gives back all that was paid for its lines.
    pub(crate) fn refund(&self, key: &str) -> Request {
        let body = json!({
            "lines": self.lines(), "destination": "original", "reason": "the race suite",
        });
        self.action("refunds", key, &body)
    }
}
