//! Attempts, providers, refunds, the double-entry journal, incoming bank transfers.
