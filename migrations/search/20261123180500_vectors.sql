-- What a product's text means, as a vector: computed once per text and model, whoever asks, and followed by every
-- instance with the document. Popularity comes from signals; it changes a document like any other edit.
set local role techmart_search_owner;

alter table search.document
  add column meaning_hash bytea,
  add column vector_model text,
  add column popularity real not null default 0,
  add constraint document_meaning_hash_check check (octet_length(meaning_hash) = 32),
  add constraint document_popularity_check check (popularity between 0 and 1);
comment on column search.document.meaning_hash is 'SHA-256 of the text that is embedded';
comment on column search.document.vector_model is 'The model whose vector of this text is in search.embedding; null: none yet';

-- What is still to be embedded: the null ones, and those of another model on either side of it.
create index document_vector_model_idx on search.document (vector_model, product_id) where not deleted;

create table search.embedding (
  meaning_hash bytea not null,
  model text not null,
  vector bytea not null,
  created_at timestamptz not null default now(),
  constraint embedding_pkey primary key (meaning_hash, model),
  constraint embedding_meaning_hash_check check (octet_length(meaning_hash) = 32)
);

-- Work that one instance does for all: embedding texts, filling an index that all share. Who holds a lease renews it
-- while it works; when it dies another takes over after the end.
create table search.lease (
  name text constraint lease_pkey primary key,
  holder uuid not null,
  until timestamptz not null,
  created_at timestamptz not null default now()
);
reset role;
