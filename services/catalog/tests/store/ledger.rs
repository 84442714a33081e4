//! Counters equal the ledger, whatever happens.

use catalog::store::stock::Adjustment;
use contract_catalog::stock::{
    AllocateError, ReleaseError, ReserveError, ShipError, allocate, pin, release,
    release_allocation, restock, ship,
};
use jiff::Timestamp;
use kernel::{CheckoutId, OrderId, RefundId, ReturnId, ShipmentId, VariantId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sqlx::PgConnection;

use crate::support::{HOLD, Stock, lines};

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
        backorder: Option<i32>,
    },
    Ship {
        checkout: usize,
        variant: usize,
        units: u16,
    },
    Cancel {
        checkout: usize,
        line: Option<(usize, u16)>,
    },
    Restock {
        variant: usize,
        units: u16,
    },
    Split {
        variant: usize,
        slots: i16,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..4_usize, 0..2_usize, 1..6_u16).prop_map(|(checkout, variant, units)| Step::Hold { checkout, variant, units }),
        1 => (0..4_usize).prop_map(|checkout| Step::Release { checkout }),
        1 => (0..4_usize).prop_map(|checkout| Step::Pin { checkout }),
        2 => (0..4_usize).prop_map(|checkout| Step::Allocate { checkout }),
        1 => Just(Step::Sweep),
        1 => Just(Step::Wait),
        2 => (0..2_usize, -5..6_i32, proptest::option::of(0..5_i32))
            .prop_map(|(variant, delta, backorder)| Step::Adjust { variant, delta, backorder }),
        3 => (0..4_usize, 0..2_usize, 1..6_u16).prop_map(|(checkout, variant, units)| Step::Ship { checkout, variant, units }),
        2 => (0..4_usize, proptest::option::of((0..2_usize, 1..4_u16))).prop_map(|(checkout, line)| Step::Cancel { checkout, line }),
        1 => (0..2_usize, 1..4_u16).prop_map(|(variant, units)| Step::Restock { variant, units }),
        1 => (0..2_usize, 1..5_i16).prop_map(|(variant, slots)| Step::Split { variant, slots }),
    ];
    proptest::collection::vec(step, 1..60)
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
        Step::Adjust {
            variant,
            delta,
            backorder,
        } => {
            let change = Adjustment {
                variant_id: variants[variant],
                location_id: stock.main().await,
                kind: "adjust",
                delta,
                backorder_limit: backorder,
                reason: "counted",
                actor: "test",
            };
            refusable(
                catalog::store::stock::adjust(catalog, &change).await,
                "23514",
            );
        }
        Step::Split { variant, slots } => {
            catalog::store::slots::split_slots(catalog, variants[variant], slots, false, "test")
                .await
                .unwrap();
        }
        Step::Ship { .. } | Step::Cancel { .. } | Step::Restock { .. } => {
            fulfil(stock, variants, checkouts, step).await;
        }
    }
}

/// One thing that happens to what is sold.
async fn fulfil(stock: &Stock, variants: &[VariantId], checkouts: &[CheckoutId], step: Step) {
    let mut conn = stock.orders().await;
    let order = |checkout: usize| OrderId::from_uuid(checkouts[checkout].uuid());
    match step {
        Step::Ship {
            checkout,
            variant,
            units,
        } => {
            let parcel = ShipmentId::generate();
            let lines = lines(&[(variants[variant], units)]);
            let left = ship(&mut conn, order(checkout), parcel, &lines, None, "test").await;
            assert!(!matches!(left, Err(ShipError::Database(_))), "{left:?}");
        }
        Step::Cancel { checkout, line } => {
            let cause = RefundId::generate();
            let lines = line.map(|(variant, units)| lines(&[(variants[variant], units)]));
            let freed =
                release_allocation(&mut conn, order(checkout), cause, lines.as_deref(), "test")
                    .await;
            assert!(
                !matches!(freed, Err(ReleaseError::Database(_))),
                "{freed:?}"
            );
        }
        Step::Restock { variant, units } => {
            let lines = lines(&[(variants[variant], units)]);
            restock(
                &mut conn,
                ReturnId::generate(),
                None,
                &lines,
                "test",
                "test",
            )
            .await
            .unwrap();
        }
        other => panic!("{other:?} is no matter of orders"),
    }
}

/// A refusal by this SQLSTATE is part of the game.
fn refusable(result: Result<(), sqlx::Error>, state: &str) {
    if let Err(error) = result {
        assert_eq!(
            common::db::sqlstate(&error).as_deref(),
            Some(state),
            "{error}"
        );
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
