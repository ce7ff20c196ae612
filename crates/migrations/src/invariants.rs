//! The questions whose answer must always be empty (the statements marked Q in the invariants).
//!
//! They are asked after every test, by `zhanggui check`, and hourly in production. Each is plain SQL that both
//! databases understand and returns the rows that break it; the first column says which thing is wrong.

/// One question whose answer must be empty.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// The stable id, such as `S2`.
    pub id: &'static str,
    /// What must hold, in one sentence.
    pub holds: &'static str,
    /// The rows that break it.
    pub sql: &'static str,
}

/// All questions.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "S1",
        holds: "Without backorder, stock on hand is never negative and never less than what is reserved.",
        sql: "SELECT variant_id, location_id FROM stock WHERE reserved < 0 OR (NOT backorder AND (on_hand < 0 OR reserved > on_hand))",
    },
    Invariant {
        id: "S2",
        holds: "Stock on hand is the sum of its ledger entries.",
        sql: "SELECT s.variant_id, s.location_id FROM stock s LEFT JOIN (SELECT variant_id, location_id, SUM(quantity) AS total \
              FROM stock_ledger GROUP BY variant_id, location_id) l ON l.variant_id = s.variant_id AND l.location_id = s.location_id \
              WHERE s.on_hand <> COALESCE(l.total, 0)",
    },
    Invariant {
        id: "S3",
        holds: "Reserved stock is the sum of the open holds.",
        sql: "SELECT s.variant_id, s.location_id FROM stock s LEFT JOIN (SELECT variant_id, location_id, SUM(quantity) AS total \
              FROM holds WHERE state = 'held' GROUP BY variant_id, location_id) h ON h.variant_id = s.variant_id \
              AND h.location_id = s.location_id WHERE s.reserved <> COALESCE(h.total, 0)",
    },
    Invariant {
        id: "S6",
        holds: "No order that is over still holds stock.",
        sql: "SELECT h.id FROM holds h JOIN orders o ON o.id = h.order_id WHERE h.state = 'held' \
              AND o.state IN ('cancelled', 'expired', 'shipped', 'delivered', 'closed')",
    },
    Invariant {
        id: "S12",
        holds: "Of each transfer, what left one place is what arrived at the other, what is booked as missing and what is still on its way.",
        sql: "SELECT l.transfer_id FROM stock_transfer_lines l JOIN stock_transfers t ON t.id = l.transfer_id \
              LEFT JOIN (SELECT transfer_id, variant_id, location_id, SUM(quantity) AS units FROM stock_ledger WHERE transfer_id IS NOT NULL \
              GROUP BY transfer_id, variant_id, location_id) a ON a.transfer_id = t.id AND a.variant_id = l.variant_id AND a.location_id = t.from_id \
              LEFT JOIN (SELECT transfer_id, variant_id, location_id, SUM(quantity) AS units FROM stock_ledger WHERE transfer_id IS NOT NULL \
              GROUP BY transfer_id, variant_id, location_id) b ON b.transfer_id = t.id AND b.variant_id = l.variant_id AND b.location_id = t.to_id \
              LEFT JOIN (SELECT transfer_id, variant_id, SUM(quantity) AS units FROM stock_transfer_steps WHERE step = 'missing' \
              GROUP BY transfer_id, variant_id) m ON m.transfer_id = t.id AND m.variant_id = l.variant_id \
              WHERE COALESCE(a.units, 0) <> (CASE WHEN t.sent_at IS NULL THEN 0 ELSE -l.quantity END) OR COALESCE(b.units, 0) <> l.received \
              OR COALESCE(m.units, 0) <> l.missing OR (t.sent_at IS NULL AND l.received + l.missing > 0) \
              OR (t.state = 'received' AND l.received + l.missing <> l.quantity) \
              UNION ALL SELECT e.transfer_id FROM stock_ledger e WHERE e.transfer_id IS NOT NULL AND NOT EXISTS \
              (SELECT 1 FROM stock_transfer_lines l WHERE l.transfer_id = e.transfer_id AND l.variant_id = e.variant_id)",
    },
    Invariant {
        id: "S12-places",
        holds: "Every stock row knows the state of its place, and nothing lies at one that is closed or is on its way there.",
        sql: "SELECT s.location_id FROM stock s JOIN locations p ON p.id = s.location_id WHERE s.place_state <> p.state \
              OR (p.state = 'closed' AND (s.on_hand <> 0 OR s.reserved <> 0)) \
              UNION ALL SELECT t.id FROM stock_transfers t JOIN locations p ON p.id IN (t.from_id, t.to_id) \
              WHERE t.state = 'sent' AND p.id = t.to_id AND p.state = 'closed'",
    },
    Invariant {
        id: "S13",
        holds: "Of each order line, shipped is what its parcels carry, and never more than was ordered and not cancelled.",
        sql: "SELECT l.id FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN (SELECT order_line_id, SUM(quantity) AS total \
              FROM parcel_lines GROUP BY order_line_id) p ON p.order_line_id = l.id \
              WHERE (l.shipped <> COALESCE(p.total, 0) AND o.delivery_code <> 'import') OR l.shipped > l.quantity - l.cancelled OR l.returned > l.shipped OR l.restocked > l.returned",
    },
    Invariant {
        id: "S7",
        holds: "An order with bundles holds exactly the parts that its lines still need, until it is over or waits for a decision about its stock.",
        sql: "SELECT n.order_id FROM (SELECT l.order_id, COALESCE(p.variant_id, l.variant_id) AS variant_id, \
              SUM((l.quantity - l.cancelled - l.shipped) * COALESCE(p.quantity, 1)) AS units FROM order_lines l \
              LEFT JOIN order_line_parts p ON p.order_line_id = l.id WHERE l.order_id IN (SELECT order_id FROM order_lines WHERE bundle) \
              GROUP BY l.order_id, COALESCE(p.variant_id, l.variant_id)) n JOIN orders o ON o.id = n.order_id \
              LEFT JOIN (SELECT order_id, variant_id, SUM(quantity) AS units FROM holds WHERE state = 'held' GROUP BY order_id, variant_id) h \
              ON h.order_id = n.order_id AND h.variant_id = n.variant_id WHERE o.state IN ('placed', 'paid', 'picked', 'partly_shipped') \
              AND NOT o.stock_decision AND n.units <> COALESCE(h.units, 0)",
    },
    Invariant {
        id: "S13-parts",
        holds: "A line of a bundle knows its parts, and what an order with bundles took off the shelves is what its parcels carry.",
        sql: "SELECT id FROM order_lines l WHERE bundle <> EXISTS (SELECT 1 FROM order_line_parts p WHERE p.order_line_id = l.id) \
              UNION ALL SELECT n.order_id FROM (SELECT l.order_id, COALESCE(p.variant_id, l.variant_id) AS variant_id, \
              SUM(l.shipped * COALESCE(p.quantity, 1)) AS units FROM order_lines l LEFT JOIN order_line_parts p ON p.order_line_id = l.id \
              WHERE l.order_id IN (SELECT order_id FROM order_lines WHERE bundle) GROUP BY l.order_id, COALESCE(p.variant_id, l.variant_id)) n \
              LEFT JOIN (SELECT order_id, variant_id, SUM(quantity) AS units FROM stock_ledger WHERE kind = 'sale' AND reverses_id IS NULL \
              GROUP BY order_id, variant_id) s ON s.order_id = n.order_id AND s.variant_id = n.variant_id \
              JOIN orders o ON o.id = n.order_id WHERE o.delivery_code <> 'import' AND n.units + COALESCE(s.units, 0) <> 0",
    },
    Invariant {
        id: "O1",
        holds: "An order's total is the exact sum of its lines, shipping and fees less its discount, and the same that is due.",
        sql: "SELECT o.id FROM orders o JOIN (SELECT order_id, SUM(total) AS net, SUM(unit_price * quantity) AS gross, \
              SUM(discount) AS discount FROM order_lines GROUP BY order_id) l ON l.order_id = o.id \
              LEFT JOIN order_money m ON m.order_id = o.id WHERE o.subtotal <> l.gross OR o.discount <> l.discount \
              OR o.total <> l.net + o.shipping + o.fees OR m.due IS NULL OR m.due <> o.total",
    },
    Invariant {
        id: "O7",
        holds: "Each order's state is the last one in its history, and each step starts where the one before ended.",
        sql: "SELECT o.id FROM orders o LEFT JOIN order_history h ON h.order_id = o.id \
              AND h.seq = (SELECT MAX(seq) FROM order_history WHERE order_id = o.id) WHERE h.seq IS NULL OR h.to_state <> o.state \
              UNION ALL SELECT order_id FROM (SELECT order_id, from_state, LAG(to_state) OVER (PARTITION BY order_id ORDER BY seq) AS before \
              FROM order_history) AS steps WHERE from_state IS DISTINCT FROM before",
    },
    Invariant {
        id: "P4",
        holds: "Refunds, done and pending, never exceed what was captured, and are the sum of the refunds on record.",
        sql: "SELECT m.order_id FROM order_money m LEFT JOIN (SELECT order_id, \
              SUM(CASE WHEN state = 'pending' THEN amount ELSE 0 END) AS pending, \
              SUM(CASE WHEN state = 'succeeded' THEN amount ELSE 0 END) AS done FROM refunds GROUP BY order_id) r \
              ON r.order_id = m.order_id WHERE m.refund_pending <> COALESCE(r.pending, 0) OR m.refunded <> COALESCE(r.done, 0) \
              OR m.refund_pending + m.refunded > m.captured",
    },
    Invariant {
        id: "P4-captures",
        holds: "What an order captured is the sum of the payments that pay it, and no payment gave back more than it brought.",
        sql: "SELECT m.order_id FROM order_money m JOIN (SELECT order_id, SUM(amount) AS total FROM payments WHERE settled = 'order' \
              GROUP BY order_id) p ON p.order_id = m.order_id WHERE m.captured <> p.total \
              UNION ALL SELECT p.order_id FROM payments p JOIN (SELECT payment_id, SUM(amount) AS back FROM refunds \
              WHERE state NOT IN ('failed', 'withdrawn') GROUP BY payment_id) r ON r.payment_id = p.id WHERE r.back > p.amount",
    },
    Invariant {
        id: "P4-lines",
        holds: "Of each order line, the units and the money given back are those of its refunds that have not failed or been withdrawn, and only of units that were cancelled or came back.",
        sql: "SELECT l.id FROM order_lines l LEFT JOIN (SELECT x.order_line_id, SUM(x.quantity) AS units, SUM(x.amount) AS amount \
              FROM refund_lines x JOIN refunds r ON r.id = x.refund_id WHERE r.state NOT IN ('failed', 'withdrawn') GROUP BY x.order_line_id) b \
              ON b.order_line_id = l.id WHERE l.refunded_units <> COALESCE(b.units, 0) OR l.refunded <> COALESCE(b.amount, 0) \
              OR l.refunded_units > l.cancelled + l.returned",
    },
    Invariant {
        id: "P7",
        holds: "What an order captured and gave back is what the journal says.",
        sql: "SELECT m.order_id FROM order_money m LEFT JOIN (SELECT order_id, \
              SUM(CASE WHEN entry = 'capture' THEN amount ELSE 0 END) AS captured, \
              SUM(CASE WHEN entry = 'refund' THEN amount ELSE 0 END) AS refunded FROM journal GROUP BY order_id) j \
              ON j.order_id = m.order_id WHERE m.captured <> COALESCE(j.captured, 0) OR m.refunded <> COALESCE(j.refunded, 0)",
    },
    Invariant {
        id: "P7-carriage",
        holds: "What the delivery and the fees of an order cost is earned in whole, once, when its first parcel leaves.",
        sql: "SELECT o.id FROM orders o LEFT JOIN (SELECT order_id, SUM(CASE WHEN credit = 'income:shipping' THEN amount ELSE 0 END) AS shipping, \
              SUM(CASE WHEN credit = 'income:fees' THEN amount ELSE 0 END) AS fees FROM journal GROUP BY order_id) j ON j.order_id = o.id \
              WHERE o.id IN (SELECT order_id FROM journal WHERE entry = 'sale') AND (COALESCE(j.shipping, 0) <> o.shipping OR COALESCE(j.fees, 0) <> o.fees)",
    },
    Invariant {
        id: "P8",
        holds: "An order is paid exactly when the money captured for it covers its total.",
        sql: "SELECT o.id FROM orders o JOIN order_money m ON m.order_id = o.id \
              WHERE ((o.payment_state IN ('paid', 'partly_refunded', 'refunded')) <> (m.captured - m.excess >= m.due AND (m.captured > 0 OR o.paid_at IS NOT NULL)) \
              AND NOT (o.state = 'cancelled' AND o.payment_state IN ('partly_refunded', 'refunded') AND m.captured > 0)) \
              OR (o.payment_state = 'partly_paid' AND NOT (m.captured > 0 AND m.captured - m.excess < m.due)) \
              OR (o.payment_state = 'refunded' AND m.refunded < m.captured) \
              OR (o.payment_state = 'partly_refunded' AND NOT (m.refunded > 0 AND m.refunded < m.captured))",
    },
    Invariant {
        id: "P8-suspense",
        holds: "What lies in suspense by the journal is exactly the unmatched bank receipts and the quarantined charges.",
        sql: "SELECT currency FROM (SELECT currency, amount FROM journal WHERE credit = 'liability:suspense' \
              UNION ALL SELECT currency, -amount FROM journal WHERE debit = 'liability:suspense' \
              UNION ALL SELECT currency, -amount FROM bank_receipts WHERE state = 'suspense' \
              UNION ALL SELECT currency, -amount FROM payment_quarantine WHERE state IN ('open', 'returning') AND amount IS NOT NULL) s \
              GROUP BY currency HAVING SUM(amount) <> 0",
    },
    Invariant {
        id: "A8",
        holds: "The audit log counts from 1 without a gap, each row follows the one before, and the head is the newest.",
        sql: "SELECT h.seq FROM audit_head h LEFT JOIN audit_log l ON l.seq = h.seq WHERE h.seq <> (SELECT COUNT(*) FROM audit_log) \
              OR (h.seq > 0 AND (l.seq IS NULL OR l.hash <> h.hash)) \
              UNION ALL SELECT l.seq FROM audit_log l LEFT JOIN audit_log p ON p.seq = l.seq - 1 \
              WHERE l.previous_hash <> COALESCE(p.hash, '') OR (l.seq > 1 AND p.seq IS NULL)",
    },
    Invariant {
        id: "P7-disputed",
        holds: "What providers hold back by the journal is exactly what is disputed.",
        sql: "SELECT currency FROM (SELECT currency, amount FROM journal WHERE debit = 'asset:disputed' \
              UNION ALL SELECT currency, -amount FROM journal WHERE credit = 'asset:disputed' \
              UNION ALL SELECT currency, -amount FROM disputes WHERE state = 'open') s GROUP BY currency HAVING SUM(amount) <> 0",
    },
    Invariant {
        id: "A9",
        holds: "Who was forgotten has no account, no address and no note, and nothing append-only stands open.",
        sql: "SELECT id FROM customers c WHERE erased_at IS NOT NULL AND (EXISTS (SELECT 1 FROM accounts a WHERE a.customer_id = c.id) \
              OR EXISTS (SELECT 1 FROM customer_addresses a WHERE a.customer_id = c.id) \
              OR EXISTS (SELECT 1 FROM customer_notes n WHERE n.customer_id = c.id)) UNION ALL SELECT person_id FROM erasing",
    },
    Invariant {
        id: "J2",
        holds: "No running job is without a lease and no finished one has one.",
        sql: "SELECT id FROM jobs WHERE (state = 'running') <> (lease_until IS NOT NULL)",
    },
    Invariant {
        id: "M1",
        holds: "Each message of an order left at most once for each occurrence, channel and recipient.",
        sql: "SELECT kind FROM messages WHERE state IN ('sent', 'unknown') GROUP BY kind, channel, recipient, occurrence HAVING COUNT(*) > 1",
    },
];
