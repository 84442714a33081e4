//! Invariants of stock, carts, money and orders as SQL: each query returns the rows that break it.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

/// One invariant: a stable name, what must hold, and a query that returns one text per violation.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// Stable name, for reports and alarms.
    pub name: &'static str,
    /// What must hold, as a sentence.
    pub rule: &'static str,
    /// Returns one text column: a description of each violation.
    pub sql: &'static str,
}

/// Every invariant, in the order in which they are checked. All hold at any moment, also under load.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "stock_not_oversold",
        rule: "No stock level holds more promises than units.",
        sql: "select format('%s: %s on hand, %s reserved, %s allocated', variant_id, on_hand, reserved, allocated)
                from catalog.stock_level
               where on_hand < 0 or reserved < 0 or allocated < 0 or reserved + allocated > on_hand + backorder_limit",
    },
    Invariant {
        name: "stock_equals_ledger",
        rule: "Counters of a stock level equal the sums of its movements.",
        sql: "select format('%s slot %s: level %s/%s/%s, ledger %s/%s/%s', l.variant_id, l.slot, l.on_hand, l.reserved, l.allocated, m.h, m.r, m.a)
                from catalog.stock_level l
                cross join lateral (select coalesce(sum(x.on_hand_delta), 0) as h, coalesce(sum(x.reserved_delta), 0) as r,
                                           coalesce(sum(x.allocated_delta), 0) as a
                                      from catalog.stock_movement x
                                     where x.variant_id = l.variant_id and x.location_id = l.location_id and x.slot = l.slot) m
               where (l.on_hand, l.reserved, l.allocated) is distinct from (m.h::int, m.r::int, m.a::int)",
    },
    Invariant {
        name: "reserved_equals_holds",
        rule: "Reserved units of a stock level equal the lines of the reservations that hold it.",
        sql: "select format('%s slot %s: reserved %s, held %s', l.variant_id, l.slot, l.reserved, coalesce(h.units, 0))
                from catalog.stock_level l
                left join (select x.variant_id, x.location_id, x.slot, sum(x.quantity) as units
                             from catalog.reservation_line x join catalog.reservation r using (checkout_id)
                            where r.state = 'held' group by 1, 2, 3) h using (variant_id, location_id, slot)
               where l.reserved <> coalesce(h.units, 0)",
    },
    Invariant {
        name: "allocated_equals_placed",
        rule: "A placed order has exactly one allocated reservation, and an allocated reservation has a placed order.",
        sql: "select format('order %s (%s), reservation %s', o.order_id, o.state, r.state)
                from orders.sales_order o full join (select * from catalog.reservation where state = 'allocated') r using (order_id)
               where (o.state = 'placed' and r.order_id is null and exists (
                        select 1 from orders.order_line l join catalog.variant v using (variant_id)
                         where l.order_id = o.order_id and v.track_inventory))
                  or (r.order_id is not null and (o.order_id is null or o.state in ('pending', 'cancelled', 'expired')))",
    },
    Invariant {
        name: "order_arithmetic",
        rule: "An order's lines add up to its subtotal, and its parts to its total.",
        sql: "select format('%s: subtotal %s, lines %s', o.order_id, o.subtotal_minor, x.subtotal)
                from orders.sales_order o
                cross join lateral (select coalesce(sum(l.quantity * l.unit_price_minor), 0) as subtotal
                                      from orders.order_line l where l.order_id = o.order_id) x
               where o.subtotal_minor <> x.subtotal
                  or o.total_minor <> o.subtotal_minor - o.discount_minor + o.shipping_minor + o.tax_minor - o.tax_included_minor",
    },
    Invariant {
        name: "placed_order_is_paid",
        rule: "A placed order has one payment of exactly its total.",
        sql: "select format('%s: total %s, paid %s', o.order_id, o.total_minor, p.paid)
                from orders.sales_order o
                cross join lateral (select coalesce(sum(a.amount_minor) filter (where a.state in ('authorized', 'captured')), 0) as paid
                                      from checkout.payment_attempt a where a.order_id = o.order_id) p
               where o.state = 'placed' and o.total_minor <> p.paid",
    },
    Invariant {
        name: "money_has_an_order",
        rule: "A captured payment that is not refunded belongs to an order that is alive.",
        sql: "select format('attempt %s, order %s is %s', a.attempt_id, a.order_id, coalesce(o.state, 'missing'))
                from checkout.payment_attempt a left join orders.sales_order o using (order_id)
               where a.state in ('authorized', 'captured') and a.refunded_minor < a.amount_minor
                 and coalesce(o.state, 'missing') in ('missing', 'cancelled', 'expired')",
    },
    Invariant {
        name: "one_order_per_cart",
        rule: "A cart has at most one live order; an ordered cart has exactly the one it names.",
        sql: "select format('cart %s is %s with order %s', c.cart_id, c.state, c.order_id)
                from cart.cart c left join orders.sales_order o on o.order_id = c.order_id
               where c.state = 'ordered' and (o.order_id is null or o.cart_id <> c.cart_id)
              union all
              select format('cart %s has %s live orders', o.cart_id, count(*)) from orders.sales_order o
               where o.state not in ('cancelled', 'expired') group by o.cart_id having count(*) > 1",
    },
    Invariant {
        name: "order_state_is_last_step",
        rule: "An order's state is the last one of its timeline, and every step is a permitted transition.",
        sql: "select format('%s is %s, timeline says %s', o.order_id, o.state, t.to_state)
                from orders.sales_order o
                left join lateral (select x.to_state from orders.timeline x
                                    where x.order_id = o.order_id and x.to_state is not null order by x.seq desc limit 1) t on true
               where t.to_state is distinct from o.state
              union all
              select format('%s step %s: %s to %s', h.order_id, h.seq, h.from_state, h.to_state)
                from orders.timeline h left join orders.transition t using (from_state, to_state)
               where h.from_state is not null and h.to_state is not null and t.from_state is null",
    },
    Invariant {
        name: "one_live_refresh_token",
        rule: "A session has at most one refresh token that is neither used nor expired, and none once it is revoked.",
        sql: "select format('session %s has %s live tokens', t.session_id, count(*))
                from auth.refresh_token t join auth.session s using (session_id)
               where t.used_at is null and t.expires_at > now() group by t.session_id having count(*) > 1",
    },
];

/// An invariant and the violations found.
#[derive(Debug)]
pub struct Finding {
    /// The invariant that was checked.
    pub invariant: &'static Invariant,
    /// At most 20 violations, described.
    pub violations: Vec<String>,
}

/// Checks every invariant in one repeatable-read snapshot, so that work in progress is never seen half done.
///
/// # Errors
/// When the database cannot be asked.
pub async fn run(conn: &mut PgConnection) -> Result<Vec<Finding>, sqlx::Error> {
    sqlx::raw_sql("begin isolation level repeatable read read only")
        .execute(&mut *conn)
        .await?;
    let mut findings = Vec::with_capacity(INVARIANTS.len());
    for invariant in INVARIANTS {
        // The text is a constant of this file; only the limit is added.
        let sql = AssertSqlSafe(format!(
            "select * from ({}) as violation limit 20",
            invariant.sql
        ));
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await?;
        let violations = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        findings.push(Finding {
            invariant,
            violations,
        });
    }
    sqlx::raw_sql("commit").execute(conn).await?;
    Ok(findings)
}
