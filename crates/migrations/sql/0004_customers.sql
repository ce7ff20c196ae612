-- The people and companies that buy, and what they ask.
-- `identity` is the folded e-mail address, or `ref:SYSTEM:KEY` for somebody known only from another system; an address
-- never contains a colon, so the two cannot meet. `moved:KEY` is somebody whose address an account took over,
-- `erased:KEY` somebody whose data was erased.
CREATE TABLE customers (
  id UUID PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  email TEXT,
  phone TEXT,
  name TEXT NOT NULL,
  country TEXT,
  locale TEXT NOT NULL,
  external_ref TEXT UNIQUE,
  created_at BIGINT NOT NULL,
  -- When their personal data was erased; what is left of them is a key for figures.
  erased_at BIGINT,
  CHECK (erased_at IS NULL OR (email IS NULL AND phone IS NULL AND name = '' AND external_ref IS NULL))
);
CREATE INDEX customers_by_phone ON customers (phone);
-- What a customer signs in with; it exists from the moment its address was confirmed. `identity` is the customer's.
CREATE TABLE accounts (
  customer_id UUID PRIMARY KEY REFERENCES customers (id),
  email TEXT NOT NULL,
  identity TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  created_at BIGINT NOT NULL,
  signed_in_at BIGINT
);
CREATE TABLE account_sessions (
  token_hash TEXT PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES accounts (customer_id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX account_sessions_by_customer ON account_sessions (customer_id);
-- Links in letters that prove an address. Each works once.
CREATE TABLE account_links (
  token_hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'sign_up', 'password', 'email')),
  email TEXT NOT NULL,
  -- The account whose address changes to `email`.
  customer_id UUID REFERENCES accounts (customer_id),
  next TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  CHECK ((purpose = 'email') = (customer_id IS NOT NULL))
);
CREATE INDEX account_links_by_end ON account_links (expires_at);
-- What the back office's list of customers sorts and searches by, worked out from orders and money whenever something
-- happens to them. `search` is name, address and telephone number, folded.
CREATE TABLE customer_facts (
  customer_id UUID PRIMARY KEY REFERENCES customers (id),
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  country TEXT NOT NULL,
  locale TEXT NOT NULL,
  source TEXT NOT NULL,
  currency TEXT NOT NULL,
  orders BIGINT NOT NULL CHECK (orders >= 0),
  paid BIGINT NOT NULL,
  last_order_at BIGINT NOT NULL,
  first_seen_at BIGINT NOT NULL
);
CREATE INDEX customer_facts_by_name ON customer_facts (name, customer_id);
CREATE INDEX customer_facts_by_orders ON customer_facts (orders, customer_id);
CREATE INDEX customer_facts_by_paid ON customer_facts (paid, customer_id);
CREATE INDEX customer_facts_by_last_order ON customer_facts (last_order_at, customer_id);
CREATE INDEX customer_facts_by_first_seen ON customer_facts (first_seen_at, customer_id);
-- What the staff write down about a customer, and the words by which they find groups of them.
CREATE TABLE customer_notes (
  seq BIGSERIAL PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES customers (id),
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX customer_notes_by_customer ON customer_notes (customer_id, at);
CREATE TABLE customer_tags (
  customer_id UUID NOT NULL REFERENCES customers (id),
  tag TEXT NOT NULL CHECK (tag <> ''),
  PRIMARY KEY (customer_id, tag)
);
CREATE INDEX customer_tags_by_tag ON customer_tags (tag, customer_id);
-- Addresses that a customer keeps; one of them is filled in first.
CREATE TABLE customer_addresses (
  id UUID PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES customers (id),
  address TEXT NOT NULL,
  is_default BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX customer_addresses_by_customer ON customer_addresses (customer_id, created_at);
CREATE UNIQUE INDEX customer_addresses_default ON customer_addresses (customer_id) WHERE is_default;
-- What somebody allowed or took back, when, where and by which words (M13). Of one person and purpose the last row counts.
CREATE TABLE consents (
  seq BIGSERIAL PRIMARY KEY,
  customer_id UUID REFERENCES customers (id),
  visitor_id UUID,
  purpose TEXT NOT NULL CHECK (purpose IN ('measurement', 'marketing_mail')),
  granted BOOLEAN NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('banner', 'checkout', 'account')),
  text_version TEXT NOT NULL,
  locale TEXT NOT NULL,
  at BIGINT NOT NULL,
  CHECK ((customer_id IS NULL) <> (visitor_id IS NULL))
);
CREATE INDEX consents_by_customer ON consents (customer_id, purpose, seq) WHERE customer_id IS NOT NULL;
-- @append_only consents
CREATE TABLE inquiries (
  id UUID PRIMARY KEY,
  visitor_id UUID,
  customer_id UUID REFERENCES customers (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  message TEXT NOT NULL,
  order_number TEXT,
  -- The language of the question; its answer's letter is written in it.
  locale TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'answered')),
  created_at BIGINT NOT NULL,
  answered_at BIGINT,
  answered_by TEXT,
  answer TEXT,
  -- The wish of a signed-in customer to be forgotten.
  wants_erasure BOOLEAN NOT NULL DEFAULT FALSE,
  CHECK ((state = 'answered') = (answered_at IS NOT NULL)),
  CHECK ((state = 'answered') = (answer IS NOT NULL))
);
CREATE INDEX inquiries_by_state ON inquiries (state, created_at, id);
CREATE INDEX inquiries_by_name ON inquiries (state, name, id);
CREATE INDEX inquiries_by_answer ON inquiries (state, COALESCE(answered_at, 0), id);
CREATE INDEX inquiries_by_customer ON inquiries (customer_id, created_at) WHERE customer_id IS NOT NULL;
CREATE INDEX inquiries_by_email ON inquiries (email, created_at);
