-- Products, variants, price history, collections, pictures.
-- title_folded: every title, simplified and lower-cased, for the back office's search.
-- price_from: the lowest price of the active variants, 0 without any, so that lists can be sorted by it.
-- is_bundle: the variant is made of parts and has no stock of its own. It is the second half of a key, so that the
-- tables that point at it can demand a bundle, or that it is none.
-- description: HTML, cleaned before it is written. faq, after_sales: what a product answers and promises; only its own
-- page reads them.
-- publish_at, unpublish_at: taken away by the transaction that acts on them. plan_problem: why a product could not go on
-- sale at its time.
-- in_stock: whether some variant could be bought when stock was last looked at; lists narrow by it, no sale rests on it.
-- reduced: whether an active variant stands at a reduced price; follows price_from.
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
  brand TEXT CHECK (brand <> ''),
  model TEXT CHECK (model <> ''),
  tags TEXT NOT NULL DEFAULT '[]',
  faq TEXT NOT NULL DEFAULT '[]',
  after_sales TEXT NOT NULL DEFAULT '{}',
  selling_points TEXT NOT NULL DEFAULT '{}',
  words_read_by TEXT,
  words_read_at BIGINT,
  in_stock BOOLEAN NOT NULL DEFAULT FALSE,
  price_from BIGINT NOT NULL DEFAULT 0,
  reduced BOOLEAN NOT NULL DEFAULT FALSE,
  published_at BIGINT,
  publish_at BIGINT,
  unpublish_at BIGINT,
  plan_problem TEXT,
  tax_class TEXT NOT NULL DEFAULT 'standard',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK (state <> 'published' OR published_at IS NOT NULL),
  CHECK ((words_read_by IS NULL) = (words_read_at IS NULL))
);
CREATE INDEX products_by_state ON products (state, published_at, id);
CREATE INDEX products_to_publish ON products (publish_at);
CREATE INDEX products_to_unpublish ON products (unpublish_at);
CREATE INDEX products_by_price ON products (state, price_from, id);
-- The back office's list sorts by these.
CREATE INDEX products_by_title ON products (title_folded, id);
CREATE INDEX products_by_lowest_price ON products (price_from, id);
CREATE INDEX products_by_change ON products (updated_at, id);
-- What lists are narrowed by, derived from the product's row: brand, tags and short values of attributes.
CREATE TABLE product_facets (
  product_id UUID NOT NULL REFERENCES products (id),
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  label TEXT,
  PRIMARY KEY (product_id, facet, value)
);
CREATE INDEX product_facets_by_value ON product_facets (facet, value, product_id);
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
  reduced_until BIGINT CHECK (reduced_until IS NULL OR compare_at IS NOT NULL),
  cost BIGINT CHECK (cost IS NULL OR cost >= 0),
  weight_g BIGINT NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
  length_mm BIGINT,
  width_mm BIGINT,
  height_mm BIGINT,
  state TEXT NOT NULL CHECK (state IN ('active', 'archived')),
  created_at BIGINT NOT NULL,
  is_bundle BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE (id, is_bundle)
);
CREATE INDEX variants_by_product ON variants (product_id, position);
-- What is reduced, for the offers of the home page.
CREATE INDEX variants_to_end ON variants (reduced_until) WHERE reduced_until IS NOT NULL;
CREATE INDEX variants_reduced ON variants (product_id) WHERE compare_at IS NOT NULL;
-- What one unit of a bundle is made of. A bundle is no part of another and a part is no bundle: the two keys say so,
-- hence nothing contains itself, however many people put bundles together at once.
CREATE TABLE bundle_parts (
  bundle_id UUID NOT NULL,
  bundle_is BOOLEAN NOT NULL DEFAULT TRUE CHECK (bundle_is),
  part_id UUID NOT NULL,
  part_is BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT part_is),
  position BIGINT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 999),
  PRIMARY KEY (bundle_id, part_id),
  FOREIGN KEY (bundle_id, bundle_is) REFERENCES variants (id, is_bundle),
  FOREIGN KEY (part_id, part_is) REFERENCES variants (id, is_bundle)
);
CREATE INDEX bundle_parts_by_part ON bundle_parts (part_id);
-- One row for each price a variant was offered at, and for each time the offer began or ended (on_sale).
CREATE TABLE price_history (
  id UUID PRIMARY KEY,
  variant_id UUID NOT NULL REFERENCES variants (id),
  currency TEXT NOT NULL,
  price BIGINT NOT NULL CHECK (price >= 0),
  compare_at BIGINT,
  reduced_until BIGINT,
  on_sale BOOLEAN NOT NULL,
  valid_from BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX price_history_by_variant ON price_history (variant_id, valid_from);
-- @append_only price_history
-- rules: by what the members are found; null where the merchant chooses them. Then every row of the collection itself
-- (direct) follows the rules.
CREATE TABLE collections (
  id UUID PRIMARY KEY,
  parent_id UUID REFERENCES collections (id),
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  image_key TEXT,
  attributes TEXT NOT NULL DEFAULT '[]',
  rules TEXT,
  archived_at BIGINT,
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
-- variant_id: the one variant that a picture shows, NULL where it shows the product.
CREATE TABLE media (
  id UUID PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  variant_id UUID REFERENCES variants (id),
  position BIGINT NOT NULL,
  file_key TEXT NOT NULL,
  alt TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL
);
CREATE INDEX media_by_product ON media (product_id, position);
-- Changes of many products at once: what each row was and became, so that the whole can be undone.
CREATE TABLE bulk_edits (
  id UUID PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('applying', 'applied', 'undoing', 'undone')),
  change TEXT NOT NULL,
  actor TEXT NOT NULL,
  rows BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  CHECK ((state IN ('applying', 'undoing')) = (finished_at IS NULL))
);
CREATE INDEX bulk_edits_by_time ON bulk_edits (created_at);
-- waiting: not reached yet. changed: somebody changed it between preview and edit, so it was left alone. refused: a rule
-- refused it. undone: as it was before. kept: not as the edit left it, so undoing left it alone.
CREATE TABLE bulk_edit_rows (
  edit_id UUID NOT NULL REFERENCES bulk_edits (id),
  position BIGINT NOT NULL,
  product_id UUID NOT NULL REFERENCES products (id),
  variant_id UUID REFERENCES variants (id),
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'changed', 'refused', 'undone', 'kept')),
  reason TEXT,
  PRIMARY KEY (edit_id, position)
);
CREATE INDEX bulk_edit_rows_by_state ON bulk_edit_rows (edit_id, state, position);
-- Pictures that files of goods name by their addresses, each fetched by a job of its own. A product waits for an address
-- once. media_id names what was hung; that may be taken out of the set later.
CREATE TABLE picture_imports (
  id UUID PRIMARY KEY,
  created_at BIGINT NOT NULL,
  actor TEXT NOT NULL
);
CREATE INDEX picture_imports_by_time ON picture_imports (created_at);
CREATE TABLE picture_import_rows (
  import_id UUID NOT NULL REFERENCES picture_imports (id),
  position BIGINT NOT NULL,
  product_id UUID NOT NULL REFERENCES products (id),
  line BIGINT NOT NULL,
  heading TEXT NOT NULL,
  address TEXT NOT NULL,
  alt TEXT NOT NULL,
  variant_id UUID REFERENCES variants (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  reason TEXT,
  media_id UUID,
  PRIMARY KEY (import_id, position),
  CHECK ((state = 'failed') = (reason IS NOT NULL)),
  CHECK ((state = 'done') = (media_id IS NOT NULL))
);
CREATE UNIQUE INDEX picture_import_rows_once ON picture_import_rows (product_id, address) WHERE state = 'waiting';
CREATE INDEX picture_import_rows_by_product ON picture_import_rows (product_id, address);
-- Pictures that were taken out of a set and can be put back for a month.
CREATE TABLE removed_media (
  id UUID PRIMARY KEY,
  product_id UUID NOT NULL REFERENCES products (id),
  variant_id UUID REFERENCES variants (id),
  position BIGINT NOT NULL,
  file_key TEXT NOT NULL,
  alt TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  removed_at BIGINT NOT NULL
);
CREATE INDEX removed_media_by_product ON removed_media (product_id, removed_at);
-- Where the film about a product plays.
CREATE TABLE product_videos (
  product_id UUID PRIMARY KEY REFERENCES products (id),
  url TEXT NOT NULL
);
