-- Stock, its append-only ledger, and holds. `stock` caches the fold of the ledger and of the open holds; its CHECKs
-- make overselling impossible in every committed state.
CREATE TABLE locations (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  priority BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE stock (
  variant_id UUID NOT NULL REFERENCES variants (id),
  location_id UUID NOT NULL REFERENCES locations (id),
  on_hand BIGINT NOT NULL,
  reserved BIGINT NOT NULL,
  backorder BOOLEAN NOT NULL,
  low_at BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (variant_id, location_id),
  CHECK (reserved >= 0),
  CHECK (backorder OR (on_hand >= 0 AND reserved <= on_hand))
);
CREATE TABLE stock_ledger (
  id UUID PRIMARY KEY,
  variant_id UUID NOT NULL REFERENCES variants (id),
  location_id UUID NOT NULL REFERENCES locations (id),
  quantity BIGINT NOT NULL CHECK (quantity <> 0),
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'receipt', 'adjustment', 'sale', 'return', 'count', 'transfer')),
  reason TEXT NOT NULL,
  order_id UUID,
  effect_key TEXT UNIQUE,
  reverses_id UUID UNIQUE REFERENCES stock_ledger (id),
  effective_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor TEXT NOT NULL
);
CREATE INDEX stock_ledger_by_place ON stock_ledger (variant_id, location_id, effective_at, id);
-- @append_only stock_ledger
CREATE TABLE holds (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL,
  variant_id UUID NOT NULL REFERENCES variants (id),
  location_id UUID NOT NULL REFERENCES locations (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  state TEXT NOT NULL CHECK (state IN ('held', 'committed', 'released', 'expired')),
  reason TEXT NOT NULL,
  expires_at BIGINT,
  created_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_reason TEXT,
  CHECK ((state = 'held') = (closed_at IS NULL))
);
CREATE INDEX holds_by_order ON holds (order_id);
CREATE INDEX holds_open ON holds (variant_id, location_id) WHERE state = 'held';
