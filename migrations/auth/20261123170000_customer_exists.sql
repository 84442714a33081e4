-- Whether an id is a customer's: checkout gives store credit to nobody else.
set local role techmart_auth_owner;

create function auth.customer_exists_v1(p_user_id uuid)
returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from auth.user_account u where u.user_id = p_user_id and u.role = 'customer')
$$;
revoke all on function auth.customer_exists_v1(uuid) from public;
grant execute on function auth.customer_exists_v1(uuid) to techmart_checkout;
reset role;
