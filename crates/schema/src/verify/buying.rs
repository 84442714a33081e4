//! Buying: one order per cart and checkout, one key per payment, the price that was shown, coupons within their limits.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I06",
        name: "one_order_per_cart",
        rule: "A cart and a checkout have at most one live order.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('cart %s has %s live orders', cart_id, count(*)) from orders.sales_order
               where state not in ('cancelled', 'expired') group by cart_id having count(*) > 1
              union all
              select format('checkout %s has %s live orders', checkout_id, count(*)) from orders.sales_order
               where state not in ('cancelled', 'expired') group by checkout_id having count(*) > 1",
    },
    Invariant {
        id: "I07",
        name: "keys_end",
        rule: "No idempotency key is stuck, and none is done without an answer; a completed checkout has its order.",
        when: When::Quiet,
        against: Against::Database,
        sql: "select format('%s key %s', k.scope, k.key) from checkout.idempotency_key k
               where (k.state = 'in_progress' and k.created_at < now() - interval '60 seconds'
                      and not exists (select 1 from checkout.payment_attempt a where a.idempotency_key = k.key
                                       and a.state not in ('captured', 'failed', 'voided', 'authorized')))
                  or (k.state = 'done' and k.status is null)
              union all
              select format('checkout %s is completed with order %s', c.checkout_id, c.order_id) from checkout.checkout c
                left join orders.sales_order o on o.order_id = c.order_id and o.checkout_id = c.checkout_id and o.placed_at is not null
               where c.state = 'completed' and o.order_id is null",
    },
    Invariant {
        id: "I08",
        name: "one_key_per_order",
        rule: "One order is paid under one key.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('order %s was begun by %s keys', order_id, count(distinct idempotency_key)) from checkout.payment_attempt
               group by order_id having count(distinct idempotency_key) > 1",
    },
    Invariant {
        id: "I09",
        name: "placed_order_is_paid",
        rule: "A placed order has payments of exactly its total, taken or authorised.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s: total %s, paid %s', o.order_id, o.total_minor, a.paid + t.paid)
                from orders.sales_order o
                cross join lateral (select coalesce(sum(x.amount_minor), 0) as paid from checkout.payment_attempt x
                                     where x.order_id = o.order_id and x.state in ('authorized', 'captured')) a
                cross join lateral (select coalesce(sum(x.amount_minor), 0) as paid from checkout.tender x
                                     where x.order_id = o.order_id and x.state = 'captured') t
               where o.state in ('placed', 'on_hold', 'completed') and not o.voided and o.total_minor <> a.paid + t.paid",
    },
    Invariant {
        id: "I16",
        name: "charged_as_shown",
        rule: "An order costs what its checkout showed when the payment began.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('%s: total %s, shown %s', o.order_id, o.total_minor, c.quoted #>> '{totals,total,amount}')
                from checkout.checkout c join orders.sales_order o on o.order_id = c.order_id
               where c.quoted is not null and ((c.quoted #>> '{totals,total,amount}')::bigint, c.quoted #>> '{totals,total,currency}')
                     is distinct from (o.total_minor, o.currency)",
    },
    Invariant {
        id: "I17",
        name: "coupon_uses_counted",
        rule: "A coupon counts as many uses as orders hold of it, and no more than its limit.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('coupon %s: counts %s, held by %s orders, limit %s', c.code, c.used, coalesce(r.uses, 0), c.usage_limit)
                from cart.coupon c
                left join (select coupon_id, count(*) as uses from cart.coupon_redemption where state = 'redeemed' group by 1) r using (coupon_id)
               where c.used <> coalesce(r.uses, 0) or c.used > coalesce(c.usage_limit, c.used)
              union all
              select format('coupon redemption of order %s, which is %s', r.order_id, coalesce(o.state, 'missing'))
                from cart.coupon_redemption r left join orders.sales_order o using (order_id)
               where r.state = 'redeemed' and (o.order_id is null or (o.state in ('cancelled', 'expired') and o.placed_at is null))",
    },
    Invariant {
        id: "I18",
        name: "coupon_customer_limit",
        rule: "No customer used a coupon more often than permitted, and each count is right.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('coupon %s customer %s: counts %s, held by %s orders, limit %s', c.code, u.customer_key, u.used, coalesce(r.uses, 0), c.per_customer_limit)
                from cart.coupon_customer u join cart.coupon c using (coupon_id)
                left join (select coupon_id, customer_key, count(*) as uses from cart.coupon_redemption where state = 'redeemed' group by 1, 2) r
                  using (coupon_id, customer_key)
               where u.used <> coalesce(r.uses, 0) or u.used > coalesce(c.per_customer_limit, u.used)",
    },
    Invariant {
        id: "I24",
        name: "cart_closed_by_its_order",
        rule: "A cart is ordered exactly when an order of it was placed, and it names that order.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('cart %s is %s with order %s', c.cart_id, c.state, c.order_id)
                from cart.cart c left join orders.sales_order o on o.order_id = c.order_id
               where c.state = 'ordered' and (o.order_id is null or o.cart_id <> c.cart_id or o.placed_at is null)
              union all
              select format('order %s is placed, its cart %s is %s', o.order_id, o.cart_id, coalesce(c.state, 'missing'))
                from orders.sales_order o left join cart.cart c using (cart_id)
               where o.placed_at is not null and (c.state is distinct from 'ordered' or c.order_id <> o.order_id)",
    },
];
