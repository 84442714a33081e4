//! Counters equal the ledger, whatever happens.

use contract_catalog::stock::{AllocateError, ReserveError, allocate, pin, release};
use jiff::Timestamp;
use kernel::{CheckoutId, OrderId, VariantId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::{HOLD, Stock};

/// One thing that can happen to stock.
#[derive(Debug, Clone)]
enum Step {
    Hold {
        checkout: usize,
        variant: usize,
        units: u16,
    },
    Release {
        checkout: usize,
    },
    Pin {
        checkout: usize,
    },
    Allocate {
        checkout: usize,
    },
    Sweep,
    Wait,
    Adjust {
        variant: usize,
        delta: i32,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..4_usize, 0..2_usize, 1..6_u16).prop_map(|(checkout, variant, units)| Step::Hold { checkout, variant, units }),
        1 => (0..4_usize).prop_map(|checkout| Step::Release { checkout }),
        1 => (0..4_usize).prop_map(|checkout| Step::Pin { checkout }),
        1 => (0..4_usize).prop_map(|checkout| Step::Allocate { checkout }),
        1 => Just(Step::Sweep),
        1 => Just(Step::Wait),
        2 => (0..2_usize, -5..6_i32).prop_map(|(variant, delta)| Step::Adjust { variant, delta }),
    ];
    proptest::collection::vec(step, 1..40)
}

/// Does one step. Refusals are part of the game; failures are not.
async fn act(
    stock: &Stock,
    catalog: &mut PgConnection,
    variants: &[VariantId],
    checkouts: &[CheckoutId],
    now: &mut Timestamp,
    step: Step,
) {
    let mut conn = stock.conn().await;
    match step {
        Step::Hold {
            checkout,
            variant,
            units,
        } => {
            drop(conn);
            let held = stock
                .hold(checkouts[checkout], &[(variants[variant], units)], *now)
                .await;
            assert!(!matches!(held, Err(ReserveError::Database(_))), "{held:?}");
        }
        Step::Release { checkout } => release(&mut conn, checkouts[checkout]).await.unwrap(),
        Step::Pin { checkout } => pin(&mut conn, checkouts[checkout], true, *now + HOLD)
            .await
            .unwrap(),
        Step::Allocate { checkout } => {
            let order = OrderId::from_uuid(checkouts[checkout].uuid());
            let sold = allocate(&mut conn, checkouts[checkout], order).await;
            assert!(!matches!(sold, Err(AllocateError::Database(_))), "{sold:?}");
        }
        Step::Sweep => drop(
            catalog::store::stock::sweep_reservations(catalog, *now, 10)
                .await
                .unwrap(),
        ),
        Step::Wait => *now += HOLD,
        Step::Adjust { variant, delta } => {
            let location: Uuid =
                sqlx::query_scalar("select location_id from catalog.stock_location")
                    .fetch_one(&mut *catalog)
                    .await
                    .unwrap();
            let adjusted = catalog::store::stock::adjust_levels(
                catalog,
                variants[variant],
                location.into(),
                &[(0, delta)],
                "counted",
                "test",
            )
            .await;
            if let Err(error) = adjusted {
                assert_eq!(
                    common::db::sqlstate(&error).as_deref(),
                    Some("23514"),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn counters_equal_the_ledger_whatever_happens() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let stock = runtime.block_on(Stock::new(2));
    let catalog = runtime.block_on(stock.db.pool("catalog", 1));
    let config = ProptestConfig {
        cases: 24,
        max_shrink_iters: 64,
        ..ProptestConfig::default()
    };
    let result = TestRunner::new(config).run(&steps(), |steps| {
        runtime.block_on(async {
            let variants = [stock.variant(&[6, 3]).await, stock.variant(&[4]).await];
            let checkouts: Vec<CheckoutId> = (0..4).map(|_| CheckoutId::generate()).collect();
            let mut conn = catalog.acquire().await.unwrap();
            let mut now = stock.now;
            for step in steps {
                act(&stock, &mut conn, &variants, &checkouts, &mut now, step).await;
            }
            stock.verify().await;
        });
        Ok(())
    });
    result.unwrap();
}
