-- Messages to people. The unique key makes each message of an order leave at most once.
CREATE TABLE messages (
  id UUID PRIMARY KEY,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  order_id UUID,
  customer_id UUID,
  occurrence TEXT NOT NULL,
  locale TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'sent', 'unknown', 'failed')),
  context TEXT NOT NULL,
  subject TEXT,
  error TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  UNIQUE (kind, channel, recipient, occurrence)
);
CREATE INDEX messages_by_order ON messages (order_id);
CREATE TABLE message_templates (
  kind TEXT NOT NULL,
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (kind, locale)
);
