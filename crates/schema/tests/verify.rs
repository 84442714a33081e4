//! Every invariant finds what breaks it: on a world in which all is well none reports anything, and each planted fault
//! is reported by its own. Constraints that would refuse a fault are dropped first: the invariants are the second line.

use schema::verify::{Scope, invariants, run};
use sqlx::PgPool;
use testkit::TestDb;

const WORLD: &str = include_str!("verify/world.sql");
/// What the provider and the clients wrote down of that world.
const LEDGER: &str = r#"[{"provider_ref": "pi_1", "captured_minor": 1999, "refunded_minor": 900, "currency": "usd"}]"#;
const HISTORY: &str = r#"[
    {"kind": "order", "id": "00000000-0000-7000-8000-000000000001"},
    {"kind": "cart", "id": "00000000-0000-7000-8000-00000000ca01", "version": 4, "lines": {"00000000-0000-7000-8000-000000000b01": 2}}]"#;

/// The number of an invariant, and what breaks it.
const FAULTS: &[(&str, &str)] = &[
    ("I01", "update catalog.stock_level set on_hand = 8"),
    ("I02", "alter table catalog.stock_level drop constraint stock_level_oversell_check; update catalog.stock_level set allocated = 11"),
    ("I03", "update catalog.reservation_line set shipped = 0"),
    ("I04", "update catalog.reservation_line set released = 1"),
    ("I05", "update catalog.reservation set state = 'held', order_id = null, expires_at = now() - interval '1 hour'"),
    ("I06", "drop index orders.sales_order_cart_live_key; drop index orders.sales_order_checkout_live_key;
             insert into orders.sales_order (order_id, checkout_id, cart_id, email, state, currency, subtotal_minor, discount_minor, shipping_minor,
               tax_minor, total_minor, shipping_address, billing_address, shipping_method)
             select gen_random_uuid(), gen_random_uuid(), cart_id, email, 'pending', 'USD', 0, 0, 0, 0, 0, '{}', '{}', '{}' from orders.sales_order"),
    ("I07", "update checkout.idempotency_key set state = 'in_progress', status = null, body = null, key = 'other', created_at = now() - interval '1 hour'"),
    ("I08", "alter table checkout.payment_attempt drop constraint payment_attempt_order_id_key;
             insert into checkout.payment_attempt (attempt_id, checkout_id, order_id, attempt_no, idempotency_key, provider, payment_method, state, amount_minor, currency)
             select gen_random_uuid(), checkout_id, order_id, 2, 'another', provider, payment_method, 'failed', 1, 'USD' from checkout.payment_attempt"),
    ("I09", "update checkout.payment_attempt set amount_minor = 2000"),
    ("I10", "update orders.sales_order set refunded_minor = 0"),
    ("I11", "update checkout.payment_attempt set refunded_minor = 0"),
    ("I12", "update orders.sales_order set state = 'cancelled'"),
    ("I13", "update checkout.stored_value set balance_minor = 3000"),
    ("I14", "update checkout.payment_attempt set captured_minor = 1998"),
    ("I15", "update orders.order_line set discount_minor = 199"),
    ("I16", "update checkout.checkout set quoted = '{\"totals\": {\"total\": {\"amount\": 1, \"currency\": \"USD\"}}}'"),
    ("I17", "update cart.coupon set used = 2"),
    ("I18", "update cart.coupon_customer set used = 2"),
    ("I19", "delete from orders.timeline where seq = 1"),
    ("I20", "update orders.sales_order set state = 'on_hold'"),
    ("I21", "insert into orders.outbox (event_id, consumer, kind, aggregate_id, payload, created_at)
             values (gen_random_uuid(), 'mail', 'order.placed', gen_random_uuid(), '{}', now() - interval '1 minute')"),
    ("I22", "delete from orders.message"),
    ("I23", "alter table orders.message drop constraint message_cause_key;
             insert into orders.message (message_id, template, cause_id, recipient, subject, body_text)
             select gen_random_uuid(), template, cause_id, recipient, subject, body_text from orders.message"),
    ("I24", "update cart.cart set state = 'open', order_id = null"),
    ("I25", "update orders.sales_order set order_id = gen_random_uuid()"),
    ("I26", "update cart.cart set version = 3"),
    ("I27", "update cart.line set quantity = 1"),
    ("I28", "insert into auth.refresh_token (token_hash, session_id, expires_at) select sha256('x'), session_id, now() + interval '1 day' from auth.session"),
    ("I29", "update auth.session set revoked_at = now() - interval '1 hour', revoke_reason = 'logout'"),
    ("I30", "update auth.refresh_token set used_at = null where token_hash = sha256('parent')"),
    ("I31", "update catalog.product set version = 4"),
    ("I32", "update orders.line_progress set returned = 1, coming_back = 1"),
    ("I33", "delete from orders.line_progress"),
    ("I34", "update checkout.provider_inbox set processed_at = null, outcome = null, received_at = now() - interval '2 minutes'"),
    ("I35", "update orders.invoice_series set next_number = 3"),
];

async fn world() -> (TestDb, PgPool) {
    let db = TestDb::new().await;
    let admin = db.admin_pool().await;
    plant(&admin, WORLD).await;
    (db, admin)
}

/// Writes without the foreign keys having a say.
async fn plant(admin: &PgPool, sql: &str) {
    let sql = format!(
        "set session_replication_role = replica; {sql}; set session_replication_role = origin"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(admin)
        .await
        .expect("what is planted can be written");
}

/// The numbers of the invariants that are broken.
async fn broken(admin: &PgPool) -> Vec<(&'static str, Vec<String>)> {
    let scope = Scope {
        quiet: true,
        ledger: Some(LEDGER),
        history: Some(HISTORY),
    };
    let mut conn = admin.acquire().await.expect("a connection");
    let findings = run(&mut conn, scope)
        .await
        .expect("the invariants can be asked");
    assert_eq!(findings.len(), invariants().len(), "all are in scope");
    findings
        .into_iter()
        .filter(|finding| !finding.violations.is_empty())
        .map(|finding| (finding.invariant.id, finding.violations))
        .collect()
}

#[tokio::test]
async fn a_world_in_order_breaks_nothing() {
    let (_db, admin) = world().await;
    assert_eq!(broken(&admin).await, []);
}

#[tokio::test]
async fn each_planted_fault_is_found_by_its_invariant() {
    let planted: Vec<&str> = FAULTS.iter().map(|(id, _)| *id).collect();
    let known: Vec<&str> = invariants().iter().map(|invariant| invariant.id).collect();
    assert_eq!(planted, known, "one fault for each invariant");
    for (id, fault) in FAULTS {
        let (_db, admin) = world().await;
        plant(&admin, fault).await;
        let found = broken(&admin).await;
        assert!(
            found.iter().any(|(broken, _)| broken == id),
            "{id} is silent, found: {found:?}"
        );
    }
}
