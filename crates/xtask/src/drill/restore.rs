//! A wrong statement empties tables; the database goes back to the moment before it.
//!
//! The old server is kept aside, the restored one is another: a copy that was made while shoppers bought, and the log
//! that was archived since, replayed to the moment `T`.

mod afterwards;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::copy::{self, Copied};
use super::customer::Customer;
use super::evidence::{Findings, Witness, shown, verify};
use super::forgetting::LostTime;
use super::servers::{self, PRIMARY, Room};
use super::shoppers::Shoppers;
use crate::count::Count;
use crate::postgres::{DATABASE, Postgres};
use crate::race::{Shop, Target, now, quiet};
use crate::stack::Stack;

const SHOPPERS: usize = 3;
const STOCK: usize = 100_000;
/// The log is archived at least this often, in seconds.
const ARCHIVE_S: u32 = 5;
/// How long the provider takes for a payment around `T`, so that some are under way then.
const SLOW: Duration = Duration::from_millis(2500);
/// Numbers of orders that are left out, so that none of a lost order is given again.
const NUMBERS_LEFT_OUT: i64 = 10_000;
/// The wrong statement.
const DISASTER: &str = "truncate orders.sales_order cascade";

/// The moment to which the database goes back, and what was so then.
struct Past {
    /// As `recovery_target_time` takes it.
    target: String,
    /// Taken before the target: what was acknowledged before this is in the restored database.
    at: Instant,
    /// Unix seconds.
    since: u64,
    /// What clients had been told.
    told: Value,
    copied: Copied,
    /// From the target to the disaster.
    lost: LostTime,
}

/// When each step of the restore was done.
struct Steps {
    begun: Instant,
    last: Instant,
}

impl Steps {
    fn begin() -> Self {
        let begun = Instant::now();
        Self { begun, last: begun }
    }

    fn done(&mut self, what: &str, findings: &Findings) {
        let took = self.last.elapsed();
        self.last = Instant::now();
        findings.fact(format!("{:>7}  {what}", shown(took)));
    }
}

/// Runs the drill.
pub(super) async fn run(stack: &mut Stack, room: &Room, short: bool) -> Result<Count> {
    let mut findings = Findings::new("Restore to a moment", stack.ui);
    let pace = Duration::from_secs(if short { 2 } else { 8 });
    let (archive, backup) = (room.path("archive"), room.path("backup"));
    let first = servers::first(stack).await?;
    copy::folder(&first, &archive)?;
    let old = first.clone().with(&archiving(&archive));
    servers::serve(stack, PRIMARY, &old).await?;
    // The sessions that services had are gone with the server, and whoever is given one of them gets a 503.
    servers::restart_services(stack, |_, _| Ok(Vec::new())).await?;

    let shop = Shop::new(Target::of_stack(stack)?);
    let goods = shop.put_on_sale("before", STOCK).await?;
    let mut customer = Customer::sign_in(stack, 0).await?;
    let keeper = shop.guest("drill-keeper".to_owned()).await?;
    let kept = keeper.add(&goods, 2).await?;
    let shoppers = Shoppers::of(&shop, &goods);
    let past = shoppers
        .during(SHOPPERS, live(&shop, &old, &backup, pace))
        .await?;
    let bought = shoppers.bought();
    tell_of_life(&mut findings, &shoppers, &past);
    // What the provider has to report is reported to the old server, as it mostly is.
    quiet(&shop).await?;

    disaster(stack, &old, &mut findings).await?;
    let mut steps = Steps::begin();
    servers::stop_services(stack).await;
    archive_the_rest(&old, &archive).await?;
    stack.supervisor.stop(&[PRIMARY.to_owned()]).await;
    steps.done(
        "services stopped, the last of the log archived, the old server stopped",
        &findings,
    );
    let restored = restore(stack, room, &old, &past).await?;
    steps.done("copy put back, log replayed, server promoted", &findings);
    verified(stack, &past, &mut findings).await?;
    steps.done("verified", &findings);
    let mut database = servers::connect(&restored, DATABASE).await?;
    skip_numbers(&mut database).await?;
    past.lost.overtake(stack, &mut database).await?;
    stack.supervisor.stop(&["redis".to_owned()]).await;
    stack.start_redis().await?;
    servers::restart_services(stack, |_, _| Ok(Vec::new())).await?;
    let shop = Shop::new(Target::of_stack(stack)?);
    let first_order = shop.order("drill-first".to_owned(), &goods).await?;
    steps.done(
        "Redis emptied, services started, the first purchase",
        &findings,
    );
    findings.fact(format!(
        "RTO {} from the disaster to the first purchase",
        shown(steps.begun.elapsed())
    ));

    let numbers: BTreeSet<&str> = bought.iter().map(|one| one.number.as_str()).collect();
    let number = first_order.body["number"].as_str().unwrap_or_default();
    findings.check(
        "no order's number is given twice",
        !numbers.contains(number),
        || format!("{number} was an order's before"),
    );
    afterwards::holds(&mut findings, &shop, &mut customer, &keeper, &kept).await?;
    past.lost.is_forgotten(&shop, &mut findings).await;
    afterwards::money(&mut findings, stack, &shop, &bought, &past).await?;
    Ok(findings.count())
}

/// The restored database is whole, and holds what was acknowledged before the moment.
async fn verified(stack: &Stack, past: &Past, findings: &mut Findings) -> Result<()> {
    let broken = verify(
        stack,
        Witness {
            history: Some(&past.told),
            ..Witness::default()
        },
    )
    .await?;
    findings.check(
        "`techmart-migrate verify` passes; every order and cart acknowledged before T is there",
        broken.is_empty(),
        || broken.join("; "),
    );
    Ok(())
}

/// The settings of a server whose log is archived.
fn archiving(archive: &Path) -> [String; 3] {
    let to = format!("{}/%f", archive.display());
    [
        "archive_mode=on".to_owned(),
        format!("archive_timeout={ARCHIVE_S}"),
        // Whole or not at all, and never over another.
        format!("archive_command=test ! -f '{to}' && cp '%p' '{to}.part' && mv '{to}.part' '{to}'"),
    ]
}

/// While shoppers buy: the copy, the moment, and life after it.
async fn live(shop: &Shop, server: &Postgres, backup: &Path, pace: Duration) -> Result<Past> {
    tokio::time::sleep(pace).await;
    let copied = copy::online(server, backup).await?;
    tokio::time::sleep(pace).await;
    let payments = &shop.target.payments;
    let slow = json!({"fault": "delay", "method": "POST", "path": "/v1/payment_intents*",
        "ms": SLOW.as_millis()});
    payments.break_things(&json!({"requests": [slow]})).await?;
    tokio::time::sleep(SLOW / 2).await;
    let mut database = servers::connect(server, DATABASE).await?;
    let (told, at, since) = (shop.wire.history(), Instant::now(), now());
    let target: String = sqlx::query_scalar("select clock_timestamp()::text")
        .fetch_one(&mut database)
        .await?;
    payments.mend().await?;
    let mut lost = LostTime::begin(shop, &mut database).await?;
    tokio::time::sleep(pace).await;
    lost.lasts(&mut database).await?;
    Ok(Past {
        target,
        at,
        since,
        told,
        copied,
        lost,
    })
}

fn tell_of_life(findings: &mut Findings, shoppers: &Shoppers<'_>, past: &Past) {
    let bought = shoppers.bought();
    let before = bought.iter().filter(|one| one.at < past.at).count();
    findings.fact(format!(
        "copied {} MB in {} while {SHOPPERS} shoppers bought; {before} orders before T, {} after it",
        past.copied.bytes / 1_000_000,
        shown(past.copied.took),
        bought.len() - before,
    ));
    let (away, refused) = (shoppers.turned_away(), shoppers.refused());
    findings.check(
        "nobody was turned away by the copy",
        away.is_empty() && refused.is_empty(),
        || format!("{away:?} {refused:?}"),
    );
}

/// The wrong statement, and that `verify` sees what it did.
async fn disaster(stack: &Stack, server: &Postgres, findings: &mut Findings) -> Result<()> {
    let mut database = servers::connect(server, DATABASE).await?;
    let archived: Option<f64> = sqlx::query_scalar(
        "select extract(epoch from clock_timestamp() - last_archived_time)::float8 from pg_stat_archiver",
    )
    .fetch_one(&mut database)
    .await?;
    sqlx::query(DISASTER)
        .execute(&mut database)
        .await
        .context("the disaster did not happen")?;
    let broken = verify(stack, Witness::default()).await?;
    findings.check(
        "`techmart-migrate verify` sees the damage",
        !broken.is_empty(),
        || "it says that all is well".to_owned(),
    );
    if let Some(age) = archived {
        findings.fact(format!(
            "had the disk gone, too: the archive was {age:.1} s old (archive_timeout {ARCHIVE_S} s)"
        ));
    }
    Ok(())
}

/// Closes the running file of the log and waits until it is archived.
async fn archive_the_rest(server: &Postgres, archive: &Path) -> Result<()> {
    let mut database = servers::connect(server, "postgres").await?;
    let last: String = sqlx::query_scalar("select pg_walfile_name(pg_switch_wal())")
        .fetch_one(&mut database)
        .await?;
    let file = archive.join(last);
    servers::until("archived", async || Ok(file.exists())).await
}

/// Puts the copy back as another server and replays the log up to the moment.
async fn restore(stack: &mut Stack, room: &Room, old: &Postgres, past: &Past) -> Result<Postgres> {
    let archive = room.path("archive");
    let server = old
        .beside(room.path("restored"), servers::free_port()?)
        .with(&[
            format!("restore_command=cp '{}/%f' '%p'", archive.display()),
            format!("recovery_target_time={}", past.target),
            "recovery_target_action=promote".to_owned(),
        ]);
    copy::at_rest(&server, &room.path("backup"), server.data())?;
    copy::write(&server, &server.data().join("recovery.signal"), "")?;
    servers::point_at(stack, &server)?;
    servers::serve(stack, PRIMARY, &server).await?;
    servers::wait_primary(&server).await?;
    Ok(server)
}

/// Numbers that lost orders had are in people's letters: they are not given again.
async fn skip_numbers(database: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "select setval('orders.order_number_seq', nextval('orders.order_number_seq') + $1)",
    )
    .bind(NUMBERS_LEFT_OUT)
    .execute(database)
    .await?;
    Ok(())
}
