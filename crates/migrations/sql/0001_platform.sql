-- The stream of events, background work, staff, keys, settings.
-- @postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE SEQUENCE order_number;
CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM erasing) AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
-- @both
-- Whose personal data is being erased. A row stands here only while the command that erases runs, which takes it away
-- before it commits: nobody else ever sees one, and append-only words can be taken back at no other time.
CREATE TABLE erasing (
  person_id UUID PRIMARY KEY
);
CREATE TABLE events (
  seq BIGSERIAL PRIMARY KEY,
  xid BIGINT NOT NULL,
  id UUID NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  occurred_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  subject_kind TEXT,
  subject_id UUID,
  customer_id UUID,
  visitor_id UUID,
  session_id UUID,
  source TEXT,
  device TEXT,
  payload TEXT NOT NULL
);
CREATE INDEX events_by_subject ON events (subject_id, seq) WHERE subject_id IS NOT NULL;
-- @postgres
CREATE INDEX events_by_commit ON events (xid, seq);
-- @sqlite
CREATE INDEX events_by_commit ON events (xid, seq);
CREATE TABLE number_sequences (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO number_sequences (name, value) VALUES ('order_number', 0);
-- @both
-- @erasable events payload
CREATE TABLE event_cursors (
  name TEXT PRIMARY KEY,
  xid BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE jobs (
  id UUID PRIMARY KEY,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  unique_key TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  max_attempts BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  lease_until BIGINT,
  last_error TEXT,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX jobs_once ON jobs (kind, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (state, run_at);
CREATE TABLE schedules (
  name TEXT PRIMARY KEY,
  next_due BIGINT NOT NULL,
  last_due BIGINT
);
CREATE TABLE idempotency_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  response TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
CREATE TABLE staff (
  id UUID PRIMARY KEY,
  email TEXT NOT NULL,
  email_identity TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT,
  state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'inactive')),
  invitation_hash TEXT UNIQUE,
  invitation_expires_at BIGINT,
  created_at BIGINT NOT NULL,
  signed_in_at BIGINT,
  -- The secret of their one-time codes; codes are asked for since the instant beside it.
  totp_secret TEXT,
  totp_since BIGINT,
  -- The last half minute of which a code was taken.
  totp_last_step BIGINT,
  CHECK (totp_since IS NULL OR (totp_secret IS NOT NULL AND totp_last_step IS NOT NULL))
);
CREATE TABLE staff_recovery_codes (
  code_hash TEXT PRIMARY KEY,
  staff_id UUID NOT NULL REFERENCES staff (id),
  used_at BIGINT
);
CREATE INDEX staff_recovery_codes_by_staff ON staff_recovery_codes (staff_id);
-- Who knew the password and has yet to bring a code.
CREATE TABLE staff_half_sessions (
  token_hash TEXT PRIMARY KEY,
  staff_id UUID NOT NULL REFERENCES staff (id),
  tries BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE TABLE staff_sessions (
  token_hash TEXT PRIMARY KEY,
  staff_id UUID NOT NULL REFERENCES staff (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id);
-- Tries to sign in, counted by the day for a place, an account or a second step. The subject is a hash: nobody learns
-- from it who tried. The statement that counts a try refuses it once there were enough.
CREATE TABLE sign_in_tries (
  subject TEXT NOT NULL,
  day BIGINT NOT NULL,
  tries BIGINT NOT NULL CHECK (tries > 0),
  PRIMARY KEY (subject, day)
);
CREATE TABLE api_keys (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at BIGINT
);
-- Views of lists that people keep, and the one that a person's list opens with. The owner is an account or a key.
CREATE TABLE saved_views (
  id UUID PRIMARY KEY,
  list TEXT NOT NULL,
  owner_id UUID NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  query TEXT NOT NULL,
  shared BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (list, owner_id, name)
);
CREATE TABLE default_views (
  owner_id UUID NOT NULL,
  list TEXT NOT NULL,
  view_id UUID NOT NULL REFERENCES saved_views (id),
  PRIMARY KEY (owner_id, list)
);
CREATE INDEX default_views_by_view ON default_views (view_id);
-- What staff and programs changed. The head is moved by the statement that gives out the next number.
CREATE TABLE audit_log (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  role TEXT NOT NULL,
  method TEXT NOT NULL,
  route TEXT NOT NULL,
  permission TEXT NOT NULL,
  -- Ids and names of settings with blanks between them.
  objects TEXT NOT NULL,
  -- Names of fields with blanks between them, never their values.
  fields TEXT NOT NULL,
  change_hash TEXT NOT NULL,
  source TEXT NOT NULL,
  request_id TEXT NOT NULL,
  previous_hash TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE,
  CHECK (seq > 0)
);
CREATE INDEX audit_log_by_time ON audit_log (at);
CREATE INDEX audit_log_by_request ON audit_log (request_id);
CREATE TABLE audit_head (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  -- The key of the hashes of what was sent.
  salt TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash, salt) VALUES (1, 0, '', '');
-- @append_only audit_log
