//! After a restore: what holds, and what becomes of money that was taken for orders of the lost time.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;
use sqlx::PgConnection;

use super::Past;
use crate::drill::customer::Customer;
use crate::drill::evidence::{Findings, Witness, shown, verify};
use crate::drill::provider::{self, Payment};
use crate::drill::shoppers::Bought;
use crate::race::shop::patient;
use crate::race::{Buyer, Shop, ledger, quiet, uuid};
use crate::stack::Stack;

/// Who was signed in still is, and a cart is as it was left.
pub(super) async fn holds(
    findings: &mut Findings,
    shop: &Shop,
    customer: &mut Customer,
    keeper: &Buyer<'_>,
    kept: &Value,
) -> Result<()> {
    let mut session = customer.who().await.map(drop);
    if session.is_ok() {
        session = customer.refresh().await;
    }
    findings.check("a customer is still signed in", session.is_ok(), || {
        format!("{session:?}")
    });
    let request = keeper.request("GET", format!("/carts/{}", keeper.cart_id));
    let cart = patient(shop.wire.client(), &request)
        .await?
        .success("cart")?;
    let same = cart["lines"][0]["quantity"] == kept["lines"][0]["quantity"]
        && cart["version"] == kept["version"];
    findings.check("a cart is as it was left", same, || cart.to_string());
    Ok(())
}

/// Payments under way at the moment are settled; those of the lost time are found by the provider's list, and given back.
pub(super) async fn money(
    findings: &mut Findings,
    stack: &Stack,
    shop: &Shop,
    bought: &[Bought],
    past: &Past,
) -> Result<()> {
    let settled = quiet(shop).await?;
    let mut database = shop.target.connect().await?;
    let (mut missing, mut lost, mut saved) = (Vec::new(), BTreeSet::new(), 0);
    for one in bought {
        match (one.at < past.at, is_paid(&mut database, one).await?) {
            (true, true) => {}
            (true, false) => missing.push(&one.order_id),
            (false, true) => saved += 1,
            (false, false) => drop(lost.insert(one.order_id.clone())),
        }
    }
    findings.check(
        "every order acknowledged before T is placed and paid",
        missing.is_empty(),
        || format!("{missing:?}"),
    );
    findings.fact(format!(
        "{saved} orders were under way at T: their payments were found by asking the provider ({} until quiet)",
        shown(settled)
    ));
    findings.fact(format!(
        "lost with the time after T: {} orders, for which the provider took money",
        lost.len()
    ));
    let witness = Witness {
        quiet: true,
        history: Some(&past.told),
        books: None,
    };
    let broken = verify(stack, witness).await?;
    findings.check("at rest all invariants hold", broken.is_empty(), || {
        broken.join("; ")
    });
    let books = ledger(&shop.target).await?;
    let unknown = provider::unknown(&books, &mut database).await?;
    let orders: BTreeSet<String> = unknown.iter().map(|one| one.order_id.clone()).collect();
    findings.check(
        "the provider's books name exactly the lost orders",
        orders == lost,
        || format!("{orders:?} instead of {lost:?}"),
    );
    let witness = Witness {
        quiet: true,
        history: None,
        books: Some(&books),
    };
    let broken = verify(stack, witness).await?;
    let told = broken
        .iter()
        .any(|line| line.contains("payments_equal_provider"));
    findings.check("`verify --ledger` says so", told != lost.is_empty(), || {
        broken.join("; ")
    });
    give_back(findings, stack, shop, &unknown, past.since).await
}

/// Whether an order is placed, and money was taken for it.
async fn is_paid(database: &mut PgConnection, order: &Bought) -> Result<bool> {
    let query = "select exists (select from checkout.payment_attempt a
                                  join orders.sales_order o using (order_id)
                                 where order_id = $1::uuid and a.captured_minor > 0 and o.placed_at is not null)";
    let id = uuid(&order.order_id).context("an order's id")?;
    Ok(sqlx::query_scalar(query)
        .bind(id)
        .fetch_one(database)
        .await?)
}

/// Staff's script finds the payments that nobody knows, and gives each back once.
async fn give_back(
    findings: &mut Findings,
    stack: &Stack,
    shop: &Shop,
    unknown: &BTreeSet<Payment>,
    since: u64,
) -> Result<()> {
    // A little earlier: the provider's clock is another.
    let since = since.saturating_sub(60);
    let listed = provider::by_script(stack, shop, since, false).await?;
    findings.check("unknown-payments.sh lists them", listed == *unknown, || {
        format!("{listed:?} instead of {unknown:?}")
    });
    provider::by_script(stack, shop, since, true).await?;
    let mut database = shop.target.connect().await?;
    let books = ledger(&shop.target).await?;
    let left = provider::unknown(&books, &mut database).await?;
    findings.check("and gives their money back", left.is_empty(), || {
        format!("{left:?}")
    });
    let again = provider::by_script(stack, shop, since, true).await?;
    findings.check("once", again.is_empty(), || format!("{again:?}"));
    Ok(())
}
