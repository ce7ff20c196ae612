-- Collecting money, giving it back, and the double-entry journal.
-- A payment is one try to collect the money of an order. `sent_at` is written before the provider is called, so that
-- only a try that nobody outside knows of can be cancelled. `settled` says where the money of a success went.
CREATE TABLE payments (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL CHECK (method IN ('cash_on_delivery', 'bank_transfer', 'card')),
  provider TEXT NOT NULL CHECK (provider IN ('demo_card', 'bank', 'cash_on_delivery')),
  state TEXT NOT NULL CHECK (state IN ('created', 'pending', 'unknown', 'succeeded', 'declined', 'cancelled')),
  live BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  decline_code TEXT,
  settled TEXT CHECK (settled IN ('order', 'suspense')),
  sent_at BIGINT,
  decided_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (provider, provider_ref),
  CHECK ((state = 'succeeded') = (settled IS NOT NULL)),
  CHECK (state <> 'succeeded' OR provider_ref IS NOT NULL)
);
CREATE INDEX payments_by_order ON payments (order_id, created_at);
CREATE INDEX payments_open ON payments (updated_at) WHERE state IN ('created', 'pending', 'unknown');
CREATE INDEX payments_awaited ON payments (currency, amount) WHERE method = 'bank_transfer' AND state = 'pending';
CREATE UNIQUE INDEX payments_one_capture ON payments (order_id) WHERE settled = 'order';
-- One row per order: what came in and what goes back. The CHECKs make a second capture and an over-refund impossible.
CREATE TABLE order_money (
  order_id UUID PRIMARY KEY REFERENCES orders (id),
  currency TEXT NOT NULL,
  due BIGINT NOT NULL CHECK (due >= 0),
  captured BIGINT NOT NULL DEFAULT 0 CHECK (captured >= 0),
  refund_pending BIGINT NOT NULL DEFAULT 0 CHECK (refund_pending >= 0),
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  CHECK (captured <= due),
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
-- What a provider told us that does not fit what we asked for. Where real money came with it, `amount` lies in
-- liability:suspense until it is given back.
CREATE TABLE payment_quarantine (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  payment_id UUID REFERENCES payments (id),
  order_id UUID,
  reference TEXT,
  reason TEXT NOT NULL CHECK (reason IN ('wrong_amount', 'wrong_currency', 'wrong_mode', 'wrong_merchant', 'unknown_payment', 'foreign_reference', 'second_charge', 'overpaid', 'contradiction')),
  detail TEXT NOT NULL,
  currency TEXT,
  amount BIGINT CHECK (amount > 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'returning', 'returned', 'dismissed')),
  actor TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT,
  CHECK ((amount IS NULL) = (currency IS NULL)),
  CHECK (amount IS NOT NULL OR state IN ('open', 'dismissed')),
  CHECK (amount IS NULL OR (state <> 'dismissed' AND reference IS NOT NULL))
);
CREATE INDEX payment_quarantine_open ON payment_quarantine (created_at) WHERE state IN ('open', 'returning');
CREATE INDEX payment_quarantine_by_order ON payment_quarantine (order_id, created_at);
CREATE TABLE refunds (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  payment_id UUID NOT NULL REFERENCES payments (id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  shipping BIGINT NOT NULL DEFAULT 0 CHECK (shipping >= 0 AND shipping <= amount),
  reason TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  failure TEXT,
  actor TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX refunds_by_order ON refunds (order_id, created_at);
CREATE INDEX refunds_pending ON refunds (created_at) WHERE state = 'pending';
-- How much of a refund is for which line of the order, in the currency of the refund.
CREATE TABLE refund_lines (
  refund_id UUID NOT NULL REFERENCES refunds (id),
  order_line_id UUID NOT NULL REFERENCES order_lines (id),
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (refund_id, order_line_id)
);
CREATE INDEX refund_lines_by_order_line ON refund_lines (order_line_id);
-- @append_only refund_lines
-- Each row moves money from one account to another, so the journal balances by construction.
CREATE TABLE journal (
  id UUID PRIMARY KEY,
  entry TEXT NOT NULL CHECK (entry IN ('capture', 'overpayment', 'receipt', 'refund', 'return', 'sale', 'shipping', 'correction')),
  debit TEXT NOT NULL CHECK (debit IN ('asset:card', 'asset:bank', 'asset:cash_on_delivery', 'liability:customer_orders', 'liability:suspense', 'income:sales', 'income:shipping', 'expense:refunds')),
  credit TEXT NOT NULL CHECK (credit IN ('asset:card', 'asset:bank', 'asset:cash_on_delivery', 'liability:customer_orders', 'liability:suspense', 'income:sales', 'income:shipping', 'expense:refunds')),
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
  matched_by TEXT,
  actor TEXT NOT NULL,
  CHECK ((state = 'matched') = (order_id IS NOT NULL))
);
CREATE INDEX bank_receipts_by_state ON bank_receipts (state, received_at, id);
CREATE INDEX bank_receipts_by_time ON bank_receipts (received_at, id);
CREATE INDEX bank_receipts_by_amount ON bank_receipts (amount, id);
CREATE INDEX bank_receipts_by_payer ON bank_receipts (payer, id);
-- What a shopper told us about a transfer they made.
CREATE TABLE transfer_reports (
  order_id UUID PRIMARY KEY REFERENCES orders (id),
  last_five TEXT NOT NULL,
  reported_at BIGINT NOT NULL
);
CREATE INDEX transfer_reports_by_last_five ON transfer_reports (last_five);
-- The demo card provider's own books: what it believes, kept apart from ours so that the two can be compared.
-- A charge counts from `decided_at` on. A closed key was asked about before anything was charged under it: nothing
-- can be charged under it any more.
CREATE TABLE demo_card_charges (
  reference TEXT PRIMARY KEY,
  idempotency_key TEXT NOT NULL UNIQUE,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= amount),
  outcome TEXT NOT NULL CHECK (outcome IN ('succeeded', 'declined', 'closed')),
  decline_code TEXT,
  decided_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK (outcome = 'succeeded' OR refunded = 0)
);
CREATE TABLE demo_card_refunds (
  idempotency_key TEXT PRIMARY KEY,
  reference TEXT NOT NULL REFERENCES demo_card_charges (reference),
  amount BIGINT NOT NULL CHECK (amount > 0),
  created_at BIGINT NOT NULL
);
CREATE INDEX demo_card_refunds_by_charge ON demo_card_refunds (reference);
