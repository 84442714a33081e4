//! Against what others wrote down: the provider its ledger, clients what they were told.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I11",
        name: "payments_equal_provider",
        rule: "Our payments equal the ledger of the provider.",
        when: When::Quiet,
        against: Against::Ledger,
        sql: "select format('%s: we have %s/%s %s, the provider %s/%s %s', provider_ref, a.captured_minor, a.refunded_minor, a.currency, b.captured_minor, b.refunded_minor, b.currency)
                from (select provider_ref, captured_minor, refunded_minor, currency from checkout.payment_attempt
                       where captured_minor > 0 or refunded_minor > 0) a
                full join (select * from jsonb_to_recordset($1::text::jsonb) as e (provider_ref text, captured_minor bigint, refunded_minor bigint, currency text)
                            where captured_minor > 0 or refunded_minor > 0) b using (provider_ref)
               where (a.captured_minor, a.refunded_minor, a.currency) is distinct from (b.captured_minor, b.refunded_minor, upper(b.currency))",
    },
    Invariant {
        id: "I25",
        name: "acknowledged_orders_exist",
        rule: "No acknowledged order is missing.",
        when: When::Always,
        against: Against::History,
        sql: "select format('order %s', e.id) from jsonb_to_recordset($1::text::jsonb) as e (kind text, id uuid)
                left join orders.sales_order o on o.order_id = e.id and o.placed_at is not null
               where e.kind = 'order' and o.order_id is null",
    },
    Invariant {
        id: "I26",
        name: "acknowledged_carts_stay",
        rule: "No cart is older than its last acknowledged version.",
        when: When::Always,
        against: Against::History,
        sql: "select format('cart %s: acknowledged %s, is %s', e.id, e.version, c.version) from jsonb_to_recordset($1::text::jsonb) as e (kind text, id uuid, version bigint)
                left join cart.cart c on c.cart_id = e.id
               where e.kind = 'cart' and (c.cart_id is null or c.version < e.version)",
    },
    Invariant {
        id: "I27",
        name: "acknowledged_lines_stay",
        rule: "A cart that did not change since holds the lines that were acknowledged last.",
        when: When::Quiet,
        against: Against::History,
        sql: "with last as (select distinct on (e.id) e.id, e.version, e.lines from jsonb_to_recordset($1::text::jsonb) as e (kind text, id uuid, version bigint, lines jsonb)
                             where e.kind = 'cart' and e.lines is not null order by e.id, e.version desc),
                   wanted as (select l.id, k.key::uuid as variant_id, k.value::int as quantity
                                from last l join cart.cart c on c.cart_id = l.id and c.version = l.version, jsonb_each_text(l.lines) k),
                   present as (select x.cart_id as id, x.variant_id, x.quantity from cart.line x
                                 join last l on l.id = x.cart_id join cart.cart c on c.cart_id = l.id and c.version = l.version)
              select format('cart %s variant %s: acknowledged %s, holds %s', id, variant_id, w.quantity, p.quantity)
                from wanted w full join present p using (id, variant_id) where w.quantity is distinct from p.quantity",
    },
];
