-- Collecting money, giving it back, and the double-entry journal.
-- A payment is one try to collect the money of an order. `sent_at` is written before the provider is called, so that
-- only a try that nobody outside knows of can be cancelled. `settled` says where the money of a success went. `wish` is
-- what the shopper chose, kept so that a call without an answer can be repeated as it was. `page_*` is the page of the
-- provider that was opened for this try: what it is called there, its address, and when it ends.
CREATE TABLE payments (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL CHECK (method IN ('cash_on_delivery', 'bank_transfer', 'card')),
  provider TEXT NOT NULL CHECK (provider IN ('demo_card', 'stripe', 'bank', 'cash_on_delivery')),
  state TEXT NOT NULL CHECK (state IN ('created', 'pending', 'unknown', 'succeeded', 'declined', 'cancelled')),
  live BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  decline_code TEXT,
  settled TEXT CHECK (settled IN ('order', 'suspense')),
  wish TEXT,
  page_ref TEXT,
  page_url TEXT,
  page_until BIGINT,
  sent_at BIGINT,
  decided_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (provider, provider_ref),
  UNIQUE (provider, page_ref),
  CHECK ((page_ref IS NULL) = (page_url IS NULL)),
  CHECK ((state = 'succeeded') = (settled IS NOT NULL)),
  CHECK (state <> 'succeeded' OR provider_ref IS NOT NULL)
);
CREATE INDEX payments_by_order ON payments (order_id, created_at);
CREATE INDEX payments_open ON payments (updated_at) WHERE state IN ('created', 'pending', 'unknown');
CREATE INDEX payments_awaited ON payments (currency, amount) WHERE method = 'bank_transfer' AND state = 'pending';
-- Cards that were refused on a provider's page while the page stayed open: the shopper may have tried another one there.
CREATE TABLE payment_tries (
  payment_id UUID NOT NULL REFERENCES payments (id),
  reference TEXT NOT NULL,
  decline_code TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (payment_id, reference)
);
-- @append_only payment_tries
-- What a customer is called at a provider; made when they first want a card to be kept there.
CREATE TABLE provider_customers (
  provider TEXT NOT NULL,
  customer_id UUID NOT NULL,
  reference TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (provider, customer_id),
  UNIQUE (provider, reference)
);
-- One row per order: what it costs, what came in and what goes back. `excess` is money that came in and that the order,
-- which costs less now, no longer needs; what it keeps is the rest of what came in. The statement that captures lets
-- only exactly what is missing in, so money comes in several times only for an order that was made dearer meanwhile;
-- the CHECKs make a capture beyond what is due, and an over-refund, impossible.
CREATE TABLE order_money (
  order_id UUID PRIMARY KEY REFERENCES orders (id),
  currency TEXT NOT NULL,
  due BIGINT NOT NULL CHECK (due >= 0),
  captured BIGINT NOT NULL DEFAULT 0 CHECK (captured >= 0),
  refund_pending BIGINT NOT NULL DEFAULT 0 CHECK (refund_pending >= 0),
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0),
  excess BIGINT NOT NULL DEFAULT 0 CHECK (excess >= 0 AND excess <= captured),
  CHECK (captured - excess <= due),
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
CREATE INDEX provider_events_by_payment ON provider_events (payment_id) WHERE payment_id IS NOT NULL;
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
  state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed', 'withdrawn')),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  shipping BIGINT NOT NULL DEFAULT 0 CHECK (shipping >= 0 AND shipping <= amount),
  reason TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  provider_ref TEXT,
  failure TEXT,
  actor TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  -- Until when it can be withdrawn; the money leaves after that. None for one that leaves at once.
  waits_until BIGINT,
  CHECK (state <> 'withdrawn' OR waits_until IS NOT NULL)
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
  entry TEXT NOT NULL CHECK (entry IN ('capture', 'overpayment', 'receipt', 'refund', 'return', 'sale', 'shipping', 'fees', 'correction', 'dispute', 'dispute_won', 'dispute_lost')),
  debit TEXT NOT NULL CHECK (debit IN ('asset:card', 'asset:disputed', 'asset:bank', 'asset:cash_on_delivery', 'liability:customer_orders', 'liability:suspense', 'income:sales', 'income:shipping', 'income:fees', 'expense:refunds', 'expense:disputes')),
  credit TEXT NOT NULL CHECK (credit IN ('asset:card', 'asset:disputed', 'asset:bank', 'asset:cash_on_delivery', 'liability:customer_orders', 'liability:suspense', 'income:sales', 'income:shipping', 'income:fees', 'expense:refunds', 'expense:disputes')),
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
-- A card failed and somebody of the shop helps: one open case per order, closed by hand, by money, or when the order is
-- gone. What was tried stands in payments and payment_tries.
CREATE TABLE payment_cases (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'contacted', 'resolved', 'lost')),
  reason TEXT CHECK (reason IN ('paid', 'paying', 'waived', 'cancelled', 'expired', 'changed_mind', 'unreachable', 'other')),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  failures BIGINT NOT NULL CHECK (failures > 0),
  decline_code TEXT NOT NULL,
  failed_at BIGINT NOT NULL,
  assignee_id UUID,
  assignee TEXT,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  CHECK ((state IN ('resolved', 'lost')) = (reason IS NOT NULL)),
  CHECK ((state IN ('resolved', 'lost')) = (closed_at IS NOT NULL)),
  CHECK ((assignee_id IS NULL) = (assignee IS NULL))
);
CREATE UNIQUE INDEX payment_cases_one_open ON payment_cases (order_id) WHERE state IN ('open', 'contacted');
CREATE INDEX payment_cases_by_state ON payment_cases (state, opened_at);
CREATE INDEX payment_cases_by_order ON payment_cases (order_id, opened_at);
-- What happened in a case: words of people, and steps that it took.
CREATE TABLE payment_case_notes (
  id UUID PRIMARY KEY,
  case_id UUID NOT NULL REFERENCES payment_cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('note', 'opened', 'failed', 'taken', 'contacted', 'resolved', 'lost')),
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX payment_case_notes_by_case ON payment_case_notes (case_id, at);
-- @erasable payment_case_notes text
-- Charges that a shopper's bank disputes. The provider takes the money at once (asset:disputed) and gives it back when
-- the shop wins; an inquiry moves nothing.
CREATE TABLE disputes (
  reference TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  payment_id UUID NOT NULL REFERENCES payments (id),
  order_id UUID NOT NULL REFERENCES orders (id),
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('inquiry', 'dropped', 'open', 'won', 'lost')),
  due_by BIGINT,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE INDEX disputes_open ON disputes (opened_at) WHERE state IN ('inquiry', 'open');
CREATE INDEX disputes_by_order ON disputes (order_id);
-- What a comparison with a provider's books found; each difference once, with the person who looks after it.
CREATE TABLE reconciliation_breaks (
  id UUID PRIMARY KEY,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('not_here', 'not_there', 'other_amount')),
  subject TEXT NOT NULL,
  theirs TEXT NOT NULL,
  ours TEXT NOT NULL,
  order_id UUID,
  owner TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'matched', 'settled')),
  note TEXT NOT NULL DEFAULT '',
  found_at BIGINT NOT NULL,
  settled_at BIGINT,
  settled_by TEXT,
  UNIQUE (provider, kind, subject)
);
CREATE INDEX reconciliation_breaks_open ON reconciliation_breaks (found_at) WHERE state = 'open';
-- The comparisons that were made, the last of each provider.
CREATE TABLE reconciliations (
  provider TEXT PRIMARY KEY,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  charges BIGINT NOT NULL,
  refunds BIGINT NOT NULL,
  breaks BIGINT NOT NULL,
  finished_at BIGINT NOT NULL
);
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
