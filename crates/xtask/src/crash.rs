//! `cargo xtask crash`: a service dies at every place between the steps of a purchase, a refund and a
//! shipment, is started again, and the same request under the same key is asked again.
//!
//! Each key must end in exactly one order and one charge; the shop's books must equal the payment
//! provider's to the cent, its invariants must hold and no unit may be held by nobody.

mod places;
mod random;
mod work;

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand::rngs::StdRng;

use self::places::Place;
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::race::{Shop, Target};
use crate::stack::Stack;
use crate::ui::Ui;
use crate::up;

const RANDOM: &str = "random";
/// Kills at each place in the long form.
const KILLS: usize = 20;
/// A request that died is taken up again after this long instead of the shipped 30 s.
const LEASE_S: &str = "2";

/// What `crash` was asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// Only places whose name contains this; `random` for kills at random moments.
    pub(crate) place: Option<String>,
    /// One kill at each place: the form that CI runs.
    #[arg(long)]
    pub(crate) short: bool,
    /// Repeat the choices of an earlier run.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

/// A run of the suite.
#[derive(Debug)]
struct Crash<'a> {
    shop: &'a Shop,
    stack: &'a mut Stack,
    seed: u64,
    random: StdRng,
    ui: Ui,
}

/// Runs the suite on a stack of its own.
pub(crate) async fn run(
    instance: &Instance,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let api_only = up::Options::api_only(options.no_build);
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        on_stack(stack, options, count, ui).await
    })
    .await
}

/// Runs the suite on a stack; its services are as before afterwards.
pub(crate) async fn on_stack(
    stack: &mut Stack,
    options: &Options,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    ui.line(format!("  Crashes (repeat with --seed {seed})"));
    let shop = Shop::new(Target::of_stack(stack)?);
    let before = count.failed;
    let mut crash = Crash {
        shop: &shop,
        stack,
        seed,
        random: StdRng::seed_from_u64(seed),
        ui,
    };
    let wanted = |name: &str| {
        options
            .place
            .as_deref()
            .is_none_or(|part| name.contains(part))
    };
    let places: Vec<Place> = places::PLACES
        .into_iter()
        .filter(|place| wanted(place.name))
        .collect();
    for group in groups(&places, options.short) {
        let kills = if options.short { 1 } else { KILLS };
        let outcome = places::run(&mut crash, group, kills, &quick()).await;
        note(group, outcome, count, ui);
        if !options.short {
            let outcome = places::run(&mut crash, group, 1, &[]).await;
            note(group, outcome, count, ui);
        }
    }
    if wanted(RANDOM) && !options.short {
        let outcome = random::run(&mut crash, KILLS).await;
        note(&[], outcome, count, ui);
    }
    for service in ["checkout", "orders"] {
        crash.stack.restart(service, &[], &[]).await?;
    }
    if count.failed > before {
        bail!("{} crashes were not recovered from", count.failed - before);
    }
    Ok(())
}

/// Settings under which a run of many kills takes minutes, not hours.
fn quick() -> Vec<(String, String)> {
    vec![(
        "TECHMART_CHECKOUT__CHECKOUT__LEASE_S".to_owned(),
        LEASE_S.to_owned(),
    )]
}

/// Places that are judged together.
fn groups(places: &[Place], short: bool) -> Vec<&[Place]> {
    if short {
        places
            .chunk_by(|one, next| places::is_refund(one) && places::is_refund(next))
            .collect()
    } else {
        places.chunks(1).collect()
    }
}

fn note(places: &[Place], outcome: Result<Count>, count: &mut Count, ui: Ui) {
    match outcome {
        Ok(checks) => *count += checks,
        Err(error) => {
            *count += Count::FAILED;
            let name = places.first().map_or(RANDOM, |place| place.name);
            ui.line(format!("    {}", ui.red(&format!("{name}: {error:#}"))));
        }
    }
}
