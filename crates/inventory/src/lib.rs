//! Stock ledger, locations, holds.
