-- The five points are read from the stream of events. The first index answers "who was at this point in these days"
-- without touching the events themselves; the second finds whether a visitor has ever asked, among the few who did.
CREATE INDEX events_by_stage ON events (name, occurred_at, visitor_id, source);
CREATE INDEX events_of_inquiries ON events (visitor_id, occurred_at) WHERE name = 'Inquiry Started';
-- What somebody did before and after the shop knew their name, for the customer's timeline.
CREATE INDEX events_by_visitor ON events (visitor_id, seq) WHERE visitor_id IS NOT NULL;
