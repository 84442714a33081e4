-- What is told to shoppers: the shape that all messages of the shop have. Takes the place of orders.notification.
set local role techmart_orders_owner;

create table orders.message (
  message_id uuid constraint message_pkey primary key,
  template text not null,
  cause_id uuid not null,                                 -- what it is about: sent once for each template and cause
  recipient text not null,
  subject text not null,
  body_text text,                                         -- null once a secret message was sent
  body_html text,
  secret boolean not null default false,                  -- holds a credential: its text is erased when it was sent
  expires_at timestamptz,                                 -- not sent any more after this
  sent_at timestamptz,                                    -- null while no SMTP server is configured
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  constraint message_cause_key unique (template, cause_id),
  constraint message_body_text_check check (body_text is not null or secret),
  constraint message_secret_check check (not secret or sent_at is null or (body_text is null and body_html is null)),
  constraint message_attempts_check check (attempts >= 0)
);
create index message_unsent_idx on orders.message (available_at) where sent_at is null;
create index message_newest_idx on orders.message (created_at, message_id);
create index message_recipient_idx on orders.message (recipient, created_at, message_id);

-- The ids of rows that are taken over are version 7 UUIDs of their time, as those of new ones are.
insert into orders.message (message_id, template, cause_id, recipient, subject, body_text, sent_at, attempts, available_at, created_at)
select encode(set_bit(set_bit(
         overlay(uuid_send(gen_random_uuid())
           placing substring(int8send((extract(epoch from n.created_at) * 1000)::bigint) from 3) from 1 for 6),
         52, 1), 53, 1), 'hex')::uuid,
       n.template, n.order_id, n.recipient, n.subject, n.body, n.sent_at, n.attempts, n.available_at, n.created_at
  from orders.notification n;
drop table orders.notification;
reset role;
