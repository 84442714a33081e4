//! 100 buyers at once, 10 in stock: exactly 10 orders and 90 clear refusals.

use anyhow::{Result, ensure};
use futures::future::join_all;

use super::ledger;
use super::shopper::{End, Shopper};
use super::staff::{OnSale, put_on_sale};
use crate::count::Count;
use crate::stack::Stack;
use crate::ui::Ui;

pub(super) const BUYERS: u8 = 100;
pub(super) const STOCK: u8 = 10;

/// Runs it; any other answer than an order or `out_of_stock` (a 429 too) fails it.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Buyers");
    let goods = put_on_sale(stack, "buyers", u32::from(STOCK)).await?;
    step.update(&format!("{BUYERS} at once, {STOCK} in stock"));
    let ends = all_buy(stack, &goods, false).await?;
    let sold = judge(stack, &ends).await?;
    ledger::settled(stack, &goods.sku, i64::from(STOCK), sold).await?;
    step.done(format!(
        "{sold} orders, {} refusals, no 429; stock and orders agree",
        ends.len() - usize::from(STOCK)
    ));
    Ok(Count::passed(1))
}

/// Lets all guests buy the same thing at the same time.
pub(super) async fn all_buy(stack: &Stack, goods: &OnSale, patient: bool) -> Result<Vec<End>> {
    let origin = stack.settings().origin()?;
    let buyers = (1..=BUYERS).map(|index| {
        let shopper = Shopper::new(&origin, index, patient);
        async move { shopper?.buy(&goods.variant_id).await }
    });
    join_all(buyers).await.into_iter().collect()
}

/// Counts the orders; each acknowledged one must be there, placed, under its own number.
pub(super) async fn judge(stack: &Stack, ends: &[End]) -> Result<i64> {
    let origin = stack.settings().origin()?;
    let reader = Shopper::new(&origin, BUYERS + 1, false)?;
    let mut sold = 0;
    for end in ends {
        match end {
            End::Placed {
                order_id,
                number,
                token,
            } => {
                let order = reader.see(order_id, token).await?;
                ensure!(
                    order["number"] == number.as_str() && order["state"] == "placed",
                    "order {order_id} was acknowledged and now reads {order}"
                );
                sold += 1;
            }
            End::OutOfStock { available } => {
                ensure!(
                    (0..=0).contains(available),
                    "refused with {available} available"
                );
            }
        }
    }
    ensure!(
        sold == i64::from(STOCK),
        "{sold} orders for a stock of {STOCK}"
    );
    Ok(sold)
}
