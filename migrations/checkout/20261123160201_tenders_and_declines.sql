-- What a shopper chose to pay with, and who was declined how often.
set local role techmart_checkout_owner;

alter table checkout.checkout
  add column use_store_credit boolean not null default false;

alter table checkout.payment_attempt
  add column card_fingerprint text,                       -- the provider's name of the card, the same wherever it is used
  add column client text;                                 -- the network that the request came from

-- Declines of the last hours, by whom and what they were about. Too many mean that somebody tries stolen cards.
create table checkout.decline (
  decline_id bigint generated always as identity constraint decline_pkey primary key,
  subject text not null,                                  -- customer:…, cart:…, network:…, card:…
  declined_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint decline_subject_check check (subject ~ '^(customer|cart|network|card):' and length(subject) <= 200)
);
create index decline_subject_idx on checkout.decline (subject, declined_at);
create index decline_declined_at_idx on checkout.decline (declined_at);

-- Guesses at gift card codes, by who makes them.
create table checkout.code_guess (
  guess_id bigint generated always as identity constraint code_guess_pkey primary key,
  subject text not null,
  guessed_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint code_guess_subject_check check (length(subject) between 1 and 200)
);
create index code_guess_subject_idx on checkout.code_guess (subject, guessed_at);
create index code_guess_guessed_at_idx on checkout.code_guess (guessed_at);
-- The list of gift cards, the newest first.
create index stored_value_gift_card_idx on checkout.stored_value (created_at desc, stored_value_id desc) where kind = 'gift_card';
reset role;
