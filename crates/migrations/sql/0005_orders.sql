-- Carts, orders, their lines and their history.
CREATE TABLE carts (
  id UUID PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  -- Merged: what was in it lies in the cart of the account its shopper signed in to.
  state TEXT NOT NULL CHECK (state IN ('open', 'ordered', 'merged')),
  -- Whose cart it is, whatever browser they use; none for the cart of a browser.
  customer_id UUID REFERENCES customers (id),
  order_id UUID,
  version BIGINT NOT NULL,
  checkout TEXT NOT NULL,
  visitor_id UUID,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX carts_of_customer ON carts (customer_id) WHERE state = 'open';
CREATE TABLE cart_lines (
  id UUID PRIMARY KEY,
  cart_id UUID NOT NULL REFERENCES carts (id),
  variant_id UUID NOT NULL REFERENCES variants (id),
  quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
  added_at BIGINT NOT NULL,
  UNIQUE (cart_id, variant_id)
);
CREATE TABLE orders (
  id UUID PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  token TEXT NOT NULL UNIQUE,
  token_expires_at BIGINT NOT NULL,
  cart_id UUID UNIQUE,
  customer_id UUID REFERENCES customers (id),
  -- Whether the customer was signed in; a guest may have typed anybody's address.
  by_account BOOLEAN NOT NULL DEFAULT FALSE,
  state TEXT NOT NULL CHECK (state IN ('placed', 'paid', 'picked', 'partly_shipped', 'shipped', 'delivered', 'closed', 'cancelled', 'expired')),
  payment_state TEXT NOT NULL CHECK (payment_state IN ('pending', 'unknown', 'declined', 'partly_paid', 'paid', 'partly_refunded', 'refunded', 'cancelled')),
  payment_method TEXT NOT NULL,
  stock_decision BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  subtotal BIGINT NOT NULL CHECK (subtotal >= 0),
  discount BIGINT NOT NULL CHECK (discount >= 0),
  shipping BIGINT NOT NULL CHECK (shipping >= 0),
  fees BIGINT NOT NULL CHECK (fees >= 0),
  -- What wrapping it as a gift cost, as part of the fees; none when it is not wrapped.
  gift_wrap BIGINT CHECK (gift_wrap BETWEEN 0 AND fees),
  tax_included BIGINT NOT NULL CHECK (tax_included >= 0),
  total BIGINT NOT NULL CHECK (total >= 0 AND total = subtotal - discount + shipping + fees),
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  buyer_name TEXT NOT NULL,
  address TEXT NOT NULL,
  delivery_code TEXT NOT NULL,
  delivery_name TEXT NOT NULL,
  gift_message TEXT,
  note TEXT,
  locale TEXT NOT NULL,
  visitor_id UUID,
  source TEXT,
  inquired BOOLEAN NOT NULL,
  placed_at BIGINT NOT NULL,
  pay_until BIGINT,
  paid_at BIGINT,
  ship_by BIGINT,
  shipped_at BIGINT,
  closed_at BIGINT,
  updated_at BIGINT NOT NULL,
  -- When the sale was certain: paid, or on delivery and confirmed. Set once.
  completed_at BIGINT,
  -- Somebody decided that it is packed although the rest of its money has not come.
  balance_waived BOOLEAN NOT NULL DEFAULT FALSE,
  -- An order that goes before others: until when it must leave, the day whose place it takes, why, by whose word.
  urgent_until BIGINT,
  urgent_day TEXT,
  urgent_reason TEXT,
  urgent_by TEXT,
  -- The order's search terms, each on a line of its own, for searching inside a small tab.
  terms TEXT NOT NULL DEFAULT '',
  -- The tab of the back office in which the order stands. Cash on delivery has nothing to wait for.
  tab TEXT NOT NULL GENERATED ALWAYS AS (CASE
    WHEN state = 'placed' AND payment_method <> 'cash_on_delivery' THEN 'unpaid'
    WHEN state IN ('placed', 'paid', 'picked', 'partly_shipped') THEN 'to_ship'
    WHEN state IN ('cancelled', 'expired') THEN 'cancelled'
    ELSE state END) STORED,
  CHECK ((urgent_until IS NULL) = (urgent_day IS NULL) AND (urgent_until IS NULL) = (urgent_by IS NULL))
);
CREATE INDEX orders_urgent ON orders (urgent_until) WHERE urgent_until IS NOT NULL;
-- How many orders that go before others must leave on a day. The CHECK keeps the promise to each of them true.
CREATE TABLE urgent_days (
  day TEXT PRIMARY KEY,
  taken BIGINT NOT NULL CHECK (taken >= 0),
  room BIGINT NOT NULL,
  CHECK (taken <= room)
);
CREATE INDEX orders_by_tab ON orders (tab, placed_at, id);
CREATE INDEX orders_by_time ON orders (placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);
CREATE INDEX orders_by_shipping ON orders (shipped_at) WHERE shipped_at IS NOT NULL;
CREATE INDEX orders_to_expire ON orders (pay_until) WHERE state = 'placed' AND pay_until IS NOT NULL;
CREATE TABLE order_lines (
  id UUID PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  position BIGINT NOT NULL,
  product_id UUID NOT NULL,
  variant_id UUID NOT NULL,
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  variant_title TEXT NOT NULL,
  image_key TEXT,
  currency TEXT NOT NULL,
  unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
  unit_cost BIGINT,
  quantity BIGINT NOT NULL CHECK (quantity >= 1),
  discount BIGINT NOT NULL CHECK (discount >= 0),
  tax_rate TEXT,
  tax_included BIGINT NOT NULL,
  total BIGINT NOT NULL CHECK (total >= 0 AND total = unit_price * quantity - discount),
  cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled >= 0 AND cancelled <= quantity),
  shipped BIGINT NOT NULL DEFAULT 0 CHECK (shipped >= 0 AND shipped <= quantity - cancelled),
  returned BIGINT NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= shipped),
  restocked BIGINT NOT NULL DEFAULT 0 CHECK (restocked >= 0 AND restocked <= returned),
  refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= total),
  -- Units whose money went back or is about to. Each of them was cancelled or came back before.
  refunded_units BIGINT NOT NULL DEFAULT 0 CHECK (refunded_units >= 0 AND refunded_units <= cancelled + returned),
  -- Whether it is of a bundle: its stock is that of its parts.
  bundle BOOLEAN NOT NULL DEFAULT FALSE,
  -- Whether it was given to an order of enough goods, for nothing.
  gift BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT gift OR unit_price = 0)
);
CREATE INDEX order_lines_by_order ON order_lines (order_id, position);
-- What one unit of a bundle was made of when it was ordered. It goes only with its line, when an order is changed before
-- it is packed.
CREATE TABLE order_line_parts (
  order_line_id UUID NOT NULL REFERENCES order_lines (id),
  position BIGINT NOT NULL,
  variant_id UUID NOT NULL,
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  variant_title TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 1),
  PRIMARY KEY (order_line_id, variant_id)
);
CREATE TABLE order_history (
  seq BIGSERIAL PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  from_state TEXT,
  to_state TEXT NOT NULL,
  cause TEXT NOT NULL,
  note TEXT,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX order_history_by_order ON order_history (order_id, seq);
-- What the staff write down about an order; no shopper sees it.
CREATE TABLE order_notes (
  seq BIGSERIAL PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX order_notes_by_order ON order_notes (order_id, seq);
-- What an order was before somebody changed it, and what it became.
CREATE TABLE order_revisions (
  seq BIGSERIAL PRIMARY KEY,
  order_id UUID NOT NULL REFERENCES orders (id),
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX order_revisions_by_order ON order_revisions (order_id, seq);
-- Word that orders leave later than promised, and each order's promise before and after.
CREATE TABLE delay_announcements (
  id UUID PRIMARY KEY,
  reason TEXT NOT NULL,
  ship_by BIGINT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE order_delays (
  announcement_id UUID NOT NULL REFERENCES delay_announcements (id),
  order_id UUID NOT NULL REFERENCES orders (id),
  before BIGINT,
  after BIGINT NOT NULL,
  PRIMARY KEY (announcement_id, order_id)
);
CREATE INDEX order_delays_by_order ON order_delays (order_id);
-- @erasable order_history note
-- @erasable order_notes text
-- @erasable order_revisions before after reason
-- @append_only delay_announcements order_delays
-- What an order can be found by: its number, names, phones, e-mail and SKUs, each as one folded term. The day (of
-- placed_at, in UTC) comes first in the key: a prefix is looked up day by day from the newest, so that even one that
-- every order has reads no more than a day's worth, and new rows land side by side. Derived from orders and lines in
-- their own transaction, hence no foreign key. Prefixes are ranges of bytes, so PostgreSQL must collate by bytes too.
-- @sqlite
CREATE TABLE order_terms (
  day BIGINT NOT NULL,
  term TEXT NOT NULL,
  placed_at BIGINT NOT NULL,
  order_id UUID NOT NULL,
  PRIMARY KEY (day, term, placed_at, order_id)
) STRICT, WITHOUT ROWID;
-- @postgres
CREATE TABLE order_terms (
  day BIGINT NOT NULL,
  term TEXT COLLATE "C" NOT NULL,
  placed_at BIGINT NOT NULL,
  order_id UUID NOT NULL,
  PRIMARY KEY (day, term, placed_at, order_id)
);
-- @both
-- Orders that staff put together for somebody: a cart, who it is for, and what was agreed off its price. Each becomes
-- an order once; its row then says who made the order and why it cost less.
CREATE TABLE order_drafts (
  cart_id UUID PRIMARY KEY REFERENCES carts (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'ordered', 'discarded')),
  customer_id UUID REFERENCES customers (id),
  order_id UUID UNIQUE REFERENCES orders (id),
  locale TEXT NOT NULL,
  currency TEXT NOT NULL,
  -- What is taken off the goods: an amount, or a share of them in hundredths of a percent.
  discount_amount BIGINT CHECK (discount_amount > 0),
  discount_share BIGINT CHECK (discount_share BETWEEN 1 AND 10000),
  free_shipping BOOLEAN NOT NULL,
  reason TEXT,
  -- Who answers for it, what it came to with the delivery given away, and for how many goods.
  agreed_by TEXT,
  agreed_amount BIGINT CHECK (agreed_amount >= 0),
  agreed_goods BIGINT CHECK (agreed_goods >= agreed_amount),
  made_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK ((state = 'ordered') = (order_id IS NOT NULL)),
  CHECK (discount_amount IS NULL OR discount_share IS NULL),
  CHECK ((discount_amount IS NULL AND discount_share IS NULL AND NOT free_shipping) = (agreed_by IS NULL)),
  CHECK ((agreed_by IS NULL) = (reason IS NULL) AND (agreed_by IS NULL) = (agreed_amount IS NULL) AND (agreed_by IS NULL) = (agreed_goods IS NULL))
);
CREATE INDEX order_drafts_open ON order_drafts (updated_at, cart_id) WHERE state = 'open';
