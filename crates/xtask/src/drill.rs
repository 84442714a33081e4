//! `cargo xtask drill`: what operators do on a bad day, done for real on an instance of its own while shoppers buy.
//!
//! Each drill measures what it promises (how much is lost, how long nobody can buy) and ends with the invariants of
//! `techmart-migrate verify` and the payment provider's books. docs/OPERATIONS.md says the same steps for production.
//!
//! Map: [`restore`], [`promote`] and [`rotate`] are the drills, [`capacity`] measures what one core carries;
//! [`shoppers`] and [`customer`] are the load; [`copy`] and [`servers`] move databases, [`roll`] services;
//! [`evidence`] judges, [`forgetting`] judges search.

mod capacity;
mod copy;
mod customer;
mod evidence;
mod forgetting;
mod promote;
mod provider;
mod restore;
mod roll;
mod rotate;
mod servers;
mod shoppers;

use anyhow::Result;

use self::servers::Room;
use crate::count::Count;
use crate::e2e::on_fresh_stack;
use crate::instance::Instance;
use crate::ui::Ui;
use crate::up;

/// Which drill.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Drill {
    /// A wrong statement empties tables; the database is restored to the moment before it, from a copy made while
    /// shoppers bought and the archived log.
    Restore(Options),
    /// The primary database dies under load; its standby takes over.
    Promote(Promote),
    /// Signing key, database passwords, pepper, key of order tokens and webhook secret are changed under load.
    Rotate(Options),
    /// Processor time of one request of each kind, with optimised programs: what one task carries.
    Capacity(Options),
}

/// How a drill is run.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Options {
    /// Shoppers buy for shorter: the form for CI.
    #[arg(long)]
    pub(crate) short: bool,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
}

/// How the promotion is run.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Promote {
    #[command(flatten)]
    pub(crate) options: Options,
    /// The primary does not wait for its standby, and the standby hears nothing for this long before the primary dies
    /// (2000 if nothing is said; 0: it hears everything).
    #[arg(long = "async", value_name = "LAG_MS", num_args = 0..=1, default_missing_value = "2000")]
    pub(crate) lag_ms: Option<u64>,
}

impl Drill {
    fn options(&self) -> Options {
        match self {
            Self::Restore(options) | Self::Rotate(options) | Self::Capacity(options) => *options,
            Self::Promote(promote) => promote.options,
        }
    }
}

/// Runs a drill on a stack of its own, which is gone afterwards.
pub(crate) async fn run(
    instance: &Instance,
    drill: &Drill,
    count: &mut Count,
    ui: Ui,
) -> Result<()> {
    let options = drill.options();
    let api_only = up::Options::api_only(options.no_build);
    let room = Room::new(instance)?;
    on_fresh_stack(instance, &api_only, ui, async |stack| {
        room.empty()?;
        let done = match drill {
            Drill::Restore(_) => Box::pin(restore::run(stack, &room, options.short)).await?,
            Drill::Promote(how) => Box::pin(promote::run(stack, &room, *how)).await?,
            Drill::Rotate(_) => Box::pin(rotate::run(stack, options.short)).await?,
            Drill::Capacity(_) => {
                Box::pin(capacity::run(stack, options.short, !options.no_build)).await?
            }
        };
        *count += done;
        anyhow::ensure!(done.failed == 0, "the drill failed");
        Ok(())
    })
    .await?;
    room.remove()
}
