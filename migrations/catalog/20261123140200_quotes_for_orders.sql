-- Orders quotes variants too: what a line may be exchanged for.
set local role techmart_catalog_owner;
grant execute on function catalog.quote_v1(uuid[], text) to techmart_orders;
reset role;
