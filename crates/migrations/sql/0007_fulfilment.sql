-- Ways to deliver, and parcels.
CREATE TABLE delivery_methods (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  carrier TEXT NOT NULL,
  currency TEXT NOT NULL,
  rate BIGINT NOT NULL CHECK (rate >= 0),
  free_over BIGINT CHECK (free_over >= 0),
  days_min BIGINT NOT NULL CHECK (days_min >= 0),
  days_max BIGINT NOT NULL CHECK (days_max >= days_min),
  cash_on_delivery BOOLEAN NOT NULL,
  max_weight_g BIGINT CHECK (max_weight_g > 0),
  position BIGINT NOT NULL,
  active BOOLEAN NOT NULL,
  -- The chain of stores at which parcels are collected; NULL where they are brought to an address.
  pickup_chain TEXT,
  -- Days for which a store keeps a parcel.
  pickup_days BIGINT CHECK (pickup_days > 0),
  -- The most that one parcel may be worth.
  pickup_most BIGINT CHECK (pickup_most > 0),
  CHECK ((pickup_chain IS NULL) = (pickup_days IS NULL)),
  CHECK (pickup_chain IS NOT NULL OR pickup_most IS NULL)
);
CREATE TABLE delivery_zones (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  -- A list of countries, each with the regions that belong to the zone.
  places TEXT NOT NULL,
  position BIGINT NOT NULL
);
CREATE TABLE delivery_rates (
  method_id UUID NOT NULL REFERENCES delivery_methods (id),
  zone_id UUID NOT NULL REFERENCES delivery_zones (id),
  basis TEXT NOT NULL CHECK (basis IN ('weight', 'amount')),
  -- A rising list of weights or sums, each with its rate.
  steps TEXT NOT NULL,
  free_over BIGINT CHECK (free_over >= 0),
  days_min BIGINT NOT NULL CHECK (days_min >= 0),
  days_max BIGINT NOT NULL CHECK (days_max >= days_min),
  cash_on_delivery BOOLEAN NOT NULL,
  PRIMARY KEY (method_id, zone_id)
);
CREATE INDEX delivery_rates_by_zone ON delivery_rates (zone_id);
CREATE TABLE parcels (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  number BIGINT NOT NULL,
  carrier TEXT NOT NULL,
  -- Empty when the shop brings it itself.
  tracking_number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('shipped', 'delivered')),
  shipped_at BIGINT NOT NULL,
  delivered_at BIGINT,
  actor TEXT NOT NULL,
  UNIQUE (order_id, number),
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
);
CREATE UNIQUE INDEX parcels_by_tracking ON parcels (carrier, tracking_number) WHERE tracking_number <> '';
CREATE TABLE parcel_lines (
  parcel_id UUID NOT NULL REFERENCES parcels (id),
  order_line_id UUID NOT NULL REFERENCES order_lines (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (parcel_id, order_line_id)
);
CREATE INDEX parcel_lines_by_order_line ON parcel_lines (order_line_id);
-- What left in a parcel has left.
-- @append_only parcel_lines
