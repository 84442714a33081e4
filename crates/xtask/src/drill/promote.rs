//! The primary database dies under load; its standby takes over, and the old primary comes back as a standby only.

mod aftermath;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::join_all;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgConnection;

use super::Promote;
use super::evidence::{Findings, shown};
use super::forgetting::LostTime;
use super::servers::{self, PRIMARY, Room};
use super::shoppers::Shoppers;
use crate::count::Count;
use crate::postgres::{DATABASE, Postgres};
use crate::race::{Request, Shop, Target};
use crate::stack::Stack;

const STANDBY: &str = "standby";
const SHOPPERS: usize = 3;
const STOCK: usize = 100_000;
/// How often the standby's distance is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How far the standby was behind, at most.
#[derive(Debug, Clone, Copy, Default)]
struct Behind {
    bytes: i64,
    time: Duration,
}

/// A server and the one that takes over.
struct Pair {
    primary: Postgres,
    standby: Postgres,
}

/// Runs the drill.
pub(super) async fn run(stack: &mut Stack, room: &Room, how: Promote) -> Result<Count> {
    let waits = how.lag_ms.is_none();
    let title = if waits {
        "Promotion of a synchronous standby"
    } else {
        "Promotion of an asynchronous standby"
    };
    let mut findings = Findings::new(title, stack.ui);
    let pace = Duration::from_secs(if how.options.short { 2 } else { 8 });
    let pair = set_up(stack, room, how, &mut findings).await?;
    let shop = Shop::new(Target::of_stack(stack)?);
    let goods = shop.put_on_sale("promote", STOCK).await?;
    reads_there(&shop, &pair.standby, &mut findings).await?;

    let shoppers = Shoppers::of(&shop, &goods);
    let (killed, lost) = shoppers
        .during(SHOPPERS, async {
            let behind = watch(&pair.primary, pace).await?;
            findings.fact(format!(
                "under load the standby was at most {} bytes and {} behind",
                behind.bytes,
                shown(behind.time)
            ));
            let (cut, lost) = match lag(how) {
                Some(lag) => Some(cut_off(lag, &shop, &pair).await?).unzip(),
                None => (None, None),
            };
            let killed = Instant::now();
            take_over(stack, &pair, cut, lost.as_ref(), &findings).await?;
            tokio::time::sleep(pace).await;
            Ok((killed, lost))
        })
        .await?;
    let pause = shoppers
        .pause_after(killed)
        .context("nobody could buy any more")?;
    findings.fact(format!(
        "RTO {}: the longest time without an order after the kill",
        shown(pause)
    ));
    findings.fact(format!(
        "requests on the way to paying that failed: {:?}",
        shoppers.turned_away()
    ));
    if let Some(lost) = lost {
        lost.is_forgotten(&shop, &mut findings).await;
    }
    aftermath::judge(stack, &shop, &shoppers, killed, waits, &mut findings).await?;
    aftermath::fence(stack, room, &pair, &mut findings).await?;
    Ok(findings.count())
}

/// How long the standby hears nothing before the primary dies, if at all.
fn lag(how: Promote) -> Option<Duration> {
    how.lag_ms.filter(|lag| *lag > 0).map(Duration::from_millis)
}

/// A primary that can be killed, a standby that follows it, services that read from the standby.
async fn set_up(
    stack: &mut Stack,
    room: &Room,
    how: Promote,
    findings: &mut Findings,
) -> Result<Pair> {
    let primary = servers::first(stack).await?;
    stack.supervisor.stop(&[PRIMARY.to_owned()]).await;
    let mut spec = primary.spec();
    // The supervisor's stop is the accident: nothing is said, nothing is written any more.
    spec.stop_signal = Signal::SIGKILL;
    stack.supervisor.start(spec);
    stack
        .supervisor
        .wait_ready(PRIMARY, servers::PATIENCE)
        .await?;
    let port = servers::free_port()?;
    let (standby, copied) = servers::standby(&primary, &room.path(STANDBY), port, STANDBY).await?;
    servers::serve(stack, STANDBY, &standby).await?;
    streaming(&primary, STANDBY).await?;
    findings.fact(format!(
        "standby: {} MB copied in {}",
        copied.bytes / 1_000_000,
        shown(copied.took)
    ));
    if how.lag_ms.is_none() {
        let mut connection = servers::connect(&primary, "postgres").await?;
        set(&mut connection, "synchronous_standby_names = 'standby'").await?;
        servers::until("synchronous", async || {
            Ok(replication(&primary, "sync_state = 'sync'").await? == 1)
        })
        .await?;
    }
    servers::restart_services(stack, |stack, name| {
        // From a standby that hears nothing search would not learn what is lost.
        if name == "search" && lag(how).is_some() {
            return Ok(Vec::new());
        }
        let mut url = stack.settings().database_url(name)?;
        let set = url.set_port(Some(port));
        anyhow::ensure!(set.is_ok(), "no port in {name}'s address");
        let variable = format!("TECHMART_{}__DB__READ_URL", name.to_uppercase());
        Ok(vec![(variable, url.to_string())])
    })
    .await?;
    Ok(Pair { primary, standby })
}

/// Waits until a standby follows.
async fn streaming(primary: &Postgres, name: &'static str) -> Result<()> {
    servers::until("streaming", async || {
        let condition = format!("state = 'streaming' and application_name = '{name}'");
        Ok(replication(primary, &condition).await? == 1)
    })
    .await
}

/// How many standbys of a server are so.
async fn replication(primary: &Postgres, condition: &str) -> Result<i64> {
    let mut connection = servers::connect(primary, "postgres").await?;
    // The condition is one of this file's own.
    let query = format!("select count(*) from pg_stat_replication where {condition}");
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(query));
    Ok(count.fetch_one(&mut connection).await?)
}

/// Reads are answered by the standby.
async fn reads_there(shop: &Shop, standby: &Postgres, findings: &mut Findings) -> Result<()> {
    let statistics = "select xact_commit from pg_stat_database where datname = $1";
    let mut connection = servers::connect(standby, DATABASE).await?;
    for round in 0..40 {
        let request = Request::new("GET", format!("/search?q=usb&limit={}", round % 20 + 1));
        let list = Request::new("GET", "/products?limit=5");
        join_all([request, list].map(async |one| shop.wire.client().send(&one).await)).await;
    }
    // Statistics are flushed about once a second.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let transactions: i64 = sqlx::query_scalar(statistics)
        .bind(DATABASE)
        .fetch_one(&mut connection)
        .await?;
    let readers: Vec<String> = sqlx::query_scalar(
        "select distinct application_name from pg_stat_activity
          where application_name like 'techmart-%' order by 1",
    )
    .fetch_all(&mut connection)
    .await?;
    findings.check(
        "services read from the standby",
        !readers.is_empty() && transactions > 0,
        || format!("{transactions} transactions of {readers:?}"),
    );
    findings.fact(format!("the standby serves {}", readers.join(", ")));
    shop.wire.take_seen();
    Ok(())
}

/// Looks for that long how far the standby is behind.
async fn watch(primary: &Postgres, long: Duration) -> Result<Behind> {
    let mut connection = servers::connect(primary, "postgres").await?;
    let (begun, mut most) = (Instant::now(), Behind::default());
    while begun.elapsed() < long {
        let (bytes, seconds) = distance(&mut connection).await?;
        most.bytes = most.bytes.max(bytes);
        most.time = most
            .time
            .max(Duration::try_from_secs_f64(seconds).unwrap_or_default());
        tokio::time::sleep(LOOK).await;
    }
    Ok(most)
}

/// Bytes of the log that the standby has not on its disk, and how old the oldest of them is in seconds.
async fn distance(primary: &mut PgConnection) -> Result<(i64, f64)> {
    let query = "select pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)::bigint,
                        coalesce(extract(epoch from flush_lag), 0)::float8
                   from pg_stat_replication where application_name = $1";
    let row: Option<(i64, f64)> = sqlx::query_as(query)
        .bind(STANDBY)
        .fetch_optional(primary)
        .await?;
    Ok(row.unwrap_or_default())
}

/// A sender of the log that is stopped, as if the network to the standby were cut. Killed when this is dropped.
#[derive(Debug)]
struct Cut(Pid);

impl Drop for Cut {
    fn drop(&mut self) {
        kill(self.0, Signal::SIGKILL).ok();
    }
}

/// The standby hears nothing for that long; a product is put on sale meanwhile.
async fn cut_off(lag: Duration, shop: &Shop, pair: &Pair) -> Result<(Cut, LostTime)> {
    // Or it would call again after a minute, if the machine is that slow.
    let mut standby = servers::connect(&pair.standby, "postgres").await?;
    set(&mut standby, "wal_receiver_timeout = 0").await?;
    let mut primary = servers::connect(&pair.primary, DATABASE).await?;
    let pid: i32 = sqlx::query_scalar("select pid from pg_stat_replication")
        .fetch_one(&mut primary)
        .await
        .context("nobody listens to the primary")?;
    let (begun, cut) = (Instant::now(), Cut(Pid::from_raw(pid)));
    kill(cut.0, Signal::SIGSTOP)?;
    let mut lost = LostTime::begin(shop, &mut primary).await?;
    tokio::time::sleep(lag.saturating_sub(begun.elapsed())).await;
    lost.lasts(&mut primary).await?;
    Ok((cut, lost))
}

/// Gives a server a setting that it follows at once.
async fn set(server: &mut PgConnection, setting: &'static str) -> Result<()> {
    let statement = format!("alter system set {setting}");
    for statement in [statement.as_str(), "select pg_reload_conf()"] {
        // The settings are this file's own.
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut *server)
            .await?;
    }
    Ok(())
}

/// The primary dies; the standby becomes the primary; services are started with its address.
async fn take_over(
    stack: &mut Stack,
    pair: &Pair,
    cut: Option<Cut>,
    lost: Option<&LostTime>,
    findings: &Findings,
) -> Result<()> {
    let killed = Instant::now();
    stack.supervisor.stop(&[PRIMARY.to_owned()]).await;
    drop(cut);
    let mut connection = servers::connect(&pair.standby, "postgres").await?;
    sqlx::query("select pg_promote(false)")
        .execute(&mut connection)
        .await?;
    servers::wait_primary(&pair.standby).await?;
    findings.fact(format!("{:>7}  promoted", shown(killed.elapsed())));
    servers::point_at(stack, &pair.standby)?;
    // All at once: each of them waits a moment for a database that is gone.
    servers::stop_services(stack).await;
    if let Some(lost) = lost {
        let mut database = servers::connect(&pair.standby, DATABASE).await?;
        lost.overtake(stack, &mut database).await?;
        findings.fact(format!(
            "{:>7}  services stopped, search's changes counted on as far as in the lost time",
            shown(killed.elapsed())
        ));
    }
    servers::restart_services(stack, |_, _| Ok(Vec::new())).await?;
    findings.fact(format!(
        "{:>7}  all services moved",
        shown(killed.elapsed())
    ));
    Ok(())
}
