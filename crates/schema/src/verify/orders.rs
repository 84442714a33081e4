//! Orders: sums, states and counters of what was placed.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I15",
        name: "order_arithmetic",
        rule: "The lines of an order add up to its subtotal, and its parts to its total.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s: subtotal %s and lines %s; total %s and parts %s', o.order_id, o.subtotal_minor, x.subtotal, o.total_minor, x.total + o.shipping_total_minor)
                from orders.sales_order o
                cross join lateral (select coalesce(sum(l.quantity * l.unit_price_minor), 0) as subtotal, coalesce(sum(l.total_minor), 0) as total,
                                           coalesce(sum(l.discount_minor), 0) as discount
                                      from orders.order_line l where l.order_id = o.order_id) x
               where o.subtotal_minor <> x.subtotal or o.discount_minor <> x.discount or o.total_minor <> x.total + o.shipping_total_minor
                  or o.total_minor <> o.subtotal_minor - o.discount_minor + o.shipping_minor + o.tax_minor - o.tax_included_minor",
    },
    Invariant {
        id: "I19",
        name: "legal_steps_only",
        rule: "Every change of state is a permitted one and follows on the one before; no step is missing.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s step %s: %s to %s', h.order_id, h.seq, h.from_state, h.to_state)
                from (select t.*, lag(t.to_state) over (partition by t.order_id order by t.seq) as state_before
                        from orders.timeline t where t.to_state is not null) h
                left join orders.transition p using (from_state, to_state)
               where (h.from_state is not null and p.from_state is null) or h.from_state is distinct from h.state_before
              union all
              select format('%s has %s steps, the last is %s', order_id, count(*), max(seq)) from orders.timeline
               group by order_id having count(*) <> max(seq) or min(seq) <> 1",
    },
    Invariant {
        id: "I20",
        name: "order_state_is_last_step",
        rule: "The state of an order is the last one of its timeline.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s is %s, its timeline says %s', o.order_id, o.state, t.to_state)
                from orders.sales_order o
                left join lateral (select x.to_state from orders.timeline x
                                    where x.order_id = o.order_id and x.to_state is not null order by x.seq desc limit 1) t on true
               where t.to_state is distinct from o.state",
    },
    Invariant {
        id: "I32",
        name: "units_counted_once",
        rule: "Counters of a line equal its shipments, returns and refunds.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('line %s: planned %s/%s, shipped %s/%s, delivered %s/%s, returned %s/%s, refunded %s/%s', p.line_id, p.planned, s.planned,
                     p.shipped, s.shipped, p.delivered, s.delivered, p.returned, r.returned, p.refunded_minor, f.amount)
                from orders.line_progress p
                cross join lateral (select coalesce(sum(x.quantity) filter (where h.state <> 'cancelled'), 0) as planned,
                                           coalesce(sum(x.quantity) filter (where h.state in ('shipped', 'delivered', 'lost')), 0) as shipped,
                                           coalesce(sum(x.quantity) filter (where h.state = 'delivered'), 0) as delivered
                                      from orders.shipment_line x join orders.shipment h using (shipment_id) where x.line_id = p.line_id) s
                cross join lateral (select coalesce(sum(x.received), 0) as returned from orders.return_line x where x.line_id = p.line_id) r
                cross join lateral (select coalesce(sum(x.amount_minor), 0) as amount from orders.refund_line x join orders.refund q using (refund_id)
                                     where x.line_id = p.line_id and q.state not in ('denied', 'reversed', 'abandoned')) f
               where (p.planned, p.shipped, p.delivered, p.returned) is distinct from (s.planned, s.shipped, s.delivered, r.returned)
                  or p.refunded_minor <> f.amount or p.shipped > p.ordered - p.cancelled or p.returned > p.shipped",
    },
    Invariant {
        id: "I33",
        name: "no_orphans",
        rule: "Every line has its counters, every allocation its order, every refund under way its movement of money.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('line %s has no counters', l.line_id) from orders.order_line l left join orders.line_progress p using (line_id) where p.line_id is null
              union all
              select format('reservation %s is allocated to order %s, which is %s', r.checkout_id, r.order_id, coalesce(o.state, 'missing'))
                from catalog.reservation r left join orders.sales_order o using (order_id)
               where r.state = 'allocated' and (o.order_id is null or o.placed_at is null)
              union all
              select format('refund %s is %s without a movement of money', f.refund_id, f.state) from orders.refund f
               where f.state in ('requested', 'submitted', 'succeeded', 'failed')
                 and not exists (select 1 from checkout.payment_operation p where p.refund_id = f.refund_id)
              union all
              select format('attempt %s pays for order %s, which is missing', a.attempt_id, a.order_id)
                from checkout.payment_attempt a left join orders.sales_order o using (order_id) where o.order_id is null",
    },
    Invariant {
        id: "I35",
        name: "invoices_have_no_holes",
        rule: "The numbers of a series of invoices run from 1 without a hole.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('series %s: %s documents, highest number %s, next %s', s.series, count(i.number), max(i.number), s.next_number)
                from orders.invoice_series s left join orders.invoice i using (series)
               group by s.series, s.next_number having count(i.number) <> coalesce(max(i.number), 0) or s.next_number <> coalesce(max(i.number), 0) + 1",
    },
];
