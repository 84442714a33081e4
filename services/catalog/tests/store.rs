//! Stock under the roles that use it: reservations by checkout, with real connections at the same time.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use contract_catalog::stock::{
    AllocateError, ReserveError, Shortage, allocate, pin, release, reserve,
};
use jiff::{SignedDuration, Timestamp};
use kernel::{CheckoutId, Clock as _, OrderId, ProductId, Quantity, VariantId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sqlx::{PgConnection, PgPool, Row as _};
use testkit::TestDb;
use uuid::Uuid;

const HOLD: SignedDuration = SignedDuration::from_mins(10);

/// A database with one product, and pools of the roles that move its stock.
struct Stock {
    db: TestDb,
    admin: PgPool,
    checkout: PgPool,
    now: Timestamp,
}

impl Stock {
    async fn new(connections: u32) -> Self {
        let db = TestDb::new().await;
        let (admin, checkout) = (
            db.admin_pool().await,
            db.pool("checkout", connections).await,
        );
        Self {
            db,
            admin,
            checkout,
            now: testkit::clock().now(),
        }
    }

    /// A variant whose units lie in slots.
    async fn variant(&self, slots: &[i32]) -> VariantId {
        let (variant_id, product_id) = (VariantId::generate(), ProductId::generate());
        sqlx::query(
            "with c as (insert into catalog.category (category_id, slug, name, path, art)
                        values (gen_random_uuid(), 'c-' || $1, 'C', 'c-' || $1, 'generic') returning category_id),
                  p as (insert into catalog.product (product_id, slug, title, category_id, status)
                        select $2, 'p-' || $1, 'P', category_id, 'active' from c returning product_id),
                  v as (insert into catalog.variant (variant_id, product_id) select $3, product_id from p returning variant_id),
                  l as (insert into catalog.stock_level (variant_id, location_id, slot, on_hand)
                        select v.variant_id, o.location_id, s.place - 1, s.units
                          from v, catalog.stock_location o, unnest($4::int[]) with ordinality as s (units, place)
                        returning *)
             insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, actor)
             select variant_id, location_id, slot, 'receive', on_hand, 'test' from l where on_hand > 0",
        )
        .bind(product_id.uuid().simple().to_string())
        .bind(product_id.uuid())
        .bind(variant_id.uuid())
        .bind(slots)
        .execute(&self.admin)
        .await
        .unwrap();
        variant_id
    }

    /// Units on hand, reserved and allocated over all slots.
    async fn level(&self, variant_id: VariantId) -> (i64, i64, i64) {
        let row = sqlx::query(
            "select sum(on_hand)::bigint, sum(reserved)::bigint, sum(allocated)::bigint from catalog.stock_level where variant_id = $1",
        )
        .bind(variant_id.uuid())
        .fetch_one(&self.admin)
        .await
        .unwrap();
        (row.get(0), row.get(1), row.get(2))
    }

    /// Holds units in a transaction of its own, as checkout does.
    async fn hold(
        &self,
        checkout_id: CheckoutId,
        demand: &[(VariantId, u16)],
        now: Timestamp,
    ) -> Result<(), ReserveError> {
        let demand: Vec<_> = demand
            .iter()
            .map(|(id, n)| (*id, Quantity::new(*n).unwrap()))
            .collect();
        let mut tx = self.checkout.begin().await?;
        reserve(&mut tx, checkout_id, &demand, now + HOLD, now).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.checkout.acquire().await.unwrap()
    }

    /// Checks the invariants of stock. Those of orders do not hold here: nobody writes any.
    async fn verify(&self) {
        let mut conn = self.admin.acquire().await.unwrap();
        for finding in schema::verify::run(&mut conn).await.unwrap() {
            if [
                "stock_not_oversold",
                "stock_equals_ledger",
                "reserved_equals_holds",
            ]
            .contains(&finding.invariant.name)
            {
                assert!(
                    finding.violations.is_empty(),
                    "{}: {:#?}",
                    finding.invariant.name,
                    finding.violations
                );
            }
        }
    }

    /// Units held by a checkout.
    async fn held(&self, checkout_id: CheckoutId) -> i64 {
        sqlx::query_scalar("select coalesce(sum(quantity), 0)::bigint from catalog.reservation_line where checkout_id = $1")
            .bind(checkout_id.uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }
}

fn shortages(result: Result<(), ReserveError>) -> Vec<Shortage> {
    match result {
        Err(ReserveError::OutOfStock(shortages)) => shortages,
        other => panic!("expected a shortage, found {other:?}"),
    }
}

#[tokio::test]
async fn checkout_may_hold_stock_and_nothing_else() {
    let stock = Stock::new(1).await;
    let mut conn = stock.conn().await;
    for statement in [
        "select * from catalog.stock_level",
        "update catalog.stock_level set on_hand = 9",
        "select * from catalog.product",
        "delete from catalog.reservation",
        "select catalog.sweep_reservations_v1(now(), 1)",
        "select catalog.refresh_products_v1('{}', 'USD')",
    ] {
        let error = sqlx::query(statement)
            .execute(&mut *conn)
            .await
            .unwrap_err();
        assert_eq!(
            common::db::sqlstate(&error).as_deref(),
            Some("42501"),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_ten_units() {
    let stock = Stock::new(50).await;
    let variant = stock.variant(&[10]).await;
    let demand = [(variant, 1)];
    let holds = (0..100).map(|_| stock.hold(CheckoutId::generate(), &demand, stock.now));
    let results = futures::future::join_all(holds).await;
    let mut held = 0;
    for result in results {
        match result {
            Ok(()) => held += 1,
            refused => assert_eq!(
                shortages(refused),
                [Shortage {
                    variant_id: variant,
                    requested: 1,
                    available: 0
                }]
            ),
        }
    }
    assert_eq!(held, 10);
    assert_eq!(stock.level(variant).await, (10, 10, 0));
    stock.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_orders_of_two_products_do_not_lock_each_other() {
    let stock = Stock::new(20).await;
    let (a, b) = (stock.variant(&[30]).await, stock.variant(&[30]).await);
    let results = futures::future::join_all((0..40).map(|n| {
        let demand = if n % 2 == 0 {
            [(a, 1), (b, 1)]
        } else {
            [(b, 1), (a, 1)]
        };
        let stock = &stock;
        async move { stock.hold(CheckoutId::generate(), &demand, stock.now).await }
    }))
    .await;
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        30,
        "{results:?}"
    );
    assert_eq!(stock.level(a).await, (30, 30, 0));
    assert_eq!(stock.level(b).await, (30, 30, 0));
    stock.verify().await;
}

#[tokio::test]
async fn lines_of_one_variant_are_summed() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[5]).await;
    let checkout = CheckoutId::generate();
    let refused = shortages(
        stock
            .hold(checkout, &[(variant, 3), (variant, 3)], stock.now)
            .await,
    );
    assert_eq!(
        refused,
        [Shortage {
            variant_id: variant,
            requested: 6,
            available: 5
        }]
    );
    assert_eq!(stock.level(variant).await, (5, 0, 0));
    stock
        .hold(checkout, &[(variant, 3), (variant, 2)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (5, 5, 0));
}

#[tokio::test]
async fn all_lines_or_none_and_every_shortage_is_named() {
    let stock = Stock::new(2).await;
    let (a, b, c) = (
        stock.variant(&[1]).await,
        stock.variant(&[9]).await,
        stock.variant(&[0]).await,
    );
    let mut refused = shortages(
        stock
            .hold(CheckoutId::generate(), &[(a, 2), (b, 1), (c, 1)], stock.now)
            .await,
    );
    refused.sort_by_key(|shortage| shortage.requested);
    assert_eq!(
        refused,
        [
            Shortage {
                variant_id: c,
                requested: 1,
                available: 0
            },
            Shortage {
                variant_id: a,
                requested: 2,
                available: 1
            }
        ]
    );
    assert_eq!(stock.level(b).await, (9, 0, 0));
}

#[tokio::test]
async fn a_second_call_moves_only_the_difference() {
    let stock = Stock::new(2).await;
    let (a, b) = (stock.variant(&[5]).await, stock.variant(&[5]).await);
    let checkout = CheckoutId::generate();
    stock.hold(checkout, &[(a, 4)], stock.now).await.unwrap();
    stock
        .hold(checkout, &[(a, 5), (b, 2)], stock.now)
        .await
        .unwrap();
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((5, 5, 0), (5, 2, 0))
    );
    stock.hold(checkout, &[(a, 1)], stock.now).await.unwrap();
    assert_eq!(
        (stock.level(a).await, stock.level(b).await),
        ((5, 1, 0), (5, 0, 0))
    );
    let refused = shortages(stock.hold(checkout, &[(a, 6)], stock.now).await);
    assert_eq!(
        refused,
        [Shortage {
            variant_id: a,
            requested: 6,
            available: 5
        }],
        "what it holds itself counts as free"
    );
    assert_eq!(stock.level(a).await, (5, 1, 0));
    stock.verify().await;
}

#[tokio::test]
async fn a_quantity_is_drawn_across_slots() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[4, 4, 4]).await;
    let first = CheckoutId::generate();
    stock
        .hold(first, &[(variant, 10)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (12, 10, 0));
    let refused = shortages(
        stock
            .hold(CheckoutId::generate(), &[(variant, 3)], stock.now)
            .await,
    );
    assert_eq!(refused[0].available, 2);
    stock.hold(first, &[(variant, 7)], stock.now).await.unwrap();
    stock
        .hold(CheckoutId::generate(), &[(variant, 5)], stock.now)
        .await
        .unwrap();
    assert_eq!(stock.level(variant).await, (12, 12, 0));
    stock.verify().await;
}

#[tokio::test]
async fn expired_holds_are_taken_over_and_pinned_ones_are_not() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[5]).await;
    let (stale, pinned, late) = (
        CheckoutId::generate(),
        CheckoutId::generate(),
        CheckoutId::generate(),
    );
    stock.hold(stale, &[(variant, 3)], stock.now).await.unwrap();
    stock
        .hold(pinned, &[(variant, 2)], stock.now)
        .await
        .unwrap();
    pin(&mut *stock.conn().await, pinned, true, stock.now + HOLD)
        .await
        .unwrap();
    let just_before = stock.now + HOLD - SignedDuration::from_millis(1);
    assert_eq!(
        shortages(stock.hold(late, &[(variant, 1)], just_before).await)[0].available,
        0
    );
    let refused = shortages(stock.hold(late, &[(variant, 4)], stock.now + HOLD).await);
    assert_eq!(refused[0].available, 3);
    stock
        .hold(late, &[(variant, 3)], stock.now + HOLD)
        .await
        .unwrap();
    assert_eq!(
        (
            stock.held(stale).await,
            stock.held(pinned).await,
            stock.held(late).await
        ),
        (0, 2, 3)
    );
    let gone = allocate(&mut *stock.conn().await, stale, OrderId::generate()).await;
    assert!(matches!(gone, Err(AllocateError::Gone)), "{gone:?}");
    stock.verify().await;
}

#[tokio::test]
async fn a_sweep_gives_back_what_expired_and_nothing_else() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[9]).await;
    let holds: Vec<CheckoutId> = (0..4).map(|_| CheckoutId::generate()).collect();
    for checkout in &holds {
        stock
            .hold(*checkout, &[(variant, 2)], stock.now)
            .await
            .unwrap();
    }
    let mut conn = stock.conn().await;
    pin(&mut conn, holds[0], true, stock.now + HOLD)
        .await
        .unwrap();
    allocate(&mut conn, holds[1], OrderId::generate())
        .await
        .unwrap();
    let pool = stock.db.pool("catalog", 1).await;
    let mut catalog = pool.acquire().await.unwrap();
    let sweep = async |conn: &mut PgConnection, now, limit| {
        catalog::store::stock::sweep_reservations(conn, now, limit)
            .await
            .unwrap()
    };
    assert_eq!(sweep(&mut catalog, stock.now, 10).await, 0);
    let later = stock.now + HOLD;
    assert_eq!(sweep(&mut catalog, later, 1).await, 1);
    assert_eq!(sweep(&mut catalog, later, 10).await, 1);
    assert_eq!(sweep(&mut catalog, later, 10).await, 0);
    assert_eq!(stock.level(variant).await, (9, 2, 2));
    stock.verify().await;
}

#[tokio::test]
async fn selling_happens_once() {
    let stock = Stock::new(2).await;
    let variant = stock.variant(&[2, 2]).await;
    let (checkout, order) = (CheckoutId::generate(), OrderId::generate());
    stock
        .hold(checkout, &[(variant, 3)], stock.now)
        .await
        .unwrap();
    let mut conn = stock.conn().await;
    allocate(&mut conn, checkout, order).await.unwrap();
    allocate(&mut conn, checkout, order).await.unwrap();
    assert_eq!(stock.level(variant).await, (4, 0, 3));
    assert!(matches!(
        allocate(&mut conn, checkout, OrderId::generate()).await,
        Err(AllocateError::Gone)
    ));
    release(&mut conn, checkout).await.unwrap();
    assert_eq!(
        stock.level(variant).await,
        (4, 0, 3),
        "what is sold is not given back"
    );
    let again = stock.hold(checkout, &[(variant, 1)], stock.now).await;
    assert!(matches!(again, Err(ReserveError::Allocated)), "{again:?}");
    stock.verify().await;
}

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
