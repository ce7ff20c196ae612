-- Products, variants, price history, collections, pictures.
-- title_folded: every title, simplified and lower-cased, for the back office's search.
-- price_from: the lowest price of the active variants, 0 without any, so that lists can be sorted by it.
CREATE TABLE products (
  id UUID PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'archived')),
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL DEFAULT '',
  subtitle TEXT NOT NULL,
  description TEXT NOT NULL,
  options TEXT NOT NULL,
  attributes TEXT NOT NULL DEFAULT '[]',
  price_from BIGINT NOT NULL DEFAULT 0,
  published_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK (state <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX products_by_state ON products (state, published_at, id);
CREATE INDEX products_by_price ON products (state, price_from, id);
-- The back office's list sorts by these.
CREATE INDEX products_by_title ON products (title_folded, id);
CREATE INDEX products_by_lowest_price ON products (price_from, id);
CREATE INDEX products_by_change ON products (updated_at, id);
CREATE TABLE variants (
  id UUID PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  position BIGINT NOT NULL,
  sku TEXT NOT NULL UNIQUE,
  barcode TEXT,
  option_values TEXT NOT NULL,
  currency TEXT NOT NULL,
  price BIGINT NOT NULL CHECK (price >= 0),
  compare_at BIGINT CHECK (compare_at IS NULL OR compare_at > price),
  cost BIGINT CHECK (cost IS NULL OR cost >= 0),
  weight_g BIGINT NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
  length_mm BIGINT,
  width_mm BIGINT,
  height_mm BIGINT,
  state TEXT NOT NULL CHECK (state IN ('active', 'archived')),
  created_at BIGINT NOT NULL
);
CREATE INDEX variants_by_product ON variants (product_id, position);
-- One row for each price a variant was offered at, and for each time the offer began or ended (on_sale).
CREATE TABLE price_history (
  id UUID PRIMARY KEY,
  variant_id UUID NOT NULL REFERENCES variants (id),
  currency TEXT NOT NULL,
  price BIGINT NOT NULL CHECK (price >= 0),
  compare_at BIGINT,
  on_sale BOOLEAN NOT NULL,
  valid_from BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX price_history_by_variant ON price_history (variant_id, valid_from);
-- @append_only price_history
CREATE TABLE collections (
  id UUID PRIMARY KEY,
  parent_id UUID REFERENCES collections (id),
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  image_key TEXT,
  attributes TEXT NOT NULL DEFAULT '[]',
  position BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
-- A product of a sub-collection is in its parent as well; direct is false where it is there for that reason alone.
CREATE TABLE collection_products (
  collection_id UUID NOT NULL REFERENCES collections (id),
  product_id UUID NOT NULL REFERENCES products (id),
  position BIGINT NOT NULL,
  direct BOOLEAN NOT NULL DEFAULT TRUE,
  PRIMARY KEY (collection_id, product_id)
);
CREATE INDEX collection_products_in_order ON collection_products (collection_id, position, product_id);
CREATE INDEX collection_products_by_product ON collection_products (product_id);
CREATE TABLE media (
  id UUID PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  position BIGINT NOT NULL,
  file_key TEXT NOT NULL,
  alt TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL
);
CREATE INDEX media_by_product ON media (product_id, position);
