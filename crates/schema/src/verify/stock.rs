//! Stock: counters, ledger and holds agree, and nothing is promised twice.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I01",
        name: "stock_equals_ledger",
        rule: "Counters of a stock level equal the sums of its movements.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s slot %s: level %s/%s/%s, ledger %s/%s/%s', l.variant_id, l.slot, l.on_hand, l.reserved, l.allocated, m.h, m.r, m.a)
                from catalog.stock_level l
                left join (select x.variant_id, x.location_id, x.slot, sum(x.on_hand_delta) as h, sum(x.reserved_delta) as r, sum(x.allocated_delta) as a
                             from catalog.stock_movement x group by 1, 2, 3) m using (variant_id, location_id, slot)
               where (l.on_hand, l.reserved, l.allocated) is distinct from (coalesce(m.h, 0)::int, coalesce(m.r, 0)::int, coalesce(m.a, 0)::int)",
    },
    Invariant {
        id: "I02",
        name: "stock_not_oversold",
        rule: "No stock level holds more promises than units.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s: %s on hand, %s reserved, %s allocated', variant_id, on_hand, reserved, allocated)
                from catalog.stock_level
               where on_hand < 0 or reserved < 0 or allocated < 0 or reserved + allocated > on_hand + backorder_limit",
    },
    Invariant {
        id: "I03",
        name: "stock_equals_holds",
        rule: "Reserved and allocated units of a stock level equal what reservations hold of it.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s slot %s: reserved %s, held %s; allocated %s, owed %s', l.variant_id, l.slot, l.reserved, coalesce(h.held, 0), l.allocated, coalesce(h.owed, 0))
                from catalog.stock_level l
                left join (select x.variant_id, x.location_id, x.slot,
                                  sum(x.quantity) filter (where r.state = 'held') as held,
                                  sum(x.quantity - x.shipped - x.released) filter (where r.state = 'allocated') as owed
                             from catalog.reservation_line x join catalog.reservation r using (checkout_id)
                            group by 1, 2, 3) h using (variant_id, location_id, slot)
               where l.reserved <> coalesce(h.held, 0) or l.allocated <> coalesce(h.owed, 0)",
    },
    Invariant {
        id: "I04",
        name: "allocated_equals_ordered",
        rule: "What is allocated for a live order equals the units of its lines that are not cancelled; nothing else is allocated.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('order %s variant %s: ordered %s, allocated %s', order_id, variant_id, a.units, b.units)
                from (select o.order_id, l.variant_id, sum(p.ordered - p.cancelled) as units
                        from orders.sales_order o join orders.order_line l using (order_id) join orders.line_progress p using (line_id)
                        join catalog.variant v on v.variant_id = l.variant_id and v.track_inventory
                       where o.state in ('placed', 'on_hold', 'completed') group by 1, 2 having sum(p.ordered - p.cancelled) > 0) a
                full join (select r.order_id, x.variant_id, sum(x.quantity - x.released) as units
                        from catalog.reservation r join catalog.reservation_line x using (checkout_id)
                       where r.state = 'allocated' group by 1, 2 having sum(x.quantity - x.released) > 0) b using (order_id, variant_id)
               where a.units is distinct from b.units",
    },
    Invariant {
        id: "I05",
        name: "holds_end",
        rule: "No hold outlives its deadline, and none is pinned without a payment under way.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('checkout %s until %s, pinned %s', r.checkout_id, r.expires_at, r.pinned)
                from catalog.reservation r
               where r.state = 'held' and ((not r.pinned and r.expires_at < now() - interval '60 seconds')
                  or (r.pinned and not exists (select 1 from checkout.checkout c where c.checkout_id = r.checkout_id and c.state = 'completing')))",
    },
];
