-- Rates by zone and weight have taken over from the single price of a method.
set local role techmart_checkout_owner;
alter table checkout.shipping_method
  drop column countries, drop column currency, drop column price_minor, drop column free_over_minor, drop column weight_g_max;
reset role;
