-- Search counts what is ordered: it hears of placed and cancelled orders and may ask which products they hold.
set local role techmart_orders_owner;
grant usage on schema orders to techmart_search;

insert into orders.subscription (kind, consumer) values ('order.placed', 'search'), ('order.cancelled', 'search');

-- What was bought lately counts too.
insert into orders.outbox (event_id, consumer, kind, aggregate_id, payload, created_at)
select gen_random_uuid(), 'search', 'order.placed', o.order_id, '{}', o.placed_at
  from orders.sales_order o
 where o.placed_at > now() - interval '30 days' and o.state in ('placed', 'on_hold', 'completed')
 order by o.placed_at, o.order_id;

-- The products that orders hold, each once per order. Says nothing of who bought them, how many, or for how much.
create function orders.list_order_products_v1(p_order_ids uuid[])
returns table (order_id uuid, product_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct l.order_id, l.product_id
    from orders.order_line l
   where l.order_id = any (p_order_ids)
   order by l.order_id, l.product_id
$$;
revoke all on function orders.list_order_products_v1(uuid[]) from public;
grant execute on function orders.list_order_products_v1(uuid[]) to techmart_search;

grant execute on function orders.claim_events_v1(text, int, int) to techmart_search;
grant execute on function orders.finish_events_v1(text, uuid[]) to techmart_search;
grant execute on function orders.retry_event_v1(text, uuid, int, text) to techmart_search;
reset role;
