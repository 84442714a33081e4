//! The places at which a service is made to die, and what is done so that it comes there.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rand::RngExt;

use super::Crash;
use super::work::{self, Done};
use crate::count::Count;
use crate::race::{Goods, Report};

/// How long a service may take to reach its place, and to be back after it.
const PATIENCE: Duration = Duration::from_mins(1);

/// One place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// As in `failpoint!`.
    pub(super) name: &'static str,
    /// Who dies there.
    service: &'static str,
    work: Work,
}

/// What leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Purchase,
    Refund,
    Shipment,
}

const fn place(name: &'static str, service: &'static str, work: Work) -> Place {
    Place {
        name,
        service,
        work,
    }
}

/// Every place between two steps.
pub(super) const PLACES: [Place; 11] = [
    place("checkout.before_prepare_commit", "checkout", Work::Purchase),
    place("checkout.after_prepare", "checkout", Work::Purchase),
    place("checkout.after_provider", "checkout", Work::Purchase),
    place(
        "checkout.before_finalize_commit",
        "checkout",
        Work::Purchase,
    ),
    place("checkout.after_finalize", "checkout", Work::Purchase),
    place("checkout.after_inbox_store", "checkout", Work::Purchase),
    place("checkout.before_operation_call", "checkout", Work::Refund),
    place("checkout.after_operation_call", "checkout", Work::Refund),
    place("checkout.before_operation_commit", "checkout", Work::Refund),
    place("orders.before_ship_commit", "orders", Work::Shipment),
    place("orders.after_ship", "orders", Work::Shipment),
];

/// The places to which refunds lead. A movement of money that died is taken up again after half a
/// minute; a short run waits for all of them together.
pub(super) fn is_refund(place: &Place) -> bool {
    place.work == Work::Refund
}

/// Kills the service at each place that often, each time while a few shoppers or staff are at work.
pub(super) async fn run(
    crash: &mut Crash<'_>,
    places: &[Place],
    kills: usize,
    settings: &[(String, String)],
) -> Result<Count> {
    let names: Vec<&str> = places.iter().map(|place| place.name).collect();
    let shipped = if settings.is_empty() {
        ", shipped settings"
    } else {
        ""
    };
    let plural = if kills == 1 { "kill" } else { "kills" };
    let title = format!("{}, {kills} {plural}{shipped}", names.join(" + "));
    let mut report = Report::begin(crash.shop, title, crash.ui);
    let stock = places.len() * kills * work::AT_ONCE;
    let goods = crash.shop.put_on_sale("crash", stock).await?;
    let mut done = Done::default();
    for place in places {
        for kill in 0..kills {
            report.update(&format!("kill {kill}"));
            done.add(strike(crash, place, &goods, settings).await?);
            died(crash, place.service).await?;
        }
    }
    report.update("waiting for the refunds");
    done.settle(crash.shop).await?;
    done.judge(crash.shop, &mut report, &goods).await?;
    report.finish(&[&goods]).await
}

/// Arms the place and lets shoppers or staff run into it.
async fn strike(
    crash: &mut Crash<'_>,
    place: &Place,
    goods: &Goods,
    settings: &[(String, String)],
) -> Result<Done> {
    let name = place.name.replace(['.', '_'], "-");
    let prefix = format!("crash-{name}-{:08x}", crash.random.random::<u32>());
    // Not always the first one that passes there.
    let action = match crash.random.random_range(0..work::AT_ONCE / 2) {
        0 => "1*return".to_owned(),
        spared => format!("{spared}*off->1*return"),
    };
    let armed = [("FAILPOINTS".to_owned(), format!("{}={action}", place.name))];
    if place.work == Work::Purchase {
        let buyers = crash.shop.buyers(work::AT_ONCE, &prefix, goods).await?;
        crash.stack.restart(place.service, settings, &armed).await?;
        return work::purchases(&buyers).await;
    }
    let orders = work::orders(crash.shop, &prefix, goods).await?;
    crash.stack.restart(place.service, settings, &armed).await?;
    if place.work == Work::Refund {
        work::refunds(crash.shop, &orders).await
    } else {
        work::shipments(crash.shop, &orders).await
    }
}

/// Waits until the service has died once and is back.
async fn died(crash: &Crash<'_>, service: &str) -> Result<()> {
    let begun = std::time::Instant::now();
    while crash.stack.supervisor.restarts(service) == 0 {
        ensure!(
            begun.elapsed() < PATIENCE,
            "{service} never came to that place"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    crash
        .stack
        .supervisor
        .wait_ready(service, PATIENCE)
        .await
        .context("after the crash")
}
