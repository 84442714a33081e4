//! A database with stock, and the roles that move it.

use contract_catalog::stock::{ReserveError, Shortage, reserve};
use jiff::{SignedDuration, Timestamp};
use kernel::{CheckoutId, Clock as _, ProductId, Quantity, VariantId};
use sqlx::{PgPool, Row as _};
use testkit::TestDb;

/// How long a hold lasts.
pub(crate) const HOLD: SignedDuration = SignedDuration::from_mins(10);

/// A database with one product, and pools of the roles that move its stock.
pub(crate) struct Stock {
    pub(crate) db: TestDb,
    admin: PgPool,
    checkout: PgPool,
    pub(crate) now: Timestamp,
}

impl Stock {
    pub(crate) async fn new(connections: u32) -> Self {
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
    pub(crate) async fn variant(&self, slots: &[i32]) -> VariantId {
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
    pub(crate) async fn level(&self, variant_id: VariantId) -> (i64, i64, i64) {
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
    pub(crate) async fn hold(
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

    pub(crate) async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.checkout.acquire().await.unwrap()
    }

    /// Checks the invariants of stock. Those of orders do not hold here: nobody writes any.
    pub(crate) async fn verify(&self) {
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
    pub(crate) async fn held(&self, checkout_id: CheckoutId) -> i64 {
        sqlx::query_scalar("select coalesce(sum(quantity), 0)::bigint from catalog.reservation_line where checkout_id = $1")
            .bind(checkout_id.uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }
}

/// The shortages that a hold was refused for.
pub(crate) fn shortages(result: Result<(), ReserveError>) -> Vec<Shortage> {
    match result {
        Err(ReserveError::OutOfStock(shortages)) => shortages,
        other => panic!("expected a shortage, found {other:?}"),
    }
}
