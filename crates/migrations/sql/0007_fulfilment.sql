-- Ways to deliver, and parcels.
CREATE TABLE delivery_methods (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  carrier TEXT NOT NULL,
  currency TEXT NOT NULL,
  rate BIGINT NOT NULL CHECK (rate >= 0),
  free_over BIGINT,
  days_min BIGINT NOT NULL,
  days_max BIGINT NOT NULL,
  cash_on_delivery BOOLEAN NOT NULL,
  max_weight_g BIGINT,
  position BIGINT NOT NULL,
  active BOOLEAN NOT NULL
);
CREATE TABLE parcels (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  number BIGINT NOT NULL,
  carrier TEXT NOT NULL,
  tracking_number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('shipped', 'delivered', 'lost', 'returned')),
  shipped_at BIGINT NOT NULL,
  delivered_at BIGINT,
  actor TEXT NOT NULL,
  UNIQUE (order_id, number),
  UNIQUE (carrier, tracking_number)
);
CREATE TABLE parcel_lines (
  parcel_id UUID NOT NULL REFERENCES parcels (id),
  order_line_id UUID NOT NULL REFERENCES order_lines (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (parcel_id, order_line_id)
);
