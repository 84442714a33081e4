//! What a purchase costs PostgreSQL, and whether a hot variant slows the shop down.
//!
//! A cell completes a number of checkouts that were prepared before. Service cells send `POST …/complete` through the
//! gateway; pgbench cells send the same statements, recorded from two purchases, with the values of checkouts that were
//! prepared in the same way. The consumers of order events are stopped meanwhile, so that both do the same work.

#![expect(
    clippy::float_arithmetic,
    reason = "rates and shares for people to read; no money"
)]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, stream};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use sqlx::PgConnection;

use super::tickets::{Template, Ticket};
use super::{Options, capture, cpu, pgbench};
use crate::race::shop::{Buyer, Goods, Shop};
use crate::stack::Stack;
use crate::tool;
use crate::ui::Ui;

const ROLE: &str = "techmart_checkout";
/// How long the idle server is watched in each round.
const IDLE: Duration = Duration::from_secs(3);

/// What is measured side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    ServiceRandom,
    ServiceHot,
    PgbenchRandom,
    PgbenchHot,
}

const CELLS: [Cell; 4] = [
    Cell::ServiceRandom,
    Cell::ServiceHot,
    Cell::PgbenchRandom,
    Cell::PgbenchHot,
];

impl Cell {
    fn name(self) -> &'static str {
        match self {
            Self::ServiceRandom => "shop, random variants",
            Self::ServiceHot => "shop, one hot variant",
            Self::PgbenchRandom => "pgbench, random variants",
            Self::PgbenchHot => "pgbench, one hot variant",
        }
    }

    fn is_hot(self) -> bool {
        matches!(self, Self::ServiceHot | Self::PgbenchHot)
    }
}

/// One cell of one round: orders per second, and the server's CPU for each in microseconds.
#[derive(Debug, Clone, Copy)]
struct Sample {
    cell: Cell,
    per_second: f64,
    cpu_us: f64,
}

struct Bench<'a> {
    stack: &'a Stack,
    shop: &'a Shop,
    admin: PgConnection,
    server: i32,
    template: Template,
    hot: Goods,
    random: Vec<Goods>,
    options: &'a Options,
    serial: u32,
}

/// Measures all rounds and prints the medians.
pub(super) async fn run(stack: &mut Stack, shop: &Shop, options: &Options, ui: Ui) -> Result<()> {
    let step = ui.step("Goods and recording");
    let mut admin = shop.target.connect().await?;
    pgbench::make_tables(&mut admin).await?;
    let on_hand = usize::try_from((options.orders + 2) * (options.rounds + 1) * 4)?;
    let hot = shop.put_on_sale("hot", on_hand).await?;
    let slots = options.slots.to_string();
    let env = stack.settings().service("catalog")?;
    tool::capture(
        &stack.instance,
        "catalog",
        &["stock", "slots", &hot.sku, &slots],
        env,
    )
    .await?;
    let mut random = Vec::new();
    for index in 0..options.variants {
        random.push(
            shop.put_on_sale(&format!("random-{index}"), on_hand)
                .await?,
        );
    }
    // Nobody follows the orders' events: their work is not part of the purchase.
    stack
        .supervisor
        .stop(&["orders".to_owned(), "search".to_owned()])
        .await;
    let template = record(stack, shop, &mut admin, &random[0]).await?;
    let server = stack
        .supervisor
        .process("postgres")
        .context("the server is not ours")?;
    step.done(format!("{} statements make a purchase", template.len()));

    let mut bench = Bench {
        stack,
        shop,
        admin,
        server: server.pid,
        template,
        hot,
        random,
        options,
        serial: 0,
    };
    let mut samples = Vec::new();
    for round in 0..options.rounds {
        let step = ui.step(format!("Round {}", round + 1));
        let mut cells = CELLS;
        cells.shuffle(&mut StdRng::seed_from_u64(round.into()));
        let idle = bench.idle().await?;
        for cell in cells {
            step.update(cell.name());
            samples.push(bench.measure(cell, idle).await?);
        }
        step.done(format!("idle server {:.1} % of a core", idle * 100.0));
    }
    report(&samples, ui);
    Ok(())
}

/// Two purchases with every statement logged.
async fn record(
    stack: &Stack,
    shop: &Shop,
    admin: &mut PgConnection,
    goods: &Goods,
) -> Result<Template> {
    let mut recorded = Vec::new();
    // The first purchase prepares statements and fills caches; it is thrown away.
    for name in ["warm", "first", "second"] {
        let buyer = shop
            .buyer(format!("bench-record-{name}"), &[(goods, 1)])
            .await?;
        let ticket = Ticket::of(admin, &buyer).await?;
        let recording = capture::Recording::start(admin, stack.instance.log("postgres")).await?;
        pay(&buyer).await?;
        let statements = recording.finish(admin, ROLE, &ticket.marks()).await?;
        recorded.push((ticket, statements));
    }
    let (_, second) = recorded.pop().context("two purchases")?;
    let (ticket, first) = recorded.pop().context("two purchases")?;
    Template::of(ticket, first, &second)
}

async fn pay(buyer: &Buyer<'_>) -> Result<()> {
    let answer = buyer.client.send(&buyer.complete()).await?;
    ensure!(
        answer.status == 201,
        "a purchase of the benchmark: {}",
        answer.outcome()
    );
    Ok(())
}

impl<'a> Bench<'a> {
    /// The share of a core that the server needs while nobody buys.
    async fn idle(&self) -> Result<f64> {
        let before = cpu::of_tree(self.server)?;
        tokio::time::sleep(IDLE).await;
        Ok(cpu::since(self.server, before)? / IDLE.as_secs_f64())
    }

    async fn measure(&mut self, cell: Cell, idle: f64) -> Result<Sample> {
        let per_client = self.options.orders / self.options.clients;
        let orders = per_client * self.options.clients;
        let buyers = self.buyers(cell, orders).await?;
        let taken = match cell {
            Cell::ServiceRandom | Cell::ServiceHot => self.through_the_shop(&buyers, idle).await?,
            Cell::PgbenchRandom | Cell::PgbenchHot => {
                let mut tickets = Vec::new();
                for buyer in &buyers {
                    let ticket = Ticket::of(&mut self.admin, buyer).await?;
                    tickets.push(self.template.values(&ticket));
                }
                pgbench::fill(&mut self.admin, &tickets).await?;
                let (_, fetching) = self
                    .through_pgbench(&self.template.ticket_script(), per_client, idle)
                    .await?;
                sqlx::raw_sql("alter sequence bench.next restart")
                    .execute(&mut self.admin)
                    .await?;
                let (per_second, cpu) = self
                    .through_pgbench(&self.template.script()?, per_client, idle)
                    .await?;
                (per_second, cpu - fetching)
            }
        };
        let (per_second, cpu) = taken;
        Ok(Sample {
            cell,
            per_second,
            cpu_us: cpu * 1e6 / f64::from(orders),
        })
    }

    /// Shoppers of the cell with everything but the payment settled.
    async fn buyers(&mut self, cell: Cell, count: u32) -> Result<Vec<Buyer<'a>>> {
        self.serial += 1;
        let serial = self.serial;
        let (shop, hot, random) = (self.shop, &self.hot, &self.random);
        let buyers = stream::iter(0..count).map(|index| async move {
            let goods = if cell.is_hot() {
                hot
            } else {
                &random[index as usize % random.len()]
            };
            shop.buyer(format!("bench-{serial}-{index}"), &[(goods, 1)])
                .await
        });
        buyers
            .buffered(16)
            .collect::<Vec<_>>()
            .await
            .into_iter()
            .collect()
    }

    /// Orders per second and seconds of CPU.
    async fn through_the_shop(&self, buyers: &[Buyer<'_>], idle: f64) -> Result<(f64, f64)> {
        let (before, begun) = (cpu::of_tree(self.server)?, Instant::now());
        let at_once = self.options.clients as usize;
        let paid: Vec<Result<()>> = stream::iter(buyers)
            .map(pay)
            .buffer_unordered(at_once)
            .collect()
            .await;
        let elapsed = begun.elapsed().as_secs_f64();
        paid.into_iter().collect::<Result<()>>()?;
        // Reports of the provider are part of the purchase: they are recorded as well.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let watched = begun.elapsed().as_secs_f64();
        let cpu = cpu::since(self.server, before)? - idle * watched;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand buyers")]
        Ok((buyers.len() as f64 / elapsed, cpu))
    }

    async fn through_pgbench(&self, script: &str, each: u32, idle: f64) -> Result<(f64, f64)> {
        let (before, begun) = (cpu::of_tree(self.server)?, Instant::now());
        let rate = pgbench::run(self.stack, script, self.options.clients, each).await?;
        let watched = begun.elapsed().as_secs_f64();
        Ok((rate, cpu::since(self.server, before)? - idle * watched))
    }
}

fn report(samples: &[Sample], ui: Ui) {
    ui.line("");
    ui.line("  cell                        orders/s   PostgreSQL CPU per order");
    for cell in CELLS {
        let of = |value: fn(&Sample) -> f64| {
            median(samples.iter().filter(|one| one.cell == cell).map(value))
        };
        ui.line(format!(
            "  {:<26} {:>9.0}   {:>8.0} us",
            cell.name(),
            of(|one| one.per_second),
            of(|one| one.cpu_us)
        ));
    }
    // Ratios are taken within each round, then the median: strangers on the machine disturb both sides alike.
    let ratio = |above: Cell, below: Cell, value: fn(&Sample) -> f64| {
        let of = |cell| {
            samples
                .iter()
                .filter(move |one| one.cell == cell)
                .map(value)
        };
        median(of(above).zip(of(below)).map(|(above, below)| above / below))
    };
    let cpu = |one: &Sample| one.cpu_us;
    let rate = |one: &Sample| one.per_second;
    ui.line("");
    ui.line(format!(
        "  P6  CPU per order, shop / pgbench   random {:.2}   hot {:.2}   (goal <= 1.2)",
        ratio(Cell::ServiceRandom, Cell::PgbenchRandom, cpu),
        ratio(Cell::ServiceHot, Cell::PgbenchHot, cpu)
    ));
    ui.line(format!(
        "  P7  orders/s, hot / random          shop {:.0} %   pgbench {:.0} %   (goal >= 95 %)",
        100.0 * ratio(Cell::ServiceHot, Cell::ServiceRandom, rate),
        100.0 * ratio(Cell::PgbenchHot, Cell::PgbenchRandom, rate)
    ));
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
