-- Imports: how far each file is, and every row that was rejected or repaired.
CREATE TABLE imports (
  id UUID PRIMARY KEY,
  format TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done')),
  next_line BIGINT NOT NULL,
  progress TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  UNIQUE (format, file_hash)
);
-- The import that fills the shop: there is one at most, and only in a shop without goods.
CREATE TABLE import_target (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  import_id UUID NOT NULL REFERENCES imports (id)
);
CREATE TABLE import_rows (
  import_id UUID NOT NULL REFERENCES imports (id),
  line BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('rejected', 'repaired')),
  reason TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (import_id, line, reason)
);
