-- Stock, its append-only ledger, and holds. `stock` caches the fold of the ledger and of the open holds; its CHECKs
-- make overselling impossible in every committed state.
CREATE TABLE locations (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- Where parcels from here come from.
  address TEXT NOT NULL DEFAULT '{"name":"","line1":""}',
  priority BIGINT NOT NULL,
  -- The countries, or regions of them, whose orders are served from here before others.
  serves TEXT NOT NULL DEFAULT '[]',
  -- Ships: orders are served from here. Keeps: goods lie here and are not for sale. Closed: nothing lies here.
  state TEXT NOT NULL DEFAULT 'ships' CHECK (state IN ('ships', 'keeps', 'closed')),
  created_at BIGINT NOT NULL,
  UNIQUE (id, state)
);
-- Goods on their way from one place to another. What was sent and has not come is for sale nowhere.
CREATE TABLE stock_transfers (
  id UUID PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  from_id UUID NOT NULL REFERENCES locations (id),
  to_id UUID NOT NULL REFERENCES locations (id),
  state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'received', 'cancelled')),
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  closed_at BIGINT,
  actor TEXT NOT NULL,
  CHECK (from_id <> to_id),
  CHECK ((state IN ('sent', 'received')) = (sent_at IS NOT NULL)),
  CHECK ((state IN ('received', 'cancelled')) = (closed_at IS NOT NULL))
);
CREATE INDEX stock_transfers_by_state ON stock_transfers (state, number);
CREATE TABLE stock_transfer_lines (
  transfer_id UUID NOT NULL REFERENCES stock_transfers (id),
  variant_id UUID NOT NULL REFERENCES variants (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  received BIGINT NOT NULL DEFAULT 0 CHECK (received >= 0),
  missing BIGINT NOT NULL DEFAULT 0 CHECK (missing >= 0),
  PRIMARY KEY (transfer_id, variant_id),
  CHECK (received + missing <= quantity)
);
-- What became of a transfer, step by step. One effect key, one step.
CREATE TABLE stock_transfer_steps (
  seq BIGSERIAL PRIMARY KEY,
  transfer_id UUID NOT NULL REFERENCES stock_transfers (id),
  step TEXT NOT NULL CHECK (step IN ('created', 'sent', 'received', 'missing', 'surplus', 'closed', 'cancelled')),
  variant_id UUID,
  quantity BIGINT CHECK (quantity > 0),
  reason TEXT,
  effect_key TEXT NOT NULL UNIQUE,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  CHECK ((variant_id IS NULL) = (quantity IS NULL)),
  CHECK (step NOT IN ('missing', 'surplus') OR reason IS NOT NULL)
);
CREATE INDEX stock_transfer_steps_by_transfer ON stock_transfer_steps (transfer_id, seq);
-- @append_only stock_transfer_steps
CREATE TABLE stock (
  variant_id UUID NOT NULL,
  of_bundle BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT of_bundle),
  location_id UUID NOT NULL,
  -- The state of the place, so that the statement that takes stock sees it without another table.
  place_state TEXT NOT NULL DEFAULT 'ships',
  -- Where on the place's shelves it lies, as whoever fetches it reads it.
  shelf TEXT NOT NULL DEFAULT '',
  on_hand BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  backorder BOOLEAN NOT NULL,
  low_at BIGINT CHECK (low_at >= 0),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (variant_id, location_id),
  -- A bundle has no stock of its own, and what has stock becomes no bundle.
  FOREIGN KEY (variant_id, of_bundle) REFERENCES variants (id, is_bundle),
  FOREIGN KEY (location_id, place_state) REFERENCES locations (id, state) ON UPDATE CASCADE,
  CHECK (place_state <> 'closed' OR (on_hand = 0 AND reserved = 0)),
  CHECK (reserved >= 0),
  CHECK (backorder OR (on_hand >= 0 AND reserved <= on_hand))
);
-- @postgres
-- A popular variant's row changes with every order: room on its page keeps those changes out of the indexes.
ALTER TABLE stock SET (fillfactor = 50);
-- @both
-- Ledger and holds point at the stock row, not at variant and location: nothing can move or be held where no stock is
-- kept, and the check of the key locks a row that the command has locked already.
CREATE TABLE stock_ledger (
  id UUID PRIMARY KEY,
  variant_id UUID NOT NULL,
  location_id UUID NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity <> 0),
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'receipt', 'adjustment', 'sale', 'return', 'count', 'transfer')),
  reason TEXT NOT NULL,
  order_id UUID,
  transfer_id UUID REFERENCES stock_transfers (id),
  effect_key TEXT UNIQUE,
  reverses_id UUID UNIQUE REFERENCES stock_ledger (id),
  effective_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  FOREIGN KEY (variant_id, location_id) REFERENCES stock (variant_id, location_id),
  CHECK ((kind = 'transfer') = (transfer_id IS NOT NULL) AND (kind <> 'transfer' OR reverses_id IS NULL)),
  CHECK (reverses_id IS NOT NULL OR ((quantity < 0 OR kind <> 'sale') AND (quantity > 0 OR kind NOT IN ('receipt', 'return'))))
);
CREATE INDEX stock_ledger_by_variant ON stock_ledger (variant_id, effective_at, id);
CREATE INDEX stock_ledger_by_transfer ON stock_ledger (transfer_id) WHERE transfer_id IS NOT NULL;
-- @append_only stock_ledger
CREATE TABLE holds (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL,
  variant_id UUID NOT NULL,
  location_id UUID NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  state TEXT NOT NULL CHECK (state IN ('held', 'committed', 'released', 'expired')),
  reason TEXT NOT NULL,
  expires_at BIGINT,
  created_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_reason TEXT,
  FOREIGN KEY (variant_id, location_id) REFERENCES stock (variant_id, location_id),
  CHECK ((state = 'held') = (closed_at IS NULL)),
  CHECK ((closed_at IS NULL) = (closed_reason IS NULL))
);
CREATE INDEX holds_by_order ON holds (order_id);
CREATE INDEX holds_open ON holds (variant_id, location_id) WHERE state = 'held';
-- An order holds a variant at a place once, however often its placing is tried.
CREATE UNIQUE INDEX holds_once ON holds (order_id, variant_id, location_id) WHERE state = 'held';
-- A hold that has ended has ended: no later release, commit or correction touches it.
-- @sqlite
CREATE TRIGGER holds_end_once BEFORE UPDATE ON holds WHEN OLD.state <> 'held' BEGIN SELECT RAISE(ABORT, 'a closed hold stays as it is'); END;
CREATE TRIGGER holds_are_kept BEFORE DELETE ON holds WHEN OLD.state <> 'held' BEGIN SELECT RAISE(ABORT, 'a closed hold is kept'); END;
-- @postgres
CREATE TRIGGER holds_end_once BEFORE UPDATE OR DELETE ON holds FOR EACH ROW WHEN (OLD.state <> 'held') EXECUTE FUNCTION refuse_change();
-- @both
