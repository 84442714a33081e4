-- Roles are cluster-wide: created once per cluster, before any migration, and safe to run again.
-- Each schema has an owner that nobody logs in as, and one login role for its service. The migrating role
-- is made a member of the owners so that migrations can act as them. Passwords are set by `techmart-migrate roles`.
do $$
declare
  service text;
  owner text;
  login text;
begin
  perform pg_advisory_xact_lock(hashtext('techmart.roles'));
  foreach service in array array['auth', 'catalog', 'cart', 'checkout', 'orders', 'search'] loop
    owner := format('techmart_%s_owner', service);
    login := format('techmart_%s', service);
    if not exists (select from pg_catalog.pg_roles where rolname = owner) then
      execute format('create role %I nologin', owner);
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = login) then
      execute format('create role %I login', login);
    end if;
    -- Who creates a role without being superuser may administer it, not act as it.
    if not pg_catalog.pg_has_role(current_user, owner, 'set') then
      execute format('grant %I to current_user', owner);
    end if;
  end loop;
end
$$;
