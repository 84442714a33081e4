//! What shoppers and staff do while a service dies, and what must have come of it.

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use serde_json::Value;

use crate::race::{Buyer, Goods, Order, Report, Shop, ledger};

/// How many shoppers or orders at once.
pub(super) const AT_ONCE: usize = 4;

/// What was acknowledged.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Ids of orders, one per key.
    orders: Vec<String>,
    /// What they cost together, in minor units.
    paid: i64,
    /// What was given back.
    refunded: i64,
    /// Orders that are being refunded.
    refunding: Vec<String>,
}

impl Done {
    /// Adds what another batch came to.
    pub(super) fn add(&mut self, other: Self) {
        self.orders.extend(other.orders);
        self.paid += other.paid;
        self.refunded += other.refunded;
        self.refunding.extend(other.refunding);
    }

    /// Waits until the refunds are through.
    pub(super) async fn settle(&mut self, shop: &Shop) -> Result<()> {
        let is_done = |order: &Value| {
            let refunds = order["refunds"].as_array();
            refunds.is_some_and(|all| {
                !all.is_empty() && all.iter().all(|refund| refund["state"] == "succeeded")
            })
        };
        for id in self.refunding.drain(..) {
            let order = shop.see_until(&id, "refunded", is_done).await?;
            let refunded = order.body["refunded"]["amount"]
                .as_i64()
                .unwrap_or_default();
            ensure!(refunded > 0, "nothing of order {id} was refunded");
            self.refunded += refunded;
        }
        Ok(())
    }

    /// Orders by what each is called and costs.
    fn of<'a>(orders: impl Iterator<Item = (&'a Value, &'a Value)>) -> Result<Self> {
        let mut done = Self::default();
        for (id, total) in orders {
            done.orders
                .push(id.as_str().context("an order without an id")?.to_owned());
            done.paid += total["amount"]
                .as_i64()
                .context("an order without a total")?;
        }
        Ok(done)
    }

    fn of_orders(orders: &[Order]) -> Result<Self> {
        Self::of(
            orders
                .iter()
                .map(|order| (&order.body["id"], &order.body["totals"]["total"])),
        )
    }

    /// One order per key and one charge per order, by the provider's own books.
    pub(super) async fn judge(
        &self,
        shop: &Shop,
        report: &mut Report<'_>,
        goods: &Goods,
    ) -> Result<()> {
        let distinct: std::collections::BTreeSet<&String> = self.orders.iter().collect();
        report.check(distinct.len() == self.orders.len(), || {
            format!("{} keys, {} orders", self.orders.len(), distinct.len())
        });
        let made = shop.count_orders(goods).await?;
        report.check(
            usize::try_from(made).ok() == Some(self.orders.len()),
            || format!("{} keys, {made} orders in the database", self.orders.len()),
        );
        let books = ledger(&shop.target).await?;
        let (mut charges, mut captured, mut refunded) = (0, 0, 0);
        for intent in books["intents"].as_array().into_iter().flatten() {
            let order = intent["metadata"]["order_id"].as_str().unwrap_or_default();
            if distinct.iter().any(|known| known.as_str() == order) {
                charges += intent["charges_paid"].as_u64().unwrap_or_default();
                captured += intent["captured"].as_i64().unwrap_or_default();
                refunded += intent["refunded"].as_i64().unwrap_or_default();
            }
        }
        report.check(
            usize::try_from(charges).ok() == Some(self.orders.len()),
            || format!("{} orders, {charges} charges", self.orders.len()),
        );
        report.check((captured, refunded) == (self.paid, self.refunded), || {
            format!(
                "orders for {} with {} returned; the provider took {captured} and returned {refunded}",
                self.paid, self.refunded
            )
        });
        report.fact(format!(
            "{} keys, {made} orders, {charges} charges",
            self.orders.len()
        ));
        Ok(())
    }
}

/// All buyers pay at once; each asks again under the same key until the answer is final.
pub(super) async fn purchases(buyers: &[Buyer<'_>]) -> Result<Done> {
    let orders = try_join_all(buyers.iter().map(Buyer::pay)).await?;
    Done::of(orders.iter().map(|order| (&order["id"], &order["total"])))
}

/// Paid orders for staff to work on.
pub(super) async fn orders(shop: &Shop, prefix: &str, goods: &Goods) -> Result<Vec<Order>> {
    let buying =
        (0..AT_ONCE).map(async |index| shop.order(format!("{prefix}-{index}"), goods).await);
    try_join_all(buying).await
}

/// All orders are refunded at once; the money is on its way when this returns.
pub(super) async fn refunds(shop: &Shop, orders: &[Order]) -> Result<Done> {
    let refunding = orders.iter().map(async |order| {
        let request = order.refund(&format!("{}-refund", order.id));
        shop.act(request).await?.success("refund")
    });
    try_join_all(refunding).await?;
    let mut done = Done::of_orders(orders)?;
    done.refunding = orders.iter().map(|order| order.id.clone()).collect();
    Ok(done)
}

/// All orders are shipped at once.
pub(super) async fn shipments(shop: &Shop, orders: &[Order]) -> Result<Done> {
    let shipping = orders.iter().map(async |order| {
        let answer = shop.act(order.ship(&format!("{}-ship", order.id))).await?;
        answer.success("shipment")?;
        let after = shop.see(&order.id).await?;
        let shipments = after.body["shipments"].as_array().map_or(0, Vec::len);
        ensure!(shipments == 1, "{shipments} shipments of one order");
        anyhow::Ok(())
    });
    try_join_all(shipping).await?;
    Done::of_orders(orders)
}
