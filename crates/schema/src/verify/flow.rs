//! What happens after a commit: events, messages, the index, reports and movements of money.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I21",
        name: "outboxes_drained",
        rule: "No event waits longer than ten seconds.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('catalog %s for %s since %s', kind, consumer, created_at) from catalog.outbox where created_at < now() - interval '10 seconds'
              union all
              select format('orders %s for %s since %s', kind, consumer, created_at) from orders.outbox where created_at < now() - interval '10 seconds'",
    },
    Invariant {
        id: "I22",
        name: "placed_orders_are_confirmed",
        rule: "Every placed order has its confirmation.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('order %s', o.order_id) from orders.sales_order o
               where o.placed_at < now() - interval '10 seconds'
                 and not exists (select 1 from orders.message m where m.cause_id = o.order_id)",
    },
    Invariant {
        id: "I23",
        name: "messages_once",
        rule: "No message is written twice for the same cause.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s for %s: %s times', template, cause_id, count(*)) from orders.message group by template, cause_id having count(*) > 1",
    },
    Invariant {
        id: "I31",
        name: "search_converged",
        rule: "Search knows every product as it is, and none that is not on sale.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('product %s: version %s, search has %s', p.product_id, p.version, d.version)
                from catalog.product p left join search.document d using (product_id)
               where (p.version is distinct from d.version and (p.status = 'active' or d.product_id is not null))
                  or (p.status <> 'active' and not d.deleted)
              union all
              select format('product %s: search has it, the catalogue has not', d.product_id)
                from search.document d left join catalog.product p using (product_id) where p.product_id is null and not d.deleted",
    },
    Invariant {
        id: "I34",
        name: "reports_worked_on",
        rule: "No report of the provider waits longer than a minute, and no movement of money is stuck.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('report %s %s since %s', event_id, kind, received_at) from checkout.provider_inbox
               where processed_at is null and received_at < now() - interval '60 seconds'
              union all
              select format('%s %s of order %s is %s', kind, operation_id, order_id, state) from checkout.payment_operation
               where state in ('requested', 'submitted') and created_at < now() - interval '60 seconds'",
    },
];
