-- What shoppers do, counted per day. Nothing here tells one person from another: no account, no address, no cookie.
set local role techmart_search_owner;

create table search.product_day (
  day date not null,
  product_id uuid not null,
  views bigint not null default 0,
  clicks bigint not null default 0,                       -- opened from a list of results
  carts bigint not null default 0,
  orders bigint not null default 0,                       -- orders that hold it, cancelled ones taken back
  created_at timestamptz not null default now(),
  constraint product_day_pkey primary key (day, product_id),
  constraint product_day_counts_check check (views >= 0 and clicks >= 0 and carts >= 0 and orders >= 0)
);

create table search.query_day (
  day date not null,
  query text not null,                                    -- folded; never what looks like a person's data
  searches bigint not null default 0,
  zero_results bigint not null default 0,
  corrected bigint not null default 0,
  clicks bigint not null default 0,
  placed_clicks bigint not null default 0,                -- clicks of which the place in the list is known
  place_sum bigint not null default 0,                    -- of those places
  carts bigint not null default 0,
  last_at timestamptz not null,                           -- when it was last searched
  created_at timestamptz not null default now(),
  constraint query_day_pkey primary key (day, query),
  constraint query_day_query_check check (length(query) between 1 and 80),
  constraint query_day_counts_check check (searches >= 0 and clicks >= 0 and carts >= 0
    and placed_clicks between 0 and clicks and place_sum >= placed_clicks
    and zero_results between 0 and searches and corrected between 0 and searches)
);
create index query_day_query_idx on search.query_day (query, day);

-- Orders that were counted, so that an event that comes twice counts once. Goes with the days it counts for.
create table search.counted_order (
  order_id uuid constraint counted_order_pkey primary key,
  day date not null,
  cancelled boolean not null default false,
  created_at timestamptz not null default now()
);
create index counted_order_day_idx on search.counted_order (day);

-- What is offered to who has typed nothing yet, or its beginning.
create table search.popular_query (
  query text constraint popular_query_pkey primary key,
  score real not null,
  created_at timestamptz not null default now(),
  constraint popular_query_score_check check (score > 0 and score <= 1)
);

-- One row: when which work over all counts was last done. Whoever does it holds the row.
create table search.signal_run (
  name text constraint signal_run_pkey primary key,
  ran_at timestamptz not null default '-infinity',
  created_at timestamptz not null default now()
);
insert into search.signal_run (name) values ('popularity'), ('tidy');

-- A long number that somebody searched for is kept only if it is a code of the catalogue.
create index document_skus_idx on search.document using gin ((body -> 'skus'));
reset role;
