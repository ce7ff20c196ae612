-- Collecting money, giving it back, and the double-entry journal.
CREATE TABLE payments (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL,
  provider TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('created', 'pending', 'unknown', 'succeeded', 'declined', 'cancelled')),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  decline_code TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (provider, provider_ref)
);
CREATE INDEX payments_by_order ON payments (order_id, created_at);
CREATE INDEX payments_open ON payments (updated_at) WHERE state IN ('created', 'pending', 'unknown');
CREATE UNIQUE INDEX payments_one_success ON payments (order_id) WHERE state = 'succeeded';
-- One row per order: what came in and what goes back. The CHECK makes an over-refund impossible.
CREATE TABLE order_money (
  order_id UUID PRIMARY KEY REFERENCES orders (id),
  currency TEXT NOT NULL,
  due BIGINT NOT NULL CHECK (due >= 0),
  captured BIGINT NOT NULL DEFAULT 0 CHECK (captured >= 0),
  refund_pending BIGINT NOT NULL DEFAULT 0 CHECK (refund_pending >= 0),
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  CHECK (refund_pending + refunded <= captured)
);
CREATE TABLE provider_events (
  id UUID PRIMARY KEY,
  provider TEXT NOT NULL,
  provider_event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  raw TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('received', 'applied', 'ignored', 'quarantined')),
  reason TEXT,
  payment_id UUID,
  received_at BIGINT NOT NULL,
  UNIQUE (provider, provider_event_id)
);
CREATE INDEX provider_events_quarantined ON provider_events (received_at) WHERE outcome = 'quarantined';
CREATE TABLE refunds (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  payment_id UUID REFERENCES payments (id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  shipping BIGINT NOT NULL DEFAULT 0 CHECK (shipping >= 0 AND shipping <= amount),
  lines TEXT NOT NULL,
  reason TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  failure TEXT,
  actor TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX refunds_by_order ON refunds (order_id, created_at);
-- Each row moves money from one account to another, so the journal balances by construction.
CREATE TABLE journal (
  id UUID PRIMARY KEY,
  entry TEXT NOT NULL,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  order_id UUID,
  effect_key TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  CHECK (debit <> credit)
);
CREATE INDEX journal_by_order ON journal (order_id);
CREATE INDEX journal_by_time ON journal (at);
-- @append_only journal
CREATE TABLE bank_receipts (
  id UUID PRIMARY KEY,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  received_at BIGINT NOT NULL,
  payer TEXT NOT NULL,
  last_five TEXT NOT NULL,
  bank_reference TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('suspense', 'matched', 'returned')),
  order_id UUID REFERENCES orders (id),
  matched_at BIGINT,
  actor TEXT NOT NULL,
  CHECK ((state = 'matched') = (order_id IS NOT NULL))
);
CREATE INDEX bank_receipts_by_state ON bank_receipts (state, received_at);
-- What a shopper told us about a transfer they made.
CREATE TABLE transfer_reports (
  order_id UUID PRIMARY KEY REFERENCES orders (id),
  last_five TEXT NOT NULL,
  reported_at BIGINT NOT NULL
);
-- The demo card provider's own books: what it believes, kept apart from ours so that the two can be compared.
CREATE TABLE demo_card_charges (
  reference TEXT PRIMARY KEY,
  idempotency_key TEXT NOT NULL UNIQUE,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= amount),
  outcome TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE demo_card_refunds (
  idempotency_key TEXT PRIMARY KEY,
  reference TEXT NOT NULL REFERENCES demo_card_charges (reference),
  amount BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
