//! Secrets change while shoppers buy and customers are signed in: nobody notices.

mod meanwhile;
mod order_tokens;
mod passwords;
mod peppers;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::join_all;
use rand::distr::{Alphanumeric, SampleString};
use serde_json::json;

use super::customer::Customer;
use super::evidence::{Findings, Witness, shown, verify};
use super::roll::{self, Rolling};
use super::shoppers::Shoppers;
use crate::count::Count;
use crate::env::services;
use crate::race::{Shop, Target, ledger, now, quiet};
use crate::stack::Stack;
use crate::tool;

const SHOPPERS: usize = 2;
const CUSTOMERS: usize = 4;
const STOCK: usize = 100_000;
/// Between two looks of a customer: all come from one address, to which the limits of one shopper apply.
const PAUSE: Duration = Duration::from_millis(300);
/// How often a customer takes new tokens, in looks. Browsers do every ten minutes.
const LOOKS_PER_TOKEN: u32 = 10;
/// A service follows keys and retirements within this.
const FOLLOWED: Duration = Duration::from_secs(3);

/// Every service, each by the instance that runs now.
type Fleet = BTreeMap<&'static str, Rolling>;

/// Customers who look around for as long as they are not told to stop.
#[derive(Debug, Default)]
struct Watch {
    stop: AtomicBool,
    failures: Mutex<Vec<String>>,
    looks: std::sync::atomic::AtomicU32,
}

impl Watch {
    async fn look_on(&self, mut customer: Customer) {
        let mut looks = 0_u32;
        while !self.stop.load(Ordering::Relaxed) {
            looks += 1;
            let outcome = match looks % LOOKS_PER_TOKEN {
                0 => customer.refresh().await,
                1 => customer.who().await.map(drop),
                _ => customer.orders().await.map(drop),
            };
            if let Err(error) = outcome {
                let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push(format!("{error:#}"));
            }
            self.looks.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn failures(&self) -> Vec<String> {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Runs the drill.
pub(super) async fn run(stack: &mut Stack, short: bool) -> Result<Count> {
    let mut findings = Findings::new("Rotation of secrets", stack.ui);
    let shop = Shop::new(Target::of_stack(stack)?);
    let goods = shop.put_on_sale("rotate", STOCK).await?;
    let signed_in = (0..CUSTOMERS).map(async |index| Customer::sign_in(stack, index).await);
    let customers: Vec<Customer> = join_all(signed_in)
        .await
        .into_iter()
        .collect::<Result<_>>()?;
    let mut fleet: Fleet = services().map(|name| (name, Rolling::of(name))).collect();
    let watch = Watch::default();
    let shoppers = Shoppers::of(&shop, &goods);
    let looking = join_all(
        customers
            .into_iter()
            .map(|customer| watch.look_on(customer)),
    );
    let begun = Instant::now();
    let working = async {
        let outcome = shoppers
            .during(SHOPPERS, async {
                signing_key(stack, &mut fleet, &mut findings).await?;
                passwords::change(stack, &mut fleet, short, &mut findings).await?;
                Box::pin(peppers::change(stack, &mut fleet, &mut findings)).await?;
                Box::pin(order_tokens::change(
                    stack,
                    &mut fleet,
                    &goods,
                    &mut findings,
                ))
                .await?;
                second_webhook_secret(stack, &mut fleet, &shop, &mut findings).await
            })
            .await;
        watch.stop.store(true, Ordering::Relaxed);
        outcome
    };
    let (outcome, _) = tokio::join!(working, looking);
    let old = outcome?;

    unnoticed(&shop, &shoppers, &watch, begun, &mut findings);
    quiet(&shop).await?;
    only_webhook_secret(stack, &mut fleet, &shop, &old, &mut findings).await?;
    // Staff who were signed in with the retired key sign in again.
    let last = Shop::new(Target::of_stack(stack)?);
    last.order("drill-last".to_owned(), &goods).await?;
    quiet(&last).await?;
    let (books, told) = (ledger(&shop.target).await?, shop.wire.history());
    let witness = Witness {
        quiet: true,
        history: Some(&told),
        books: Some(&books),
    };
    let broken = verify(stack, witness).await?;
    findings.check(
        "all invariants hold, reports of the provider arrived",
        broken.is_empty(),
        || broken.join("; "),
    );
    Ok(findings.count())
}

/// Nobody noticed anything.
fn unnoticed(
    shop: &Shop,
    shoppers: &Shoppers<'_>,
    watch: &Watch,
    begun: Instant,
    findings: &mut Findings,
) {
    let failures = watch.failures();
    findings.fact(format!(
        "{} orders and {} requests of {CUSTOMERS} signed-in customers in {}",
        shoppers.bought().len(),
        watch.looks.load(Ordering::Relaxed),
        shown(begun.elapsed())
    ));
    findings.check(
        "nobody was signed out and no request of theirs failed",
        failures.is_empty(),
        || format!("{} failed, the first: {}", failures.len(), failures[0]),
    );
    let (away, refused) = (shoppers.turned_away(), shoppers.refused());
    findings.check(
        "no shopper was turned away",
        away.is_empty() && refused.is_empty(),
        || format!("{away:?} {refused:?}"),
    );
    let seen = shop.wire.take_seen();
    let bad: Vec<_> = seen
        .iter()
        .filter(|((status, _), _)| *status >= 400)
        .collect();
    findings.check(
        "every answer to them was a good one",
        bad.is_empty(),
        || format!("{bad:?}"),
    );
}

/// A new key signs; tokens of the one before are good until it is retired.
async fn signing_key(stack: &mut Stack, fleet: &mut Fleet, findings: &mut Findings) -> Result<()> {
    let old = Customer::sign_in(stack, 0).await?;
    let key = tool::capture(&stack.instance, "auth", &["key", "generate"], Vec::new()).await?;
    stack.secrets.jwt_signing_key = Some(key);
    stack.secrets.save(&stack.instance)?;
    let begun = Instant::now();
    roll(stack, fleet, "auth", &[]).await?;
    let new = Customer::sign_in(stack, 0).await?;
    let (before, after) = (old.signed_by()?, new.signed_by()?);
    findings.check("a new key signs", before != after, || before.clone());
    let both = (old.orders().await, new.orders().await);
    findings.check(
        "tokens of both keys are good",
        both.0.is_ok() && both.1.is_ok(),
        || format!("{both:?}"),
    );
    // Nobody has a token of the old key any more once all have taken new ones; in production after ten minutes.
    tokio::time::sleep(PAUSE * (LOOKS_PER_TOKEN * 2)).await;
    let env = stack.settings().service("auth")?;
    tool::capture(&stack.instance, "auth", &["key", "retire", &before], env).await?;
    tokio::time::sleep(FOLLOWED).await;
    let both = (old.orders().await, new.orders().await);
    findings.check(
        "a retired key's tokens are refused",
        both.0.is_err() && both.1.is_ok(),
        || format!("{both:?}"),
    );
    findings.fact(format!("signing key: {} in all", shown(begun.elapsed())));
    Ok(())
}

/// Two secrets are good at once. Answers the provider as it signs until it changes, too.
async fn second_webhook_secret(
    stack: &mut Stack,
    fleet: &mut Fleet,
    shop: &Shop,
    findings: &mut Findings,
) -> Result<Target> {
    let old = Target::of_stack(stack)?;
    let secret = format!("whsec_{}", word());
    let before = std::mem::replace(&mut stack.secrets.payment_webhook_secret, secret);
    stack.secrets.save(&stack.instance)?;
    let previous = "TECHMART_CHECKOUT__PAYMENT__WEBHOOK_SECRET_PREVIOUS";
    roll(stack, fleet, "checkout", &[(previous.to_owned(), before)]).await?;
    let new = Target::of_stack(stack)?;
    let both = (report(shop, &old).await?, report(shop, &new).await?);
    findings.check(
        "reports signed with either secret are taken",
        both == (200, 200),
        || format!("{both:?}"),
    );
    Ok(old)
}

/// The provider signs with the new secret, and then no other is good. The simulator has to stop for that, so nobody is
/// buying.
async fn only_webhook_secret(
    stack: &mut Stack,
    fleet: &mut Fleet,
    shop: &Shop,
    old: &Target,
    findings: &mut Findings,
) -> Result<()> {
    roll::restart_provider(stack).await?;
    roll(stack, fleet, "checkout", &[]).await?;
    let new = Target::of_stack(stack)?;
    let both = (report(shop, old).await?, report(shop, &new).await?);
    findings.check("then the new one alone", both == (400, 200), || {
        format!("{both:?}")
    });
    Ok(())
}

/// Sends a report that concerns nobody, signed as that target's provider signs; the status.
async fn report(shop: &Shop, target: &Target) -> Result<u16> {
    let id = format!("evt_drill_{}", word());
    let event = json!({"id": id, "object": "event", "type": "product.updated", "data": {"object": {"id": "prod_1"}}});
    let request = target.payments.report(&event, now())?;
    Ok(shop.wire.client().send(&request).await?.status)
}

async fn roll(
    stack: &mut Stack,
    fleet: &mut Fleet,
    name: &str,
    more: &[(String, String)],
) -> Result<()> {
    let service = fleet.get_mut(name).context("no such service")?;
    service.roll(stack, more).await
}

/// A password of letters and digits.
fn word() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}
