-- The five points are read from the stream of events; this index keeps a date range of one stage cheap.
CREATE INDEX events_by_stage ON events (name, occurred_at);
