-- The catalogue: categories, brands, products, variants, prices, attribute definitions.
create extension if not exists pg_trgm;
create schema catalog authorization techmart_catalog_owner;
set local role techmart_catalog_owner;
grant usage on schema catalog to techmart_catalog, techmart_cart, techmart_checkout, techmart_orders, techmart_search;
alter default privileges in schema catalog grant select, insert, update, delete on tables to techmart_catalog;

create table catalog.category (
  category_id uuid constraint category_pkey primary key,
  parent_id uuid constraint category_parent_id_fkey references catalog.category (category_id),
  slug text not null,
  name text not null,
  path text not null,                                     -- slugs from the root: 'computers/laptops'
  art text not null,                                      -- kind of the generated product art
  position int not null default 0,
  created_at timestamptz not null default now(),
  constraint category_slug_key unique (slug),
  constraint category_path_key unique (path),
  constraint category_slug_check check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint category_parent_id_check check (parent_id <> category_id)
);
create index category_parent_id_idx on catalog.category (parent_id);
create index category_path_prefix_idx on catalog.category (path text_pattern_ops);

create table catalog.brand (
  brand_id uuid constraint brand_pkey primary key,
  slug text not null,
  name text not null,
  created_at timestamptz not null default now(),
  constraint brand_slug_key unique (slug),
  constraint brand_name_key unique (name)
);

-- What an attribute code means. Values are stored on the product as {code: value}, typed as `kind` says (docs/adr/0004).
create table catalog.attribute (
  code text constraint attribute_pkey primary key,
  name text not null,
  kind text not null,
  unit text,
  filterable boolean not null default false,
  highlight int,                                          -- order among the few values shown on a card; null = not shown
  created_at timestamptz not null default now(),
  constraint attribute_code_check check (code ~ '^[a-z0-9_]{1,80}$'),
  constraint attribute_kind_check check (kind in ('text', 'number', 'boolean'))
);
create index attribute_highlight_idx on catalog.attribute (highlight) where highlight is not null;

create table catalog.product (
  product_id uuid constraint product_pkey primary key,
  slug text not null,
  title text not null,
  brand_id uuid constraint product_brand_id_fkey references catalog.brand (brand_id),
  category_id uuid not null constraint product_category_id_fkey references catalog.category (category_id),
  description text not null default '',
  attributes jsonb not null default '{}',
  source_media jsonb not null default '[]',               -- foreign image addresses: kept, never linked
  tax_class text not null default 'standard',
  status text not null default 'draft',
  external_source text,
  external_ref text,
  content_hash bytea,                                     -- of the imported row, so that an unchanged one is recognised
  released_at timestamptz,
  version bigint not null default 1,
  -- Listing columns, derived from variants, prices and stock by catalog.refresh_product.
  default_variant_id uuid,
  variant_count int not null default 0,
  currency text,
  price_minor bigint,
  compare_at_minor bigint,
  availability text not null default 'out',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint product_slug_key unique (slug),
  constraint product_external_key unique (external_source, external_ref),
  constraint product_slug_check check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200),
  constraint product_title_check check (length(title) between 1 and 500),
  constraint product_status_check check (status in ('draft', 'active', 'archived')),
  constraint product_attributes_check check (jsonb_typeof(attributes) = 'object'),
  constraint product_source_media_check check (jsonb_typeof(source_media) = 'array'),
  constraint product_external_check check ((external_source is null) = (external_ref is null)),
  constraint product_availability_check check (availability in ('in_stock', 'low', 'backorder', 'out')),
  constraint product_price_minor_check check (price_minor >= 0)
);
create index product_brand_id_idx on catalog.product (brand_id, created_at desc, product_id desc);
create index product_category_id_idx on catalog.product (category_id, created_at desc, product_id desc);
create index product_category_price_idx on catalog.product (category_id, price_minor, product_id) where status = 'active';
create index product_category_title_idx on catalog.product (category_id, title, product_id) where status = 'active';
create index product_newest_idx on catalog.product (created_at desc, product_id desc) where status = 'active';
create index product_price_idx on catalog.product (price_minor, product_id) where status = 'active';
create index product_title_order_idx on catalog.product (title, product_id) where status = 'active';
create index product_attributes_idx on catalog.product using gin (attributes jsonb_path_ops);
create index product_title_trgm_idx on catalog.product using gin (title public.gin_trgm_ops);

create table catalog.variant (
  variant_id uuid constraint variant_pkey primary key,
  product_id uuid not null constraint variant_product_id_fkey references catalog.product (product_id),
  sku text,
  barcode text,
  title text not null default '',                         -- '256 GB / Graphite'; empty for the only variant
  options jsonb not null default '[]',                    -- [{"name": "Colour", "value": "Graphite"}, …] in the product's order
  option_key text not null default '',                    -- the options in one canonical text, unique within the product
  color text,                                             -- rrggbb of the generated art
  weight_g int not null default 0,
  position int not null default 0,
  status text not null default 'active',
  track_inventory boolean not null default true,
  max_per_order int not null default 99,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint variant_sku_key unique (sku),
  constraint variant_option_key unique (product_id, option_key),
  constraint variant_options_check check (jsonb_typeof(options) = 'array'),
  constraint variant_color_check check (color ~ '^[0-9a-f]{6}$'),
  constraint variant_weight_g_check check (weight_g >= 0),
  constraint variant_status_check check (status in ('active', 'archived')),
  constraint variant_max_per_order_check check (max_per_order between 1 and 999)
);
create index variant_product_id_idx on catalog.variant (product_id, position);
create index variant_barcode_idx on catalog.variant (barcode) where barcode is not null;
alter table catalog.product add constraint product_default_variant_id_fkey
  foreign key (default_variant_id) references catalog.variant (variant_id);
create index product_default_variant_id_idx on catalog.product (default_variant_id);

create table catalog.price (
  variant_id uuid not null constraint price_variant_id_fkey references catalog.variant (variant_id),
  currency text not null,
  amount_minor bigint not null,
  compare_at_minor bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint price_pkey primary key (variant_id, currency),
  constraint price_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint price_amount_minor_check check (amount_minor between 0 and 9007199254740991),
  constraint price_compare_at_minor_check check (compare_at_minor > amount_minor and compare_at_minor <= 9007199254740991)
);

create table catalog.tax_rate (
  country text not null,
  region text not null default '',                        -- '' = the whole country
  tax_class text not null,
  rate_ppm int not null,
  included boolean not null default false,                -- whether prices already hold it
  created_at timestamptz not null default now(),
  constraint tax_rate_pkey primary key (country, region, tax_class),
  constraint tax_rate_country_check check (country ~ '^[A-Z]{2}$'),
  constraint tax_rate_rate_ppm_check check (rate_ppm between 0 and 1000000)
);
reset role;
