//! What one core carries: processor time of each service, of PostgreSQL and of Redis for one request of each kind, with
//! optimised programs. The scaling guide of docs/OPERATIONS.md is made of these figures.

#![expect(
    clippy::float_arithmetic,
    reason = "processor time for people to read; no money"
)]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};

use crate::bench::cpu;
use crate::build;
use crate::count::Count;
use crate::env::services;
use crate::race::{Buyer, Goods, Request, Shop, Target};
use crate::stack::Stack;

/// Requests under way at the same time.
const AT_ONCE: usize = 8;
/// How long the idle shop is watched.
const IDLE: Duration = Duration::from_secs(5);
/// Beside the services.
const OTHERS: [&str; 2] = ["postgres", "redis"];
/// What shoppers type.
const WORDS: [&str; 6] = ["laptop", "usb hub", "headphones", "tv", "ssd", "printer"];

/// Processor time so far, in seconds, by process.
type Times = Vec<(String, f64)>;

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Product,
    List,
    Search,
    AddToCart,
    CheckOut,
    Pay,
}

const KINDS: [(Kind, &str); 6] = [
    (Kind::Product, "product page"),
    (Kind::List, "list of 24"),
    (Kind::Search, "search"),
    (Kind::AddToCart, "new cart and a line (2 requests)"),
    (Kind::CheckOut, "checkout up to paying (3 requests)"),
    (Kind::Pay, "pay"),
];

/// Measures all kinds and prints a table.
pub(super) async fn run(stack: &mut Stack, short: bool, build_anew: bool) -> Result<Count> {
    for name in services() {
        build::optimised(&stack.instance, name, build_anew, stack.ui)?;
        stack.restart(name, &[], &[]).await?;
    }
    let shop = Shop::new(Target::of_stack(stack)?);
    let goods = shop.put_on_sale("capacity", 1_000_000).await?;
    let slugs = slugs(&shop).await?;
    let count = if short { 80 } else { 800 };
    let idle = idle(stack).await?;
    let ui = stack.ui;
    let total: f64 = idle.iter().map(|(_, share)| share).sum();
    ui.line(format!("  idle: {:.1} % of a core in all", total * 100.0));
    ui.line("  processor time of one, in ms:");
    for (kind, title) in KINDS {
        // Statements are prepared and caches filled by the first ones.
        measure(stack, &shop, &goods, &slugs, (kind, AT_ONCE * 4), &idle).await?;
        let row = measure(stack, &shop, &goods, &slugs, (kind, count), &idle).await?;
        ui.line(format!("    {title}: {row}"));
    }
    Ok(Count::passed(1))
}

async fn slugs(shop: &Shop) -> Result<Vec<String>> {
    let request = Request::new("GET", "/products?limit=50");
    let page = shop
        .wire
        .client()
        .send(&request)
        .await?
        .success("products")?;
    let items = page["items"].as_array().context("no products")?;
    let slugs = items
        .iter()
        .filter_map(|item| item["slug"].as_str().map(str::to_owned));
    Ok(slugs.collect())
}

/// Shares of a core that each process needs while nobody asks for anything.
async fn idle(stack: &Stack) -> Result<Times> {
    let before = times(stack)?;
    tokio::time::sleep(IDLE).await;
    let after = times(stack)?;
    Ok(used(&before, &after, |_, seconds| {
        seconds / IDLE.as_secs_f64()
    }))
}

fn times(stack: &Stack) -> Result<Times> {
    services()
        .chain(OTHERS)
        .map(|name| {
            let process = stack.supervisor.process(name);
            let process = process.with_context(|| format!("{name} does not run"))?;
            Ok((name.to_owned(), cpu::of_tree(process.pid)?.as_secs_f64()))
        })
        .collect()
}

fn used(before: &Times, after: &Times, of: impl Fn(usize, f64) -> f64) -> Times {
    let both = before.iter().zip(after).enumerate();
    both.map(|(index, ((name, before), (_, after)))| (name.clone(), of(index, after - before)))
        .collect()
}

/// Runs that many of a kind; the row of the table.
async fn measure(
    stack: &Stack,
    shop: &Shop,
    goods: &Goods,
    slugs: &[String],
    (kind, count): (Kind, usize),
    idle: &Times,
) -> Result<String> {
    let buyers = match kind {
        Kind::Product | Kind::List | Kind::Search | Kind::AddToCart => Vec::new(),
        Kind::CheckOut => carts(shop, goods, count).await?,
        Kind::Pay => shop.buyers(count, &key(), goods).await?,
    };
    let (before, begun) = (times(stack)?, Instant::now());
    match kind {
        Kind::Product | Kind::List | Kind::Search => look(shop, slugs, kind, count).await?,
        Kind::AddToCart => drop(carts(shop, goods, count).await?),
        Kind::CheckOut => {
            let checking = stream::iter(buyers)
                .map(|mut buyer| async move { buyer.check_out().await })
                .buffer_unordered(AT_ONCE);
            checking.try_collect::<Vec<()>>().await?;
        }
        Kind::Pay => {
            let paying = stream::iter(&buyers)
                .map(async |buyer| buyer.pay().await)
                .buffer_unordered(AT_ONCE);
            ensure!(
                paying.try_collect::<Vec<_>>().await?.len() == count,
                "not all were paid"
            );
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let each = f64::from(u32::try_from(count)?);
    let after = times(stack)?;
    let row = used(&before, &after, |index, used| {
        (used - idle[index].1 * seconds).max(0.0) * 1000.0 / each
    });
    let (ours, others) = row.split_at(row.len() - OTHERS.len());
    let services: f64 = ours.iter().map(|(_, ms)| ms).sum();
    let parts: Vec<String> = ours
        .iter()
        .filter(|(_, ms)| *ms >= 0.05)
        .map(|(name, ms)| format!("{name} {ms:.2}"))
        .collect();
    let others: Vec<String> = others
        .iter()
        .map(|(name, ms)| format!("{name} {ms:.2}"))
        .collect();
    Ok(format!(
        "services {services:.2} ({}), {}; {:.0} a second",
        parts.join(", "),
        others.join(", "),
        each / seconds
    ))
}

/// So many requests that only read.
async fn look(shop: &Shop, slugs: &[String], kind: Kind, count: usize) -> Result<()> {
    let looking = stream::iter(0..count)
        .map(|index| {
            let path = match kind {
                Kind::Product => format!("/products/{}", slugs[index % slugs.len()]),
                Kind::List => "/products?limit=24".to_owned(),
                // A text that was not asked a moment ago: nothing kept answers.
                _ => format!(
                    "/search?q={}%20{index}&limit=24",
                    WORDS[index % WORDS.len()].replace(' ', "%20")
                ),
            };
            async move {
                let request = Request::new("GET", path);
                shop.wire
                    .client()
                    .send(&request)
                    .await?
                    .success("a look")
                    .map(drop)
            }
        })
        .buffer_unordered(AT_ONCE);
    looking.try_collect::<Vec<()>>().await.map(drop)
}

/// So many guests with a piece in the cart each.
async fn carts<'a>(shop: &'a Shop, goods: &Goods, count: usize) -> Result<Vec<Buyer<'a>>> {
    let key = key();
    stream::iter(0..count)
        .map(|index| {
            let key = format!("{key}-{index}");
            async move {
                let buyer = shop.guest(key).await?;
                let added = buyer.client.send(&buyer.addition(goods, 1)).await?;
                added.success("new line")?;
                Ok(buyer)
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

fn key() -> String {
    format!("capacity-{:08x}", rand::random::<u32>())
}
