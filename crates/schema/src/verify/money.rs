//! Money: nothing taken beyond the total, nothing given back twice, nothing kept without an order, both sides booked.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I10",
        name: "money_within_order",
        rule: "No more is taken than an order costs, none given back beyond what was taken, and orders know the sums.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s: total %s, taken %s, back %s; the order says %s and %s', o.order_id, o.total_minor, s.captured, s.refunded, o.captured_minor, o.refunded_minor)
                from orders.sales_order o
                cross join lateral (
                  select coalesce(sum(x.captured), 0) as captured, coalesce(sum(x.refunded), 0) as refunded from (
                    select a.captured_minor as captured, a.refunded_minor + a.credited_minor as refunded
                      from checkout.payment_attempt a where a.order_id = o.order_id
                    union all
                    select case t.state when 'captured' then t.amount_minor else 0 end, t.refunded_minor
                      from checkout.tender t where t.order_id = o.order_id) x) s
               where s.captured > o.total_minor or s.refunded > s.captured
                  or (o.placed_at is not null and (o.captured_minor, o.refunded_minor) is distinct from (s.captured, s.refunded))",
    },
    Invariant {
        id: "I12",
        name: "money_has_an_order",
        rule: "Money that is kept belongs to a live order; what is not has its return on the way.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('attempt %s (%s): kept %s for order %s, which is %s', a.attempt_id, a.state, a.captured_minor - a.refunded_minor, a.order_id, coalesce(o.state, 'missing'))
                from checkout.payment_attempt a left join orders.sales_order o using (order_id)
               where coalesce(o.state, 'missing') in ('missing', 'cancelled', 'expired')
                 and (a.captured_minor > a.refunded_minor + a.refund_pending_minor + a.credited_minor or a.state = 'authorized')
                 and not exists (select 1 from checkout.payment_operation p where p.attempt_id = a.attempt_id
                                  and p.state in ('requested', 'submitted', 'failed'))
              union all
              select format('stored value %s: kept %s for order %s, which is %s', t.stored_value_id, t.amount_minor - t.refunded_minor, t.order_id, coalesce(o.state, 'missing'))
                from checkout.tender t left join orders.sales_order o using (order_id)
               where coalesce(o.state, 'missing') in ('missing', 'cancelled', 'expired')
                 and ((t.state = 'captured' and t.refunded_minor < t.amount_minor) or t.state = 'held')",
    },
    Invariant {
        id: "I13",
        name: "ledger_sums_to_zero",
        rule: "Every transfer of the ledger sums to zero, and what the shop owes on gift cards and credit equals their balances.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('transfer %s: %s %s', transfer_id, sum(amount_minor), currency) from checkout.ledger_entry
               group by transfer_id, currency having sum(amount_minor) <> 0
              union all
              select format('%s %s: owed %s, balances %s', kind, currency, coalesce(l.owed, 0), coalesce(b.balance, 0))
                from (select case account when 'gift_cards' then 'gift_card' else account end as kind, currency, -sum(amount_minor) as owed
                        from checkout.ledger_entry where account in ('gift_cards', 'store_credit') group by 1, 2) l
                full join (select kind, currency, sum(balance_minor) as balance from checkout.stored_value group by 1, 2) b using (kind, currency)
               where coalesce(l.owed, 0) <> coalesce(b.balance, 0)",
    },
    Invariant {
        id: "I14",
        name: "ledger_equals_payments",
        rule: "What the ledger says the provider holds for an order equals its payments.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('order %s: booked %s, payments %s', order_id, coalesce(l.booked, 0), coalesce(p.net, 0))
                from (select order_id, sum(amount_minor) as booked from checkout.ledger_entry where account = 'provider' and kind in ('capture', 'refund', 'refund_reversed') group by 1) l
                full join (select order_id, sum(captured_minor - refunded_minor) as net from checkout.payment_attempt group by 1) p using (order_id)
               where coalesce(l.booked, 0) <> coalesce(p.net, 0)",
    },
];
