-- Messages to people. The unique key makes each message of an order leave at most once; the fence says which run of
-- the sending job claimed it, so that a later run knows that an earlier one died in between (M1).
CREATE TABLE messages (
  id UUID PRIMARY KEY,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('email')),
  recipient TEXT NOT NULL,
  order_id UUID,
  customer_id UUID,
  occurrence TEXT NOT NULL,
  locale TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'sent', 'unknown', 'failed')),
  context TEXT NOT NULL,
  subject TEXT,
  error TEXT,
  fence BIGINT,
  created_at BIGINT NOT NULL,
  claimed_at BIGINT,
  sent_at BIGINT,
  CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
  CHECK (state <> 'claimed' OR (fence IS NOT NULL AND claimed_at IS NOT NULL)),
  UNIQUE (kind, channel, recipient, occurrence)
);
CREATE INDEX messages_by_order ON messages (order_id);
CREATE INDEX messages_by_customer ON messages (customer_id) WHERE customer_id IS NOT NULL AND order_id IS NULL;
-- Without the state: a message that goes from one to the next stays where it is in every index.
CREATE INDEX messages_by_time ON messages (created_at);
-- Subjects and bodies that the shop wrote itself.
CREATE TABLE message_templates (
  kind TEXT NOT NULL,
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (kind, locale)
);
