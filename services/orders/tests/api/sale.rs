//! An order that was bought: with stock, a payment, a cart and a checkout behind it; and the payment provider's part.

use contract_catalog::stock;
use contract_orders::{NewOrder, order};
use jiff::SignedDuration;
use kernel::{Clock as _, OrderId, Quantity, UserId, VariantId};
use serde_json::{Value, json};
use sqlx::Row as _;
use testkit::{Answer, Call};

use crate::desk::{Desk, head, line};

/// Three lamps (30.00 less 1.00, tax 2.10), two cables (10.00, tax 0.73), shipping 4.99 and tax 0.36: 47.18.
pub(crate) const TOTAL: i64 = 4718;
pub(crate) const LAMPS: i64 = 3110;
pub(crate) const CABLES: i64 = 1073;
pub(crate) const SHIPPING: i64 = 535;

pub(crate) struct Sale<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) order_id: OrderId,
    pub(crate) customer: UserId,
    pub(crate) staff_id: UserId,
    pub(crate) lamp: VariantId,
    pub(crate) cable: VariantId,
    pub(crate) lamps: String,
    pub(crate) cables: String,
}

impl<'a> Sale<'a> {
    /// Paid by card at once.
    pub(crate) async fn paid(desk: &'a Desk) -> Self {
        Self::make(desk, true).await
    }

    /// Only authorised: the payment is taken when the first shipment is planned.
    pub(crate) async fn authorized(desk: &'a Desk) -> Self {
        Self::make(desk, false).await
    }

    async fn make(desk: &'a Desk, captured: bool) -> Self {
        let customer = UserId::generate();
        let (lamp, cable) = (variant(desk, 10).await, variant(desk, 10).await);
        let mut new = NewOrder {
            subtotal_minor: 4000,
            discount_minor: 100,
            shipping_minor: 499,
            tax_minor: 319,
            total_minor: TOTAL,
            lines: vec![
                line(lamp, "Lamp", 3, 1000, 100, 210),
                line(cable, "Cable", 2, 500, 0, 73),
            ],
            ..head(Some(customer))
        };
        for line in &mut new.lines {
            line.product_id = product_of(desk, line.variant_id).await.into();
        }
        let now = desk.clock.now();
        let mut tx = desk.checkout.begin().await.expect("a transaction");
        order::open(&mut tx, &new).await.expect("an order");
        let demand = [
            (lamp, Quantity::new(3).expect("3")),
            (cable, Quantity::new(2).expect("2")),
        ];
        let until = now + SignedDuration::from_mins(15);
        stock::reserve(&mut tx, new.checkout_id, &demand, until, now)
            .await
            .expect("a hold");
        let sums = if captured { (0, TOTAL) } else { (TOTAL, 0) };
        order::place(&mut tx, new.order_id, sums.0, sums.1, now)
            .await
            .expect("placed");
        stock::allocate(&mut tx, new.checkout_id, new.order_id)
            .await
            .expect("allocated");
        tx.commit().await.expect("committed");
        pay(desk, &new, customer, captured).await;
        let mut lines = line_ids(desk, new.order_id).await.into_iter();
        Self {
            desk,
            order_id: new.order_id,
            customer,
            staff_id: UserId::generate(),
            lamp,
            cable,
            lamps: lines.next().expect("lamps"),
            cables: lines.next().expect("cables"),
        }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/admin/orders/{}{rest}", self.order_id)
    }

    /// A token of this member of staff.
    pub(crate) fn staff(&self) -> String {
        self.desk.tokens.staff_as(self.staff_id, &["*"])
    }

    /// The order as staff see it.
    pub(crate) async fn read(&self) -> Value {
        let answer = self
            .desk
            .app
            .get(self.path(""))
            .bearer(self.staff())
            .send()
            .await;
        answer.expect(200).json
    }

    /// The order as its customer sees it.
    pub(crate) async fn shown(&self) -> Value {
        let path = format!("/api/v1/orders/{}", self.order_id);
        let token = self.desk.tokens.customer(self.customer);
        self.desk
            .app
            .get(path)
            .bearer(token)
            .send()
            .await
            .expect(200)
            .json
    }

    /// A change by this member of staff, based on the version as it is now, with a key of its own.
    pub(crate) async fn call_as(&self, token: &str, rest: &str, body: Value) -> Answer {
        let version = self.read().await["version"].clone();
        self.raw(
            token,
            rest,
            &version.to_string(),
            &kernel::EventId::generate().to_string(),
            body,
        )
        .send()
        .await
    }

    pub(crate) async fn post(&self, rest: &str, body: Value) -> Answer {
        self.call_as(&self.staff(), rest, body).await
    }

    pub(crate) fn raw(
        &self,
        token: &str,
        rest: &str,
        version: &str,
        key: &str,
        body: Value,
    ) -> Call {
        let call = self.desk.app.post(self.path(rest)).bearer(token);
        let call = call
            .header("if-match", format!("\"{version}\""))
            .header("idempotency-key", key);
        call.json(body)
    }

    /// A change by the customer.
    pub(crate) async fn customer_post(&self, rest: &str, body: Value) -> Answer {
        let path = format!("/api/v1/orders/{}{rest}", self.order_id);
        let token = self.desk.tokens.customer(self.customer);
        let key = kernel::EventId::generate().to_string();
        self.desk
            .app
            .post(path)
            .bearer(token)
            .header("idempotency-key", key)
            .json(body)
            .send()
            .await
    }

    pub(crate) fn units(&self, lamps: i64, cables: i64) -> Value {
        let all = [(&self.lamps, lamps), (&self.cables, cables)];
        let some = all.iter().filter(|(_, units)| *units > 0);
        some.map(|(line, units)| json!({"line_id": line, "quantity": units}))
            .collect()
    }

    /// Ships units. Answers the shipment's id.
    pub(crate) async fn ship(&self, lamps: i64, cables: i64) -> String {
        let answer = self
            .post(
                "/shipments",
                json!({"lines": self.units(lamps, cables), "ship": true}),
            )
            .await
            .expect(200);
        last(&answer.json["shipments"])["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// Ships all and has it delivered.
    pub(crate) async fn deliver_all(&self) {
        let shipment = self.ship(3, 2).await;
        self.post(&format!("/shipments/{shipment}/deliver"), json!({}))
            .await
            .expect(200);
    }

    /// On hand, reserved, allocated.
    pub(crate) async fn level(&self, variant: VariantId) -> (i32, i32, i32) {
        sqlx::query_as(
            "select on_hand, reserved, allocated from catalog.stock_level where variant_id = $1",
        )
        .bind(variant.uuid())
        .fetch_one(&self.desk.admin)
        .await
        .expect("a level")
    }

    /// What the provider and checkout do with all that was asked of them.
    pub(crate) async fn settle(&self) {
        self.answer_operations(true).await;
    }

    /// The provider refuses all that was asked.
    pub(crate) async fn refuse(&self) {
        self.answer_operations(false).await;
    }

    async fn answer_operations(&self, done: bool) {
        let order = self.order_id.uuid();
        let mut tx = self.desk.admin.begin().await.expect("a transaction");
        let operations = sqlx::query(
            "select operation_id, kind, refund_id from checkout.payment_operation where order_id = $1 and state = 'requested'",
        )
        .bind(order)
        .fetch_all(&mut *tx)
        .await
        .expect("operations");
        for operation in operations {
            let (id, kind): (uuid::Uuid, String) = (operation.get(0), operation.get(1));
            let refund: Option<uuid::Uuid> = operation.get(2);
            let run = |sql: &'static str| sqlx::query(sql).bind(id);
            let state = if done { "succeeded" } else { "failed" };
            sqlx::query("update checkout.payment_operation set state = $2, next_try_at = null where operation_id = $1")
                .bind(id)
                .bind(state)
                .execute(&mut *tx)
                .await
                .expect("an answer");
            let statements: &[&'static str] = match (kind.as_str(), done) {
                ("capture", true) => &[
                    "update checkout.payment_attempt a set state = 'captured', captured_minor = o.amount_minor
                       from checkout.payment_operation o where o.operation_id = $1 and a.attempt_id = o.attempt_id",
                    "insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
                     select 'capture', 'provider', 'sales', o.amount_minor, o.currency, o.order_id, o.operation_id
                       from checkout.payment_operation o where o.operation_id = $1",
                ],
                ("void", true) => &["update checkout.payment_attempt a set state = 'voided'
                       from checkout.payment_operation o where o.operation_id = $1 and a.attempt_id = o.attempt_id"],
                ("refund", true) => &[
                    "update checkout.payment_attempt a set refund_pending_minor = a.refund_pending_minor - o.amount_minor,
                            refunded_minor = a.refunded_minor + o.amount_minor
                       from checkout.payment_operation o where o.operation_id = $1 and a.attempt_id = o.attempt_id",
                    "insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
                     select 'refund', 'sales', 'provider', o.amount_minor, o.currency, o.order_id, o.operation_id
                       from checkout.payment_operation o where o.operation_id = $1",
                ],
                ("refund", false) => &["update checkout.payment_attempt a set refund_pending_minor = a.refund_pending_minor - o.amount_minor
                       from checkout.payment_operation o where o.operation_id = $1 and a.attempt_id = o.attempt_id"],
                _ => &[],
            };
            for sql in statements {
                run(sql).execute(&mut *tx).await.expect("a movement");
            }
            if let Some(refund) = refund {
                sqlx::query("select orders.record_refund_v1($1, $2, case $2 when 'failed' then 'the card was closed' end)")
                    .bind(refund)
                    .bind(state)
                    .execute(&mut *tx)
                    .await
                    .expect("a report");
            }
            let told = (kind == "capture" && done).then_some("payment.captured");
            sqlx::query(
                "select orders.record_payment_v1($1, s.authorized_minor, s.captured_minor, s.refunded_minor, s.voided, s.disputed, $2, '{}')
                   from checkout.payment_sums_v1($1) s",
            )
            .bind(order)
            .bind(told)
            .execute(&mut *tx)
            .await
            .expect("sums");
        }
        tx.commit().await.expect("committed");
    }
}

/// The last of a list.
pub(crate) fn last(list: &Value) -> &Value {
    list.as_array()
        .and_then(|list| list.last())
        .expect("a list with something in it")
}

/// A variant at 10.00 with units in stock.
pub(crate) async fn variant(desk: &Desk, on_hand: i32) -> VariantId {
    let variant = VariantId::generate();
    sqlx::query(
        "with c as (insert into catalog.category (category_id, slug, name, path, art)
                    values (gen_random_uuid(), 'things', 'Things', 'things', 'generic')
                    on conflict (slug) do update set name = excluded.name returning category_id),
              p as (insert into catalog.product (product_id, slug, title, category_id, status)
                    select gen_random_uuid(), 'p-' || replace($1::text, '-', ''), 'Thing', category_id, 'active' from c returning product_id),
              v as (insert into catalog.variant (variant_id, product_id) select $1, product_id from p returning variant_id),
              r as (insert into catalog.price (variant_id, currency, amount_minor) select variant_id, 'USD', 1000 from v),
              l as (insert into catalog.stock_level (variant_id, location_id, on_hand)
                    select v.variant_id, o.location_id, $2 from v, catalog.stock_location o returning *)
         insert into catalog.stock_movement (variant_id, location_id, slot, kind, on_hand_delta, actor)
         select variant_id, location_id, slot, 'receive', on_hand, 'test' from l where on_hand > 0",
    )
    .bind(variant.uuid())
    .bind(on_hand)
    .execute(&desk.admin)
    .await
    .expect("a variant");
    variant
}

async fn product_of(desk: &Desk, variant: VariantId) -> uuid::Uuid {
    sqlx::query_scalar("select product_id from catalog.variant where variant_id = $1")
        .bind(variant.uuid())
        .fetch_one(&desk.admin)
        .await
        .expect("its product")
}

async fn line_ids(desk: &Desk, order_id: OrderId) -> Vec<String> {
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select line_id from orders.order_line where order_id = $1 order by position",
    )
    .bind(order_id.uuid())
    .fetch_all(&desk.admin)
    .await
    .expect("lines");
    ids.into_iter()
        .map(|id| kernel::OrderLineId::from(id).to_string())
        .collect()
}

async fn pay(desk: &Desk, new: &NewOrder, customer: UserId, captured: bool) {
    let (order, checkout, cart) = (
        new.order_id.uuid(),
        new.checkout_id.uuid(),
        new.cart_id.uuid(),
    );
    let mut tx = desk.admin.begin().await.expect("a transaction");
    let cart = sqlx::query(
        "with closed as (
           insert into cart.cart (cart_id, customer_id, currency, state, order_id) values ($3, $4, 'USD', 'ordered', $1))
         insert into checkout.checkout (checkout_id, cart_id, customer_id, state, currency, email, order_id, quoted, expires_at)
         values ($2, $3, $4, 'completed', 'USD', 'ada@example.com', $1,
                 jsonb_build_object('totals', jsonb_build_object('total', jsonb_build_object('amount', $5::bigint, 'currency', 'USD'))), now())",
    )
    .bind(order)
    .bind(checkout)
    .bind(cart)
    .bind(customer.uuid())
    .bind(TOTAL);
    cart.execute(&mut *tx).await.expect("a cart and a checkout");
    let attempt = sqlx::query(
        "insert into checkout.payment_attempt (attempt_id, checkout_id, order_id, attempt_no, idempotency_key, provider, payment_method,
                                               provider_ref, state, amount_minor, currency, captured_minor, card_brand, card_last4)
         values ($1, $2, $1, 1, $1::text, 'stripe', 'pm_card_visa', 'pi_' || $1::text, $3, $4, 'USD', $5, 'visa', '4242')",
    )
    .bind(order)
    .bind(checkout)
    .bind(if captured { "captured" } else { "authorized" })
    .bind(TOTAL)
    .bind(if captured { TOTAL } else { 0 });
    attempt.execute(&mut *tx).await.expect("a payment");
    if captured {
        let booked = sqlx::query(
            "insert into checkout.ledger_transfer (kind, debit_account, credit_account, amount_minor, currency, order_id, cause_id)
             values ('capture', 'provider', 'sales', $2, 'USD', $1, $1)",
        )
        .bind(order)
        .bind(TOTAL);
        booked.execute(&mut *tx).await.expect("a transfer");
    }
    tx.commit().await.expect("committed");
}
