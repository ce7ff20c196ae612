-- Pages made of blocks. `draft` is what the operator works on, `live` what shoppers read: a copy of one draft, made by
-- one statement. Every change of the draft counts `revision` on, so that nobody publishes what they did not see.
-- updated_at is empty while nobody changed what the program brought.
CREATE TABLE pages (
  id UUID PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('home', 'landing', 'policy', 'guide', 'faq', 'page')),
  -- Whose words of the program stand in for a title; only on pages that the program brought.
  topic TEXT,
  draft TEXT NOT NULL DEFAULT '{}',
  revision BIGINT NOT NULL DEFAULT 1 CHECK (revision > 0),
  live TEXT,
  live_revision BIGINT,
  published_at BIGINT,
  in_header BOOLEAN NOT NULL DEFAULT FALSE,
  in_footer BOOLEAN NOT NULL DEFAULT FALSE,
  at_checkout BOOLEAN NOT NULL DEFAULT FALSE,
  position BIGINT NOT NULL DEFAULT 0,
  -- A link to the draft, for an hour; of its secret only the hash.
  preview_hash TEXT UNIQUE,
  preview_until BIGINT,
  updated_at BIGINT,
  updated_by TEXT,
  CHECK ((live IS NULL) = (live_revision IS NULL)),
  CHECK (live_revision IS NULL OR live_revision <= revision),
  CHECK ((preview_hash IS NULL) = (preview_until IS NULL))
);
-- Every name in addresses that leads to a page: its present one, and those it had while shoppers could read it.
CREATE TABLE page_addresses (
  handle TEXT PRIMARY KEY,
  page_id UUID NOT NULL REFERENCES pages (id)
);
CREATE INDEX page_addresses_by_page ON page_addresses (page_id);
CREATE UNIQUE INDEX pages_one_home ON pages (kind) WHERE kind = 'home';
-- The drafts before the present one, the last thirty of each page.
CREATE TABLE page_versions (
  page_id UUID NOT NULL REFERENCES pages (id),
  revision BIGINT NOT NULL,
  content TEXT NOT NULL,
  at BIGINT NOT NULL,
  replaced_by TEXT NOT NULL,
  PRIMARY KEY (page_id, revision)
);
-- What people say they missed on a page; the last word of each browser.
CREATE TABLE page_objections (
  seq BIGSERIAL PRIMARY KEY,
  page_id UUID NOT NULL REFERENCES pages (id),
  visitor_id UUID,
  customer_id UUID REFERENCES customers (id),
  reason TEXT NOT NULL CHECK (reason IN ('price', 'choice', 'information', 'delivery', 'trust', 'looking', 'other')),
  text TEXT NOT NULL,
  locale TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX page_objections_by_visitor ON page_objections (page_id, visitor_id) WHERE visitor_id IS NOT NULL;
CREATE INDEX page_objections_by_page ON page_objections (page_id, reason);
CREATE INDEX page_objections_by_customer ON page_objections (customer_id) WHERE customer_id IS NOT NULL;
-- What every shop begins with.
-- @sqlite
INSERT INTO pages (id, handle, kind) VALUES
  (x'01936000000070008000000000000001', 'home', 'home'),
  (x'01936000000070008000000000000002', 'about', 'page'),
  (x'01936000000070008000000000000003', 'ordering', 'guide'),
  (x'01936000000070008000000000000004', 'questions', 'faq'),
  (x'01936000000070008000000000000005', 'delivery', 'policy'),
  (x'01936000000070008000000000000006', 'payment', 'policy'),
  (x'01936000000070008000000000000007', 'returns', 'policy'),
  (x'01936000000070008000000000000008', 'privacy', 'policy'),
  (x'01936000000070008000000000000009', 'terms', 'policy');
-- @postgres
INSERT INTO pages (id, handle, kind) VALUES
  ('01936000-0000-7000-8000-000000000001', 'home', 'home'),
  ('01936000-0000-7000-8000-000000000002', 'about', 'page'),
  ('01936000-0000-7000-8000-000000000003', 'ordering', 'guide'),
  ('01936000-0000-7000-8000-000000000004', 'questions', 'faq'),
  ('01936000-0000-7000-8000-000000000005', 'delivery', 'policy'),
  ('01936000-0000-7000-8000-000000000006', 'payment', 'policy'),
  ('01936000-0000-7000-8000-000000000007', 'returns', 'policy'),
  ('01936000-0000-7000-8000-000000000008', 'privacy', 'policy'),
  ('01936000-0000-7000-8000-000000000009', 'terms', 'policy');
-- @both
UPDATE pages SET position = 0, in_footer = FALSE, at_checkout = FALSE, draft = '{"blocks":[{"id":"b1","kind":"picture"},{"id":"b2","kind":"carousel","seconds":7},{"id":"b3","kind":"collections"},{"id":"b4","kind":"hot"},{"id":"b5","kind":"new"},{"id":"b6","kind":"story"}]}' WHERE handle = 'home';
UPDATE pages SET position = 1, in_footer = TRUE, at_checkout = FALSE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"about"},{"id":"b2","kind":"contact"}]}' WHERE handle = 'about';
UPDATE pages SET position = 2, in_footer = TRUE, at_checkout = FALSE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"ordering"},{"id":"b2","kind":"contact"}]}' WHERE handle = 'ordering';
UPDATE pages SET position = 3, in_footer = TRUE, at_checkout = FALSE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"questions"},{"id":"b2","kind":"contact"}]}' WHERE handle = 'questions';
UPDATE pages SET position = 4, in_footer = TRUE, at_checkout = TRUE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"delivery"}]}' WHERE handle = 'delivery';
UPDATE pages SET position = 5, in_footer = TRUE, at_checkout = FALSE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"payment"}]}' WHERE handle = 'payment';
UPDATE pages SET position = 6, in_footer = TRUE, at_checkout = TRUE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"returns"}]}' WHERE handle = 'returns';
UPDATE pages SET position = 7, in_footer = TRUE, at_checkout = TRUE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"privacy"}]}' WHERE handle = 'privacy';
UPDATE pages SET position = 8, in_footer = TRUE, at_checkout = TRUE, draft = '{"blocks":[{"id":"b1","kind":"topic","topic":"terms"}]}' WHERE handle = 'terms';
UPDATE pages SET topic = handle WHERE kind <> 'home';
UPDATE pages SET live = draft, live_revision = revision;
INSERT INTO page_addresses (handle, page_id) SELECT handle, id FROM pages;
