//! A database with stock, and the roles that move it.

use common::db::is_retryable;
use contract_catalog::stock::{ReserveError, Shortage, allocate, reserve};
use jiff::{SignedDuration, Timestamp};
use kernel::{CheckoutId, Clock as _, LocationId, OrderId, ProductId, Quantity, VariantId};
use sqlx::{PgPool, Row as _};
use testkit::TestDb;
use uuid::Uuid;

/// How long a hold lasts.
pub(crate) const HOLD: SignedDuration = SignedDuration::from_mins(10);

/// A database with one product, and pools of the roles that move its stock.
pub(crate) struct Stock {
    pub(crate) db: TestDb,
    admin: PgPool,
    checkout: PgPool,
    orders: PgPool,
    pub(crate) now: Timestamp,
}

impl Stock {
    pub(crate) async fn new(connections: u32) -> Self {
        let db = TestDb::new().await;
        let (admin, checkout, orders) = (
            db.admin_pool().await,
            db.pool("checkout", connections).await,
            db.pool("orders", connections).await,
        );
        Self {
            db,
            admin,
            checkout,
            orders,
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

    /// Holds units in a transaction of its own, as checkout does: again after a deadlock, three times at most.
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
        for _ in 1..3 {
            match self.hold_once(checkout_id, &demand, now).await {
                Err(ReserveError::Database(error)) if is_retryable(&error) => {}
                outcome => return outcome,
            }
        }
        self.hold_once(checkout_id, &demand, now).await
    }

    async fn hold_once(
        &self,
        checkout_id: CheckoutId,
        demand: &[(VariantId, Quantity)],
        now: Timestamp,
    ) -> Result<(), ReserveError> {
        let mut tx = self.checkout.begin().await?;
        reserve(&mut tx, checkout_id, demand, now + HOLD, now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.checkout.acquire().await.unwrap()
    }

    /// A connection of the orders service.
    pub(crate) async fn orders(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.orders.acquire().await.unwrap()
    }

    /// Buys units: what checkout does, without the rest of it.
    pub(crate) async fn buy(&self, order_id: OrderId, demand: &[(VariantId, u16)]) -> CheckoutId {
        let checkout_id = CheckoutId::generate();
        self.hold(checkout_id, demand, self.now).await.unwrap();
        allocate(&mut *self.conn().await, checkout_id, order_id)
            .await
            .unwrap();
        checkout_id
    }

    /// Lets units of a variant be sold beyond what is there, in its first slot.
    pub(crate) async fn backorders(&self, variant_id: VariantId, limit: i32) {
        sqlx::query("update catalog.stock_level set backorder_limit = $2 where variant_id = $1 and slot = 0")
            .bind(variant_id.uuid())
            .bind(limit)
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// Another place, which comes after the first one.
    pub(crate) async fn location(&self, priority: i32) -> LocationId {
        let location_id = LocationId::generate();
        sqlx::query("insert into catalog.stock_location (location_id, code, name, priority) values ($1, $1::text, 'B', $2)")
            .bind(location_id.uuid())
            .bind(priority)
            .execute(&self.admin)
            .await
            .unwrap();
        location_id
    }

    /// The place that every shop begins with.
    pub(crate) async fn main(&self) -> LocationId {
        sqlx::query_scalar::<_, Uuid>(
            "select location_id from catalog.stock_location where code = 'main'",
        )
        .fetch_one(&self.admin)
        .await
        .unwrap()
        .into()
    }

    /// Units come into a place.
    pub(crate) async fn receive(&self, variant_id: VariantId, location_id: LocationId, units: i32) {
        sqlx::query(
            "select catalog.adjust_stock_v2($1, $2, 'receive', $3, null, null, 'delivery', 'test')",
        )
        .bind(variant_id.uuid())
        .bind(location_id.uuid())
        .bind(units)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// Events of a kind that nobody has taken.
    pub(crate) async fn events(&self) -> i64 {
        sqlx::query_scalar("select count(*) from catalog.outbox where kind = 'stock.changed'")
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// Every slot of a variant: place, slot, on hand, held or sold, backorder limit.
    pub(crate) async fn slots(&self, variant_id: VariantId) -> Vec<(i16, i32, i32, i32)> {
        sqlx::query_as(
            "select l.slot, l.on_hand, l.reserved + l.allocated, l.backorder_limit
               from catalog.stock_level l join catalog.stock_location o using (location_id)
              where l.variant_id = $1 order by o.priority, l.location_id, l.slot",
        )
        .bind(variant_id.uuid())
        .fetch_all(&self.admin)
        .await
        .unwrap()
    }

    /// Checks the invariants of stock. Those of orders do not hold here: nobody writes any.
    pub(crate) async fn verify(&self) {
        let mut conn = self.admin.acquire().await.unwrap();
        let differences = catalog::store::stock_audit::list_differences(&mut conn, 10)
            .await
            .unwrap();
        assert!(differences.is_empty(), "{differences:#?}");
        for finding in schema::verify::run(&mut conn, schema::verify::Scope::default())
            .await
            .unwrap()
        {
            if [
                "stock_not_oversold",
                "stock_equals_ledger",
                "stock_equals_holds",
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

/// Lines as the contract takes them.
pub(crate) fn lines(lines: &[(VariantId, u16)]) -> Vec<(VariantId, Quantity)> {
    lines
        .iter()
        .map(|(id, n)| (*id, Quantity::new(*n).unwrap()))
        .collect()
}
