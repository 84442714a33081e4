//! A price changes while shoppers pay: each is charged what was shown, or told the new total.

use anyhow::Result;
use serde_json::json;

use super::Race;
use super::report::Report;
use super::settle::{Settled, settle};
use super::shop::{Buyer, Goods};
use super::wire::{Request, volley};
use crate::count::Count;

const AT_ONCE: usize = 20;
/// The prices between which the staff change, in cents.
const PRICES: [i64; 2] = [5999, 4999];

/// A member of staff sets the price while a group of shoppers pays.
pub(super) async fn run(race: &mut Race<'_>) -> Result<Count> {
    let rounds = if race.short { 5 } else { 50 };
    let title = format!("{AT_ONCE} buyers while the price changes, {rounds} times");
    let mut report = Report::begin(race.shop, title, race.ui);
    let goods = race.shop.put_on_sale("price", rounds * AT_ONCE * 2).await?;
    let (mut shown, mut told) = (0, 0);
    for round in 0..rounds {
        report.update(&format!("round {round}"));
        let prefix = race.key(&format!("price{round}"));
        let buyers = race.shop.buyers(AT_ONCE, &prefix, &goods).await?;
        let settled =
            change_while_paying(race, &mut report, &goods, &buyers, PRICES[round % 2]).await?;
        report.add(&settled, &["201 placed", "409 totals_changed"]);
        for (buyer, answer) in buyers.iter().zip(&settled.answers) {
            let agreed = &buyer.checkout["totals"]["total"];
            if answer.status == 201 {
                shown += 1;
                let charged = &answer.body["order"]["total"];
                report.check(charged == agreed, || {
                    format!("shown {agreed}, charged {charged}")
                });
            } else {
                told += 1;
                let new = &answer.body["checkout"]["totals"]["total"];
                report.check(new["amount"].is_i64() && new != agreed, || {
                    format!("totals_changed from {agreed} to {new}")
                });
            }
        }
    }
    report.fact(format!(
        "{shown} charged as shown, {told} told the new total and not charged"
    ));
    report.finish(&[&goods]).await
}

async fn change_while_paying(
    race: &Race<'_>,
    report: &mut Report<'_>,
    goods: &Goods,
    buyers: &[Buyer<'_>],
    amount: i64,
) -> Result<Settled> {
    let path = format!("/admin/variants/{}/prices/USD", goods.variant_id);
    let change = Request::new("PUT", path).json(&json!({"amount": amount}));
    let change = race.shop.signed_in(change).await?;
    let mut shots: Vec<_> = buyers
        .iter()
        .map(|buyer| (buyer.client, buyer.complete()))
        .collect();
    // In the middle: about half of the requests are ahead of it.
    shots.insert(shots.len() / 2, (race.shop.wire.client(), change));
    let mut volley = volley(shots.clone()).await?;
    let changed = volley.answers.remove(buyers.len() / 2)?;
    shots.remove(buyers.len() / 2);
    report.check((200..300).contains(&changed.status), || {
        format!("the price was not changed: {}", changed.body)
    });
    settle(volley, &shots).await
}
